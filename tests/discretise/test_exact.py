"""Exact solutions against closed forms and against mpmath's matrix exponential."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from spikeq.discretise.methods import over_elapsed
from spikeq.errors import MethodError
from spikeq.language.expression import Name, names
from tests.discretise.stepping import advance, flows_of, updates_of

CASCADE = """
dv/dt = (g - v)/tau_m : 1
dg/dt = (s - g)/tau_g : 1
ds/dt = (s0 - s)/tau_s : 1
"""


def reference(matrix: list[list[float]], inputs: list[float], start: list[float], time: float) -> list[float]:
    """exp of the matrix with the inputs as a further column, in 60 digits."""
    with mpmath.workdps(60):
        size = len(start)
        full = mpmath.zeros(size + 1)
        for row in range(size):
            for column in range(size):
                full[row, column] = mpmath.mpf(matrix[row][column]) * mpmath.mpf(time)
            full[row, size] = mpmath.mpf(inputs[row]) * mpmath.mpf(time)
        result = mpmath.expm(full, method="taylor") * mpmath.matrix([*start, 1])
        return [float(x) for x in result][:size]


@pytest.mark.parametrize("dt", [1e-7, 1e-4, 1e-3, 0.05, 10.0, 1e4])
def test_one_equation(dt: float) -> None:
    updates = updates_of("dv/dt = (E_L - v)/tau : 1", "exact")
    assert updates.locals == () and updates.exponentials == ()
    after = advance(updates, {"v": 0.3}, {"E_L": -0.07, "tau": 0.02}, dt)
    assert after["v"] == pytest.approx(-0.07 + 0.37 * math.exp(-dt / 0.02), rel=4e-15)


def test_pure_drift_and_standing_still() -> None:
    after = advance(updates_of("dx/dt = c : 1\ndy/dt = 0 : 1", "exact"), {"x": 2.0, "y": 5.0}, {"c": 3.0}, 0.5)
    assert after == {"x": 3.5, "y": 5.0}


def test_a_rate_that_is_zero_when_it_runs() -> None:
    updates = updates_of("dx/dt = a*x + c : 1", "exact")
    assert advance(updates, {"x": 2.0}, {"a": 0.0, "c": 3.0}, 0.5) == {"x": 3.5}


def test_drift_that_drives_others() -> None:
    """dx/dt = c, dy/dt = x, dz/dt = y: a singular matrix and polynomials in dt."""
    updates = updates_of("dx/dt = c : 1\ndy/dt = x : 1\ndz/dt = y : 1", "exact")
    after = advance(updates, {"x": 1.0, "y": 2.0, "z": 3.0}, {"c": 6.0}, 0.5)
    assert after == pytest.approx({"x": 4.0, "y": 2 + 0.5 + 0.75, "z": 3 + 1 + 0.125 + 0.125}, rel=1e-15)


@pytest.mark.parametrize("ratio", [1.0, 1 + 1e-15, 1 + 1e-9, 1 - 1e-6, 1.01, 0.3, 1e-4, 1e4])
@pytest.mark.parametrize("dt", [1e-4, 1e-3, 1.0])
def test_a_synapse_drives_a_membrane_with_any_two_time_constants(ratio: float, dt: float) -> None:
    tau, tau_s = 0.01, 0.01 * ratio
    updates = updates_of("dv/dt = (I + w*g - v)/tau : 1\ndg/dt = -g/tau_s : 1", "exact")
    assert updates.exponentials == ()
    known = {"I": 0.5, "w": 2.0, "tau": tau, "tau_s": tau_s}
    after = advance(updates, {"v": -1.0, "g": 0.7}, known, dt)
    expected = reference([[-1 / tau, 2 / tau], [0, -1 / tau_s]], [0.5 / tau, 0], [-1.0, 0.7], dt)
    assert [after["v"], after["g"]] == pytest.approx(expected, rel=2e-13, abs=1e-300)


def test_alpha_synapse_with_one_time_constant() -> None:
    updates = updates_of("dg/dt = (x - g)/tau : 1\ndx/dt = -x/tau : 1", "exact")
    assert updates.locals == () and updates.exponentials == ()
    after = advance(updates, {"g": 0.2, "x": 3.0}, {"tau": 0.005}, 0.001)
    assert after["g"] == pytest.approx((0.2 + 3.0 * 0.2) * math.exp(-0.2), rel=1e-15)


TAUS = [
    (0.01, 0.01, 0.01),
    (0.01, 0.01, 0.02),
    (0.02, 0.01, 0.01),
    (0.01, 0.02, 0.01),
    (0.01, 0.01 * (1 + 1e-12), 0.01 * (1 + 3e-7)),
    (0.01, 0.011, 0.0105),
    (0.02, 0.005, 0.001),
    (0.001, 0.1, 10.0),
]


@pytest.mark.parametrize("taus", TAUS)
@pytest.mark.parametrize("dt", [1e-4, 2e-3, 0.1, 3.0])
@pytest.mark.parametrize("changing", [(), ("tau_m", "tau_g", "tau_s")], ids=["frozen", "changing"])
def test_three_in_a_row(taus: tuple[float, float, float], dt: float, changing: tuple[str, ...]) -> None:
    """Without an input the closed form holds for time constants that change between steps too."""
    text = CASCADE.replace("s0 - s", "-s")
    updates = updates_of(text, "exact", changing)
    assert bool(updates.exponentials) == (not changing)
    m, g, s = (1 / tau for tau in taus)
    after = advance(
        updates, {"v": -1.0, "g": 0.7, "s": 2.0}, dict(zip(("tau_m", "tau_g", "tau_s"), taus, strict=True)), dt
    )
    expected = reference([[-m, m, 0], [0, -g, g], [0, 0, -s]], [0, 0, 0], [-1.0, 0.7, 2.0], dt)
    assert [after["v"], after["g"], after["s"]] == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("taus", TAUS)
@pytest.mark.parametrize("dt", [1e-4, 2e-3, 0.1, 3.0])
def test_three_in_a_row_with_an_input(taus: tuple[float, float, float], dt: float) -> None:
    updates = updates_of(CASCADE, "exact", ["s0"])
    m, g, s = (1 / tau for tau in taus)
    known = {**dict(zip(("tau_m", "tau_g", "tau_s"), taus, strict=True)), "s0": 4.0}
    after = advance(updates, {"v": -1.0, "g": 0.7, "s": 2.0}, known, dt)
    expected = reference([[-m, m, 0], [0, -g, g], [0, 0, -s]], [0, 0, 4.0 * s], [-1.0, 0.7, 2.0], dt)
    assert [after["v"], after["g"], after["s"]] == pytest.approx(expected, rel=1e-12, abs=1e-14)


def test_an_input_to_two_in_a_row_may_change_with_its_time_constants() -> None:
    updates = updates_of("dv/dt = (g - v)/tau : 1\ndg/dt = (g0 - g)/tau_s : 1", "exact", ["tau", "tau_s", "g0"])
    assert updates.exponentials == ()
    for tau, tau_s, dt in [(0.01, 0.01, 1e-3), (0.01, 0.02, 5.0), (1e-4, 3.0, 0.01), (5.0, 5.0, 1e-6)]:
        after = advance(updates, {"v": -1.0, "g": 0.7}, {"tau": tau, "tau_s": tau_s, "g0": 0.4}, dt)
        expected = reference([[-1 / tau, 1 / tau], [0, -1 / tau_s]], [0, 0.4 / tau_s], [-1.0, 0.7], dt)
        assert [after["v"], after["g"]] == pytest.approx(expected, rel=1e-12)


OSCILLATORS = [
    [[0.0, 50.0], [-50.0, 0.0]],
    [[-10.0, 50.0], [-50.0, -10.0]],
    [[-100.0, -30.0], [8.0, -7.0]],
    [[-5.0, 9.0], [-1.0, -11.0]],  # a double eigenvalue
    [[3.0, 2.0], [1.0, -4.0]],
    [[0.0, 1.0], [4.0, 0.0]],
    [[-1000.0, 1.0], [1.0, -0.5]],
    [[-2.0, 2.0], [2.0, -2.0]],  # singular
]


@pytest.mark.parametrize("matrix", OSCILLATORS)
@pytest.mark.parametrize("dt", [1e-5, 1e-2, 0.7])
@pytest.mark.parametrize("changing", [(), ("a", "b", "c", "d")], ids=["frozen", "changing"])
def test_two_that_depend_on_each_other(matrix: list[list[float]], dt: float, changing: tuple[str, ...]) -> None:
    updates = updates_of("dx/dt = a*x + b*y : 1\ndy/dt = c*x + d*y : 1", "exact", changing)
    assert updates.exponentials == ()
    known = dict(zip("abcd", matrix[0] + matrix[1], strict=True))
    after = advance(updates, {"x": 1.5, "y": -0.4}, known, dt)
    expected = reference(matrix, [0, 0], [1.5, -0.4], dt)
    assert [after["x"], after["y"]] == pytest.approx(expected, rel=1e-12, abs=1e-13 * max(map(abs, expected)))


def test_a_pair_over_a_long_time_dies_out_without_overflow() -> None:
    updates = updates_of("dx/dt = -1000*x + b*y : 1\ndy/dt = b*x - 2000*y : 1", "exact", ["b"])
    assert advance(updates, {"x": 1.0, "y": 1.0}, {"b": 10.0}, 1e3) == {"x": 0.0, "y": 0.0}


def test_an_adaptive_neuron_with_synapse_and_current() -> None:
    text = """
    dv/dt = (E_L - v + R*I - w + q*g)/tau : 1
    dw/dt = (a*(v - E_L) - w)/tau_w : 1
    dg/dt = -g/tau_g : 1
    """
    known = {"E_L": -0.07, "R": 2.0, "I": 0.3, "q": 5.0, "tau": 0.01, "a": 3.0, "tau_w": 0.1, "tau_g": 0.005}
    updates = updates_of(text, "exact", ["I", "E_L"])
    assert len(updates.exponentials) == 1
    after = advance(updates, {"v": -0.05, "w": 0.01, "g": 0.2}, known, 1e-3)
    matrix = [[-100, -100, 500.0], [30.0, -10, 0], [0, 0, -200.0]]
    expected = reference(matrix, [(-0.07 + 0.6) / 0.01, 3 * 0.07 / 0.1, 0], [-0.05, 0.01, 0.2], 1e-3)
    assert [after["v"], after["w"], after["g"]] == pytest.approx(expected, rel=1e-12)


def test_systems_apart_are_solved_apart() -> None:
    text = (
        "dx/dt = -x/tau : 1\ndv/dt = w - v + u : 1\ndw/dt = -v : 1\ndu/dt = -u : 1\ndp/dt = q : 1\ndq/dt = -p - q : 1"
    )
    updates = updates_of(text, "exact", ["tau"])
    assert [len(e.matrix) for e in updates.exponentials] == [3]
    assert names(dict(updates.finals)["x"]) == {"x", "dt", "tau"}


def test_parallel_chains_add_up() -> None:
    """v is reached from s by two ways, and by a third without steps between."""
    text = "dv/dt = a + b + s - v : 1\nda/dt = s - 2*a : 1\ndb/dt = 3*s - 2*b : 1\nds/dt = 1 - 5*s : 1"
    after = advance(updates_of(text, "exact"), {"v": 1.0, "a": 2.0, "b": 3.0, "s": 4.0}, {}, 0.3)
    matrix = [[-1, 1, 1, 1], [0, -2.0, 0, 1], [0, 0, -2, 3.0], [0, 0, 0, -5.0]]
    assert list(after.values()) == pytest.approx(reference(matrix, [0, 0, 0, 1], [1, 2, 3, 4], 0.3), rel=1e-13)


@pytest.mark.parametrize("resting", [False, True])
def test_refractoriness_stops_some_and_not_the_others(resting: bool) -> None:
    text = "dv/dt = (g - w - v)/tau : 1 (unless refractory)\ndw/dt = (a*v - w)/tau_w : 1\ndg/dt = -g/tau_g : 1"
    known = {"tau": 0.01, "a": 0.5, "tau_w": 0.1, "tau_g": 0.005, "not_refractory": np.bool_(not resting)}
    start = {"v": 0.1 + 0.2, "w": -0.4, "g": 1 / 3}
    after = advance(updates_of(text, "exact"), start, known, 1e-3)
    alive = [[-100.0, -100, 100], [5, -10, 0], [0, 0, -200]]
    matrix = [[0, 0, 0], *alive[1:]] if resting else alive
    assert list(after.values()) == pytest.approx(reference(matrix, [0, 0, 0], list(start.values()), 1e-3), rel=1e-12)
    assert (after["v"] == start["v"]) == resting


@pytest.mark.parametrize("method", ["euler", "exact", "exponential_euler", "rk2", "rk4", "heun", "milstein"])
def test_a_refractory_variable_keeps_its_value_to_the_last_bit(method: str) -> None:
    updates = updates_of("dv/dt = (E_L + w - v)/tau : 1 (unless refractory)\ndw/dt = -w/tau : 1", method)
    known = {"E_L": -0.07, "tau": 0.0123, "not_refractory": np.bool_(False)}
    for start in (0.1 + 0.2, -1e-300, 1e10 / 3):
        after = advance(updates, {"v": start, "w": 1.0}, known, 7e-4)
        assert after["v"] == start
        assert after["w"] == pytest.approx(math.exp(-7e-4 / 0.0123), rel=2e-3)


def test_coefficients_that_do_not_change_stay_together() -> None:
    """Every variable's factor is one subtree without variables, so that the host can evaluate it once."""
    updates = updates_of("dv/dt = (w*g + I - v)/tau : 1\ndg/dt = -g/tau_s : 1", "exact")
    sum_ = dict(updates.finals)["v"]
    products = [part for part in _terms(sum_)]
    assert [len(names(part) & {"v", "g"}) for part in products] == [1, 0, 1]
    assert all(not ({"v", "g"} & names(part.right)) for part in products if names(part) & {"v", "g"})


