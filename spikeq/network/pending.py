"""Assignments to variables that wait until their values are needed."""

from __future__ import annotations

from dataclasses import dataclass

from spikeq.language.expression import Expression
from spikeq.network.holder import Values
from spikeq.network.outside import Outside
from spikeq.network.views import Integers


@dataclass(frozen=True, slots=True)
class Pending:
    """An assignment of a string, made when its values are first needed."""

    name: str
    index: Integers | None
    expression: Expression
    outside: Outside
    call: int
    part: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PendingValues:
    """An assignment of values that must come after one that waits."""

    name: str
    index: Integers | None
    values: Values
