"""Brian2's functions about units: the decorator, comparisons and text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikeq.dimension import DIMENSIONLESS, FARAD, METRE, MOLAR, VOLT
from spikeq.errors import DimensionError, KindError
from spikeq.units import (
    amp,
    check_units,
    get_dimensions,
    get_unit,
    have_same_dimensions,
    in_best_unit,
    in_unit,
    in_unit_text,
    is_dimensionless,
    ms,
    mV,
    nA,
    ohm,
    second,
    volt,
)


@check_units(current=amp, resistance=ohm, wibble=second, result=volt)
def voltage(current: Any, resistance: Any, **options: Any) -> Any:
    """By Ohm's law."""
    return options["answer"] if "answer" in options else current * resistance


@check_units(x=1, absolute=bool, result=bool)
def is_high(x: Any, absolute: Any = False) -> Any:
    return abs(x) >= 5 if absolute is True else x >= 5


@check_units(x=None, y="x", result=lambda dx, dy: dx * dy)
def multiply(x: Any, y: Any) -> Any:
    return x * y


def test_what_fits() -> None:
    assert voltage(1 * nA, 2 * ohm) == 2 * nA * ohm
    assert voltage(1 * nA, resistance=2 * ohm, wibble=3 * ms) == 2 * nA * ohm
    assert voltage(None, "R", wibble="hello", answer=1 * volt) == 1 * volt
    assert voltage([1, 2] * nA, 2 * ohm).shape == (2,)
    assert is_high(7) and is_high(-7, absolute=True) and not is_high(-7)
    assert multiply(3 * mV, 4 * mV) == 12 * mV**2


@pytest.mark.parametrize(
    ("mistake", "error", "message"),
    [
        (
            lambda: voltage(1 * mV, 1 * ohm),
            DimensionError,
            "voltage: argument 'current' must be in amp, but 1. mV is in",
        ),
        (lambda: voltage(1 * nA, 1), DimensionError, "but 1 is a plain number"),
        (lambda: voltage(1 * nA, 1 * ohm, wibble=1), DimensionError, "'wibble' must be in second"),
        (lambda: voltage(1 * nA, 1 * ohm, answer=1 * ms), DimensionError, "the result must be in volt"),
        (lambda: is_high(1 * mV), DimensionError, "'x' must be a plain number"),
        (lambda: is_high(3, 4), KindError, "'absolute' must be True or False, not 4"),
        (lambda: is_high(np.ones(3)), KindError, "the result must be True or False"),
        (lambda: multiply(3 * mV, 4 * nA), DimensionError, "as argument 'x'"),
    ],
)
def test_what_does_not_fit(mistake: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        mistake()
    assert message in str(caught.value)


def test_marks_for_the_language() -> None:
    marked: Any = voltage
    assert marked._arg_names == ("current", "resistance")
    assert marked._arg_units == [amp, ohm] and marked._return_unit == volt and not marked._returns_bool
    assert marked._orig_func.__name__ == marked.__name__ == "voltage" and marked.__doc__ == "By Ohm's law."
    high: Any = is_high
    assert high._arg_units == [1, bool] and high._return_unit is bool and high._returns_bool


def test_comparing_dimensions() -> None:
    assert have_same_dimensions(3 * mV, volt) and have_same_dimensions(VOLT, [1, 2] * mV)
    assert not have_same_dimensions(3 * mV, 3) and have_same_dimensions(3, np.ones(2))
    assert is_dimensionless(3) and is_dimensionless(ms / second) and not is_dimensionless(ms)
    assert get_dimensions(3 * mV) == VOLT
    assert repr(get_unit(VOLT)) == "volt" and float(get_unit(MOLAR)) == 1.0 and repr(get_unit(MOLAR)) == "mmolar"
    assert repr(get_unit(FARAD / METRE**2)) == "farad / (metre ** 2)" and get_unit(VOLT).dim == VOLT


def test_text() -> None:
    assert in_unit(3 * mV, volt) == "0.003 V" and in_unit(25.123456 * mV, mV, 3) == "25.123 mV"
    assert in_unit(0.5, ms / second) == "0.5" and in_unit(3 * mV, 2 * mV).startswith("1.5 ")
    assert in_best_unit(0.00123456 * volt, 3) == "1.235 mV" and in_best_unit(3.5) == "3.5"
    assert in_unit_text(0.01, VOLT) == "10. mV" and in_unit_text(2, DIMENSIONLESS) == "2"
    assert in_unit_text([0.01, 0.02], VOLT) == "[10. 20.] mV"
    with pytest.raises(DimensionError):
        in_unit(3, mV)
