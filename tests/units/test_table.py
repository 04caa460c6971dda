"""The table holds Brian2's names, factors and dimensions, to the last bit."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from spikeq.dimension import DIMENSIONLESS, METRE, VOLT, Dimension
from spikeq.unit_table import CONSTANTS, NAMED_UNITS, UNITS

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    allunits = pytest.importorskip("brian2.units.allunits", reason="compares with Brian2, which is not installed")
    from brian2.core.namespace import DEFAULT_UNITS
    from brian2.units import constants, stdunits
    from brian2.units.fundamentalunits import Unit


def theirs(dimension: Dimension) -> tuple[float, ...]:
    return tuple(float(exponent) for exponent in dimension.exponents)


def importable() -> dict[str, Any]:
    """Every unit that Brian2's modules offer by name."""
    names = [*allunits.__all__, *stdunits.__all__]
    found = {name: getattr(allunits, name, None) or getattr(stdunits, name, None) for name in names}
    return {name: unit for name, unit in found.items() if isinstance(unit, Unit)}


def test_strings_know_the_units_that_brian2s_strings_know() -> None:
    assert len(DEFAULT_UNITS) > 1700
    # Brian2 has mS for Python code and leaves it out of its strings; its users find it by their import.
    assert set(UNITS) == set(DEFAULT_UNITS) | {"mS"}


def test_factors_and_dimensions_are_brian2s() -> None:
    for name, unit in DEFAULT_UNITS.items():
        factor, dimension = UNITS[name]
        assert (factor, theirs(dimension)) == (float(unit), unit.dim._dims), name


def test_python_code_finds_every_unit_of_brian2() -> None:
    units = importable()
    assert len(units) > 2000
    assert set(NAMED_UNITS) == set(units) | set(DEFAULT_UNITS)
    for name, unit in units.items():
        ours = NAMED_UNITS[name]
        assert (ours.factor, theirs(ours.dimension)) == (float(unit), unit.dim._dims), name
        assert (ours.name, ours.symbol) == (repr(unit), str(unit)), name


def test_the_units_of_all_units_are_there() -> None:
    missing = {repr(unit) for unit in allunits.all_units} - set(NAMED_UNITS)
    assert missing == set()


@pytest.mark.parametrize("name", ["damp", "camp", "hohm", "cvolt", "dasecond", "celsius", "uV", "min", "m", "s", "V"])
def test_names_that_belong_to_the_author_of_a_model(name: str) -> None:
    assert name not in UNITS


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_constants_are_brian2s(name: str) -> None:
    value, dimension = CONSTANTS[name]
    assert value == float(getattr(constants, name))
    assert theirs(dimension) == getattr(constants, name).dim._dims


def test_a_few_by_hand() -> None:
    assert UNITS["mV"] == (0.001, VOLT)
    assert UNITS["um2"] == (1e-12, METRE**2)
    assert UNITS["mliter"] == (1e-6, METRE**3)
    assert UNITS["radian"] == (1.0, DIMENSIONLESS)
    assert UNITS["kgram"] == UNITS["kilogram"]
