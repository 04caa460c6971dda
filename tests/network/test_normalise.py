"""Weights scaled to a total per neuron: by hand and against NumPy, in steps and after runs, lists, matrices, rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeq import (
    ClockError,
    ConnectionError,
    DimensionError,
    KindError,
    ModelError,
    Network,
    NeuronGroup,
    PoissonGroup,
    ShapeError,
    SpikeGeneratorGroup,
    SpikeMonitor,
    SpikeqError,
    StateMonitor,
    Synapses,
    UnknownNameError,
    ValueRangeError,
    network_operation,
)
from spikeq.units import Hz, ms, mV

FORMS = ("auto", "torch static")
MODEL = "w : 1\nx : 1"


def sums(S: Any, by: str = "post") -> Any:
    """The sum of absolute weights of each neuron, ``[n]`` or ``[batch, n]``."""
    n, ends = (len(S.target), S.j) if by == "post" else (len(S.source), S.i)
    rows = np.abs(np.atleast_2d(S.w_[:]))
    found = np.array([np.bincount(ends, row, minlength=n) for row in rows])
    return found if np.ndim(S.w_[:]) == 2 else found[0]


def scaled(w: Any, ends: Any, total: Any, n: int) -> Any:
    """What BindsNET's formula gives, one synapse after the other."""
    found = np.zeros(n)
    np.add.at(found, ends, np.abs(w))
    factor = np.where(found == 0, 1.0, np.broadcast_to(total, (n,)) / np.where(found == 0, 1.0, found))
    return w * factor[ends]


def still(n_pre: int = 4, n_post: int = 3, **options: Any) -> tuple[Network, Synapses]:
    """A network in which nothing else changes the weights."""
    pre = NeuronGroup(n_pre, "a : 1", name="pre")
    post = NeuronGroup(n_post, "budget : 1\ntwice = 2*budget : 1\nn : integer\nyes : boolean", name="cells")
    S = Synapses(pre, post, MODEL, name="links")
    return Network(pre, post, S, **{"dtype": "float64", "seed": 1, **options}), S


def learning(form: str, dense: bool, dtype: str = "float64", **options: Any) -> tuple[Network, Synapses]:
    inputs = PoissonGroup(6, rates=200 * Hz, name="inputs")
    cells = NeuronGroup(5, "dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cells")
    S = Synapses(inputs, cells, "w : 1", on_pre="v_post += w\nw += 0.01", on_post="w = clip(w + 0.1, 0, 1)", name="S")
    i, j = np.divmod(np.arange(30), 5)
    S.connect(**({} if dense else {"i": i, "j": j}))
    S.w = "0.1 + 0.01*i + 0.02*j"
    return Network(inputs, cells, S, dtype=dtype, backend=form, seed=2, **options), S


# -- at the end of a run, and at once ----------------------------------------------------------------------------------


def test_small_answers_by_hand() -> None:
    net, S = still(2, 3)
    S.connect(i=[0, 1, 1, 1], j=[0, 0, 1, 1])
    S.w = [1, 3, -2, 2]
    S.normalise("w", total=8)
    assert S.w_[:].tolist() == [1, 3, -2, 2]
    net.run(3 * ms)
    assert S.w_[:].tolist() == [2, 6, -4, 4]


def test_runs_end_with_the_totals_even_runs_of_no_step() -> None:
    net, S = learning("auto", dense=True)
    S.normalise("w", total=2.5)
    for duration in (20, 0, 7):
        net.run(duration * ms)
        np.testing.assert_allclose(sums(S), 2.5, rtol=1e-14)


@pytest.mark.parametrize("dense", [True, False])
@pytest.mark.parametrize("by", ["post", "pre"])
def test_at_once_is_numpy_bit_for_bit_before_and_after_a_run(dense: bool, by: str) -> None:
    net, S = still(7, 5)
    i, j = np.divmod(np.arange(35), 5)
    S.connect(**({} if dense else {"i": i, "j": j}))
    w = np.random.default_rng(3).normal(size=35)
    ends, n = (j, 5) if by == "post" else (i, 7)
    for time in (0, 5):
        net.run(time * ms)
        S.w = w
        S.normalise("w", total=78.4, by=by, when="now")
        np.testing.assert_array_equal(S.w_, scaled(w, ends, 78.4, n))
        S.normalise("w", np.arange(n), by=by).now()
        np.testing.assert_array_equal(S.w_, scaled(scaled(w, ends, 78.4, n), ends, np.arange(n), n))
    assert len(S.normalisers) == 2


