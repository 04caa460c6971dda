"""Synapses whose variables change in time, between events or with them, and delays of single synapses: by hand."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp
from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, StateMonitor, Synapses, ms
from spikeq.errors import (
    ConnectionError,
    DimensionError,
    EquationSyntaxError,
    MethodError,
    ModelError,
    NameConflictError,
    SpikeqError,
    UnsupportedError,
)

FORMS = ("auto", "torch static")
STDP = """w : 1
          dx/dt = -x/(5*ms) : 1 (event-driven)
          dy/dt = -y/(8*ms) : 1 (event-driven)"""


def source(spikes: Sequence[tuple[int, int]], n: int = 3, **options: Any) -> SpikeGeneratorGroup:
    """Neurons that spike at (step, neuron), at the middle of the step."""
    steps, neurons = zip(*spikes, strict=True)
    return SpikeGeneratorGroup(n, neurons, (np.array(steps) + 0.5) * ms, **options)


def run(*objects: Any, steps: int = 10, **options: Any) -> Network:
    net = Network(*objects, **{"dtype": "float64", **options})
    net.run(steps * ms)
    return net


# -- between events ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [None, 2])
def test_event_driven_variables_decay_by_the_time_since_the_last_event(
    form: str, dtype: str, batch: int | None
) -> None:
    A, B = source([(2, 0), (5, 0), (9, 1)], n=2), source([(5, 0), (7, 0)], n=1)
    S = Synapses(A, B, STDP, on_pre="x += 1; w += y", on_post="y += 1; w += 10*x")
    S.connect()
    M = StateMonitor(S, ["w", "x"], record=[0], when="end")
    run(A, B, S, M, backend=form, dtype=dtype, batch=batch)
    first = exp(-3 / 5) + 1  # x of synapse 0 at step 5: the pre pathway acts before the post pathway
    w = np.array([0.0] * 5 + [10 * first] * 2 + [10 * first + 10 * first * exp(-2 / 5)] * 3) * (batch or 1)
    x = [0.0, 0.0, 1, 1, 1, first, first] + [first * exp(-2 / 5)] * 3  # between events what was stored is shown
    tolerance = 1e-6 if dtype == "float32" else 1e-14
    assert np.allclose(M.w.reshape(-1, 10), w, rtol=tolerance, atol=0)
    assert np.allclose(M.x.reshape(-1, 10), x, rtol=tolerance, atol=0)
    assert np.allclose(S.lastupdate_[:].reshape(-1, 2), [0.007, 0.009], rtol=1e-15, atol=0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_silence_of_any_length_is_bridged_at_once(dtype: str) -> None:
    A, B = source([(1, 0), (100_000, 0)], n=1), NeuronGroup(1, "seen : 1")
    model = "dslow/dt = -slow/(100*second) : 1 (event-driven)\ndfast/dt = (2 - fast)/(3*ms) : 1 (event-driven)"
    S = Synapses(A, B, model, on_pre="seen_post = slow; slow += 1")
    S.connect()
    run(A, B, S, steps=100_002, dtype=dtype, check_finite=None)
    assert B.seen[0] == pytest.approx(exp(-99_999 / 100_000), rel=1e-6 if dtype == "float32" else 1e-13)
    assert S.fast[0] == pytest.approx(2, rel=1e-15)


def test_coupled_event_driven_variables_are_solved_together() -> None:
    A, B = source([(0, 0), (4, 0)], n=1), NeuronGroup(1, "v : 1")
    S = Synapses(
        A,
        B,
        """da/dt = -a/(2*ms) : 1 (event-driven)
           db/dt = (a - b)/(3*ms) : 1 (event-driven)""",
        on_pre="v_post = b; a += 1",
    )
    S.connect()
    run(A, B, S, steps=5)
    # b' = (a - b)/3 with a = exp(-t/2), b(0) = 0: b = 2(exp(-t/3) - exp(-t/2))·(1/3)/(2·(1/2 - 1/3))
    expected = (1 / 3) * (exp(-4 / 3) - exp(-4 / 2)) / (1 / 2 - 1 / 3)
    assert B.v[0] == pytest.approx(expected, rel=1e-13)


def test_a_steady_drift_counts_the_time_between_events() -> None:
    A, B = source([(3, 0), (8, 0)], n=1), NeuronGroup(1, "v : 1")
    S = Synapses(A, B, "dx/dt = 2/ms : 1 (event-driven)", on_pre="v_post = x; x = 0")
    S.connect()
    M = StateMonitor(B, "v", record=True, when="end")
    run(A, B, S, M)
    assert np.allclose(M.v[0], [0] * 3 + [6] * 5 + [10] * 2, rtol=1e-14)


def test_code_sees_the_time_of_the_last_event_and_then_replaces_it() -> None:
    A, B = source([(3, 0), (7, 0)], n=1), source([(7, 0), (9, 0)], n=1)
    S = Synapses(A, B, "g : second\n" + STDP, on_pre="g = t - lastupdate", on_post="w = (t - lastupdate)/second")
    S.connect()
    M = StateMonitor(S, ["g", "w"], record=True, when="end")
    run(A, B, S, M)
    assert np.allclose(M.g_[0] * 1000, [0, 0, 0, 3, 3, 3, 3, 4, 4, 4])
    assert np.allclose(M.w[0] * 1000, [0] * 9 + [2])  # at step 7 the pre event has just been: 0


def test_lastupdate_may_be_a_parameter_of_ones_own() -> None:
    A, B = source([(2, 0), (6, 0)], n=1), NeuronGroup(1, "v : 1")
    code = "x = x*exp((lastupdate - t)/(5*ms)) + 1; lastupdate = t; v_post = x"
    S = Synapses(A, B, "x : 1\nlastupdate : second", on_pre=code)
    S.connect()
    run(A, B, S)
    assert B.v[0] == pytest.approx(1 + exp(-4 / 5), rel=1e-14)
    with pytest.raises(NameConflictError, match="lastupdate"):
        Synapses(A, B, STDP + "\nlastupdate : second")


# -- on the clock -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 3])
def test_clock_driven_variables_are_summed_before_the_neurons_are_updated(form: str, batch: int | None) -> None:
    A = source([(0, 0), (1, 1)], n=2)
    B = NeuronGroup(3, "dv/dt = total/ms : 1\ntotal : 1")
    B.total = 9
    S = Synapses(A, B, "dg/dt = -g/(2*ms) : 1\nw : 1\ntotal_post = w*g : 1 (summed)", on_pre="g += 1", name="S")
    S.connect("i == j or j == 0")
    S.w = [1, 10, 100]  # 0->0, 1->0, 1->1
    M = StateMonitor(B, ["v", "total"], record=True, when="end")
    run(A, B, S, M, steps=4, backend=form, batch=batch)
    # Step 0 sums 0 and then delivers; g halves with each step of Euler (dt/tau = 1/2), after it was summed.
    total = [[0, 1, 0.5 + 10, 0.25 + 5], [0, 0, 100, 50], [0, 0, 0, 0]]
    assert np.array_equal(M.total.reshape(-1, 3, 4)[-1], total)
    assert np.array_equal(M.v.reshape(-1, 3, 4)[0], np.cumsum(total, axis=1))


def test_sums_take_whole_numbers_and_truth_into_variables_of_any_kind() -> None:
    A = NeuronGroup(3, "v : 1\nn : integer")
    A.v, A.n = [0.5, 1.5, 2.5], [7, 8, 9]
    B = NeuronGroup(2, "inputs : 1\ncounted : integer\ncut : integer")
    S = Synapses(
        A,
        B,
        """inputs_post = int(v_pre > 1) : 1 (summed)
           counted_post = n_pre : integer (summed)
           cut_post = v_pre : 1 (summed)""",
    )
    S.connect()
    run(A, B, S, steps=1)
    assert B.inputs[:].tolist() == [2, 2]
    assert B.counted[:].tolist() == [24, 24]
    assert B.cut[:].tolist() == [4, 4]


def test_parts_of_one_group_are_summed_into_by_objects_of_their_own() -> None:
    A, B = NeuronGroup(1, "u : 1"), NeuronGroup(5, "v : 1")
    B.v = 7
    first, second_part = Synapses(A, B[:2], "v_post = 1 : 1 (summed)"), Synapses(A, B[2:4], "v_post = 1 : 1 (summed)")
    first.connect(n=2)
    second_part.connect()
    run(A, B, first, second_part, steps=1)
    assert B.v[:].tolist() == [2, 2, 1, 1, 7]


def test_constants_over_dt_are_computed_once_a_step_in_each_row() -> None:
    A = source([(1, 0), (1, 1)], n=2)
    B = NeuronGroup(2, "v : 1", name="B")
    S = Synapses(
        A, B, "held = v_post + i : 1 (constant over dt)\ns : 1", on_pre="v_post += 1; v_post += held", name="S"
    )
    S.connect("j == 0")
    net = Network(A, B, S, batch=2, dtype="float64")
    B.v = [[0, 0], [100, 0]]
    net.run(2 * ms)
    # Both synapses use the value from before the step: 0 + i and 100 + i.
    assert B.v[:].tolist() == [[2 + 0 + 1, 0], [100 + 2 + 100 + 101, 0]]


def test_noise_differs_between_synapses_and_rows_and_follows_the_seed() -> None:
    def noisy(batch: int | None, seed: int = 3) -> Any:
        A = NeuronGroup(4, "u : 1", name="A")
        S = Synapses(A, A, "dz/dt = -z/(10*ms) + 0.3*xi*ms**-0.5 : 1", name="S")
        S.connect("i != j")
        run(A, S, steps=400, batch=batch, seed=seed)
        return S.z[:]

    one, three = noisy(None), noisy(3)
    assert np.array_equal(one, three[0])
    assert len(np.unique(three)) == three.size == 36
    assert not np.array_equal(one, noisy(None, 4))
    assert 0.2 < np.std(three) < 1.2  # σ·sqrt(τ/2)/ms**0.5 = 0.67 in the long run


# -- batches ----------------------------------------------------------------------------------------------------------


def plastic(push: Any, batch: int | None, w: Any = "0.1*(1 + i)", **options: Any) -> Network:
    """Neurons with a push of their own, plastic synapses with delays."""
    A = NeuronGroup(4, "dv/dt = (push - v)/(4*ms) : 1\npush : 1", "euler", "v > 1", "v = 0", name="A")
    S = Synapses(
        A,
        A,
        """w : 1
           dg/dt = -g/(3*ms) : 1 (clock-driven)
           dx/dt = -x/(5*ms) : 1 (event-driven)""",
        on_pre="v_post += w; g += 1; x += 1; w += 0.01*g",
        on_post="w -= 0.004*x",
        name="S",
    )
    S.connect("i != j")
    net = Network(A, S, SpikeMonitor(A, name="M"), **{"dtype": "float64", **options}, batch=batch)
    A.push, S.w, S.delay, S.post.delay = push, w, "i*ms", "j*0.6*ms"
    net.run(30 * ms)
    return net


PUSHES = np.array([[1.2, 1.4, 1.7, 2.0], [0.5, 1.1, 1.3, 2.6], [3.0, 0.9, 1.05, 1.6]])


def test_rows_with_weights_of_their_own_are_networks_of_their_own() -> None:
    rows = plastic(PUSHES, 3, w=np.full((3, 12), 0.1) * np.array([[1], [2], [3]]))
    for row, push in enumerate(PUSHES):
        alone = plastic(push, None, w=0.1 * (row + 1))
        here = rows["M"].row == row
        assert len(alone["M"].i) > 20
        assert np.array_equal(rows["M"].i[here], alone["M"].i)
        assert np.array_equal(rows["M"].t_[here], alone["M"].t_)
        for name in ("g", "x", "w"):
            assert np.allclose(getattr(rows["S"], name)[:][row], getattr(alone["S"], name)[:], rtol=1e-13, atol=0), name


def test_traces_are_per_row_and_shared_weights_gather_the_changes_of_all_rows() -> None:
    A = NeuronGroup(3, "go : 1", threshold="abs(t - go*ms) < 0.1*ms", name="A")
    B = NeuronGroup(2, "v : 1\ngo : 1", threshold="abs(t - go*ms) < 0.1*ms", name="B")
    S = Synapses(A, B, STDP, on_pre="x += 1; w += 0.5*y; v_post += w", on_post="y += 1; w += 0.1*x", name="S")
    S.connect()
    net = Network(A, B, S, batch=2, dtype="float64")
    A.go, B.go = [[0, 1, 2], [3, 0, 9]], [[2, 4], [1, 3]]
    net.run(6 * ms)
    x, y, last = (np.zeros((2, 3, 2)) for _ in range(3))
    weight = np.zeros((3, 2))
    for step in range(6):
        for side, go in (("pre", A.go[:]), ("post", B.go[:])):
            change = np.zeros((3, 2))
            for row, i, j in np.ndindex(2, 3, 2):
                if go[row, i if side == "pre" else j] != step:
                    continue
                x[row, i, j] *= exp(-(step - last[row, i, j]) / 5)
                y[row, i, j] *= exp(-(step - last[row, i, j]) / 8)
                last[row, i, j] = step
                if side == "pre":
                    x[row, i, j] += 1
                    change[i, j] += 0.5 * y[row, i, j]
                else:
                    y[row, i, j] += 1
                    change[i, j] += 0.1 * x[row, i, j]
            weight += change
    assert weight.all()
    assert np.allclose(S.w[:].reshape(-1, 6)[0], weight.ravel(), rtol=1e-13, atol=0)
    assert np.allclose(S.x, x.reshape(2, 6), rtol=1e-13, atol=0)
    assert np.allclose(S.y, y.reshape(2, 6), rtol=1e-13, atol=0)


def test_single_precision_stays_close_to_double() -> None:
    double, single = plastic(PUSHES[0], None), plastic(PUSHES[0], None, dtype="float32")
    assert np.array_equal(double["M"].i, single["M"].i)
    for name in ("w", "g", "x"):
        assert np.allclose(getattr(double["S"], name), getattr(single["S"], name), rtol=2e-5, atol=1e-6), name


# -- mistakes ---------------------------------------------------------------------------------------------------------

MODELS: list[tuple[str, type[SpikeqError], str]] = [
    ("dx/dt = -x**2/ms : 1 (event-driven)", MethodError, "x"),
    ("da/dt = -a/ms : 1 (clock-driven)\ndx/dt = (a - x)/ms : 1 (event-driven)", ModelError, "clock-driven"),
    ("da/dt = -a/ms : 1 (event-driven)\ndx/dt = (a - x)/ms : 1", ModelError, "event-driven"),
    ("da/dt = -a/ms : 1 (event-driven)\nb = 2*a : 1\ndx/dt = (b - x)/ms : 1", ModelError, "event-driven"),
    ("dx/dt = -x/ms : 1 (event-driven, clock-driven)", ModelError, "x"),
    ("q_post = 1 : 1 (summed)", ModelError, "names no variable"),
    ("p = 1 : 1 (summed)", ModelError, "names no variable"),
    ("v_post = 1 : 1 (summed)", ModelError, "no plain parameter"),
    ("twice_post = 1 : 1 (summed)", ModelError, "no plain parameter"),
    ("fixed_post = 1 : 1 (summed)", ModelError, "no plain parameter"),
    ("p_post = 1*volt : volt (summed)", DimensionError, "volt"),
    ("p_post = 1*volt : 1 (summed)", DimensionError, "p_post"),
    ("p_post = 1 : 1 (summed)\np_pre = 1 : 1 (summed)", ModelError, "undo"),
    ("dp_post/dt = -p_post/ms : 1 (summed)", EquationSyntaxError, "summed"),
    ("p_post : 1 (summed)", EquationSyntaxError, "summed"),
    ("all = v_post : 1 (shared)", ModelError, "v_post differs"),
    ("all = p : 1 (shared)", ModelError, "p differs"),
    ("all = 2*j : 1 (shared)", ModelError, "j differs"),
    ("dx/dt = -x : 1 (event-driven)", DimensionError, "dx/dt"),
    ("dx/dt = -x/ms + xi*ms**-0.5 : 1 (event-driven)", MethodError, "x"),
]


@pytest.mark.parametrize(("model", "error", "message"), MODELS)
def test_models_that_cannot_be(model: str, error: type[SpikeqError], message: str) -> None:
    G = NeuronGroup(2, "dv/dt = -v/ms : 1\np : 1\ntwice = 2*p : 1\nfixed : 1 (constant)", threshold="v > 1")
    with pytest.raises(error, match=message) as caught:
        S = Synapses(G, G, model, on_pre="v_post += 1", name="links")
        S.connect()
        run(G, S)
    assert "links" in str(caught.value)


def test_two_objects_cannot_sum_into_the_same_neurons() -> None:
    A, B = NeuronGroup(1, "u : 1"), NeuronGroup(5, "v : 1")
    first, other = Synapses(A, B[:3], "v_post = 1 : 1 (summed)"), Synapses(A, B[2:], "v_post = 1 : 1 (summed)")
    first.connect()
    other.connect()
    with pytest.raises(UnsupportedError, match="the second would undo the first"):
        run(A, B, first, other)


def test_synapses_that_were_never_made_cannot_run() -> None:
    A = NeuronGroup(1, "v : 1", threshold="v > 1")
    S = Synapses(A, A, on_pre="v_post += 1")
    net = Network(A, S)
    with pytest.raises(ConnectionError, match="no synapses"):
        net.run(1 * ms)
    S.connect("i != j")  # none, but asked for
    net.run(1 * ms)
    assert net.t_ == 1e-3
