"""The torch backend for devices that run ahead of the host: nothing in a step depends on how many events there are.

Events are masks [batch, n] instead of lists, so that the host never waits for the device inside the loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from spikeq.codegen.events import EventPrinter, Place, divisor_of
from spikeq.codegen.hoist import seen_from
from spikeq.codegen.loads import Operand
from spikeq.codegen.plan import Plan, Source
from spikeq.codegen.printer import Printer
from spikeq.codegen.tasks import Assign, Deliver, Generate, RecordEvents, RecordRate, Space, Statements, Threshold
from spikeq.codegen.torch_backend import TorchEmitter
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.torch_edges import any_mentions
from spikeq.codegen.torch_sparse import any_reads
from spikeq.errors import UnsupportedError
from spikeq.language.expression import Access

_ENDS = {"own": "edge", "pre": "pre", "post": "post"}


class StaticEmitter(TorchEmitter):
    """Writes steps whose shapes are the same whatever happens in them."""

    columns = False

    def _statements(self, task: Statements) -> list[str]:
        lines = super()._statements(task)
        if task.event is None or not lines:
            return lines
        return [line.removeprefix("    ") for line in lines[1:]]

    def _threshold(self, task: Threshold) -> list[str]:
        printer, mask = self._printer(task, task.space), self._mask(task.event, task.space)
        condition = printer.value(task.condition, "boolean")
        if task.lastspike is None or task.not_refractory is None:
            return [*printer.close(), f"{mask}.copy_({condition.text})"]
        free = self.names[task.not_refractory.key]
        return [
            *printer.close(),
            f"torch.logical_and({condition.text}, {free}, out={mask})",
            f"{self.names[task.lastspike.key]}.masked_fill_({mask}, now)",
            f"{free}.masked_fill_({mask}, False)",
        ]

    def _generate(self, task: Generate) -> list[str]:
        mask = self._mask(task.event, task.space)
        return [f"{mask}.zero_()", f"flat_{mask}.index_fill_(0, tables[{task.event!r}][k], True)"]

    def _deliver(self, task: Deliver) -> list[str]:
        if task.spread:
            raise UnsupportedError(
                f"{task.slot.name}: synapses with delays of their own run only on the CPU.",
                "Use one Synapses object for each delay, or device='cpu'.",
            )
        mask, (start, stop) = self._mask(task.event, task.sources), task.source_range
        printer, known = self._for_all_sources(task)
        body = [] if not task.body else self._dense(task) if task.dense else self._sparse(task, {task.trigger: known})
        part = [] if is_all(task.source_range) else [f"spiking = spiking[:, {start}:{stop}]"]
        lines = [*(["happened = spiking"] if task.once else []), *part, *printer.close(), *body]
        if not task.delayed:
            return [f"spiking = {mask}", *lines]
        queue = self._list(f"{task.space.name}.{task.pathway} queue")
        return [f"for spiking in {queue}.exchange_masks(now, {mask}):", *("    " + line for line in lines)]

    def _for_all_sources(self, task: Deliver) -> tuple[Printer, dict[str, Operand]]:
        """What runs once for each source, over all of them; its temporaries live until the printer is closed."""
        printer = self._printer(task, Space(f"{task.space.name} {task.trigger}"))
        known: dict[str, Operand] = {}
        for assign in task.once:
            target, value = assign.target, seen_from(task.trigger, assign.value)
            if isinstance(target, Access):
                self._assign(printer, replace(assign, target=replace(target, index="own"), value=value), "happened")
                continue
            printer.keep(target.name, printer.value(value))
            if any_reads(task.body, target.name):
                known[target.name] = printer.temporaries[target.name]
        return printer, known

    def _sum(self, task: Deliver, weight: str) -> str:
        return f"dense_sum_static({self._matrix(task, weight)}, spiking)"

    def _propagate(self, matrix: str) -> str:
        return f"propagate_dense_static({matrix}, spiking"

    def _sparse(self, task: Deliver, known: Mapping[str, Mapping[str, Operand]]) -> list[str]:
        """Every synapse of every row, those without an event left unchanged."""
        if task.ordered:
            raise UnsupportedError(
                f"{task.slot.name}: statements that depend on the order of the synapses run only on the CPU.",
                "Write them with += or -=, without reading what they change, or use device='cpu'.",
            )
        count = self._count(task.space)
        lines = self._all_synapses(task)
        names = {name: f"{name}_of_{count}" for name in lines}
        start = 0 if is_all(task.source_range) else task.source_range[0]
        source = names[task.trigger] + (f" - {start}" if start else "")
        printer = StaticEventPrinter(
            self.plan.arrays, self.names, self.buffers, self.requests, task.space, task.clock, task.slot.name
        )
        printer.begin({side: Place(names[end], names[f"{end}_flat"]) for side, end in _ENDS.items()})
        printer.batched, printer.row = self.plan.batched, names["row"]
        self._fix(printer, task)
        for side, values in known.items():
            printer.take(values, side)
        body = [f"active = spiking[{names['row']}, {source}]", *printer.body(task.body, task.bounds)]
        body += printer.merging(task.bounds)
        self._before_the_loop(body, {names[name]: line for name, line in lines.items()})
        return body

    def _all_synapses(self, task: Deliver) -> dict[str, str]:
        """How row, synapse and neurons of every synapse in every row are written, each after what it needs."""
        count, device = self._count(task.space), f"{self._mask(task.event, task.sources)}.device"
        pre, post = (group for _, group in self._sides(task))
        known = {
            "row": f"torch.arange(batch, device={device}).repeat_interleave({count})",
            "edge": f"torch.arange({count}, device={device}).repeat(batch)",
            "edge_flat": f"row_of_{count} * {count} + edge_of_{count}",
        }
        for side, group in (("pre", pre), ("post", post)):
            known[side] = self._edges(task.space).at(side, f"edge_of_{count}")
            known[f"{side}_flat"] = f"row_of_{count} * {self._count(group)} + {side}_of_{count}"
        return known

    def _before_the_loop(self, body: list[str], known: dict[str, str]) -> None:
        """Compute once what the lines of a body use and no step changes."""
        used, wanted = list(body), []
        for name, value in reversed(known.items()):
            if any_mentions(used, name):
                used.append(value)
                wanted.append(f"{name} = {value}")
        done = {line.partition(" = ")[0] for line in self.views}
        self.views += [line for line in reversed(wanted) if line.partition(" = ")[0] not in done]

    def _record_events(self, task: RecordEvents) -> list[str]:
        start, stop = task.source_range
        part = "" if is_all(task.source_range) else f"[:, {start}:{stop}]"
        lines = [f"tables['{task.monitor}:mask'][k].copy_({self._mask(task.event, task.space)}{part})"]
        for name, expression in task.variables:
            printer = self._printer(task, task.space)
            value = printer.value(expression)
            cut = part.replace(":,", "...,") if value.wide else ""
            printer.lines.append(f"tables['{task.monitor}.{name}'][k].copy_({value.text}{cut})")
            printer.release(value)
            lines += printer.close()
        return lines

    def _record_rate(self, task: RecordRate) -> list[str]:
        start, stop = task.source_range
        mask = self._mask(task.event, task.space)
        part = mask if is_all(task.source_range) else f"{mask}[:, {start}:{stop}]"
        return [f"tables['{task.monitor}:count'][k].copy_({part}.sum(1))"]


class StaticEventPrinter(EventPrinter):
    """Prints a body over all synapses; ``active`` says where the event happened."""

    def _hold(self, assign: Assign, target: Access) -> None:
        old = self._load(target, self._extent(target), target.kind)
        super()._hold(assign, target)
        new = self.held[target.key]
        self.held[target.key] = self._line(f"torch.where(active, {new.text}, {old.text})", target.kind)

    def _merge(self, key: str, made: str) -> None:
        values, divisor = f"{made}.view(batch, -1)", divisor_of(self.arrays[key])
        self.lines.append(f"row_changes.merge_rows({self.names[key]}, {values}{divisor})")

    def _where_allowed(self, assign: Assign, value: Operand) -> Operand:
        value = super()._where_allowed(assign, value)
        return self._line(f"torch.where(active, {value.text}, {self.neutral(assign.op, value.kind)})", value.kind)

    def _scatter(self, assign: Assign, target: Access) -> None:
        if assign.op == "=":
            raise UnsupportedError(
                "Synapses that set a neuron's variable run only on the CPU.",
                "Write the statement with += or -=, or use device='cpu'.",
            )
        super()._scatter(assign, target)


def emit(plan: Plan) -> Source:
    """The source of a plan for torch on a device that runs ahead of the host."""
    return StaticEmitter(plan).source()
