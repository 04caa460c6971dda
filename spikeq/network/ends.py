"""The two ends of synapses: neurons, a part of a group, or other synapses; what a name means there."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeq.dimension import DIMENSIONLESS
from spikeq.errors import KindError
from spikeq.language.check import Symbol
from spikeq.network.group import Group
from spikeq.network.subgroup import Subgroup

COUNTS = ("N_incoming", "N_outgoing")


def whole_of(end: Any) -> Any:
    """The group that an end is, or is a part of."""
    return getattr(end, "whole", end)


def require_end(end: Any, side: str, owner: str) -> None:
    """Raise KindError for what synapses cannot start from or lead to."""
    if not isinstance(end, Group | Subgroup):
        raise KindError(
            f"The {side} of synapses must be a group of neurons or synapses, not {type(end).__name__}.",
            "Give a NeuronGroup, a part of one, or Synapses.",
        ).located(owner)


def end_symbol(end: Any, name: str) -> Symbol | None:
    """What can be read of an element at an end: its variables and its number; of synapses also where they lead."""
    whole = whole_of(end)
    if name in whole._variables:
        return None if name.startswith("_") else whole._variables[name].symbol
    numbers = ("i", "j", *COUNTS, whole.multisynaptic_index) if whole.is_edges else ("i",)
    return Symbol(DIMENSIONLESS, "integer") if name in numbers else None


def end_values(end: Any, name: str, variables: Any) -> Any:
    """The values of a name for every element of the whole group, ``[n]`` or ``[batch, n]``; ``[]`` if shared.

    ``variables(group, name)`` reads a variable.
    """
    whole = whole_of(end)
    if name in whole._variables:
        return variables(whole, name)
    return whole.numbers(name) if whole.is_edges else whole.value_of("i", None) - np.int32(getattr(end, "start", 0))


def is_shared(end: Any, name: str) -> bool:
    """Whether a name is one value for all elements of an end."""
    variables = whole_of(end)._variables
    return name in variables and bool(variables[name].scalar)


def waits(end: Any) -> bool:
    """Whether the synapses at an end are still to be made."""
    whole = whole_of(end)
    return bool(whole.is_edges and whole._pending)
