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


def test_conductances_set_where_the_potential_goes_and_how_fast() -> None:
    """With conductances that do not decay, v goes to their weighted mean with tau over the total conductance."""
    forever = 1e9 * sq.second
    group = sq.NeuronGroup(1, models.ConductanceLIF(v_threshold=0 * mV, tau_e=forever, tau_i=forever))
    group.g_e, group.g_i, group.I = 0.5, 1.5, 3 * mV
    _, v = spike_steps(group, 40, 0.5 * ms)
    end = (-60 + 0.5 * 0 + 1.5 * -80 + 3) / 3
    assert np.allclose(v * 1000, end + (-60 - end) * np.exp(-np.arange(1, 41) * 0.5 * 3 / 20), rtol=1e-9, atol=0)


def test_rheobase_of_the_exponential_neuron() -> None:
    """Fourcaud-Trocme et al. 2003: v has no rest above I = v_T - v_rest - delta_T, where v' = 0 at v = v_T."""
    rheobase = -59.9 + 65 - 3.48
    group = driven(models.EIF, 2, I=np.array([rheobase - 0.1, rheobase + 0.1]) * mV)
    spikes = sq.SpikeMonitor(group)
    sq.Network(group, spikes, dt=0.05 * ms, dtype="float64").run(500 * ms)
    assert spikes.count[0] == 0 < spikes.count[1]


def test_intervals_of_the_generalised_neuron() -> None:
    """Mihalas and Niebur 2009: tonic spiking is a leaky neuron's; with a > 0 the threshold follows v, and it adapts.

    1.5 V/s and a leak of 50/s lead 30 mV above rest; the threshold is 20 mV above it.
    """
    tonic = np.diff(spike_times(driven(models.GLIF), 200 * ms, 0.01 * ms))
    assert np.allclose(tonic, 1000 / 50 * math.log(30 / 10), atol=0.02)
    adapting = np.diff(spike_times(driven(models.GLIF("spike frequency adaptation")), 500 * ms, 0.1 * ms))
    assert len(adapting) > 3
    assert adapting[-1] > 1.5 * adapting[0]
    bursts = np.diff(spike_times(driven(models.GLIF("tonic bursting"), I=2 * sq.volt / sq.second), 500 * ms, 0.1 * ms))
    assert np.median(bursts) < 5 < 20 < bursts.max()


def test_onset_of_oscillation() -> None:
    """FitzHugh 1961: the rest is stable where v**2 > 1 - epsilon*b; it is lost between I = 0.32 and 0.34.

    At v = -sqrt(1 - 0.064), r = (v + 0.7)/0.8, and I = r - v + v**3/3 = 0.331.
    """
    edge = -math.sqrt(1 - 0.08 * 0.8)
    critical = (edge + 0.7) / 0.8 - edge + edge**3 / 3
    group = driven(models.FitzHughNagumo, 2, I=np.array([critical - 0.01, critical + 0.01]))
    group.v = "-1.0"
    group.r = "(v + 0.7)/0.8"
    spikes = sq.SpikeMonitor(group)
    sq.Network(group, spikes, dt=0.1 * ms, dtype="float64").run(700 * ms)
    assert spikes.count[0] == 0 < spikes.count[1]


def test_morris_lecar_oscillates_between_two_currents() -> None:
    """Rinzel and Ermentrout 1998, the parameters with a Hopf bifurcation: firing at 100 uA/cm2, rest at 60 and 250."""
    group = driven(models.MorrisLecar, 3, I=np.array([60, 100, 250]) * sq.uamp / sq.cm**2)
    spikes = sq.SpikeMonitor(group)
    sq.Network(group, spikes, dt=0.1 * ms, dtype="float64").run(500 * ms)
    late = spikes.i[spikes.t_ > 0.25]
    assert 2 < (late == 1).sum() < 10
    assert (late == 1).all()


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


def test_adex_adapts() -> None:
    """Brette and Gerstner 2005: each spike adds to the adaptation current, so that intervals grow."""
    intervals = np.diff(spike_times(driven(models.AdEx), 500 * ms, 0.05 * ms))
    assert len(intervals) > 4
    assert (np.diff(intervals[:4]) > 0).all()
    assert intervals[-1] > 1.5 * intervals[0]


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
