"""What a group knows about one of its variables."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import NameConflictError, SpikeqWarning
from spikeq.language.check import Symbol
from spikeq.language.expression import Expression, Kind
from spikeq.network.views import VariableInfo

if TYPE_CHECKING:
    from spikeq.network.group import Group


@dataclass(slots=True)
class Variable:
    """A variable of a group.

    ``scalar``: one value for the group. ``expression``: a subexpression's, in the model's own names. ``step``: stored
    in steps of the group's clock, read in seconds. ``link``: the group and name that it stands for, and the index
    into it (None: element by element). ``source``: the text that the expression came from. ``side``: the neurons of
    synapses for which it holds the values of a variable of theirs, ``shown`` in messages.
    """

    name: str
    dimension: Dimension = DIMENSIONLESS
    kind: Kind = "real"
    scalar: bool = False
    constant: bool = False
    expression: Expression | None = None
    read_only: str = ""
    step: bool = False
    linked: bool = False
    link: tuple[Group, str, Any] | None = None
    source: str | None = None
    side: str | None = None
    shown: str = ""

    @property
    def symbol(self) -> Symbol:
        """What the checker has to know."""
        return Symbol(self.dimension, self.kind)

    @property
    def info(self) -> VariableInfo:
        """What a view has to know."""
        return VariableInfo(
            self.name,
            self.dimension,
            self.kind,
            self.scalar,
            bool(self.read_only),
            self.read_only,
            self.expression is not None,
        )


def hidden(group: Group, name: str) -> bool:
    """Whether a variable has the name of something that every group has, so that ``G.name`` is not the variable."""
    return name in group.__dict__ or (hasattr(type(group), name) and name != "tensor")


def refuse_hidden(group: Group, name: str) -> None:
    """Refuse ``G.name = value`` where reading ``G.name`` would give something else. Raises NameConflictError."""
    if hidden(group, name):
        raise NameConflictError(
            f"{name} is a variable, but also what every {type(group).__name__} calls something of its own.",
            f"Rename the variable, or write set_states({{{name!r}: ...}}).",
        ).located(group.title)


def warn_of_hidden(group: Group, names: Iterable[str]) -> None:
    """Say which variables cannot be read as ``G.name``."""
    for name in names:
        if hidden(group, name):
            message = f"{group.title}: {name} is also something of the group's own, so {group.name}.{name} gives that."
            warnings.warn(f"{message} Read the variable by get_states or rename it.", SpikeqWarning, stacklevel=4)
