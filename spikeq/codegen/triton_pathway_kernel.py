"""The kernel of a pathway whose programs go from event to event, and how it names neurons and synapses."""

from __future__ import annotations

import re
from dataclasses import replace

from spikeq.codegen.ends import Ends
from spikeq.codegen.extents import Array
from spikeq.codegen.fixed_sums import is_in_turn
from spikeq.codegen.launch import Work
from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Deliver
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.language.expression import Access, Expression, Kind


class PathwayKernel(Kernel):
    """The function of a pathway: programs share the events of a segment of a list, and what these do.

    ``in_turn``: one program goes through all events, since their order matters. ``joined``: some events are taken at
    once, and the synapses of their neurons stand end to end in one range; otherwise a value of the source is one
    number. ``writes``: what runs once for an event changes its source, so the event is one program's alone.
    """

    def __init__(self, number: int, plan: Plan, host: Host, task: Deliver) -> None:
        super().__init__(number, plan, host, task.space, task.sources.name, task.clock)
        self.sources, self.trigger, self.in_turn = task.sources.name, task.trigger, is_in_turn(task)
        self.event, self.synapses, self.pathway = task.event, task.space.name, task.pathway
        self.inner, self.spread = False, task.spread
        self.joined = not self.in_turn and (task.spread or self.ends.form != "dense")
        self.writes = any(isinstance(assign.target, Access) for assign in task.once)
        self.plastic = any(isinstance(one.target, Access) and one.target.index == "own" for one in task.body)
        self.at_source()
        self.local: dict[str, str] = {}
        self.of_sources: dict[tuple[str, str], str] = {}

    def at_source(self) -> None:
        """From here on, values are those of the one source, or of the sources that are taken at once."""
        self.own, self.mask, self.inner = "source", "inside" if self.joined else "", False

    def at_synapses(self) -> None:
        """From here on, values are those of a block of synapses."""
        self.own, self.mask, self.inner = "edge", "here", True
        kept = {place: name for place, name in self.held.items() if place[1] == self.trigger and not self.in_turn}
        self.held = kept
        if self.joined:
            self.of_sources, self.held, self.local = kept, {}, {}

    def element(self, index: str) -> str:
        """A source is one for all synapses of a block, unless some are taken at once; others are found for each."""
        if index == self.trigger or (index == "own" and not self.inner):
            return self._source()
        if index == "own":
            return "edge"
        ends = self.ends
        if index not in ("pre", "post"):
            return self._listed(f"{self.space.name}._{index}", index)  # type: ignore[union-attr]
        first = f" + {ends.first(index)}" if ends.first(index) else ""
        if ends.form == "one_to_one":
            return self.each(index, f"edge{first}")
        if ends.form == "dense":
            sign = "//" if index == "pre" else "%"
            found = f"edge {sign} {self.size(f'{self.space.name} targets')}" if self.spread else "j"  # type: ignore[union-attr]
            return self.each(index, f"{found}{first}")
        pointer = self.take(self.host.pointers[f"{self.space.name}._{index}"])  # type: ignore[union-attr]
        cut = " & 0xFFFF" if ends.unsigned(index) else ""
        return self.each(index, f"(tl.load({pointer} + edge, mask=here, other=0).to(tl.int32){cut}){first}")

    def _source(self) -> str:
        if not self.inner:
            return "source"
        if self.joined:
            return self.gathered("source", "integer")
        return self.each("origin", "source + 0 * j") if self.in_turn else "source"

    def gathered(self, name: str, kind: Kind) -> str:
        """For each synapse, what its source has."""
        text = f"tl.gather({name}.to(tl.int8), k_source, 0) != 0"
        return self.each(f"{name}_of", text if kind == "boolean" else f"tl.gather({name}, k_source, 0)")

    @property
    def ends(self) -> Ends:
        """How the neurons of synapses are found."""
        assert self.space is not None
        assert self.space.ends is not None
        return self.space.ends

    def read(self, key: str, index: str) -> str:
        """As elsewhere; what the sources hold already is not loaded again."""
        if self.inner and (key, index) in self.of_sources and (key, index) not in self.held:
            self.held[key, index] = self.gathered(self.of_sources[key, index], self.plan.arrays[key].kind)
        return super().read(key, index)

    def constant(self, name: str, expression: Expression, kind: Kind, rows: bool, wide: bool) -> str:
        """What runs once for an event has constants of its neurons, not of synapses."""
        if self.inner or not wide:
            return super().constant(name, expression, kind, rows, wide)
        pointer = self.take(self.host.constant(name, expression))
        array = Array(name, kind, f"{self.synapses} {self.trigger}", rows, False)
        return self.each(name, f"{self.loaded(pointer, self.offset_of(array, self.own), kind, True)}")

    def each(self, name: str, text: str) -> str:
        """A value for each synapse of the block, where it is first needed."""
        if name not in self.local:
            self.local[name] = name
            self.lines.append(f"{name} = {text}")
        return name

    def is_wide(self, key: str, index: str) -> bool:
        """Values of one source are one for the whole block."""
        wide = self.plan.arrays[key].space is not None
        return wide and (self.joined or (self.inner and (index != self.trigger or self.in_turn)))

    def opening(self) -> list[str]:
        """Programs share the events of a segment."""
        return [] if self.in_turn else ["segment, share = block // SHARES, block % SHARES"]

    def numbers(self) -> list[str]:
        """The parameters that are known when the function is compiled."""
        if self.in_turn:
            return ["SEGMENTS", "BLOCK"]
        return ["SHARES", *(["DELAYS"] if self.spread else []), *(["EVENTS"] if self.joined else []), "BLOCK"]

    def fixed(self) -> dict[str, str]:
        """The same, and what is passed for them."""
        name, shared = self.host.sharings[self._shared_as()], self._shared()
        return {one: self.host.counted(f"{one}_{name}", f"sharing.known({shared}, '{one}')") for one in self.numbers()}

    def programs(self) -> str:
        """How many programs run the function for a row."""
        if self.in_turn:
            return "1"
        name, shared = self.host.sharings[self._shared_as()], self._shared()
        return self.host.counted(f"programs_{name}", f"sharing.programs({shared})")

    def turns(self) -> str:
        """How many segments one program goes through that does all of a row."""
        return "1" if self.in_turn else self.host.sizes[f"{self.event} segments"]

    def works(self) -> tuple[Work, ...]:
        """What the function does in a step, for estimates."""
        side = "sources" if self.trigger == "pre" else "targets"
        wide = sum(name.startswith("p_") for name in self.parameters)
        count = f"{self.synapses} {side}"
        return (Work(self.name, "", 0, self.sources, self.synapses, count, 4 * wide, self.in_turn),)

    def warps(self) -> str:
        """How many warps a program has."""
        return f"sharing.warps({self._shared()}{', plastic=True' if self.plastic else ''})"

    def _shared(self) -> str:
        return self.host.counted(f"shared_{self.host.sharings[self._shared_as()]}", self.sharing())

    def _shared_as(self) -> str:
        name = f"{self.synapses}.{self.pathway}"
        return self.event if self.event.startswith(f"{name} earlier ") else name

    def sharing(self) -> str:
        """The call that says how programs share the work."""
        self.uses.add("sharing")
        if self.in_turn:
            return "sharing.in_turn(batch)"
        form = "spread" if self.spread else "joined" if self.joined else "rows"
        passed = [self.host.sizes[f"{self.event} {one}"] for one in ("segments", "block")]
        passed += ["batch", *self._numbers()]
        if self.spread:
            passed.append(self.host.sizes[f"{self.synapses}.{self.pathway} delays"])
        return f"sharing.{form}({', '.join([*passed, *['alone=True'] * self.writes])})"

    def _numbers(self) -> list[str]:
        """The numbers of synapses, and of neurons on the side whose events these are."""
        side = "sources" if self.trigger == "pre" else "targets"
        return [self.host.sizes[self.synapses], self.host.sizes[f"{self.synapses} {side}"]]

    def about(self) -> str:
        """What the function runs over."""
        if self.in_turn:
            return "All events of a row and their synapses, one after the other: their order matters."
        if self.writes:
            return "A share of the events of a segment of a row, and all synapses of their neurons."
        return "The events of a segment of a row, and a share of the synapses of their neurons."


