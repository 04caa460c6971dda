"""How expressions and dimensions are called in messages."""

from __future__ import annotations

from spikeq.dimension import Dimension
from spikeq.language.expression import Expression, to_text

PER_ROW_ANYWAY = "Leave it out: everything but parameters of synapses has a value for each row of a batch anyway."


def short(expression: Expression) -> str:
    """The text of an expression, its middle left out if it is long."""
    text = to_text(expression)
    return text if len(text) <= 60 else f"{text[:40]} ... {text[-15:]}"


def noun(dimension: Dimension) -> str:
    """``volt`` or ``a plain number``."""
    return "a plain number" if dimension.is_dimensionless else str(dimension)


def in_units(dimension: Dimension) -> str:
    """``in volt`` or ``a plain number``."""
    return "a plain number" if dimension.is_dimensionless else f"in {dimension}"


def factor(dimension: Dimension) -> str:
    """A unit that may follow ``*`` or ``/`` in the language."""
    text = str(dimension)
    return text if text.isalpha() else f"({text})"


def unit_help(wanted: Dimension, literal: float | None) -> str:
    """What to do about a value (with its number, if it is written as one) that should be in other units."""
    if literal is not None and not wanted.is_dimensionless:
        return f"Give the number a unit: {literal:g}*{factor(wanted)}."
    if wanted.is_dimensionless:
        return "Divide it by a unit, for example /mV or /ms."
    return f"Check that every factor is there: the units must come out as {wanted}."
