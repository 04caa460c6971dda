"""All models of neurons, by name: ``NeuronGroup(n, models.LIF(tau=20*ms))``, ``print(models.AdEx)``."""

from __future__ import annotations

from spikeq.models.integrate_and_fire import (
    GLIF,
    IF,
    LIF,
    MAT,
    AdaptiveLIF,
    BoostedLIF,
    ConductanceLIF,
    CurrentLIF,
    DiehlCook,
    McCullochPitts,
)
from spikeq.models.nonlinear import EIF, QIF, AdEx, FitzHughNagumo, HodgkinHuxley, Izhikevich, MorrisLecar
from spikeq.models.response import CSRM, SRM0

__all__ = [
    "CSRM",
    "EIF",
    "GLIF",
    "IF",
    "LIF",
    "MAT",
    "QIF",
    "SRM0",
    "AdEx",
    "AdaptiveLIF",
    "BoostedLIF",
    "ConductanceLIF",
    "CurrentLIF",
    "DiehlCook",
    "FitzHughNagumo",
    "HodgkinHuxley",
    "Izhikevich",
    "McCullochPitts",
    "MorrisLecar",
]
