"""A delay for each synapse: rounded, ordered, kept over changes, runs and snapshots; by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, Synapses, ms, second, volt
from spikeq.errors import (
    DimensionError,
    KindError,
    ShapeError,
    SpikeqError,
    UnknownNameError,
    UnsupportedError,
    ValueRangeError,
)

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


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("trigger", ["pre", "post"])
def test_each_synapse_has_its_own_delay(trigger: str, batch: int | None) -> None:
    A = NeuronGroup(3, "v : 1\ngo : 1", threshold="abs(t - go*ms) < 0.1*ms")
    B = NeuronGroup(4, "v : 1\ngo : 1", threshold="abs(t - go*ms) < 0.1*ms")
    A.go, B.go = [1, 2, 4], [0, 1, 1, 5]
    code = {"pre": "v_post += w", "post": "v_pre += w"}[trigger]
    S = Synapses(A, B, "w : 1", **{f"on_{trigger}": code})
    S.connect("(i + j) % 4 != 2")
    S.w = "2**i*10**j"
    path = getattr(S, trigger)
    path.delay = "i*1.5*ms + j*ms"
    events, reached = (A, B) if trigger == "pre" else (B, A)
    M = StateMonitor(reached, "v", record=True, when="end")
    run(A, B, S, M, steps=12, batch=batch)
    expected = np.zeros((len(reached), 12))
    for i, j, w in zip(S.i[:], S.j[:], S.w[:].reshape(-1, len(S))[0], strict=True):
        begin = events.go[:].reshape(-1, len(events))[0][i if trigger == "pre" else j]
        step = int(begin) + int((i * 1.5 + j) / 1 + 0.5)
        expected[j if trigger == "pre" else i, step:] += w
    assert np.array_equal(M.v.reshape(-1, len(reached), 12)[-1], expected)


def test_events_that_arrive_together_run_in_the_order_of_their_emission() -> None:
    A, B = source([(0, 2), (1, 1), (2, 0), (2, 2)], n=3), NeuronGroup(1, "v : 1")
    S = Synapses(A, B, on_pre="v_post = 10*v_post + i + 1")
    S.connect(i=[2, 0, 1, 2], j=0)
    S.delay = [1, 0, 1, 2] * ms
    M = StateMonitor(B, "v", record=True, when="end")
    run(A, B, S, M, steps=5)
    # step 1: 2 (delay 1). step 2: 2 (emitted at 0), 1 (at 1), 0 (at 2). step 3: 2. step 4: 2.
    assert M.v[0].tolist() == [0, 3, 3321, 33213, 332133]


def test_the_first_number_of_a_pathway_is_its_order_and_pre_comes_before_post() -> None:
    A, B = source([(0, 0), (3, 0)], n=1), source([(2, 0), (3, 0)], n=1)
    S = Synapses(A, B, "log_value : 1", on_pre="log_value = 10*log_value + 1", on_post="log_value = 10*log_value + 2")
    S.connect()
    S.delay = [2] * ms
    early = Synapses(
        A, B, "log_value : 1", on_pre="log_value = 10*log_value + 1", on_post="log_value = 10*log_value + 2"
    )
    early.connect()
    early.post.order = -2
    run(A, B, S, early, steps=6)
    assert S.log_value[:].tolist() == [1221]
    assert early.log_value[:].tolist() == [1 * 1000 + 221]


def test_what_is_on_its_way_keeps_its_time_when_delays_change() -> None:
    A, B = source([(0, 0), (4, 0), (9, 0)], n=1), NeuronGroup(2, "v : 1")
    S = Synapses(A, B, on_pre="v_post += 1", delay=6 * ms)
    S.connect()
    M = StateMonitor(B, "v", record=True, when="end")
    net = Network(A, B, S, M)
    net.run(3 * ms)
    S.delay = [1, 5] * ms  # the spike of step 0 still arrives at step 6, at both
    net.run(4 * ms)
    S.delay = 2 * ms  # the spike of step 4 is on its way to synapse 1
    net.run(7 * ms)
    assert np.flatnonzero(np.diff(M.v[0], prepend=0)).tolist() == [5, 6, 11]
    assert np.flatnonzero(np.diff(M.v[1], prepend=0)).tolist() == [6, 9, 11]


def test_what_is_on_its_way_keeps_its_time_when_dt_changes() -> None:
    A, B = source([(0, 0)], n=1), NeuronGroup(4, "v : 1\nat : second")
    S = Synapses(A, B, on_pre="v_post += 1; at_post = t")
    S.connect()
    S.delay = "2*ms + 2*j*ms"
    net = Network(A, B, S)
    for dt, length in ((1, 4), (2, 4), (0.5, 3)):
        net.clock.dt = dt * ms
        net.run(length * ms)
    assert B.v[:].tolist() == [1, 1, 1, 1]
    assert np.allclose(B.at_ * 1000, [2, 4, 6, 8])


@pytest.mark.parametrize("batch", [None, 2])
def test_spikes_on_their_way_are_kept_and_given_back(batch: int | None) -> None:
    def network() -> Network:
        A, B = source([(0, 0), (1, 1), (3, 0)], n=2, name="A"), NeuronGroup(3, "v : 1", name="B")
        S = Synapses(A, B, STDP, on_pre="v_post += w + x; x += 1", name="S")
        S.connect()
        S.w = "1 + i + 10*j"
        return Network(A, B, S, dtype="float64", batch=batch)

    net = network()
    net["S"].delay = "1*ms + 2*j*ms"
    net.run(4 * ms)
    net.store("here")
    state = net.state_dict()
    net.run(6 * ms)
    expected = net["B"].v[:].copy()
    net["S"].delay = 1 * ms
    net.run(2 * ms)  # a queue that is empty holds spikes again, not synapses
    net.restore("here")
    net.run(6 * ms)
    assert np.array_equal(net["B"].v, expected)
    other = network()  # with one delay for all synapses
    other.load_state_dict(state)
    other.run(6 * ms)
    assert np.array_equal(other["B"].v, expected)
    assert np.array_equal(other["S"].delay_, [1e-3, 3e-3, 5e-3] * 2)


def test_delays_read_and_take_numbers_without_a_unit() -> None:
    A = NeuronGroup(2, "v : 1", threshold="v > 1")
    S = Synapses(A, A, on_pre="v_post += 1", on_post={"back": "v_pre += 1"}, delay=2 * ms)
    S.connect()
    assert S.delay_ == 2e-3 and S.delay == 2 * ms
    S.delay_ = 3e-3
    assert S.pre.delay_ == 3e-3
    S.delay = "(i + 2*j)*ms"
    assert np.allclose(S.delay_, [0, 2e-3, 1e-3, 3e-3])
    S.delay_ = [0, 1e-3, 0, 1e-3]
    S.back.delay_ = [0, 0, 0.001, 0.002]
    assert np.array_equal(S.delay_, [0, 1e-3, 0, 1e-3])
    assert np.array_equal(S.back.delay / ms, [0, 0, 1, 2])


@pytest.mark.parametrize(
    ("value", "error"),
    [
        (2, DimensionError),
        (2 * volt, DimensionError),
        ([1, 2] * volt, DimensionError),
        ("i", DimensionError),
        ("i*volt", DimensionError),
        ("unknown*ms", UnknownNameError),
        ([1, 2, 3] * ms, ShapeError),
        ([], (DimensionError, ShapeError)),
        (-1 * ms, ValueRangeError),
        ([1, -1, 1, 1] * ms, ValueRangeError),
        ("(i - 1)*ms", ValueRangeError),
        ([1, float("nan"), 1, 1] * ms, ValueRangeError),
        (float("inf") * ms, ValueRangeError),
    ],
)
def test_delays_that_cannot_be(value: Any, error: type[SpikeqError]) -> None:
    A = NeuronGroup(2, "v : 1", threshold="v > 1")
    S = Synapses(A, A, on_pre="v_post += 1", name="links")
    S.connect()
    with pytest.raises(error, match="links"):
        S.delay = value
        run(A, S)


@pytest.mark.parametrize("value", ["1*ms", [1, 2] * ms])
def test_one_delay_for_all_is_one_time(value: Any) -> None:
    A = NeuronGroup(2, "v : 1", threshold="v > 1")
    with pytest.raises(KindError, match="one time"):
        Synapses(A, A, on_pre="v_post += 1", delay=value)


def test_delays_of_single_synapses_run_only_where_events_are_lists() -> None:
    A, B = source([(0, 0)]), NeuronGroup(2, "v : 1")
    S = Synapses(A, B, on_pre="v_post += 1")
    S.connect()
    S.delay = "j*ms"
    net = Network(A, B, S, backend="torch static")
    with pytest.raises(UnsupportedError, match="delays of their own run only on the CPU"):
        net.run(3 * ms)
    S.delay = "1*ms"  # the same for each: one delay
    net.run(3 * ms)
    assert B.v[:].tolist() == [1, 1]


def test_an_unknown_pathway_is_named() -> None:
    A = NeuronGroup(1, "v : 1", threshold="v > 1")
    S = Synapses(A, A, on_post="v_pre += 1")
    with pytest.raises(UnknownNameError, match="no pathway 'pre'"):
        S.delay = 1 * ms
    assert S.post.delay == 0 * second


def test_parts_of_groups_choose_synapses() -> None:
    A, B = NeuronGroup(5, "v : 1", threshold="v > 1"), NeuronGroup(4, "u : 1")
    S = Synapses(A[1:], B, "w : 1", on_pre="u_post += w")
    S.connect()
    S.w[A[2:4], B[3:]] = 1
    S.delay[A[:2], :] = 3 * ms  # of which neuron 1 is the source's first
    assert [(i, j) for i, j, w in zip(S.i[:], S.j[:], S.w[:], strict=True) if w] == [(1, 3), (2, 3)]
    assert np.flatnonzero(S.delay_).tolist() == [0, 1, 2, 3]
    with pytest.raises(KindError, match="is not an index"):
        S.w[B[1:], :]


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize(
    "forms", [("auto", "torch static"), ("torch static", "auto"), ("torch static", "torch static")]
)
@pytest.mark.parametrize("by_state", [False, True])
def test_spikes_on_their_way_go_from_one_form_of_the_backend_to_the_other(
    forms: tuple[str, str], by_state: bool, batch: int | None
) -> None:
    """A network may go from the GPU, whose queues hold masks, to the CPU, whose queues hold lists."""

    def build(form: str) -> tuple[Network, NeuronGroup]:
        A, B = source([(0, 2), (1, 1), (2, 0), (2, 2)], n=3), NeuronGroup(2, "v : 1")
        S = Synapses(A[1:3], B, on_pre="v_post += 10**i", delay=5 * ms)
        S.connect()
        net = Network(A, B, S, dtype="float64", backend=form, batch=batch)
        return net, B

    net, B = build(forms[0])
    net.run(4 * ms)
    if by_state:
        state = net.state_dict()
        net, B = build(forms[1])
        net.load_state_dict(state)
    net.backend = forms[1]
    net.run(2 * ms)
    assert np.all(B.v_ == 10)
    net.run(4 * ms)
    assert np.all(B.v_ == 21)


def test_delays_that_become_different_are_refused_before_masks_are_expanded() -> None:
    A, B = source([(0, 2)], n=3), NeuronGroup(2, "v : 1")
    S = Synapses(A, B, on_pre="v_post += 1", delay=5 * ms)
    S.connect()
    net = run(A, B, S, steps=2, backend="torch static")
    S.delay = "j*ms"
    with pytest.raises(UnsupportedError, match="delays of their own"):
        net.run(4 * ms)


@pytest.mark.parametrize("form", ["auto", "torch static"])
@pytest.mark.parametrize("batch", [None, 2])
def test_a_spike_that_catches_up_with_an_earlier_one_runs_the_code_again(form: str, batch: int | None) -> None:
    A, B = SpikeGeneratorGroup(2, [0, 1, 0], [8, 9, 12] * ms), NeuronGroup(1, "v : 1")
    S = Synapses(A, B, "x : 1 (per row)\nseen : integer (per row)", on_pre="v_post += 1; x += 1; seen = 3*seen + i + 1")
    S.connect()
    S.delay = 7 * ms
    net = Network(A, B, S, backend=form, dtype="float64", batch=batch)
    net.run(10 * ms)
    S.delay = 3 * ms
    net.run(10 * ms)
    assert np.array_equal(np.broadcast_to([3.0], B.v[:].shape), B.v[:])
    assert np.array_equal(np.broadcast_to([2.0, 1.0], S.x[:].shape), S.x[:])
    assert np.array_equal(np.broadcast_to([4, 2], S.seen[:].shape), S.seen[:])


def test_so_it_does_where_each_synapse_has_a_delay_of_its_own() -> None:
    A, B = SpikeGeneratorGroup(1, [0, 0], [8, 12] * ms), NeuronGroup(2, "v : 1")
    S = Synapses(A, B, "x : 1", on_pre="v_post += 1; x += v_post")
    S.connect()
    S.delay = [7, 8] * ms
    net = Network(A, B, S, dtype="float64")
    net.run(10 * ms)
    S.delay = [3, 5] * ms
    net.run(10 * ms)
    assert B.v[:].tolist() == [2, 2]
    assert S.x[:].tolist() == [1 + 2, 1 + 2]
