"""Inhibition learns to balance excitation, channel by channel, and with it the neuron's rate comes to its target.

T. P. Vogels, H. Sprekeler, F. Zenke, C. Clopath and W. Gerstner, "Inhibitory plasticity balances excitation and
inhibition in sensory pathways and memory networks", Science 334 (2011), 1569-1573, figure 1 and supporting text: one
neuron with 800 excitatory and 200 inhibitory inputs in 8 channels, each with its own signal. Excitation prefers the
fifth channel; inhibition begins weak and the same for all.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import spikeq as sq
from spikeq import models

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHANNELS, SIZES = 8, (100, 25)  # excitatory and inhibitory inputs of a channel
STRENGTHS = 0.014, 0.035  # of a synapse of weight 1, in units of the leak
DECAYS, REVERSALS = (5, 10), (0, -80)  # ms, mV
WINDOW = 1.5  # s
rho_0 = 6.25 * sq.Hz
tau_signal, spread = 50 * sq.ms, 0.304
background, peak = 5 * sq.Hz, 500 * sq.Hz

INPUTS = """
signal : 1 (linked)
rates = background + peak*clip(signal, 0, inf) : Hz
"""


class Result(NamedTuple):
    """What is seen in each window of 1.5 s, and mean currents in the first and last one, in which nothing is learned.

    ``rates``: of the neuron in Hz, ``[windows]``; ``weights``: of inhibition, ``[windows, channels]``; ``before`` and
    ``after``: excitatory and inhibitory current of each channel, as mV times the leak, ``[2, channels]``.
    """

    rates: np.ndarray
    weights: np.ndarray
    before: np.ndarray
    after: np.ndarray
    spikes: int


def simulate(learning_rate: float = 0.001, windows: int = 100, seed: int = 1) -> Result:
    """Run the neuron for some windows, three at least; ``learning_rate`` is the eta of inhibition."""
    signals = sq.NeuronGroup(CHANNELS, "dsignal/dt = -signal/tau_signal + spread*sqrt(2/tau_signal)*xi : 1")
    inputs = []
    for size in SIZES:
        group = sq.NeuronGroup(CHANNELS * size, INPUTS, threshold="rand() < rates*dt", refractory=5 * sq.ms)
        group.signal = sq.linked_var(signals, "signal", index=np.repeat(np.arange(CHANNELS), size))
        inputs.append(group)
    neuron = sq.NeuronGroup(1, models.ConductanceLIF)
    excitation = sq.Synapses(inputs[0], neuron, "w : 1", on_pre="g_e_post += 0.014*w")
    excitation.connect()
    excitation.w = "0.3 + 1.1/(1 + (i//100 - 4)**4) + 0.1*rand()"
    rule = models.VogelsInhibition(target="g_i", scale=STRENGTHS[1], rho_0=rho_0)
    inhibition = sq.Synapses(inputs[1], neuron, rule)
    inhibition.connect()
    inhibition.w = 0.1
    spikes, potential = sq.SpikeMonitor(neuron), sq.StateMonitor(neuron, "v", record=0)
    watched = sq.SpikeMonitor(inputs[0]), sq.SpikeMonitor(inputs[1])
    parts = signals, *inputs, neuron, excitation, inhibition, spikes, potential, *watched
    network = sq.Network(*parts, dt=1 * sq.ms, seed=seed)

    weights, measured = [], []
    for window in range(windows):
        outer = window in (0, windows - 1)
        inhibition.namespace["eta"] = 0.0 if outer else learning_rate
        for monitor in (potential, *watched):
            monitor.active = outer
        network.run(WINDOW * sq.second)
        weights.append(inhibition.w_[:].reshape(CHANNELS, -1).mean(axis=1))
        if outer:
            steps = round(1000 * WINDOW)
            first = 1000 * WINDOW * window
            v = 1000 * potential.v_[0][-steps:]
            sides = zip(watched, (excitation.w_[:], inhibition.w_[:]), strict=True)
            events = [(monitor.t_ * 1000 - first, monitor.i, w) for monitor, w in sides]
            measured.append(np.array([current(v, k, *event) for k, event in enumerate(events)]))
    rates = np.histogram(spikes.t_, windows, (0, windows * WINDOW))[0] / WINDOW
    return Result(rates, np.array(weights), measured[0], measured[-1], spikes.num_spikes)


def current(v: np.ndarray, side: int, t: np.ndarray, i: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Mean current of each channel at potentials ``v`` (mV, one a step), by spikes at ``t`` (ms) of inputs ``i``."""
    steps = np.round(t).astype(int)
    now = steps >= 0
    g = np.zeros((CHANNELS, len(v) + 1))
    np.add.at(g, (i[now] // SIZES[side], steps[now] + 1), STRENGTHS[side] * w[i[now]])
    for step in range(1, len(v)):
        g[:, step] += g[:, step - 1] * np.exp(-1 / DECAYS[side])
    return np.asarray((g[:, :-1] * (REVERSALS[side] - v)).mean(axis=1))


def draw(result: Result) -> Figure:
    """Currents of the channels before and after, and the way there."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 7.0), layout="constrained")
    (first, last), (rates, weights) = figure.subplots(2, 2)
    channels = np.arange(1, CHANNELS + 1)
    for axes, (excitation, inhibition), title in (
        (first, result.before, "currents in the first 1.5 s"),
        (last, result.after, "currents in the last 1.5 s"),
    ):
        axes.plot(channels, excitation, "o-", color="C3", linewidth=1.8, label="excitatory")
        axes.plot(channels, -inhibition, "s-", color="C0", linewidth=1.8, label="inhibitory")
        axes.set(xlabel="channel", ylabel="mean current (mV times leak)", title=title)
        axes.set_ylim(0, 1.1 * max(result.before.max(), result.after.max()))
        axes.legend(frameon=False, loc="upper left")
    times = WINDOW * (np.arange(len(result.rates)) + 0.5)
    rates.plot(times, result.rates, color="black", linewidth=1.5)
    rates.axhline(float(rho_0), color="C2", linestyle="--", label="target")
    rates.set(xlabel="time (s)", ylabel="rate (Hz)", title="the neuron", ylim=(0, None))
    rates.legend(frameon=False)
    for channel, colour in ((5, "C3"), (6, "C1"), (1, "C0")):
        weights.plot(times, result.weights[:, channel - 1], color=colour, linewidth=1.8, label=f"channel {channel}")
    weights.set(xlabel="time (s)", ylabel="mean weight", title="inhibition", ylim=(0, None))
    weights.legend(frameon=False)
    for axes in (first, last, rates, weights):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw currents, rate and weights into FILE")
    parser.add_argument("--short", action="store_true", help="simulate 4.5 s, with fast learning, instead of 150 s")
    arguments = parser.parse_args()

    result = simulate(0.01, 3) if arguments.short else simulate()
    print("channel   inhibitory / excitatory current, first and last 1.5 s")
    ratios = [-inhibition / excitation for excitation, inhibition in (result.before, result.after)]
    for channel, (first, last) in enumerate(zip(*ratios, strict=True), 1):
        print(f"{channel:7d} {first:36.2f} {last:11.2f}")
    last = result.rates[-max(1, len(result.rates) // 10) :].mean()
    print(f"{result.spikes} spikes; rate {result.rates[0]:.1f} Hz at first, {last:.1f} Hz at last")
    if arguments.plot:
        draw(result).savefig(arguments.plot, dpi=150)


if __name__ == "__main__":
    main()
