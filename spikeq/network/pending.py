"""Assignments to variables that wait until their values are needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spikeq.errors import ValueRangeError
from spikeq.language.expression import Expression
from spikeq.language.wording import short
from spikeq.network.holder import Values
from spikeq.network.outside import Outside
from spikeq.network.variables import Variable
from spikeq.network.views import DTYPES, Integers


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
