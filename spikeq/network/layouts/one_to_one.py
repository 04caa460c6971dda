"""Each neuron of one group to the neuron of the same number in another."""

from __future__ import annotations

import numpy as np

from spikeq.codegen.ends import Side
from spikeq.network.layouts.layout import Integers, Layout


class OneToOne(Layout):
    """Synapse e joins neuron e to neuron e; both sides have the same size."""

    form = "one_to_one"

    @property
    def count(self) -> int:
        """The number of synapses."""
        return self.n_pre

    def ends(self, side: Side, edges: Integers | None = None) -> Integers:
        """The neuron on one side of some synapses, or of all."""
        return np.arange(self.n_pre, dtype=np.int32) if edges is None else np.asarray(edges).astype(np.int32)

    def edges_of(self, side: Side, neurons: Integers) -> tuple[Integers, Integers]:
        """The synapses of some neurons, and which neuron each belongs to."""
        return np.array(neurons, np.int64), np.arange(len(neurons))

    def degrees(self, side: Side) -> Integers:
        """How many synapses each neuron of one side has."""
        return np.ones(self.n_pre, np.int32)
