"""Lines of kernels for pathways: statements that events run at synapses.

A dense pathway that adds weights belongs to its targets, each of which sums its own column. Synapses that stand one
to one are a block of elements like neurons. For all others each program goes through its share of the events and, for
each, through the synapses of its neuron, a block at a time.
"""

from __future__ import annotations

from dataclasses import replace

from spikeq.codegen.ends import SIDES
from spikeq.codegen.events import merged_number
from spikeq.codegen.tasks import Assign, Deliver, Space, Statements, bodies, expressions
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.triton_fuse import Part, list_of, mask_of, part_of
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_merging import MergeLines
from spikeq.codegen.triton_neurons import place
from spikeq.codegen.triton_pathway_kernel import MergingKernel, PathwayKernel, is_in_turn, shared_by_rows
from spikeq.codegen.triton_walks import of_source
from spikeq.language.expression import Access, walk


class PathwayLines(MergeLines):
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
        part = self._walking_part(task, walks)
        return [part, replace(part, merges=True)] if merges and is_in_turn(task) else [part]

    def _walking_part(self, task: Deliver, walks: bool) -> Part:
        """Statements that events run at synapses: all that they touch is another's, as programs are made of events."""
        keys = self.plan.arrays.keys()
        read = {node.key for one in expressions(task) for node in walk(one) if isinstance(node, Access)} & keys
        put: set[str] = set()
        scattered: set[str] = set()
        for assign in bodies(task):
            target = assign.target
            if isinstance(target, Access):
                adds = walks and target.index in SIDES and assign in task.body and not is_in_turn(task)
                (scattered if adds else put).add(target.key)
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
            pointer += f" + tl.cast({kernel.row()}, tl.int64) * {n_pre} * {n_post}"
        start = f"{ends.first('pre')}, {ends.first('pre')} + {n_pre}" if ends.first("pre") else f"0, {n_pre}"
        passed = f"{pointer}, {self._list(kernel, task.event)}, {self._arrived(kernel, task)}, "
        passed += f"{self._extent(kernel, task.event)}, {start}, {n_post}, {column}, {inside}"
        self._add_dense(kernel, task, assign, passed)

    def _add_dense(self, kernel: Kernel, task: Deliver, assign: Assign, passed: str) -> None:
        """In float32 the sum is formed first, then added; in float64 weights are added one by one."""
        assert isinstance(assign.target, Access)
        old, sign = kernel.read(assign.target.key, "own"), assign.op[0]
        if self.plan.single:
            kernel.lines.append(f"received = events.sum_rows({passed})")
            kernel.sums_rows = True
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
