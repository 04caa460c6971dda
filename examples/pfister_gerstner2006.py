"""How a pairing's effect depends on its frequency: the triplet rule against measured synapses of visual cortex.

J.-P. Pfister and W. Gerstner, "Triplets of spikes in a model of spike timing-dependent plasticity", Journal of
Neuroscience 26 (2006), 9673-9682: 60 pairs of spikes, 10 ms apart, at frequencies from 0.1 to 50 Hz; parameters of the
full model, all-to-all, for visual cortex. The measurements, with their standard errors, are those that the paper fits:
P. J. Sjostrom, G. G. Turrigiano and S. B. Nelson, "Rate, timing, and cooperativity jointly determine cortical synaptic
plasticity", Neuron 32 (2001), 1149-1164.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

import spikeq as sq
from spikeq import models

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LAGS = {10: "10 ms before", -10: "10 ms after"}  # postsynaptic minus presynaptic; where the presynaptic spike is
PERIODS = [20, 22, 24, 26, 28, 30, 34, 40, 46, 50, 60, 80, 100, 150, 200, 500, 1000]  # ms
SLOW = [10_000]

# The change of the weight and its standard error at five frequencies (Hz), by the lag.
FREQUENCIES = [0.1, 10, 20, 40, 50]
MEASURED = {
    10: ([-0.04, 0.14, 0.29, 0.53, 0.56], [0.05, 0.10, 0.14, 0.11, 0.26]),
    -10: ([-0.29, -0.41, -0.34, 0.56, 0.75], [0.08, 0.11, 0.10, 0.32, 0.19]),
}

# Neurons that spike in every period, "number" times.
EQUATIONS = """
first : integer (constant)
period : integer (constant)
v : 1
"""
THRESHOLD = """
t_in_timesteps >= first and t_in_timesteps < first + number*period and (t_in_timesteps - first) % period == 0
"""


def simulate(periods: list[int], step: int, pairs: int = 60) -> tuple[dict[int, np.ndarray], int]:
    """The change of weights ``[periods]`` by pairs at each of the periods, by the lag; and the number of spikes.

    Times are in ms. Traces are solved between spikes, so that the answer does not depend on the step, as long as all
    times are multiples of it.
    """
    every = np.array(periods * len(LAGS)) // step
    lags = np.repeat(list(LAGS), len(periods)) // step
    pre, post = (
        sq.NeuronGroup(len(every), EQUATIONS, threshold=THRESHOLD, namespace={"number": pairs}) for _ in range(2)
    )
    pre.period = post.period = every
    pre.first = np.maximum(0, -lags)
    post.first = np.maximum(0, lags)
    synapses = sq.Synapses(pre, post, models.TripletSTDP(w_max=2, scale=0))
    synapses.connect(j="i")
    spikes = sq.SpikeMonitor(pre), sq.SpikeMonitor(post)
    network = sq.Network(pre, post, synapses, *spikes, dt=step * sq.ms, dtype="float64")
    network.run(max(periods) * pairs * sq.ms, report=True)
    changes = synapses.w_[:] - 1.0
    return dict(zip(LAGS, changes.reshape(2, -1), strict=True)), sum(monitor.num_spikes for monitor in spikes)


def draw(periods: list[int], changes: dict[int, np.ndarray]) -> Figure:
    """The model's curves and the measured points, by the frequency."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.axhline(0, color="0.7", linewidth=0.8)
    for colour, (lag, label) in zip(("C0", "C3"), LAGS.items(), strict=True):
        axes.plot(1000 / np.array(periods), 100 * changes[lag], color=colour, linewidth=2.0, label=f"{label}: model")
        means, errors = 100 * np.array(MEASURED[lag])
        points = {"fmt": "o", "color": colour, "capsize": 3, "label": f"{label}: measured"}
        axes.errorbar(FREQUENCIES, means, yerr=errors, **points)
    axes.legend(frameon=False, title="presynaptic spike", alignment="left")
    axes.set(
        xlabel="frequency of the pairs (Hz)",
        ylabel="change of the weight (%)",
        title="60 pairs of spikes in visual cortex",
        xlim=(-1, 52),
    )
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw the change of weights over the frequency into FILE")
    parser.add_argument("--short", action="store_true", help="frequencies from 5 to 50 Hz only")
    arguments = parser.parse_args()

    periods = [period for period in PERIODS if period <= 200] if arguments.short else PERIODS
    changes, spikes = simulate(periods, 2)
    if not arguments.short:
        slow, more = simulate(SLOW, 10)
        periods, spikes = periods + SLOW, spikes + more
        changes = {lag: np.append(changes[lag], slow[lag]) for lag in LAGS}
    print("frequency (Hz)   pre before post (%)   post before pre (%)")
    for period, before, after in zip(periods, changes[10], changes[-10], strict=True):
        print(f"{1000 / period:14.1f} {100 * before:21.1f} {100 * after:21.1f}")
    print(f"{spikes} spikes")
    if arguments.plot:
        draw(periods, changes).savefig(arguments.plot, dpi=150)


if __name__ == "__main__":
    main()
