"""Lines of pathways that change what the rows of a batch share: all rows of a source, then what they make of it."""

from __future__ import annotations

from spikeq.codegen.tasks import Deliver
from spikeq.codegen.triton_fuse import Part, mask_of
from spikeq.codegen.triton_neurons import place
from spikeq.codegen.triton_pathway_kernel import (
    MergingKernel,
    PathwayKernel,
    TakingKernel,
    TurnsKernel,
    is_in_turn,
    shared_by_rows,
)
from spikeq.codegen.triton_walks import WalkLines, in_loop
from spikeq.language.expression import Access


class MergeLines(WalkLines):
    """The part of the Triton emitter that writes them."""

    def _pathway_kernel(self, number: int, part: Part, task: Deliver) -> PathwayKernel:
        """The kernel of a pathway that walks; two for one whose order matters and whose rows share what it changes."""
        if not shared_by_rows(task, self.plan):
            return PathwayKernel(number, self.plan, self.host, task)
        kernel_of = MergingKernel
        if is_in_turn(task):
            kernel_of = TakingKernel if part.merges else TurnsKernel
        return kernel_of(number, self.plan, self.host, task)

    def _merge(self, kernel: MergingKernel, task: Deliver) -> None:
        """All rows of one source, then what they make of shared values together; delay by delay, if there are many."""
        if isinstance(kernel, TurnsKernel):
            lines = self._aside(kernel, lambda: self._walk(kernel, task))
            kernel.lines += in_loop(f"row in range({kernel.size('the batch')})", lines)
            return
        lines = self._aside(kernel, lambda: self._merge_arrived(kernel, task))
        kernel.lines += self._for_each_delay(kernel, task, lines) if task.spread else lines

    def _merge_arrived(self, kernel: MergingKernel, task: Deliver) -> None:
        memory = kernel.take(self.host.describe(mask_of(task.event), "[age, batch, n] who had the event"))
        slot = self._slot_of_age(kernel, task) if task.spread else self._arrived(kernel, task)
        where, inner = place(slot, kernel.size(task.sources.name), "source"), ["happened += 1"]
        if not isinstance(kernel, TakingKernel):
            inner += self._aside(kernel, lambda: self._at_source(kernel, task))
        rows = [f"if tl.load({memory} + {where}) != 0:", *(f"    {line}" for line in inner)]
        kernel.lines += ["happened = 0", *in_loop(f"row in range({kernel.size('the batch')})", rows)]
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
