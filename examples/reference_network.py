"""The benchmark network of the BindsNET paper: n Poisson inputs, all-to-all onto n leaky neurons, for one second.

H. Hazan et al., "BindsNET: a machine learning-oriented spiking neural networks library in Python", Frontiers in
Neuroinformatics 12 (2018), 89, section 4, with the parameters of its LIFNodes. Rates are uniform in 0 to 100 Hz,
weights normal with a standard deviation of 1 mV, the time step is 1 ms.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import spikeq as sq
from spikeq.experiment import plotting

tau = 100 * sq.ms
v_rest, v_reset, v_threshold = -65 * sq.mV, -65 * sq.mV, -52 * sq.mV


def build(n: int, seed: int) -> tuple[sq.Network, sq.SpikeMonitor]:
    """The network and the monitor of its output spikes."""
    draw = np.random.default_rng(seed)
    inputs = sq.PoissonGroup(n, rates=draw.uniform(0.0, 100.0, n) * sq.Hz)
    neurons = sq.NeuronGroup(
        n,
        "dv/dt = (v_rest - v)/tau : volt (unless refractory)",
        threshold="v >= v_threshold",
        reset="v = v_reset",
        refractory=5 * sq.ms,
        method="exact",
    )
    neurons.v = v_rest
    synapses = sq.Synapses(inputs, neurons, "w : volt (constant)", on_pre="v_post += w")
    synapses.connect()
    synapses.w = draw.standard_normal(n * n) * sq.mV
    spikes = sq.SpikeMonitor(neurons)
    return sq.Network(inputs, neurons, synapses, spikes, seed=seed), spikes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1000, help="inputs, and neurons (default: 1000)")
    parser.add_argument("--seed", type=int, default=0, help="of rates, weights and input spikes (default: 0)")
    parser.add_argument("--plot", metavar="FILE", help="draw the raster into FILE")
    parser.add_argument("--short", action="store_true", help="simulate 50 ms of at most 100 neurons")
    arguments = parser.parse_args()
    if arguments.n < 1:
        parser.error("--n must be at least 1")

    n, duration = (min(arguments.n, 100), 50 * sq.ms) if arguments.short else (arguments.n, 1000 * sq.ms)
    started = time.perf_counter()
    network, spikes = build(n, arguments.seed)
    built = time.perf_counter()
    network.run(duration)
    ran = time.perf_counter()
    print(f"{spikes.num_spikes} spikes; built in {built - started:.2f} s, ran in {ran - built:.2f} s")
    if arguments.plot:
        plotting.raster(spikes, title=f"{n} inputs, {n} neurons").savefig(arguments.plot)


if __name__ == "__main__":
    main()
