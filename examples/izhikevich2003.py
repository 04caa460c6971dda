"""A thousand randomly connected cortical neurons (Izhikevich 2003), whose rhythms emerge from noise.

E. M. Izhikevich, "Simple model of spiking neurons", IEEE Transactions on Neural Networks 14 (2003), 1569-1572.
As in the paper, v is stepped by 0.5 ms and every neuron gets new thalamic noise each millisecond; the threshold is
looked at in every half step.
"""

from __future__ import annotations

import argparse

import spikeq as sq
from spikeq.experiment import plotting

EQUATIONS = """
dv/dt = (0.04*v**2 + 5*v + 140 - u + I)/ms : 1
du/dt = a*(b*v - u)/ms                     : 1
I     : 1              # during this millisecond: thalamic noise and the spikes that arrived
input : 1              # the spikes that have arrived since
a     : 1 (constant)   # rate of recovery
b     : 1 (constant)   # sensitivity of recovery
c     : 1 (constant)   # reset of v
d     : 1 (constant)   # reset of u
noise : 1 (constant)   # strength of the thalamic noise
"""


def simulate(n: int, duration: sq.Quantity) -> sq.SpikeMonitor:
    """Run n neurons, four in five of them excitatory; the weights are those of 1,000, whatever n."""
    neurons = sq.NeuronGroup(n, EQUATIONS, threshold="v >= 30", reset="v = c; u += d")
    excitatory, inhibitory = neurons[: 4 * n // 5], neurons[4 * n // 5 :]

    # From regular spiking (a random number of 0) to chattering (1).
    excitatory.a, excitatory.b, excitatory.noise = 0.02, 0.2, 5.0
    excitatory.c = "rand()"
    excitatory.d = "8 - 6*c**2"
    excitatory.c = "-65 + 15*c**2"
    # From low-threshold spiking (0) to fast spiking (1).
    inhibitory.a = "rand()"
    inhibitory.b = "0.25 - 0.05*a"
    inhibitory.a = "0.02 + 0.08*a"
    inhibitory.c, inhibitory.d, inhibitory.noise = -65.0, 2.0, 2.0
    neurons.v = -65.0
    neurons.u = "b*v"
    neurons.run_regularly("I = noise*randn() + input; input = 0", dt=1 * sq.ms)

    excitation = sq.Synapses(excitatory, neurons, "w : 1 (constant)", on_pre="input_post += w")
    inhibition = sq.Synapses(inhibitory, neurons, "w : 1 (constant)", on_pre="input_post -= w")
    for synapses, strength in ((excitation, 0.5), (inhibition, 1.0)):
        synapses.connect()
        synapses.w = f"{strength}*rand()*1000/{n}"

    spikes = sq.SpikeMonitor(neurons)
    sq.Network(neurons, excitation, inhibition, spikes, dt=0.5 * sq.ms, seed=1).run(duration)
    return spikes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw the raster into FILE")
    parser.add_argument("--short", action="store_true", help="200 neurons for 100 ms instead of 1,000 for 1 s")
    arguments = parser.parse_args()

    n, duration = (200, 100 * sq.ms) if arguments.short else (1000, 1 * sq.second)
    spikes = simulate(n, duration)
    print(f"{spikes.num_spikes} spikes, {spikes.num_spikes / (n * float(duration / sq.second)):.1f} Hz per neuron")
    if arguments.plot:
        plotting.raster(spikes, title="Izhikevich 2003").savefig(arguments.plot)


if __name__ == "__main__":
    main()
