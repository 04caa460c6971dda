"""Steps of runs and clocks, rounded as Brian2 rounds them."""

from __future__ import annotations

import pytest

from spikeq.errors import ClockError, DimensionError
from spikeq.network.clock import Clock, common_step, steps_in
from spikeq.network.network import Network
from spikeq.units import ms, mV, second


@pytest.mark.parametrize(
    ("duration", "dt", "steps"),
    [
        (0.01, 1e-4, 100),
        (0.3, 1e-4, 3000),  # 0.3/1e-4 is 2999.9999999999995
        (1e-3, 3e-4, 4),  # not a whole number: rounded up
        (1.00000001e-3, 1e-4, 10),  # within 1e-4 of a step
        (1.00002e-3, 1e-4, 11),  # beyond it
        (0.0, 1e-4, 0),
    ],
)
def test_steps_of_a_run(duration: float, dt: float, steps: int) -> None:
    assert steps_in(duration, dt) == steps


@pytest.mark.parametrize("duration", [1e13, 1e300, 1.7e308])
def test_a_run_of_more_steps_than_can_be_counted_is_refused(duration: float) -> None:
    with pytest.raises(ClockError, match="more steps"):
        steps_in(duration, 1e-3)
    net = Network(dt=1 * ms)
    with pytest.raises(ClockError, match="Choose a shorter time or a longer dt"):
        net.run(duration * second)
    net.run(2 * ms)
    assert net.t_ == 2e-3


@pytest.mark.parametrize(
    ("steps", "base", "every"),
    [
        ([1e-4], 1e-4, (1,)),
        ([1e-4, 5e-4], 1e-4, (1, 5)),
        ([5e-4, 1e-4, 1e-3], 1e-4, (5, 1, 10)),
        ([2e-4, 3e-4], 1e-4, (2, 3)),
        ([1e-4, 2.5e-4], 5e-5, (2, 5)),
        ([1 / 3 * 1e-3, 1e-3], 1 / 3 * 1e-3, (1, 3)),
    ],
)
def test_common_step(steps: list[float], base: float, every: tuple[int, ...]) -> None:
    found, multiples = common_step(steps)
    assert multiples == every
    assert found == pytest.approx(base, rel=1e-12)


def test_clocks_without_a_common_step_are_refused() -> None:
    with pytest.raises(ClockError, match="no common step"):
        common_step([1e-4, 1.0000001e-4])


def test_time_is_a_product_not_a_sum() -> None:
    clock = Clock(0.1 * ms)
    clock.steps = 3
    assert clock.t_ == 3 * 0.0001


def test_a_new_step_keeps_the_time() -> None:
    clock = Clock(0.1 * ms)
    clock.steps = 10
    clock.dt = 0.5 * ms
    assert clock.steps == 2
    with pytest.raises(ClockError, match="cannot change"):
        clock.dt = 0.3 * ms


@pytest.mark.parametrize("dt", [0 * ms, -1 * ms, float("inf") * ms, float("nan") * ms])
def test_a_step_is_positive_and_finite(dt: object) -> None:
    with pytest.raises(ClockError, match="positive"):
        Clock(dt)


def test_a_step_is_a_time() -> None:
    with pytest.raises(DimensionError, match="second"):
        Clock(1 * mV)
