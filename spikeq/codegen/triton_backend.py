"""Plan -> Source for Triton: functions for the tasks, few kernels that call them, and what launches those.

The tasks are those of the torch backend, in the same order; each function does one or some of them for a block of
elements in a row of the batch. Nothing in a step waits for the host.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from spikeq.codegen.comments import comment
from spikeq.codegen.launch import Outline, Work
from spikeq.codegen.plan import Plan, Source
from spikeq.codegen.requests import Requests, Stream
from spikeq.codegen.tasks import Deliver, Normalise, RecordState, Slot, Statements, Sum, Task, Threshold
from spikeq.codegen.triton_earlier import EarlierLines
from spikeq.codegen.triton_entries import Called, entry, launched, launched_alone, persistent
from spikeq.codegen.triton_fuse import Part, gathered, part_of
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_names import name_of, name_of_launch
from spikeq.codegen.triton_runs import Memory, runs_of, threshold_of
from spikeq.codegen.triton_schedule import Launch, Schedule, is_maker, scheduled
from spikeq.codegen.triton_sums import SumKernel
from spikeq.codegen.triton_text import fitted
from spikeq.codegen.verify import verify

_HEAD = '''"""One step of a network, written by spikeq. Change the equations, not this file.

p_ an array of the network          i     the elements of this program      c   a constant
m_ events, records, tables          here  which of them there are           x_  a value that the equations name
n_ how many there are               row   of the batch                      y   a value on the way
b_ values of a block of elements    k     this step's place in a table      age where a step's events are kept
"""
# ruff: noqa
import torch
import triton
import triton.language as tl

from spikeq_kernels import launch_triton as launch
'''
_BIND = '''
def bind(arrays, constants, buffers, lists, sizes, types):
    """Take the network's memory; return the functions that advance it."""
    batch = sizes["the batch"]
    real_type, integer_type, boolean_type = types
    p_clock = lists["clock"]  # base step, first base step of the call, difference to the number of the draw
