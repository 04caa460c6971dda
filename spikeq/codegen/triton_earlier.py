"""Lines of pathways for what earlier runs have sent on its way, where it does not fit the delays of this run.

Spikes that reach all synapses of their neuron at once are events with a memory of their own. Synapses that have been
reached one by one stand in lists, one for each step in which some are due. What rows of the batch share takes over all
that arrives in a step at once.
"""

from __future__ import annotations

from dataclasses import replace

from spikeq.codegen.ends import SIDES
from spikeq.codegen.requests import Stream
from spikeq.codegen.tasks import Deliver, Slot
from spikeq.codegen.triton_fuse import Part
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_normalise import NormaliseLines
from spikeq.codegen.triton_pathway_kernel import (
    MergingKernel,
    PathwayKernel,
    TakingKernel,
    TurnsKernel,
    earlier_of,
    is_listed,
    shared_by_rows,
)
from spikeq.codegen.triton_walks import in_loop


class ListedEdges(PathwayKernel):
    """The kernel of listed synapses: each has its own neurons on both sides."""

    def element(self, index: str) -> str:
        """The synapse, and the neurons that its number leads to."""
        if index == "own":
            return "edge"
        if index not in SIDES or self.ends.form == "sparse":
            return super().element(index) if index != self.trigger else self._stored(index)
        first = f" + {self.ends.first(index)}" if self.ends.first(index) else ""
        if self.ends.form == "one_to_one":
            return self.each(index, f"edge{first}")
        sign = "//" if index == "pre" else "%"
        return self.each(index, f"edge {sign} {self.size(f'{self.synapses} targets')}{first}")

    def _stored(self, index: str) -> str:
        pointer = self.take(self.host.pointers[f"{self.synapses}._{index}"])
        cut = " & 0xFFFF" if self.ends.unsigned(index) else ""
        first = f" + {self.ends.first(index)}" if self.ends.first(index) else ""
        return self.each(index, f"(tl.load({pointer} + edge, mask=here, other=0).to(tl.int32){cut}){first}")

    def is_wide(self, key: str, index: str) -> bool:
        """Values differ between the synapses of a block."""
        return self.plan.arrays[key].space is not None

    def opening(self) -> list[str]:
        """The program goes through the list."""
        return []

    def where(self) -> list[str]:
        """One program in a row: a synapse may be listed again in the next round."""
        return ["step", "row"] if self.plan.batched else ["step"]

    def numbers(self) -> list[str]:
        """The parameters that are known when the function is compiled."""
        return ["BLOCK"]

    def turns(self) -> str:
        """It is one program anyway."""
        return "1"

    def _shared_as(self) -> str:
        return f"{super()._shared_as()} listed"

    def sharing(self) -> str:
        """The call that says how programs share the work."""
        self.uses.add("sharing")
        return f"sharing.listed(batch{', in_turn=True' * self.in_turn})"

    def about(self) -> str:
        """What the kernel runs over."""
        return "The synapses of a row that earlier runs have sent something to, which arrives now."


class ListedChanges(ListedEdges, TurnsKernel):
    """The same for what the rows of a batch share: one program goes through all rows, and changes wait in memory."""

    def where(self) -> list[str]:
        """It is one program."""
        return ["step"]

    def sharing(self) -> str:
        """The call that says how programs share the work."""
        self.uses.add("sharing")
        return f"sharing.listed(1{', in_turn=True' * self.in_turn})"

    def about(self) -> str:
        """What the function runs over."""
        return "The synapses of all rows that earlier runs have sent something to, which arrives now."


class ListedTaking(ListedChanges, TakingKernel):
    """Takes over what has been changed at listed synapses."""

    def flush(self) -> None:
        """Store what was changed."""
        MergingKernel.flush(self)


class EarlierLines(NormaliseLines):
    """The part of the Triton emitter that writes them."""

    streams: dict[Part, list[Stream]]
    drawn: dict[Slot, list[Stream]]  # by pathways of which something is apart

    def _pathway_parts(self, task: Deliver) -> list[Part]:
        parts, merges = super()._pathway_parts(task), bool(shared_by_rows(task, self.plan))
        earlier = earlier_of(task, self.plan)
        if is_listed(task, self.plan):
            listed = [self._walking_part(one, walks=True) for one in earlier]
            return [*listed, *parts, *(replace(one, merges=True) for one in listed if merges)]
        return [*(part for one in earlier for part in super(EarlierLines, self)._pathway_parts(one)), *parts]

    def _pathway_kernel(self, number: int, part: Part, task: Deliver) -> PathwayKernel:
        if task.event not in self.earlier or not is_listed(task, self.plan):
            return super()._pathway_kernel(number, part, task)
        kernel_of = ListedEdges
        if shared_by_rows(task, self.plan):
            kernel_of = ListedTaking if part.merges else ListedChanges
        kernel = kernel_of(number, self.plan, self.host, task)
        kernel.joined = False
        return kernel

    def _write(self, kernel: Kernel, part: Part) -> None:
        """What is apart draws the same random numbers as the rest."""
        task = part.task
        if not isinstance(task, Deliver) or not (task.apart or task.event in self.earlier):
            super()._write(kernel, part)
            return
        before = len(self.requests.streams)
        if not self.streams.get(part):
            self.streams[part] = self.drawn.get(task.slot, [])
            self.requests.again = list(self.streams[part])
        if isinstance(kernel, ListedEdges):
            self._listed(kernel, task)
        else:
            super()._write(kernel, part)
        self.drawn.setdefault(task.slot, []).extend(self.requests.streams[before:])

    def _listed(self, kernel: ListedEdges, task: Deliver) -> None:
        """The statements at the listed synapses of this step; or taking over what they have changed."""
        edges = kernel.take(self.host.describe(f"{task.event} edges", "[step, batch, round, places] synapses"))
        counts = kernel.take(
            self.host.describe(f"{task.event} counts", "[step, batch, round] how many places are taken")
        )
        kernel.at_synapses()

        def write() -> None:
            if isinstance(kernel, ListedTaking):
                kernel.lines += [line for key in kernel.merged for line in kernel.beginning(key)]
                self._take_changes(kernel, task)
            else:
                self._at_synapses(kernel, task, {})

        inner, rounds = self._aside(kernel, write), kernel.size(f"{task.event} rounds")
        edge = f"tl.load({edges} + at * {kernel.size(f'{task.event} places')} + j, mask=here, other=0)"
        head = ["j = begin + tl.arange(0, BLOCK)", "here = j < taken", f"edge = {edge}"]
        lines = [
            f"at = ({self._slot(kernel, task, task.event)}) * {rounds} + k_round",
            f"taken = tl.load({counts} + at)",
        ]
        lines += [*in_loop("begin in range(0, taken, BLOCK)", [*head, *inner]), "tl.debug_barrier()"]
        lines = in_loop(f"k_round in range({rounds})", lines)
        if isinstance(kernel, ListedChanges):
            lines = in_loop(f"row in range({kernel.size('the batch')})", lines)
        kernel.lines += lines
