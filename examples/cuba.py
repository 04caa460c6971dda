"""A balanced network with current-based synapses (Vogels and Abbott 2005), with Brian2-like strings.

T. P. Vogels and L. F. Abbott, "Signal propagation and logic gating in networks of integrate-and-fire neurons",
Journal of Neuroscience 25 (2005), 10786-10795; parameters of benchmark 2 of Brette et al., Journal of
Computational Neuroscience 23 (2007), 349-398.
"""

from __future__ import annotations

import argparse

import spikeq as sq
from spikeq.experiment import plotting

tau_m, tau_e, tau_i = 20 * sq.ms, 5 * sq.ms, 10 * sq.ms
v_rest, v_reset, v_threshold = -49 * sq.mV, -60 * sq.mV, -50 * sq.mV
w_e, w_i = 1.62 * sq.mV, -9 * sq.mV

EQUATIONS = """
dv/dt = (g_e + g_i - (v - v_rest))/tau_m : volt (unless refractory)
dg_e/dt = -g_e/tau_e                     : volt
dg_i/dt = -g_i/tau_i                     : volt
"""


def simulate(n: int, duration: sq.Quantity) -> sq.SpikeMonitor:
    """Run n neurons, four in five of them excitatory, each pair connected with probability 0.02."""
    neurons = sq.NeuronGroup(
        n, EQUATIONS, threshold="v > v_threshold", reset="v = v_reset", refractory=5 * sq.ms, method="exact"
    )
    neurons.v = "v_reset + rand()*(v_threshold - v_reset)"
    excitation = sq.Synapses(neurons[: 4 * n // 5], neurons, on_pre="g_e_post += w_e")
    inhibition = sq.Synapses(neurons[4 * n // 5 :], neurons, on_pre="g_i_post += w_i")
    excitation.connect(p=0.02)
    inhibition.connect(p=0.02)
    spikes = sq.SpikeMonitor(neurons)
    sq.Network(neurons, excitation, inhibition, spikes, dt=0.1 * sq.ms, seed=1).run(duration)
    return spikes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw the raster into FILE")
    parser.add_argument("--short", action="store_true", help="500 neurons for 50 ms instead of 4,000 for 1 s")
    arguments = parser.parse_args()

    n, duration = (500, 50 * sq.ms) if arguments.short else (4000, 1 * sq.second)
    spikes = simulate(n, duration)
    print(f"{spikes.num_spikes} spikes, {spikes.num_spikes / (n * float(duration / sq.second)):.1f} Hz per neuron")
    if arguments.plot:
        plotting.raster(spikes, title="CUBA").savefig(arguments.plot)


if __name__ == "__main__":
    main()
