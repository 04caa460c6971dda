"""Which class runs what a form of the backend has emitted."""

from __future__ import annotations

from typing import Any

from spikeq.codegen.tasks import Deliver
from spikeq.network.device_memory import bytes_of_a_call
from spikeq.network.runner import Runner

_BYTES_OF_A_DRAW = 64  # that the operations which draw a number take on the way to it


def runner_of(backend: str) -> type[Runner]:
    """The class for a form of the backend."""
    if backend == "triton":
        from spikeq.network.triton_runner import TritonRunner

        return TritonRunner
    return AheadRunner if backend == "torch static" else Runner


class AheadRunner(Runner):
    """Runs code of torch that runs ahead of the host."""

    ahead = True

    def _lists(self) -> dict[str, Any]:
        fitting = bytes_of_a_call(self.device) // max(1, sum(self._bytes_by_step().values()))
        self.capacity = int(max(1, min(self.longest, fitting)))
        return super()._lists()

    def _bytes_by_step(self) -> dict[str, float]:
        """What is drawn, made by the host and recorded in a base step, by name."""
        drawn = [stream for stream in self.requests.streams if not stream.events]
        found = {f"{s.name} random numbers": _BYTES_OF_A_DRAW * self.rows * float(self._width(s)) for s in drawn}
        found |= {f"column {c.name}": 8.0 * (self._widest() if c.wide else 1) for c in self.requests.columns}
        return found | self.rooms.bytes_by_step()

    def bytes_of_lists(self) -> dict[str, float]:
        """What a step takes, and masks on their way."""
        found = self._bytes_by_step()
        for task in self.compiled.plan.tasks:
            if isinstance(task, Deliver) and task.delayed:
                key = f"{task.space.name}.{task.pathway} queue"
                found[key] = self.assembly.queues[key].longest() * self.rows * self._size(task.sources.name)
        return found

    def longest_call(self) -> int:
        """How many base steps one call may make."""
        return self.capacity
