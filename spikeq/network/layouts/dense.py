"""Every neuron of one group to every neuron of another."""

from __future__ import annotations

import numpy as np

from spikeq.codegen.ends import Side
from spikeq.network.layouts.layout import Integers, Layout


class Dense(Layout):
    """Every pair once, presynaptic neuron by presynaptic neuron: synapse e joins e // n_post and e % n_post."""

    form = "dense"

    @property
    def count(self) -> int:
        """The number of synapses."""
        return self.n_pre * self.n_post

    def ends(self, side: Side, edges: Integers | None = None) -> Integers:
        """The neuron on one side of some synapses, or of all."""
        if edges is None:
            numbers = np.arange(self.size(side), dtype=np.int32)
            return np.repeat(numbers, self.n_post) if side == "pre" else np.tile(numbers, self.n_pre)
        found = edges // self.n_post if side == "pre" else edges % self.n_post
        return np.asarray(found).astype(np.int32)

    def edges_of(self, side: Side, neurons: Integers) -> tuple[Integers, Integers]:
        """The synapses of some neurons, and which neuron each belongs to."""
        neurons = np.asarray(neurons, np.int64)[:, None]
        if side == "pre":
            edges = neurons * self.n_post + np.arange(self.n_post)
        else:
            edges = neurons + np.arange(self.n_pre) * self.n_post
        return edges.reshape(-1), np.repeat(np.arange(len(neurons)), edges.shape[1])

    def degrees(self, side: Side) -> Integers:
        """How many synapses each neuron of one side has."""
        return np.full(self.size(side), self.n_post if side == "pre" else self.n_pre, np.int32)
