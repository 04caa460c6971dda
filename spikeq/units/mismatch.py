"""The sentences that say which dimensions do not fit together."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import DimensionError
from spikeq.units.display import best_label, called, spoken, text
from spikeq.units.reading import dimension_of

_VERBS = {
    "assign": "stored in one array", "convert": "converted into each other",
    "add": "added", "subtract": "subtracted", "remainder": "divided with remainder", "fmod": "divided with remainder",
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"), "compared"),
    **dict.fromkeys(("maximum", "minimum", "fmax", "fmin"), "compared"),
}  # fmt: skip


def fits_any(value: Any) -> bool:
    """True for plain 0, infinity and NaN (and arrays of them), which go with every unit."""
    if isinstance(value, list | tuple):
        return all(map(fits_any, value))
    array = np.asarray(value)
    return array.dtype.kind in "biufc" and bool(np.all((array == 0) | ~np.isfinite(array)))


def does_not_fit(name: str, first: Any, second: Any) -> DimensionError:
    """Two values that differ in dimension, in NumPy's function ``name``."""
    one, other = dimension_of(first), dimension_of(second)
    verb = _VERBS.get(name, f"used together in {name}")
    message = (
        f"{_shown(first)} and {_shown(second)} cannot be {verb}: "
        f"the first is {_measure(one)}, the second {_measure(other)}."
    )
    if DIMENSIONLESS in (one, other):
        unit = other if one == DIMENSIONLESS else one
        return DimensionError(message, f"Give the plain number a unit, for example {best_label(1.0, unit).name}.")
    return DimensionError(message)


def not_plain(name: str, value: Any) -> DimensionError:
    """A value with a unit where the function ``name`` wants a plain number."""
    dimension = dimension_of(value)
    unit = best_label(1.0, dimension).name
    return DimensionError(
        f"{name} needs a plain number, but got {_shown(value)}, which is {_measure(dimension)}.",
        f"Divide by a unit or by a constant of the same dimension first, for example by {unit}.",
    )


def _shown(value: Any) -> str:
    dimension = dimension_of(value)
    if dimension == DIMENSIONLESS or hasattr(value, "symbol"):
        return spoken(value)
    numbers = np.asarray(value)
    with np.printoptions(threshold=5, edgeitems=2):
        return spoken(text(numbers, best_label(numbers, dimension)))


def _measure(dimension: Dimension) -> str:
    return called(dimension) if dimension.is_dimensionless else f"in {called(dimension)}"
