"""The same expression gives Brian2's numbers, bit for bit, and Brian2's text."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import spikeq.units as ours

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    fundamental = pytest.importorskip(
        "brian2.units.fundamentalunits", reason="compares with Brian2, which is not installed"
    )
    from brian2.units import allunits, stdunits

NAMES = "volt mvolt uvolt ms us second Hz kHz nS uS mS pF pA nA amp ohm Mohm um cm um2 mM molar gram kelvin msiemens"
THEIRS = SimpleNamespace(**{n: getattr(stdunits, n, None) or getattr(allunits, n) for n in NAMES.split()})
X = np.linspace(-3.7, 11.3, 7)

EXPRESSIONS: dict[str, Callable[[Any], Any]] = {
    "number": lambda u: 10 * u.mvolt,
    "third": lambda u: 0.1 * u.ms * 3,
    "inverse": lambda u: 1 / u.ms,
    "inverse of a value": lambda u: 1 / (3 * u.ms),
    "density": lambda u: 0.3 * u.msiemens / u.cm**2,
    "compound unit": lambda u: 7 * (u.uS / u.cm**2),
    "area": lambda u: 20000 * u.um**2,
    "area of values": lambda u: (20 * u.um) ** 2,
    "short area": lambda u: 3 * u.um2,
    "noise": lambda u: 5 * u.mvolt / u.ms**0.5,
    "root": lambda u: np.sqrt(2 * 20 * u.ms),
    "root of a unit": lambda u: 0.2 * u.mvolt * np.sqrt(u.ms),
    "charge": lambda u: 200 * u.pF / (10 * u.nS),
    "ohm's law": lambda u: 3 * u.nA * (100 * u.Mohm),
    "rest": lambda u: (7.3 * u.ms) % (2 * u.ms),
    "whole": lambda u: (7.3 * u.ms) // (2 * u.ms),
    "sum": lambda u: 3 * u.mvolt + 70 * u.uvolt - 1 * u.volt,
    "minus": lambda u: -(0.7 * u.nA),
    "array": lambda u: X * u.mvolt,
    "list": lambda u: [1, 2, 3.3] * u.nS,
    "array sum": lambda u: X * u.mvolt + 0.3 * u.mvolt,
    "array power": lambda u: (X * u.ms) ** 2,
    "array inverse": lambda u: 1 / (X * u.ms),
    "array from units": lambda u: np.array([1.5, 2]) * u.mM,
    "mean": lambda u: np.mean(X * u.mvolt),
    "standard deviation": lambda u: np.std(X * u.mvolt),
    "variance": lambda u: (X * u.mvolt).var(),
    "differences": lambda u: np.diff(X * u.mvolt),
    "largest": lambda u: (X * u.mvolt).max(),
    "cumulative": lambda u: np.cumsum(X * u.nA),
    "clipped": lambda u: np.clip(X * u.mvolt, 0 * u.mvolt, 5 * u.mvolt),
    "steps": lambda u: np.linspace(0 * u.ms, 1 * u.ms, 7),
    "element": lambda u: (X * u.mvolt)[2],
    "slice": lambda u: (X * u.mvolt)[1:5:2],
    "zero": lambda u: 0 * u.mvolt,
    "zeros": lambda u: [0, 0] * u.nA,
    "two axes": lambda u: np.array([[1.0, 2], [3, 4]]) * u.ms,
    "tiny": lambda u: 1e-30 * u.volt,
    "huge": lambda u: 1e30 * u.volt,
    "not a number": lambda u: np.array([np.nan, 2]) * u.mvolt,
    "concentration": lambda u: 3 * u.molar,
    "mass": lambda u: 3 * u.gram,
    "heat": lambda u: 300 * u.kelvin,
    "rate": lambda u: 25 * u.Hz,
    "long array": lambda u: np.arange(2000.0) * u.us,
    "unit": lambda u: u.mvolt,
    "unit product": lambda u: u.mvolt * u.ms,
    "unit quotient": lambda u: u.mvolt / (u.ms * u.second),
    "unit power": lambda u: (u.mvolt * u.ms) ** 2,
}
# Brian2 writes these in powers of base units, or in whatever unit of that dimension some line before has used.
OWN_TEXT = {"density", "compound unit", "noise", "root", "root of a unit"}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_numbers_are_brian2s(name: str) -> None:
    mine, reference = EXPRESSIONS[name](ours), EXPRESSIONS[name](THEIRS)
    assert np.asarray(mine).dtype == np.float64
    np.testing.assert_array_equal(np.asarray(mine), np.asarray(reference))
    exponents = tuple(map(float, ours.dimension_of(mine).exponents))
    assert exponents == tuple(fundamental.get_dimensions(reference)._dims)
    assert np.shape(mine) == np.shape(reference)


@pytest.mark.parametrize("name", sorted(EXPRESSIONS.keys() - OWN_TEXT))
def test_the_text_is_brian2s(name: str) -> None:
    mine, reference = EXPRESSIONS[name](ours), EXPRESSIONS[name](THEIRS)
    assert str(mine) == str(reference)
    assert repr(mine) == repr(reference)


def test_compound_units_read_well() -> None:
    assert repr(EXPRESSIONS["density"](ours)) == "3. * siemens / (metre ** 2)"
    assert repr(EXPRESSIONS["root"](ours)) == "0.2 * second ** 0.5"
    assert str(EXPRESSIONS["noise"](ours)) == "0.15811388 V/(s^0.5)"


def test_random_products_are_brian2s() -> None:
    random = np.random.default_rng(5)
    names = NAMES.split()
    for _ in range(300):
        x, one, two, three = random.normal(), *random.choice(names, 3)
        mine = x * getattr(ours, one) / getattr(ours, two) * getattr(ours, three)
        reference = x * getattr(THEIRS, one) / getattr(THEIRS, two) * getattr(THEIRS, three)
        assert float(mine) == float(reference), (x, one, two, three)
        # Brian2's text depends on the units that were used before; dimensions without a compound do not.
        assert tuple(map(float, ours.dimension_of(mine).exponents)) == tuple(
            fundamental.get_dimensions(reference)._dims
        )


def test_a_quantity_of_brian2_can_be_read() -> None:
    assert ours.dimension_of(3 * THEIRS.mvolt) == ours.volt.dim
    assert ours.magnitude(3 * THEIRS.mvolt) == 0.003
    assert 2 * ours.mvolt + ours.Quantity(3 * THEIRS.mvolt) == 5 * ours.mvolt
