"""Assignments to variables that wait until their values are needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

import numpy as np

from spikeq.errors import SpikeqError, ValueRangeError
from spikeq.language.expression import Expression, names
from spikeq.language.wording import short
from spikeq.network.holder import Holder, Values
from spikeq.network.outside import Outside
from spikeq.network.variables import Variable
from spikeq.network.views import DTYPES, Integers

# What other groups' variables were, by group and name, when a string that waits was written.
Held = dict[tuple[Any, str], Values]


@dataclass(frozen=True, slots=True)
class Pending:
    """An assignment of a string, made when its values are first needed."""

    name: str
    index: Integers | None
    expression: Expression
    outside: Outside
    call: int
    part: tuple[int, int] | None = None
    held: Held = field(default_factory=dict)

    @property
    def words(self) -> set[str]:
        """The names that the string reads."""
        return names(self.outside.inlined(self.expression))


@dataclass(frozen=True, slots=True, eq=False)
class PendingValues:
    """An assignment of values that must come after one that waits."""

    name: str
    index: Integers | None
    values: Values


class Postpones(Holder):
    """Holds back what waits for random numbers, in order, so that a network's seed decides it."""

    def __init__(self, name: str | None) -> None:
        super().__init__(name)
        self._pending: list[Any] = []
        self._settling: list[Any] = []
        self._readers: WeakSet[Any] = WeakSet()

    def settle(self) -> None:
        """Carry out the assignments that wait."""
        waiting, self._pending = self._pending, []
        while waiting:
            self._settling = waiting
            try:
                self._carry_out(waiting[0])
            except SpikeqError:
                self._pending = waiting + self._pending
                raise
            finally:
                self._settling = []
            waiting = waiting[1:]

    def _carry_out(self, waiting: Any) -> None:
        raise NotImplementedError

    def read(self, name: str, namespace_level: int = 0) -> Values:
        """The current values."""
        raise NotImplementedError

    def before_change(self, name: str) -> None:
        """Let synapses whose strings wait keep what they were meant to read, for a variable is about to change."""
        for reader in self._readers:
            reader.keep(self, name)

    def at_present(self, name: str) -> Values:
        """A copy of a variable's values; of what waits only that is carried out which assigns to it."""
        waits = any(one.name == name for one in self._pending)
        return np.array(self.read(name) if waits or self._variables[name].step else self._stored(name))


def as_kind(values: Values, variable: Variable, expression: Expression, owner: str) -> Values:
    """What a string gave, as the variable's type; real numbers are truncated. Raises ValueRangeError."""
    limits = np.iinfo(np.int32)
    if np.isnan(values).any():
        wrong = "NaN"
    elif variable.kind == "integer" and ((values < limits.min) | (values > limits.max)).any():
        wrong = "a number that does not fit into an integer of 32 bits"
    else:
        return np.trunc(values).astype(np.int32) if variable.kind == "integer" else values.astype(DTYPES[variable.kind])
    raise ValueRangeError(
        f"{short(expression)} is {wrong}, which {variable.name} cannot be.", "Choose where it applies by a condition."
    ).located(f"{owner}, {variable.name}")
