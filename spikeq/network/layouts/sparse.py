"""Synapses between any pairs of neurons, in any order."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.ends import Side
from spikeq.network.layouts.layout import Integers, Layout

SHORT = 2**16  # neurons that a number of 16 bits can tell apart


class Sparse(Layout):
    """A list of synapses in the order of their making; numbers of neurons take 2 bytes where there are few enough.

    ``stored_pre`` and ``stored_post`` are that list, ``[synapses]``, uint16 or int32. The order by neuron is made when
    a side is first asked for, and not kept for a side that the synapses are numbered by.
    """

    form = "sparse"

    def __init__(self, n_pre: int, n_post: int, i: Integers, j: Integers) -> None:
        super().__init__(n_pre, n_post)
        self.stored_pre, self.stored_post = _compact(i, n_pre), _compact(j, n_post)
        self._offsets: dict[Side, Integers] = {}
        self._order: dict[Side, Integers | None] = {}

    @property
    def count(self) -> int:
        """The number of synapses."""
        return len(self.stored_pre)

    def stored(self, side: Side) -> Integers:
        """The neurons of one side as they are stored, ``[synapses]``."""
        return self.stored_pre if side == "pre" else self.stored_post

    def is_unsigned(self, side: Side) -> bool:
        """Whether the stored numbers of one side may use all 16 bits."""
        return SHORT // 2 < self.size(side) <= SHORT

    def ends(self, side: Side, edges: Integers | None = None) -> Integers:
        """The neuron on one side of some synapses, or of all."""
        stored = self.stored(side)
        return (stored if edges is None else stored[edges]).astype(np.int32, copy=False)

    def degrees(self, side: Side) -> Integers:
        """How many synapses each neuron of one side has."""
        return np.diff(self.offsets(side))

    def offsets(self, side: Side) -> Integers:
        """Where each neuron's synapses begin and end in the order by neuron, int32 ``[neurons + 1]``."""
        if side not in self._offsets:
            counts = np.bincount(self.stored(side), minlength=self.size(side))
            self._offsets[side] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return self._offsets[side]

    def order(self, side: Side) -> Integers | None:
        """The synapses neuron by neuron, each neuron's ascending, int32 ``[synapses]``; None where that is 0, 1, ..."""
        if side not in self._order:
            stored = self.stored(side)
            self._order[side] = None if _ascends(stored) else sorted_by(stored)
        return self._order[side]

    def edges_of(self, side: Side, neurons: Integers) -> tuple[Integers, Integers]:
        """The synapses of some neurons, and which neuron each belongs to."""
        offsets, order = self.offsets(side).astype(np.int64), self.order(side)
        starts = offsets[neurons]
        counts = offsets[np.asarray(neurons, np.int64) + 1] - starts
        which = np.repeat(np.arange(len(counts)), counts)
        places = np.arange(len(which)) + (starts - np.cumsum(counts) + counts)[which]
        return (places if order is None else order[places].astype(np.int64)), which

    def copies(self) -> Integers:
        """Which of its pair's synapses each one is."""
        order, first = self._pairs
        if first.all():
            return super().copies()
        starts = np.flatnonzero(first)
        copies = np.empty(self.count, np.int32)
        copies[order] = np.arange(self.count) - np.repeat(starts, np.diff(np.append(starts, self.count)))
        return copies

    @cached_property
    def has_copies(self) -> bool:
        """Whether a pair has several synapses."""
        return not bool(self._pairs[1].all())

    @property
    def _pairs(self) -> tuple[Any, NDArray[np.bool_]]:
        """The synapses ordered by pair (a slice where they are), and which are the first of their pair."""
        pair = self.stored_pre.astype(np.int64) * self.n_post + self.stored_post
        order: Any = slice(None) if _ascends(pair) else np.argsort(pair, kind="stable")
        first = np.ones(self.count, np.bool_)
        first[1:] = pair[order][1:] != pair[order][:-1]
        return order, first


def sorted_by(numbers: Integers) -> Integers:
    """The places of numbers in ascending order, equal ones in the order in which they stand: int32 ``[n]``.

    NumPy sorts numbers of 16 bits digit by digit, several times as fast as others, so larger ones are taken in two.
    """
    if numbers.dtype == np.uint16:
        return np.argsort(numbers, kind="stable").astype(np.int32)
    order = sorted_by((numbers & 0xFFFF).astype(np.uint16))
    return order[np.argsort((numbers >> 16).astype(np.uint16)[order], kind="stable")]


def _compact(numbers: Integers, neurons: int) -> Integers:
    return np.ascontiguousarray(numbers.astype(np.uint16 if neurons <= SHORT else np.int32, copy=False))


def _ascends(numbers: Integers) -> bool:
    return len(numbers) < 2 or bool((numbers[1:] >= numbers[:-1]).all())
