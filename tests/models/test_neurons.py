"""The library's neurons against closed forms, published figures, and BindsNET's measured numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq import models
from spikeq.units import ms, mV
from tests.models.library import Numbers, driven, spike_steps


def spike_times(group: sq.NeuronGroup, duration: Any, dt: Any) -> Numbers:
    """When neuron 0 spikes, in ms."""
    spikes = sq.SpikeMonitor(group)
    sq.Network(group, spikes, dt=dt, dtype="float64").run(duration)
    return np.asarray(spikes.t_[spikes.i == 0] * 1000)


@pytest.mark.parametrize("drive", [15.3, 20.0, 60.0])
def test_rate_of_the_leaky_neuron(drive: float) -> None:
    """Neuronal Dynamics, exercise 1.3: T = t_ref + tau ln(I/(I - theta)), each part in whole steps."""
    steps = math.ceil(20 / 0.1 * math.log(drive / (drive - 15.0)))
    times = spike_times(driven(models.LIF, I=drive * mV), 300 * ms, 0.1 * ms)
    assert len(times) > 2
    assert np.allclose(np.diff(times), 2.0 + (steps - 1) * 0.1, atol=1e-9)


def test_period_of_the_quadratic_neuron() -> None:
    """Latham et al. 2000: without refractoriness and between infinities T = pi*tau/sqrt(a*I - (a*d/2)**2)."""
    group = driven(models.QIF(v_peak=2 * sq.volt, v_reset=-2 * sq.volt, t_ref=0 * ms))
    intervals = np.diff(spike_times(group, 130 * ms, 0.01 * ms))
    rate = math.sqrt(0.04 * 10 - (0.04 * 15 / 2) ** 2) / 10
    missing = 2 * 10 / (0.04 * 2000)  # from the cut at 2 V to infinity, twice
    assert len(intervals) == 1
    assert np.allclose(intervals, math.pi / rate - missing, rtol=0.005)


def izhikevich(pattern: str) -> Numbers:
    return spike_times(driven(models.Izhikevich(pattern)), 500 * ms, 0.1 * ms)


def test_regular_spiking_adapts() -> None:
    intervals = np.diff(izhikevich("regular spiking"))
    assert len(intervals) >= 5
    assert intervals.min() > 10
    assert intervals[-1] > 1.3 * intervals[0]


def test_intrinsic_bursting_begins_with_a_burst() -> None:
    """A first pair of spikes close together, then single spikes."""
    intervals = np.diff(izhikevich("intrinsically bursting"))
    assert intervals[0] < 5
    assert (intervals[1:] > 20).all()
    assert len(intervals) > 8


def test_chattering_bursts_again_and_again() -> None:
    intervals = np.diff(izhikevich("chattering"))
    gaps = np.flatnonzero(intervals > 20)
    assert len(gaps) >= 4
    assert np.median(intervals) < 8
    assert (np.diff(gaps) >= 3).all()


def test_fast_spiking_is_fast_and_steady() -> None:
    fast, regular = np.diff(izhikevich("fast spiking")), np.diff(izhikevich("regular spiking"))
    assert fast.mean() < 0.5 * regular.mean()
    assert fast[2:].max() < 1.2 * fast[2:].min()


def test_hodgkin_huxley_spike() -> None:
    """Hodgkin and Huxley 1952, fig. 12 and 13: about 100 mV above rest, an undershoot of 10 mV; 68 Hz at 10 uA/cm2."""
    steps, v = spike_steps(driven(models.HodgkinHuxley), 5000, 0.02 * ms)
    assert 0.035 < v.max() < 0.045
    assert -0.077 < v.min() < -0.073
    assert np.allclose(np.diff(steps)[1:] * 0.02, 14.6, atol=0.3)


def test_hodgkin_huxley_rests_where_its_gates_begin() -> None:
    _, v = spike_steps(sq.NeuronGroup(1, models.HodgkinHuxley), 1000, 0.02 * ms)
    assert abs(v + 0.065).max() < 1e-4


def test_adex_bursts_with_the_published_parameters() -> None:
    """Brette and Gerstner 2005, fig. 4: a higher reset gives bursts."""
    group = driven(models.AdEx("bursting"))
    intervals = np.diff(spike_times(group, 300 * ms, 0.05 * ms))
    assert intervals.max() > 3 * intervals.min()


def test_hazard_of_the_spike_response_model() -> None:
    """At a constant potential the first spike comes within t with probability 1 - exp(-rho*t)."""
    group = sq.NeuronGroup(20000, models.SRM0(v_rest=-65 * mV))
    spikes = sq.SpikeMonitor(group)
    sq.Network(group, spikes, dt=1 * ms, dtype="float64", seed=5).run(4 * ms)
    wanted = 1 - math.exp(-math.exp(-3) * 4)
    assert np.mean(spikes.count > 0) == pytest.approx(wanted, abs=4 * math.sqrt(wanted * (1 - wanted) / 20000))


def test_afterpotentials_add_up() -> None:
    """Each spike of the cumulative model leaves eta_0*exp(-t/tau_eta); v is what is left of h below them."""
    group = driven(models.CSRM)
    steps, v = spike_steps(group, 60)
    eta = sum(20 * math.exp(-(59 - step) / 10) for step in steps)
    assert len(steps) > 2
    assert v[-1] * 1000 == pytest.approx(-65 + 25 * (1 - math.exp(-60 / 20)) - eta, rel=1e-9)


def test_threshold_of_mat_after_spikes() -> None:
    group = driven(models.MAT)
    steps, _ = spike_steps(group, 40)
    assert len(steps) > 1
    for step, following in zip(steps, steps[1:], strict=False):
        past = [following - s for s in steps if s <= step]
        threshold = 19 + sum(37 * math.exp(-t / 10) + 2 * math.exp(-t / 200) for t in past)
        assert 30 * (1 - math.exp(-(following + 1) / 5)) > threshold
