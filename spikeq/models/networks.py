"""Networks of the literature as text: equations, parameters, projections and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Projection:
    """Connections within the population: each pair that meets ``condition``, with ``probability``."""

    name: str
    on_pre: str
    condition: str
    probability: float


@dataclass(frozen=True, slots=True)
class NetworkModel:
    """One population and its projections onto itself.

    ``parameters`` are numbers with the name of their unit; ``initial`` are expressions, assigned in this order.
    ``dt`` and ``duration`` are those of the publication, in milliseconds.
    """

    name: str
    citation: str
    neurons: int
    equations: str
    threshold: str
    reset: str
    refractory: str
    parameters: Mapping[str, tuple[float, str]]
    initial: Mapping[str, str]
    projections: tuple[Projection, ...]
    method: str
    dt: float
    duration: float


CUBA = NetworkModel(
    name="CUBA",
    citation=(
        "T. P. Vogels and L. F. Abbott, Signal propagation and logic gating in networks of integrate-and-fire neurons, "
        "Journal of Neuroscience 25 (2005), 10786-10795; as benchmark 2 of R. Brette et al., Simulation of networks of "
        "spiking neurons, Journal of Computational Neuroscience 23 (2007), 349-398"
    ),
    neurons=4000,
    equations="""
dv/dt = (g_e + g_i - (v - v_rest))/tau_m : volt (unless refractory)
dg_e/dt = -g_e/tau_e                     : volt
dg_i/dt = -g_i/tau_i                     : volt
""",
    threshold="v > v_threshold",
    reset="v = v_reset",
    refractory="5*ms",
    parameters={
        "tau_m": (20.0, "ms"),
        "tau_e": (5.0, "ms"),
        "tau_i": (10.0, "ms"),
        "v_rest": (-49.0, "mV"),
        "v_reset": (-60.0, "mV"),
        "v_threshold": (-50.0, "mV"),
        "w_e": (1.62, "mV"),
        "w_i": (-9.0, "mV"),
    },
    initial={"v": "v_reset + rand()*(v_threshold - v_reset)"},
    projections=(
        Projection("excitation", "g_e_post += w_e", condition="i < 4*N_pre/5", probability=0.02),
        Projection("inhibition", "g_i_post += w_i", condition="i >= 4*N_pre/5", probability=0.02),
    ),
    method="euler",
    dt=0.1,
    duration=1000.0,
)
