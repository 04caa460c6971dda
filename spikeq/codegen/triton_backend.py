"""Plan -> Source for Triton: functions for the tasks, few kernels that call them, and what launches those.

The tasks are those of the torch backend, in the same order; each function does one or some of them for a block of
elements in a row of the batch. Nothing in a step waits for the host.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from spikeq.codegen.comments import comment
from spikeq.codegen.plan import Plan, Segment, Source
from spikeq.codegen.requests import Requests
from spikeq.codegen.tasks import Deliver, Normalise, RecordState, Statements, Sum, Task, Threshold
from spikeq.codegen.triton_fuse import Group, Part, fused, gathered, is_supported, part_of, unsupported
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_names import name_of
from spikeq.codegen.triton_normalise import NormaliseLines, ScalingKernel, SweepKernel
from spikeq.codegen.triton_pathway_kernel import PathwayKernel
from spikeq.codegen.triton_runs import MERGED, Memory, runs_of, threshold_of
from spikeq.codegen.triton_sums import SumKernel
from spikeq.codegen.triton_text import fitted, function, wrapped
from spikeq.language.expression import Access, Call

_HEAD = '''"""One step of a network, written by spikeq. Change the equations, not this file."""
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


class TritonEmitter(NormaliseLines):
    """Writes the source of a plan; the kinds of task are in its parents."""

    def __init__(self, plan: Plan) -> None:
        arrays = dict(plan.arrays)
        self.plan, self.memory = replace(plan, arrays=arrays), Memory(arrays)
        self.requests = Requests()
        self.host = Host(arrays, self.requests, self.memory.made)
        self.kernels: list[Kernel] = []
        self.names: set[str] = set()

    def source(self) -> Source:
        """The whole module: the kernels, and a function for each segment (and for the step without its cuts)."""
        self._choose_events()
        steps = [self._segment(segment) for segment in self.plan.segments]
        if len(steps) > 1:
            steps.append([line for lines in steps for line in lines])
        text = _HEAD + _imports(self.kernels)
        text += "".join(f"\n\n{_joined(lines)}" for kernel in self.kernels for lines in (kernel.text(), _entry(kernel)))
        text += "\n" + _BIND + _joined(self.host.lines(), 4)
        for number, lines in enumerate(steps):
            text += f"\n    def step_{number}(offset):\n" + _joined(lines or ["pass"], 8)
        entries = tuple(f"step_{number}" for number in range(len(steps)))
        text += "\n    return [" + ", ".join(f"launch.Steps({entry}, p_clock)" for entry in entries) + "]\n"
        return Source(text, self.requests, dict(self.memory.made), entries, tuple(self.host.pointers), is_filed=True)

    def _segment(self, segment: Segment) -> list[str]:
        """The launches of the tasks between two host functions."""
        parts = [part for task in segment.tasks for part in self._parts(task)]
        lines: list[str] = []
        for group in fused(parts):
            kernel = self._kernel(group)
            self.kernels.append(kernel)
            titles = ", ".join(dict.fromkeys(part.task.slot.name for part in group.parts))
            lines += [comment(titles), *self._launch(kernel)]
        return lines

    def _parts(self, task: Task) -> Iterable[Part]:
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
        part = part_of(self._supported(task), self.plan.arrays, self._is_listed(task))
        if isinstance(task, Threshold) and part.wrote & part.others:
            return [one for half in threshold_of(task, self.memory) for one in self._parts(half)]
        return [part]

    def _run_part(self, run: Statements) -> Part:
        """The part of a run; what the rows of a batch share it changes once, for all of them."""
        targets = (self.plan.arrays[a.target.key] for a in run.body if isinstance(a.target, Access))
        rows, part = not self.plan.batched or any(one.rows for one in targets), part_of(run, self.plan.arrays)
        merged = (a.value for a in run.body if isinstance(a.value, Call) and a.value.function == MERGED)
        made = {one.key for value in merged for one in value.arguments if isinstance(one, Access)}
        return replace(part, rows=rows, others=part.others | made)

    def _goes_through_all(self, task: RecordState) -> bool:
        """Whether something else goes through all elements that a record chooses from, so that it may join."""
        others = (t for t in self.plan.tasks if isinstance(t, Statements | Threshold) and t.clock == task.clock)
        return any(other.space.name == task.space.name for other in others)

    def _supported(self, task: Task) -> Task:
        if not is_supported(task):
            raise unsupported(task, f"{type(task).__name__.lower()} tasks have no kernel yet")
        return task

    def _kernel(self, group: Group) -> Kernel:
        first = group.parts[0]
        grid, number = first.grid or (first.space.name if first.space is not None else ""), len(self.kernels)
        kernel = Kernel(number, self.plan, self.host, first.space, grid, first.task.clock)
        if first.walks:
            assert isinstance(first.task, Deliver)
            kernel = self._pathway_kernel(number, first, first.task)
        if isinstance(first.task, Sum):
            kernel = SumKernel(number, self.plan, self.host, first.task)
        if isinstance(first.task, Normalise):
            kernel = self._normalise_kernel(number, first, first.task)
        kernel.rows = kernel.rows and first.rows
        for part in group.parts:
            task = part.task
            kernel.titles.append(task.slot.name)
            kernel.lines.append(comment(f"{task.slot.when}: {task.slot.name}"))
            self._write(kernel, part)
        kernel.flush()
        kernel.name = name_of([part.task for part in group.parts], self.names)
        return kernel

    def _launch(self, kernel: Kernel) -> list[str]:
        passed = ["p_clock", "offset", *_passed(kernel)]
        rows = "batch" if kernel.rows else "1"
        grid, further = f"(1, {rows})", "**launch.OPTIONS"
        first: list[str] = []
        if isinstance(kernel, PathwayKernel):
            first, grid, further = [f"shared = {kernel.sharing()}"], "shared.grid", "**shared.options"
        elif isinstance(kernel, ScalingKernel):
            count, columns = self.host.sizes[kernel.grid], kernel.by_columns
            grid, further = f"launch.scaling_grid({count}, {rows}, {columns})", f"**launch.scaling({columns})"
        elif isinstance(kernel, SweepKernel):
            count = self.host.sizes[kernel.grid]
            grid, further = f"launch.sweep_grid({count}, {rows})", f"**launch.blocks({count})"
        elif kernel.space is not None:
            count = self.host.sizes[kernel.grid]
            grid, further = f"launch.grid({count}, {rows})", f"**launch.blocks({count})"
            if kernel.sums_rows:
                further = f"**launch.summing_blocks({count})"
        return [*first, f"kernel_{kernel.number}[{grid}](", *wrapped([*passed, further], 4, 110), ")"]


def _passed(kernel: Kernel) -> list[str]:
    """What the host passes to a kernel, beside the step."""
    every = [] if kernel.single_clock else [kernel.every_step()]
    return [name for name in dict.fromkeys((*kernel.parameters.values(), *every)) if name != "p_clock"]


def _entry(kernel: Kernel) -> list[str]:
    """The kernel that runs a function: each program does one block in one row."""
    parameters = ["p_clock", "offset", *_passed(kernel), *(f"{name}: tl.constexpr" for name in kernel.fixed())]
    where = {"step": "step", "row": "tl.program_id(1)", "block": "tl.program_id(0)", "blocks": "tl.num_programs(0)"}
    passed = [*(where[name] for name in kernel.where()), *kernel.parameters.values(), *kernel.fixed()]
    lines = ["step = tl.load(p_clock) + offset"]
    call = f"{kernel.name}({', '.join(passed)})"
    if kernel.single_clock:
        lines.append(call)
    else:
        lines += [f"if step % {kernel.every_step()} == 0:", f"    {call}"]
    decorator = '@triton.jit(do_not_specialize=["offset"])'
    return function(f"kernel_{kernel.number}", parameters, ", ".join(kernel.titles), lines, decorator)


def _joined(lines: list[str], indent: int = 0) -> str:
    return "".join(f"{made}\n" for line in lines for made in fitted(f"{' ' * indent}{line}"))


def _imports(kernels: list[Kernel]) -> str:
    used = set().union(*(kernel.uses for kernel in kernels)) - {"tl"} if kernels else set()
    return "".join(f"from spikeq_kernels import {name}_triton as {name}\n" for name in sorted(used))


def emit(plan: Plan) -> Source:
    """The source of a plan for Triton. Raises UnsupportedError for what it cannot run yet."""
    return TritonEmitter(plan).source()
