"""A library of models, written in the language: ``models.LIF(tau=20*ms)``, ``print(models.PairSTDP)``."""

from __future__ import annotations

from spikeq.models.neurons import *  # noqa: F403
from spikeq.models.neurons import __all__ as _neurons
from spikeq.models.plasticity import *  # noqa: F403
from spikeq.models.plasticity import __all__ as _plasticity

__all__ = [*_neurons, *_plasticity]  # noqa: PLE0604
