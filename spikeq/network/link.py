"""A variable that stands for another group's: ``G.x = linked_var(H, 'y')``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.errors import KindError, ModelError, ShapeError
from spikeq.network.views import VariableView

if TYPE_CHECKING:
    from spikeq.network.group import Group
    from spikeq.network.variables import Variable


@dataclass(frozen=True, slots=True, eq=False)
class LinkedVariable:
    """The variable of a group that another variable stands for; ``index`` says element by element which."""

    group: Group
    name: str
    index: Any = None


def linked_var(group_or_variable: Any, name: str | None = None, index: Any = None) -> LinkedVariable:
    """Link to a variable: ``linked_var(G, 'v')`` or ``linked_var(G.v)``; ``index`` maps elements, ``[n]`` integers."""
    if isinstance(group_or_variable, VariableView):
        owner: Any = group_or_variable.owner
        group, name = owner, group_or_variable.name
    else:
        group = group_or_variable
    if not isinstance(name, str):
        raise KindError("linked_var needs the name of a variable.", "Write linked_var(group, 'v').")
    whole = getattr(group, "whole", group)
    if whole is not group:
        start = group.start
        index = np.arange(start, group.stop) if index is None else np.asarray(index) + start
    if isinstance(index, str):
        raise ModelError("The index of a linked variable must be an array.", "Give an array of integers, [n].")
    whole.variable(name)
    return LinkedVariable(whole, name, index)


def followed(variable: Variable) -> tuple[Group, str, Any]:
    """What a linked variable stands for in the end: group, name, and the index into it, None for element by element."""
    assert variable.link is not None
    group, name, where = variable.link
    while (further := group._variables[name].link) is not None:
        group, name, index = further
        where = index if where is None else where if index is None else index[where]
    return group, name, where


def link_index(value: LinkedVariable, n: int, owner: str) -> Any:
    """The checked index of a link for a group of n neurons. Raises ShapeError."""
    size = value.group.size_of(value.name)
    if value.index is None:
        if size not in (1, n):
            raise ShapeError(
                f"{value.group.name}.{value.name} has {size} values, but the group has {n} neurons.",
                "Give index=, which says for each neuron which value it takes.",
            ).located(owner)
        return None if value.group._variables[value.name].scalar or size == n else np.zeros(n, np.int64)
    index = np.asarray(value.index)
    if index.shape != (n,) or index.dtype.kind not in "iu" or index.min(initial=0) < 0 or index.max(initial=0) >= size:
        raise ShapeError(
            f"The index of a linked variable must hold {n} whole numbers from 0 to {size - 1}.",
            "Give one index for each neuron.",
        ).located(owner)
    return index.astype(np.int64)
