"""Every unit name with its exact factor to SI and its dimension; the names and powers of ten are Brian2's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from spikeq.dimension import (
    AMP,
    CANDELA,
    COULOMB,
    DIMENSIONLESS,
    FARAD,
    HENRY,
    HERTZ,
    JOULE,
    KATAL,
    KELVIN,
    KILOGRAM,
    METRE,
    MOLAR,
    MOLE,
    NEWTON,
    OHM,
    PASCAL,
    SECOND,
    SIEMENS,
    TESLA,
    VOLT,
    WATT,
    WEBER,
    Dimension,
)

# Prefixes of the names that strings know.
PREFIXES: dict[str, int] = {
    "y": -24, "z": -21, "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "m": -3,
    "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24,
}  # fmt: skip
# Prefixes of litres, and of names that Python code may import. Strings do not know these: ``damp``,
# ``camp`` or ``hohm`` in an equation belongs to its author.
RARE_PREFIXES: dict[str, int] = {"c": -2, "d": -1, "da": 1, "h": 2}


class NamedUnit(NamedTuple):
    """A unit is a power of ten of the SI unit of its dimension, so that products of units stay exact."""

    name: str
    symbol: str
    power_of_ten: int
    dimension: Dimension

    @property
    def factor(self) -> float:
        """The unit in SI. Taken as a float power, because 1e-06 * 1e-06 is not 1e-12."""
        return float(10.0 ** float(self.power_of_ten))


# Where two share a dimension, the first is the one that values are shown in.
STEMS: tuple[NamedUnit, ...] = (
    NamedUnit("metre", "m", 0, METRE),
    NamedUnit("meter", "m", 0, METRE),
    NamedUnit("gram", "g", -3, KILOGRAM),
    NamedUnit("gramme", "g", -3, KILOGRAM),
    NamedUnit("second", "s", 0, SECOND),
    NamedUnit("amp", "A", 0, AMP),
    NamedUnit("ampere", "A", 0, AMP),
    NamedUnit("mole", "mol", 0, MOLE),
    NamedUnit("mol", "mol", 0, MOLE),
    NamedUnit("candle", "cd", 0, CANDELA),
    NamedUnit("molar", "M", 3, MOLAR),
    NamedUnit("radian", "rad", 0, DIMENSIONLESS),
    NamedUnit("steradian", "sr", 0, DIMENSIONLESS),
    NamedUnit("hertz", "Hz", 0, HERTZ),
    NamedUnit("newton", "N", 0, NEWTON),
    NamedUnit("pascal", "Pa", 0, PASCAL),
    NamedUnit("joule", "J", 0, JOULE),
    NamedUnit("watt", "W", 0, WATT),
    NamedUnit("coulomb", "C", 0, COULOMB),
    NamedUnit("volt", "V", 0, VOLT),
    NamedUnit("farad", "F", 0, FARAD),
    NamedUnit("ohm", "ohm", 0, OHM),
    NamedUnit("siemens", "S", 0, SIEMENS),
    NamedUnit("weber", "Wb", 0, WEBER),
    NamedUnit("tesla", "T", 0, TESLA),
    NamedUnit("henry", "H", 0, HENRY),
    NamedUnit("lumen", "lm", 0, CANDELA),
    NamedUnit("lux", "lx", 0, CANDELA / METRE**2),
    NamedUnit("becquerel", "Bq", 0, HERTZ),
    NamedUnit("gray", "Gy", 0, JOULE / KILOGRAM),
    NamedUnit("sievert", "Sv", 0, JOULE / KILOGRAM),
    NamedUnit("katal", "kat", 0, KATAL),
)
UNPREFIXED: tuple[NamedUnit, ...] = (
    NamedUnit("kelvin", "K", 0, KELVIN),
    NamedUnit("kilogram", "kg", 0, KILOGRAM),
    NamedUnit("kilogramme", "kg", 0, KILOGRAM),
)
LITRES: tuple[NamedUnit, ...] = (
    NamedUnit("liter", "l", -3, METRE**3),
    NamedUnit("litre", "l", -3, METRE**3),
)
# Short names and what they stand for.
SHORT: dict[str, str] = {
    "mV": "mvolt", "mA": "mamp", "uA": "uamp", "nA": "namp", "pA": "pamp", "uF": "ufarad", "nF": "nfarad",
    "pF": "pfarad", "mS": "msiemens", "uS": "usiemens", "nS": "nsiemens", "ms": "msecond", "us": "usecond",
    "Hz": "hertz", "kHz": "khertz", "MHz": "Mhertz", "cm": "cmetre", "cm2": "cmetre2", "cm3": "cmetre3",
    "mm": "mmetre", "mm2": "mmetre2", "mm3": "mmetre3", "um": "umetre", "um2": "umetre2", "um3": "umetre3",
    "mM": "mmolar", "uM": "umolar", "nM": "nmolar",
}  # fmt: skip


def with_prefixes(unit: NamedUnit, prefixes: dict[str, int], power: int = 1) -> Iterator[NamedUnit]:
    """The power of a unit, and of the unit with each prefix: metre2, mmetre2, umetre2 ..."""
    dimension = unit.dimension**power
    mark, symbol_mark = ("", "") if power == 1 else (str(power), f"^{power}")
    for prefix, scale in ({"": 0} | prefixes).items():
        name, symbol = f"{prefix}{unit.name}{mark}", f"{prefix}{unit.symbol}{symbol_mark}"
        yield NamedUnit(name, symbol, power * (scale + unit.power_of_ten), dimension)


def _long(prefixes: dict[str, int]) -> Iterator[NamedUnit]:
    for power in (1, 2, 3):
        for stem in STEMS:
            yield from with_prefixes(stem, prefixes, power)
        for unit in UNPREFIXED:
            yield from with_prefixes(unit, {}, power)
    for litre in LITRES:
        yield from with_prefixes(litre, PREFIXES | RARE_PREFIXES)


def _table() -> tuple[dict[str, NamedUnit], frozenset[str]]:
    units = {unit.name: unit for unit in _long(PREFIXES | RARE_PREFIXES)}
    units |= {short: units[name] for short, name in SHORT.items()}
    return units, frozenset(unit.name for unit in _long(PREFIXES)) | SHORT.keys()


# ``NAMED_UNITS``: every name that Python code may import.
NAMED_UNITS, _IN_STRINGS = _table()
# Every unit name that strings know: its factor to SI and its dimension.
UNITS: dict[str, tuple[float, Dimension]] = {
    name: (unit.factor, unit.dimension) for name, unit in NAMED_UNITS.items() if name in _IN_STRINGS
}

# Physical constants in SI: CODATA 2014, as in ``brian2.units.constants``.
CONSTANTS: dict[str, tuple[float, Dimension]] = {
    "avogadro_constant": (6.022140857e23, DIMENSIONLESS / MOLE),
    "boltzmann_constant": (1.38064852e-23, JOULE / KELVIN),
    "electric_constant": (8.854187817e-12, FARAD / METRE),
    "electron_mass": (9.10938356e-31, KILOGRAM),
    "elementary_charge": (1.6021766208e-19, COULOMB),
    "faraday_constant": (96485.33289, COULOMB / MOLE),
    "gas_constant": (8.3144598, JOULE / MOLE / KELVIN),
    "magnetic_constant": (4 * math.pi * 1e-7, NEWTON / AMP**2),
    "molar_mass_constant": (1e-3, KILOGRAM / MOLE),
    "zero_celsius": (273.15, KELVIN),
}