def test_neurons_without_synapses_or_with_weights_of_zero_stay_as_they_are() -> None:
    net, S = still(3, 4)
    S.connect(i=[0, 1, 2], j=[0, 0, 2])
    S.w = [0, 0, 5]
    S.normalise("w", total=1, every=1)
    net.run(2 * ms)
    assert S.w_[:].tolist() == [0, 0, 1]


def test_several_synapses_of_a_pair_count_one_by_one() -> None:
    net, S = still(2, 2)
    S.connect(i=[0, 0, 1], j=[1, 1, 1])
    S.w = [1, 2, 5]
    S.normalise("w", 4.0, when="end of run")
    net.run(1 * ms)
    assert S.w_[:].tolist() == [0.5, 1, 2.5]


def test_weights_that_wait_for_random_numbers_are_drawn_with_the_seed_of_the_network() -> None:
    drawn = []
    for early in (True, False):
        net, S = still(seed=5)
        S.connect(p=0.7)
        S.w = "rand()"
        if early:
            S.target.budget = [1, 2, 3]
            S.normalise("w", "budget_post", when="now")
            S.target.budget = 9  # what was written later does not count
        net.run(1 * ms)
        drawn.append((S.w_[:], S.i[:], S.j[:]))
    (now, *_), (later, i, j) = drawn
    np.testing.assert_array_equal(now, scaled(later, j, [1, 2, 3], 3))


def test_a_stopped_run_ends_too_and_an_inactive_one_does_nothing() -> None:
    net, S = still()
    S.connect()
    S.w = 1
    one = S.normalise("w", total=2)
    one.active = False
    net.run(1 * ms)
    assert sums(S).tolist() == [4, 4, 4]
    one.active = True
    net.stop()
    net.run(1 * ms)
    assert sums(S).tolist() == [2, 2, 2]


# -- in the step -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("every", [4, 4 * ms])
def test_every_fourth_step(form: str, every: Any) -> None:
    pre, post = NeuronGroup(3, "a : 1"), NeuronGroup(2, "b : 1")
    S = Synapses(pre, post, "dw/dt = 1/ms : 1", method="euler")
    S.connect()
    S.normalise("w", total=3, every=every)
    trace = StateMonitor(S, "w", record=[0])
    net = Network(pre, post, S, trace, dtype="float64", backend=form)
    net.run(6 * ms)
    net.run(5 * ms)
    # every step adds 1; after the 4th and the 8th the three weights of each neuron are 1
    assert trace.w_[0].tolist() == [0, 1, 2, 3, 1, 2, 3, 4, 1, 2, 3]


@pytest.mark.parametrize("form", FORMS)
def test_it_stands_where_it_is_put(form: str) -> None:
    pre, post = NeuronGroup(1, "a : 1"), NeuronGroup(1, "b : 1")
    S = Synapses(pre, post, "w : 1", name="S")
    S.connect()
    S.w = 8
    S.run_regularly("w += 1", when="end", order=1)
    S.normalise("w", 3, every=2, when="end", order=2, name="second")
    S.normalise("w", 5, every=2, when="end", order=2, name="first")
    S.normalise("w", 1, every=2, when="before_end")
    net = Network(pre, post, S, dtype="float64", backend=form)
    tasks = [line for line in net.show("tasks").splitlines() if not line.startswith(" ")]
    assert [line.split()[2] for line in tasks] == ["S_normalise_w_2,", "S_run_regularly,", "first,", "second,"]
    net.run(2 * ms)
    assert S.w_[:].tolist() == [3]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("by", ["post", "pre"])
def test_with_plasticity_lists_and_matrices_agree_bit_for_bit(form: str, dtype: str, by: str) -> None:
    found = []
    for dense in (True, False):
        net, S = learning(form, dense, dtype)
        S.normalise("w", total=1.7, every=5, by=by)
        net.run(23 * ms)
        found.append(S.w_[:])
        net.run(2 * ms)
        np.testing.assert_allclose(sums(S, by), 1.7, rtol=1e-6 if dtype == "float32" else 1e-14)
    np.testing.assert_array_equal(*found)
    assert np.ptp(found[0]) > 0.01