def _terms(expression):  # type: ignore[no-untyped-def]
    if expression.op == "+":
        return [*_terms(expression.left), *_terms(expression.right)]
    return [expression]


def test_elapsed_time_takes_the_place_of_the_step() -> None:
    updates = over_elapsed(
        flows_of("da/dt = -a/tau_a : 1\ndb/dt = (c + a - b)/tau_b : 1"), Name("elapsed"), lambda name: True
    )
    assert not any("dt" in names(e) for _, e in (*updates.locals, *updates.finals))
    for elapsed in (0.0, 1e-3, 5.0):
        known = {"tau_a": 0.01, "tau_b": 0.02, "c": 0.5, "elapsed": elapsed}
        after = advance(updates, {"a": 1.0, "b": 0.1}, known, math.nan)
        expected = reference([[-100, 0], [50, -50]], [0, 25], [1.0, 0.1], elapsed)
        assert list(after.values()) == pytest.approx(expected, rel=1e-13)
    assert advance(updates, {"a": 1 / 3, "b": 0.1}, {**known, "elapsed": 0.0}, math.nan) == {"a": 1 / 3, "b": 0.1}


def test_elapsed_time_needs_a_closed_form() -> None:
    flows = flows_of("da/dt = b - a : 1\ndb/dt = c - b : 1\ndc/dt = a - c : 1")
    with pytest.raises(MethodError, match="elapsed time"):
        over_elapsed(flows, Name("elapsed"), lambda name: True)


