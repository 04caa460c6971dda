"""The names of NumPy and of Python that Brian2's scripts use without importing them."""

from __future__ import annotations

import datetime
import functools
import importlib
import inspect
import logging
import signal
import sys
import threading
import time
from types import ModuleType
from typing import Any

import numpy as np

from spikeq import unit_table, units

# Brian2 leaves these to Python itself, or does not hand them on.
_LEFT_OUT = frozenset({"abs", "bool", "bytes", "max", "min", "pow", "round", "datetime", "core", "test", "f"})
_MODULES = (datetime, functools, importlib, inspect, logging, signal, sys, threading, time)
_PREFIXES = ("p", "n", "u", "m", "", "k", "M", "G", "T")
_STEMS = (
    "amp coulomb farad gram gramme hertz joule liter litre meter metre molar mole ohm pascal second siemens volt watt"
)
_WITHOUT_PREFIX = "cmeter cmetre kelvin kilogram"
_UNIT_FUNCTIONS = """
Quantity Unit arange check_units exprel get_dimensions get_unit have_same_dimensions in_best_unit in_unit
is_dimensionless
"""


class NumpyWithUnits(ModuleType):
    """NumPy; ``arange`` takes values with units."""

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    def __dir__(self) -> list[str]:
        return dir(np)


def numpy_names() -> dict[str, Any]:
    """What pylab takes from NumPy, and NumPy itself."""
    found: dict[str, Any] = {}
    for module in (np, np.fft, np.random, np.linalg):
        found |= {name: vars(module)[name] for name in module.__all__ if name in vars(module) and name not in _LEFT_OUT}
    found = {name: value for name, value in found.items() if not name.startswith("_")}
    found |= {"linalg": np.linalg, "fft": np.fft.fft, "random": np.random.random, "ma": np.ma}
    aware = NumpyWithUnits("numpy")
    aware.arange = units.arange  # type: ignore[attr-defined]
    return found | {"np": aware, "numpy": aware} | {module.__name__: module for module in _MODULES}


def unit_names() -> dict[str, Any]:
    """Brian2's units, and its functions that know units."""
    names = [prefix + stem for stem in _STEMS.split() for prefix in _PREFIXES]
    names += [*_WITHOUT_PREFIX.split(), *unit_table.SHORT, *_UNIT_FUNCTIONS.split()]
    return {name: getattr(units, name) for name in names}