def test_each_step_is_a_run_of_one_step() -> None:
    often, S = learning("auto", dense=True)
    S.normalise("w", total=2, every=1)
    often.run(40 * ms)
    single, T = learning("auto", dense=True)
    T.normalise("w", total=2)
    for _ in range(40):
        single.run(1 * ms)
    np.testing.assert_array_equal(S.w_, T.w_)


@pytest.mark.parametrize("dense", [True, False])
def test_it_does_what_scripts_for_brian2_do_in_a_network_operation(dense: bool) -> None:
    """Diehl and Cook (2015) scale the columns of the weight matrix in Python before each sample, here of 5 ms."""
    net, S = learning("auto", dense)
    S.normalise("w", total=2.5, every=5 * ms)
    spikes = SpikeMonitor(S.target)
    net.add(spikes)
    net.run(60 * ms)
    by_hand, T = learning("auto", dense)

    def scale_columns() -> None:
        if by_hand.t > 0 * ms:
            T.w = scaled(T.w_[:], T.j, 2.5, 5)

    others = SpikeMonitor(T.target)
    by_hand.add(network_operation(dt=5 * ms)(scale_columns), others)
    by_hand.run(60 * ms)
    scale_columns()  # the 12th sample ends where the run ends
    np.testing.assert_array_equal(S.w_[:], T.w_[:])
    np.testing.assert_array_equal(spikes.t_[:], others.t_[:])
    assert spikes.num_spikes > 20


@pytest.mark.parametrize("form", FORMS)
def test_totals_are_read_when_they_are_needed(form: str) -> None:
    net, S = still(backend=form)
    S.connect()
    S.w = "1 + i"
    S.target.run_regularly("budget += 1 + i")
    S.normalise("w", total="budget", every=3)
    net.run(3 * ms)
    np.testing.assert_allclose(sums(S), [3, 6, 9])
    S.normalisers[0].active = False
    S.normalise("w", total="twice_post")
    net.run(1 * ms)
    np.testing.assert_allclose(sums(S), [8, 16, 24])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dense", [True, False])
def test_parts_of_groups(form: str, dense: bool) -> None:
    whole = NeuronGroup(9, "budget : 1", name="whole")
    whole.budget = np.arange(9)
    S = Synapses(whole[1:4], whole[4:9], "w : 1")
    i, j = np.divmod(np.arange(15), 5)
    S.connect(**({} if dense else {"i": i, "j": j}))
    S.w = w = 1.0 + np.arange(15)
    net = Network(whole, S, dtype="float64", backend=form)
    S.normalise("w", total="budget", when="now")
    first = scaled(w, j, np.arange(4, 9), 5)
    np.testing.assert_array_equal(S.w_, first)
    S.normalise("w", total=[1, 2, 3], by="pre", every=1)
    S.normalise("w", total=[1, 2, 3, 4, 5])
    net.run(1 * ms)
    np.testing.assert_array_equal(S.w_, scaled(scaled(first, i, [1, 2, 3], 3), j, [1, 2, 3, 4, 5], 5))


def test_units() -> None:
    pre, post = NeuronGroup(2, "a : 1"), NeuronGroup(2, "most : volt")
    S = Synapses(pre, post, "w : volt")
    S.connect()
    S.w = "(1 + i)*mV"
    S.normalise("w", total=6 * mV, when="now")
    np.testing.assert_allclose(S.w / mV, [2, 2, 4, 4])
    post.most = [3, 9] * mV
    S.normalise("w", total="most", every=1)
    Network(pre, post, S, dtype="float64").run(1 * ms)
    np.testing.assert_allclose(S.w / mV, [1, 3, 2, 6])


@pytest.mark.parametrize("form", FORMS)
def test_steps_of_the_synapses_own_clock(form: str) -> None:
    pre, post = NeuronGroup(1, "a : 1", dt=0.1 * ms), NeuronGroup(1, "b : 1", dt=0.1 * ms)
    S = Synapses(pre, post, "dw/dt = 1/ms : 1", dt=0.5 * ms, method="euler")
    S.connect()
    S.normalise("w", total=1, every=2)
    trace = StateMonitor(S, "w", record=True, dt=0.1 * ms)
    Network(pre, post, S, trace, dtype="float64", backend=form).run(1.2 * ms)
    # the clock of 0.5 ms is due at 0, 0.5 and 1 ms; each time w grows by 0.5; the second time it becomes 1
    np.testing.assert_allclose(trace.w_[0], [0] + [0.5] * 5 + [1] * 5 + [1.5])


