"""The measured order of convergence of every method."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from spikeq.language.evaluate import evaluate
from tests.discretise.stepping import Values, final_state, updates_of

# dv/dt = -v**2*(1 + t): v = 1/(1 + t + t**2/2)
RATIONAL = "dv/dt = -v**2*(1 + t) : 1"
# A gate that opens after a driving variable that is itself not linear.
GATE = "dm/dt = u*(1 - m) - m : 1\ndu/dt = -u + 0.5*m : 1"


def measured_order(text: str, method: str, start: Values, known: Values, exact: Values, steps: int = 20) -> float:
    """log2 of the ratio of errors when the step is halved."""
    updates = updates_of(text, method)
    errors = []
    for count in (steps, 2 * steps):
        end = final_state(updates, start, known, 1.0, count)
        errors.append(math.hypot(*(end[name] - exact[name] for name in exact)))
    return math.log2(errors[0] / errors[1])


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("heun", 1), ("milstein", 1), ("rk2", 2), ("rk4", 4)])
def test_order_with_a_right_side_that_depends_on_time(method: str, order: int) -> None:
    found = measured_order(RATIONAL, method, {"v": 1.0}, {}, {"v": 0.4}, 40)
    assert found == pytest.approx(order, abs=0.08)


@pytest.mark.parametrize(
    ("method", "order"), [("euler", 1), ("rk2", 2), ("rk4", 4), ("exponential_euler", 1), ("heun", 1)]
)
def test_order_of_a_system(method: str, order: int) -> None:
    fine = final_state(updates_of(GATE, "rk4"), {"m": 0.1, "u": 2.0}, {}, 1.0, 320)
    found = measured_order(GATE, method, {"m": 0.1, "u": 2.0}, {}, fine, 40)
    assert found == pytest.approx(order, abs=0.1)


def test_exact_has_no_error_at_any_step() -> None:
    updates = updates_of("dx/dt = -w*y : 1\ndy/dt = w*x : 1", "exact")
    for steps in (1, 7):
        end = final_state(updates, {"x": 1.0, "y": 0.0}, {"w": 5.0}, 1.0, steps)
        assert [end["x"], end["y"]] == pytest.approx([math.cos(5), math.sin(5)], abs=1e-14)


def test_exponential_euler_is_exact_for_one_linear_equation_and_holds_where_the_rate_vanishes() -> None:
    updates = updates_of("dv/dt = a*v + b : 1", "exponential_euler")
    end = final_state(updates, {"v": 2.0}, {"a": -3.0, "b": 1.0}, 1.0, 3)
    assert end["v"] == pytest.approx(1 / 3 + (2 - 1 / 3) * math.exp(-3), rel=1e-14)
    assert final_state(updates, {"v": 2.0}, {"a": 0.0, "b": 1.0}, 1.0, 4) == {"v": 3.0}


def strong_error(method: str, drift: float, steps: int, paths: int = 4000) -> float:
    """The mean error over paths of dv/dt = a*v + b*v*xi at time 1, read after Stratonovich, from shared noise."""
    text, a, b, finest = "dv/dt = a*v + b*v*xi : 1", drift, 0.8, 256
    noise = np.random.default_rng(11).normal(size=(finest, paths))
    updates, dt, share = updates_of(text, method), 1.0 / steps, finest // steps
    v = np.ones(paths)
    for step in range(steps):
        together = noise[step * share : (step + 1) * share].sum(axis=0) / math.sqrt(share)
        values: dict[str, object] = {"v": v, "a": a, "b": b, "xi": together, "dt": dt, "t": step * dt}
        for name, expression in updates.locals:
            values[name] = evaluate(expression, values.__getitem__)
        v = np.asarray(evaluate(updates.finals[0][1], values.__getitem__))
    exact = np.exp(a + b * noise.sum(axis=0) / math.sqrt(finest))
    return float(np.abs(v - exact).mean())


@pytest.mark.parametrize(
    ("method", "drift", "order"),
    [("heun", 0.0, 1.0), ("heun", -0.5, 1.0), ("milstein", 0.0, 1.0), ("milstein", -0.5, 0.5)],
)
def test_strong_order_against_geometric_brownian_motion(method: str, drift: float, order: float) -> None:
    errors = [strong_error(method, drift, steps) for steps in (16, 64, 256)]
    orders = [math.log2(coarse / fine) / 2 for coarse, fine in pairwise(errors)]
    assert orders == pytest.approx([order, order], abs=0.12)


def test_additive_noise_has_the_right_variance_at_rest() -> None:
    """The Ornstein-Uhlenbeck process: sigma**2, to first order in dt."""
    updates = updates_of("dv/dt = -v/tau + sigma*sqrt(2/tau)*xi : 1", "euler")
    random, v, dt = np.random.default_rng(3), np.zeros(20000), 0.05
    for _ in range(200):
        values = {"v": v, "tau": 1.0, "sigma": 2.0, "xi": random.normal(size=v.size), "dt": dt}
        v = np.asarray(evaluate(updates.finals[0][1], values.__getitem__))
    # The recursion's own variance at rest is sigma**2/(1 - dt/(2*tau)); 20,000 samples give it to about 1 %.
    assert v.var() == pytest.approx(4.0 / (1 - dt / 2), rel=0.035)
