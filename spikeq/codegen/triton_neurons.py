"""Lines of kernels over the elements of one space: equations, events, resets and records."""

from __future__ import annotations

from dataclasses import replace

from spikeq.codegen.events import shared_from_elements
from spikeq.codegen.loads import Operand
from spikeq.codegen.plan import Plan
from spikeq.codegen.requests import Requests
from spikeq.codegen.tasks import (
    Assign,
    Deliver,
    Generate,
    Slot,
    Space,
    Statements,
    Task,
    Threshold,
)
from spikeq.codegen.triton_fuse import Part, list_of, mask_of, part_of
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_pathway_kernel import earlier_of, shared_by_rows
from spikeq.codegen.triton_printer import TritonPrinter
from spikeq.codegen.triton_runs import MERGED
from spikeq.language.expression import Access, Binary, Call, Kind, Name


class NeuronLines:
    """The part of the Triton emitter that writes what happens to single elements."""

    plan: Plan
    requests: Requests
    host: Host
    listed: frozenset[str]
    delayed: frozenset[str]
    rings: frozenset[str]
    earlier: frozenset[str]
    places: dict[Slot, int]
    emitted: dict[str, int]

    def _choose_events(self) -> None:
        """Find which events are read as lists, and which after a delay; of these several steps are kept."""
        pathways = [task for task in self.plan.tasks if isinstance(task, Deliver)]
        self.listed = frozenset(task.event for task in pathways if not self._is_block(task))
        self.delayed = self.rings = frozenset(task.event for task in pathways if task.delayed)
        self.places = {task.slot: place for place, task in enumerate(self.plan.tasks)}
        earlier = {task.slot: [one.event for one in earlier_of(task, self.plan)] for task in pathways}
        self.earlier = frozenset(event for events in earlier.values() for event in events)
        self.listed |= {event for task in pathways if task.event in self.listed for event in earlier[task.slot]}
        makers = (t for t in self.plan.tasks if isinstance(t, Threshold | Generate))
        self.emitted = {task.event: self.places[task.slot] for task in makers}

    def _is_block(self, task: Deliver) -> bool:
        """Whether a pathway's synapses are a block of elements, each of which asks whether its event happened."""
        alone = not task.once and task.space.ends is not None and task.space.ends.form == "one_to_one"
        return alone and not task.spread and not shared_by_rows(task, self.plan)

    def _is_listed(self, task: Task) -> bool:
        return getattr(task, "event", None) in self.listed

    def _write(self, kernel: Kernel, part: Part) -> None:
        """The lines of a part."""
        task = part.task
        match task:
            case Statements():
                self._statements(kernel, task)
            case Threshold():
                self._threshold(kernel, task)
            case Generate():
                self._generate(kernel, task)
            case _:
                raise AssertionError(f"no lines for {type(task).__name__}")

    def _printer(self, kernel: Kernel, task: Task, space: Space) -> TritonPrinter:
        return TritonPrinter(kernel, self.requests, space, task.clock, task.slot.name)

    def _run_part(self, run: Statements) -> Part:
        """The part of a run; what the rows of a batch share it changes once, for all of them."""
        targets = (self.plan.arrays[a.target.key] for a in run.body if isinstance(a.target, Access))
        rows, part = not self.plan.batched or any(one.rows for one in targets), part_of(run, self.plan.arrays)
        merged = (a.value for a in run.body if isinstance(a.value, Call) and a.value.function == MERGED)
        made = {one.key for value in merged for one in value.arguments if isinstance(one, Access)}
        return replace(part, rows=rows, others=part.others | made)

    # -- statements ---------------------------------------------------------------------------------------------------

    def _statements(self, kernel: Kernel, task: Statements) -> None:
        printer = self._printer(kernel, task, task.space)
        fired = None if task.event is None else self._mask(kernel, task, task.event, task.space)
        for assign in task.body:
            self._assign(printer, assign, fired)
        printer.close()

    def _assign(self, printer: TritonPrinter, assign: Assign, where: str | None) -> None:
        """One assignment, for the elements in ``where`` and its guard; the others keep their values."""
        target, value = assign.target, assign.value
        if assign.op != "=":
            value = Binary(assign.op.removesuffix("="), target, value)  # type: ignore[arg-type]
        if isinstance(target, Name):
            printer.keep(target.name, printer.postponed_or_value(value))
            return
        if isinstance(value, Call) and value.function == MERGED:
            self._merge_rows(printer, target, value)
            return
        array = self.plan.arrays[target.key]
        printer.shared = array.space is None
        if printer.shared and printer.is_wide(value):
            raise shared_from_elements(target.key, assign.value)
        result = printer.value(value, target.kind)
        printer.shared = False
        guard = None if assign.guard is None else printer.value(assign.guard, "boolean")
        kind: Kind = "integer" if array.step else array.kind
        text = self._as(printer, result, kind)
        allowed = [one for one in (where, guard.text if guard is not None else None) if one]
        if allowed:
            chosen = allowed[0] if len(allowed) == 1 else " & ".join(f"({one})" for one in allowed)
            text = f"tl.where({chosen}, {text}, {printer.kernel.read(target.key, 'own')})"
        printer.kernel.write(target.key, text)

    def _merge_rows(self, printer: TritonPrinter, target: Access, value: Call) -> None:
        """What the rows of the batch made of a value that they share becomes one: the old one and their changes."""
        kernel, (made,) = printer.kernel, value.arguments
        assert isinstance(made, Access)
        pointer, old = kernel.take(self.host.pointers[made.key]), kernel.read(target.key, "own")
        place = f"{pointer} + k_row * {kernel.size(kernel.grid)} + {kernel.own}"
        changes = kernel.named(f"tl.zeros((BLOCK,), {kernel.real})")
        kernel.lines += [
            f"for k_row in range({kernel.size('the batch')}):",
            f"    {changes} += tl.load({place}, mask={kernel.mask}, other=0.0) - {old}",
        ]
        if self.plan.arrays[target.key].reduction == "mean":
            kernel.uses.add("special")
            changes = f"special.divide({changes}, {kernel.size('the batch')}.to({kernel.real}))"
        kernel.write(target.key, f"{old} + {changes}")

    @staticmethod
    def _as(printer: TritonPrinter, value: Operand, kind: Kind) -> str:
        """The text of a value in another kind; a real number that goes into an integer is cut off."""
        if value.kind == kind:
            return value.text
        if value.kind == "real" and kind == "integer":
            return f"({value.text}).to(tl.int32)"
        return printer._converted(value, kind).text

    # -- events -------------------------------------------------------------------------------------------------------

    def _threshold(self, kernel: Kernel, task: Threshold) -> None:
        printer = self._printer(kernel, task, task.space)
        condition = printer.value(task.condition, "boolean")
        fired = kernel.values[mask_of(task.event)]
        free = [] if task.not_refractory is None else [kernel.read(task.not_refractory.key, "own")]
        parts = " & ".join(one if one.isidentifier() else f"({one})" for one in [condition.text, *free])
        kernel.lines.append(f"{fired} = {parts} & here")
        printer.close()
        if task.lastspike is not None and task.not_refractory is not None:
            last = kernel.read(task.lastspike.key, "own")
            kernel.write(task.lastspike.key, f"tl.where({fired}, {kernel.now()}, {last})")
            kernel.write(task.not_refractory.key, f"{free[0]} & ~{fired}")
        self._emitted(kernel, task, fired)

    def _generate(self, kernel: Kernel, task: Generate) -> None:
        given = kernel.take(self.host.describe(f"{task.event} given", "[steps, batch, n] whether the host gives one"))
        fired = kernel.values[mask_of(task.event)]
        offset = self._in_call(kernel, task.space.name)
        kernel.lines.append(f"{fired} = {kernel.loaded(given, offset, 'boolean', True)}")
        self._emitted(kernel, task, fired)

    def _emitted(self, kernel: Kernel, task: Threshold | Generate, fired: str) -> None:
        """Store who had the event, as one byte for each element, and as a list where pathways ask for one."""
        key, slot = mask_of(task.event), self._slot(kernel, task, task.event)
        kernel.held[key, "own"] = fired
        memory = kernel.take(self.host.describe(key, "[age, batch, n] who had the event"))
        kernel.store(memory, self._in_slot(kernel, slot, task.space), fired, "boolean", True)
        if task.event in self.listed:
            kernel.uses.add("events")
            segments = kernel.size(f"{task.event} segments")
            passed = f"{self._list(kernel, task.event)}, {slot}, {segments}, block, {fired}, BLOCK"
            kernel.lines.append(f"events.write({passed})")

    def _in_slot(self, kernel: Kernel, slot: str, space: Space) -> str:
        return place(slot, kernel.size(space.name), "i")

    def _slot(self, kernel: Kernel, task: Task, event: str, delay: str = "") -> str:
        """Where the events of a step stand, of so many steps ago and of one row, among those that are kept.

        A task that comes before its event in a step sees those of the step before.
        """
        if event not in self.rings | self.earlier:
            return kernel.row()
        depth, now = kernel.size(f"{event} depth"), kernel.now()
        if event in self.earlier:
            first = kernel.known(f"first{self._place_of(event)}", f"tl.load({self._moments(kernel, event)} + 1)")
            inside = f"({now} >= {first}) & ({now} < {first} + {depth} - 1)"
            age = kernel.known(f"arrived{self._place_of(event)}", f"tl.where({inside}, {now} - {first}, {depth} - 1)")
        else:
            back = f" - {delay}" * bool(delay) + " - 1" * self._is_late(task, event)
            age = kernel.each_step(f"{now}{back} + {depth}" if back else now, depth)
            if self._keeps_apart(task):
                number = sum(name.startswith("kept") for name in kernel.head)
                age = kernel.known(f"kept{number}", self._of_this_run(kernel, task, f"{now}{back}", age))
        return f"{age} * {kernel.size('the batch')} + {kernel.row()}" if self.plan.batched else age

    def _place_of(self, event: str) -> int:
        return sorted(self.earlier).index(event)

    def _moments(self, kernel: Kernel, event: str) -> str:
        """The memory of two steps: in which this run begins, and in which the first event of earlier runs arrives."""
        return kernel.take(
            self.host.describe(f"{event} moments", "first step of the run, first arrival from earlier ones")
        )

    def _of_this_run(self, kernel: Kernel, task: Task, emitted: str, slot: str) -> str:
        """The slot of events of a step; an empty one where those of earlier runs are kept apart."""
        if not isinstance(task, Deliver) or not task.apart:
            return slot
        start = f"tl.load({self._moments(kernel, earlier_of(task, self.plan)[0].event)})"
        return f"tl.where({emitted} >= {start}, {slot}, {kernel.size(f'{task.event} depth')})"

    @staticmethod
    def _keeps_apart(task: Task) -> bool:
        return isinstance(task, Deliver) and bool(task.apart)

    def _is_late(self, task: Task, event: str) -> bool:
        """Whether a task comes before its event in a step."""
        return self.places[task.slot] < self.emitted.get(event, -1)

    def _list(self, kernel: Kernel, event: str) -> str:
        """The list of an event and the numbers of its events."""
        places = self.host.describe(list_of(event), "[age, batch, segments, places] elements that had the event")
        counts = self.host.describe(f"{event} counts", "[age, batch, segments] how many places are taken")
        return f"{kernel.take(places)}, {kernel.take(counts)}"

    def _extent(self, kernel: Kernel, event: str) -> str:
        """How many segments the list has, and how many places one of them."""
        return f"{kernel.size(f'{event} segments')}, {kernel.size(f'{event} block')}"

    def _mask(self, kernel: Kernel, task: Task, event: str, space: Space) -> str:
        """Who had the event in this step: from this kernel, or as an earlier one stored it."""
        memory, key = self.host.describe(mask_of(event), "[age, batch, n] who had the event"), mask_of(event)
        key += " before" * self._is_late(task, event)
        if (key, "own") not in kernel.held:
            kernel.take(memory)
            fired, slot = kernel.values[key], self._slot(kernel, task, event)
            kernel.lines.append(
                f"{fired} = {kernel.loaded(memory, self._in_slot(kernel, slot, space), 'boolean', True)}"
            )
            kernel.held[key, "own"] = fired
        return kernel.held[key, "own"]

    def _in_call(self, kernel: Kernel, count_key: str, element: str = "i") -> str:
        """Where the values of this step stand in a table [steps, batch, n] of a call."""
        k, count = kernel.here_in_call(), kernel.size(count_key)
        rows = f"({k} * {kernel.size('the batch')} + {kernel.row()})" if self.plan.batched else k
        return f"{rows} * {count} + {element}"


def place(slot: str, count: str, element: str) -> str:
    """Where an element stands in a slot of so many."""
    if slot == "0":
        return element
    return f"{slot if slot.isidentifier() else f'({slot})'} * {count} + {element}"
