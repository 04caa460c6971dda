"""Lines of kernels for pathways: statements that events run at synapses.

A dense pathway that adds weights belongs to its targets, each of which sums its own column. Synapses that stand one
to one are a block of elements like neurons. For all others each program goes through its share of the events and, for
each, through the synapses of its neuron, a block at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from spikeq.codegen.events import merged_number
from spikeq.codegen.hoist import seen_from
from spikeq.codegen.loads import Operand
from spikeq.codegen.tasks import Assign, Deliver, Space, Statements
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.triton_fuse import Part, list_of, mask_of, part_of, unsupported
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_neurons import NeuronLines, place
from spikeq.codegen.triton_pathway_kernel import MergingKernel, PathwayKernel, is_in_turn, shared_by_rows
from spikeq.codegen.triton_printer import TritonPrinter
from spikeq.language.expression import Access, Binary, Name


class PathwayLines(NeuronLines):
    """The part of the Triton emitter that writes pathways."""

    # -- which kernels ------------------------------------------------------------------------------------------------

    def _pathway_parts(self, task: Deliver) -> list[Part]:
        """The kernels of a pathway: what runs once for each source, if that stands alone, and its synapses."""
        self._require(task)
        once = self._once_part(task) if task.once and (task.dense or not task.body) else None
        parts = [once] if once is not None else []
        if not task.body:
            return parts
        if task.dense:
            return [*parts, self._dense_part(task)]
        form = task.space.ends.form if task.space.ends is not None else "sparse"
        merges = bool(shared_by_rows(task, self.plan))
        walks = form != "one_to_one" or bool(task.once) or task.spread or merges
        return [Part(task, task.space, alone=True, walks=walks)]

    def _require(self, task: Deliver) -> None:
        keys = shared_by_rows(task, self.plan)
        for key in keys:
            if self.plan.arrays[key].kind != "real":
                raise merged_number(key, self.plan.arrays[key].kind)
        body = {a.target.key for a in task.body if isinstance(a.target, Access) and a.target.index == "own"}
        if keys and (is_in_turn(task) or task.spread or not set(keys) <= body):
            raise unsupported(task, f"{keys[0]} is shared by the rows of the batch, and each changes it")

    def _once_part(self, task: Deliver) -> Part:
        """What runs once for each source, as statements of the sources at their event."""
        body = tuple(_of_source(task.trigger, assign) for assign in task.once)
        return replace(
            part_of(Statements(task.slot, task.clock, task.sources, body, task.event), self.plan.arrays), task=task
        )

    def _dense_part(self, task: Deliver) -> Part:
        (assign,) = task.body
        assert isinstance(assign.target, Access)
        assert isinstance(assign.value, Access)
        guard = {assign.guard.key} if isinstance(assign.guard, Access) else set()
        return Part(
            task,
            task.targets,
            own=frozenset({assign.target.key, *guard}),
            wrote=frozenset({assign.target.key}),
            others=frozenset({assign.value.key, list_of(task.event)}),
        )

    # -- lines --------------------------------------------------------------------------------------------------------

    def _write(self, kernel: Kernel, part: Part) -> None:
        task = part.task
        if not isinstance(task, Deliver):
            super()._write(kernel, part)
        elif isinstance(kernel, MergingKernel):
            self._merge(kernel, task)
        elif isinstance(kernel, PathwayKernel):
            self._walk(kernel, task)
        elif part.space == task.space:
            self._one_to_one(kernel, task)
        elif list_of(task.event) in part.others:
            self._dense(kernel, task)
        else:
            self._once_at_sources(kernel, task)

    def _arrived(self, kernel: Kernel, task: Deliver) -> str:
        """The slot of the events that arrive in this step."""
        delay = kernel.size(f"{task.space.name}.{task.pathway} queue") if task.delayed else ""
        return self._slot(kernel, task, task.event, delay)

    def _dense(self, kernel: Kernel, task: Deliver) -> None:
        """Each target sums the weights of the sources that had the event."""
        (assign,) = task.body
        assert isinstance(assign.target, Access)
        assert isinstance(assign.value, Access)
        ends, weight = task.space.ends, self.plan.arrays[assign.value.key]
        assert ends is not None
        kernel.uses.add("events")
        first, n_pre, n_post = (
            ends.first("post"),
            *(kernel.size(f"{task.space.name} {s}") for s in ("sources", "targets")),
        )
        column, inside = ("i", "here") if not first else (f"i - {first}", f"(i >= {first}) & (i < {first} + {n_post})")
        if not first and not is_all(task.target_range):
            inside = f"i < {n_post}"
        pointer = kernel.take(self.host.pointers[assign.value.key])
        if weight.rows and self.plan.batched:
            pointer += f" + {kernel.row()} * {n_pre} * {n_post}"
        start = f"{ends.first('pre')}, {ends.first('pre')} + {n_pre}" if ends.first("pre") else f"0, {n_pre}"
        passed = f"{pointer}, {self._list(kernel, task.event)}, {self._arrived(kernel, task)}, "
        passed += f"{self._extent(kernel, task.event)}, {start}, {n_post}, {column}, {inside}"
        self._add_dense(kernel, task, assign, passed)

    def _add_dense(self, kernel: Kernel, task: Deliver, assign: Assign, passed: str) -> None:
        """In float32 the sum is formed first, then added; in float64 weights are added one by one."""
        assert isinstance(assign.target, Access)
        old, sign = kernel.read(assign.target.key, "own"), assign.op[0]
        if self.plan.single:
            kernel.lines.append(f"received = events.sum_rows({passed}, ROWS=16)")
            new = f"{old} {sign} received"
        else:
            kernel.lines.append(f"received = events.add_rows({old if sign == '+' else f'-{old}'}, {passed})")
            new = "received" if sign == "+" else "-received"
        if assign.guard is not None:
            assert isinstance(assign.guard, Access)
            new = f"tl.where({kernel.read(assign.guard.key, 'own')}, {new}, {old})"
        kernel.write(assign.target.key, new)

    def _once_at_sources(self, kernel: Kernel, task: Deliver) -> None:
        """What runs once for each source, over all of them."""
        space = Space(f"{task.space.name} {task.trigger}")
        printer = self._printer(kernel, task, space)
        printer.at_events = True
        fired = self._happened(kernel, task)
        for assign in task.once:
            self._assign(printer, _of_source(task.trigger, assign), fired)
        printer.close()

    def _happened(self, kernel: Kernel, task: Deliver) -> str:
        """Whether each source's event arrives in this step."""
        if not task.delayed:
            return self._mask(kernel, task, task.event, task.sources)
        memory = kernel.take(self.host.describe(mask_of(task.event), "[age, batch, n] who had the event"))
        count = kernel.size(task.sources.name)
        return kernel.named(kernel.loaded(memory, place(self._arrived(kernel, task), count, "i"), "boolean", True))

    def _one_to_one(self, kernel: Kernel, task: Deliver) -> None:
        """Synapses as a block of elements: each has its own neurons on both sides."""
        printer = self._printer(kernel, task, task.space)
        printer.at_events = True
        memory = kernel.take(self.host.describe(mask_of(task.event), "[age, batch, n] who had the event"))
        where = place(self._arrived(kernel, task), kernel.size(task.sources.name), kernel.element(task.trigger))
        kernel.lines.append(f"active = {kernel.loaded(memory, where, 'boolean', True)} & here")
        for assign in (*task.body, *task.bounds):
            if isinstance(assign.target, Access) and assign.target.index in ("pre", "post"):
                self._assign_neuron(printer, assign, assign.target)
            else:
                self._assign(printer, assign, "active")
        printer.close()

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

    # -- from event to event ------------------------------------------------------------------------------------------

    def _walk(self, kernel: PathwayKernel, task: Deliver) -> None:
        """The loops over segments, delays and events, around what one event does."""
        places, counts = self._list(kernel, task.event).split(", ")
        segments, block = self._extent(kernel, task.event).split(", ")
        slot = self._slot_of_age(kernel, task) if task.spread else self._arrived(kernel, task)
        count = f"tl.load({counts} + at)"
        turns = count if kernel.in_turn else f"tl.program_id(0) % SHARES, {count}, SHARES"
        lines = [f"source = tl.load({places} + at * {block} + k_event)", *self._of_event(kernel, task)]
        lines = _in_loop(f"k_event in range({turns})", lines)
        lines = [f"at = {place(slot, segments, 'segment')}", *lines]
        lines = _in_loop(f"segment in range({segments})", lines) if kernel.in_turn else lines
        if task.spread:
            lines = [f"age = {self._delays(kernel, task)} - 1 - k_delay", *lines]
            lines = _in_loop(f"k_delay in range({self._delays(kernel, task)})", lines)
        kernel.lines += lines

    def _merge(self, kernel: MergingKernel, task: Deliver) -> None:
        """All rows of one source, then what they make of shared values together."""
        memory = kernel.take(self.host.describe(mask_of(task.event), "[age, batch, n] who had the event"))
        where = place(self._arrived(kernel, task), kernel.size(task.sources.name), "source")
        inner = ["happened += 1", *self._aside(kernel, lambda: self._at_source(kernel, task))]
        rows = [f"if tl.load({memory} + {where}) != 0:", *(f"    {line}" for line in inner)]
        kernel.lines += ["happened = 0", *_in_loop(f"row in range({kernel.size('the batch')})", rows)]
        kernel.lines += ["tl.debug_barrier()", "if happened > 0:"]
        kernel.lines += [f"    {line}" for line in self._aside(kernel, lambda: self._of_all_rows(kernel, task))]

    def _of_all_rows(self, kernel: MergingKernel, task: Deliver) -> None:
        """New value = old value + the sum of the rows' changes, within its bounds."""
        kernel.local.clear()
        begin, count, edge = self._reached(kernel, task)
        kernel.lines += begin
        kernel.lines.append(f"for begin in range(0, {count}, BLOCK):")
        kernel.at_synapses()
        kernel.held.clear()
        lines = ["j = begin + tl.arange(0, BLOCK)", f"here = j < {count}", f"edge = {edge}"]
        lines += self._aside(kernel, lambda: self._take_changes(kernel, task))
        kernel.lines += [f"    {line}" for line in lines]

    def _take_changes(self, kernel: MergingKernel, task: Deliver) -> None:
        printer = self._printer(kernel, task, task.space)
        for key in kernel.merged:
            changes, old = f"{kernel.changes(key)} + edge", kernel.read(key, "own")
            total = kernel.named(f"tl.load({changes}, mask=here, other=0.0)")
            if self.plan.arrays[key].reduction == "mean":
                total = kernel.named(f"special.divide({total}, {kernel.size('the batch')}.to({kernel.real}))")
                kernel.uses.add("special")
            kernel.lines.append(f"tl.store({changes}, 0.0, mask=here)")
            kernel.write(key, f"{old} + {total}")
        for bound in task.bounds:
            if isinstance(bound.target, Access) and bound.target.key in kernel.merged:
                self._assign(printer, bound, None)
        kernel.merged = ()
        kernel.flush()
        printer.close()

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
        assign, kernel = _of_source(printer.kernel.trigger, assign), printer.kernel  # type: ignore[attr-defined]
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


def _in_loop(turns: str, lines: list[str]) -> list[str]:
    return [f"for {turns}:", *(f"    {line}" for line in lines)]


def _of_source(side: str, assign: Assign) -> Assign:
    """A statement of synapses, for the neurons of one side."""
    target = assign.target if isinstance(assign.target, Name) else replace(assign.target, index="own")
    return replace(assign, target=target, value=seen_from(side, assign.value))
