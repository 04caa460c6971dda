"""How a value with a unit is written: which unit suits it best, and its digits in that unit."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from spikeq.dimension import BASE_UNITS, NAMED, Dimension
from spikeq.unit_table import PREFIXES, STEMS, UNPREFIXED, NamedUnit, with_prefixes


class Label(NamedTuple):
    """A unit to show values in: its Python text, its symbol and its factor to SI."""

    name: str
    symbol: str
    factor: float


# Compound units, for dimensions without a unit of their own: the first over a power of the second.
_COMPOUNDS: tuple[tuple[str, str, float], ...] = (
    ("volt", "second", 1), ("volt", "second", 0.5), ("volt", "metre", 1),
    ("amp", "second", 1), ("amp", "second", 0.5), ("amp", "metre", 2),
    ("siemens", "second", 1), ("siemens", "metre", 2),
    ("farad", "metre", 1), ("farad", "metre", 2), ("henry", "metre", 1),
    ("ohm", "metre", -1), ("ohm", "metre", -2),
    ("coulomb", "metre", 2), ("coulomb", "metre", 3), ("coulomb", "mole", 1), ("coulomb", "kilogram", 1),
    ("joule", "kelvin", 1), ("joule", "mole", 1), ("watt", "metre", 2), ("pascal", "second", -1),
    ("molar", "second", 1), ("katal", "metre", 3), ("gray", "second", 1),
)  # fmt: skip
_SYMBOLS = ("m", "kg", "s", "A", "K", "mol", "cd")
_BRIAN_NAMES = (*BASE_UNITS[:6], "candle")


@cache
def candidates(dimension: Dimension) -> tuple[Label, ...]:
    """The units that a value of this dimension may be shown in, the SI unit itself first."""
    for power in (1, 2, 3):
        for stem in STEMS:
            if stem.dimension**power == dimension:
                units = with_prefixes(stem, PREFIXES, power)
                labels = [Label(u.name, u.symbol, u.factor) for u in units]
                return tuple(sorted(map(_kilogram, labels), key=lambda label: label.factor != 1.0))
        for unit in UNPREFIXED:
            if unit.dimension**power == dimension:
                return tuple(Label(u.name, u.symbol, u.factor) for u in with_prefixes(unit, {}, power))
    return (_compound(dimension),)


def _kilogram(label: Label) -> Label:
    return label._replace(name=label.name.replace("kgram", "kilogram")) if label.name.startswith("kgram") else label


def _compound(dimension: Dimension) -> Label:
    stems = {unit.name: unit for unit in (*STEMS, *UNPREFIXED)}
    for upper, lower, power in _COMPOUNDS:
        above, below = stems[upper], stems[lower]
        if above.dimension / below.dimension**power == dimension:
            return Label(*_quotient(above, below, power), above.factor)
    parts = [(n, s, e) for n, s, e in zip(_BRIAN_NAMES, _SYMBOLS, dimension.exponents, strict=True) if e]
    name = " * ".join(n if e == 1 else f"{n} ** {_exponent(float(e))}" for n, _, e in parts)
    return Label(name, " ".join(s if e == 1 else f"{s}^{_exponent(float(e))}" for _, s, e in parts), 1.0)


def _quotient(above: NamedUnit, below: NamedUnit, power: float) -> tuple[str, str]:
    size = abs(power)
    name, symbol = below.name, below.symbol
    if size != 1:
        name, symbol = f"({name} ** {_exponent(size)})", f"({symbol}^{_exponent(size)})"
    if power < 0:
        return f"{above.name} * {name.strip('()')}", f"{above.symbol} {symbol.strip('()')}"
    return f"{above.name} / {name}", f"{above.symbol}/{symbol}"


def _exponent(power: float) -> str:
    return str(int(power)) if power == int(power) else repr(round(power, 6))


def best_label(value: Any, dimension: Dimension) -> Label:
    """The unit in which the shown numbers come closest to 10, as in Brian2: least squares of log10(value/unit) - 1."""
    labels = candidates(dimension)
    shown = np.abs(_shown(np.asarray(value)))
    shown = shown[np.isfinite(shown) & (shown > 0)]
    if len(labels) == 1 or not shown.size:
        return labels[0]
    factors = np.log10(np.array([label.factor for label in labels]))
    misfit = ((np.log10(shown)[:, None] - factors - 1) ** 2).sum(axis=0)
    return labels[int(misfit.argmin())]


def _shown(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The elements that NumPy prints: of a long array only its corners."""
    options = np.get_printoptions()
    edge = options["edgeitems"]
    if values.size <= options["threshold"]:
        return values.ravel()
    sides = [[slice(0, edge), slice(-edge, None)] if n > 2 * edge else [slice(None)] for n in values.shape]
    return np.concatenate([values[corner].ravel() for corner in product(*sides)])


def numbers(value: Any, precision: int | None = None, python_code: bool = False) -> str:
    """The digits of a number or an array, under NumPy's print options."""
    array = np.asarray(value)
    if array.ndim == 0:
        return np.array_str(array.reshape(1), precision=precision).strip("[] ")
    return np.array_repr(array, precision=precision) if python_code else np.array_str(array, precision=precision)


def text(value: Any, label: Label, precision: int | None = None, python_code: bool = False) -> str:
    """A value in SI, written in a unit: ``10. mV``, or as Python code ``10. * mvolt``."""
    digits = numbers(np.asarray(value) / label.factor, precision, python_code)
    unit = f"* {label.name}" if python_code else label.symbol
    return f"{digits} {unit}"


def spoken(value: Any) -> str:
    """A short text of any value, for messages."""
    with np.printoptions(threshold=5, edgeitems=2):
        shown = " ".join(str(value).split())
    return shown if len(shown) <= 60 else shown[:57] + "..."


def called(dimension: Dimension) -> str:
    """The name of a dimension in a message."""
    return "a plain number" if dimension.is_dimensionless else NAMED.get(dimension, str(dimension))