@pytest.mark.parametrize(
    ("text", "changing", "message"),
    [
        ("dv/dt = -v*v : 1", (), "not linear in v"),
        ("dv/dt = u*v : 1\ndu/dt = -u : 1", (), "not linear in v and u"),
        ("dv/dt = sin(t) - v : 1", (), "t may change during a step"),
        ("dv/dt = -v + rand() : 1", (), "rand may change during a step"),
        ("dv/dt = -v + xi : 1", (), "noise xi"),
        ("dv/dt = (c - v - w)/tau : 1\ndw/dt = v - w : 1", ("tau",), "closed form, and tau may change during a run"),
        ("\n".join(f"dx{k}/dt = x{(k + 1) % 40} - x{k} : 1" for k in range(40)), (), "more than 32"),
    ],
)
def test_what_has_no_exact_solution(text: str, changing: tuple[str, ...], message: str) -> None:
    with pytest.raises(MethodError, match=message) as caught:
        updates_of(text, "exact", changing)
    assert "exponential_euler" in caught.value.help or "heun" in caught.value.help
    assert caught.value.span is not None


def test_a_table_that_holds_its_value_is_constant() -> None:
    text = "dv/dt = (current(t) - v)/tau : 1"
    assert updates_of(text, None).method == "euler"
    assert updates_of(text, None, held=lambda name: name == "current").method == "exact"
