"""The lines of a normalisation for torch: one call of its kernel in every so many steps."""

from __future__ import annotations

from collections.abc import Mapping

from spikeq.codegen.ends import Form
from spikeq.codegen.plan import Plan
from spikeq.codegen.printer import Printer
from spikeq.codegen.requests import Requests
from spikeq.codegen.tasks import Assign, Normalise, Space, Task
from spikeq.codegen.torch_dense import is_all


class Normalising:
    """The part of the torch emitter that writes normalisations."""

    plan: Plan
    names: Mapping[str, str]
    sizes: Mapping[str, str]
    requests: Requests

    def _printer(self, task: Task, space: Space) -> Printer:
        raise NotImplementedError

    def _assign(self, printer: Printer, assign: Assign, mask: str | None) -> None:
        raise NotImplementedError

    def _normalise(self, task: Normalise) -> list[str]:
        """The absolute values of each neuron's synapses get their total."""
        assert task.every is not None
        array, values = self.plan.arrays[task.target.key], self.names[task.target.key]
        every = self.requests.number(self.names[task.every.key])
        printer = self._printer(task, task.neurons)
        total = printer.value(task.total, "real")
        assert task.space.ends is not None
        ends, first = task.space.ends, task.space.ends.first(task.by)
        if ends.form == "sparse":
            stored, count = self.names[f"{task.space.name}._{task.by}"], self.sizes[task.neurons.name]
            call = f"normalise({values}, {stored}, {total.text}, {count}{f', {first}' if first else ''})"
        else:
            call = self._matrix_call(task, ends.form, values, total.text, total.wide, array.rows)
        printer.release(total)
        lines = [*printer.lines, call, *self._clipped(task)]
        return [f"if (now + 1) % {every} == 0:", *(f"    {line}" for line in lines)]

    def _clipped(self, task: Normalise) -> list[str]:
        """The lines that keep the values within their bounds."""
        printer = self._printer(task, task.space)
        for bound in task.bounds:
            self._assign(printer, bound, None)
        return printer.close()

    def _matrix_call(self, task: Normalise, form: Form, values: str, total: str, wide: bool, rows: bool) -> str:
        start, stop = task.neuron_range
        if wide and not is_all(task.neuron_range):
            total = f"{total}[..., {start}:{stop}]"
        sources, targets = self.sizes[f"{task.space.name} sources"], self.sizes[f"{task.space.name} targets"]
        by, shape = (task.by, f"{sources}, {targets}") if form == "dense" else ("pre", f"{sources}, 1")
        return f"normalise_dense({values}.view({'batch, ' if rows else ''}{shape}), {total}, {by!r})"
