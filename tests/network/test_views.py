"""Reading and assigning variables through their views."""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikeq.dimension import DIMENSIONLESS, VOLT
from spikeq.errors import (
    DimensionError,
    KindError,
    NetworkError,
    ShapeError,
    SpikeqError,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.network.views import (
    DTYPES,
    Integers,
    Owner,
    VariableInfo,
    VariableView,
    indices_of_item,
    indices_of_synapses,
)
from spikeq.units import Quantity, amp, dimension_of, mV, volt

VARIABLES = {
    info.name: info
    for info in (
        VariableInfo("v", VOLT),
        VariableInfo("w", DIMENSIONLESS),
        VariableInfo("n", DIMENSIONLESS, "integer"),
        VariableInfo("flag", DIMENSIONLESS, "boolean"),
        VariableInfo("x", VOLT, scalar=True),
        VariableInfo("i", DIMENSIONLESS, "integer", read_only=True, reason_read_only="the number of the neuron"),
        VariableInfo("twice", VOLT, is_expression=True),
    )
}


class Cells:
    """Six neurons that keep their values in a dictionary and log what the view hands on."""

    def __init__(self, batch: int | None = None, size: int = 6) -> None:
        self.name = "cells"
        self.batch = batch
        self.size = size
        self.values: dict[str, NDArray[Any]] = {
            name: np.zeros(() if info.scalar else size, DTYPES[info.kind]) for name, info in VARIABLES.items()
        }
        self.values["v"] = np.arange(size) * 1e-3
        self.values["i"] = np.arange(size, dtype=np.int32)
        self.expressions: list[tuple[str, list[int] | None, str, Any]] = []

    def __getattr__(self, name: str) -> VariableView:
        if name.rstrip("_") not in VARIABLES:
            raise AttributeError(name)
        return VariableView(self, name.rstrip("_"), raw=name.endswith("_"))

    def __setattr__(self, name: str, value: Any) -> None:
        if name.rstrip("_") in VARIABLES:
            VariableView(self, name.rstrip("_"), raw=name.endswith("_")).set_item(slice(None), value, 1)
        else:
            super().__setattr__(name, value)

    def variable(self, name: str) -> VariableInfo:
        return VARIABLES[name]

    def read(self, name: str, namespace_level: int) -> NDArray[Any]:
        return 2 * self.values["v"] if name == "twice" else self.values[name]

    def write(self, name: str, index: Integers | None, values: NDArray[Any]) -> None:
        assert values.dtype == DTYPES[VARIABLES[name].kind]
        if values.ndim == 2 or (values.ndim == 1 and VARIABLES[name].scalar):
            rows = (self.batch, *([] if VARIABLES[name].scalar else [self.size]))
            self.values[name] = np.broadcast_to(self.values[name], rows).copy()
        self.values[name][... if index is None else (..., index)] = values

    def write_expression(
        self, name: str, index: Integers | None, text: str, namespace_level: int, *, raw: bool = False
    ) -> None:
        seen = sys._getframe(namespace_level + 1).f_locals.get("secret")
        self.expressions.append((name, None if index is None else index.tolist(), text, seen))

    def indices_where(self, text: str, namespace_level: int) -> Integers:
        left, symbol, right = text.split()
        limit = sys._getframe(namespace_level + 1).f_locals[right]
        compare = {">": operator.gt, "<": operator.lt}[symbol]
        return np.flatnonzero(compare(self.read(left, 0), limit))

    def __len__(self) -> int:
        return self.size

    def indices_of_item(self, item: Any) -> Integers:
        return indices_of_item(item, self.size, self.name)


@pytest.fixture
def cells() -> Cells:
    return Cells()


def test_the_owner_of_the_tests_is_an_owner() -> None:
    owner: Owner = Cells()
    assert owner.name == "cells"


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (slice(None), [0, 1, 2, 3, 4, 5]),
        (Ellipsis, [0, 1, 2, 3, 4, 5]),
        (3, 3),
        (-1, 5),
        (np.int64(2), 2),
        (slice(2, 5), [2, 3, 4]),
        (slice(None, None, -2), [5, 3, 1]),
        (slice(4, 100), [4, 5]),
        ([1, 2], [1, 2]),
        ([5, 0, 5], [5, 0, 5]),
        ([], []),
        (np.array([-2, 1], dtype=np.int8), [4, 1]),
        (np.array([5, 1], dtype=np.uint64), [5, 1]),
        (np.array([True, False, False, True, False, False]), [0, 3]),
        ([False] * 6, []),
        ((Ellipsis, 4), 4),
        ((Ellipsis, slice(1, 3)), [1, 2]),
        ((slice(None), None), [[0], [1], [2], [3], [4], [5]]),
    ],
)
def test_items(cells: Cells, item: Any, expected: Any) -> None:
    assert isinstance(cells.v[item], Quantity)
    assert dimension_of(cells.v[item]) == VOLT
    assert np.array_equal(cells.v[item] / mV, expected)
    assert type(cells.v_[item]) in (np.ndarray, np.float64)
    assert np.array_equal(cells.v_[item], np.array(expected) * 1e-3)


