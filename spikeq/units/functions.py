"""NumPy's functions of whole arrays, applied to values with units."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import DimensionError, UnsupportedError
from spikeq.units.mismatch import does_not_fit, fits_any, not_plain
from spikeq.units.reading import Measured, dimension_of, leaves, magnitude, own_dimension, resolved
from spikeq.units.rules import KEEP, PLAIN, POWER, PRODUCT, VALUE_KEYWORDS

Arguments = Sequence[Any]
Keywords = Mapping[str, Any]


def apply_function(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    """The result of a NumPy function, with a ``Measured`` wherever a value may have a unit.

    Raises ``DimensionError`` where arguments do not fit, ``UnsupportedError`` for a function without a rule.
    """
    name = function.__name__
    special = _SPECIAL.get(name)
    if special is not None:
        return special(function, args, kwargs)
    if name in KEEP:
        dimension = _common(name, KEEP[name], args, kwargs)
        return _attach(_call(function, args, kwargs), dimension)
    if name in PLAIN:
        _common(name, PLAIN[name], args, kwargs)
        return _call(function, args, kwargs)
    if name in PRODUCT:
        dimension = dimension_of(args[0]) * dimension_of(args[1])
        return _attach(_call(function, args, kwargs), dimension)
    if name in POWER:
        return _attach(_call(function, args, kwargs), dimension_of(args[0]) ** POWER[name])
    raise UnsupportedError(
        f"np.{name} does not take values with units.", "Divide by a unit first, or give it np.asarray(x), in SI units."
    )


def bare(value: Any) -> Any:
    """The argument with every quantity in it replaced by its SI numbers; everything else as it is."""
    if isinstance(value, list | tuple):
        items = [bare(item) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    value = resolved(value)
    return np.asarray(value)[()] if own_dimension(value) is not None else value


def _call(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    return function(*map(bare, args), **{name: bare(value) for name, value in kwargs.items()})


def _quantities(value: Any) -> Iterator[Any]:
    return (leaf for leaf in leaves(value) if own_dimension(leaf) is not None)


def _common(name: str, positions: tuple[int, ...], args: Arguments, kwargs: Keywords) -> Dimension:
    """The one dimension of all values among the arguments."""
    values = [leaf for k in positions if k < len(args) for leaf in leaves(args[k])]
    values += [leaf for key, value in kwargs.items() if key in VALUE_KEYWORDS for leaf in leaves(value)]
    others = [arg for k, arg in enumerate(args) if k not in positions]
    others += [value for key, value in kwargs.items() if key not in VALUE_KEYWORDS]
    values += [quantity for value in others for quantity in _quantities(value)]
    first = next((v for v in values if own_dimension(v) not in (None, DIMENSIONLESS)), None)
    if first is None:
        return DIMENSIONLESS
    dimension = dimension_of(first)
    for value in values:
        own = own_dimension(value)
        if own is None and (value is None or value is np._NoValue or fits_any(value)):
            continue
        if (own or DIMENSIONLESS) != dimension:
            raise does_not_fit(name, first, value)
    return dimension


def _attach(result: Any, dimension: Dimension) -> Any:
    """The dimension on every floating-point array of the result; indices and counts stay as they are."""
    if isinstance(result, tuple | list):
        items = [_attach(item, dimension) for item in result]
        return tuple(items) if isinstance(result, tuple) else items
    return Measured(result, dimension) if np.asarray(result).dtype.kind in "fc" else result


def _argument(args: Arguments, kwargs: Keywords, position: int, name: str, default: Any = None) -> Any:
    return args[position] if position < len(args) else kwargs.get(name, default)


def _full_like(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    return _attach(_call(function, args, kwargs), dimension_of(_argument(args, kwargs, 1, "fill_value")))


def _product(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    dimension = dimension_of(args[0])
    counts = np.sum(np.ones(np.shape(bare(args[0]))), **{k: v for k, v in kwargs.items() if k in ("axis", "where")})
    if len(args) > 1:
        counts = np.sum(np.ones(np.shape(bare(args[0]))), axis=args[1])
    number = np.unique(counts)
    if number.size > 1 and not dimension.is_dimensionless:
        raise DimensionError("The products of different numbers of elements have different units.")
    return _attach(_call(function, args, kwargs), dimension ** int(number[0]) if number.size else DIMENSIONLESS)


def _plain_only(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    for value in (*args, *kwargs.values()):
        for quantity in _quantities(value):
            if not dimension_of(quantity).is_dimensionless:
                raise not_plain(function.__name__, quantity)
    return _call(function, args, kwargs)


def _integral(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    x = _argument(args, kwargs, 1, "x")
    along = _argument(args, kwargs, 2, "dx", 1.0) if x is None else x
    return _attach(_call(function, args, kwargs), dimension_of(args[0]) * dimension_of(along))


def _gradient(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    steps = dimension_of(list(args[1:])) if len(args) > 1 else DIMENSIONLESS
    return _attach(_call(function, args, kwargs), dimension_of(args[0]) / steps)


def _interpolation(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    names = ("x", "xp", "fp", "left", "right", "period")
    given = dict(zip(names, args, strict=False)) | dict(kwargs)
    _common("interp", (0, 1), (given["x"], given["xp"]), {})
    ends = [given[side] for side in ("left", "right") if given.get(side) is not None]
    dimension = _common("interp", (0, 1), (given["fp"], ends), {})
    return _attach(function(**{name: bare(value) for name, value in given.items()}), dimension)


def _histogram(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    bins = _argument(args, kwargs, 1, "bins", 10)
    edges = [] if np.ndim(bare(bins)) == 0 else bins
    span = _argument(args, kwargs, 2, "range")
    dimension = _common("histogram", (0, 1, 2), (args[0], edges, () if span is None else span), {})
    counts, where = _call(function, args, kwargs)
    density = _argument(args, kwargs, 3, "density", False)
    return (Measured(counts, DIMENSIONLESS / dimension) if density else counts), Measured(where, dimension)


def _histogram_2d(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    counts, first, second = _call(function, args, kwargs)
    return counts, Measured(first, dimension_of(args[0])), Measured(second, dimension_of(args[1]))


def _each(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    grids = _call(function, args, kwargs)
    return tuple(Measured(grid, dimension_of(arg)) for grid, arg in zip(grids, args, strict=True))


def _einsum(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    dimension = DIMENSIONLESS
    for operand in args[1:]:
        dimension = dimension * dimension_of(operand)
    return _attach(_call(function, args, kwargs), dimension)


def _average(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    result = _call(function, args, kwargs)
    dimension = dimension_of(args[0])
    if not isinstance(result, tuple):
        return Measured(result, dimension)
    weights = _argument(args, kwargs, 2, "weights")
    weighed_in = DIMENSIONLESS if weights is None else dimension_of(weights)
    return Measured(result[0], dimension), Measured(result[1], weighed_in)


def _write(function: Callable[..., Any], args: Arguments, kwargs: Keywords) -> Any:
    """``copyto`` and its kind: into a quantity only what fits it; into a plain array SI numbers, as ``x[:] = q``."""
    if own_dimension(args[0]) is not None:
        _common(function.__name__, tuple(range(len(args))) if function.__name__ == "copyto" else (0, 2), args, {})
    target = magnitude(args[0]) if own_dimension(args[0]) is not None else args[0]
    return function(target, *map(bare, args[1:]), **{name: bare(value) for name, value in kwargs.items()})


_SPECIAL: dict[str, Callable[[Callable[..., Any], Arguments, Keywords], Any]] = {
    "full_like": _full_like,
    "prod": _product,
    "nanprod": _product,
    "cumprod": _plain_only,
    "cumulative_prod": _plain_only,
    "trapezoid": _integral,
    "gradient": _gradient,
    "interp": _interpolation,
    "histogram": _histogram,
    "histogram2d": _histogram_2d,
    "meshgrid": _each,
    "einsum": _einsum,
    "average": _average,
    "copyto": _write,
    "putmask": _write,
    "place": _write,
    "put": _write,
}
