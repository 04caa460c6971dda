"""BindsNET's measured numbers, given by the library's neurons and rules; and ours where they are others, by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq import models
from spikeq.models.records import NeuronModel, SynapseModel
from spikeq.units import ms, mV
from tests.models.library import Numbers, driven, paired, spike_steps

# -- neurons under a constant input -----------------------------------------------------------------------------------


def per_step(dt: float, tau: float = 100.0) -> float:
    """The steady input that adds 1 in each step of an exact decay."""
    return 1 / (1 - math.exp(-dt / tau))


def stretched(tau: float, dt: float = 1.0) -> float:
    """The time constant (ms) with which Euler's decay of a step, 1 - dt/tau, is the exact one of ``tau``."""
    return dt / (1 - math.exp(-dt / tau))


# BindsNET counts its refractory period down after the input of a step was dropped: 5 ms there are 6 steps of 1 ms here
# (11 of 0.5 ms). Node, drive, dt, number of spikes, the first five, v after step 9 and after the last, the last trace.
LIF = models.LIF(tau=100 * ms, v_threshold=-52 * mV)
SOFT = replace(models.IF, reset="v -= v_threshold")
TABLE: dict[str, tuple[NeuronModel, Any, float, int, list[int], float, float, float]] = {
    "McCullochPitts": (models.McCullochPitts, 1, 1.0, 200, [0, 1, 2, 3, 4], 1.0, 1.0, 1.0),
    # IF meets its threshold exactly; in volts the sum of 13 steps is rounded, so that the threshold is put below it.
    "IF": (
        models.IF(t_ref=6 * ms, v_threshold=-52.0001 * mV),
        1 * mV / ms,
        1.0,
        11,
        [12, 30, 48, 66, 84],
        -55.0,
        -63.0,
        0.70469,
    ),
    "LIF": (LIF(t_ref=6 * ms), per_step(1.0) * mV, 1.0, 10, [13, 32, 51, 70, 89], -55.4361, -55.4361, 0.47237),
    "LIF, dt 0.5": (
        LIF(t_ref=5.5 * ms),
        per_step(0.5) * mV,
        0.5,
        17,
        [13, 37, 61, 85, 109],
        -55.2215,
        -65.0,
        0.95123,
    ),
    "BoostedLIF": (
        models.BoostedLIF(t_ref=6 * ms),
        per_step(1.0),
        1.0,
        10,
        [13, 32, 51, 70, 89],
        9.5639,
        9.5639,
        0.47237,
    ),
    "AdaptiveLIF": (
        models.AdaptiveLIF(t_ref=6 * ms, theta_plus=1 * mV),
        per_step(1.0) * mV,
        1.0,
        8,
        [13, 34, 56, 79, 103],
        -55.4361,
        -53.6354,
        0.42742,
    ),
    "DiehlCook": (
        models.DiehlCook(t_ref=6 * ms, theta_plus=1 * mV),
        per_step(1.0) * mV,
        1.0,
        8,
        [13, 34, 56, 79, 103],
        -55.4361,
        -53.6354,
        0.42742,
    ),
    # Its input is 0.3 as float32 has it, a little more, which decides whether ten of them reach the threshold of 3.
    "SubtractiveResetIF": (
        SOFT(v_rest=0 * mV, v_reset=0 * mV, v_threshold=1 * mV, t_ref=0 * ms),
        float(np.float32(0.3)) * mV / ms,
        1.0,
        60,
        [3, 6, 9, 13, 16],
        0.0,
        0.0,
        1.0,
    ),
}


def with_trace(model: NeuronModel, tau: float = 20.0) -> NeuronModel:
    """The model with BindsNET's trace of its own spikes: x = 1 at a spike, and ``tau`` (ms) to decay."""
    reset = f"{model.reset}\nx = 1" if model.reset else "x = 1"
    method = "exact" if model.name == "IF" else model.method
    return replace(model, equations=f"{model.equations}dx/dt = -x/({tau!r}*ms) : 1\n", reset=reset, method=method)


