"""The library's rules of plasticity against closed forms and BindsNET's measured numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq import models
from spikeq.models.records import SynapseModel
from spikeq.units import Hz, ms, mV
from tests.models.library import Numbers, driven, paired

LAGS = np.array([-80, -40, -17, -5, -1, 1, 2, 10, 33, 75])  # post minus pre, ms


def window(model: SynapseModel, weight: float = 0.5) -> Numbers:
    """The change of w by one pairing at each of ``LAGS``."""
    _, w = paired(model, [[90]] * len(LAGS), [[90 + lag] for lag in LAGS], 180, w=weight)
    return np.asarray(w[:, -1] - weight)


def exponentials(plus: float, minus: float, tau: float = 20.0, tau_minus: float = 20.0) -> Numbers:
    return np.where(LAGS > 0, plus * np.exp(-LAGS / tau), -minus * np.exp(LAGS / tau_minus))


@pytest.mark.parametrize(
    ("model", "plus", "minus"),
    [
        (models.PairSTDP, 0.005, 0.00525),
        (models.PairSTDP(A_plus=0.01, A_minus=0.02), 0.01, 0.02),
        (models.NearestPairSTDP, 0.005, 0.00525),
        (models.MultiplicativeSTDP, 0.005 * (1 - 0.3), 0.00525 * 0.3),
        (models.PowerSTDP(mu=0.4), 0.005 * 0.7**0.4, 0.005 * 1.05 * 0.3**0.4),
        (models.PowerLawSTDP(learning_rate=0.01), 0.01 * 0.3**0.4, 0.01 * 0.11 * 0.3),
        (models.PostPre(nu_pre=0.01, nu_post=0.02), 0.02, 0.01),
        (models.WeightDependentPostPre(nu_pre=0.01, nu_post=0.02), 0.02 * 0.7, 0.01 * 0.3),
        (models.Hebbian(nu_pre=0.01, nu_post=0.02), 0.02, -0.01),
    ],
)
def test_window_of_single_pairings(model: SynapseModel, plus: float, minus: float) -> None:
    assert np.allclose(window(model, 0.3), exponentials(plus, minus), rtol=1e-9, atol=0)


def test_window_has_its_own_time_constants() -> None:
    found = window(models.PairSTDP(tau_pre=16.8 * ms, tau_post=33.7 * ms))
    assert np.allclose(found, exponentials(0.005, 0.00525, 16.8, 33.7), rtol=1e-9, atol=0)


def test_of_two_spikes_at_once_the_presynaptic_is_first() -> None:
    _, w = paired(models.PairSTDP, [[10]], [[10]], 20, w=0.5)
    assert w[0, -1] == pytest.approx(0.505, rel=1e-12)


def test_all_pairs_and_nearest_neighbours() -> None:
    """Two presynaptic spikes before a postsynaptic one: both count, or the last."""
    sums = [paired(m, [[10, 20]], [[25]], 40, w=0.5)[1][0, -1] - 0.5 for m in (models.PairSTDP, models.NearestPairSTDP)]
    both = 0.005 * (math.exp(-15 / 20) + math.exp(-5 / 20))
    assert sums == pytest.approx([both, 0.005 * math.exp(-5 / 20)], rel=1e-9)


def test_hard_bounds() -> None:
    pre, post = [[10, 20, 30], [13, 23, 33]], [[13, 23, 33], [10, 20, 30]]
    _, w = paired(models.PairSTDP(A_plus=0.4, A_minus=0.4), pre, post, 50, w=0.5)
    assert (w[0].max(), w[1].min()) == (1.0, 0.0)
    assert (w >= 0).all() and (w <= 1).all()


def triplet(pre: list[int], post: list[int]) -> float:
    """Pfister and Gerstner 2006, eqs. 2 to 4, as sums over spikes."""
    change = 0.0
    for t in pre:
        o_1 = sum(math.exp(-(t - s) / 33.7) for s in post if s < t)
        r_2 = sum(math.exp(-(t - s) / 101) for s in pre if s < t)
        change -= o_1 * (7e-3 + 2.3e-4 * r_2)
    for t in post:
        r_1 = sum(math.exp(-(t - s) / 16.8) for s in pre if s <= t)
        o_2 = sum(math.exp(-(t - s) / 125) for s in post if s < t)
        change += r_1 * (5e-10 + 6.2e-3 * o_2)
    return change


def test_triplets_depend_on_frequency() -> None:
    """Depression at low frequencies for post before pre, potentiation at 50 Hz for both orders (fig. 5)."""
    rows: list[tuple[list[int], list[int]]] = []
    for period, number in ((500, 3), (20, 60)):
        times = [100 + period * k for k in range(number)]
        rows += [(times, [t + 10 for t in times]), (times, [t - 10 for t in times])]
    _, w = paired(models.TripletSTDP(w_max=10), [r[0] for r in rows], [r[1] for r in rows], 1320, w=5)
    change = w[:, -1] - 5
    assert np.allclose(change, [triplet(*row) for row in rows], rtol=1e-9, atol=0)
    assert change[1] < 0 < change[2]
    assert change[3] > 0
    assert abs(change[0]) / 3 < 0.2 * change[2] / 60


def test_inhibitory_window_is_symmetric() -> None:
    """Vogels et al. 2011: near pairs of either order add eta*exp(-|t|/tau), each presynaptic spike takes alpha*eta."""
    found = window(models.VogelsInhibition(eta=0.01))
    assert np.allclose(found, 0.01 * np.exp(-abs(LAGS) / 20) - 0.01 * 2 * 5 * 0.020, rtol=1e-9, atol=0)


@pytest.mark.parametrize("preset", ["depressing", "facilitating"])
def test_steady_state_of_short_term_plasticity(preset: str) -> None:
    """The fixed point of Tsodyks, Pawelzik and Markram's recursion at 20 Hz."""
    model = models.TsodyksMarkram(preset, target="g_e", scale=1)
    source = sq.SpikeGeneratorGroup(1, [0] * 200, np.arange(200) * 50 * ms)
    target = sq.NeuronGroup(1, "g_e : 1")
    synapses = sq.Synapses(source, target, model)
    synapses.connect()
    trace = sq.StateMonitor(target, "g_e", record=0, when="end")
    sq.Network(source, target, synapses, trace, dt=1 * ms, dtype="float64").run(10 * sq.second)
    use, depression, facilitation = (model.namespace[name] for name in ("U", "tau_d", "tau_f"))
    forget, recover = math.exp(-0.05 / float(facilitation)), math.exp(-0.05 / float(depression))
    u = float(use) / (1 - (1 - float(use)) * forget)
    x = (1 - recover) / (1 - (1 - u) * recover)
    assert synapses.u_s_[0] == pytest.approx(u, rel=1e-6)
    assert synapses.x_s_[0] == pytest.approx(x * (1 - u), rel=1e-6)
    efficacies = np.diff(trace.g_e_[0][::50])
    assert efficacies[-1] == pytest.approx(u * x, rel=1e-6)
    assert (efficacies[0] > efficacies[-1]) == (preset == "depressing")