def test_string_items_look_names_up_where_the_user_is(cells: Cells) -> None:
    limit = 3e-3
    assert (cells.v["v > limit"] / mV).tolist() == [4, 5]
    assert cells.v.get_item("v < limit").shape == (3,)
    assert limit == 3e-3


def test_dimensionless_values_are_plain(cells: Cells) -> None:
    assert type(cells.w[:]) is np.ndarray
    assert cells.n[:].dtype == np.int32
    assert cells.flag[:].dtype == bool


def test_reading_gives_a_copy(cells: Cells) -> None:
    values = cells.v_[:]
    values[:] = 7
    part = cells.v_[1:3]
    part[:] = 7
    assert cells.v_[2] == 2e-3


def test_shared_variables_read_as_one_value(cells: Cells) -> None:
    cells.values["x"][...] = 0.25
    assert cells.x[:] == 0.25 * volt
    assert float(cells.x_) == 0.25
    assert cells.x.shape == ()
    assert cells.x + 1 * volt == 1.25 * volt
    for item in (0, "i > limit", [0], slice(0, 1)):
        with pytest.raises(ShapeError, match="shared"):
            cells.x[item]
        with pytest.raises(ShapeError, match="shared"):
            cells.x[item] = 1 * volt
    with pytest.raises(TypeError, match="no length"):
        len(cells.x)


@pytest.mark.parametrize(
    ("item", "kind", "words"),
    [
        (6, ShapeError, "Index 6 is out of range: cells has 6 elements"),
        (-7, ShapeError, "Index -7"),
        ([0, 9], ShapeError, "Index 9"),
        (1.5, KindError, "1.5 is not an index"),
        ([0.5], KindError, "not an index"),
        (None, KindError, "None"),
        ({}, KindError, "not an index"),
        ([[0], [1, 2]], KindError, "not an index"),
        ([True, False], ShapeError, r"mask has shape \(2,\)"),
        (True, ShapeError, "mask has shape"),
        ([[0, 1]], ShapeError, "one axis"),
        ((0, 1), ShapeError, "one index, but 2"),
        (slice(0.5, 2), KindError, "slice"),
        (slice(0, 4, 0), KindError, "slice"),
    ],
)
def test_items_that_are_none(cells: Cells, item: Any, kind: type[SpikeqError], words: str) -> None:
    with pytest.raises(kind, match=words):
        cells.v[item]
    with pytest.raises(kind, match=words):
        cells.v[item] = 1 * mV


# -- as an array ------------------------------------------------------------------------------------------------------

