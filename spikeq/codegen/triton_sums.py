"""Lines of kernels for summed variables: each neuron goes through its synapses in their order."""

from __future__ import annotations

from dataclasses import replace

from spikeq.codegen.ends import SIDES, Ends
from spikeq.codegen.launch import Work
from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Sum, expressions
from spikeq.codegen.triton_fuse import Part
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_pathways import PathwayLines
from spikeq.language.expression import Access, walk


class SumKernel(Kernel):
    """The kernel of a summed variable: a block of neurons, and one synapse of each at a time."""

    def __init__(self, number: int, plan: Plan, host: Host, task: Sum) -> None:
        super().__init__(number, plan, host, task.space, task.neurons.name, task.clock)
        assert task.space.ends is not None
        self.ends: Ends = task.space.ends
        self.side, self.synapses = task.target.index, task.space.name
        self.local: set[str] = set()

    def at_synapses(self) -> None:
        """From here on, values are those of one synapse of each neuron."""
        self.own, self.mask = "edge", "valid"

    def at_neurons(self) -> None:
        """From here on, values are those of the neurons."""
        self.own, self.mask = "i", "here"

    def element(self, index: str) -> str:
        """The neuron itself on one side; the synapse; and the neuron on its other side."""
        if self.own == "i" or index == self.side:
            return "i"
        if index == "own":
            return "edge"
        if index not in SIDES:
            return self._listed(f"{self.space.name}._{index}", index)  # type: ignore[union-attr]
        first = f" + {self.ends.first(index)}" if self.ends.first(index) else ""
        if self.ends.form == "one_to_one":
            return f"edge{first}"
        if self.ends.form == "dense":
            return f"k_synapse{first}"
        pointer = self.take(self.host.pointers[f"{self.space.name}._{index}"])  # type: ignore[union-attr]
        cut = " & 0xFFFF" if self.ends.unsigned(index) else ""
        return self.each(index, f"(tl.load({pointer} + edge, mask=valid, other=0).to(tl.int32){cut}){first}")

    def each(self, name: str, text: str) -> str:
        """A value for each synapse, where it is first needed."""
        if name not in self.local:
            self.local.add(name)
            self.lines.append(f"{name} = {text}")
        return name

    def is_wide(self, key: str, index: str) -> bool:
        """Neurons that all neurons of the block meet in the same turn have one value for all of them."""
        wide = self.plan.arrays[key].space is not None
        met = self.ends.form == "dense" and index in SIDES and index != self.side and self.own == "edge"
        return wide and not met

    def works(self) -> tuple[Work, ...]:
        """What the function does in a step, for estimates: all synapses, whoever had an event."""
        return tuple(replace(one, elements=self.synapses) for one in super().works())

    def about(self) -> str:
        """What the kernel runs over."""
        return "A block of neurons of a row, each of which goes through its synapses."


class SumLines(PathwayLines):
    """The part of the Triton emitter that writes summed variables."""

    def _sum_parts(self, task: Sum) -> list[Part]:
        read = {node.key for value in expressions(task) for node in walk(value) if isinstance(node, Access)}
        own = frozenset({task.target.key})
        return [Part(task, task.neurons, own=own, wrote=own, others=frozenset(read) - own, alone=True)]

    def _write(self, kernel: Kernel, part: Part) -> None:
        if isinstance(kernel, SumKernel):
            assert isinstance(part.task, Sum)
            self._sum(kernel, part.task)
        else:
            super()._write(kernel, part)

    def _sum(self, kernel: SumKernel, task: Sum) -> None:
        """Zero, then every synapse's value added in its order."""
        ends, side, name = kernel.ends, task.target.index, task.space.name
        first, count = ends.first(side), kernel.size(f"{name} {'sources' if side == 'pre' else 'targets'}")
        inside = f"here & (i >= {first}) & (i < {first} + {count})" if first else f"here & (i < {count})"
        kernel.lines += [f"inside = {inside}", f"total = tl.zeros((BLOCK,), {kernel.real})"]
        lines, turns, edge, valid = self._synapses_of(kernel, task, f"(i - {first})" if first else "i")
        kernel.lines += [*lines, f"for k_synapse in range({turns}):"]
        kernel.at_synapses()
        inner = [f"valid = {valid}", f"edge = {edge}", *self._aside(kernel, lambda: self._add_value(kernel, task))]
        kernel.lines += [f"    {line}" for line in inner]
        kernel.at_neurons()
        kernel.held.clear()
        total = "total" if task.target.kind == "real" else "total.to(tl.int32)"
        kernel.write(task.target.key, f"tl.where(inside, {total}, {kernel.read(task.target.key, 'own')})")

    def _synapses_of(self, kernel: SumKernel, task: Sum, number: str) -> tuple[list[str], str, str, str]:
        """Lines that find the synapses of each neuron, how many turns they take, and the synapse of a turn."""
        name, side, ends = task.space.name, kernel.side, kernel.ends
        if ends.form == "one_to_one":
            return [], "1", number, "inside"
        if ends.form == "dense":
            n_pre, n_post = kernel.size(f"{name} sources"), kernel.size(f"{name} targets")
            if side == "post":
                return [], n_pre, f"tl.cast(k_synapse, tl.int64) * {n_post} + {number}", "inside"
            return [], n_post, f"{number}.to(tl.int64) * {n_post} + k_synapse", "inside"
        offsets = kernel.take(self.host.pointers[f"{name}._{side}_offsets"])
        order = kernel.take(self.host.pointers[f"{name}._{side}_in_order"])
        lines = [
            f"first_edge = tl.load({offsets} + {number}, mask=inside, other=0)",
            f"lengths = tl.load({offsets} + {number} + 1, mask=inside, other=0) - first_edge",
        ]
        edge = f"tl.load({order} + first_edge + k_synapse, mask=valid, other=0)"
        return lines, "tl.max(lengths, 0)", edge, "k_synapse < lengths"

    def _add_value(self, kernel: SumKernel, task: Sum) -> None:
        printer = self._printer(kernel, task, task.space)
        value = printer.value(task.value, "real")
        text = self._as(printer, value, "real")
        kernel.lines.append(f"total += tl.where(valid, {text}, 0.0)")
        printer.close()
