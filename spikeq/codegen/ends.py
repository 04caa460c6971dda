"""How code finds the neurons of a synapse: by arithmetic where every pair is joined, from stored lists elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

Form = OneOf["dense", "one_to_one", "sparse"]
Side = OneOf["pre", "post"]
SIDES: tuple[Side, ...] = ("pre", "post")


@dataclass(frozen=True, slots=True)
class Ends:
    """The form of some synapses.

    ``first_pre``, ``first_post``: the number of the first neuron connected, in its whole group. ``unsigned_pre``,
    ``unsigned_post``: whether stored numbers use all 16 bits of an integer that torch reads as signed.
    """

    form: Form
    n_pre: int
    n_post: int
    first_pre: int = 0
    first_post: int = 0
    unsigned_pre: bool = False
    unsigned_post: bool = False

    def count(self, side: str) -> int:
        """The number of neurons of one side."""
        return self.n_pre if side == "pre" else self.n_post

    def first(self, side: str) -> int:
        """The first neuron of one side."""
        return self.first_pre if side == "pre" else self.first_post

    def unsigned(self, side: str) -> bool:
        """Whether the stored numbers of one side use the bit of the sign."""
        return self.unsigned_pre if side == "pre" else self.unsigned_post


def all_ends(space: str, side: str) -> str:
    """The key of the array with the neurons on one side of all synapses of a list, counted in their whole group."""
    return f"{space}._{side} of all"
