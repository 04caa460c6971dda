"""Units for Python code: ``from spikeq.units import mV, ms``. pint is imported when the first of them is asked for."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # true to a type checker; half of this module's time would go into importing typing
if TYPE_CHECKING:
    from typing import Any

    from spikeq.units import checks, quantity, reading, registry

    arange = checks.arange
    check_units = checks.check_units
    dimension_of = get_dimensions = reading.dimension_of
    exprel = checks.exprel
    get_unit = checks.get_unit
    have_same_dimensions = checks.have_same_dimensions
    in_best_unit = checks.in_best_unit
    in_unit = checks.in_unit
    in_unit_text = checks.in_unit_text
    is_dimensionless = checks.is_dimensionless
    magnitude = reading.magnitude
    with_dimension = checks.with_dimension
    REGISTRY: registry.Registry
    Quantity = quantity.Quantity
    Unit = registry.Unit

    def __getattr__(name: str) -> Any: ...


# What is not a unit or a constant, and the module that makes it ready for use.
_HOMES = {
    "REGISTRY": "registry",
    "Quantity": "registry",
    "Unit": "registry",
    "arange": "checks",
    "check_units": "checks",
    "dimension_of": "reading",
    "exprel": "checks",
    "get_dimensions": "reading",
    "get_unit": "checks",
    "have_same_dimensions": "checks",
    "in_best_unit": "checks",
    "in_unit": "checks",
    "in_unit_text": "checks",
    "is_dimensionless": "checks",
    "magnitude": "reading",
    "with_dimension": "checks",
}


def _is_unit(name: str) -> bool:
    table = import_module("spikeq.unit_table")
    return name in table.NAMED_UNITS or name in table.CONSTANTS


def _units() -> list[str]:
    table = import_module("spikeq.unit_table")
    return sorted(table.NAMED_UNITS.keys() | table.CONSTANTS.keys())


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name == "__all__":
            return sorted(_HOMES) + _units()
        if name in _HOMES:
            home = import_module(f"{__name__}.{_HOMES[name]}")
            found = getattr(home, {"get_dimensions": "dimension_of"}.get(name, name))
        elif not name.startswith("_") and _is_unit(name):
            found = import_module(f"{__name__}.registry").named(name)
        else:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_units()})