OPERATIONS: list[Callable[[Any], Any]] = [
    lambda v: v + 1 * mV,
    lambda v: 1 * mV + v,
    lambda v: v - v,
    lambda v: 5 * mV - v,
    lambda v: v * 2,
    lambda v: 2 * v,
    lambda v: mV * v,
    lambda v: (3 * mV) * v,
    lambda v: v / mV,
    lambda v: (1 * volt) / (v + 1 * volt),
    lambda v: v**2,
    lambda v: -v,
    lambda v: +v,
    lambda v: abs(-v),
    lambda v: v % (2 * mV),
    lambda v: v // (2 * mV),
    lambda v: v > 2 * mV,
    lambda v: 2 * mV > v,
    lambda v: v <= v,
    lambda v: v == 3 * mV,
    lambda v: v != 3 * mV,
    lambda v: (v >= 1 * mV) & (v < 3 * mV),
    lambda v: np.array([1.0, 2, 3, 4, 5, 6]) * v,
    lambda v: np.float64(3) * v,
    lambda v: np.mean(v),
    lambda v: np.sum(v),
    lambda v: np.max(v) - np.min(v),
    lambda v: np.abs(v),
    lambda v: np.sqrt(v * v),
    lambda v: np.exp(v / (1 * mV)),
    lambda v: np.add(v, v),
    lambda v: np.maximum(v, 2 * mV),
    lambda v: np.add.reduce(v),
    lambda v: np.concatenate([v, v]),
    lambda v: np.where(v > 2 * mV, v, 0 * mV),
    lambda v: np.clip(v, 1 * mV, 2 * mV),
    lambda v: np.flatnonzero(v > 2 * mV),
    lambda v: v @ np.arange(6.0),
]


@pytest.mark.parametrize("number", range(len(OPERATIONS)))
def test_arithmetic_is_that_of_the_values(cells: Cells, number: int) -> None:
    operation = OPERATIONS[number]
    found, expected = operation(cells.v), operation(cells.v[:])
    assert type(found) is type(expected)
    assert dimension_of(found) == dimension_of(expected)
    assert np.array_equal(np.asarray(found), np.asarray(expected))


def test_wrong_units_are_wrong_through_views(cells: Cells) -> None:
    for mistake in (lambda: cells.v + 1, lambda: cells.v > 1 * amp, lambda: np.exp(cells.v)):
        with pytest.raises(DimensionError):
            mistake()


def test_conversions(cells: Cells) -> None:
    assert type(np.asarray(cells.v)) is np.ndarray
    assert np.array_equal(np.asarray(cells.v), np.arange(6) * 1e-3)
    assert np.asarray(cells.v, dtype=np.float32).dtype == np.float32
    assert np.array(cells.n).dtype == cells.n.dtype == np.int32
    assert len(cells.v) == 6
    assert (cells.v.shape, cells.v.ndim, cells.v.size, cells.v.dtype) == ((6,), 1, 6, np.float64)
    assert [float(one / mV) for one in cells.v] == [0, 1, 2, 3, 4, 5]
    assert int(cells.x_) == 0
    assert not cells.x
    assert cells.v.dimension == VOLT
    with pytest.raises(ValueError, match="truth value"):
        bool(cells.v)
    with pytest.raises(ValueError, match="copied"):
        np.array(cells.v, copy=False)
    assert hash(cells.v) == hash(cells.v) != hash(cells.w)


def test_how_views_are_shown(cells: Cells) -> None:
    cells.v = [0, 1, 2, 3, 4, 5] * volt
    assert repr(cells.v) == str(cells.v) == "<cells.v: array([0., 1., 2., 3., 4., 5.]) * volt>"
    assert repr(cells.v_) == "<cells.v_: array([0., 1., 2., 3., 4., 5.])>"
    assert repr(cells.n) == "<cells.n: array([0, 0, 0, 0, 0, 0], dtype=int32)>"
    assert repr(cells.x) == "<cells.x: 0. * volt>"


# -- assigning --------------------------------------------------------------------------------------------------------