# -- batches -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dense", [True, False])
def test_shared_weights_are_scaled_once_and_rows_each_on_their_own(form: str, dense: bool) -> None:
    for every in (1, None):
        net, S = still(4, 3, batch=3, backend=form)
        i, j = np.divmod(np.arange(12), 3)
        S.connect(**({} if dense else {"i": i, "j": j}))
        S.w = w = 1.0 + np.arange(12)
        S.normalise("w", total=2, every=every)
        net.run(1 * ms)
        assert S.w_.shape == (12,)
        np.testing.assert_array_equal(S.w_, scaled(w, j, 2, 3))
        S.w_ = rows = np.random.default_rng(0).random((3, 12))
        S.target.budget = totals = np.arange(9.0).reshape(3, 3)
        S.normalise("w", total="budget", every=every, order=1)
        net.run(1 * ms)
        once = [scaled(row, j, 2, 3) for row in rows]
        np.testing.assert_array_equal(S.w_, [scaled(*one, 3) for one in zip(once, [j] * 3, totals, strict=True)])
        S.w_ = rows
        S.normalise("w", total="budget", when="now")
        np.testing.assert_array_equal(S.w_, [scaled(*one, 3) for one in zip(rows, [j] * 3, totals, strict=True)])


@pytest.mark.parametrize("every", [1, None])
def test_rows_that_share_weights_cannot_have_different_totals(every: int | None) -> None:
    net, S = still(batch=2)
    S.connect()
    S.w = 1
    S.target.budget = [[1], [2]]
    S.normalise("w", total="budget", every=every)
    with pytest.raises(ModelError, match="differs between the rows"):
        net.run(1 * ms)
    with pytest.raises(ModelError, match="differs between the rows"):
        S.normalisers[0].now()


def test_rows_learn_and_are_scaled_like_runs_of_their_own() -> None:
    spikes = SpikeGeneratorGroup(2, [0, 1, 0], [0, 1, 2] * ms, name="spikes")
    cells = NeuronGroup(1, "v : 1\ngain : 1", name="cells")
    S = Synapses(spikes, cells, "w : 1", on_pre="w += gain_post", name="S")
    S.connect()
    net = Network(spikes, cells, S, batch=2, dtype="float64")
    cells.gain = [[1], [3]]
    S.w_ = [[1, 1], [1, 1]]
    S.normalise("w", total=4, every=2)
    net.run(3 * ms)
    # row 0: 2,1 | 2,2 -> 2,2 | 3,2; row 1: 4,1 | 4,4 -> 2,2 | 5,2
    assert S.w_[:].tolist() == [[3, 2], [5, 2]]


def test_store_and_restore_count_steps_from_the_stored_time() -> None:
    net, S = learning("auto", dense=False)
    S.normalise("w", total=2, every=7)
    net.run(5 * ms)
    net.store()
    net.run(12 * ms)
    first = S.w_[:]
    net.restore(restore_random_state=True)
    net.run(12 * ms)
    np.testing.assert_array_equal(S.w_, first)