class MergingKernel(PathwayKernel):
    """The function of a pathway that changes what the rows of a batch share: one source, or a part of its synapses.

    It goes through the rows in which the source had the event. What each makes of a shared value is private; the sum
    of the changes (``merged``) stays in registers until the last row is done. ``continues``: another kernel has made
    some before.
    """

    def __init__(self, number: int, plan: Plan, host: Host, task: Deliver) -> None:
        super().__init__(number, plan, host, task)
        self.merged = shared_by_rows(task, plan)
        self.joined, self.continues = False, bool(task.apart)
        self.before: list[str] = []
        self.at_source()

    def row(self) -> str:
        """Rows are gone through one after the other."""
        return "row"

    def constant(self, name: str, expression: Expression, kind: Kind, rows: bool, wide: bool) -> str:
        """What differs between rows is loaded in each."""
        if rows and not wide:
            pointer = self.take(self.host.constant(name, expression))
            return self.each(name, self.loaded(pointer, "row", kind, False))
        return super().constant(name, expression, kind, rows, wide)

    def each(self, name: str, text: str) -> str:
        """What no row decides is computed before the first of them."""
        if name not in self.local:
            self.local[name] = name
            lines = self.lines if re.search(r"\brow\b", text) else self.before
            lines.append(f"{name} = {text}")
        return name

    def single(self, name: str, text: str) -> str:
        """What differs between rows is loaded in each."""
        return self.each(name, text) if re.search(r"\brow\b", text) else super().single(name, text)

    def old(self, key: str) -> str:
        """The name of a shared value before the step."""
        return f"old_{self.values[key].removeprefix('b_')}"

    def change(self, key: str) -> str:
        """The name of the sum of the changes of a shared value."""
        return f"change_of_{self.values[key].removeprefix('b_')}"

    def changes(self, key: str) -> str:
        """Memory for the sum of changes, where one kernel makes them and another takes them over."""
        return self.take(self.host.describe(f"{key} changes", "[synapses] what rows have changed so far"))

    def beginning(self, key: str) -> list[str]:
        """Lines before the rows: the old value, and the changes that wait, whose memory is free again."""
        old = f"{self.old(key)} = tl.load({self.take(self.host.pointers[key])} + edge, mask=here, other=0.0)"
        if not self.continues:
            return [old, f"{self.change(key)} = tl.zeros((BLOCK,), {self.real})"]
        changes = f"{self.changes(key)} + edge"
        load = f"{self.change(key)} = tl.load({changes}, mask=here, other=0.0)"
        return [old, load, "tl.debug_barrier()", f"tl.store({changes}, 0.0, mask=here)"]

    def flush(self) -> None:
        """Store what was changed; of shared values add up the changes."""
        for key in [key for key in self.changed if key in self.merged]:
            del self.changed[key]
            self.lines.append(f"{self.change(key)} += {self.held[key, 'own']} - {self.old(key)}")
        super().flush()

    def opening(self) -> list[str]:
        """The source of this program, and its part of the synapses."""
        first = f" + {self.ends.first(self.trigger)}" if self.ends.first(self.trigger) else ""
        return [f"source = block{first}"] if self.writes else [f"source = block // PARTS{first}"]

    def where(self) -> list[str]:
        """Rows are no part of where it works."""
        return ["step", "block"]

    def numbers(self) -> list[str]:
        """The parameters that are known when the function is compiled."""
        return [*([] if self.writes else ["PARTS"]), "ROWS", "BLOCK"]

    @property
    def once_for_all_rows(self) -> bool:
        """Its programs go through the rows themselves."""
        return True

    def sharing(self) -> str:
        """The call that says how programs share the work."""
        self.uses.add("sharing")
        return f"sharing.merged({', '.join(['batch', *self._numbers(), *['alone=True'] * self.writes])})"

    def about(self) -> str:
        """What the function runs over."""
        return "One source: the rows in which it had the event, then what they make of what they share."


