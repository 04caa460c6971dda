"""Competition of synapses: additive STDP drives weights to either bound and keeps a neuron's rate from following.

S. Song, K. D. Miller and L. F. Abbott, "Competitive Hebbian learning through spike-timing-dependent synaptic
plasticity", Nature Neuroscience 3 (2000), 919-926, figure 2: a neuron with 1,000 excitatory and 200 inhibitory Poisson
inputs, for several rates of the former. A_plus is twice the published one, so that half the time is enough.

The rule counts two spikes in one step as a presynaptic one first. In steps of 1 ms this is no small thing: it makes the
potentiating side of the window exp(dt/tau) = 1.051 times the other, where the other is to be 1.05 times this one.
A_minus makes up for it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import spikeq as sq
from spikeq import models

if TYPE_CHECKING:
    from matplotlib.figure import Figure

tau, dt = 20 * sq.ms, 1 * sq.ms
RATES = (10.0, 20.0, 40.0)  # of the excitatory inputs, Hz
WINDOWS = 40  # in which spikes are counted


class Result(NamedTuple):
    """``weights``: of the largest, ``[neurons, inputs]``; ``rates`` in Hz, ``[neurons, windows]``; all spikes."""

    weights: np.ndarray
    rates: np.ndarray
    spikes: int


def simulate(
    rates: Sequence[float] = RATES, seconds: float = 400, inputs: int = 1000, A_plus: float = 0.01, report: bool = False
) -> Result:
    """Run a neuron for each of the input rates; with fewer inputs, each is stronger by as much."""
    n = len(rates)
    excitation = sq.PoissonGroup(n * inputs, rates=np.repeat(rates, inputs) * sq.Hz)
    inhibition = sq.PoissonGroup(n * 200, rates=10 * sq.Hz)
    membrane = models.ConductanceLIF(
        tau=20 * sq.ms,
        tau_e=5 * sq.ms,
        tau_i=5 * sq.ms,
        v_rest=-70 * sq.mV,
        v_threshold=-54 * sq.mV,
        v_reset=-60 * sq.mV,
        E_e=0 * sq.mV,
        E_i=-70 * sq.mV,
        t_ref=0 * sq.ms,
    )
    neurons = sq.NeuronGroup(n, membrane)
    A_minus = 1.05 * A_plus * float(np.exp(dt / tau))
    rule = models.PairSTDP(target="g_e", scale=15 / inputs, tau_pre=tau, tau_post=tau, A_plus=A_plus, A_minus=A_minus)
    plastic = sq.Synapses(excitation, neurons, rule)
    plastic.connect(j="i // inputs")
    plastic.w = "rand()"
    fixed = sq.Synapses(inhibition, neurons, on_pre="g_i_post += 0.05")
    fixed.connect(j="i // 200")
    spikes = sq.SpikeMonitor(neurons)
    network = sq.Network(excitation, inhibition, neurons, plastic, fixed, spikes, dt=dt, seed=1)
    network.run(seconds * sq.second, report=report)
    counts = [np.histogram(spikes.t_[spikes.i == k], WINDOWS, (0, seconds))[0] for k in range(n)]
    return Result(plastic.w_[:].reshape(n, inputs), np.array(counts) * WINDOWS / seconds, spikes.num_spikes)


def draw(result: Result, seconds: float) -> Figure:
    """The weights of each neuron, and the rates over time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.0, 4.5), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.3))
    panels = left.subplots(len(RATES), 1, sharex=True)
    left.align_ylabels()
    curves = right.subplots()
    times = (np.arange(WINDOWS) + 0.5) * seconds / WINDOWS
    for k, (rate, panel) in enumerate(zip(RATES, panels, strict=True)):
        panel.hist(result.weights[k], bins=20, range=(0, 1), color=f"C{k}", rwidth=0.9)
        panel.set_ylabel("synapses")
        panel.set_title(f"inputs at {rate:g} Hz", fontsize="medium")
        curves.plot(times, result.rates[k], color=f"C{k}", linewidth=1.8, label=f"inputs at {rate:g} Hz")
    left.suptitle("weights at the end")
    panels[-1].set_xlabel("weight / largest weight")
    curves.legend(frameon=False)
    curves.set(xlabel="time (s)", ylabel="rate of the neuron (Hz)", title="rates", xlim=(0, seconds))
    curves.set_ylim(bottom=0)
    for axes in (*panels, curves):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=400, help="how long to simulate (default: 400)")
    parser.add_argument("--plot", metavar="FILE", help="draw weights and rates into FILE")
    parser.add_argument("--short", action="store_true", help="simulate 1 s")
    arguments = parser.parse_args()

    seconds = 1.0 if arguments.short else arguments.seconds
    if not 0 < seconds < float("inf"):
        parser.error("--seconds must be more than 0")
    result = simulate(seconds=seconds, report=not arguments.short)
    print("inputs (Hz)   neuron, first and last tenth (Hz)   weights below 0.1, above 0.9 (%)")
    for rate, curve, weights in zip(RATES, result.rates, result.weights, strict=True):
        first, last = curve[:4].mean(), curve[-4:].mean()
        low, high = 100 * (weights < 0.1).mean(), 100 * (weights > 0.9).mean()
        print(f"{rate:11.0f} {first:22.1f} {last:11.1f} {low:23.1f} {high:10.1f}")
    print(f"{result.spikes} spikes")
    if arguments.plot:
        draw(result, seconds).savefig(arguments.plot, dpi=150)


if __name__ == "__main__":
    main()
