"""Homeostasis in one line: the weights of each neuron's synapses are scaled to a total, as the network runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch

from spikeq.codegen.extents import Array
from spikeq.codegen.tasks import Normalise, Task
from spikeq.language.expression import Access, Call, walk
from spikeq.network.matrices import Matrices
from spikeq.network.normaliser import NOW, Normaliser, Waiting, rows_differ, scale
from spikeq_kernels import special

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.runner import Runner


class Normalises(Matrices):
    """Synapses whose variables may be normalised."""

    @property
    def normalisers(self) -> list[Normaliser]:
        """What ``normalise`` made, those that act during runs or at their ends."""
        found: list[Normaliser] = self.__dict__.setdefault("_normalisers", [])
        return found

    def normalise(
        self,
        variable: str,
        total: Any,
        every: Any = None,
        by: str = "post",
        when: str | None = None,
        order: int = 0,
        name: str | None = None,
        level: int = 0,
    ) -> Normaliser:
        """Scale a variable so that each neuron's synapses have a sum: ``S.normalise("w", total=78.4)``.

        The sum is that of absolute values, and each value is multiplied by total/sum, as BindsNET does; signs stay.
        Neurons whose sum is 0 keep what they have. total: a number or quantity, ``[n]`` with one for each neuron, or
        the name of a variable of the neurons, read at that moment. every: a number of steps of the synapses' clock:
        it happens in every so many, the 100th, 200th and so on from time 0; or a time, a whole number of such steps.
        Left out, it happens at the end of each run, as BindsNET's ``norm``. by: ``"post"`` sums the synapses that
        arrive at a neuron, ``"pre"`` those that leave it. when, order: at which place in those steps, by default
        their end; ``when="now"`` does it once, at once. In a batch, values that rows share are scaled once, others
        row by row. During a run and at its end, declared bounds hold for what comes out, whatever the sum is then.
        Raises UnknownNameError, KindError, ModelError, DimensionError, ShapeError, ValueRangeError, ClockError, and
        ConnectionError for ``"now"`` before ``connect``.
        """
        made = Normaliser(self, variable, total, every, by, when, order, name)
        if made.when == NOW:
            made.now(level + 1)
            return made
        made.number = sum(one.variable == variable for one in self.normalisers)
        self.normalisers.append(made)
        return made

    def _carry_out(self, waiting: Any) -> None:
        if not isinstance(waiting, Waiting):
            super()._carry_out(waiting)
            return
        self._held = waiting.held
        try:
            waiting.normaliser.apply()
        finally:
            self._held = {}

    def normalised(self) -> set[tuple[str, str]]:
        """The variables that change so during a run."""
        return {(self.name, one.variable) for one in self.normalisers if one.active and one.every is not None}

    def contribute_normalisers(self, assembly: Assembly) -> None:
        """Add the normalisations to the step."""
        for one in self.normalisers:
            if one.active and len(self):
                one.contribute(assembly)


def check_rows(tasks: Iterable[Task], arrays: Mapping[str, Array]) -> None:
    """Raise ModelError where rows that share the values would want different totals."""
    for task in tasks:
        if isinstance(task, Normalise) and not arrays[task.target.key].rows:
            if any(
                isinstance(node, Access) and node.key in arrays and arrays[node.key].rows for node in walk(task.total)
            ):
                raise rows_differ(task.slot.name, task.target.key)


def finish(task: Task, runner: Runner, step: int) -> None:
    """Carry out what follows the last step of a run; ``step`` is the base step that would come next."""
    assert isinstance(task, Normalise)
    values, total = runner.arrays[task.target.key], torch.as_tensor(runner.value_at(task.total, task.clock, step))
    start, stop = task.neuron_range
    synapses, _ = runner.assembly.variables[task.target.key]
    scale(synapses.layout, task.by, values, total if not total.ndim or stop < 0 else total[..., start:stop])
    for bound in task.bounds:
        assert isinstance(bound.value, Call)
        lower, upper = (runner.constant(one, task.clock, "real") for one in bound.value.arguments[1:])
        special.clip(values, lower, upper, out=values)
