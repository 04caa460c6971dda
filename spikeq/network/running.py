"""Which class runs what a form of the backend has emitted."""

from __future__ import annotations

from spikeq.network.runner import Runner


def runner_of(backend: str) -> type[Runner]:
    """The class for a form of the backend."""
    if backend == "triton":
        from spikeq.network.triton_runner import TritonRunner

        return TritonRunner
    return AheadRunner if backend == "torch static" else Runner


class AheadRunner(Runner):
    """Runs code of torch that runs ahead of the host."""

    ahead = True
