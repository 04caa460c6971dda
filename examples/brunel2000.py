"""Sparse excitation and inhibition in four regimes (Brunel 2000): synchronous or not, regular or irregular.

N. Brunel, "Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons", Journal of
Computational Neuroscience 8 (2000), 183-208, model A; the regimes are those of its figure 8.
"""

from __future__ import annotations

import argparse

import spikeq as sq
from spikeq.experiment import plotting

tau = 20 * sq.ms
v_threshold, v_reset = 20 * sq.mV, 10 * sq.mV

# Relative strength of inhibition, and external rate relative to the one that alone reaches the threshold.
REGIMES = {"SR": (3.0, 2.0), "SI-fast": (6.0, 4.0), "AI": (5.0, 2.0), "SI-slow": (4.5, 0.9)}


def simulate(n: int, regime: str, duration: sq.Quantity) -> tuple[sq.SpikeMonitor, sq.PopulationRateMonitor]:
    """Run n neurons, four in five excitatory, each pair connected with probability 0.1.

    The paper's n is 12,500 and its efficacy 0.1 mV; with other n the efficacy keeps the summed input the same.
    """
    g, relative_rate = REGIMES[regime]
    inputs = 2 * n // 25  # excitatory ones of each neuron
    efficacy = 0.1 * sq.mV * 1000 / inputs
    threshold_rate = v_threshold / (inputs * efficacy * tau)

    neurons = sq.NeuronGroup(
        n,
        "dv/dt = -v/tau : volt (unless refractory)",
        threshold="v > v_threshold",
        reset="v = v_reset",
        refractory=2 * sq.ms,
        method="exact",
    )
    excitatory, inhibitory = neurons[: 4 * n // 5], neurons[4 * n // 5 :]
    excitation = sq.Synapses(excitatory, neurons, on_pre="v_post += efficacy", delay=1.5 * sq.ms)
    inhibition = sq.Synapses(inhibitory, neurons, on_pre="v_post -= g*efficacy", delay=1.5 * sq.ms)
    excitation.connect(p=0.1)
    inhibition.connect(p=0.1)
    external = sq.PoissonInput(neurons, "v", N=inputs, rate=relative_rate * threshold_rate, weight=efficacy)

    spikes, rates = sq.SpikeMonitor(neurons[:50]), sq.PopulationRateMonitor(neurons)
    network = sq.Network(neurons, excitation, inhibition, external, spikes, rates, dt=0.1 * sq.ms, seed=1)
    network.run(duration, report=True)
    return spikes, rates


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--regime",
        choices=REGIMES,
        default="AI",
        help="S or A: synchronous or not; R or I: regular or not (default: AI)",
    )
    parser.add_argument("--plot", metavar="FILE", help="draw the raster of 50 neurons into FILE")
    parser.add_argument("--short", action="store_true", help="1,250 neurons for 50 ms instead of 12,500 for 0.5 s")
    arguments = parser.parse_args()

    n, duration = (1250, 50 * sq.ms) if arguments.short else (12_500, 500 * sq.ms)
    spikes, rates = simulate(n, arguments.regime, duration)
    mean = float((rates.rate / sq.Hz).mean())
    print(f"{spikes.num_spikes} spikes of 50 neurons; mean rate of all {mean:.1f} Hz")
    if arguments.plot:
        plotting.raster(spikes, title=f"Brunel 2000, {arguments.regime}").savefig(arguments.plot)


if __name__ == "__main__":
    main()