@pytest.mark.parametrize(
    ("model", "drive", "dt", "number", "first", "early", "late", "trace"), TABLE.values(), ids=TABLE
)
def test_neurons(
    model: NeuronModel, drive: Any, dt: float, number: int, first: list[int], early: float, late: float, trace: float
) -> None:
    """Spike for spike, with the potential and the trace."""
    group = driven(with_trace(model), I=drive)
    steps, v = spike_steps(group, round(200 / dt), dt * ms)
    unit = 1.0 if group.variable("v").dimension.is_dimensionless else 1e-3
    assert len(steps) == number
    assert steps[:5] == first
    assert v[9] / unit == pytest.approx(early, abs=6e-5)
    assert v[-1] / unit == pytest.approx(late, abs=6e-5)
    assert group.x_[0] == pytest.approx(trace, abs=6e-6)


def leaky(decay: float, gain: float, threshold: float = 13.0, refractory: int = 6) -> tuple[list[int], list[float]]:
    """A leaky neuron in plain Python: ``v -> decay*v + gain`` unless refractory; spikes, and v - rest in each step."""
    v, last, spikes, trace = 0.0, -refractory, [], []
    for step in range(200):
        v = decay * v + gain if step - last >= refractory else v
        if v > threshold:
            v, last = 0.0, step
            spikes.append(step)
        trace.append(v)
    return spikes, trace


@pytest.mark.parametrize(
    ("method", "tau", "number", "v_9"),
    [("exact", 100.0, 10, -55.4361), ("euler", 100.0, 10, -55.4382), ("euler", stretched(100.0), 10, -55.4361)],
)
def test_decay_by_euler_and_exact(method: str, tau: float, number: int, v_9: float) -> None:
    """Euler forgets 1/100 in a step where exact decay, BindsNET's, forgets 0.00995; with 100.5 ms it does too."""
    decay = math.exp(-1 / tau) if method == "exact" else 1 - 1 / tau
    model = replace(models.LIF, method=method)(tau=tau * ms, t_ref=6 * ms, v_threshold=-52 * mV)
    found, v = spike_steps(driven(model, I=1 / (1 - decay) * mV), 200)
    spikes, wanted = leaky(decay, 1.0)
    assert found == spikes
    assert len(found) == number
    assert np.allclose(v * 1000 + 65, wanted, rtol=1e-9, atol=1e-9)
    assert v[9] * 1000 == pytest.approx(v_9, abs=6e-5)


def current_lif(stretch: Callable[[float], float]) -> tuple[list[int], Numbers, float]:
    """CurrentLIF by Euler with BindsNET's parameters, whose current gets 1 mV*tau/dt at the start of every step.

    ``stretch`` is applied to each time constant (ms). Returns spikes, potential and last trace.
    """
    parameters = {"v_rest": -65 * mV, "v_reset": -65 * mV, "v_threshold": -52 * mV, "t_ref": 5 * ms}
    model = replace(with_trace(models.CurrentLIF, stretch(20)), method="euler")
    group = sq.NeuronGroup(1, model(tau=stretch(100) * ms, tau_e=stretch(2) * ms, **parameters))
    group.run_regularly("g_e += 1*mV*tau/dt")
    steps, v = spike_steps(group, 200)
    return steps, v * 1000, float(group.x_[0])


def test_synaptic_current() -> None:
    """CurrentLIF: BindsNET adds the whole current to v in each step, and all decay is exact.

    Euler adds dt/tau of it, so that inputs in units of tau/dt and stretched time constants give BindsNET's numbers; its
    refractory period is not a step longer here.
    """
    steps, v, trace = current_lif(stretched)
    assert len(steps) == 20
    assert steps[:5] == [6, 16, 26, 36, 46]
    assert v[9] == pytest.approx(-65, abs=6e-5) == v[-1]
    assert trace == pytest.approx(0.86071, abs=6e-6)


