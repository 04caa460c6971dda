"""Declared bounds: what a block of code leaves behind lies between them, and nothing begins outside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq.errors import (
    DimensionError,
    KindError,
    ModelError,
    SpikeqError,
    UnknownNameError,
    ValueRangeError,
)

FORMS = ("auto", "torch static")
MODEL = """w : volt
w_max : volt
top : volt (shared)
n : integer
flag : boolean
fixed : volt (constant)
twice = 2*w : volt
dx/dt = -x/(10*ms) : 1 (event-driven)"""


def pair(bounds: Any, model: str = MODEL, on_pre: str = "w += 0.3*mV", **options: Any) -> tuple[Any, Any]:
    """Two neurons that spike in every step, four synapses; the network and the synapses."""
    G = sq.NeuronGroup(2, "v : volt\ngain : 1", threshold="True", name="G")
    S = sq.Synapses(G, G, model, on_pre=on_pre, bounds=bounds, name="S", **options)
    S.connect()
    return G, S


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "upper", [1 * sq.mV, "1*mV", "limit", "limit/2 + 0.5*mV", "top", "w_max", "w_max - limit + top", None]
)
def test_numbers_names_and_expressions(upper: Any, dtype: str, batch: int | None, form: str) -> None:
    limit = 1 * sq.mV  # noqa: F841  (read by the string)
    G, S = pair({"w": (0, upper)})
    net = sq.Network(G, S, batch=batch, dtype=dtype, backend=form)
    S.top, S.w_max = 1 * sq.mV, [1, 0.5, 0.25, 2] * sq.mV
    S.w = [0, 0.1, 0.2, 0] * sq.mV
    net.run(6 * sq.ms)
    highest = np.array([1, 0.5, 0.25, 2]) if "w_max" in str(upper) else np.full(4, np.inf if upper is None else 1.0)
    expected = np.minimum(np.array([0, 0.1, 0.2, 0]) + 0.3 * 6 * (batch or 1), highest)
    assert np.allclose(S.w_, expected / 1000, rtol=1e-6 if dtype == "float32" else 1e-12)
    assert S.bounds == {"w": (0, upper)}


@pytest.mark.parametrize("form", FORMS)
def test_bounds_follow_the_sum_of_all_rows(form: str) -> None:
    """Rows that would lower a weight count, although others alone would carry it beyond its bound."""
    G, S = pair({"w": (-1, 1)}, "w : 1", "w += gain_pre")
    net = sq.Network(G, S, batch=3, dtype="float64", backend=form)
    G.gain = [[5, 0.25], [-4.5, 0], [0, 0.5]]
    net.run(1 * sq.ms)
    assert np.array_equal(S.w_, [0.5, 0.5, 0.75, 0.75])
    net.run(1 * sq.ms)
    assert np.array_equal(S.w_, [1, 1, 1, 1])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 2])
def test_every_block_ends_within_the_bounds(batch: int | None, form: str) -> None:
    """At events, after equations and in what runs regularly; statements inside a block are free."""
    model = """w : 1 (per row)
