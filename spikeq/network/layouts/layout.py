"""What every layout of synapses answers: which neurons a synapse joins, and which synapses a neuron has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from hashlib import blake2b
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.ends import Form, Side

Integers = NDArray[Any]
SIDES: tuple[Side, Side] = ("pre", "post")
_BLOCK = 2**20  # synapses looked at at once


class Layout(ABC):
    """Synapses 0, 1, ... from ``n_pre`` to ``n_post`` neurons; the values of synapse e stand at place e of an array.

    A layout never changes: connecting more makes another one. Neurons count from 0 inside the groups connected.
    """

    form: ClassVar[Form]

    def __init__(self, n_pre: int, n_post: int) -> None:
        self.n_pre, self.n_post = n_pre, n_post

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.count} synapses, from {self.n_pre} to {self.n_post} neurons)"

    @property
    @abstractmethod
    def count(self) -> int:
        """The number of synapses."""

    @abstractmethod
    def ends(self, side: Side, edges: Integers | None = None) -> Integers:
        """The neuron on one side of some synapses, or of all: int32, shaped as ``edges`` or ``[synapses]``."""

    @abstractmethod
    def edges_of(self, side: Side, neurons: Integers) -> tuple[Integers, Integers]:
        """The synapses of some neurons of one side, neuron by neuron, each neuron's ascending: int64 ``[k]``.

        The second array says for each of them which of the neurons it belongs to, int64 ``[k]``.
        """

    @abstractmethod
    def degrees(self, side: Side) -> Integers:
        """How many synapses each neuron of one side has, int32 ``[n_pre]`` or ``[n_post]``."""

    def copies(self) -> Integers:
        """Which of its pair's synapses each one is, int32 ``[synapses]``."""
        return np.zeros(self.count, np.int32)

    @cached_property
    def has_copies(self) -> bool:
        """Whether a pair has several synapses."""
        return False

    @cached_property
    def fingerprint(self) -> int:
        """A number of 64 bits that synapses between other neurons, or in another order, do not have."""
        digest = blake2b(f"{self.n_pre} {self.n_post} {self.count}".encode(), digest_size=8)
        for first in range(0, self.count, _BLOCK):
            edges = np.arange(first, min(first + _BLOCK, self.count))
            for side in SIDES:
                digest.update(np.ascontiguousarray(self.ends(side, edges), dtype="<i4").tobytes())
        return int.from_bytes(digest.digest(), "little", signed=True)

    def size(self, side: Side) -> int:
        """The number of neurons of one side."""
        return self.n_pre if side == "pre" else self.n_post

    @property
    def i(self) -> Integers:
        """The presynaptic neurons, int32 ``[synapses]``, made when asked for."""
        return self.ends("pre")

    @property
    def j(self) -> Integers:
        """The postsynaptic neurons, int32 ``[synapses]``, made when asked for."""
        return self.ends("post")