def test_synaptic_current_by_euler() -> None:
    """The same with the time constants as they are, against the recursion in plain Python."""
    steps, v, trace = current_lif(float)
    u, g, x, last, spikes = 0.0, 0.0, 0.0, -5, []
    for step in range(200):
        g += 1.0
        u, g, x = (u - u / 100 + g if step - last >= 5 else u), g / 2, x * 0.95
        if u > 13:
            u, x, last = 0.0, 1.0, step
            spikes.append(step)
    assert steps == spikes
    assert v[-1] == pytest.approx(u - 65, rel=1e-12)
    assert trace == pytest.approx(x, rel=1e-9)


def slope(v: float, u: float) -> float:
    return 0.04 * v**2 + 5 * v + 140 - u + 10


# BindsNET's step, as statements for those that want its spike times: the equations are then parameters. In plain
# numbers (mV, ms), or with units.
HALF = "v += 0.5*(0.04*v**2 + 5*v + 140 - u + I)"
PLAIN = f"{HALF}\n{HALF}\nu += 0.02*(0.2*v - u)"
HALF_IN_UNITS = "v += dt/2*((0.04/ms/mV)*v**2 + (5/ms)*v + 140*mV/ms - u + I)"
IN_UNITS = f"{HALF_IN_UNITS}\n{HALF_IN_UNITS}\nu += dt*a*(b*v - u)"


@pytest.mark.parametrize(("dtype", "late"), [("float32", (-75.2171, -0.164)), ("float64", (-74.8652, -0.5095))])
def test_izhikevich_in_two_half_steps(dtype: str, late: tuple[float, float]) -> None:
    """BindsNET moves v by two half steps and then u with the new v, in float32; its threshold is 45.

    How far v shoots over the threshold, and with it u, hangs on the last bits: the numbers after 200 steps are those
    of float32, where float64 has others; spikes are the same.
    """
    group = sq.NeuronGroup(1, "v : 1\nu : 1\nI : 1", threshold="v >= 45", reset="v = -65\nu += 8")
    group.v, group.u, group.I = -65, -13, 10
    group.run_regularly(PLAIN, when="groups")
    spikes, trace = sq.SpikeMonitor(group), sq.StateMonitor(group, "v", record=0, when="end")
    sq.Network(group, spikes, trace, dt=1 * ms, dtype=dtype).run(200 * ms)
    assert np.round(spikes.t_ * 1000).tolist() == [3, 30, 78, 140, 194]
    assert trace.v_[0][9] == pytest.approx(-67.8903, abs=6e-5)
    assert trace.v_[0][-1] == pytest.approx(late[0], abs=6e-5)
    assert group.u_[0] == pytest.approx(late[1], abs=6e-5)


def test_the_librarys_izhikevich_in_two_half_steps() -> None:
    """The library's model with its equations put aside: BindsNET's spikes, and the numbers of float64."""
    model = replace(models.Izhikevich, equations="v : volt\nu : volt/second\nI : volt/second")
    group = driven(model(v_peak=45 * mV))
    group.run_regularly(IN_UNITS, when="groups")
    steps, v = spike_steps(group, 200)
    assert steps == [3, 30, 78, 140, 194]
    assert v[9] * 1000 == pytest.approx(-67.8903, abs=6e-5)
    assert v[-1] * 1000 == pytest.approx(-74.8652, abs=6e-5)


def test_izhikevich_by_euler() -> None:
    """Euler at 1 ms moves both at once: other spike times, by the recursion in plain Python."""
    steps, trace = spike_steps(driven(models.Izhikevich(v_peak=45 * mV)), 200)
    v, u, spikes = -65.0, -13.0, []
    for step in range(200):
        v, u = v + slope(v, u), u + 0.02 * (0.2 * v - u)
        if v >= 45:
            v, u = -65.0, u + 8
            spikes.append(step)
    assert steps == spikes
    assert steps[0] == 4
    assert trace[-1] * 1000 == pytest.approx(v, rel=1e-9)