def test_assignments(cells: Cells) -> None:
    cells.v = -70 * mV
    assert np.array_equal(cells.v_[:], np.full(6, -70 * 1e-3))
    cells.v = np.arange(6) * mV
    cells.v[1] = 10 * mV
    cells.v[2:4] = [20, 30] * mV
    cells.v[[4, 5]] = [40 * mV, 50 * mV]
    assert np.allclose(cells.v / mV, [0, 10, 20, 30, 40, 50], rtol=1e-15)
    cells.v[cells.v > 25 * mV] = 0 * mV
    assert np.allclose(cells.v / mV, [0, 10, 20, 0, 0, 0], rtol=1e-15)
    cells.v_ = 3
    assert cells.v[0] == 3 * volt
    cells.v_[0] = 4
    assert cells.v[0] == 4 * volt
    cells.v = 0
    cells.v[:3] = [0, 0, 0]
    assert not cells.v_[:].any()
    cells.w = cells.v / mV + 1
    assert cells.w[:].tolist() == [1] * 6
    cells.w = cells.n
    assert cells.w[:].tolist() == [0] * 6
    cells.x = 5 * volt
    cells.x[:] = cells.x + 1 * volt
    assert cells.x[:] == 6 * volt


def test_operators_in_place(cells: Cells) -> None:
    cells.v = 1 * mV
    cells.v += 1 * mV
    cells.v *= 3
    cells.v -= 2 * mV
    cells.v /= 2
    assert np.allclose(cells.v / mV, 2, rtol=1e-15)
    cells.v[2:] += 1 * mV
    cells.v[0] *= 5
    assert np.allclose(cells.v / mV, [10, 2, 3, 3, 3, 3], rtol=1e-15)
    cells.n += 7
    cells.n //= 2
    cells.n %= 2
    cells.n **= 2
    assert cells.n[:].tolist() == [1] * 6
    cells.x += 1 * volt
    assert cells.x[:] == 1 * volt
    view = cells.v
    view += 1 * mV
    assert view is not None and np.allclose(cells.v / mV, [11, 3, 4, 4, 4, 4], rtol=1e-15)
    with pytest.raises(DimensionError):
        cells.v *= 2 * mV
    with pytest.raises(KindError, match="no string"):
        cells.v += "1*mV"


def test_strings_go_to_the_owner_with_the_users_names(cells: Cells) -> None:
    secret, limit = object(), 3e-3
    cells.v = "rand()*mV"
    cells.v[:] = "1*mV"
    cells.v["True"] = "2*mV"
    cells.v[2:4] = "i*mV"
    cells.v["v > limit"] = "0*mV"
    cells.v[1] = "v"
    assert cells.expressions == [
        ("v", None, "rand()*mV", secret),
        ("v", None, "1*mV", secret),
        ("v", None, "2*mV", secret),
        ("v", [2, 3], "i*mV", secret),
        ("v", [4, 5], "0*mV", secret),
        ("v", [1], "v", secret),
    ]
    cells.v["v > limit"] = 9 * mV
    cells.v["v > limit"] += 1 * mV
    assert np.allclose(cells.v / mV, [0, 1, 2, 3, 10, 10], rtol=1e-15)
    assert limit == 3e-3


def test_kinds(cells: Cells) -> None:
    cells.n = [1.9, -1.9, 0.5, 2, 2.0, True]
    assert cells.n[:].tolist() == [1, -1, 0, 2, 2, 1]
    cells.flag = [0, 1, 2.5, -1, False, True]
    assert cells.flag[:].tolist() == [False, True, True, True, False, True]
    cells.flag[0] = True
    assert cells.flag[0]
    cells.w = True
    assert cells.w[:].tolist() == [1.0] * 6


