"""The cortical microcircuit of Potjans and Diesmann in numbers: eight populations and what connects them."""

from __future__ import annotations

import math
from dataclasses import dataclass

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Microcircuit:
    """Layers of excitatory and inhibitory populations, in turn, of one neuron model.

    probabilities: ``[target, source]``, that a pair of neurons has at least one synapse. external: background inputs
    of each neuron of a population, each at ``background`` Hz. psp: peak of an excitatory potential in mV, ``doubled``
    for one pair (target, source); inhibitory ones are ``-g`` times as large. Standard deviations of weights and delays
    are relative to their means. delays: excitatory, inhibitory, in ms. v_mean, v_deviation: of the first potentials in
    mV. rates: of the whole network, in Hz, as simulated at full scale. dt in ms.
    """

    name: str
    citation: str
    populations: tuple[str, ...]
    neurons: tuple[int, ...]
    probabilities: tuple[Row, ...]
    external: tuple[int, ...]
    background: float
    psp: float
    doubled: tuple[str, str]
    g: float
    weight_deviation: float
    delays: tuple[float, float]
    delay_deviation: float
    v_mean: Row
    v_deviation: Row
    rates: Row
    equations: str
    threshold: str
    reset: str
    parameters: dict[str, tuple[float, str]]
    dt: float

    def synapses(self, target: int, source: int) -> float:
        """The number of synapses of which ``probabilities`` tells that a pair has at least one (the paper's eq. 1)."""
        pairs = self.neurons[target] * self.neurons[source]
        return math.log1p(-self.probabilities[target][source]) / math.log1p(-1 / pairs)

    def current(self) -> float:
        """The current in pA of which a potential has its peak at ``psp``: exponential current, leaky membrane."""
        tau_m, tau_s, capacitance = (self.parameters[name][0] for name in ("tau_m", "tau_s", "C_m"))
        peak = math.log(tau_m / tau_s) * tau_m * tau_s / (tau_m - tau_s)
        difference = math.exp(-peak / tau_m) - math.exp(-peak / tau_s)
        return self.psp * capacitance * (tau_m - tau_s) / (tau_m * tau_s * difference)


POTJANS_DIESMANN = Microcircuit(
    name="cortical microcircuit",
    citation=(
        "T. C. Potjans and M. Diesmann, The cell-type specific cortical microcircuit: relating structure and activity "
        "in a full-scale spiking network model, Cerebral Cortex 24 (2014), 785-806, tables 4 and 5; first potentials "
        "and rates as in NEST's implementation, described by S. J. van Albada et al., Frontiers in Neuroscience 12 "
        "(2018), 291"
    ),
    populations=("L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"),
    neurons=(20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948),
    probabilities=(
        (0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0),
        (0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0),
        (0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0),
        (0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0),
        (0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0),
        (0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0),
        (0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252),
        (0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443),
    ),
    external=(1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100),
    background=8.0,
    psp=0.15,
    doubled=("L23E", "L4E"),
    g=4.0,
    weight_deviation=0.1,
    delays=(1.5, 0.75),
    delay_deviation=0.5,
    v_mean=(-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43),
    v_deviation=(5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48),
    rates=(0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829),
    equations="""
dv/dt = (E_L - v)/tau_m + (current + constant_current)/C_m : volt (unless refractory)
dcurrent/dt = -current/tau_s                               : amp
constant_current                                           : amp (constant)
mean_inputs                                                : 1 (constant)
""",
    threshold="v >= v_threshold",
    reset="v = v_reset",
    parameters={
        "tau_m": (10.0, "ms"),
        "tau_s": (0.5, "ms"),
        "t_ref": (2.0, "ms"),
        "C_m": (250.0, "pF"),
        "E_L": (-65.0, "mV"),
        "v_reset": (-65.0, "mV"),
        "v_threshold": (-50.0, "mV"),
    },
    dt=0.1,
)