# -- one synapse ------------------------------------------------------------------------------------------------------

PRE, POST = [[0, 10, 20, 30]], [[3, 13, 23, 33]]
EULER_MSTDPET = replace(models.MSTDPET, method="euler")


@pytest.mark.parametrize(
    ("model", "wanted", "later"),
    [
        (models.PostPre(nu_pre=0.01, nu_post=0.02), [0.5, 0.517214, 0.510167, 0.527381, 0.547716], 0),
        (models.PairSTDP(A_minus=0.01, A_plus=0.02), [0.5, 0.517214, 0.510167, 0.537822, 0.584405], 0),
        (models.WeightDependentPostPre(nu_pre=0.01, nu_post=0.02), [0.5, 0.508607, 0.505023, 0.513544, 0.523062], 0),
        (models.Hebbian(nu_pre=0.01, nu_post=0.02), [0.5, 0.517214, 0.524261, 0.541475, 0.589997], 0),
        (models.MSTDP(nu=0.01), [0.5, 0.5, 0.508607, 0.501560, 0.526062], 1),
        (models.MSTDPET(nu=0.01 / 25 / (1 - math.exp(-1 / 25))), [0.5, 0.5, 0.502144, 0.502082, 0.512758], 0),
        (
            EULER_MSTDPET(nu=0.01 * stretched(25) / 25, tau_e=stretched(25) * ms),
            [0.5, 0.5, 0.502144, 0.502082, 0.512758],
            0,
        ),
    ],
    ids=["PostPre", "additive", "WeightDependentPostPre", "Hebbian", "MSTDP", "MSTDPET", "MSTDPET by Euler"],
)
def test_rules(model: SynapseModel, wanted: list[float], later: int) -> None:
    """w after steps 0, 3, 10, 13 and 39; the reward rule of BindsNET acts ``later`` by a step.

    MSTDPET takes the integral of z over a step where BindsNET takes its first value; the factor is in ``nu``. By Euler
    it takes the first value too, and the stretched tau_e makes the decay BindsNET's.
    """
    values = {"reward": 1} if "reward" in str(model) else {}
    _, w = paired(model, PRE, POST, 40, w=0.5, **values)
    found = [w[0, step - later] if step >= later else 0.5 for step in (0, 3, 10, 13, 39)]
    assert found == pytest.approx(wanted, abs=6e-7)


def test_eligibility_by_euler() -> None:
    """MSTDPET with the time constants as they are, by the recursion in plain Python."""
    _, found = paired(EULER_MSTDPET, PRE, POST, 40, w=0.5, reward=1)
    w, z, p, q, wanted = 0.5, 0.0, 0.0, 0.0, []
    for step in range(40):
        w, z, p, q = w + 0.01 * z / 25, z - z / 25, p * math.exp(-1 / 20), q * math.exp(-1 / 20)
        if step in PRE[0]:
            p, z = p + 1, z + q
        if step in POST[0]:
            q, z = q - 1, z + p
        wanted.append(w)
    assert np.allclose(found[0], wanted, rtol=1e-12, atol=0)
    assert found[0, -1] != pytest.approx(0.512758, abs=6e-7)


def test_spikes_in_one_step() -> None:
    """PostPre: nu_post here; BindsNET lets each spike meet the trace that the other has just set: nu_post - nu_pre."""
    rates = {"nu_pre": 0.01, "nu_post": 0.02}
    _, w = paired(models.PostPre(**rates), [[10]], [[10]], 20, w=0.5)
    assert w[0, -1] == pytest.approx(0.52, rel=1e-12)
    model = replace(
        models.PostPre,
        on_pre={"a_trace": "x = 1", "pre": "w = clip(w - nu_pre*y, w_min, w_max)"},
        on_post={"b_trace": "y = 1", "post": "w = clip(w + nu_post*x, w_min, w_max)"},
    )
    _, w = paired(model(**rates), [[10], [10]], [[10], [13]], 20, order={"a_trace": -2, "b_trace": -2}, w=0.5)
    assert w[:, -1] == pytest.approx([0.51, 0.517214], abs=6e-7)


