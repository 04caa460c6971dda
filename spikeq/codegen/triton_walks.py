"""Lines of pathways whose programs go from event to event, and at each to the synapses of its neuron."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from spikeq.codegen.extents import Array
from spikeq.codegen.fixed_sums import fixed_additions, group_of
from spikeq.codegen.hoist import seen_from
from spikeq.codegen.loads import Operand
from spikeq.codegen.tasks import Assign, Deliver, Space
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.torch_sparse import any_reads
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_neurons import place
from spikeq.codegen.triton_pathway_kernel import MergingKernel, PathwayKernel
from spikeq.codegen.triton_printer import TritonPrinter
from spikeq.codegen.triton_records import RecordLines
from spikeq.codegen.triton_runs import Memory
from spikeq.language.expression import Access, Binary, Name


class WalkLines(RecordLines):
    """The part of the Triton emitter that writes what events do, one after the other."""

    memory: Memory
    sums: dict[str, int]

    def _arrived(self, kernel: Kernel, task: Deliver) -> str:
        """The slot of the events that arrive in this step."""
        delay = kernel.size(f"{task.space.name}.{task.pathway} queue") if task.delayed else ""
        return self._slot(kernel, task, task.event, delay)

    def _walk(self, kernel: PathwayKernel, task: Deliver) -> None:
        """The loops over segments, delays and events, around what these do."""
        if kernel.in_turn:
            self._walk_in_turn(kernel, task)
        elif not kernel.joined:
            self._walk_rows(kernel, task)
        elif task.spread:
            self._walk_delays(kernel, task)
        else:
            self._walk_joined(kernel, task)

    def _walk_in_turn(self, kernel: PathwayKernel, task: Deliver) -> None:
        """All events in their order: those of a longer delay first, then by source."""
        places, counts = self._list(kernel, task.event).split(", ")
        segments, block = self._extent(kernel, task.event).split(", ")
        kernel.uses.add("events")
        lines = self._of_event(kernel, task)
        lines = [f"source = events.member({places}, at + first_segment, {block}, ends, k_event)", *lines]
        lines = in_loop("k_event in range(tl.max(ends, 0))", lines)
        lines = [f"ends = events.ends_of({counts} + at, first_segment, {segments}, SEGMENTS)", *lines]
        lines = in_loop(f"first_segment in range(0, {segments}, SEGMENTS)", lines)
        slot = self._slot_of_age(kernel, task) if task.spread else self._arrived(kernel, task)
        lines = [f"at = {place(slot, segments, '0').removesuffix(' + 0')}", *lines]
        kernel.lines += self._for_each_delay(kernel, task, lines) if task.spread else lines

    def _for_each_delay(self, kernel: PathwayKernel, task: Deliver, lines: list[str]) -> list[str]:
        """A loop over delays: what was emitted first comes first."""
        delays = self._delays(kernel, task)
        return in_loop(f"k_delay in range({delays})", [f"age = {delays} - 1 - k_delay", *lines])

    def _walk_rows(self, kernel: PathwayKernel, task: Deliver) -> None:
        """Every source has the same number of synapses: programs take events in turn, or blocks of their synapses."""
        self._find_segment(kernel, task)
        _, length, _ = self._reached(kernel, task)
        turns, first, following = "count", "share", "turn + SHARES"
        if not kernel.writes:
            kernel.lines.append(f"parts = tl.cdiv({length}, BLOCK)")
            turns, first, following = "count * parts", "share // parts", "(turn + SHARES) // parts"
        _, block = self._extent(kernel, task.event).split(", ")
        kernel.lines.append(f"source = events.early(listed, {first}, {block})")
        lines = [
            f"following = events.early(listed, {following}, {block})",
            *self._of_event(kernel, task),
            "source = following",
        ]
        kernel.lines += in_loop(f"turn in range(share, {turns}, SHARES)", lines)

    def _find_segment(self, kernel: PathwayKernel, task: Deliver) -> None:
        """The events of this program's segment; the first sources are loaded beside their number."""
        kernel.uses.add("events")
        places, counts = self._list(kernel, task.event).split(", ")
        segments, block = self._extent(kernel, task.event).split(", ")
        kernel.lines += [
            f"at = {place(self._arrived(kernel, task), segments, 'segment')}",
            f"count = tl.load({counts} + at)",
            f"listed = {places} + at * {block}",
        ]

    def _walk_joined(self, kernel: PathwayKernel, task: Deliver) -> None:
        """Some events at once, whose synapses stand end to end in one range."""
        self._find_segment(kernel, task)
        start, apart = ("share", "SHARES * ") if kernel.writes else ("0", "")
        _, block = self._extent(kernel, task.event).split(", ")
        ranks = f"{start} + {apart}tl.arange(0, EVENTS)".removeprefix("0 + ")
        kernel.lines += [f"place = {ranks}", f"source = events.early(listed, place, {block})"]
        lines = [
            f"place = first_event + {apart}tl.arange(0, EVENTS)",
            f"inside = {self._among(kernel, task, 'place < count')}",
            f"following = events.early(listed, place + {apart}EVENTS, {block})",
            *self._aside(kernel, lambda: self._at_source(kernel, task)),
            "source = following",
        ]
        kernel.lines += in_loop(f"first_event in range({start}, count, {apart}EVENTS)", lines)

    def _walk_delays(self, kernel: PathwayKernel, task: Deliver) -> None:
        """The events of all ages at once, those of a longer delay first: a source has some synapses of each delay."""
        places, counts = self._list(kernel, task.event).split(", ")
        segments, block = self._extent(kernel, task.event).split(", ")
        delays, depth = self._delays(kernel, task), kernel.size(f"{task.event} depth")
        kernel.uses |= {"events", "propagate_sparse"}
        late = " - 1" * self._is_late(task, task.event)
        newest = kernel.each_step(f"{kernel.now()}{late} + {depth}" if late else kernel.now(), depth)
        rows = f" * {kernel.size('the batch')} + {kernel.row()}" if self.plan.batched else ""
        events = [
            "rank = first_event + tl.arange(0, EVENTS)",
            "k_age = propagate_sparse.run_of(ends_of_ages, rank)",
            f"age_of = {delays} - 1 - first_age - k_age",
            f"slot_of = events.slot_of({newest}, age_of, {depth}){rows}",
            f"listed = {places} + (slot_of * {segments} + segment).to(tl.int64) * {block}",
            "place = rank - propagate_sparse.begin_of(ends_of_ages, k_age)",
            "source = tl.load(listed + place, mask=rank < count, other=0)",
            f"inside = {self._among(kernel, task, 'rank < count')}",
            *self._aside(kernel, lambda: self._at_source(kernel, task)),
        ]
        slot = f"events.slot_of({newest}, age, {depth})"
        slot = self._of_this_run(kernel, task, f"{kernel.now()} - age{late}", slot)
        lines = [
            f"age = {delays} - 1 - first_age - tl.arange(0, DELAYS)",
            f"slot = {slot}{rows}",
            f"counts = tl.load({counts} + slot * {segments} + segment, mask=age >= 0, other=0)",
            "ends_of_ages = tl.cumsum(counts, 0)",
            "count = tl.max(ends_of_ages, 0)",
            *in_loop("first_event in range(0, count, EVENTS)", events),
        ]
        kernel.lines += in_loop(f"first_age in range(0, {delays}, DELAYS)", lines)

    def _of_event(self, kernel: PathwayKernel, task: Deliver) -> list[str]:
        """What one event does, if its source is among those of the pathway."""
        inner = self._aside(kernel, lambda: self._at_source(kernel, task))
        among = self._among(kernel, task)
        return [f"if {among}:", *(f"    {line}" for line in inner)] if among else inner

    def _among(self, kernel: PathwayKernel, task: Deliver, further: str = "") -> str:
        """Whether a source is among those of the pathway, and whatever else must hold."""
        if is_all(task.source_range):
            return further
        sources = kernel.size(f"{task.space.name} {'sources' if task.trigger == 'pre' else 'targets'}")
        first = kernel.ends.first(task.trigger)
        conditions = [*([f"({further})"] if further else []), f"(source >= {first})", f"(source < {first} + {sources})"]
        return " & ".join(conditions)

    def _delays(self, kernel: Kernel, task: Deliver) -> str:
        """How many delays are told apart: 0 to the longest one."""
        return kernel.size(f"{task.space.name}.{task.pathway} delays")

    def _slot_of_age(self, kernel: PathwayKernel, task: Deliver) -> str:
        """The slot of the events of ``age`` steps ago."""
        slot = self._of_age(kernel, task)
        return f"{slot} * {kernel.size('the batch')} + {kernel.row()}" if self.plan.batched else slot

    def _of_age(self, kernel: PathwayKernel, task: Deliver) -> str:
        """The slot of the events of ``age`` steps ago in all rows."""
        depth, late = kernel.size(f"{task.event} depth"), " - 1" * self._is_late(task, task.event)
        slot = f"({kernel.now()} - age{late} + {depth}) % {depth}"
        return self._of_this_run(kernel, task, f"{kernel.now()} - age{late}", slot)

    @staticmethod
    def _aside(kernel: Kernel, write: Callable[[], None]) -> list[str]:
        """The lines that ``write`` adds to a kernel, taken out of it."""
        start = len(kernel.lines)
        write()
        found = kernel.lines[start:]
        del kernel.lines[start:]
        return found

    def _at_source(self, kernel: PathwayKernel, task: Deliver) -> None:
        """What events do: first what runs once for each, then the synapses of their neurons, block by block."""
        known = self._once_in(kernel, task)
        begin, count, edge = self._reached(kernel, task)
        kernel.lines += begin
        kernel.at_synapses()
        inner = self._aside(kernel, lambda: self._at_synapses(kernel, task, known))
        kernel.at_source()
        lines = ["j = begin + tl.arange(0, BLOCK)", f"here = j < {count}"]
        if kernel.joined:
            kernel.uses.add("propagate_sparse")
            lines.append("k_source = propagate_sparse.run_of(ends, j)")
        lines += [f"edge = {edge}", *inner]
        if kernel.in_turn or kernel.writes:
            kernel.lines += in_loop(f"begin in range(0, {count}, BLOCK)", lines)
        elif kernel.joined:
            kernel.lines += in_loop(f"begin in range(share * BLOCK, {count}, SHARES * BLOCK)", lines)
        else:
            kernel.lines += ["begin = turn % parts * BLOCK", *lines]

    def _once_in(self, kernel: PathwayKernel, task: Deliver) -> dict[str, Operand]:
        """What runs once for each event; the temporaries that its synapses read."""
        printer = self._printer(kernel, task, Space(f"{task.space.name} {task.trigger}"))
        printer.at_events = True
        for assign in task.once:
            assign = of_source(task.trigger, assign)
            self._assign(printer, assign, None)
            if isinstance(assign.target, Access):
                kernel.held[assign.target.key, kernel.trigger] = kernel.held[assign.target.key, "own"]
        temporaries = printer.temporaries.items()
        known = {name: printer.forced(one, one.kind) if one.wide else one for name, one in temporaries}
        if kernel.in_turn or not isinstance(kernel, MergingKernel):
            kernel.lines += self._stores(kernel)
        return known

    def _stores(self, kernel: PathwayKernel) -> list[str]:
        """The lines that store what was changed, after all threads have loaded it."""
        lines = self._aside(kernel, kernel.flush)
        return ["tl.debug_barrier()", *lines] if lines else []

    def _reached(self, kernel: PathwayKernel, task: Deliver) -> tuple[list[str], str, str]:
        """The synapses of a source: lines that find them, how many there are, and the number of the j-th."""
        ends, name, side = kernel.ends, task.space.name, task.trigger
        first = ends.first(side)
        number, lines = f"(source - {first})" if first else "source", list[str]()
        if ends.form == "dense" and not task.spread:
            n_pre, n_post = kernel.size(f"{name} sources"), kernel.size(f"{name} targets")
            if side == "pre":
                return [], n_post, f"{number}.to(tl.int64) * {n_post} + j"
            return [], n_pre, f"j.to(tl.int64) * {n_post} + {number}"
        if task.spread:
            age = "age_of" if kernel.joined else "age"
            lines, number = [f"bundle = {number} * {self._delays(kernel, task)} + {age}"], "bundle"
            offsets = kernel.take(self.host.pointers[f"{name}.{task.pathway} bundles"])
            order = kernel.take(self.host.pointers[f"{name}.{task.pathway} in order"])
        elif ends.form == "one_to_one":
            lines = ["first_edge = " + number.strip("()"), "length = inside.to(tl.int32)"]
            return self._end_to_end(lines) if kernel.joined else ([], "1", f"{number} + j")
        else:
            offsets = kernel.take(self.host.pointers[f"{name}._{side}_offsets"])
            order = "" if task.sorted else kernel.take(self.host.pointers[f"{name}._{side}_order"])
        guard = ", mask=inside, other=0" if kernel.joined else ""
        lines += [
            f"first_edge = tl.load({offsets} + {number}{guard})",
            f"length = tl.load({offsets} + {number} + 1{guard}) - first_edge",
        ]
        lines, count, edge = self._end_to_end(lines) if kernel.joined else (lines, "length", "first_edge + j")
        return lines, count, f"tl.load({order} + {edge}, mask=here, other=0)" if order else edge

    @staticmethod
    def _end_to_end(lines: list[str]) -> tuple[list[str], str, str]:
        """The synapses of the sources that are taken at once, in one range."""
        joined = ["ends = tl.cumsum(length, 0)", "shift = first_edge + length - ends"]
        return [*lines, *joined, "total = tl.max(ends, 0)"], "total", "tl.gather(shift, k_source, 0) + j"

    def _at_synapses(self, kernel: PathwayKernel, task: Deliver, known: Mapping[str, Operand]) -> None:
        """The statements for a block of synapses."""
        printer = self._printer(kernel, task, task.space)
        printer.at_events = True
        printer.temporaries |= self._seen_by_synapses(kernel, task, known)
        merged = kernel.merged if isinstance(kernel, MergingKernel) else ()
        kept = (bound for bound in task.bounds if not (isinstance(bound.target, Access) and bound.target.key in merged))
        for assign in (*task.body, *kept):
            target = assign.target
            if isinstance(target, Name) or target.index == "own":
                self._assign(printer, assign, None)
            elif kernel.in_turn:
                self._assign_neuron(printer, assign, target)
            elif assign in self._fixed(task):
                self._accumulate(printer, task, assign, target)
            else:
                self._scatter(printer, assign, target)
        if kernel.in_turn:
            kernel.lines += [*self._stores(kernel), "tl.debug_barrier()"]
        else:
            kernel.flush()
        printer.close()

    @staticmethod
    def _seen_by_synapses(kernel: PathwayKernel, task: Deliver, known: Mapping[str, Operand]) -> dict[str, Operand]:
        """Temporaries of the sources, as each synapse of a block reads them."""
        if not kernel.joined:
            return dict(known)
        read = {name: one for name, one in known.items() if any_reads((*task.body, *task.bounds), name)}
        return {
            name: replace(one, text=kernel.gathered(one.text, one.kind)) if one.wide else one
            for name, one in read.items()
        }

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

    # -- in fixed point -----------------------------------------------------------------------------------------------

    def _fixed(self, task: Deliver) -> tuple[Assign, ...]:
        """The additions of a pathway that are made in fixed point."""
        return fixed_additions(task, self.plan.arrays) if self.plan.deterministic else ()

    def _sums(self, task: Deliver, assign: Assign) -> str:
        """The key of the whole numbers in which an addition is made."""
        assert isinstance(assign.target, Access)
        number = self.requests.addition(task.slot.name, task.space.name, assign)
        key, space = f"sums {number}", group_of(task, assign.target).name
        self.memory.made[key] = (space, "step", True, True)
        self.memory.arrays[key] = Array(key, "integer", space, True, True, step=True)
        self.sums[key] = number
        return key

    def _limits(self, kernel: Kernel, task: Deliver, assign: Assign) -> tuple[str, str]:
        """Where the limits of an addition are, and where values are counted that keep to none."""
        number = self.requests.addition(task.slot.name, task.space.name, assign)
        limits = kernel.take(self.host.describe("sum limits", "[sums, 3] scale, largest value, 1/scale"))
        lost = kernel.take(self.host.describe("sums lost", "[sums] how many values were too large"))
        return f"{limits} + {3 * number}", f"{lost} + {number}"

    def _accumulate(self, printer: TritonPrinter, task: Deliver, assign: Assign, target: Access) -> None:
        """Add whole numbers, in any order."""
        kernel, key = printer.kernel, self._sums(task, assign)
        kernel.uses.add("fixed_point")
        text = self._as(printer, printer.value(assign.value, "real"), "real")
        value = text if assign.op == "+=" else f"-({text})"
        guard = "" if assign.guard is None else f" & ({printer.value(assign.guard, 'boolean').text})"
        pointer = kernel.take(self.host.pointers[key])
        place = f"{pointer} + {kernel.offset_of(self.plan.arrays[key], kernel.element(target.index))}"
        limits, lost = self._limits(kernel, task, assign)
        kernel.lines.append(f"fixed_point.accumulate({place}, {value}, {limits}, {lost}, here{guard})")

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
        kernel.lines.append("tl.debug_barrier()")  # several threads may hold one synapse
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
