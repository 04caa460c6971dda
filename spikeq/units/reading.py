"""What a value measures and its numbers in SI: for quantities, numbers, arrays and lists alike, without pint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import DimensionError, KindError


@dataclass(frozen=True)
class Measured:
    """Numbers in SI and their dimension: a value with a unit before pint is asked for one."""

    value: Any
    dim: Dimension

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.value, dtype=dtype, copy=copy)


_FOREIGN = ("length", "mass", "time", "current", "temperature", "substance", "luminosity")


def resolved(value: Any) -> Any:
    """The value itself, or the quantity that a view stands for: what its ``__quantity__()`` returns."""
    stand_in = getattr(type(value), "__quantity__", None)
    return value if stand_in is None else stand_in(value)


def own_dimension(value: Any) -> Dimension | None:
    """The dimension that an object carries itself: ours, a dimension, or a quantity of Brian2; else None."""
    if isinstance(value, Dimension):
        return value
    dim = getattr(value, "dim", None)
    if dim is None or isinstance(dim, Dimension):
        return dim
    exponent = getattr(dim, "get_dimension", None)
    if exponent is None:  # a tensor's method of that name, for example
        return None
    powers = tuple(Fraction(float(exponent(name))).limit_denominator(1000) for name in _FOREIGN)
    return Dimension(powers)  # type: ignore[arg-type]


def leaves(value: Any) -> Iterator[Any]:
    """The elements of nested lists and tuples."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from leaves(item)
    else:
        yield resolved(value)


def dimension_of(value: Any) -> Dimension:
    """The dimension of a number, an array, a quantity, a unit, or of a (nested) list of these.

    Raises ``DimensionError`` where elements of a list differ, ``KindError`` for what is no number.
    """
    if isinstance(value, list | tuple):
        found = {dimension_of(item) for item in leaves(value)}
        if len(found) > 1:
            names = " and ".join(sorted(map(str, found)))
            raise DimensionError(f"One list holds {names}.", "Give all elements the same unit.")
        return found.pop() if found else DIMENSIONLESS
    value = resolved(value)
    dimension = own_dimension(value)
    if dimension is not None:
        return dimension
    _refuse_text(value)
    return DIMENSIONLESS


def magnitude(value: Any) -> Any:
    """A value in SI: a Python number for a scalar, else an array: float64, integers and booleans as they are.

    Raises ``DimensionError`` for a list of different dimensions, ``KindError`` for what is no number.
    """
    if isinstance(value, list | tuple):
        dimension_of(value)
        value = [_nested(item) for item in value]
    value = resolved(value)
    _refuse_text(value)
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        raise _no_array(value) from None
    if array.dtype.kind not in "biufc":
        raise _no_array(value)
    if array.dtype.kind == "f" and array.dtype != np.float64:
        array = array.astype(np.float64)
    return array.item() if array.ndim == 0 else array


def _no_array(value: Any) -> KindError:
    sparse = "sparse" in f"{getattr(value, 'layout', '')} {type(value).__module__}"
    help = "Synapses take sparse matrices by S.connect_from(matrix, 'w')." if sparse else ""
    return KindError(f"{_short(value)} is not a number or an array of numbers.", help)


def _nested(item: Any) -> Any:
    return [_nested(part) for part in item] if isinstance(item, list | tuple) else magnitude(item)


def _refuse_text(value: Any) -> None:
    if value is None or isinstance(value, str | bytes | dict | set):
        raise KindError(f"{_short(value)} is not a number.", "Give a number, an array or a quantity such as 10*mV.")


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
