"""Lines of pathways that change what the rows of a batch share: all rows of a source, then what they make of it."""

from __future__ import annotations

from spikeq.codegen.fixed_sums import is_in_turn
from spikeq.codegen.tasks import Deliver
from spikeq.codegen.triton_fuse import Part, mask_of
from spikeq.codegen.triton_neurons import place
from spikeq.codegen.triton_pathway_kernel import (
    MergingKernel,
    PathwayKernel,
    TakingKernel,
    TurnsKernel,
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
            lines = ["row = tl.cast(k_row, tl.int64)", *lines]
            kernel.lines += in_loop(f"k_row in range({kernel.size('the batch')})", lines)
            return
        lines = self._aside(kernel, lambda: self._merge_arrived(kernel, task))
        kernel.lines += self._for_each_delay(kernel, task, lines) if task.spread else lines

    def _merge_arrived(self, kernel: MergingKernel, task: Deliver) -> None:
        """Ask all rows at once for the event; most sources are done then."""
        kernel.uses.add("events")
        memory = kernel.take(self.host.describe(mask_of(task.event), "[age, batch, n] who had the event"))
        slot, batch = self._slot_of_batch(kernel, task), kernel.size("the batch")
        count = kernel.size(task.sources.name)
        kernel.lines.append(f"happened = {memory} + {place(slot, f'{batch} * {count}', 'source')}")
        rows = f"events.rows_up_to(happened, first_row, {batch}, {count}, ROWS)"
        loop = f"first_row in range(0, {batch}, ROWS)"
        kernel.lines += ["count = 0", *in_loop(loop, [f"count += tl.max({rows}, 0)"]), "if count > 0:"]
        each = [f"ranks = {rows}", *in_loop("k_event in range(tl.max(ranks, 0))", self._in_each_row(kernel, task))]
        lines = self._of_block(kernel, task, [] if isinstance(kernel, TakingKernel) else in_loop(loop, each))
        kernel.lines += [f"    {line}" for line in lines]

    def _in_each_row(self, kernel: MergingKernel, task: Deliver) -> list[str]:
        """What the event of one row does."""
        if isinstance(kernel, TakingKernel):
            return []
        row = "row = first_row + tl.sum((ranks <= k_event).to(tl.int64), 0)"
        return [row, *self._aside(kernel, lambda: self._in_row(kernel, task))]

    def _slot_of_batch(self, kernel: MergingKernel, task: Deliver) -> str:
        """The slot of the events that arrive in this step, without the row."""
        if task.spread:
            return self._of_age(kernel, task)
        slot = self._arrived(kernel, task)
        return "0" if slot == "row" else slot.partition(" ")[0]

    def _of_block(self, kernel: MergingKernel, task: Deliver, rows: list[str]) -> list[str]:
        """A block of synapses: what was before, the rows, and what they make of it."""
        begin, count, edge = self._reached(kernel, task)
        first = [line for key in kernel.merged for line in kernel.beginning(key)]
        last = self._aside(kernel, lambda: self._take_changes(kernel, task))
        lines = ["j = begin + tl.arange(0, BLOCK)", f"here = j < {count}", f"edge = {edge}"]
        lines += [*kernel.before, *first, *rows, *last]
        turns = f"range(0, tl.maximum({count}, 1), BLOCK)"  # what runs once does so without synapses too
        if not kernel.writes:
            turns = f"range(block % PARTS * BLOCK, {count}, PARTS * BLOCK)"
        return [*begin, *in_loop(f"begin in {turns}", lines)]

    def _in_row(self, kernel: MergingKernel, task: Deliver) -> None:
        """What the event of one row does at a block of synapses; what it does once is stored beside the last block."""
        known = self._once_in(kernel, task)
        stores = self._stores(kernel)
        kernel.at_synapses()
        for key in kernel.merged:
            kernel.held[key, "own"] = kernel.old(key)
        self._at_synapses(kernel, task, known)
        kernel.at_source()
        if stores:
            _, count, _ = self._reached(kernel, task)
            kernel.lines += [f"if begin + BLOCK >= {count}:", *(f"    {line}" for line in stores)]

    def _take_changes(self, kernel: MergingKernel, task: Deliver) -> None:
        """New value = old value + the sum of the rows' changes, within its bounds."""
        kernel.at_synapses()
        kernel.held.clear()
        printer = self._printer(kernel, task, task.space)
        for key in kernel.merged:
            total = kernel.change(key)
            if self.plan.arrays[key].reduction == "mean":
                kernel.uses.add("special")
                total = f"special.divide({total}, {kernel.size('the batch')}.to({kernel.real}))"
            kernel.write(key, f"{kernel.old(key)} + {total}")
        for bound in task.bounds:
            if isinstance(bound.target, Access) and bound.target.key in kernel.merged:
                self._assign(printer, bound, None)
        kernel.merged = ()
        kernel.flush()
        printer.close()