def test_scaling_towards_a_rate() -> None:
    """Weights of the neuron that fires too often shrink, those of the silent one grow by exp(beta*rate_target*t)."""
    model = models.HomeostaticScaling(tau_rate=0.1 * sq.second)
    _, w = paired(model, [[], []], [range(5, 200, 5), []], 200, w=1)
    assert w[0, -1] < 0.99 < 1 < w[1, -1]
    assert w[1, -1] == pytest.approx((1 + 0.001 * 0.01 * 10) ** 200, rel=1e-9)


def test_scaling_brings_the_rate_to_its_target() -> None:
    """Whether the weights begin small or large: the neurons come to fire at 20 Hz, with the same weights."""
    source, target = sq.PoissonGroup(50, 40 * Hz), sq.NeuronGroup(2, models.LIF)
    synapses = sq.Synapses(source, target, models.HomeostaticScaling(beta=0.1, rate_target=20 * Hz))
    synapses.connect()
    synapses.w = "0.2 + 0.8*j"
    spikes = sq.SpikeMonitor(target)
    net = sq.Network(source, target, synapses, spikes, seed=2)
    net.run(2 * sq.second)
    assert abs(spikes.count / 2 - 20).max() > 5
    net.run(4 * sq.second)
    before = spikes.count
    net.run(4 * sq.second)
    assert (spikes.count - before) / 4 == pytest.approx([20, 20], rel=0.05)
    small, large = synapses.w_[:].reshape(50, 2).mean(axis=0)
    assert small == pytest.approx(large, rel=0.1)


