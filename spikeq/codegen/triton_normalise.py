"""Lines of kernels for normalisations: every neuron scales its own synapses, and what comes out is kept in bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spikeq.codegen.ends import Ends
from spikeq.codegen.extents import Array
from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Normalise
from spikeq.codegen.triton_fuse import Part, reads_of
from spikeq.codegen.triton_host import Host
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_sums import SumLines


class ScalingKernel(Kernel):
    """The kernel that gives the synapses of each neuron their total: a block of neurons of one side.

    Values that the rows of a batch share are scaled once.
    """

    def __init__(self, number: int, plan: Plan, host: Host, task: Normalise) -> None:
        side = "sources" if task.by == "pre" else "targets"
        super().__init__(number, plan, host, task.neurons, f"{task.space.name} {side}", task.clock)
        assert task.space.ends is not None
        self.ends: Ends = task.space.ends
        self.by_columns = self.ends.form == "dense" and task.by == "post"
        self.rows = plan.arrays[task.target.key].rows
        first = self.ends.first(task.by)
        self.own = self.known("neuron", f"i + {first}") if first else "i"

    def fixed(self) -> dict[str, str]:
        """The parameters that are known when the function is compiled, and what is passed for them."""
        kind = "COLUMNS" if self.by_columns else "RUNS"
        return {"BLOCK": self.host.shared(kind), "LANES": self.host.shared(f"{kind}_LANES")}

    def programs(self) -> str:
        """How many programs run the function for a row."""
        name, block = self.host.sizes[self.grid].removeprefix("n_"), self.fixed()["BLOCK"]
        return self.host.counted(f"{block.lower()}_{name}", f"launch.count({self.size(self.grid)}, {block})")

    def warps(self) -> str:
        """How many warps a program has."""
        return "4"

    def about(self) -> str:
        """What the kernel runs over."""
        return "A block of neurons, each of which scales the values of its synapses, a number of them side by side."


class SweepKernel(Kernel):
    """A kernel over all synapses in which each program takes one block after the other.

    So few programs start in the many steps in which there is nothing to do.
    """

    def __init__(self, number: int, plan: Plan, host: Host, task: Normalise) -> None:
        super().__init__(number, plan, host, task.space, task.space.name, task.clock)
        self.rows = plan.arrays[task.target.key].rows
        self.local: set[str] = set()

    def offset_of(self, array: Array, element: str) -> str:
        """Where a value of an array stands; found anew in each block."""
        if array.space is None or not array.rows or not self.plan.batched:
            return super().offset_of(array, element)
        return f"{self.row()} * {self.size(array.space)} + {element}"

    def each(self, name: str, text: str) -> str:
        """A value for each synapse of the block, where it is first needed."""
        if name not in self.local:
            self.local.add(name)
            self.lines.append(f"{name} = {text}")
        return name

    def opening(self) -> list[str]:
        """Blocks are gone through in a loop."""
        return []

    def where(self) -> list[str]:
        """Here also how many programs share the blocks."""
        return [*super().where(), "blocks"]

    def programs(self) -> str:
        """How many programs run the function for a row."""
        name = self.host.sizes[self.grid].removeprefix("n_")
        most = self.host.shared("SWEEPS")
        return self.host.counted(f"sweeps_{name}", f"launch.smallest({super().programs()}, {most})")

    def turns(self) -> str:
        """One program goes through all blocks by itself."""
        return "1"

    def about(self) -> str:
        """What the kernel runs over."""
        return "All synapses of a row; a program takes one block after the other."


class NormaliseLines(SumLines):
    """The part of the Triton emitter that writes normalisations."""

    def _normalise_parts(self, task: Normalise) -> list[Part]:
        """The kernel that scales, and the one that keeps the values within their bounds."""
        key = frozenset({task.target.key})
        own, others = reads_of([task.total], self.plan.arrays)
        scaling = Part(task, task.neurons, others=frozenset(own | others) | key, put=key, alone=True)
        if not task.bounds:
            return [scaling]
        own, others = reads_of([bound.value for bound in task.bounds], self.plan.arrays)
        kept = Part(task, task.space, own=frozenset(own) | key, wrote=key, others=frozenset(others), alone=True)
        return [scaling, kept]

    def _normalise_kernel(self, number: int, part: Part, task: Normalise) -> Kernel:
        kernel_of = SweepKernel if part.space == task.space else ScalingKernel
        return kernel_of(number, self.plan, self.host, task)

    def _write(self, kernel: Kernel, part: Part) -> None:
        task = part.task
        if not isinstance(task, Normalise):
            super()._write(kernel, part)
        elif isinstance(kernel, ScalingKernel):
            self._in_due_steps(kernel, task, self._scale)
        elif isinstance(kernel, SweepKernel):
            self._in_due_steps(kernel, task, self._clip)

    def _in_due_steps(self, kernel: Any, task: Normalise, write: Callable[[Any, Normalise], None]) -> None:
        """Lines for the last of every so many steps."""
        assert task.every is not None
        every, now = kernel.read(task.every.key, "scalar"), kernel.now()
        lines = self._aside(kernel, lambda: write(kernel, task))
        kernel.lines += [f"if ({now} + 1) % {every} == 0:", *(f"    {line}" for line in lines)]

    def _scale(self, kernel: ScalingKernel, task: Normalise) -> None:
        """One call: by columns of a matrix, or by runs of places that are a neuron's synapses."""
        printer = self._printer(kernel, task, task.neurons)
        total = printer.value(task.total, "real").text
        kernel.uses.add("normalise")
        name, (n_pre, n_post) = task.space.name, (kernel.size(f"{task.space.name} {s}") for s in ("sources", "targets"))
        values = kernel.take(self.host.pointers[task.target.key])
        if kernel.rows and self.plan.batched:
            values += f" + {kernel.row()}.to(tl.int64) * {kernel.size(name)}"
        if kernel.by_columns:
            kernel.lines.append(f"normalise.scale_columns({values}, {total}, {n_pre}, {n_post}, i, here, LANES)")
            return
        if kernel.ends.form == "sparse":
            offsets, order = (
                kernel.take(self.host.pointers[f"{name}._{task.by}_{one}"]) for one in ("offsets", "in_order")
            )
            begin, end = (f"tl.load({offsets} + i{place}, mask=here, other=0)" for place in ("", " + 1"))
        else:
            length, order = n_post if kernel.ends.form == "dense" else "1", values
            begin, end = f"i.to(tl.int64) * {length}", f"tl.where(here, begin + {length}, begin)"
        ordered = kernel.ends.form == "sparse"
        kernel.lines += [f"begin = {begin}", f"end = {end}"]
        kernel.lines.append(f"normalise.scale_runs({values}, {order}, {total}, begin, end, {ordered}, LANES)")
        printer.close()

    def _clip(self, kernel: SweepKernel, task: Normalise) -> None:
        """All values, block by block."""
        kernel.local.clear()
        count = kernel.size(kernel.grid)
        lines = self._aside(kernel, lambda: self._bounded(kernel, task))
        start, step = "block * BLOCK", "blocks * BLOCK"
        kernel.lines.append(f"for begin in range({start}, {count}, {step}):")
        head = ["i = begin + tl.arange(0, BLOCK)", f"here = i < {count}"]
        kernel.lines += [f"    {line}" for line in (*head, *lines)]

    def _bounded(self, kernel: SweepKernel, task: Normalise) -> None:
        printer = self._printer(kernel, task, task.space)
        for bound in task.bounds:
            self._assign(printer, bound, None)
        kernel.flush()
        printer.close()
