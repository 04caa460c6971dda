"""Physical dimensions as seven rational exponents: the compiler's own algebra of units."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

# The order of the exponents, with the unit that each base quantity is counted in.
BASE_UNITS = ("metre", "kilogram", "second", "amp", "kelvin", "mole", "candela")
_Exponents = tuple[Fraction, Fraction, Fraction, Fraction, Fraction, Fraction, Fraction]
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Exponents of length, mass, time, current, temperature, amount of substance and luminous intensity."""

    exponents: _Exponents = (_ZERO,) * 7

    def __mul__(self, other: Dimension) -> Dimension:
        return Dimension(tuple(a + b for a, b in zip(self.exponents, other.exponents, strict=True)))  # type: ignore[arg-type]

    def __truediv__(self, other: Dimension) -> Dimension:
        return Dimension(tuple(a - b for a, b in zip(self.exponents, other.exponents, strict=True)))  # type: ignore[arg-type]

    def __pow__(self, power: int | Fraction | float) -> Dimension:
        exact = Fraction(power).limit_denominator(1000)
        return Dimension(tuple(a * exact for a in self.exponents))  # type: ignore[arg-type]

    @property
    def is_dimensionless(self) -> bool:
        """True for pure numbers."""
        return not any(self.exponents)

    def __str__(self) -> str:
        return NAMED.get(self) or _product(self)


def base(index: int) -> Dimension:
    """The dimension of the base quantity number ``index`` of ``BASE_UNITS``."""
    return Dimension(tuple(Fraction(int(k == index)) for k in range(7)))  # type: ignore[arg-type]


def _product(dimension: Dimension) -> str:
    """Products, quotients and powers of base units, as the language writes them: ``metre**2*kilogram/second``."""
    over = [_factor(u, e) for u, e in zip(BASE_UNITS, dimension.exponents, strict=True) if e > 0]
    under = [_factor(u, -e) for u, e in zip(BASE_UNITS, dimension.exponents, strict=True) if e < 0]
    head = "*".join(over) or "1"
    if not under:
        return head
    return f"{head}/{under[0]}" if len(under) == 1 else f"{head}/({'*'.join(under)})"


def _factor(unit: str, exponent: Fraction) -> str:
    if exponent == 1:
        return unit
    return f"{unit}**{exponent}" if exponent.denominator == 1 else f"{unit}**({exponent})"


DIMENSIONLESS = Dimension()
METRE, KILOGRAM, SECOND, AMP, KELVIN, MOLE, CANDELA = (base(k) for k in range(7))
HERTZ = DIMENSIONLESS / SECOND
NEWTON = KILOGRAM * METRE / SECOND**2
JOULE = NEWTON * METRE
WATT = JOULE / SECOND
PASCAL = NEWTON / METRE**2
COULOMB = AMP * SECOND
VOLT = WATT / AMP
OHM = VOLT / AMP
SIEMENS = AMP / VOLT
FARAD = COULOMB / VOLT
WEBER = VOLT * SECOND
TESLA = WEBER / METRE**2
HENRY = WEBER / AMP
MOLAR = MOLE / METRE**3
KATAL = MOLE / SECOND

# How a dimension is called in messages.
NAMED: dict[Dimension, str] = {
    DIMENSIONLESS: "1",
    METRE: "metre",
    KILOGRAM: "kilogram",
    SECOND: "second",
    AMP: "amp",
    KELVIN: "kelvin",
    MOLE: "mole",
    CANDELA: "candela",
    HERTZ: "hertz",
    NEWTON: "newton",
    JOULE: "joule",
    WATT: "watt",
    PASCAL: "pascal",
    COULOMB: "coulomb",
    VOLT: "volt",
    VOLT / SECOND: "volt/second",
    AMP / SECOND: "amp/second",
    SIEMENS / SECOND: "siemens/second",
    VOLT / METRE: "volt/metre",
    AMP / METRE**2: "amp/metre**2",
    SIEMENS / METRE**2: "siemens/metre**2",
    FARAD / METRE**2: "farad/metre**2",
    OHM: "ohm",
    SIEMENS: "siemens",
    FARAD: "farad",
    WEBER: "weber",
    TESLA: "tesla",
    HENRY: "henry",
    KATAL: "katal",
}