def clopath(voltage: float, steps: int) -> float:
    """The weight after one presynaptic spike at 5 ms onto a clamped potential (mV)."""
    source = sq.SpikeGeneratorGroup(1, [0], [5] * ms)
    target = sq.NeuronGroup(1, "v : volt\ng : volt")
    target.v = voltage * mV
    synapses = sq.Synapses(source, target, models.Clopath(target="g"))
    synapses.connect()
    sq.Network(source, target, synapses, dt=1 * ms, dtype="float64").run(steps * ms)
    return float(synapses.w_[0])


def test_voltage_decides_between_depression_and_potentiation() -> None:
    """Clopath et al. 2010, eqs. 1 to 3, at clamped potentials."""
    depression = 14e-5 * (-60 + 70.6)
    assert clopath(-80, 100) == 1.0
    assert clopath(-60, 100) == pytest.approx(1 - depression, rel=1e-9)
    potentiation = 8e-5 * (-30 + 45.3) * (-30 + 70.6) * (1 - (1 - 1 / 15) ** 94)  # Euler's sum of the trace
    assert clopath(-30, 100) == pytest.approx(1 - 14e-5 * (-30 + 70.6) + potentiation, rel=1e-9)


def test_calcium_decides_the_direction() -> None:
    """Graupner and Brunel 2012, eq. 1 without noise, stepped in plain Python."""
    synapses, rho = calcium([[50, 70, 90]], [[60, 75, 110]])
    c, wanted, trace = 0.0, 0.5, []
    for step in range(200):
        up, down = float(c > 1.3), float(c > 1)
        drift = -wanted * (1 - wanted) * (0.5 - wanted) + 321.808 * (1 - wanted) * up - 200 * wanted * down
        c, wanted = c - c / 20, wanted + drift / 150000
        c += (step - 14 in (50, 70, 90)) + 2 * (step in (60, 75, 110))  # 13.7 ms are 14 steps
        trace.append(wanted)
    assert np.allclose(rho[0], trace, rtol=1e-12, atol=0)
    assert max(trace) > 0.5 != trace[-1]
    assert synapses.calcium_[0] == pytest.approx(c, rel=1e-9)


def above(lag: float, theta: float) -> float:
    """For how long (ms) the calcium of one pair of spikes is above a threshold: the closed form on a fine grid."""
    t = np.arange(0, 400, 0.001)
    influx, post = 100 + 13.7, 100 + lag
    c = sum(size * np.where(t >= at, np.exp(-(t - at) / 20), 0) for size, at in ((1, influx), (2, post)))
    return float(np.count_nonzero(c > theta) * 0.001)


def test_window_of_calcium() -> None:
    """Graupner and Brunel 2012, fig. 2, the DP curve: depression for post before pre, potentiation for pre before post.

    From rho = 1/2, a pair moves rho by (gamma_p*T_p - gamma_d*T_d)/2/tau, T the times above either threshold; the two
    are the same for a lone postsynaptic spike. The simulation knows these times to some steps of 0.1 ms.
    """
    assert 321.808 * math.log(2 / 1.3) == pytest.approx(200 * math.log(2), rel=1e-5)
    lags = np.array([-90, -40, -20, -10, 5, 10, 14, 20, 40, 90])
    source = sq.SpikeGeneratorGroup(len(lags), range(len(lags)), [100] * len(lags) * ms)
    target = sq.SpikeGeneratorGroup(len(lags), range(len(lags)), (100 + lags) * ms)
    influx = {"pre": "", "influx": "presynaptic += c_pre"}
    model = models.GraupnerBrunel(sigma=0)
    synapses = sq.Synapses(source, target, model, on_pre=influx, delay=model.delay)
    synapses.connect(j="i")
    sq.Network(source, target, synapses, dt=0.1 * ms, dtype="float64").run(400 * ms)
    change = synapses.rho_ - 0.5
    wanted = [(321.808 * above(lag, 1.3) - 200 * above(lag, 1)) / 2 / 150000 for lag in lags]
    assert np.allclose(change, wanted, rtol=0, atol=3 * 0.1 * 321.808 / 2 / 150000)
    assert (change[:4] < 0).all() and (change[4:-1] > 0).all()


