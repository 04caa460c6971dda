"""Quantities in Python: what fits, what does not, and what comes out plain."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikeq.dimension import DIMENSIONLESS, SECOND, VOLT
from spikeq.errors import DimensionError, KindError, UnknownNameError, UnsupportedError
from spikeq.units import (
    REGISTRY,
    Hz,
    Quantity,
    Unit,
    dimension_of,
    magnitude,
    mradian,
    ms,
    mV,
    mvolt,
    nA,
    second,
    volt,
    with_dimension,
)

V = np.array([0.0, 5.0, 4.0]) * mV
T = np.arange(3) * ms
Q = 10 * mV


def test_what_has_no_unit_is_plain() -> None:
    assert type(Q / mV) is float and Q / mV == 10.0
    assert type(V / mV) is np.ndarray
    assert type(mV / volt) is float and mV / volt == 0.001
    assert type(3 * mradian) is float
    assert list(range(int(3 * ms / ms))) == [0, 1, 2]
    np.testing.assert_array_equal(np.exp(V / V.max()), np.exp(np.array([0, 1, 0.8])))
    assert type(5 * Hz * second) is float


def test_si_numbers() -> None:
    assert float(Q) == 0.01 and int(3 * second) == 3 and complex(Q) == 0.01
    assert np.asarray(V).tolist() == [0, 0.005, 0.004]
    assert np.array([1 * mV, 2 * mV]).tolist() == [0.001, 0.002]
    assert np.asarray(V, dtype=np.float32).dtype == np.float32
    assert np.shares_memory(np.asarray(V), np.asarray(V))
    assert f"{Q:.3f}" == "0.010" and f"{Q}" == "10. mV"


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: 3 * ms + 1 * mV, "3. ms and 1. mV cannot be added: the first is in second, the second in volt."),
        (lambda: Q - 3, "the second a plain number"),
        (lambda: 3 - Q, "the first is a plain number, the second in volt"),
        (lambda: Q < 3 * ms, "cannot be compared"),
        (lambda: Q == 3 * ms, "cannot be compared"),
        (lambda: Q == 5, "cannot be compared"),
        (lambda: Q + [1, 2], "volt"),
        (lambda: Q == 0 * ms, "cannot be compared"),
        (lambda: Q % (2 * ms), "divided with remainder"),
        (lambda: np.exp(10 * ms), "exp needs a plain number, but got 10. ms, which is in second."),
        (lambda: np.sin(V), "sin needs a plain number"),
        (lambda: np.arctan2(Q, Q), "arctan2 needs"),
        (lambda: 2**Q, "needs a plain number"),
        (lambda: Q**Q, "An exponent needs a plain number"),
        (lambda: V ** np.array([1, 2, 3]), "several powers"),
        (lambda: np.maximum(V, 1), "cannot be compared"),
        (lambda: np.concatenate([V, T]), "concatenate"),
        (lambda: np.where(V > 0 * mV, V, 1.0), "where"),
        (lambda: np.clip(V, 0, 3), "clip"),
        (lambda: V.clip(max=3), "clip"),
        (lambda: np.linspace(0 * ms, 1 * mV, 3), "linspace"),
        (lambda: np.histogram(V, bins=T), "histogram"),
        (lambda: np.isclose(V, 1.0), "isclose"),
        (lambda: np.searchsorted(V, 3.0), "searchsorted"),
        (lambda: np.interp(1 * mV, T, V), "interp"),
        (lambda: np.diff(V, prepend=1.0), "diff"),
        (lambda: np.cumprod(V), "cumprod needs"),
        (lambda: Quantity([1 * mV, 2 * ms]), "One list holds second and volt"),
        (lambda: Quantity([1 * mV, 2]), "One list holds 1 and volt"),
        (lambda: Q.to("ms"), "converted"),
        (lambda: Q.in_unit(ms), "converted"),
    ],
)
def test_what_does_not_fit(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(DimensionError) as caught:
        mistake()
    assert message in str(caught.value)


def test_zero_infinity_and_nan_fit_everything() -> None:
    assert Q + 0 == Q and 0 + Q == Q and sum([Q, Q]) == 20 * mV
    assert Q != 0 and Q > 0 and Q < np.inf and -np.inf < Q and not Q == np.nan
    assert np.isnan(Q + np.nan) and np.isinf(Q + np.inf)
    assert (V > np.zeros(3)).tolist() == [False, True, True]
    assert np.where(V > 0, V, 0)[1] == 5 * mV


def test_assignment() -> None:
    values = np.zeros(4) * mV
    values[1], values[2:], values[0] = 3 * mV, [1, 2] * mV, np.nan
    np.testing.assert_array_equal(values / mV, [np.nan, 3, 1, 2])
    for wrong in (3, 3 * ms, [1, 2, 3, 4]):
        with pytest.raises(DimensionError, match="stored"):
            values[:] = wrong
    np.testing.assert_array_equal(values / mV, [np.nan, 3, 1, 2])


def test_in_place() -> None:
    values = np.arange(3.0) * mV
    same = values
    values += 1 * mV
    values *= 2
    assert values is same and (same / mV).tolist() == [2, 4, 6]
    with pytest.raises(DimensionError):
        values += 1 * ms
    values *= mV  # of another dimension: a new quantity, the old one is as it was
    assert (same / mV).tolist() == [2, 4, 6] and dimension_of(values) == VOLT**2
    rates = np.ones(2)
    rates *= Hz
    assert repr(rates) == "array([1., 1.]) * hertz"
    one = 3 * mV
    before = one
    one += 1 * mV
    assert (before, one) == (3 * mV, 4 * mV)


def test_pickle_and_copies() -> None:
    for value in (Q, V, mV, mV / ms, 1 / ms):
        for other in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            assert np.all(other == value) and type(other) is type(value) and repr(other) == repr(value)
    other = copy.deepcopy(V)
    other[0] = 1 * mV
    assert V[0] == 0 * mV
    shared = Quantity(np.asarray(V), dim=VOLT)
    assert np.shares_memory(np.asarray(shared), np.asarray(V))
    assert not np.shares_memory(np.asarray(Quantity(V, copy=True)), np.asarray(V))


def test_hashes_and_truth() -> None:
    assert {10 * mV: 1, mV: 2}[0.01 * volt] == 1
    assert hash(mV) == hash(mvolt) == hash(1 * mV) and mV == mvolt and mV != volt and mV != ms
    assert not 0 * mV and bool(Q)
    for failing in (lambda: hash(V), lambda: len(Q), lambda: iter(Q), lambda: Q[0]):
        with pytest.raises((TypeError, IndexError)):
            failing()
    with pytest.raises(ValueError, match="ambiguous"):
        bool(V)
    assert (Q == None) is False and Q != "mV"  # noqa: E711


def test_other_types_are_refused() -> None:
    for mistake in (lambda: Q + "a", lambda: Q * None, lambda: {} * mV, lambda: Q < "a"):
        with pytest.raises(TypeError):
            mistake()
    with pytest.raises(KindError):
        Quantity("10 mV")
    with pytest.raises(AttributeError, match="no attribute 'foo'"):
        _ = Q.foo


def test_reading_values() -> None:
    assert dimension_of(3) == dimension_of(np.ones(2)) == dimension_of([]) == DIMENSIONLESS
    assert dimension_of([[1 * mV, 2 * mV], [3 * mV, 4 * volt]]) == dimension_of(mV) == dimension_of(VOLT) == VOLT
    assert type(magnitude(Q)) is float and magnitude(Q) == 0.01
    assert type(magnitude(3)) is int and type(magnitude(True)) is bool
    assert magnitude(np.array([1, 2])).dtype.kind == "i"
    assert magnitude(np.ones(2, dtype=np.float32)).dtype == np.float64
    assert magnitude([1 * mV, 2 * mV]).tolist() == [0.001, 0.002]
    assert magnitude([[1, 2], [3, 4]]).shape == (2, 2)
    for wrong in ("3", None, b"3", {1: 2}, object(), np.array(["a"]), [1, [2, 3]], ["a"]):
        with pytest.raises(KindError):
            magnitude(wrong)
    with pytest.raises(DimensionError):
        dimension_of([1 * mV, 1 * ms])


def test_making_values() -> None:
    assert with_dimension(0.01, VOLT) == Q and type(with_dimension(0.01, DIMENSIONLESS)) is float
    assert with_dimension([1, 2], DIMENSIONLESS).tolist() == [1, 2]
    assert with_dimension(np.array([1, 2]), SECOND).dtype == np.float64
    assert Quantity(3, dim=VOLT) == Quantity(3000, "mV") == Quantity(3000, mV) == 3 * volt
    assert Quantity.with_dimensions(3, VOLT) == 3 * volt
    assert type(Quantity(3.5)) is float
    assert Q.dim is not None and Q.has_same_dimensions(volt) and not Q.has_same_dimensions(3)
    assert isinstance(mV, Unit) and isinstance(mV, Quantity) and not isinstance(Q, Unit)


def test_a_view_stands_for_its_quantity() -> None:
    class View:
        def __quantity__(self) -> Any:
            return V

    view = View()
    assert dimension_of(view) == VOLT
    np.testing.assert_array_equal(magnitude(view), [0, 0.005, 0.004])
    assert ((Q + view) / mV).tolist() == [10, 15, 14]
    assert (np.concatenate([V, view]) / mV).size == 6


def test_pint_is_inside() -> None:
    assert Q.to("uvolt").magnitude == pytest.approx(10000)
    assert str(Q.to("mV").units) == "mvolt" and Q.units.dimensionality == Q.dimensionality
    assert (3 * nA).to("pA").m == pytest.approx(3000)
    assert float(Q.to("uvolt")) == 0.01 and Q.to("uvolt") / mV == 10.0
    assert REGISTRY.Quantity(5, "mV/ms") == 5 * volt / second
    with pytest.raises(UnknownNameError):
        Q.to("furlong")


@pytest.mark.parametrize(
    "unsupported", [lambda: np.polyfit(T, V, 1), lambda: np.add.at(V, [0], Q), lambda: np.divide.reduce(V)]
)
def test_functions_without_a_rule_say_so(unsupported: Callable[[], Any]) -> None:
    with pytest.raises(UnsupportedError, match="does not take values with units"):
        unsupported()
