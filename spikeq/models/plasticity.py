"""All models of synapses, by name: ``Synapses(source, target, models.PairSTDP(tau_pre=20*ms))``."""

from __future__ import annotations

from spikeq.models.other_plasticity import Clopath, GraupnerBrunel, HomeostaticScaling, TsodyksMarkram
from spikeq.models.rewarded import MSTDP, MSTDPET, Hebbian, PostPre, Rmax, WeightDependentPostPre
from spikeq.models.spike_timing import (
    MultiplicativeSTDP,
    NearestPairSTDP,
    PairSTDP,
    PowerLawSTDP,
    PowerSTDP,
    TripletSTDP,
    VogelsInhibition,
)

__all__ = [
    "MSTDP",
    "MSTDPET",
    "Clopath",
    "GraupnerBrunel",
    "Hebbian",
    "HomeostaticScaling",
    "MultiplicativeSTDP",
    "NearestPairSTDP",
    "PairSTDP",
    "PostPre",
    "PowerLawSTDP",
    "PowerSTDP",
    "Rmax",
    "TripletSTDP",
    "TsodyksMarkram",
    "VogelsInhibition",
    "WeightDependentPostPre",
]
