"""The squid's giant axon (Hodgkin and Huxley 1952) under steps of current, with a time step of 0.01 ms.

A. L. Hodgkin and A. F. Huxley, "A quantitative description of membrane current and its application to conduction
and excitation in nerve", Journal of Physiology 117 (1952), 500-544; potentials counted so that rest is at -65 mV.
"""

from __future__ import annotations

import argparse

import spikeq as sq
from spikeq.experiment import plotting

area = sq.cm**2
C = 1 * sq.uF / area
g_Na, g_K, g_leak = 120 * sq.mS / area, 36 * sq.mS / area, 0.3 * sq.mS / area
E_Na, E_K, E_leak = 50 * sq.mV, -77 * sq.mV, -54.4 * sq.mV

EQUATIONS = """
dv/dt = (I - g_Na*m**3*h*(v - E_Na) - g_K*n**4*(v - E_K) - g_leak*(v - E_leak))/C : volt
dm/dt = alpha_m*(1 - m) - beta_m*m : 1
dh/dt = alpha_h*(1 - h) - beta_h*h : 1
dn/dt = alpha_n*(1 - n) - beta_n*n : 1

# exprel(x) = (exp(x) - 1)/x is smooth where the textbook's fraction is 0/0.
alpha_m = 1/exprel(-(v + 40*mV)/(10*mV))/ms     : Hz
beta_m  = 4*exp(-(v + 65*mV)/(18*mV))/ms        : Hz
alpha_h = 0.07*exp(-(v + 65*mV)/(20*mV))/ms     : Hz
beta_h  = 1/(1 + exp(-(v + 35*mV)/(10*mV)))/ms  : Hz
alpha_n = 0.1/exprel(-(v + 55*mV)/(10*mV))/ms   : Hz
beta_n  = 0.125*exp(-(v + 65*mV)/(80*mV))/ms    : Hz

I : amp/meter**2 (constant)
"""


def simulate(duration: sq.Quantity) -> tuple[sq.SpikeMonitor, sq.StateMonitor]:
    """Run five axons with currents of 0, 5, 10, 15 and 20 uA/cm2, from rest."""
    axons = sq.NeuronGroup(5, EQUATIONS, threshold="v > -20*mV", refractory="v > -20*mV", method="exponential_euler")
    axons.I = "5*i*uA/cm**2"
    axons.v = -65 * sq.mV
    axons.m, axons.h, axons.n = 0.053, 0.596, 0.318
    spikes = sq.SpikeMonitor(axons)
    potentials = sq.StateMonitor(axons, "v", record=[0, 2, 4], dt=0.1 * sq.ms)
    sq.Network(axons, spikes, potentials, dt=0.01 * sq.ms, dtype="float64").run(duration, report=True)
    return spikes, potentials


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw three of the potentials into FILE")
    parser.add_argument("--short", action="store_true", help="simulate 20 ms instead of 200 ms")
    arguments = parser.parse_args()

    duration = (20 if arguments.short else 200) * sq.ms
    spikes, potentials = simulate(duration)
    print("current (uA/cm2)   rate (Hz)")
    for number, count in enumerate(spikes.count):
        print(f"{5 * number:16d} {count / float(duration / sq.second):11.0f}")
    print(f"{spikes.num_spikes} spikes")
    if arguments.plot:
        plotting.traces(potentials, "v", labels=["0 uA/cm2", "10 uA/cm2", "20 uA/cm2"]).savefig(arguments.plot)


if __name__ == "__main__":
    main()
