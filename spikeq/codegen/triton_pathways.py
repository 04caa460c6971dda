"""Lines of kernels for pathways: statements that events run at synapses.

Where all neurons of a side are reached, each of them sums its own column of what is added. Synapses that stand one to
one are a block of elements like neurons. For all others each program goes through its share of the events and, for
each, through the synapses of its neuron, a block at a time.
"""

from __future__ import annotations

from dataclasses import replace

from spikeq.codegen.column_sums import split
from spikeq.codegen.ends import SIDES
from spikeq.codegen.events import merged_number
from spikeq.codegen.fixed_sums import group_of, is_in_turn
from spikeq.codegen.tasks import Assign, Deliver, Space, Statements, bodies, expressions
from spikeq.codegen.triton_columns import ColumnLines
from spikeq.codegen.triton_disturbed import undisturbed
from spikeq.codegen.triton_fuse import Part, list_of, mask_of, part_of
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_neurons import place
from spikeq.codegen.triton_pathway_kernel import MergingKernel, PathwayKernel, shared_by_rows
from spikeq.codegen.triton_walks import of_source
from spikeq.language.expression import Access, walk


class PathwayLines(ColumnLines):
    """The part of the Triton emitter that writes pathways."""

    # -- which kernels ------------------------------------------------------------------------------------------------

    def _pathway_parts(self, task: Deliver) -> list[Part]:
        """The kernels of a pathway: what runs once for each source, if that stands alone, and its synapses."""
        self._require(task)
        before, task = undisturbed(task, self.memory)
        sums, rest = split(task)
        parts = [self._run_part(one) for one in before] + [self._column_part(one) for one in sums]
        if rest.once and not rest.body:
            parts.append(self._once_part(rest))
        if not rest.body:
            return parts
        merges = bool(shared_by_rows(rest, self.plan))
        parts.append(self._walking_part(rest, not self._is_block(rest)))
        if merges and is_in_turn(rest):
            parts.append(replace(parts[-1], merges=True))
        return [*parts, *(self._released(rest, assign) for assign in self._fixed(rest))]

    def _released(self, task: Deliver, assign: Assign) -> Part:
        """What synapses have added in fixed point becomes part of the neurons' variable."""
        assert isinstance(assign.target, Access)
        both = frozenset({assign.target.key, self._sums(task, assign)})
        return Part(replace(task, body=(assign,), once=()), group_of(task, assign.target), own=both, wrote=both)

    def _walking_part(self, task: Deliver, walks: bool) -> Part:
        """Statements that events run at synapses: all that they touch is another's, as programs are made of events."""
        keys = self.plan.arrays.keys()
        read = {node.key for one in expressions(task) for node in walk(one) if isinstance(node, Access)} & keys
        put: set[str] = set()
        scattered = {self._sums(task, assign) for assign in self._fixed(task)}
        for assign in bodies(task):
            target = assign.target
            if isinstance(target, Access):
                adds = walks and target.index in SIDES and assign in task.body and not is_in_turn(task)
                if not adds:
                    put.add(target.key)
                elif assign not in self._fixed(task):
                    (put if self.plan.deterministic else scattered).add(target.key)
                read |= {target.key} if assign.op != "=" and not adds else set()
        event = mask_of(task.event) if not walks or shared_by_rows(task, self.plan) else list_of(task.event)
        return Part(
            task,
            task.space,
            others=frozenset({*read, event}),
            put=frozenset(put),
            scattered=frozenset(scattered),
            alone=True,
            walks=walks,
        )

    def _release(self, kernel: Kernel, task: Deliver) -> None:
        """Add the sums of one statement, and begin anew."""
        (assign,) = task.body
        assert isinstance(assign.target, Access)
        key = assign.target.key
        kernel.uses.add("fixed_point")
        sums = self._sums(task, assign)
        total, old = kernel.read(sums, "own"), kernel.read(key, "own")
        limits, _ = self._limits(kernel, task, assign)
        kernel.write(key, f"{old} + fixed_point.decode({total}, {limits}, {kernel.real})")
        kernel.write(sums, "tl.zeros((BLOCK,), tl.int64)")

    def _require(self, task: Deliver) -> None:
        """Rows can only merge real numbers."""
        for key in shared_by_rows(task, self.plan):
            if self.plan.arrays[key].kind != "real":
                raise merged_number(key, self.plan.arrays[key].kind)

    def _once_part(self, task: Deliver) -> Part:
        """What runs once for each source, as statements of the sources at their event."""
        body = tuple(of_source(task.trigger, assign) for assign in task.once)
        return replace(
            part_of(Statements(task.slot, task.clock, task.sources, body, task.event), self.plan.arrays), task=task
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
            self._column(kernel, task)
        elif part.wrote & self.sums.keys():
            self._release(kernel, task)
        else:
            self._once_at_sources(kernel, task)

    def _once_at_sources(self, kernel: Kernel, task: Deliver) -> None:
        """What runs once for each source, over all of them."""
        space = Space(f"{task.space.name} {task.trigger}")
        printer = self._printer(kernel, task, space)
        printer.at_events = True
        fired = self._happened(kernel, task)
        for assign in task.once:
            self._assign(printer, of_source(task.trigger, assign), fired)
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