@pytest.mark.parametrize(
    ("name", "item", "value", "kind", "words"),
    [
        ("v", slice(None), 3, DimensionError, "cells.v is in volt, but the value is a plain number"),
        ("v", slice(None), 3 * amp, DimensionError, "cells.v is in volt, but the value is in amp"),
        ("v", 0, 0 * amp, DimensionError, "amp"),
        ("w", slice(None), 3 * mV, DimensionError, "cells.w is a plain number, but the value is in volt"),
        ("v", slice(None), [1, 2] * mV, ShapeError, r"one value or 6 here, but the value has shape \[2\]"),
        ("v", [1, 2, 3], [1, 2] * mV, ShapeError, "one value or 3"),
        ("v", 1, [1, 2] * mV, ShapeError, r"one value here, but the value has shape \[2\]"),
        ("v", slice(None), np.zeros((2, 6)), ShapeError, r"shape \[2, 6\]"),
        ("v", slice(None), np.zeros((6, 1)), ShapeError, r"shape \[6, 1\]"),
        ("x", slice(None), [1, 2] * volt, ShapeError, "one value"),
        ("v", slice(None), float("nan") * mV, ValueRangeError, "NaN"),
        ("n", 0, float("nan"), ValueRangeError, "NaN"),
        ("w", slice(None), [1, 2, float("nan"), 3, 4, 5], ValueRangeError, "NaN"),
        ("n", slice(None), 2**31, ValueRangeError, "32 bits"),
        ("n", 0, -3e9, ValueRangeError, "32 bits"),
        ("n", 0, float("inf"), ValueRangeError, "32 bits"),
        ("w", slice(None), 1j, KindError, "numbers"),
        ("w", slice(None), None, KindError, "number"),
        ("w", slice(None), object(), KindError, "number"),
        ("w", slice(None), b"1", KindError, "number"),
        ("w", slice(None), ["1", "2"], KindError, "number"),
        ("i", slice(None), 3, NetworkError, "cannot be assigned to, because it is the number of the neuron"),
        ("i", slice(None), "3", NetworkError, "cannot be assigned to"),
        ("twice", slice(None), 3 * volt, NetworkError, "subexpression"),
        ("twice", 2, "3*volt", NetworkError, "subexpression"),
    ],
)
def test_assignments_that_fail(
    cells: Cells, name: str, item: Any, value: Any, kind: type[SpikeqError], words: str
) -> None:
    before = {key: one.copy() for key, one in cells.values.items()}
    with pytest.raises(kind, match=words):
        getattr(cells, name)[item] = value
    assert all(np.array_equal(cells.values[key], one) for key, one in before.items())
    assert cells.expressions == []


def test_plain_views_take_any_unit(cells: Cells) -> None:
    cells.v_ = 3 * mV
    assert cells.v_[0] == 3e-3


def test_a_mistake_in_a_string_item_is_the_owners(cells: Cells) -> None:
    class Strict(Cells):
        def indices_where(self, text: str, namespace_level: int) -> Integers:
            raise UnknownNameError(f"{text} is not defined.")

    with pytest.raises(UnknownNameError):
        Strict().v["nonsense"]


# -- batches ----------------------------------------------------------------------------------------------------------


def test_batches_add_a_leading_axis() -> None:
    cells = Cells(batch=3)
    assert cells.v.shape == np.shape(cells.v) == cells.v[:].shape == (3, 6)
    assert cells.v[2].shape == cells.v[..., 2].shape == (3,)
    assert cells.v[1:4].shape == (3, 3)
    assert cells.v[..., [0, 5]].shape == (3, 2)
    assert cells.x.shape == cells.x[:].shape == (3,)
    assert len(cells.v) == 3
    assert np.array_equal(cells.v_[:][1], np.arange(6) * 1e-3)


def test_batches_take_shared_and_separate_values() -> None:
    cells = Cells(batch=3)
    cells.w = np.arange(6)
    assert cells.values["w"].shape == (6,)
    cells.w = np.arange(18).reshape(3, 6)
    assert np.array_equal(cells.w[:], np.arange(18).reshape(3, 6))
    cells.w = [[10], [20], [30]]
    assert cells.w[..., 4].tolist() == [10, 20, 30]
    cells.w[1:3] = [[1, 2], [3, 4], [5, 6]]
    assert cells.w[:][2].tolist() == [30, 5, 6, 30, 30, 30]
    cells.w[0] = [[7], [8], [9]]
    assert cells.w[0].tolist() == [7, 8, 9]
    cells.w[..., 5] = 0
    assert cells.w[5].tolist() == [0, 0, 0]
    cells.x = [1, 2, 3] * volt
    assert cells.x_[:].tolist() == [1, 2, 3]
    cells.x = [[3], [2], [1]] * volt
    assert cells.x_[:].tolist() == [3, 2, 1]
    cells.x = 4 * volt
    assert cells.x_[:].tolist() == [4, 4, 4]


