"""Where the synapses are: every edge's neurons, without storing what follows from the edge's number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[Any]


class _Found:
    """Keeps how the edges of each side are found: a layout never changes, and runs ask again and again."""

    @cached_property
    def found(self) -> dict[str, Access]:
        """By side, once asked for."""
        return {}


@dataclass(frozen=True)
class Dense(_Found):
    """Every pair once, presynaptic neuron by presynaptic neuron: edge e joins e // n_post and e % n_post."""

    n_pre: int
    n_post: int

    @property
    def count(self) -> int:
        """The number of synapses."""
        return self.n_pre * self.n_post

    @cached_property
    def i(self) -> Integers:
        """The presynaptic neurons, int32 ``[synapses]``."""
        return np.repeat(np.arange(self.n_pre, dtype=np.int32), self.n_post)

    @cached_property
    def j(self) -> Integers:
        """The postsynaptic neurons, int32 ``[synapses]``."""
        return np.tile(np.arange(self.n_post, dtype=np.int32), self.n_pre)


@dataclass(frozen=True)
class Sparse(_Found):
    """A list of edges in the order of their making."""

    n_pre: int
    n_post: int
    i: Integers
    j: Integers

    @property
    def count(self) -> int:
        """The number of synapses."""
        return len(self.i)


Layout = Dense | Sparse


def joined(first: Layout, second: Layout) -> Layout:
    """The edges of one layout, then those of another."""
    if first.count == 0:
        return second
    if second.count == 0:
        return first
    i, j = np.concatenate([first.i, second.i]), np.concatenate([first.j, second.j])
    return Sparse(first.n_pre, first.n_post, i, j)


@dataclass(frozen=True)
class Access:
    """The edges of each neuron of one side: edges ``order[offsets[k]:offsets[k + 1]]`` (all in order where None)."""

    offsets: Integers
    order: Integers | None


def edges_by(layout: Layout, side: str) -> Access:
    """How to find the edges of a pre- or postsynaptic neuron, in the order of their numbers."""
    if side not in layout.found:
        layout.found[side] = _edges_by(layout, side)
    return layout.found[side]


def _edges_by(layout: Layout, side: str) -> Access:
    if side == "pre" and isinstance(layout, Dense):
        return Access(np.arange(layout.n_pre + 1, dtype=np.int64) * layout.n_post, None)
    ends, size = (layout.i, layout.n_pre) if side == "pre" else (layout.j, layout.n_post)
    offsets = np.concatenate([[0], np.cumsum(np.bincount(ends, minlength=size))]).astype(np.int64)
    if len(ends) < 2 or (ends[1:] >= ends[:-1]).all():
        return Access(offsets, None)
    return Access(offsets, np.argsort(ends, kind="stable"))


def counted(layout: Layout, name: str) -> Integers:
    """For each synapse ``N_incoming``, ``N_outgoing``, or which of its pair's synapses it is, int32 ``[synapses]``."""
    if name == "N_incoming":
        return np.bincount(layout.j, minlength=layout.n_post).astype(np.int32)[layout.j]
    if name == "N_outgoing":
        return np.bincount(layout.i, minlength=layout.n_pre).astype(np.int32)[layout.i]
    pair = layout.i.astype(np.int64) * layout.n_post + layout.j
    order = np.argsort(pair, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], pair[order][1:] != pair[order][:-1]]))
    copies = np.empty(len(pair), np.int32)
    lengths = np.diff(np.append(starts, len(pair)))
    copies[order] = np.arange(len(pair)) - np.repeat(starts, lengths)
    return copies