class TurnsKernel(MergingKernel):
    """The same where the order of events and synapses matters: one program, whose changes another kernel takes over.

    Until then they wait in memory.
    """

    def each(self, name: str, text: str) -> str:
        """A value where it is first needed."""
        return PathwayKernel.each(self, name, text)

    def flush(self) -> None:
        """Store what was changed; of shared values add up the changes."""
        for key in [key for key in self.changed if key in self.merged]:
            del self.changed[key]
            changes, pointer = f"{self.changes(key)} + edge", self.take(self.host.pointers[key])
            old = self.named(f"tl.load({pointer} + edge, mask=here, other=0.0)")
            so_far = f"tl.load({changes}, mask=here, other=0.0)"
            self.lines.append(f"tl.store({changes}, {so_far} + ({self.held[key, 'own']} - {old}), mask=here)")
        super().flush()

    def opening(self) -> list[str]:
        """The program goes through everything."""
        return []

    def where(self) -> list[str]:
        """It is one program."""
        return ["step"]

    def numbers(self) -> list[str]:
        """The parameters that are known when the function is compiled."""
        return ["SEGMENTS", "BLOCK"]

    def sharing(self) -> str:
        """The call that says how programs share the work."""
        self.uses.add("sharing")
        return "sharing.in_turn(1)"

    def about(self) -> str:
        """What the function runs over."""
        return "All events of all rows and their synapses, one after the other: their order matters."


