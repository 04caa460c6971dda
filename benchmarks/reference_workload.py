"""The reference benchmark's numbers, the same for both sides: rates, weights, given input spikes, the neuron.

n Poisson inputs with rates U(0, 100) Hz, all-to-all weights N(0, 1) mV, n leaky integrate-and-fire neurons with the
defaults of BindsNET's ``LIFNodes``, 1,000 steps of 1 ms (Hazan et al., Frontiers in Neuroinformatics 12:89, 2018).
In one step such a neuron decays towards rest, receives the weights of the inputs that spiked in the step before,
unless it is refractory, and spikes at v >= threshold; after a spike it receives nothing for 5 steps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

STEPS = 1000  # of 1 ms
TAU = 100.0  # ms
V_REST = V_RESET = -65.0  # mV
V_THRESHOLD = -52.0  # mV
REFRACTORY_STEPS = 5
HIGHEST_RATE = 100.0  # Hz


def rates(n: int, seed: int) -> NDArray[np.float64]:
    """Rates of the inputs in Hz, ``[n]``."""
    return np.random.default_rng([seed, 0]).uniform(0.0, HIGHEST_RATE, n)


def weights(n: int, seed: int) -> NDArray[np.float32]:
    """Weights in mV, ``[inputs, neurons]``."""
    return np.random.default_rng([seed, 1]).standard_normal((n, n), dtype=np.float32)


def given_input(n: int, seed: int) -> NDArray[np.bool_]:
    """Input spikes for the comparison, ``[steps, inputs]``: an input spikes in a step with probability rate · dt."""
    chance = (rates(n, seed) * 1e-3).astype(np.float32)
    return np.random.default_rng([seed, 2]).random((STEPS, n), dtype=np.float32) < chance


def voltage_before(given: NDArray[np.bool_], column: NDArray[np.float32], spikes: list[int], step: int) -> float:
    """The voltage in mV that a neuron with these weights compares with the threshold at ``step``, in float64.

    ``spikes`` are the steps of its spikes before that one.
    """
    received = given[:step].astype(np.float64) @ column.astype(np.float64)
    decay, last = np.exp(-1.0 / TAU), -REFRACTORY_STEPS - 1
    voltage, waiting = 0.0, iter([*spikes, -1])
    following = next(waiting)
    for now in range(1, step + 1):
        voltage *= decay
        if now - last > REFRACTORY_STEPS:
            voltage += received[now - 1]
        if now == following:
            voltage, last, following = V_RESET - V_REST, now, next(waiting)
    return V_REST + voltage
