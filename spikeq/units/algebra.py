"""Products, quotients and powers of units, remembered: pint's unit products on one side, dimensions on the other."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pint.util import UnitsContainer

from spikeq.dimension import BASE_UNITS, DIMENSIONLESS, Dimension, base

NO_UNITS: Any = UnitsContainer()


@lru_cache(maxsize=4096)
def units_of(dimension: Dimension) -> Any:
    """pint's form of a dimension: a product of powers of SI base units."""
    powers = zip(BASE_UNITS, dimension.exponents, strict=True)
    return UnitsContainer({unit: int(e) if e.denominator == 1 else float(e) for unit, e in powers if e})


@lru_cache(maxsize=4096)
def dimension_from(units: Any) -> Dimension:
    """The dimension of a product of powers of SI base units."""
    dimension = DIMENSIONLESS
    for unit, power in units.items():
        dimension = dimension * base(BASE_UNITS.index(unit)) ** power
    return dimension


@lru_cache(maxsize=4096)
def product(left: Any, right: Any) -> Any:
    """The units of a product."""
    return units_of(dimension_from(left) * dimension_from(right))


@lru_cache(maxsize=4096)
def quotient(left: Any, right: Any) -> Any:
    """The units of a quotient."""
    return units_of(dimension_from(left) / dimension_from(right))


@lru_cache(maxsize=4096)
def power(units: Any, exponent: Any) -> Any:
    """The units of a power."""
    return units_of(dimension_from(units) ** exponent)