def test_rates_of_each_synapse() -> None:
    """BindsNET's nu may be a tensor; here a parameter may be an array with a value for each synapse."""
    _, w = paired(models.PostPre(nu_post=np.array([0.01, 0.02, 0.0])), [[0]] * 3, [[3]] * 3, 10, w=0.5)
    assert w[:, -1] - 0.5 == pytest.approx(np.array([0.01, 0.02, 0.0]) * math.exp(-3 / 20), rel=1e-9)


def test_weight_decay() -> None:
    """BindsNET's weight_decay takes its part of every weight after the rule: a statement for run_regularly."""
    source, target = sq.SpikeGeneratorGroup(1, [0], [2] * ms), sq.SpikeGeneratorGroup(1, [0], [5] * ms)
    synapses = sq.Synapses(source, target, models.PostPre(nu_post=0.02), on_pre="x = 1")
    synapses.connect()
    synapses.run_regularly("w *= 1 - 0.01", when="after_synapses")
    sq.Network(source, target, synapses, dt=1 * ms, dtype="float64").run(10 * ms)
    wanted = (0.5 * 0.99**5 + 0.02 * math.exp(-3 / 20)) * 0.99**5
    assert synapses.w_[0] == pytest.approx(wanted, rel=1e-12)


def rmax(tau: float, p: float, early: bool) -> float:
    """The weight after 200 steps of Rmax's recursion in plain Python, for a constant probability ``p`` of spikes.

    ``early``: expected spikes count with the trace of the step's start (Euler), and w takes the z of the step before;
    otherwise both are those of the step itself, as in BindsNET, whose nu*dt is our nu*dt/tau_e.
    """
    w, z, x, expected = 0.5, 0.0, 0.0, p / (1 + 5 * p)
    for step in range(200):
        w += 0.01 * z / 25 if early else 0.0
        z, x = z - z / 25 - (expected * x if early else 0.0), x * (1 - 1 / tau)
        x += step in RMAX_PRE
        z += x * (step in RMAX_POST) - (0.0 if early else expected * x)
        w += 0.0 if early else 0.01 * z / 25
    return w


RMAX_PRE, RMAX_POST = (2, 9, 10, 60), (5, 10, 14, 90)


def test_rmax() -> None:
    """Ours is the recursion with an intensity and traces by Euler; BindsNET's has a probability and exact traces.

    For these spikes the changes differ by a hundredth. No numbers of BindsNET were measured: its formula is compared.
    """
    source = sq.SpikeGeneratorGroup(1, [0] * 4, RMAX_PRE * ms)
    trigger = sq.SpikeGeneratorGroup(1, [0] * 4, (np.array(RMAX_POST) - 1) * ms)
    forced = replace(models.SRM0(v_rest=-65 * mV, t_ref=0 * ms), threshold="h > 0", reset="h = 0")
    target = sq.NeuronGroup(1, replace(forced, equations=f"{forced.equations}h : 1\n"))
    force = sq.Synapses(trigger, target, on_pre="h_post += 1")
    synapses = sq.Synapses(source, target, models.Rmax(scale=0 * mV))
    for connected in (force, synapses):
        connected.connect()
    synapses.reward = 1
    sq.Network(source, trigger, target, force, synapses, dt=1 * ms, dtype="float64").run(200 * ms)
    hazard = math.exp(-3)
    assert synapses.w_[0] == pytest.approx(rmax(20, hazard, early=True), rel=1e-12)
    change, theirs = synapses.w_[0] - 0.5, rmax(stretched(20), 1 - math.exp(-hazard), early=False) - 0.5
    assert change / theirs == pytest.approx(0.9903, abs=5e-5)