'''

_ABOUT = {
    "begin": "The first step of a call, up to where steps are cut.",
    "between": "The rest of a step, and the next one up to where it is cut.",
    "finish": "The rest of the last step.",
}


class TritonEmitter(EarlierLines):
    """Writes the source of a plan; the kinds of task are in its parents."""

    def __init__(self, plan: Plan) -> None:
        arrays = dict(plan.arrays)
        self.plan, self.memory = replace(plan, arrays=arrays), Memory(arrays)
        self.requests = Requests()
        self.host = Host(arrays, self.requests, self.memory.made)
        self.kernels: dict[tuple[Part, ...], Kernel] = {}
        self.streams: dict[Part, list[Stream]] = {}
        self.drawn: dict[Slot, list[Stream]] = {}
        self.entries: list[list[str]] = []
        self.launches: dict[str, list[str]] = {}
        self.entered: dict[tuple[tuple[tuple[int, int], ...], ...], str] = {}
        self.names = {"persistent", "step", "whole", *_ABOUT}
        self.sums: dict[str, int] = {}

    def source(self) -> Source:
        """The whole module: the functions of tasks, the kernels that call them, and what launches these.

        There are functions for each segment, and for the whole step where no host function is due.
        """
        self._choose_events()
        segments = [[part for task in segment.tasks for part in self._parts(task)] for segment in self.plan.segments]
        whole = [part for parts in segments for part in parts]
        schedule = scheduled(whole, self.delayed, cuts=len(self.plan.clocks) == 1)
        self.rings = schedule.rings
        bound = [line for number, parts in enumerate(segments) for line in self._segment(number, parts, schedule)]
        bound += self._whole(schedule, len(segments))
        kernels = list(self.kernels.values())
        text = _HEAD + _imports(kernels)
        text += "".join(f"\n\n{_joined(lines)}" for lines in (*(kernel.text() for kernel in kernels), *self.entries))
        text += "\n" + _BIND + _joined([*self.host.lines(), *bound], 4)
        names = tuple(self.launches)
        told = {name: tuple(lines) for name, lines in self.launches.items()}
        depths = {event: self._depth(event, whole, schedule) for event in self.rings}
        verify(whole, schedule, self.plan, depths)
        outline, made, taken = self._outline(schedule), dict(self.memory.made), tuple(self.host.pointers)
        return Source(text, self.requests, made, names, taken, True, told, depths, outline)

    def _depth(self, event: str, parts: list[Part], schedule: Schedule) -> int:
        late = (part.late for part in parts if getattr(part.task, "event", None) == event)
        return 1 + max(late, default=0) + schedule.is_cut

    def _segment(self, number: int, parts: list[Part], schedule: Schedule) -> list[str]:
        """The launches of the tasks between two host functions; of a step without any, see ``_whole``."""
        if len(self.plan.segments) == 1:
            return []
        part = scheduled(parts, schedule.rings, cuts=False)
        verify(parts, part, self.plan, {event: 2 for event in part.rings})
        return self._function(f"step_{number}", part.whole)

    def _whole(self, schedule: Schedule, number: int) -> list[str]:
        """The launches of a whole step, and what ``bind`` returns."""
        steps = [f"launch.Steps(p_clock, step_{n})" for n in range(number)] if number > 1 else []
        lines: list[str] = []
        if schedule.is_cut:
            for name in ("begin", "between", "finish"):
                lines += self._function(name, getattr(schedule, name))
            whole = "launch.Steps(p_clock, between, begin, finish)"
        else:
            name = f"step_{number}" if steps else "step"
            lines, whole = self._function(name, schedule.whole), f"launch.Steps(p_clock, {name})"
        if not self._why_not_alone(schedule):
            lines += self._persistent(schedule)
            whole = f"launch.Persistent(p_clock, persistent) if sizes['is persistent'] else {whole}"
        return [*lines, "", f"whole = {whole}", f"return [{', '.join([*steps, 'whole'])}]"]

    def _called(self, launch: Launch) -> list[list[Called]]:
        return [[Called(self._kernel(parts), ahead) for parts, ahead in chain.runs()] for chain in launch]

    def _function(self, name: str, launches: list[Launch]) -> list[str]:
        """The function that launches the kernels of a step, or of a part of it; the kernels are written beside."""
        lines: list[str] = []
        told = self.launches[name] = []
        for called in map(self._called, launches):
            same = tuple(tuple((one.kernel.number, one.ahead) for one in chain) for chain in called)
            is_new = same not in self.entered  # the end of a run and the way to the next step may share kernels
            if is_new:
                verbs = [one.kernel.verbs for chain in called for one in chain]
                self.entered[same] = name_of_launch(name, verbs, self.names)
            kernel = self.entered[same]
            titles = ", ".join(dict.fromkeys(t for chain in called for one in chain for t in one.kernel.titles))
            self.entries += [entry(kernel, called, self.plan)] * is_new
            lines += [comment(titles), *launched(kernel, called, self.plan)]
            told.append(f"{kernel}: {titles}")
        about = [f'"""{_ABOUT[name]}"""'] if name in _ABOUT else []
        return ["", f"def {name}(offset):", *(f"    {line}" for line in [*about, *lines] or ["pass"])]

    def _persistent(self, schedule: Schedule) -> list[str]:
        """The function that has one program for each row run all steps of a call."""
        phases = [self._called(launch) for launch in schedule.phases()]
        kernel = name_of_launch("persistent", [one.kernel.verbs for p in phases for c in p for one in c], self.names)
        self.entries.append(persistent(kernel, phases, self.plan))
        return ["", "def persistent(count):", *(f"    {line}" for line in launched_alone(kernel, phases))]

    def _why_not_alone(self, schedule: Schedule) -> str:
        """Why one program for each row cannot run all steps, or nothing."""
        for launch in schedule.phases():
            for one in (one for chain in self._called(launch) for one in chain):
                if self.plan.batched and one.kernel.once_for_all_rows:
                    return f"{one.kernel.titles[0]} changes what the rows of the batch share"
        return ""

    def _outline(self, schedule: Schedule) -> Outline:
        """What the launches of a step do."""
        steps = schedule.between if schedule.is_cut else schedule.whole
        return Outline(
            len(schedule.whole),
            tuple(map(self._works, steps)),
            tuple(map(self._works, schedule.phases())),
            schedule.is_cut,
            schedule.uncut,
            self._why_not_alone(schedule),
        )

    def _works(self, launch: Launch) -> tuple[Work, ...]:
        return tuple(work for chain in self._called(launch) for one in chain for work in one.kernel.works())

    # -- parts --------------------------------------------------------------------------------------------------------

    def _parts(self, task: Task) -> list[Part]:
        """The parts of a task, and how its event is read."""
        late, delayed = self._lateness(task), getattr(task, "delayed", False)
        parts = [replace(part, late=late, delayed=delayed) for part in self._cut(task)]
        if len(parts) > 1 and isinstance(task, Statements):
            for part in parts:  # written for their random numbers, which a task asks for in its own order
                host = Host(self.plan.arrays, self.requests, self.memory.made)
                kernel = Kernel(0, self.plan, host, part.space, "", task.clock)
                kernel.rows = part.rows
                self._written(kernel, part)
        return parts

    def _lateness(self, task: Task) -> int:
        event = getattr(task, "event", None)
        return int(event is not None and not is_maker(task) and self._is_late(task, event))

    def _cut(self, task: Task) -> Iterable[Part]:
        if isinstance(task, Deliver):
            return self._pathway_parts(task)
        if isinstance(task, Sum):
            return self._sum_parts(task)
        if isinstance(task, Normalise):
            return self._normalise_parts(task)
        if isinstance(task, Statements):
            return [self._run_part(run) for run in runs_of(task, self.memory, self.plan.batched)]
        if isinstance(task, RecordState) and task.indices is not None and not self._goes_through_all(task):
            return [gathered(task, self.plan.arrays)]
        part = part_of(task, self.plan.arrays, self._is_listed(task))
        if isinstance(task, Threshold) and part.wrote & part.others:
            return [one for half in threshold_of(task, self.memory) for one in self._parts(half)]
        return [part]

    def _goes_through_all(self, task: RecordState) -> bool:
        """Whether something else goes through all elements that a record chooses from, so that it may join."""
        others = (t for t in self.plan.tasks if isinstance(t, Statements | Threshold) and t.clock == task.clock)
        return any(other.space.name == task.space.name for other in others)

    # -- functions ----------------------------------------------------------------------------------------------------

    def _kernel(self, parts: tuple[Part, ...]) -> Kernel:
        """The function of some parts."""
        if parts not in self.kernels:
            kernel = self._opened(parts[0], len(self.kernels))
            kernel.rows = kernel.rows and parts[0].rows
            for part in parts:
                self._written(kernel, part)
            kernel.flush()
            tasks = [part.task for part in parts]
            kernel.name, kernel.verbs = name_of(tasks, self.names)
            self.kernels[parts] = kernel
        return self.kernels[parts]

    def _opened(self, first: Part, number: int) -> Kernel:
        task = first.task
        if first.walks:
            assert isinstance(task, Deliver)
            return self._pathway_kernel(number, first, task)
        if isinstance(task, Sum):
            return SumKernel(number, self.plan, self.host, task)
        if isinstance(task, Normalise):
            return self._normalise_kernel(number, first, task)
        grid = first.grid or (first.space.name if first.space is not None else "")
        return Kernel(number, self.plan, self.host, first.space, grid, task.clock)

    def _written(self, kernel: Kernel, part: Part) -> None:
        """The lines of a part. Written again, it draws the same random numbers."""
        slot, before = part.task.slot, len(self.requests.streams)
        self.requests.again = list(self.streams.get(part, ()))
        kernel.titles.append(slot.name)
        kernel.lines.append(comment(f"{slot.when}: {slot.name}"))
        self._write(kernel, part)
        self.streams.setdefault(part, self.requests.streams[before:])
        self.requests.again = []


def _joined(lines: list[str], indent: int = 0) -> str:
    return "".join(f"{made}\n" for line in lines for made in fitted(f"{' ' * indent}{line}".rstrip()))


def _imports(kernels: list[Kernel]) -> str:
    used = set().union(*(kernel.uses for kernel in kernels)) - {"tl"} if kernels else set()
    return "".join(f"from spikeq_kernels import {name}_triton as {name}\n" for name in sorted(used))


def emit(plan: Plan) -> Source:
    """The source of a plan for Triton. As for torch, UnsupportedError where rows cannot merge what they share."""
    return TritonEmitter(plan).source()
