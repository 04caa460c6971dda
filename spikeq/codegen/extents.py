"""How far each value of a resolved expression extends: over rows, over elements, and how often it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal as OneOf

from spikeq.language.expression import Access, Call, Comparison, Expression, Kind, Literal, Logical, Name, Unary
from spikeq.language.functions import FUNCTIONS

Level = OneOf["constant", "time", "step"]
Reduction = OneOf["sum", "mean"]

# Names that stand for the clock of the task in which they appear; with "@" and a clock's name, for that clock.
CLOCK_REAL, CLOCK_STEP, CLOCK_DT = "t", "t_in_timesteps", "dt"
STATEFUL = frozenset({"rand", "randn", "poisson", "binomial"})
TIMED = "timed:"  # prefix of the call that looks up a table over time


@dataclass(frozen=True, slots=True)
class Array:
    """One logical array of the network, as the code generator sees it.

    ``space`` is the group or Synapses whose elements it has, None for one value. ``rows`` is true where it has a
    value per row of the batch. ``step`` marks stored steps of a clock (int64) and ``written`` what code changes
    during a run. ``reduction`` says how changes that the rows of a batch make to a value that they share become one.
    """

    key: str
    kind: Kind
    space: str | None
    rows: bool
    written: bool
    step: bool = False
    reduction: Reduction = "sum"


@dataclass(frozen=True, slots=True)
class Extent:
    """Over what a value extends, and when it changes."""

    level: Level
    rows: bool
    wide: bool


def is_clock(key: str, name: str) -> bool:
    """Whether a key stands for ``t``, ``t_in_timesteps`` or ``dt`` of some clock."""
    return key.partition("@")[0] == name


def leaf_extent(node: Expression, arrays: Mapping[str, Array]) -> Extent:
    """The extent of a literal or an access by its own element."""
    if not isinstance(node, Access):
        return Extent("constant", False, False)
    if is_clock(node.key, CLOCK_REAL) or is_clock(node.key, CLOCK_STEP):
        return Extent("time", False, False)
    if is_clock(node.key, CLOCK_DT):
        return Extent("constant", False, False)
    array = arrays[node.key]
    level: Level = "step" if array.written or node.index not in ("own", "scalar") else "constant"
    return Extent(level, array.rows, array.space is not None)


def result_kind(node: Expression, operands: tuple[Kind, ...], temporaries: Mapping[str, Kind]) -> Kind:
    """The kind of a resolved node from the kinds of its operands."""
    match node:
        case Literal(value=bool()):
            return "boolean"
        case Literal(value=int()):
            return "integer"
        case Literal():
            return "real"
        case Access(kind=kind):
            return kind
        case Name(name=name):
            return temporaries[name]
        case Comparison() | Logical() | Unary(op="not") | Call(function="_free"):
            return "boolean"
        case Call(function=function):
            return _call_kind(function, operands)
        case Unary():
            return _number(operands[0])
    if getattr(node, "op", None) == "/" or "real" in operands:
        return "real"
    return "integer"


def _call_kind(function: str, operands: tuple[Kind, ...]) -> Kind:
    """As the table of functions says; of the internal ones ``_steps`` counts, tables over time are real."""
    if function not in FUNCTIONS:
        return "integer" if function in ("_steps", "_latest") else "real"
    kind = FUNCTIONS[function].kind
    return ("real" if "real" in operands else "integer") if kind == "highest" else kind


def _number(kind: Kind) -> Kind:
    return "integer" if kind == "boolean" else kind