class TakingKernel(MergingKernel):
    """Takes over, source by source, what the one program before has changed."""

    def __init__(self, number: int, plan: Plan, host: Host, task: Deliver) -> None:
        super().__init__(number, plan, host, task)
        self.in_turn = self.writes = False
        self.continues = True

    def _shared_as(self) -> str:
        return f"{super()._shared_as()} taken"

    def about(self) -> str:
        """What the function runs over."""
        return "One source: what all rows have made of the values that they share."


def shared_by_rows(task: Deliver, plan: Plan) -> tuple[str, ...]:
    """The keys of what the statements of a pathway change though the rows of a batch share it."""
    targets = (assign.target for assign in (*task.once, *task.body))
    keys = (target.key for target in targets if isinstance(target, Access))
    return tuple(dict.fromkeys(key for key in keys if plan.batched and not plan.arrays[key].rows))


def changed_in_turn(plan: Plan) -> tuple[str, ...]:
    """The keys of what rows share and one kernel changes for another, so that changes wait in memory."""
    pathways = (task for task in plan.tasks if isinstance(task, Deliver) and (is_in_turn(task) or task.apart))
    return tuple(dict.fromkeys(key for task in pathways for key in shared_by_rows(task, plan)))


def is_listed(task: Deliver, plan: Plan) -> bool:
    """Whether what earlier runs have sent is listed as synapses, not as events of their neurons."""
    return task.spread or (bool(shared_by_rows(task, plan)) and not task.once)


def earlier_of(task: Deliver, plan: Plan) -> tuple[Deliver, ...]:
    """A pathway as it runs for what earlier runs have sent and is kept apart, under names of its own.

    Several times where events of a neuron may arrive at once; lists of synapses need one name.
    """
    times = min(task.apart, 1) if is_listed(task, plan) else task.apart
    events = (f"{task.space.name}.{task.pathway} earlier {number}" for number in range(times))
    return tuple(replace(task, event=event, delayed=False, apart=0) for event in events)
