"""The lines of a dense pathway for torch: the weights as a matrix [sources, targets], no list of synapses."""

from __future__ import annotations

from collections.abc import Mapping

from spikeq.codegen.plan import Plan
from spikeq.codegen.printer import Printer
from spikeq.codegen.requests import Buffers
from spikeq.codegen.tasks import Deliver, Space, Task
from spikeq.language.expression import Access


class DensePathways:
    """The part of the torch emitter that writes dense pathways."""

    plan: Plan
    names: Mapping[str, str]
    sizes: Mapping[str, str]
    buffers: Buffers
    views: list[str]

    def _printer(self, task: Task, space: Space) -> Printer:
        raise NotImplementedError

    def _dense(self, task: Deliver) -> list[str]:
        """``target += weight`` over whole rows of the weight matrix."""
        (assign,) = task.body
        assert isinstance(assign.target, Access) and isinstance(assign.value, Access)
        target, start, stop = self.names[assign.target.key], *task.target_range
        if not is_all(task.target_range):
            part = f"part{len(self.views)}"
            self.views.append(f"{part} = {target}[:, {start}:{stop}]")
            target = part
        weight = self.names[assign.value.key]
        allowed = None
        if assign.guard is not None:
            allowed = self._printer(task, task.targets).value(_as_own(assign.guard), "boolean").text
            allowed = allowed if is_all(task.target_range) else f"{allowed}[:, {start}:{stop}]"
        if self.plan.single:
            return self._dense_sum(task, assign.op, target, weight, allowed)
        matrix = self._matrix(task, weight)
        if allowed is None and assign.op == "+=" and is_all(task.target_range):
            return [f"{self._propagate(matrix)}, {target})"]
        return self._dense_one_by_one(task, assign.op, target, matrix, allowed)

    def _dense_sum(self, task: Deliver, op: str, target: str, weight: str, allowed: str | None) -> list[str]:
        """In float32 the sum is formed first, then added."""
        lines = [f"received = {self._sum(task, weight)}"]
        if allowed is None:
            return [*lines, f"{target}.{'add_' if op == '+=' else 'sub_'}(received)"]
        changed = f"torch.{'add' if op == '+=' else 'sub'}({target}, received, out=received)"
        return [*lines, changed, f"torch.where({allowed}, received, {target}, out={target})"]

    def _sum(self, task: Deliver, weight: str) -> str:
        name = f"sum{len(self.views)}"
        form = "dense_sums.RankSum" if self.plan.deterministic else "DenseSum"
        self.views.append(f"{name} = {form}({self._as_matrix(task, weight)}, batch)")
        return f"{name}(spikes)"

    def _dense_one_by_one(self, task: Deliver, op: str, target: str, matrix: str, allowed: str | None) -> list[str]:
        """In float64 weights are added to the target one by one, through memory of its own."""
        place = self.buffers.take(task.space.name + " targets", "real", True, True)
        self.buffers.give(place)
        lines = [f"{place}.copy_({target})" if op == "+=" else f"torch.neg({target}, out={place})"]
        lines.append(f"{self._propagate(matrix)}, {place})")
        lines += [f"{place}.neg_()"] if op == "-=" else []
        return [*lines, f"{target}.copy_({place if allowed is None else f'torch.where({allowed}, {place}, {target})'})"]

    def _propagate(self, matrix: str) -> str:
        return f"propagate_dense({matrix}, spikes"

    def _matrix(self, task: Deliver, weight: str) -> str:
        name = f"w{len(self.views)}"
        self.views.append(f"{name} = {self._as_matrix(task, weight)}")
        return name

    def _as_matrix(self, task: Deliver, weight: str) -> str:
        """The weights, [sources, targets]; [batch, sources, targets] where each row has its own."""
        sources, targets = self.sizes[f"{task.space.name} sources"], self.sizes[f"{task.space.name} targets"]
        rows = "batch, " if self._has_rows(task) else ""
        return f"{weight}.view({rows}{sources}, {targets})"

    def _has_rows(self, task: Deliver) -> bool:
        value = task.body[0].value
        return self.plan.batched and isinstance(value, Access) and self.plan.arrays[value.key].rows


def is_all(bounds: tuple[int, int]) -> bool:
    """Whether a range of elements is the whole group."""
    return bounds == (0, -1)


def _as_own(guard: object) -> Access:
    assert isinstance(guard, Access)
    return Access(guard.key, "own", guard.kind)