def calcium(pre: Any, post: Any) -> tuple[sq.Synapses, Numbers]:
    return paired(models.GraupnerBrunel(sigma=0), pre, post, 200, variable="rho")


# -- reward --------------------------------------------------------------------------------------------------------

PRE, POST = [[0, 10, 20, 30]], [[3, 13, 23, 33]]


@pytest.mark.parametrize("model", [models.MSTDP, models.MSTDPET], ids=lambda model: model.name)
def test_reward_has_a_sign(model: Callable[..., SynapseModel]) -> None:
    changes = [paired(model, PRE, POST, 40, w=0.5, reward=r)[1][0, -1] - 0.5 for r in (0, 1, -1)]
    assert changes[0] == 0
    assert changes[1] == pytest.approx(-changes[2], rel=1e-9) and changes[1] > 0


def test_reward_between_runs() -> None:
    """What was eligible before counts for the reward that comes later, by what is left of it."""
    source = sq.SpikeGeneratorGroup(1, [0], [2] * ms)
    target = driven(models.SRM0(rho_0=0 * Hz))
    synapses = sq.Synapses(source, target, models.MSTDPET(target="I", scale=0 * mV))
    synapses.connect()
    net = sq.Network(source, target, synapses, dt=1 * ms, dtype="float64")
    net.run(10 * ms)
    synapses.z = 1
    net.run(25 * ms)
    assert synapses.w_[0] == 0.5
    synapses.reward = 2
    net.run(50 * ms)
    assert synapses.w_[0] - 0.5 == pytest.approx(0.01 * 2 * math.exp(-1) * (1 - math.exp(-2)), rel=1e-9)


def test_reward_during_a_run() -> None:
    """A network operation sets it: only the pairings of the second half, in which it is not 0, count."""
    pre, post = [0, 10, 20, 30], [3, 13, 23, 33]
    source, target = sq.SpikeGeneratorGroup(1, [0] * 4, pre * ms), sq.SpikeGeneratorGroup(1, [0] * 4, post * ms)
    synapses = sq.Synapses(source, target, models.MSTDP, on_pre="p += A_plus\nw += nu*reward*q")
    synapses.connect()

    @sq.network_operation(dt=20 * ms)
    def reward(t: Any) -> None:
        synapses.reward = 2 if t >= 20 * ms else 0

    sq.Network(source, target, synapses, reward, dt=1 * ms, dtype="float64").run(40 * ms)
    change = 0.0
    for when, others, sign in ((post, pre, 1), (pre, post, -1)):
        change += sum(sign * math.exp(-(t - s) / 20) for t in when if t >= 20 for s in others if s < t)
    assert synapses.w_[0] - 0.5 == pytest.approx(0.01 * 2 * change, rel=1e-9)


def test_expected_spikes_are_subtracted() -> None:
    """Rmax at a constant intensity: w moves by -nu*reward times the integral of the eligibility, where none spike."""
    source = sq.SpikeGeneratorGroup(1, [0], [0] * ms)
    target = sq.NeuronGroup(1, models.SRM0(v_rest=-65 * mV), threshold="False")
    synapses = sq.Synapses(source, target, models.Rmax(scale=0 * mV))
    synapses.connect()
    synapses.reward = 1
    sq.Network(source, target, synapses, dt=1 * ms, dtype="float64").run(20 * ms)
    hazard = math.exp(-3)
    w, z, x = 0.5, 0.0, 1.0
    for _ in range(19):
        w, z, x = w + 0.01 * z / 25, z - z / 25 - x * hazard / (1 + 5 * hazard), x - x / 20
    assert synapses.z_[0] == pytest.approx(z, rel=1e-9)
    assert synapses.w_[0] == pytest.approx(w, rel=1e-9)
