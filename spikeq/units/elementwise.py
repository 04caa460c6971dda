"""What NumPy's element-by-element functions do to units."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from spikeq.errors import DimensionError, UnsupportedError
from spikeq.units import rules
from spikeq.units.algebra import NO_UNITS, dimension_from, power, product, quotient
from spikeq.units.mismatch import does_not_fit, fits_any, not_plain
from spikeq.units.reading import Measured


def agreed(name: str, values: Sequence[Any], units: Sequence[Any]) -> Any:
    """The units that two values share; plain 0, infinity and NaN take those of the other.

    Raises ``DimensionError`` where they differ.
    """
    left, right = units
    if left is right or left == right:
        return left
    if not left and fits_any(values[0]):
        return right
    if not right and fits_any(values[1]):
        return left
    raise does_not_fit(name, *map(_with, values, units))


def _with(value: Any, units: Any) -> Any:
    return Measured(np.asarray(value), dimension_from(units)) if units else value


def ufunc_units(ufunc: np.ufunc, method: str, values: Sequence[Any], units: Sequence[Any]) -> Any:
    """The units of a ufunc's result; None for one that never has any; a list for several results."""
    name = ufunc.__name__
    if method in ("reduce", "accumulate", "reduceat"):
        return _reduced(name, method, values, units)
    if method not in ("__call__", "outer"):
        raise UnsupportedError(
            f"np.{name}.{method} does not take values with units.", "Use np.asarray(x), in SI units."
        )
    if name in rules.UFUNC_PLAIN:
        return None
    if name in rules.UFUNC_KEEP:
        return units[0]
    if name in rules.UFUNC_PRODUCT:
        return product(*units)
    if name in rules.UFUNC_QUOTIENT:
        return quotient(*units)
    if name in rules.UFUNC_POWER:
        return power(units[0], rules.UFUNC_POWER[name])
    return _checked(name, values, units)


def _checked(name: str, values: Sequence[Any], units: Sequence[Any]) -> Any:
    if name in rules.UFUNC_MATCH:
        return agreed(name, values, units)
    if name in rules.UFUNC_COMPARE:
        agreed(name, values, units)
        return None
    if name == "divmod":
        return [NO_UNITS, agreed("remainder", values, units)]
    if name == "copysign":
        return units[0]
    if name in ("power", "float_power"):
        return _raised(values, units)
    for value, unit in zip(values, units, strict=True):
        if unit:
            raise not_plain(name, _with(value, unit))
    return None


def _raised(values: Sequence[Any], units: Sequence[Any]) -> Any:
    if units[1]:
        raise not_plain("An exponent", _with(values[1], units[1]))
    if not units[0]:
        return units[0]
    exponents = np.unique(values[1])
    if exponents.size != 1:
        raise DimensionError(
            "A value with a unit cannot be raised to several powers at once.", "Divide it by a unit first."
        )
    return power(units[0], Fraction(float(exponents[0])).limit_denominator(1000))


def _reduced(name: str, method: str, values: Sequence[Any], units: Sequence[Any]) -> Any:
    if name in rules.REDUCE_KEEP:
        return units[0]
    if name in rules.REDUCE_PLAIN:
        return None
    if name == "multiply" and method == "reduce" and np.ndim(values[0]) == 1:
        return power(units[0], np.size(values[0]))
    raise UnsupportedError(f"np.{name}.{method} does not take values with units.", "Use np.asarray(x), in SI units.")
