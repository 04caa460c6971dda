"""The kernel of a pathway whose programs go from event to event, and how it names neurons and synapses."""

from __future__ import annotations

from spikeq.codegen.ends import SIDES, Ends
from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Deliver
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.language.expression import Access


class PathwayKernel(Kernel):
    """One program for a share of the events of a segment; or one for all, where their order matters."""

    def __init__(self, number: int, plan: Plan, host: Host, task: Deliver) -> None:
        super().__init__(number, plan, host, task.space, task.sources.name, task.clock)
        self.sources, self.trigger, self.in_turn = task.sources.name, task.trigger, is_in_turn(task)
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
        return [] if self.in_turn else ["segment = tl.program_id(0) // SHARES"]

    def fixed(self) -> list[str]:
        """The parameters that are known when the kernel is compiled."""
        return ["SHARES", "BLOCK"]

    def about(self) -> str:
        """What the kernel runs over."""
        if self.in_turn:
            return "All events in each row and their synapses, one after the other: their order matters."
        return "A share of the events of one segment in each row, and for each event the synapses of its neuron."


def is_in_turn(task: Deliver) -> bool:
    """Whether the events and synapses of a pathway must run one after the other."""
    scattered = (a for a in task.body if isinstance(a.target, Access) and a.target.index in SIDES)
    return task.ordered or any(assign.op not in ("+=", "-=") for assign in scattered)
