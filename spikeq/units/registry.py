"""The one pint registry, built from the project's own table of units, and the unit objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pint.errors import DefinitionSyntaxError, UndefinedUnitError
from pint.facets.numpy.registry import GenericNumpyRegistry
from pint.facets.numpy.unit import NumpyUnit
from pint.facets.plain.unit import PlainUnit
from pint.util import UnitsContainer

from spikeq.dimension import BASE_UNITS, Dimension
from spikeq.errors import UnknownNameError
from spikeq.unit_table import CONSTANTS, LITRES, NAMED_UNITS, PREFIXES, RARE_PREFIXES, STEMS, UNPREFIXED
from spikeq.units.algebra import dimension_from, units_of
from spikeq.units.quantity import Quantity, parts, wrapped

_BASE_DIMENSIONS = ("[length]", "[mass]", "[time]", "[current]", "[temperature]", "[substance]", "[luminosity]")
_BASE_NAMES = {"candle": "candela"}


def definitions() -> Iterator[str]:
    """pint's text for every prefix and unit of the table, one a line."""
    for prefix, scale in (PREFIXES | RARE_PREFIXES).items():
        yield f"{prefix}- = 1e{scale}"
    seen: dict[tuple[str, int, Dimension], list[str]] = {}
    for unit in (*STEMS, *UNPREFIXED, *LITRES):
        seen.setdefault((unit.symbol, unit.power_of_ten, unit.dimension), []).append(unit.name)
    for (symbol, scale, dimension), (name, *aliases) in seen.items():
        name, aliases = _BASE_NAMES.get(name, name), [name] * (name in _BASE_NAMES) + aliases
        yield " = ".join([name, _meaning(name, scale, dimension), symbol, *aliases])


def _meaning(name: str, scale: int, dimension: Dimension) -> str:
    if name in BASE_UNITS:
        return _BASE_DIMENSIONS[BASE_UNITS.index(name)]
    powers = [f"{unit} ** {e}" for unit, e in zip(BASE_UNITS, dimension.exponents, strict=True) if e]
    return " * ".join([f"1e{scale}", *powers]) if powers else "[]"


class Registry(GenericNumpyRegistry[Any, Any]):
    """pint's registry with the units of the table and quantities that stay in SI."""

    Quantity = Quantity
    Unit = NumpyUnit

    def _init_dynamic_classes(self) -> None:
        super()._init_dynamic_classes()
        Quantity._REGISTRY = self  # there is one registry, so that its quantities need no class of their own
        self.Quantity = Quantity

    def factor_and_dimension(self, unit: Any) -> tuple[float, Dimension]:
        """A unit in SI, and its dimension: of a quantity, a name, an expression of names, or pint's own objects."""
        if isinstance(unit, Dimension):
            return 1.0, unit
        if isinstance(unit, str) and unit in NAMED_UNITS:
            return NAMED_UNITS[unit].factor, NAMED_UNITS[unit].dimension
        if not isinstance(unit, str | UnitsContainer | PlainUnit):
            numbers, units = parts(unit)
            return float(numbers), dimension_from(units)
        factor, base = self.get_root_units(self.pint_units(unit))
        return float(factor), dimension_from(base._units)  # type: ignore[arg-type]

    def pint_units(self, unit: Any) -> Any:
        """pint's product of units for a name, an expression of names, or a quantity."""
        text = unit.name if isinstance(unit, Unit) else unit
        if isinstance(text, Dimension):
            return units_of(text)
        if isinstance(text, str):
            try:
                return self.parse_units(text)._units
            except (UndefinedUnitError, DefinitionSyntaxError, ValueError):
                raise UnknownNameError(
                    f"{text!r} is not a unit.", "Write it as in equations, for example mV."
                ) from None
        return getattr(unit, "_units", unit)


class Unit(Quantity):
    """A unit such as ``mV`` or ``mV/ms``: a quantity with a name. Its value is a power of ten in SI.

    Products, quotients and powers of units are units again, exact ones: ``um**2`` is 1e-12.
    """

    name: str
    symbol: str
    power_of_ten: float
    _compound: bool

    def __mul__(self, other: Any) -> Any:
        if not isinstance(other, Unit):
            return super().__mul__(other)
        name, symbol = f"{self.name} * {other.name}", f"{self.symbol} {other.symbol}"
        return unit(name, symbol, self.power_of_ten + other.power_of_ten, self.dim * other.dim, True)

    def __truediv__(self, other: Any) -> Any:
        if not isinstance(other, Unit):
            return super().__truediv__(other)
        above, below = self._enclosed(), other._enclosed()
        name, symbol = f"{above[0]} / {below[0]}", f"{above[1]}/{below[1]}"
        return unit(name, symbol, self.power_of_ten - other.power_of_ten, self.dim / other.dim, True)

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 if isinstance(other, int | float) and other == 1 else super().__rtruediv__(other)

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, int | float):
            return super().__pow__(exponent)
        name, symbol = self._enclosed()
        scale = self.power_of_ten * exponent
        return unit(f"{name} ** {exponent!r}", f"{symbol}^{exponent}", scale, self.dim**exponent, True)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc is np.sqrt and not kwargs:
            return self**0.5
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def _enclosed(self) -> tuple[str, str]:
        return (f"({self.name})", f"({self.symbol})") if self._compound else (self.name, self.symbol)

    def __eq__(self, other: Any) -> Any:
        if isinstance(other, Unit) and other._units != self._units:
            return False
        return super().__eq__(other)

    def __ne__(self, other: Any) -> Any:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else np.logical_not(equal)

    __hash__ = Quantity.__hash__

    def __str__(self) -> str:
        return self.symbol

    def __repr__(self) -> str:
        return self.name

    def __copy__(self) -> Any:
        return self

    def __reduce__(self) -> Any:
        return unit, (self.name, self.symbol, self.power_of_ten, self.dim, self._compound)


def unit(name: str, symbol: str, power_of_ten: float, dimension: Dimension, compound: bool = False) -> Any:
    """A unit object; without a dimension and put together from others (``ms/second``), the plain number."""
    value = 10.0 ** float(power_of_ten)
    if compound and dimension.is_dimensionless:
        return value
    made = object.__new__(Unit)
    made._magnitude, made._units = np.float64(value), units_of(dimension)
    made.name, made.symbol, made.power_of_ten, made._compound = name, symbol, power_of_ten, compound
    return made


def named(name: str) -> Any:
    """The unit or physical constant of that name; ``KeyError`` if there is none."""
    if name in CONSTANTS:
        value, dimension = CONSTANTS[name]
        return wrapped(np.float64(value), units_of(dimension))
    entry = NAMED_UNITS[name]
    return unit(entry.name, entry.symbol, entry.power_of_ten, entry.dimension)


REGISTRY: Registry = Registry(list(definitions()))
