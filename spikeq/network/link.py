"""A variable that stands for another group's: ``G.x = linked_var(H, 'y')``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikeq.errors import KindError, ModelError, ShapeError, UnknownNameError
from spikeq.language.expression import names
from spikeq.network.views import VariableView

if TYPE_CHECKING:
    from spikeq.network.group import Group
    from spikeq.network.variables import Variable

ONE_FOR_ALL = np.zeros((), np.int64)  # the index of a link to a group of one element


@dataclass(frozen=True, slots=True, eq=False)
class LinkedVariable:
    """The variable of a group that another variable stands for; ``index`` says element by element which."""

    group: Group
    name: str
    index: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class IndexVariable:
    """The integer variable of the group that is linked, from which each element's index is read."""

    group: Group
    name: str

    def numbers(self, size: int) -> NDArray[np.int64]:
        """The indices of all elements. Raises ShapeError for those that none of ``size`` elements has."""
        found = np.asarray(self.group.value_of(self.name, None))
        if found.ndim > 1:
            raise ShapeError(
                f"{self.name} is the index of a linked variable and differs between the rows of the batch.",
                "Give it one value for each element.",
            ).located(self.group.title)
        wrong = found[(found < 0) | (found >= size)]
        if wrong.size:
            raise ShapeError(
                f"{self.name} is the index of a linked variable, but {wrong[0]} is none: there are {size} elements.",
                f"Indices go from 0 to {size - 1}.",
            ).located(self.group.title)
        return found.astype(np.int64)


def linked_var(group_or_variable: Any, name: str | None = None, index: Any = None) -> LinkedVariable:
    """Link to a variable: ``linked_var(G, 'v')`` or ``linked_var(G.v)``.

    ``index`` says which element each takes: integers ``[n]``, or the name of an integer variable of the group that is
    linked. Synapses, whose number may change, take a name only: ``linked_var(G.v, index='j')``.
    """
    if isinstance(group_or_variable, VariableView):
        owner: Any = group_or_variable.owner
        group, name = owner, group_or_variable.name
    else:
        group = group_or_variable
    if not isinstance(name, str):
        raise KindError("linked_var needs the name of a variable.", "Write linked_var(group, 'v').")
    whole = getattr(group, "whole", group)
    if whole is not group:
        if isinstance(index, str):
            raise ModelError(
                "The index of a link to a part of a group must be an array.", "Give an array of integers, [n]."
            )
        start = group.start
        index = np.arange(start, group.stop) if index is None else np.asarray(index) + start
    whole.variable(name)
    return LinkedVariable(whole, name, index)


def link(group: Any, name: str, value: LinkedVariable) -> None:
    """Let a variable that is declared ``(linked)`` stand for another. Raises ModelError, KindError and ShapeError."""
    variable: Variable = group._variables[name]
    if not variable.linked:
        raise ModelError(f"{name} is not declared (linked).", f"Write '{name} : unit (linked)'.").located(group.title)
    target = value.group.variable(value.name)
    if target.dimension != variable.dimension or target.kind != variable.kind:
        raise KindError(
            f"{name} is in {variable.dimension}, but {value.group.name}.{value.name} is in {target.dimension}.",
            "Link variables of the same unit and kind.",
        ).located(group.title)
    where = _index(group, name, value)
    shared = where is ONE_FOR_ALL or value.group._variables[value.name].scalar
    for reader in _shared_readers(group, name):
        if not shared:
            raise ModelError(
                f"{reader} is shared by all, but {name} differs between them.",
                f"Drop the flag 'shared', or link {name} to one value.",
            ).located(group.title)
        group._variables[reader].scalar = False  # the value that is linked is gathered for each element
    variable.link = (value.group, value.name, where)


def _shared_readers(group: Any, name: str) -> list[str]:
    """The shared subexpressions that read a variable."""
    readers = (other for other, one in group._variables.items() if one.expression and name in names(one.expression))
    return [one for one in readers if "shared" in group.equations[one].flags]


def followed(variable: Variable) -> tuple[Group, str, list[Any]]:
    """What a linked variable stands for in the end: group, name, and the indices on the way, the first one first."""
    assert variable.link is not None
    group, name, where = variable.link
    indices = [] if where is None else [where]
    while (further := group._variables[name].link) is not None:
        group, name, where = further
        indices += [] if where is None else [where]
    return group, name, indices


def leads_to(group: Any, owner: Any, name: str) -> bool:
    """Whether some variable of a group stands for one of another."""
    ends = (followed(one)[:2] for one in group._variables.values() if one.link is not None)
    return any(end is owner and plain == name for end, plain in ends)


def origin(groups: Mapping[str, Any], changed: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Variables by names of groups and their own, each linked one replaced by what it stands for."""
    found = set()
    for owner, name in changed:
        variable = getattr(groups.get(owner), "_variables", {}).get(name)
        if variable is not None and variable.link is not None:
            group, name, _ = followed(variable)
            owner = group.name
        found.add((owner, name))
    return found


def elements(where: Any, count: int, size: int) -> NDArray[np.int64]:
    """The numbers, among ``size`` elements, that the ``count`` elements of a linked group take."""
    if isinstance(where, IndexVariable):
        return where.numbers(size)
    found: NDArray[np.int64] = np.arange(count) if where is None else np.broadcast_to(where, (count,))
    return found


def _index(group: Any, name: str, value: LinkedVariable) -> Any:
    size, index = value.group.size_of(value.name), value.index
    if isinstance(index, str):
        return _index_variable(group, index)
    if index is None and (size == 1 or value.group._variables[value.name].scalar):
        return None if value.group._variables[value.name].scalar or len(group) == 1 else ONE_FOR_ALL
    if group.is_edges:
        raise KindError(
            f"{name} of synapses, whose number may change, is linked by the name of a variable, not by numbers.",
            "Declare 'k : integer' or use i or j: linked_var(group, 'v', index='j').",
        ).located(group.title)
    count = len(group)
    if index is None:
        if size != count:
            raise ShapeError(
                f"{value.group.name}.{value.name} has {size} values, but the group has {count} neurons.",
                "Give index=, which says for each neuron which value it takes.",
            ).located(group.title)
        return None
    return _numbers(group, index, count, size)


def _numbers(group: Any, given: Any, count: int, size: int) -> NDArray[np.int64]:
    index = np.asarray(given)
    fits = index.shape == (count,) and index.dtype.kind in "iu"
    if not fits or index.min(initial=0) < 0 or index.max(initial=0) >= size:
        raise ShapeError(
            f"The index of a linked variable must hold {count} whole numbers from 0 to {size - 1}.",
            "Give one index for each neuron.",
        ).located(group.title)
    return index.astype(np.int64)


def _index_variable(group: Any, name: str) -> IndexVariable:
    own = group._variables.get(name)
    if own is None and name not in (("i", "j") if group.is_edges else ("i",)):
        raise UnknownNameError(
            f"{group.name} has no variable {name!r} to be an index.", f"Declare it: '{name} : integer'."
        ).located(group.title)
    if own is not None and (own.kind != "integer" or own.expression is not None or own.scalar):
        raise KindError(
            f"{name} cannot be the index of a linked variable: it is no integer parameter of each element.",
            f"Declare '{name} : integer'.",
        ).located(group.title)
    return IndexVariable(group, name)