# -- mistakes ----------------------------------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, Any], type[SpikeqError], str]] = [
    ({"variable": "weight"}, UnknownNameError, "no variable 'weight'"),
    ({"variable": 3}, UnknownNameError, "no variable 3"),
    ({"variable": "budget_post"}, ModelError, "budget_post is not a variable of the synapses"),
    ({"variable": "delay"}, UnknownNameError, "no variable 'delay'"),
    ({"variable": "_delay_pre"}, UnknownNameError, "no variable"),
    ({"variable": "lastupdate"}, ModelError, "cannot be assigned to"),
    ({"variable": "n"}, KindError, "n is integer"),
    ({"variable": "yes"}, KindError, "yes is boolean"),
    ({"variable": "one"}, ModelError, "one is shared"),
    ({"variable": "sub"}, ModelError, "sub cannot be assigned to"),
    ({"variable": "trace"}, ModelError, "trace is event-driven"),
    ({"total": 3 * mV}, DimensionError, "total must be a plain number, as w is"),
    ({"total": -1}, ValueRangeError, "cannot have the sum -1"),
    ({"total": float("nan")}, ValueRangeError, "cannot have the sum nan"),
    ({"total": True}, KindError, "total must be a number"),
    ({"total": None}, KindError, "None is not a number"),
    ({"total": [1, 2]}, ShapeError, r"total has the shape \[2\], but cells has 3"),
    ({"total": "budgte"}, UnknownNameError, "Did you mean 'budget'"),
    ({"total": "volts"}, DimensionError, "but volts is in volt"),
    ({"total": "refuses"}, KindError, "refuses is boolean"),
    ({"every": 0}, ValueRangeError, "every must be positive"),
    ({"every": -3 * ms}, ValueRangeError, "every must be positive"),
    ({"every": 2.5}, KindError, "a whole number of steps or a time"),
    ({"every": "2*ms"}, KindError, "a whole number of steps or a time"),
    ({"every": True}, KindError, "a whole number of steps or a time"),
    ({"every": 3 * mV}, DimensionError, "every must be a time"),
    ({"every": 1.5 * ms}, ClockError, "no whole number of steps"),
    ({"every": 10**40}, ClockError, "more steps than can be counted"),
    ({"by": "target"}, UnknownNameError, "by must be 'post' or 'pre'"),
    ({"when": "start"}, ModelError, "every= does not say in which steps"),
    ({"when": "now", "every": 2}, ModelError, "contradict"),
    ({"when": "noon", "every": 2}, UnknownNameError, "no slot 'noon'"),
    ({"order": 1.5}, KindError, "order must be a whole number"),
    ({"name": "a b"}, SpikeqError, "cannot be a name"),
]


@pytest.mark.parametrize(("wrong", "error", "message"), WRONG)
def test_mistakes(wrong: dict[str, Any], error: type[SpikeqError], message: str) -> None:
    cells = NeuronGroup(3, "budget : 1\nvolts : volt\nrefuses : boolean", threshold="budget > 9", name="cells")
    model = (
        "w : 1\nn : integer\nyes : boolean\none : 1 (shared)\nsub = 2*w : 1\ndtrace/dt = -trace/ms : 1 (event-driven)"
    )
    S = Synapses(cells, cells, model, on_pre="w += trace", name="S")
    S.connect()
    Network(cells, S)
    with pytest.raises(error, match=message):
        S.normalise(**{"variable": "w", "total": 1, **wrong})
    assert S.normalisers == []


def test_mistakes_that_only_a_run_can_know() -> None:
    net, S = still()
    with pytest.raises(ConnectionError, match="no synapses"):
        S.normalise("w", total=1, when="now")
    S.connect()
    late = Synapses(S.source, S.target, "w : 1 (constant)", name="late")
    late.connect()
    late.w = 1
    late.normalise("w", total=1, every=0.25 * ms)
    net.add(late)
    with pytest.raises(ModelError, match="declared .constant."):
        net.run(1 * ms)
    late.normalisers.clear()
    late.normalise("w", total=1)
    net.run(1 * ms)
    assert late.w_[:].tolist() == [0.25] * 12


def test_a_time_is_checked_with_the_step_that_the_network_brings() -> None:
    pre = NeuronGroup(1, "a : 1")
    S = Synapses(pre, pre, "w : 1", name="S")
    S.connect()
    S.normalise("w", total=1, every=0.25 * ms)
    with pytest.raises(ClockError, match="no whole number of steps of 0.1 s"):
        Network(pre, S, dt=100 * ms).run(1 * ms)


def test_what_a_total_after_a_run_may_not_read() -> None:
    cells = NeuronGroup(2, "noise = 1 + rand() : 1 (constant over dt)", threshold="i == 0", refractory=2 * ms, name="G")
    S = Synapses(cells, cells, "w : 1\ntimes : second", name="S")
    S.connect()
    S.w, S.times = 1, 1 * ms
    S.normalise("times", total="lastspike")
    net = Network(cells, S)
    with pytest.raises(ModelError, match="spike times"):
        net.run(1 * ms)
    S.normalisers.clear()
    S.normalise("w", total="noise")
    net.run(1 * ms)
    np.testing.assert_allclose(sums(S), cells.noise_[:], rtol=1e-6)
    S.normalise("times", total="lastspike", every=1)
    net.run(3 * ms)
    # in step 1 the last spike of neuron 0 was at 0 s; neuron 1 had none, which counts as long before 0 s
    assert S.times_[:].tolist() == pytest.approx([0, 0.001, 0, 0.001])
