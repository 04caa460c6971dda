"""The kernel of a pathway whose programs go from event to event, and how it names neurons and synapses."""

from __future__ import annotations

from spikeq.codegen.ends import SIDES, Ends
from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Deliver
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.language.expression import Access, Expression, Kind


class PathwayKernel(Kernel):
    """One program for a share of the events of a segment; or one for all, where their order matters."""

    def __init__(self, number: int, plan: Plan, host: Host, task: Deliver) -> None:
        super().__init__(number, plan, host, task.space, task.sources.name, task.clock)
        self.sources, self.trigger, self.in_turn = task.sources.name, task.trigger, is_in_turn(task)
        self.synapses = task.space.name
        self.inner, self.spread = False, task.spread
        self.at_source()
        self.local: dict[str, str] = {}

    def at_source(self) -> None:
        """From here on, values are those of the one source."""
        self.own, self.mask, self.inner = "source", "", False

    def at_synapses(self) -> None:
        """From here on, values are those of a block of its synapses."""
        self.own, self.mask, self.inner = "edge", "here", True

    def element(self, index: str) -> str:
        """The source is one for all synapses of a block; the other side is found for each."""
        if index == self.trigger or (index == "own" and not self.inner):
            return self.each("origin", "source + 0 * j") if self.in_turn and self.inner else "source"
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

    @property
    def ends(self) -> Ends:
        """How the neurons of synapses are found."""
        assert self.space is not None
        assert self.space.ends is not None
        return self.space.ends

    def each(self, name: str, text: str) -> str:
        """A value for each synapse of the block, where it is first needed."""
        if name not in self.local:
            self.local[name] = name
            self.lines.append(f"{name} = {text}")
        return name

    def is_wide(self, key: str, index: str) -> bool:
        """Values of the source are one for the whole block."""
        wide = self.plan.arrays[key].space is not None
        return wide and self.inner and (index != self.trigger or self.in_turn)

    def opening(self) -> list[str]:
        """Programs share the events of a segment."""
        return [] if self.in_turn else ["segment = block // SHARES"]

    def fixed(self) -> list[str]:
        """The parameters that are known when the kernel is compiled."""
        return ["SHARES", "BLOCK"]

    def about(self) -> str:
        """What the kernel runs over."""
        if self.in_turn:
            return "All events of a row and their synapses, one after the other: their order matters."
        return "A share of the events of a segment of a row, and for each event the synapses of its neuron."


def is_in_turn(task: Deliver) -> bool:
    """Whether the events and synapses of a pathway must run one after the other."""
    scattered = (a for a in task.body if isinstance(a.target, Access) and a.target.index in SIDES)
    return task.ordered or any(assign.op not in ("+=", "-=") for assign in scattered)


class MergingKernel(PathwayKernel):
    """The kernel of a pathway that changes what the rows of a batch share: one program for each source.

    The program goes through the rows; what each makes of a shared value is private, and the sum of the changes waits
    in memory (``merged``) until the last row is done.
    """

    def __init__(self, number: int, plan: Plan, host: Host, task: Deliver) -> None:
        super().__init__(number, plan, host, task)
        self.merged = shared_by_rows(task, plan)

    def row(self) -> str:
        """Rows are gone through one after the other."""
        return "row"

    def constant(self, name: str, expression: Expression, kind: Kind, rows: bool, wide: bool) -> str:
        """What differs between rows is loaded in each."""
        if rows and not wide:
            pointer = self.take(self.host.constant(name, expression))
            return self.each(name, self.loaded(pointer, "row", kind, False))
        return super().constant(name, expression, kind, rows, wide)

    def changes(self, key: str) -> str:
        """The memory for the changes of an array."""
        return self.take(self.host.describe(f"{key} changes", "[synapses] what rows have changed so far"))

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
        """The source of this program."""
        first = self.ends.first(self.trigger)
        return [f"source = block + {first}" if first else "source = block"]

    def where(self) -> list[str]:
        """Rows are no part of where it works."""
        return ["step", "block"]

    def fixed(self) -> list[str]:
        """The parameters that are known when the kernel is compiled."""
        return ["BLOCK"]

    def about(self) -> str:
        """What the kernel runs over."""
        return "One source: all rows, one after the other, and then what they make of the values that they share."


class TurnsKernel(MergingKernel):
    """The same where the order of events and synapses matters: one program, whose changes another kernel takes over."""

    def opening(self) -> list[str]:
        """The program goes through everything."""
        return []

    def where(self) -> list[str]:
        """It is one program."""
        return ["step"]

    def fixed(self) -> list[str]:
        """The parameters that are known when the kernel is compiled."""
        return ["SHARES", "BLOCK"]

    def about(self) -> str:
        """What the kernel runs over."""
        return "All events of all rows and their synapses, one after the other: their order matters."


class TakingKernel(MergingKernel):
    """Takes over, source by source, what the one program before has changed."""

    def __init__(self, number: int, plan: Plan, host: Host, task: Deliver) -> None:
        super().__init__(number, plan, host, task)
        self.in_turn = False

    def about(self) -> str:
        """What the kernel runs over."""
        return "One source: what all rows have made of the values that they share."


def shared_by_rows(task: Deliver, plan: Plan) -> tuple[str, ...]:
    """The keys of what the statements of a pathway change though the rows of a batch share it."""
    targets = (assign.target for assign in (*task.once, *task.body))
    keys = (target.key for target in targets if isinstance(target, Access))
    return tuple(dict.fromkeys(key for key in keys if plan.batched and not plan.arrays[key].rows))
