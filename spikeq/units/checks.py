"""Brian2's functions about units: comparing dimensions, writing values, and checking a function's arguments."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import DimensionError, KindError
from spikeq.units.display import best_label, called, candidates, spoken, text
from spikeq.units.functions import bare
from spikeq.units.mismatch import does_not_fit, fits_any, not_plain
from spikeq.units.quantity import Quantity
from spikeq.units.reading import dimension_of, magnitude
from spikeq.units.registry import unit


def with_dimension(value: Any, dimension: Dimension) -> Any:
    """SI numbers with a dimension, as a quantity that shares an array's memory; plain where the dimension is 1."""
    if dimension.is_dimensionless:
        return magnitude(value) if isinstance(value, list | tuple) else value
    return Quantity(value, dim=dimension)


def have_same_dimensions(first: Any, second: Any) -> bool:
    """True if both are measured in the same dimension. Takes numbers, arrays, quantities, units and dimensions."""
    return dimension_of(first) == dimension_of(second)


def is_dimensionless(value: Any) -> bool:
    """True for plain numbers."""
    return dimension_of(value).is_dimensionless


def get_unit(dimension: Dimension) -> Any:
    """The SI unit of a dimension: ``volt`` for that of a voltage."""
    label = next(label for label in candidates(dimension) if label.factor == 1.0 or len(candidates(dimension)) == 1)
    return unit(label.name, label.symbol, 0, dimension)


def in_unit(value: Any, shown_in: Any, precision: int | None = None) -> str:
    """The value written in a unit: ``in_unit(10*mV, volt)`` is ``0.01 V``."""
    if is_dimensionless(value):
        if not is_dimensionless(shown_in):
            raise does_not_fit("in_unit", value, shown_in)
        return str(np.array2string(np.asarray(magnitude(value)), precision=precision))
    return str(Quantity(value).in_unit(shown_in, precision))


def in_best_unit(value: Any, precision: int | None = None) -> str:
    """The value written in the unit that suits its size: ``10. mV``."""
    return in_unit_text(magnitude(value), dimension_of(value), precision)


def in_unit_text(value: Any, dimension: Dimension, precision: int | None = None) -> str:
    """SI numbers of a dimension written in the unit that suits their size: ``10. mV``; plain numbers as they are."""
    if dimension.is_dimensionless:
        return str(np.array2string(np.asarray(value), precision=precision))
    return text(value, best_label(value, dimension), precision)


def arange(*args: Any, **kwargs: Any) -> Any:
    """``numpy.arange`` for values with units: ``arange(0*ms, 10*ms, 0.1*ms)``.

    Raises ``DimensionError`` where start, stop and step differ in dimension.
    """
    given = dict(zip(("start", "stop", "step") if len(args) > 1 else ("stop",), args, strict=False)) | kwargs
    values = [given[name] for name in ("start", "stop") if name in given] + [given.get("step", 1)]
    dimension = next((d for d in map(dimension_of, values) if not d.is_dimensionless), DIMENSIONLESS)
    for value in values:
        if dimension_of(value) != dimension and not fits_any(value):
            raise does_not_fit("arange", Quantity(1.0, dim=dimension), value)
    plain = {name: bare(value) for name, value in kwargs.items()}
    if "start" in plain and not args:
        return with_dimension(np.arange(plain.pop("start"), **plain), dimension)
    return with_dimension(np.arange(*map(bare, args), **plain), dimension)


def exprel(value: Any) -> Any:
    """``(exp(x) - 1)/x``, and 1 at 0, for plain numbers."""
    if not is_dimensionless(value):
        raise not_plain("exprel", value)
    x = np.asarray(magnitude(value), dtype=np.float64)
    small = np.abs(x) < 1e-16
    with np.errstate(over="ignore"):
        result = np.where(small, 1.0, np.expm1(x) / np.where(small, 1.0, x))
    return result.item() if result.ndim == 0 else result


def check_units(**expected: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that checks the units of a function's arguments and, as ``result``, of what it returns.

    A unit is a unit, ``1``, ``bool``, the name of another argument (the same unit as that), or None (any).
    ``result`` may be a function of the arguments' dimensions. Arguments that are strings or None are not checked.
    The function afterwards carries ``_arg_names``, ``_arg_units`` and ``_return_unit``, as in Brian2.
    Raises ``DimensionError``, or ``KindError`` where a boolean was expected.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        names = tuple(getattr(function, "_orig_arg_names", None) or _positional(function))

        @functools.wraps(function)
        def checked(*args: Any, **kwargs: Any) -> Any:
            given = dict(zip(names, args, strict=False)) | kwargs
            for name, value in given.items():
                _check_argument(function.__name__, name, value, expected.get(name), given)
            result = function(*args, **kwargs)
            _check_result(function.__name__, result, expected.get("result"), args)
            return result

        marks = {
            "_orig_func": function,
            "_arg_names": names,
            "_orig_arg_names": names,
            "_arg_units": [expected.get(name) for name in names],
            "_return_unit": expected.get("result"),
            "_returns_bool": isinstance(expected.get("result"), type),
        }
        for name, mark in marks.items():
            setattr(checked, name, mark)
        return checked

    return decorate


def _positional(function: Callable[..., Any]) -> list[str]:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind in kinds]


def _check_argument(function: str, name: str, value: Any, expected: Any, given: Mapping[str, Any]) -> None:
    if expected is None or value is None or isinstance(value, str):
        return
    if isinstance(expected, type) and expected in (bool, np.bool_):
        if not isinstance(value, bool | np.bool_):
            raise KindError(f"{function}: argument {name!r} must be True or False, not {spoken(value)}.")
        return
    other = f" as argument {expected!r}"
    if isinstance(expected, str):
        if expected not in given:
            raise KindError(f"{function}: {name!r} must have the unit of {expected!r}, which was not given.")
        wanted = dimension_of(given[expected])
    else:
        wanted, other = dimension_of(expected), ""
    if dimension_of(value) != wanted:
        raise DimensionError(
            f"{function}: argument {name!r} must be {_in(wanted)}{other}, "
            f"but {spoken(value)} is {_in(dimension_of(value))}."
        )


def _check_result(function: str, result: Any, expected: Any, args: tuple[Any, ...]) -> None:
    if expected is None:
        return
    if isinstance(expected, type) and expected in (bool, np.bool_):
        if not isinstance(result, bool | np.bool_):
            raise KindError(f"{function}: the result must be True or False, not {spoken(result)}.")
        return
    wanted = dimension_of(expected(*map(dimension_of, args)) if callable(expected) else expected)
    if dimension_of(result) != wanted:
        raise DimensionError(
            f"{function}: the result must be {_in(wanted)}, but {spoken(result)} is {_in(dimension_of(result))}."
        )


def _in(dimension: Dimension) -> str:
    return called(dimension) if dimension.is_dimensionless else f"in {called(dimension)}"
