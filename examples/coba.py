"""A balanced network with conductance-based synapses (Vogels and Abbott 2005), which keeps itself active.

T. P. Vogels and L. F. Abbott, "Signal propagation and logic gating in networks of integrate-and-fire neurons",
Journal of Neuroscience 25 (2005), 10786-10795; parameters of benchmark 1 of Brette et al., Journal of
Computational Neuroscience 23 (2007), 349-398.
"""

from __future__ import annotations

import argparse

import spikeq as sq
from spikeq.experiment import plotting

C, g_leak = 200 * sq.pF, 10 * sq.nS
tau_e, tau_i = 5 * sq.ms, 10 * sq.ms
v_rest, v_reset, v_threshold = -60 * sq.mV, -60 * sq.mV, -50 * sq.mV
E_e, E_i = 0 * sq.mV, -80 * sq.mV
w_e, w_i = 6 * sq.nS, 67 * sq.nS

EQUATIONS = """
dv/dt = (g_leak*(v_rest - v) + g_e*(E_e - v) + g_i*(E_i - v))/C : volt (unless refractory)
dg_e/dt = -g_e/tau_e                                            : siemens
dg_i/dt = -g_i/tau_i                                            : siemens
"""


def simulate(n: int, duration: sq.Quantity) -> sq.SpikeMonitor:
    """Run n neurons, four in five of them excitatory; each gets 2 % of 4,000 inputs, whatever n."""
    neurons = sq.NeuronGroup(n, EQUATIONS, threshold="v > v_threshold", reset="v = v_reset", refractory=5 * sq.ms)
    neurons.v = "v_rest + 5*mV*(randn() - 1)"
    neurons.g_e = "clip(4 + 1.5*randn(), 0, inf)*10*nS"
    neurons.g_i = "clip(20 + 12*randn(), 0, inf)*10*nS"
    excitation = sq.Synapses(neurons[: 4 * n // 5], neurons, on_pre="g_e_post += w_e")
    inhibition = sq.Synapses(neurons[4 * n // 5 :], neurons, on_pre="g_i_post += w_i")
    excitation.connect(p=80 / n)
    inhibition.connect(p=80 / n)
    spikes = sq.SpikeMonitor(neurons)
    sq.Network(neurons, excitation, inhibition, spikes, dt=0.1 * sq.ms, seed=1).run(duration)
    return spikes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw the raster into FILE")
    parser.add_argument("--short", action="store_true", help="500 neurons for 100 ms instead of 4,000 for 1 s")
    arguments = parser.parse_args()

    n, duration = (500, 100 * sq.ms) if arguments.short else (4000, 1 * sq.second)
    spikes = simulate(n, duration)
    print(f"{spikes.num_spikes} spikes, {spikes.num_spikes / (n * float(duration / sq.second)):.1f} Hz per neuron")
    if arguments.plot:
        plotting.raster(spikes, title="COBA").savefig(arguments.plot)


if __name__ == "__main__":
    main()
