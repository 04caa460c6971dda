"""Plan -> Source for torch: the task list, one task after the other; this backend is the meaning of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from spikeq.codegen.comments import comment, shown
from spikeq.codegen.events import EventPrinter, Place, divisor_of, merged_number, shared_from_elements
from spikeq.codegen.extents import Array
from spikeq.codegen.loads import Operand
from spikeq.codegen.plan import Plan, Segment, Source
from spikeq.codegen.printer import Printer
from spikeq.codegen.requests import Buffers, Requests
from spikeq.codegen.tasks import (
    Assign,
    Deliver,
    Generate,
    Normalise,
    RecordEvents,
    RecordRate,
    RecordState,
    Space,
    Statements,
    Sum,
    Task,
    Threshold,
)
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.torch_edges import any_mentions, mentions
from spikeq.codegen.torch_normalise import Normalising
from spikeq.codegen.torch_sparse import SparsePathways
from spikeq.language.expression import Binary, Kind, Name

_HEAD = '''"""One step of a network, written by spikeq. Change the equations, not this file."""
# ruff: noqa
import torch

from spikeq_kernels import dense_edges, dense_sums, event_list, fixed_point, row_changes, special
from spikeq_kernels.normalise import normalise, normalise_dense
from spikeq_kernels.propagate_dense import DenseSum, dense_sum_static, propagate_dense, propagate_dense_static
from spikeq_kernels.propagate_sparse import expand, expand_row


def bind(arrays, constants, buffers, lists, sizes, types):
    """Take the network's memory; return the functions that advance it."""
    batch = sizes["the batch"]
    real_type, integer_type, boolean_type = types
