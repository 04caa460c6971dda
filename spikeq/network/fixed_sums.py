"""What the host does for sums in fixed point: how large their values may be, and whether one was larger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from spikeq.errors import LimitError
from spikeq.network.magnitudes import Magnitudes
from spikeq_kernels import fixed_point

if TYPE_CHECKING:
    from spikeq.codegen.requests import Addition
    from spikeq.network.runner import Runner


def room_for_sums(runner: Runner) -> dict[str, Any]:
    """The memory that code asks for: the limits of each addition, and how many values went beyond them."""
    count = len(runner.requests.additions)
    if not count:
        return {}
    lost = torch.zeros(count, dtype=torch.int32, device=runner.device)
    return {"sum limits": torch.ones(count, 3, dtype=runner.real, device=runner.device), "sums lost": lost}


def set_limits(runner: Runner) -> None:
    """Find the limits from the values of the moment, which is when a run begins or values were assigned."""
    if runner.requests.additions:
        sizes = Magnitudes(runner)
        found = [_limits(runner, sizes, one) for one in runner.requests.additions]
        runner.lists["sum limits"].copy_(torch.tensor(found, dtype=torch.float64))


def _limits(runner: Runner, sizes: Magnitudes, one: Addition) -> tuple[float, float, float]:
    key, side = one.assign.target.key, one.assign.target.index  # type: ignore[union-attr]
    expected = sizes.of(one.assign.value, sizes.temporaries.get(one.code, {}))
    degrees = runner.network[one.space].layout.degrees(side)  # as many synapses of a neuron may meet in one step
    return fixed_point.limits(expected or sizes.of_key(key) or 1.0, int(degrees.max(initial=1)))


def require_limits(runner: Runner) -> None:
    """Raise LimitError where a value of the last steps went beyond its limits, so that a sum lacks it."""
    if not runner.requests.additions:
        return
    lost = runner.lists["sums lost"].cpu()
    if not bool(lost.any()):
        return
    number = int(lost.nonzero()[0])
    one, most = runner.requests.additions[number], float(runner.lists["sum limits"][number, 1])
    runner.lists["sums lost"].zero_()
    name = one.assign.target.key  # type: ignore[union-attr]
    raise LimitError(
        f"{one.code} has added a value to {name} that is no number, or larger than {most:.3g} in SI units.",
        "deterministic=True takes the room of sums from the values at the start of a run: start from typical ones, "
        "or leave it out.",
    )
