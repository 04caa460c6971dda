"""The cortical microcircuit: its published totals, what is drawn, and that smaller networks keep the input."""

from __future__ import annotations

import math

import numpy as np
import pytest

import spikeq as sq
from spikeq.experiment.microcircuit import build_microcircuit, compensation, draw_edges, mean_weight
from spikeq.models.microcircuit import POTJANS_DIESMANN

MODEL = POTJANS_DIESMANN


def test_published_totals() -> None:
    """77,169 neurons, 0.3 billion synapses, 87.8 pA for 0.15 mV."""
    pairs = [(target, source) for target in range(8) for source in range(8)]
    assert sum(MODEL.neurons) == 77_169
    assert sum(MODEL.synapses(*pair) for pair in pairs) == pytest.approx(298.88e6, rel=1e-4)
    assert MODEL.current() == pytest.approx(87.8, abs=0.05)


def test_a_pair_has_the_published_probability() -> None:
    """That many draws with replacement leave a pair without a synapse with 1 - probability."""
    pairs = MODEL.neurons[1] * MODEL.neurons[0]
    missed = (1 - 1 / pairs) ** MODEL.synapses(1, 0)
    assert 1 - missed == pytest.approx(MODEL.probabilities[1][0], rel=1e-7)  # of float64, at this power


def test_the_peak_of_a_potential() -> None:
    """One input of 87.8 pA raises v by 0.15 mV at most, integrated numerically."""
    tau_m, tau_s, capacitance = (MODEL.parameters[name][0] for name in ("tau_m", "tau_s", "C_m"))
    v, highest, step = 0.0, 0.0, 1e-4
    for k in range(50_000):
        v += step * (-v / tau_m + MODEL.current() * math.exp(-k * step / tau_s) / capacitance)
        highest = max(highest, v)
    assert highest == pytest.approx(MODEL.psp, rel=1e-3)


def test_what_is_drawn() -> None:
    """Numbers, order, ends, weights and delays of each pair of populations, at a twentieth of the size."""
    sizes = [round(0.05 * n) for n in MODEL.neurons]
    edges = draw_edges(MODEL, sizes, 0.05, np.random.default_rng(3))
    assert (np.diff(edges.i) >= 0).all()
    assert edges.delay.min() >= MODEL.dt
    starts = np.concatenate([[0], np.cumsum(sizes)])
    source, target = (np.searchsorted(starts, ends, side="right") - 1 for ends in (edges.i, edges.j))
    for post in range(8):
        for pre in range(8):
            here = (source == pre) & (target == post)
            wanted = MODEL.synapses(post, pre) / MODEL.neurons[post] * 0.05 * sizes[post]
            assert here.sum() == round(wanted)
            if here.sum() < 1000:
                continue
            mean = mean_weight(MODEL, post, pre) / math.sqrt(0.05)
            weights, error = edges.weight[here], 0.1 * abs(mean) / math.sqrt(here.sum())
            assert abs(weights.mean() - mean) < 5 * error
            assert weights.std() == pytest.approx(0.1 * abs(mean), rel=0.15)
            share = np.bincount(edges.j[here] - starts[post], minlength=sizes[post]) / here.sum()
            assert share.max() < 1 / sizes[post] + 6 * math.sqrt(1 / sizes[post] / here.sum())
    excitatory = edges.delay[source % 2 == 0]
    assert np.median(excitatory) == pytest.approx(1.53, abs=0.02)  # of a normal one that begins at 0.1 ms


def test_signs_and_the_doubled_pair() -> None:
    assert mean_weight(MODEL, 0, 2) == 2 * MODEL.current()  # from L4E to L23E
    assert mean_weight(MODEL, 2, 0) == MODEL.current()
    assert mean_weight(MODEL, 0, 3) == -4 * MODEL.current()


def test_smaller_networks_keep_the_mean_input() -> None:
    """With a quarter of the inputs and twice their weights half of the mean is left; the current gives the rest."""
    assert np.abs(compensation(MODEL, 1.0)).max() == 0
    background = MODEL.external[0] * MODEL.background * MODEL.current() * 0.5e-3
    recurrent = sum(
        MODEL.synapses(0, k) / MODEL.neurons[0] * MODEL.rates[k] * mean_weight(MODEL, 0, k) * 0.5e-3 for k in range(8)
    )
    assert compensation(MODEL, 0.25)[0] == pytest.approx(0.5 * (background + recurrent))


def test_it_runs_and_the_seed_decides() -> None:
    counts = []
    for seed in (1, 1, 2):
        made = build_microcircuit(0.01, seed)
        spikes = sq.SpikeMonitor(made.neurons)
        made.network.add(spikes)
        made.network.run(30 * sq.ms)
        counts.append((spikes.num_spikes, sum(map(len, made.synapses)), float(made.neurons.v_[0])))
        assert [len(part) for part in made.populations.values()] == [round(0.01 * n) for n in MODEL.neurons]
    assert counts[0] == counts[1] != counts[2]


def test_one_object_for_each_delay_is_the_same_network() -> None:
    found = []
    for by_delay in (False, True):
        made = build_microcircuit(0.01, 5, by_delay=by_delay, dtype="float64")
        spikes = sq.SpikeMonitor(made.neurons)
        made.network.add(spikes)
        made.network.run(40 * sq.ms)
        found.append((sum(map(len, made.synapses)), spikes.i.tolist(), spikes.t_.tolist(), made.neurons.v_[:]))
    one, several = found
    assert len(made.synapses) > 20
    assert len(one[1]) > 5
    assert one[:3] == several[:3]
    np.testing.assert_allclose(one[3], several[3], rtol=1e-9)


@pytest.mark.slow
def test_rates_near_the_published_ones() -> None:
    """At a third of the size: those of layers 4 to 6 within a tenth, those of layer 2/3 within a quarter."""
    made = build_microcircuit(1 / 3)
    made.network.run(400 * sq.ms)
    found = np.array([monitor.rate_[1000:].mean() for monitor in made.rates.values()])
    near = np.array([0.25, 0.25, *[0.1] * 6])
    assert (np.abs(found / MODEL.rates - 1) < near).all(), found


@pytest.mark.parametrize("scale", [0, -1, 1.5, float("nan")])
def test_a_wrong_scale(scale: float) -> None:
    with pytest.raises(sq.ValueRangeError, match="between 0 and 1"):
        build_microcircuit(scale)
