"""Synapse numbers from what stands between brackets: ``S.w[3]``, ``S.w[i, j]``, ``S.w[i, j, k]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.ends import SIDES, Side
from spikeq.errors import KindError, NameConflictError, ShapeError
from spikeq.language.functions import check_variable_name
from spikeq.network.layouts.layout import Layout
from spikeq.network.layouts.sparse import Sparse
from spikeq.network.subgroup import Subgroup
from spikeq.network.views import Integers, indices_of_item

if TYPE_CHECKING:
    from spikeq.network.connected import Connected

Mask = NDArray[np.bool_]


def edges_of_item(synapses: Connected, item: Any) -> Integers:
    """The synapse numbers of an item, ascending for pairs. Raises ShapeError for indices out of range."""
    if not isinstance(item, tuple):
        return indices_of_item(item, len(synapses), synapses.name)
    if len(item) not in (2, 3):
        raise ShapeError(
            f"Synapses take 1, 2 or 3 indices, not {len(item)}.", "Write S.w[i, j] or S.w[i, j, k]."
        ).located(synapses.title)
    pre = _mask(_within(synapses.source, item[0]), len(synapses.source), f"{synapses.name}, i")
    post = _mask(_within(synapses.target, item[1]), len(synapses.target), f"{synapses.name}, j")
    found = _between(synapses.layout, pre, post)
    if len(item) == 3:
        found = _copies(synapses, found, item[2])
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


def _mask(part: Any, size: int, owner: str) -> Mask | None:
    """Which of some elements an index means; None for all."""
    if isinstance(part, slice) and part == slice(None):
        return None
    wanted = np.zeros(size, np.bool_)
    wanted[indices_of_item(part, size, owner)] = True
    return wanted


def _between(layout: Layout, pre: Mask | None, post: Mask | None) -> Integers:
    """The synapses between some neurons, ascending."""
    given: list[tuple[Side, Mask]] = [(s, m) for s, m in zip(SIDES, (pre, post), strict=True) if m is not None]
    if not given:
        return np.arange(layout.count)
    if isinstance(layout, Sparse):
        chosen = [mask[layout.stored(side)] for side, mask in given]
        return np.flatnonzero(chosen[0] & chosen[-1])
    (side, mask), *others = given
    edges = np.sort(layout.edges_of(side, np.flatnonzero(mask))[0])
    for other, wanted in others:
        edges = edges[wanted[layout.ends(other, edges)]]
    return edges


def _copies(synapses: Connected, found: Integers, part: Any) -> Integers:
    """Those of some synapses that have certain numbers among those of their pair."""
    copies = synapses.layout.copies()
    wanted = _mask(part, max(int(copies.max(initial=-1)) + 1, 1), f"{synapses.name}, k")
    return found if wanted is None else found[wanted[copies[found]]]
