"""Lines of pathways whose programs go from event to event, and at each to the synapses of its neuron."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from spikeq.codegen.hoist import seen_from
from spikeq.codegen.loads import Operand
from spikeq.codegen.tasks import Assign, Deliver, Space
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_neurons import place
from spikeq.codegen.triton_pathway_kernel import MergingKernel, PathwayKernel
from spikeq.codegen.triton_printer import TritonPrinter
from spikeq.codegen.triton_records import RecordLines
from spikeq.language.expression import Access, Binary, Name


class WalkLines(RecordLines):
    """The part of the Triton emitter that writes what events do, one after the other."""

    def _arrived(self, kernel: Kernel, task: Deliver) -> str:
        """The slot of the events that arrive in this step."""
        delay = kernel.size(f"{task.space.name}.{task.pathway} queue") if task.delayed else ""
        return self._slot(kernel, task, task.event, delay)

    def _walk(self, kernel: PathwayKernel, task: Deliver) -> None:
        """The loops over segments, delays and events, around what one event does."""
        places, counts = self._list(kernel, task.event).split(", ")
        segments, block = self._extent(kernel, task.event).split(", ")
        slot = self._slot_of_age(kernel, task) if task.spread else self._arrived(kernel, task)
        count = f"tl.load({counts} + at)"
        turns = count if kernel.in_turn else f"block % SHARES, {count}, SHARES"
        lines = [f"source = tl.load({places} + at * {block} + k_event)", *self._of_event(kernel, task)]
        lines = in_loop(f"k_event in range({turns})", lines)
        lines = [f"at = {place(slot, segments, 'segment')}", *lines]
        lines = in_loop(f"segment in range({segments})", lines) if kernel.in_turn else lines
        kernel.lines += self._for_each_delay(kernel, task, lines) if task.spread else lines

    def _for_each_delay(self, kernel: PathwayKernel, task: Deliver, lines: list[str]) -> list[str]:
        """A loop over delays: what was emitted first comes first."""
        delays = self._delays(kernel, task)
        return in_loop(f"k_delay in range({delays})", [f"age = {delays} - 1 - k_delay", *lines])

    def _of_event(self, kernel: PathwayKernel, task: Deliver) -> list[str]:
        """What one event does, if its source is among those of the pathway."""
        inner = self._aside(kernel, lambda: self._at_source(kernel, task))
        if is_all(task.source_range):
            return inner
        sources = kernel.size(f"{task.space.name} {'sources' if task.trigger == 'pre' else 'targets'}")
        first = kernel.ends.first(task.trigger)
        return [f"if (source >= {first}) & (source < {first} + {sources}):", *(f"    {line}" for line in inner)]

    def _delays(self, kernel: Kernel, task: Deliver) -> str:
        """How many delays are told apart: 0 to the longest one."""
        return kernel.size(f"{task.space.name}.{task.pathway} delays")

    def _slot_of_age(self, kernel: PathwayKernel, task: Deliver) -> str:
        """The slot of the events of ``age`` steps ago."""
        depth, late = kernel.size(f"{task.event} depth"), " - 1" * self._is_late(task, task.event)
        slot = f"({kernel.now()} - age{late} + {depth}) % {depth}"
        return f"{slot} * {kernel.size('the batch')} + {kernel.row()}" if self.plan.batched else slot

    @staticmethod
    def _aside(kernel: Kernel, write: Callable[[], None]) -> list[str]:
        """The lines that ``write`` adds to a kernel, taken out of it."""
        start = len(kernel.lines)
        write()
        found = kernel.lines[start:]
        del kernel.lines[start:]
        return found

    def _at_source(self, kernel: PathwayKernel, task: Deliver) -> None:
        """What one event does: first what runs once, then the synapses of its neuron, block by block."""
        printer = self._printer(kernel, task, Space(f"{task.space.name} {task.trigger}"))
        printer.at_events = True
        for assign in task.once:
            self._assign_at_source(printer, assign)
        temporaries = printer.temporaries.items()
        known = {name: printer.forced(one, one.kind) if one.wide else one for name, one in temporaries}
        begin, count, edge = self._reached(kernel, task)
        kernel.lines += begin
        kernel.lines.append(f"for begin in range(0, {count}, BLOCK):")
        lines = ["j = begin + tl.arange(0, BLOCK)", f"here = j < {count}", f"edge = {edge}"]
        kernel.at_synapses()
        lines += self._aside(kernel, lambda: self._at_synapses(kernel, task, known))
        kernel.at_source()
        kernel.lines += [f"    {line}" for line in lines]

    def _assign_at_source(self, printer: TritonPrinter, assign: Assign) -> None:
        """One assignment for the source of the event."""
        assign, kernel = of_source(printer.kernel.trigger, assign), printer.kernel  # type: ignore[attr-defined]
        self._assign(printer, assign, None)
        if isinstance(assign.target, Access):
            kernel.held[assign.target.key, kernel.trigger] = kernel.held[assign.target.key, "own"]  # type: ignore[attr-defined]
            kernel.flush()

    def _reached(self, kernel: PathwayKernel, task: Deliver) -> tuple[list[str], str, str]:
        """The synapses of a source: lines that find them, how many there are, and the number of the j-th."""
        ends, name, side = kernel.ends, task.space.name, task.trigger
        first = ends.first(side)
        number = f"(source - {first})" if first else "source"
        if task.spread:
            return self._bundle(kernel, task, number)
        if ends.form == "one_to_one":
            return [], "1", f"{number} + j"
        if ends.form == "dense":
            n_pre, n_post = kernel.size(f"{name} sources"), kernel.size(f"{name} targets")
            return [], *((n_post, f"{number} * {n_post} + j") if side == "pre" else (n_pre, f"j * {n_post} + {number}"))
        offsets = kernel.take(self.host.pointers[f"{name}._{side}_offsets"])
        lines = [f"first_edge = tl.load({offsets} + {number})"]
        lines.append(f"n_reached = tl.load({offsets} + {number} + 1) - first_edge")
        if task.sorted:
            return lines, "n_reached", "first_edge + j"
        order = kernel.take(self.host.pointers[f"{name}._{side}_order"])
        return lines, "n_reached", f"tl.load({order} + first_edge + j, mask=here, other=0)"

    def _bundle(self, kernel: PathwayKernel, task: Deliver, number: str) -> tuple[list[str], str, str]:
        """The synapses of a source with one delay: they stand together in an order of the pathway's own."""
        name = f"{task.space.name}.{task.pathway}"
        bundles, order = (kernel.take(self.host.pointers[f"{name} {key}"]) for key in ("bundles", "in order"))
        lines = [
            f"bundle = {number} * {self._delays(kernel, task)} + age",
            f"first_edge = tl.load({bundles} + bundle)",
            f"n_reached = tl.load({bundles} + bundle + 1) - first_edge",
        ]
        return lines, "n_reached", f"tl.load({order} + first_edge + j, mask=here, other=0)"

    def _at_synapses(self, kernel: PathwayKernel, task: Deliver, known: Mapping[str, Operand]) -> None:
        """The statements for a block of synapses."""
        printer = self._printer(kernel, task, task.space)
        printer.at_events = True
        printer.temporaries |= known
        kernel.held = {
            place: name for place, name in kernel.held.items() if place[1] == kernel.trigger and not kernel.in_turn
        }
        merged = kernel.merged if isinstance(kernel, MergingKernel) else ()
        kept = (bound for bound in task.bounds if not (isinstance(bound.target, Access) and bound.target.key in merged))
        for assign in (*task.body, *kept):
            target = assign.target
            if isinstance(target, Name) or target.index == "own":
                self._assign(printer, assign, None)
            elif kernel.in_turn:
                self._assign_neuron(printer, assign, target)
            else:
                self._scatter(printer, assign, target)
        kernel.flush()
        if kernel.in_turn:
            kernel.lines.append("tl.debug_barrier()")
        printer.close()

    def _scatter(self, printer: TritonPrinter, assign: Assign, target: Access) -> None:
        """Add to the neurons on one side, wherever other programs may add as well."""
        kernel, array = printer.kernel, self.plan.arrays[target.key]
        text = self._as(printer, printer.value(assign.value, target.kind), target.kind)
        value = text if assign.op == "+=" else f"-({text})"
        mask = "here"
        if assign.guard is not None:
            mask = f"here & ({printer.value(assign.guard, 'boolean').text})"
        pointer = kernel.take(self.host.pointers[target.key])
        place = f"{pointer} + {kernel.offset_of(array, kernel.element(target.index))}"
        if kernel.is_wide(target.key, target.index):
            kernel.lines.append(f'tl.atomic_add({place}, {value}, mask={mask}, sem="relaxed")')
        else:
            kernel.lines.append(f'tl.atomic_add({place}, tl.sum(tl.where({mask}, {value}, 0), 0), sem="relaxed")')

    def _assign_neuron(self, printer: TritonPrinter, assign: Assign, target: Access) -> None:
        """Change a neuron's variable where no other program does, and let the next statement see it."""
        kernel, array = printer.kernel, self.plan.arrays[target.key]
        value = assign.value if assign.op == "=" else Binary(assign.op.removesuffix("="), target, assign.value)  # type: ignore[arg-type]
        text = self._as(printer, printer.value(value, target.kind), target.kind)
        mask = "here" if isinstance(kernel, PathwayKernel) else "active"
        if assign.guard is not None:
            chosen = f"{mask} & ({printer.value(assign.guard, 'boolean').text})"
            text = f"tl.where({chosen}, {text}, {kernel.read(target.key, target.index)})"
        name = kernel.named(text)
        pointer, offset = (
            kernel.take(self.host.pointers[target.key]),
            kernel.offset_of(array, kernel.element(target.index)),
        )
        kernel.store(pointer, offset, name, target.kind, True, mask=mask)
        kernel.lines.append("tl.debug_barrier()")
        kernel.held = {place: one for place, one in kernel.held.items() if place[0] != target.key}


def in_loop(turns: str, lines: list[str]) -> list[str]:
    """Lines that a loop repeats."""
    return [f"for {turns}:", *(f"    {line}" for line in lines)]


def of_source(side: str, assign: Assign) -> Assign:
    """A statement of synapses, for the neurons of one side."""
    target = assign.target if isinstance(assign.target, Name) else replace(assign.target, index="own")
    return replace(assign, target=target, value=seen_from(side, assign.value))