'''


class Names(dict[str, str]):
    """Keys -> variable names in the emitted code, given when first asked for; no two keys share a name."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def __missing__(self, key: str) -> str:
        name = self._prefix + "".join(c if c.isascii() and c.isalnum() else "_" for c in key)
        while name in self.values():
            name += "_"
        self[key] = name
        return name


class TorchEmitter(Normalising, SparsePathways):
    """Writes the source of a plan; one method a kind of task."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.names, self.buffers, self.requests = Names("a_"), Buffers(), Requests()
        self.sizes, self.masks = Names("n_"), Names("m_")
        self.lists: dict[str, str] = {}
        self.views: list[str] = []
        self.written: dict[int, list[str]] = {}

    def source(self) -> Source:
        """The whole module: a function for each segment and, where the step is cut, one for the uncut step."""
        segments = self.plan.segments
        if len(segments) > 1:
            segments = (*segments, Segment(tuple(task for one in segments for task in one.tasks), None))
        functions = [self._segment(number, segment) for number, segment in enumerate(segments)]
        entries = tuple(f"segment_{number}" for number in range(len(functions)))
        text = _HEAD + "".join(_indented(self._prelude(), 1))
        for lines in functions:
            text += "\n" + "".join(_indented(lines, 1))
        text += f"\n    return [{', '.join(entries)}]\n"
        return Source(text, self.requests, dict(self.buffers.declared), entries, tuple(self.names))

    def _prelude(self) -> list[str]:
        lines = [f"{name} = arrays[{key!r}]" for key, name in self.names.items()]
        for constant in self.requests.constants:
            lines.append(f"{constant.name} = constants[{constant.name!r}]  # {shown(constant.expression)}")
        lines += [f"{number} = int({name})" for name, number in self.requests.numbers.items()]
        lines += [f"{name} = buffers[{name!r}]" for name in self.buffers.declared]
        lines += [f"flat_{name} = {name}.view(-1)" for name in self.masks.values()]
        lines += [f"{name} = lists[{key!r}]" for key, name in self.lists.items()]
        lines += [f"{number} = sizes[{key!r}]" for key, number in self.sizes.items()]
        lines += [f"dt_{clock} = sizes['dt {clock}']" for clock in sorted(self.requests.steps)]
        return lines + self.views

    # -- the step -------------------------------------------------------------------------------------------------

    def _segment(self, number: int, segment: Segment) -> list[str]:
        single = len(self.plan.clocks) == 1
        body: list[str] = []
        for clock, tasks in groupby(segment.tasks, key=lambda task: task.clock):
            lines = [line for task in tasks for line in self._lines(task)]
            body += lines if single else [*self._due(clock), *("    " + line for line in lines)]
        unpack = [f"{c.name} = tables[{c.name!r}]  # {shown(c.expression)}" for c in self.requests.columns]
        unpack += [f"{s.name} = tables[{s.name!r}]" for s in self.requests.streams]
        loop = (
            ["for k in range(count):", "    now = first + k"]
            if single
            else ["for step in range(first, first + count):"]
        )
        used = [line for line in unpack if any(mentions(b, line.split(" ")[0]) for b in body)]
        return [
            f"def segment_{number}(first, count, tables):",
            *("    " + line for line in used),
            *("    " + line for line in loop),
            *("        " + line for line in (body or ["pass"])),
        ]

    def _due(self, clock: str) -> list[str]:
        every = self.sizes[f"every {clock}"]
        return [
            f"if step % {every} == 0:  {comment('clock ' + clock)}",
            f"    now = step // {every}",
            f"    k = now - -(-first // {every})",
        ]

    def _lines(self, task: Task) -> list[str]:
        """The lines of a task, the same wherever it stands."""
        if id(task) not in self.written:
            self.written[id(task)] = self._task(task)
        return self.written[id(task)]

    def _task(self, task: Task) -> list[str]:
        head = comment(f"{task.slot.when}: {task.slot.name}")
        match task:
            case Statements():
                return [head, *self._statements(task)]
            case Threshold():
                return [head, *self._threshold(task)]
            case Generate():
                return [head, *self._generate(task)]
            case Deliver():
                return [head, *self._deliver(task), *self._released(task)]
            case Sum():
                return [head, *self._sum_over_synapses(task)]
            case Normalise():
                return [head, *self._normalise(task)]
            case RecordEvents():
                return [head, *self._record_events(task)]
            case RecordState():
                return [head, *self._record_state(task)]
            case RecordRate():
                return [head, *self._record_rate(task)]
        raise AssertionError(f"no code for {type(task).__name__}")

    def _printer(self, task: Task, space: Space) -> Printer:
        return Printer(self.plan.arrays, self.names, self.buffers, self.requests, space, task.clock, task.slot.name)

    def _events(self, task: Task, space: Space, places: dict[str, Place]) -> EventPrinter:
        printer = EventPrinter(
            self.plan.arrays, self.names, self.buffers, self.requests, space, task.clock, task.slot.name
        ).begin(places)
        printer.batched = self.plan.batched
        return printer

    def _list(self, key: str) -> str:
        return self.lists.setdefault(key, f"e{len(self.lists)}")

    def _count(self, space: Space) -> str:
        return self.sizes[space.name]

    # -- neurons --------------------------------------------------------------------------------------------------

    def _statements(self, task: Statements) -> list[str]:
        printer = self._printer(task, task.space)
        for assign in task.body:
            self._assign(printer, assign, None if task.event is None else f"{self._mask(task.event, task.space)}")
        lines = printer.close()
        if task.event is None or not lines:
            return lines
        return [f"if {self._list(task.event)}[0].numel():", *("    " + line for line in lines)]

    def _mask(self, event: str, space: Space) -> str:
        """The buffer with the truth values of an event, [batch, n]."""
        name = self.masks[event]
        self.buffers.declared[name] = (space.name, "boolean", True, True)
        return name

    def _assign(self, printer: Printer, assign: Assign, mask: str | None) -> None:
        target = assign.target
        value = assign.value
        if assign.op != "=":
            value = Binary(assign.op.removesuffix("="), target, value)  # type: ignore[arg-type]
        if isinstance(target, Name):
            printer.keep(target.name, printer.postponed_or_value(value))
            return
        array, name = self.plan.arrays[target.key], self.names[target.key]
        printer.shared = array.space is None
        if printer.shared and printer.is_wide(value):
            raise shared_from_elements(target.key, assign.value)
        result = printer.value(value, target.kind)
        printer.shared = False
        guard = None if assign.guard is None else printer.value(assign.guard, "boolean")
        if result.rows and not array.rows:
            self._merge_rows(printer, array, result)
        elif mask is not None or guard is not None:
            self._where(printer, array, name, result, mask, guard)
        elif not self._written_straight(printer, array, name, result):
            printer.lines.append(f"{name}.copy_({result.text})")
            printer.release(result)

    def _merge_rows(self, printer: Printer, array: Array, result: Operand) -> None:
        """Each row of the batch made another value of one that they share; the only row's value is the new one."""
        name = self.names[array.key]
        if not self.plan.batched:
            printer.lines.append(f"{name}.copy_({result.text}[0])")
            printer.release(result)
            return
        if array.kind != "real":
            raise merged_number(array.key, array.kind)
        result = printer._converted(result, "real") if result.kind != "real" else result
        values = result.text if result.wide else f"{result.text}.expand(batch, {name}.shape[-1])"
        printer.lines.append(f"row_changes.merge_rows({name}, {values}{divisor_of(array)})")
        printer.release(result)

    def _written_straight(self, printer: Printer, array: Array, name: str, result: Operand) -> bool:
        """Let the last operation write into the array itself where it has the array's kind and shape."""
        last = printer.lines[-1] if printer.lines else ""
        ending = f", out={result.buffer})"
        fits = result.buffer is not None and result.kind == array.kind and not array.step
        fits = fits and (result.rows, result.wide) == (array.rows, array.space is not None)
        if not fits or result.buffer in printer.kept or not last.endswith(ending) or not last.startswith("torch."):
            return False
        if last.startswith("torch.index_select"):
            return False
        printer.lines[-1] = last.removesuffix(ending) + f", out={name})"
        printer.release(result)
        return True

    def _where(
        self, printer: Printer, array: Array, name: str, result: Operand, mask: str | None, guard: Operand | None
    ) -> None:
        if mask is not None and guard is not None:
            both = printer.buffers.take(printer.space.name, "boolean", True, True)
            printer.lines.append(f"torch.logical_and({mask}, {guard.text}, out={both})")
            printer.release(guard)
            guard, mask = Operand(both, "boolean", True, True, buffer=both), both
        chosen = mask or (guard.text if guard is not None else "")
        kind: Kind = "integer" if array.step else array.kind
        if result.kind != kind:
            result = printer._converted(result, kind)
        printer.lines.append(f"torch.where({chosen}, {result.text}, {name}, out={name})")
        printer.release(result)
        if guard is not None:
            printer.release(guard)

    def _threshold(self, task: Threshold) -> list[str]:
        printer, mask = self._printer(task, task.space), self._mask(task.event, task.space)
        condition = printer.value(task.condition, "boolean")
        if condition.level == "drawn" and task.not_refractory is None:
            return self._drawn_events(task, printer, condition, mask)
        if task.not_refractory is not None:
            free = self.names[task.not_refractory.key]
            printer.lines.append(f"torch.logical_and({condition.text}, {free}, out={mask})")
        else:
            printer.lines.append(f"{mask}.copy_({condition.text})")
        printer.release(condition)
        lines = [*printer.close(), f"{self._list(task.event)}[0] = spikes = flat_{mask}.nonzero().view(-1)"]
        if task.lastspike is not None and task.not_refractory is not None:
            lines += [
                "if spikes.numel():",
                f"    {self.names[task.lastspike.key]}.masked_fill_({mask}, now)",
                f"    {self.names[task.not_refractory.key]}.masked_fill_({mask}, False)",
            ]
        return lines

    def _generate(self, task: Generate) -> list[str]:
        return [f"{self._list(task.event)}[0] = tables[{task.event!r}][k]"]

    def _drawn_events(self, task: Threshold, printer: Printer, drawn: Operand, mask: str) -> list[str]:
        """Events that depend on random numbers alone are listed for a whole call at once."""
        name = drawn.text.removesuffix("[k]")
        self.requests.listed.add(name)
        lines = [*printer.close(), f"{self._list(task.event)}[0] = {name}[k][0]"]
        masked = any(isinstance(t, Statements) and t.event == task.event for t in self.plan.tasks)
        return [*lines, f"{mask}.copy_({name}[k][1])"] if masked else lines

    # -- monitors -------------------------------------------------------------------------------------------------

    def _selected(self, task: RecordEvents | RecordRate) -> str:
        start, stop = task.source_range
        events = f"{self._list(task.event)}[0]"
        if is_all(task.source_range):
            return events
        return f"event_list.within({events}, {self._count(task.space)}, {start}, {stop}, shift=False)"

    def _record_events(self, task: RecordEvents) -> list[str]:
        record, events = self._list(task.monitor), self._selected(task)
        if not task.variables:
            return [f"spikes = {events}", "if spikes.numel():", f"    {record}.append((now, spikes))"]
        count = self._count(task.space)
        printer = self._events(task, task.space, {"own": Place("element", "spikes")})
        found = [printer.value(expression) for _, expression in task.variables]
        values = [printer.vector(value, value.kind).text for value in found]
        body = printer.close()
        place = [f"element, row = spikes % {count}, spikes // {count}"] if self.plan.batched else ["element = spikes"]
        if not self.plan.batched and any_mentions(body, "row"):
            place.append("row = torch.zeros_like(element)")
        return [
            f"spikes = {events}",
            "if spikes.numel():",
            *("    " + line for line in (*place, *body)),
            f"    {record}.append((now, spikes, {', '.join(values)}))",
        ]

    def _record_state(self, task: RecordState) -> list[str]:
        lines: list[str] = []
        for name, expression in task.variables:
            printer = self._printer(task, task.space)
            value = printer.value(expression)
            text = value.text
            if task.indices is not None and value.wide:
                text = f"torch.index_select({text}, -1, {self.names[task.indices]})"
            printer.lines.append(f"tables[{f'{task.monitor}.{name}'!r}][k].copy_({text})")
            printer.release(value)
            lines += printer.close()
        return lines

    def _record_rate(self, task: RecordRate) -> list[str]:
        record, count = self._list(task.monitor), self._count(task.space)
        if not self.plan.batched:
            return [f"{record}.append({self._selected(task)}.numel())"]
        return [f"{record}.append(torch.bincount({self._selected(task)} // {count}, minlength=batch))"]


def emit(plan: Plan) -> Source:
    """The source of a plan for torch."""
    return TorchEmitter(plan).source()


def _indented(lines: Iterable[str], depth: int) -> list[str]:
    return [f"{'    ' * depth}{line}\n" if line else "\n" for line in lines]