free : 1 (per row)
n : integer (per row)
dx/dt = 1/ms : 1 (event-driven)
dy/dt = 1/ms : 1 (clock-driven)"""
    G = sq.NeuronGroup(1, "v : 1", threshold="t_in_timesteps % 4 == 3")
    bounds = {"w": (0, 2), "x": (-1, 3), "y": (0, 2.5), "n": (None, 2)}
    S = sq.Synapses(G, G, model, on_pre="w += 5; free = w; w -= 4; n += 7", bounds=bounds, name="S")
    S.connect()
    S.run_regularly("w += 0.5; free += 1", dt=2 * sq.ms)
    trace = sq.StateMonitor(S, ["w", "x", "y", "free", "n"], record=True, when="end")
    net = sq.Network(G, S, trace, batch=batch, dtype="float64", backend=form)
    net.run(8 * sq.ms)
    row = (0,) if batch is None else (0, 0)
    assert trace.w[row].tolist() == [0.5, 0.5, 1, 2, 2, 2, 2, 2]
    assert trace.free[row].tolist() == [1, 1, 2, 6, 7, 7, 8, 7]
    assert trace.y[row].tolist() == [1, 2, 2.5, 2.5, 2.5, 2.5, 2.5, 2.5]
    assert trace.x[row].tolist() == [0, 0, 0, 3, 3, 3, 3, 3]  # stale between events
    assert trace.n[row].tolist() == [0, 0, 0, 2, 2, 2, 2, 2]


@pytest.mark.parametrize("batch", [None, 2])
def test_blocks_that_run_one_by_one(batch: int | None) -> None:
    G, S = pair({"w": (0, 0.75)}, "w : 1", "v_post = v_post/2 + w*volt; w += 0.5")
    sq.Network(G, S, batch=batch, dtype="float64").run(2 * sq.ms)
    assert np.array_equal(S.w_, [0.75] * 4)
    first = 0.5 if batch is None else 0.75
    assert np.all(G.v_ == first / 2 + first)


def test_bounds_of_a_value_by_row_may_differ_by_row() -> None:
    top = np.array([[1.0], [2.0]])
    for flag in (" (per row)", ""):
        G, S = pair({"w": (0, "top")}, f"w : 1{flag}", "w += 1.5")
        net = sq.Network(G, S, batch=2)
        if flag:
            net.run(3 * sq.ms, namespace={"top": top})
            assert np.array_equal(S.w_, [[1] * 4, [2] * 4])
        else:
            with pytest.raises(ModelError, match="shared by the rows"):
                net.run(3 * sq.ms, namespace={"top": top})


@pytest.mark.parametrize(
    ("value", "match"),
    [
        (1.5, r"S\.w of synapse 0 is 1\.5, above its upper bound 1"),
        ([0, 0, -0.5, 0], r"S\.w of synapse 2 is -0\.5, below its lower bound 0"),
        ("i*2", r"S\.w of synapse 2 is 2, above"),
        ("rand() + 1", "above its upper bound"),
    ],
)
def test_a_run_does_not_begin_outside(value: Any, match: str) -> None:
    G, S = pair({"w": (0, 1)}, "w : 1", "w += 0.25")
    net = sq.Network(G, S, seed=1)
    S.w = value
    with pytest.raises(ValueRangeError, match=match):
        net.run(1 * sq.ms)
    S.w = "clip(w, 0, 1)"
    net.run(1 * sq.ms)
    state = net.state_dict()
    state["S.w"] = state["S.w"] + 2
    net.load_state_dict(state)
    with pytest.raises(ValueRangeError, match="above its upper bound"):
        net.run(1 * sq.ms)


def test_a_value_by_row_outside_is_named_with_its_row() -> None:
    G, S = pair({"w": (0, 1)}, "w : 1 (per row)", "w += 0.25")
    net = sq.Network(G, S, batch=2)
    S.w = [[0.5] * 4, [0.5, 0.5, 0.5, 3]]
    with pytest.raises(ValueRangeError, match="synapse 3 in row 1 is 3"):
        net.run(1 * sq.ms)


@pytest.mark.parametrize("what", ["w", "w as a string", "top", "crossed"])
def test_assignments_during_a_run(what: str) -> None:
    G, S = pair({"w": ("low", "top")}, "w : 1\ntop : 1 (shared)\nlow : 1 (shared)", "w += 0.125")
    S.top = 1

    @sq.network_operation(dt=2 * sq.ms)
    def change() -> None:
        if net.t_ < 0.001:
            return
        match what:
            case "w":
                S.w = 2
            case "w as a string":
                S.w = "w + 1"
            case "top":
                S.top = 0.125
            case _:
                S.low = 2

    net = sq.Network(G, S, change)
    with pytest.raises(ValueRangeError, match="crossed|is above|above its upper bound"):
        net.run(5 * sq.ms)
    assert net.t_ < 0.003


def test_bounds_may_change_between_and_during_runs() -> None:
    G, S = pair({"w": (0, "top")}, "w : 1\ntop : 1 (shared)", "w += 1")
    S.top = 1.5

    @sq.network_operation(dt=10 * sq.ms, when="end")
    def raise_top() -> None:
        S.top = 4

    net = sq.Network(G, S)
    net.run(3 * sq.ms)
    assert np.all(S.w_ == 1.5)
    net.add(raise_top)
    net.run(12 * sq.ms)
    assert np.all(S.w_ == 4)


@pytest.mark.parametrize(
    ("bounds", "error", "match"),
    [
        ([("w", 0, 1)], KindError, "bounds must be a dictionary, not list"),
        ({"w": 3}, KindError, "must be two values, not 3"),
        ({"w": (1, 2, 3)}, KindError, "must be two values"),
        ({"q": (0, 1)}, UnknownNameError, "names 'q'"),
        ({"v": (0, 1)}, UnknownNameError, "names 'v'"),
        ({"lastupdate": (0, 1)}, UnknownNameError, "names 'lastupdate'"),
        ({4: (0, 1)}, UnknownNameError, "names 4"),
        ({"fixed": (0, 1)}, ModelError, "fixed cannot have bounds"),
        ({"top": (0, 1)}, ModelError, "top cannot have bounds: it is nothing that code changes"),
        ({"twice": (0, 1)}, ModelError, "twice cannot have bounds"),
        ({"flag": (False, True)}, ModelError, "it is a truth value"),
        ({"w": (0, 1)}, DimensionError, "w is in volt, but its upper bound is a plain number"),
        ({"w": (0, 1 * sq.nA)}, DimensionError, "upper bound is in amp"),
        ({"x": (0 * sq.mV, 1)}, DimensionError, "x is a plain number, but its lower bound is in volt"),
        ({"w": (1 * sq.mV, -1 * sq.mV)}, ValueRangeError, "lower bound of w, 0.001, is above the upper, -0.001"),
        ({"w": (0, float("nan"))}, KindError, "upper bound of w must be a number"),
        ({"w": (True, None)}, KindError, "lower bound of w must be a number"),
        ({"w": (0, [1, 2] * sq.mV)}, KindError, "For a bound of each synapse name a parameter"),
        ({"n": (0, 1.5)}, KindError, "n is an integer"),
        ({"w": (0, "1 +")}, SpikeqError, "bounds of w"),
        ({"w": (0, "rand()*volt")}, ModelError, "cannot be random"),
        ({"w": (0, "v_post")}, ModelError, "cannot read v_post"),
        ({"w": (0, "t*volt/second")}, ModelError, "cannot read t"),
        ({"w": (0, "twice")}, ModelError, "cannot read twice"),
        ({"w": (0, "x*volt")}, ModelError, "cannot read x"),
    ],
)
def test_wrong_bounds_are_refused_at_once(bounds: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        pair(bounds)


SLOW = sq.TimedArray([1, 2] * sq.mV, dt=1 * sq.ms)


@pytest.mark.parametrize(
    ("bounds", "on_pre", "error", "match"),
    [
        ({"w": (0, "limit")}, "w += 1*mV", UnknownNameError, "limit"),
        ({"w": (0, "ohm")}, "w += 1*mV", DimensionError, "ohm"),
        ({"w": (0, "w_max > top")}, "w += 1*mV", SpikeqError, "bounds of w"),
        ({"w": (0, "w_max")}, "w += 1*mV; w_max += 1*mV", ModelError, "code changes it"),
        ({"w": (0, "w")}, "w += 1*mV", ModelError, "code changes it"),
        ({"w": (0, "SLOW(1*ms)")}, "w += 1*mV", ModelError, "changes with time"),
        ({"w": ("w_max", 0)}, "w += 1*mV", ValueRangeError, "lower bound of w, 0.002, is above the upper, 0"),
        ({"w": (0, "far")}, "w += 1*mV", ValueRangeError, "A bound of w is NaN|NaN"),
        ({"n": (0, "real_top")}, "n += 1", KindError, "n is an integer"),
    ],
)
def test_wrong_bounds_are_refused_before_a_run(bounds: Any, on_pre: str, error: type[Exception], match: str) -> None:
    G, S = pair(bounds, on_pre=on_pre)
    S.w_max = "2*mV*int(i == j)"
    net = sq.Network(G, S)
    with pytest.raises(error, match=match):
        net.run(1 * sq.ms, namespace={"SLOW": SLOW, "far": float("nan") * sq.mV, "real_top": 2.5})


def test_an_open_side_has_no_bound() -> None:
    G, S = pair({"w": (None, None), "n": (-3, None)}, "w : 1\nn : integer", "w -= 1e30; n -= 1")
    sq.Network(G, S, dtype="float64").run(5 * sq.ms)
    assert np.allclose(S.w_, -5e30) and np.all(S.n_ == -3)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("flag", ["", " (per row)"])
@pytest.mark.parametrize("every", [2, None])
def test_normalised_weights_stay_within(every: int | None, flag: str, form: str) -> None:
    G, S = pair({"w": (0, "top")}, f"w : 1{flag}\ntop : 1", "w += 0")
    net = sq.Network(G, S, batch=2, backend=form)
    S.w, S.top = [1, 1, 3, 1], 3
    S.normalise("w", total=6, every=every)
    net.run(2 * sq.ms)
    assert np.array_equal(S.w_, np.broadcast_to([1.5, 3, 3, 3], S.w.shape))  # 4.5 is above its bound
    assert S.w.shape == ((2, 4) if flag else (4,)) and S.reductions == ({} if flag else {"w": "sum"})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_values_on_their_bounds_lie_within(dtype: str) -> None:
    """In single precision too, where neither 0.1 nor 0.3 is a number."""
    low = 0.1  # noqa: F841  (read by the string)
    G, S = pair({"w": ("low", 0.3)}, "w : 1", "w += 0")
    net = sq.Network(G, S, dtype=dtype)
    S.w = [0.1, 0.3, 0.1 + 1e-3, 0.3 - 1e-3]
    net.run(1 * sq.ms)
    net.run(1 * sq.ms)
    S.w = 0.3 + 1e-4
    with pytest.raises(ValueRangeError):
        net.run(1 * sq.ms)
