"""The window of spike-timing-dependent plasticity: what pairs of spikes do to a synapse, by the time between the two.

Pairs of spikes as G. Bi and M. Poo repeated them, "Synaptic modifications in cultured hippocampal neurons: dependence
on spike timing, synaptic strength, and postsynaptic cell type", Journal of Neuroscience 18 (1998), 10464-10472: 60, one
a second. The rule and its parameters are those of S. Song, K. D. Miller and L. F. Abbott, "Competitive Hebbian learning
through spike-timing-dependent synaptic plasticity", Nature Neuroscience 3 (2000), 919-926, figure 1.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np

import spikeq as sq
from spikeq import models

if TYPE_CHECKING:
    from matplotlib.figure import Figure

A_plus, A_minus, tau = 0.005, 0.00525, 20  # of the largest weight, and ms
period = 1 * sq.second

# Neurons that spike once in each period.
EQUATIONS = """
first : second (constant)
v : 1
"""
THRESHOLD = "timestep(t, dt) % timestep(period, dt) == timestep(first, dt)"

LAGS = np.setdiff1d(np.arange(-100, 101, 5), 0)  # postsynaptic minus presynaptic, ms


def simulate(lags: np.ndarray, pairs: int) -> tuple[np.ndarray, int]:
    """The change of each synapse's weight after ``pairs`` pairings at its lag, and the number of spikes."""
    pre, post = (sq.NeuronGroup(len(lags), EQUATIONS, threshold=THRESHOLD) for _ in range(2))
    pre.first = 500 * sq.ms
    post.first = (500 + lags) * sq.ms
    synapses = sq.Synapses(pre, post, models.PairSTDP(A_plus=A_plus, A_minus=A_minus, scale=0))
    synapses.connect(j="i")
    spikes = sq.SpikeMonitor(pre), sq.SpikeMonitor(post)
    before = synapses.w_[:]
    sq.Network(pre, post, synapses, *spikes, dtype="float64").run(pairs * period)
    return synapses.w_[:] - before, sum(monitor.num_spikes for monitor in spikes)


def window(lags: np.ndarray) -> np.ndarray:
    """The closed form of one pairing."""
    return np.where(lags > 0, A_plus, -A_minus) * np.exp(-np.abs(lags) / tau)


def draw(lags: np.ndarray, changes: np.ndarray, pairs: int) -> Figure:
    """The changes as dots over the closed form."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.0, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.axhline(0, color="0.7", linewidth=0.8)
    axes.axvline(0, color="0.7", linewidth=0.8)
    for side in (np.linspace(-105, -0.01, 300), np.linspace(0.01, 105, 300)):
        (line,) = axes.plot(side, 100 * pairs * window(side), color="C1", linewidth=2.0)
    dots = axes.scatter(lags, 100 * changes, s=14, color="C0", zorder=3)
    axes.legend([dots, line], ["simulated", "closed form"], frameon=False, loc="upper left")
    axes.set(
        xlabel="postsynaptic minus presynaptic spike (ms)",
        ylabel="change of the weight (% of the largest)",
        title=f"{pairs} pairings, one a second",
        xlim=(-105, 105),
    )
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw the window into FILE")
    parser.add_argument("--short", action="store_true", help="pair each synapse 2 times instead of 60")
    arguments = parser.parse_args()

    pairs = 2 if arguments.short else 60
    changes, spikes = simulate(LAGS, pairs)
    print("lag (ms)   simulated (%)   closed form (%)")
    for lag, change, wanted in zip(LAGS, changes, pairs * window(LAGS), strict=True):
        if lag % 20 == 10:
            print(f"{lag:8d} {100 * change:15.3f} {100 * wanted:17.3f}")
    print(f"{spikes} spikes; largest difference {100 * np.abs(changes - pairs * window(LAGS)).max():.1e} %")
    if arguments.plot:
        draw(LAGS, changes, pairs).savefig(arguments.plot, dpi=150)


if __name__ == "__main__":
    main()
