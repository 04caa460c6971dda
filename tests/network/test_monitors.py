"""What monitors keep, and when."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spikeq import (
    EventMonitor,
    Network,
    NeuronGroup,
    PopulationRateMonitor,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    ms,
)
from spikeq.errors import KindError, ShapeError, UnknownAttributeError
from spikeq.network.running import AheadRunner

FORMS = ("auto", "torch static")


def counter(n: int = 4) -> NeuronGroup:
    """Neuron i spikes in the steps that i + 1 divides; v counts the steps, n its spikes."""
    G = NeuronGroup(n, "v : 1\nn : integer\nlate = 2*v : 1", threshold="t_in_timesteps % (i + 1) == 0", reset="n += 1")
    G.run_regularly("v += 1", when="groups")
    return G


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("when", "v", "n"),
    [("start", [0, 1, 2], [0, 1, 2]), ("after_groups", [1, 2, 3], [0, 1, 2]), ("end", [1, 2, 3], [1, 2, 3])],
)
def test_a_state_monitor_sees_the_state_at_its_slot(form: str, when: str, v: list[int], n: list[int]) -> None:
    G = counter(1)
    M = StateMonitor(G, ["v", "n", "late"], record=True, when=when)
    Network(G, M, backend=form).run(3 * ms)
    assert np.array_equal(M.v[0], v) and np.array_equal(M.n[0], n) and np.array_equal(M.late[0], 2 * np.array(v))


@pytest.mark.parametrize("form", FORMS)
def test_recorded_elements_keep_their_order_and_their_numbers(form: str) -> None:
    G = NeuronGroup(6, "v : 1")
    G.v = "10*i"
    whole, some, part = StateMonitor(G, "v", True), StateMonitor(G, "v", [4, 1]), StateMonitor(G[2:5], "v", [2, 0])
    twice = StateMonitor(G, "v", [5, 0, 5])
    Network(G, whole, some, part, twice, backend=form).run(2 * ms)
    assert np.array_equal(twice.v, [[50, 50], [0, 0], [50, 50]])
    assert whole.v.shape == (6, 2)
    assert np.array_equal(some.v[:, 0], [40, 10])
    assert np.array_equal(some[1].v, [10, 10]) and np.array_equal(some[4].v, [40, 40])
    assert np.array_equal(part.v[:, 0], [40, 20])
    assert np.array_equal(part[2].v, [40, 40])
    with pytest.raises(ShapeError, match="Element 0 was not recorded"):
        some[0].v  # noqa: B018
    with pytest.raises(UnknownAttributeError, match="does not record 'w'"):
        some.w  # noqa: B018


@pytest.mark.parametrize("form", FORMS)
def test_a_monitor_on_a_slower_clock(form: str) -> None:
    G = counter(1)
    M = StateMonitor(G, "v", record=True, dt=3 * ms)
    net = Network(G, M, backend=form)
    net.run(4 * ms)
    net.run(5 * ms)
    assert np.allclose(M.t / ms, [0, 3, 6])
    assert np.array_equal(M.v[0], [0, 3, 6])


@pytest.mark.parametrize("form", FORMS)
def test_a_spike_monitor_lists_spikes_in_order_and_counts_them(form: str) -> None:
    G = counter()
    M, part = SpikeMonitor(G, variables=["v", "n"]), SpikeMonitor(G[1:3], variables="n")
    counted = SpikeMonitor(G, record=False)
    Network(G, M, part, counted, backend=form).run(7 * ms)
    expected = [(t, i) for t in range(7) for i in range(4) if t % (i + 1) == 0]
    assert [(round(t * 1e3), int(i)) for t, i in zip(M.t_, M.i, strict=True)] == expected
    assert np.array_equal(M.v, [t + 1 for t, _ in expected])
    assert np.array_equal(M.n, [t // (i + 1) for t, i in expected])  # before the reset of this step
    assert np.array_equal(M.count, [7, 4, 3, 2]) and M.num_spikes == len(expected)
    assert np.array_equal(part.i, [i - 1 for _, i in expected if i in (1, 2)])
    assert np.array_equal(part.n, [t // (i + 1) for t, i in expected if i in (1, 2)])
    assert np.array_equal(part.count, [4, 3])
    assert np.array_equal(counted.count, [7, 4, 3, 2]) and len(counted.i) == 0
    trains = M.spike_trains()
    assert [len(trains[i]) for i in range(4)] == [7, 4, 3, 2]
    assert np.allclose(trains[2] / ms, [0, 3, 6])
    assert np.array_equal(M.values("n")[3], [0, 1])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 2])
def test_the_rate_is_spikes_by_neuron_and_second(form: str, batch: int | None) -> None:
    G = counter()
    whole, part = PopulationRateMonitor(G), PopulationRateMonitor(G[2:])
    net = Network(G, whole, part, backend=form, batch=batch)
    net.run(3 * ms)
    net.run(3 * ms)
    rates = [sum(t % (i + 1) == 0 for i in range(4)) / (4 * 1e-3) for t in range(6)]
    of_part = [sum(t % (i + 1) == 0 for i in (2, 3)) / (2 * 1e-3) for t in range(6)]
    assert np.allclose(whole.rate_, rates if batch is None else [rates] * 2, rtol=1e-12)
    assert np.allclose(part.rate_, of_part if batch is None else [of_part] * 2, rtol=1e-12)


def test_times_of_spikes_take_no_condition() -> None:
    M = SpikeMonitor(counter())
    with pytest.raises(KindError, match="have no index 'i == 1'.\n  Compare first: M.t"):
        M.t["i == 1"]


@pytest.mark.parametrize("form", FORMS)
def test_events_that_are_only_counted_are_not_kept(form: str, tmp_path: Path) -> None:
    G = counter()
    M = SpikeMonitor(G[1:], variables="v", record=False)
    net = Network(G, M, backend=form, batch=2)
    net.run(3 * ms)
    net.store(filename=tmp_path / "state")
    net.run(4 * ms)
    assert np.array_equal(M.count, [[4, 3, 2]] * 2) and M.num_spikes == 18
    assert len(M.i) == len(M.t) == len(M.v) == len(M.row) == 0 and M._flat == []
    net.restore(filename=tmp_path / "state")
    assert np.array_equal(M.count, [[2, 1, 1]] * 2)
    net.run(4 * ms)
    assert np.array_equal(M.count, [[4, 3, 2]] * 2)


def test_on_a_device_records_are_flushed_when_their_room_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []
    advance = AheadRunner.advance
    monkeypatch.setattr(AheadRunner, "advance", lambda *a: (lengths.append(a[2]), advance(*a)))
    # A step takes 4 truth values, 4 numbers and a count of 8 bytes in each of two rows, and the number of the step.
    monkeypatch.setattr("spikeq.network.running.bytes_of_a_call", lambda device: 3 * (2 * (4 + 4 * 4 + 8) + 8) + 1)
    G = counter()
    spikes, rate = SpikeMonitor(G, variables="v"), PopulationRateMonitor(G)
    Network(G, spikes, rate, backend="torch static", batch=2).run(7 * ms)
    assert lengths == [3, 3, 1]
    expected = [(row, t, i) for t in range(7) for row in range(2) for i in range(4) if t % (i + 1) == 0]
    found = zip(spikes.row, spikes.t_, spikes.i, strict=True)
    assert [(int(row), round(t * 1e3), int(i)) for row, t, i in found] == expected
    assert np.array_equal(spikes.v, [t + 1 for _, t, _ in expected])
    assert np.allclose(rate.rate_, [[sum(t % (i + 1) == 0 for i in range(4)) / 4e-3 for t in range(7)]] * 2)


@pytest.mark.parametrize("form", FORMS)
def test_custom_events_are_recorded(form: str) -> None:
    G = NeuronGroup(3, "v : 1", events={"odd": "v % 2 == 1 and i > 0"})
    G.run_regularly("v += 1")
    G.run_on_event("odd", "v += 10*i")
    M = EventMonitor(G, "odd", variables="v")
    Network(G, M, backend=form).run(3 * ms)
    # v: 1 -> events at 1, 2: 11, 21; then 12, 22; then 13, 23: events again.
    assert np.array_equal(M.i, [1, 2, 1, 2])
    assert np.array_equal(M.v, [1, 1, 13, 23])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 2])
def test_synapses_are_recorded(form: str, batch: int | None) -> None:
    G = counter(2)
    S = Synapses(G, G, "w : 1", on_pre="w += 1")
    S.connect()
    M = StateMonitor(S, "w", record=[3, 0])
    net = Network(G, S, M, backend=form, batch=batch)
    net.run(4 * ms)
    rows = batch or 1
    expected = np.array([[0, 1, 1, 2], [0, 1, 2, 3]]) * rows  # each row adds its change to what they share
    assert np.array_equal(M.w.reshape(rows, 2, 4), [expected] * rows)
