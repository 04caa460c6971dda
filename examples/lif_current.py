"""Leaky integrate-and-fire neurons under constant currents: the simulated rates against the closed form.

A neuron with membrane time constant tau and resistance R reaches its threshold only if R*I exceeds it, and then
fires every t_ref + tau*log(R*I/(R*I - threshold)).
"""

from __future__ import annotations

import argparse

import numpy as np

import spikeq as sq
from spikeq.experiment import plotting

tau = 10 * sq.ms
R = 100 * sq.Mohm
v_threshold = 15 * sq.mV
t_ref = 2 * sq.ms

EQUATIONS = """
dv/dt = (R*I - v)/tau : volt (unless refractory)
I : amp (constant)
"""


def simulate(duration: sq.Quantity) -> tuple[sq.SpikeMonitor, sq.StateMonitor]:
    """Run 21 neurons with currents from 0 to 0.4 nA."""
    neurons = sq.NeuronGroup(
        21, EQUATIONS, threshold="v > v_threshold", reset="v = 0*mV", refractory=t_ref, method="exact"
    )
    neurons.I = "0.4*nA*i/(N - 1)"
    spikes = sq.SpikeMonitor(neurons)
    potentials = sq.StateMonitor(neurons, "v", record=[7, 10, 20])
    sq.Network(neurons, spikes, potentials, dt=0.05 * sq.ms).run(duration)
    return spikes, potentials


def expected_rate(current: float) -> float:
    """The closed form, in Hz, for a current in ampere."""
    drive, threshold = float(R / sq.ohm) * current, float(v_threshold / sq.volt)
    if drive <= threshold:
        return 0.0
    return 1.0 / float(t_ref / sq.second + tau / sq.second * np.log(drive / (drive - threshold)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", metavar="FILE", help="draw 100 ms of the potentials of three neurons into FILE")
    parser.add_argument("--short", action="store_true", help="simulate 0.2 s instead of 2 s")
    arguments = parser.parse_args()

    duration = (0.2 if arguments.short else 2.0) * sq.second
    spikes, potentials = simulate(duration)
    print("current (nA)   simulated (Hz)   closed form (Hz)")
    for current, count in zip(np.linspace(0.0, 0.4, 21), spikes.count, strict=True):
        print(f"{current:12.2f} {count / float(duration / sq.second):16.1f} {expected_rate(current * 1e-9):18.1f}")
    print(f"{spikes.num_spikes} spikes")
    if arguments.plot:
        figure = plotting.traces(potentials, "v", labels=["0.14 nA", "0.20 nA", "0.40 nA"])
        figure.axes[0].set_xlim(0, 100)
        figure.savefig(arguments.plot)


if __name__ == "__main__":
    main()