@pytest.mark.parametrize("shape", [(2, 6), (3, 5), (1, 6), (3,), (3, 6, 1)])
def test_batches_refuse_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match=r"\[3, 1\] or \[3, 6\]"):
        Cells(batch=3).w = np.ones(shape)


# -- synapses ---------------------------------------------------------------------------------------------------------

PRE = np.array([0, 0, 0, 1, 2, 2, 3], dtype=np.int32)
POST = np.array([0, 1, 1, 1, 0, 2, 4], dtype=np.int32)
COPY = np.array([0, 0, 1, 0, 0, 0, 0], dtype=np.int32)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ((0, 1), [1, 2]),
        ((0, slice(None)), [0, 1, 2]),
        ((slice(None), 1), [1, 2, 3]),
        ((slice(None), slice(None)), [0, 1, 2, 3, 4, 5, 6]),
        ((slice(1, 3), slice(None)), [3, 4, 5]),
        ((slice(None, None, 2), slice(0, 2)), [0, 1, 2, 4]),
        (([3, 0], [4, 0]), [0, 6]),
        ((np.array([True, False, False, True]), slice(None)), [0, 1, 2, 6]),
        ((-1, slice(None)), [6]),
        ((3, 3), []),
        ((0, slice(None), 0), [0, 1]),
        ((0, slice(None), 1), [2]),
        ((slice(None), slice(None), slice(1, None)), [2]),
        ((0, 1, slice(None)), [1, 2]),
        (slice(2, 4), [2, 3]),
        ([6, 0], [6, 0]),
    ],
)
def test_synapses_are_chosen_by_their_ends(item: Any, expected: list[int]) -> None:
    assert indices_of_synapses(item, (PRE, POST), (4, 5), COPY).tolist() == expected


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ((4, 0), "Index 4 is out of range: the presynaptic side of S has 4 elements"),
        ((0, 5), "postsynaptic side of S has 5"),
        ((0, 0, 2), "third index of S has 2"),
        ((0, 0, 0, 0), "2 or 3 indices, but 4"),
        ((0,), "2 or 3 indices, but 1"),
        (7, "Index 7 is out of range: S has 7"),
    ],
)
def test_synapses_that_are_not_there(item: Any, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        indices_of_synapses(item, (PRE, POST), (4, 5), COPY, "S")


def test_copies_must_be_counted() -> None:
    with pytest.raises(ShapeError, match="multisynaptic_index"):
        indices_of_synapses((0, 0, 0), (PRE, POST), (4, 5))
    assert indices_of_synapses((0, 0, slice(None)), (PRE, POST), (4, 5)).tolist() == [0]


def test_small_integer_types_count_in_large_groups() -> None:
    assert indices_of_item(np.array([-1, 3], dtype=np.int8), 1000).tolist() == [999, 3]


def test_views_of_synapses() -> None:
    class Contacts(Cells):
        def indices_of_item(self, item: Any) -> Integers:
            return indices_of_synapses(item, (PRE, POST), (4, 5), COPY, self.name)

    contacts = Contacts(size=7)
    contacts.w[0, :] = [1, 2, 3]
    contacts.w[:, 1] *= 10
    contacts.w[3, 4] = "2*i"
    contacts.w[..., 2, :] = 5
    assert contacts.w[:].tolist() == [1, 20, 30, 0, 5, 5, 0]
    assert contacts.w[0, 1].tolist() == [20, 30]
    assert contacts.w[0, 1, 1].tolist() == [30]
    assert contacts.w[3] == 0
    assert contacts.expressions == [("w", [6], "2*i", None)]
