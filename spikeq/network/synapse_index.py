"""Synapse numbers from what stands between brackets: ``S.w[3]``, ``S.w[i, j]``, ``S.w[i, j, k]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.errors import KindError, NameConflictError, ShapeError
from spikeq.language.functions import check_variable_name
from spikeq.network.subgroup import Subgroup
from spikeq.network.views import Integers, indices_of_item

if TYPE_CHECKING:
    from spikeq.network.connected import Connected


def edges_of_item(synapses: Connected, item: Any) -> Integers:
    """The synapse numbers of an item, ascending for pairs. Raises ShapeError for indices out of range."""
    if not isinstance(item, tuple):
        return indices_of_item(item, len(synapses), synapses.name)
    if len(item) not in (2, 3):
        raise ShapeError(
            f"Synapses take 1, 2 or 3 indices, not {len(item)}.", "Write S.w[i, j] or S.w[i, j, k]."
        ).located(synapses.title)
    chosen = np.ones(len(synapses), np.bool_)
    for (name, side), part in zip((("i", synapses.source), ("j", synapses.target)), item, strict=False):
        within = _within(side, part)
        chosen &= _among(synapses.numbers(name), within, len(side), f"{synapses.name}, {name}")
    if len(item) == 3:
        chosen &= _copies(synapses, item[2])
    found = np.flatnonzero(chosen)
    single = all(isinstance(part, int | np.integer) for part in item)
    return np.asarray(found[0]) if single and len(found) == 1 and len(item) == 3 else found


def checked_index_name(synapses: Connected, name: Any) -> str | None:
    """A name for the number of a synapse among those of its pair. Raises KindError and NameConflictError."""
    if name is None:
        return None
    if not isinstance(name, str):
        raise KindError(f"multisynaptic_index must be a name, not {name!r}.", "Write 'k'.").located(synapses.title)
    check_variable_name(name)
    if synapses.symbol(name) is not None:
        raise NameConflictError(
            f"{name} cannot be the multisynaptic_index: it is a variable already.", "Choose another name."
        ).located(synapses.title)
    return name


def _within(side: Any, part: Any) -> Any:
    """Part of the group at one end as a slice of the neurons at that end; anything else as it is."""
    if not isinstance(part, Subgroup) or part.whole is not getattr(side, "whole", side):
        return part
    first = getattr(side, "start", 0)
    return slice(max(part.start - first, 0), max(part.stop - first, 0))


def _among(numbers: Any, part: Any, size: int, owner: str) -> Any:
    if isinstance(part, slice) and part == slice(None):
        return True
    wanted = np.zeros(size, np.bool_)
    wanted[indices_of_item(part, size, owner)] = True
    return wanted[numbers]


def _copies(synapses: Connected, part: Any) -> Any:
    copies = synapses.layout.copies()
    largest = int(copies.max(initial=-1)) + 1
    return _among(copies, part, max(largest, 1), f"{synapses.name}, k")
