"""Which class runs what a form of the backend has emitted."""

from __future__ import annotations

from typing import Any

from spikeq.network.device_memory import bytes_of_a_call
from spikeq.network.runner import LONGEST_CALL, Runner

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
        drawn = _BYTES_OF_A_DRAW * sum(self.rows * self._width(s) for s in self.requests.streams if not s.events)
        columns = 8 * sum(self._widest() if c.wide else 1 for c in self.requests.columns)
        width = drawn + columns + sum(self.rooms.bytes_by_step().values())
        self.capacity = int(max(1, min(LONGEST_CALL, bytes_of_a_call(self.device) // max(1, width))))
        return super()._lists()

    def longest_call(self) -> int:
        """How many base steps one call may make."""
        return self.capacity
