"""What a checked text means: equations, statements and the variables they define.

Output of ``parse`` and ``check``. Knows no time step, no sizes and no names from outside.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from typing import Literal as OneOf

from spikeq.dimension import Dimension
from spikeq.errors import Span
from spikeq.language.expression import Expression, Kind

EquationType = OneOf["differential", "subexpression", "parameter"]
Operator = OneOf["=", "+=", "-=", "*=", "/=", "**="]


@dataclass(frozen=True, slots=True)
class Equation:
    """One line of an equation block: ``dv/dt = -v/tau : volt (unless refractory)``.

    ``dimension`` is the variable's (for a differential equation not yet divided by time).
    ``expression`` is the right-hand side, None for a parameter. ``text`` is the whole block that ``span`` and the
    spans inside ``expression`` point into.
    """

    type: EquationType
    name: str
    dimension: Dimension
    kind: Kind
    expression: Expression | None
    flags: frozenset[str]
    text: str = field(repr=False)
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def dim(self) -> Dimension:
        """The dimension, as Brian2 calls it."""
        return self.dimension

    @property
    def varname(self) -> str:
        """The name, as Brian2 calls it."""
        return self.name

    @property
    def unit(self) -> Any:
        """The SI unit of the variable."""
        from spikeq.units import get_unit

        return get_unit(self.dimension)


@dataclass(frozen=True, slots=True)
class Statement:
    """One assignment of a statement block: ``v_post += w``. ``target_span`` points at the target alone."""

    target: str
    op: Operator
    expression: Expression
    span: Span | None = field(default=None, compare=False, repr=False)
    target_span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Code:
    """A statement block (reset, on_pre, run_regularly) and the text it came from."""

    text: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class RangeIterator:
    """``k in range(low, high, step)``; missing bounds are given as literals by the parser."""

    low: Expression
    high: Expression
    step: Expression


@dataclass(frozen=True, slots=True)
class SampleIterator:
    """``k in sample(low, high, step, p=...)`` or ``sample(..., size=...)``: exactly one of p and size is given."""

    low: Expression
    high: Expression
    step: Expression
    probability: Expression | None
    size: Expression | None


@dataclass(frozen=True, slots=True)
class Generator:
    """The generator form of ``connect``: ``element for variable in iterator if condition``."""

    element: Expression
    variable: str
    iterator: RangeIterator | SampleIterator
    condition: Expression | None
    text: str = field(repr=False)
