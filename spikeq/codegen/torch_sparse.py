"""The lines of pathways for torch: which synapses a spike reaches, and what runs there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from spikeq.codegen.events import EventPrinter, Place
from spikeq.codegen.fixed_sums import fixed_additions, group_of
from spikeq.codegen.hoist import across, seen_from
from spikeq.codegen.loads import Operand
from spikeq.codegen.requests import Requests
from spikeq.codegen.tasks import Assign, Deliver, Space, Sum, Task
from spikeq.codegen.torch_dense import DensePathways, is_all
from spikeq.codegen.torch_edges import EdgeLines, any_mentions
from spikeq.language.expression import Access, names


class SparsePathways(DensePathways):
    """The part of the torch emitter that writes pathways and sums over lists of synapses."""

    requests: Requests

    def _events(self, task: Task, space: Space, places: dict[str, Place]) -> EventPrinter:
        raise NotImplementedError

    def _list(self, key: str) -> str:
        raise NotImplementedError

    def _count(self, space: Space) -> str:
        raise NotImplementedError

    def _deliver(self, task: Deliver) -> list[str]:
        inside = self._inside(task)
        emitted = f"{self._list(task.event)}[0]"
        if task.spread:
            return [f"spikes = {emitted}", *inside, *self._spread(task)]
        once, known = self._once(task) if task.once else ([], {})
        body = self._dense(task) if task.dense else self._through_synapses(task, known)
        self._release(known)
        lines = [*inside, "if spikes.numel():", *("    " + line for line in (*once, *(body if task.body else ())))]
        if not task.delayed:
            return [f"spikes = {emitted}", *lines]
        queue = self._list(f"{task.space.name}.{task.pathway} queue")
        return [f"for spikes in {queue}.exchange(now, {emitted}):", *("    " + line for line in lines)]

    def _through_synapses(self, task: Deliver, known: Mapping[str, Operand]) -> list[str]:
        """The body at the synapses of the spikes; where these reach every neuron, what is a neuron's comes before."""
        if self._edges(task.space).ends.form != "dense":
            return [*self._reached(task), *self._sparse(task, {task.trigger: known})]
        (_, first), (_, last) = self._sides(task)
        side, group = ("post", last) if task.trigger == "pre" else ("pre", first)
        lifted, rest = across(task.body, side)
        printer = self._printer(task, group)
        for name, value in lifted:
            printer.keep(name, printer.value(seen_from(side, value)))
        far = {name: printer.temporaries[name] for name, _ in lifted if any_reads(rest, name)}
        body = self._sparse(replace(task, body=rest), {task.trigger: known, side: far})
        return [*printer.close(), *self._reached(task), *body]

    def _once(self, task: Deliver) -> tuple[list[str], dict[str, Operand]]:
        """What runs once for each source that had the event, and the temporaries that the synapses read, by source."""
        space, (start, stop) = Space(f"{task.space.name} {task.trigger}"), task.source_range
        place = Place("source", "source_flat")
        printer = self._events(task, space, {"own": place, task.trigger: place})
        printer.prefix, printer.row = "y", "source_row"
        known: dict[str, Operand] = {}
        for assign in task.once:
            value = printer.value(assign.value)
            if isinstance(assign.target, Access):
                new = printer.vector(value, assign.target.kind)
                printer.lines.append(
                    f"{self.names[assign.target.key]}.view(-1).index_copy_(0, source_flat, {new.text})"
                )
                continue
            printer.keep(assign.target.name, value)
            if any_reads(task.body, assign.target.name):
                known[assign.target.name] = self._by_source(printer, value)
        count = self._count(task.sources)
        width, first = (count, "") if is_all(task.source_range) else (f"{stop - start}", f" + {start}" if start else "")
        lines = [f"source = source_flat = spikes{first}"]
        if self.plan.batched:
            lines = [f"source, source_row = spikes % {width}{first}, spikes // {width}"]
            lines.append(f"source_flat = source_row * {count} + source")
        elif any_mentions(printer.lines, "source_row"):
            lines.append("source_row = torch.zeros_like(source)")
        return [*lines, *printer.close()], known

    def _by_source(self, printer: EventPrinter, value: Operand) -> Operand:
        """A value for each source, [batch, n], where the synapses find theirs; one for all stays as it is."""
        if value.scalar:
            return value
        place = self.buffers.take(printer.space.name, value.kind, True, True)
        printer.lines.append(f"{place}.view(-1).index_copy_(0, source_flat, {value.text})")
        return Operand(place, value.kind, True, True, buffer=place)

    def _release(self, known: dict[str, Operand]) -> None:
        for operand in known.values():
            if operand.buffer is not None:
                self.buffers.give(operand.buffer)

    def _inside(self, task: Deliver) -> list[str]:
        """Leave out the spikes of neurons that are not in the part that sends."""
        if is_all(task.source_range):
            return []
        start, stop = task.source_range
        return [f"spikes = event_list.within(spikes, {self._count(task.sources)}, {start}, {stop})"]

    def _sparse(self, task: Deliver, known: Mapping[str, Mapping[str, Operand]]) -> list[str]:
        """The body at the synapses that are reached; ``known``: temporaries of the neurons, by side and name."""
        edges, apart = self._edges(task.space), task.ordered or task.spread
        flat = f"(row * {self._count(task.space)} + edge)" if self.plan.batched else "edge"
        places = {"own": Place("edge", flat), "pre": Place("pre", "pre_flat"), "post": Place("post", "post_flat")}
        printer = self._events(task, task.space, places)
        printer.one_by_one = task.ordered
        self._fix(printer, task)
        for side, values in known.items():
            printer.take(values, side)
        body, merging = printer.body(task.body, task.bounds), printer.merging(task.bounds)
        lines: list[str] = (
            [] if self.plan.batched or not any_mentions(body, "row") else ["row = torch.zeros_like(edge)"]
        )
        for side, group in self._sides(task):
            if any_mentions(body, side) or any_mentions(body, f"{side}_flat"):
                lines.append(f"{side} = {edges.at(side, 'edge') if apart else edges.neurons(task, side)}")
            if any_mentions(body, f"{side}_flat"):
                row = f"row * {self._count(group)} + " if self.plan.batched else ""
                lines.append(f"{side}_flat = {row}{side}")
        if not task.ordered:
            return [*lines, *body, *merging]
        return self._one_by_one([*lines, *body], printer.merged.values(), merging)

    # -- in fixed point -----------------------------------------------------------------------------------------------

    columns = True  # whether neurons sum what all of one side add to them

    def _fixed(self, task: Deliver) -> tuple[Assign, ...]:
        """The additions of a pathway that are made in fixed point."""
        return fixed_additions(task, self.plan.arrays, self.columns) if self.plan.deterministic else ()

    def _fix(self, printer: EventPrinter, task: Deliver) -> None:
        """Have a printer make them so."""
        printer.fixed = self._fixed(task)
        if printer.fixed:
            printer.limits, printer.lost = self._list("sum limits"), self._list("sums lost")

    def _released(self, task: Deliver) -> list[str]:
        """What has been added in fixed point becomes part of the neurons' variables."""
        lines = []
        for assign in self._fixed(task):
            assert isinstance(assign.target, Access)
            number = self.requests.addition(task.slot.name, task.space.name, assign)
            space = group_of(task, assign.target).name
            self.buffers.declared[f"sums_{number}"] = (space, "step", True, True)
            out, limits = self.names[assign.target.key], f"{self._list('sum limits')}[{number}]"
            lines.append(f"fixed_point.release(sums_{number}, {out}, {limits})")
        return lines

    def _reached(self, task: Deliver) -> list[str]:
        return self._edges(task.space).reached(task)

    def _edges(self, space: Space) -> EdgeLines:
        return EdgeLines(space, self.names, self.sizes, self.plan.batched)

    def _spread(self, task: Deliver) -> list[str]:
        """Each synapse after its own delay."""
        queue = self._list(f"{task.space.name}.{task.pathway} queue")
        lines, loop, count = self._sparse(task, {}), f"for edge in {queue}.spread(now, edge):", self._count(task.space)
        if self.plan.batched:
            loop = f"for reached in {queue}.spread(now, row * {count} + edge):"
            lines.insert(0, f"edge, row = reached % {count}, reached // {count}")
        return [*self._reached(task), loop, *("    " + line for line in lines)]

    def _one_by_one(self, lines: list[str], made: Iterable[str], merging: list[str]) -> list[str]:
        """The lines for one synapse after the other, then those that merge what each made of shared values."""
        names = "edge, row" if self.plan.batched else "edge"
        each = "zip(edge.split(1), row.split(1))" if self.plan.batched else "edge.split(1)"
        loop = [f"for {names} in {each}:", *("    " + line for line in lines)]
        if not merging:
            return loop
        lists = [f"{name} = []" for name in made]
        return ["edges = edge", *lists, *loop, "if edges.numel():", "    edge = edges", *("    " + m for m in merging)]

    @staticmethod
    def _sides(task: Deliver) -> tuple[tuple[str, Space], tuple[str, Space]]:
        sources, targets = (task.sources, task.targets) if task.trigger == "pre" else (task.targets, task.sources)
        return ("pre", sources), ("post", targets)

    def _sum_over_synapses(self, task: Sum) -> list[str]:
        """Zero, then every synapse's value added in its order, row by row."""
        printer = self._printer(task, task.space)
        value, (start, stop) = printer.value(task.value, "real"), task.neuron_range
        if value.kind != "real":
            value = printer._converted(value, "real")
        target = self.names[task.target.key]
        printer.release(value)
        wide = f"{value.text}.expand(batch, {self._count(task.space)})"
        part = "" if is_all(task.neuron_range) else f"[:, {start}:{stop}]"
        real = task.target.kind == "real"
        total = target if real else "total"
        return [
            *printer.close(),
            f"{target}{part}.zero_()" if real else f"total = torch.zeros_like({target}, dtype=real_type)",
            f"for summed, values in zip({total}, {wide}):",
            f"    {self._edges(task.space).summed(task.target.index)}",
            *([] if real else [f"{target}{part}.copy_(total{part})"]),
        ]


def any_reads(body: Iterable[Assign], name: str) -> bool:
    """Whether some statements read a temporary."""
    return any(name in names(assign.value) for assign in body)
