"""The language's functions against NumPy, in both number types, and the same bits at every place of a tensor."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from spikeq_kernels import special

Array = NDArray[np.floating]
RNG_SEED = 3
SPECIAL = [0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 0.1, 0.7, -0.7, 3.0, -3.0, math.inf, -math.inf, math.nan]


def samples(low: float, high: float, count: int = 4001) -> Array:
    rng = np.random.default_rng(RNG_SEED)
    small = 10.0 ** rng.uniform(-18, 0, count) * rng.choice([-1, 1], count)
    both = np.concatenate([rng.uniform(low, high, count), rng.normal(size=count), small])
    return np.clip(both, low, high)


DOMAINS = {
    "exp": (-700, 700), "expm1": (-700, 700), "log": (1e-300, 1e6), "log10": (1e-300, 1e6), "log1p": (-0.999, 1e6),
    "sqrt": (0, 1e6), "sin": (-1e3, 1e3), "cos": (-1e3, 1e3), "tan": (-1e3, 1e3), "sinh": (-709, 709),
    "cosh": (-709, 709), "tanh": (-30, 30), "arcsin": (-1, 1), "arccos": (-1, 1), "arctan": (-1e6, 1e6),
}  # fmt: skip


def units_apart(found: Array, exact: Array, dtype: type) -> float:
    """The largest difference in units of the last place; infinities and NaN must lie at the same places."""
    with np.errstate(over="ignore"):
        exact = exact.astype(dtype)
    assert np.array_equal(np.isnan(found), np.isnan(exact))
    assert np.array_equal(found[np.isinf(found)], exact[np.isinf(exact)])
    fine = np.isfinite(exact)
    assert fine.any()
    distance = np.abs(found[fine].astype(np.float64) - exact[fine].astype(np.float64))
    return float(np.max(distance / np.spacing(np.abs(exact[fine])).astype(np.float64)))


@pytest.mark.parametrize("name", sorted(DOMAINS))
@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 2), (np.float32, 4)])
def test_functions_agree_with_numpy(name: str, dtype: type, limit: int) -> None:
    low, high = DOMAINS[name]
    if dtype is np.float32:
        low, high = max(low, -85), min(high, 85)
    x = np.concatenate([samples(low, high), SPECIAL]).astype(dtype)
    with np.errstate(all="ignore"):
        exact = getattr(np, name)(x.astype(np.float64))
    found = getattr(special, name)(torch.from_numpy(x))
    assert found.dtype == torch.from_numpy(x).dtype
    assert units_apart(found.numpy(), exact, dtype) <= limit


ONE_PLACE: dict[str, Callable[[Tensor], Tensor]] = {
    **{name: getattr(special, name) for name in DOMAINS},
    "power": lambda x: special.power(x.abs(), torch.tensor(1.7)),
    "power of two tensors": lambda x: special.power(x.abs(), 3 * torch.sin(x)),
    "power 4": lambda x: special.power(x, torch.tensor(4)),
    "integer_power": lambda x: special.integer_power(x, 5),
    "exprel": special.exprel,
    "modulo": lambda x: special.modulo(x, x.new_tensor(0.7)),
    "floor_divide": lambda x: special.floor_divide(x, x.new_tensor(0.7)),
}


@pytest.mark.parametrize("name", sorted(ONE_PLACE))
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_same_bits_at_every_place(name: str, dtype: torch.dtype) -> None:
    low, high = DOMAINS.get(name, (-8, 8))
    x = torch.from_numpy(samples(max(low, -8), min(high, 8), 700)).to(dtype)
    function = ONE_PLACE[name]
    whole = function(x).nan_to_num(7.0)
    for first, last in [(0, 1), (0, 7), (1, 2100), (3, 17), (5, 38), (100, 131), (11, 2050)]:
        assert torch.equal(function(x[first:last]).nan_to_num(7.0), whole[first:last])
    assert torch.equal(function(torch.stack([x, x], 1)[:, 0]).nan_to_num(7.0), whole)
    assert torch.equal(function(x.view(-1, 3, 7)).nan_to_num(7.0), whole.view(-1, 3, 7))
    assert float(function(x[42])) == float(whole[42]) or bool(function(x[42]).isnan())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_power_agrees_with_numpy(dtype: type) -> None:
    a, b = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    x = np.concatenate([a, np.abs(samples(-20, 20, 800))]).astype(dtype)
    y = np.concatenate([b, samples(-6, 6, 800)[::-1]]).astype(dtype)
    with np.errstate(all="ignore"):
        exact = np.power(x.astype(np.float64), y.astype(np.float64))
    found = special.power(torch.from_numpy(x), torch.from_numpy(y))
    assert units_apart(found.numpy(), exact, dtype) <= (2 if dtype is np.float64 else 4)


def test_power_types() -> None:
    single, exponent = torch.tensor([2.0, 3.0]), torch.tensor(2.0, dtype=torch.float64)
    assert special.power(single, exponent).dtype == torch.float32  # a number does not widen an array
    assert special.power(single, torch.tensor([2, 2], dtype=torch.int32)).tolist() == [4.0, 9.0]
    assert special.power(torch.tensor([[2.0], [3.0]]), torch.tensor([1.0, 2.0])).tolist() == [[2.0, 4.0], [3.0, 9.0]]
    bases, exponents = np.array([2, -3, 3, 0], np.int32), np.array([5, 3, 21, 0], np.int32)
    integers = special.power(torch.from_numpy(bases), torch.from_numpy(exponents))
    with np.errstate(all="ignore"):
        expected = np.power(bases, exponents)
    assert integers.dtype == torch.int32 and integers.tolist() == expected.tolist()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7, 10, -1, -3])
def test_integer_power(n: int) -> None:
    x = samples(0.1, 3)
    found = special.integer_power(torch.from_numpy(x), n).numpy()
    assert units_apart(found, x**n, np.float64) <= max(1, abs(n))


@pytest.mark.parametrize(("dtype", "tiny", "large"), [(torch.float32, 1e-44, 1e38), (torch.float64, 1e-322, 1e308)])
def test_a_remainder_is_exact_where_the_quotient_overflows(dtype: torch.dtype, tiny: float, large: float) -> None:
    a, b = torch.full((9,), large, dtype=dtype), torch.full((9,), 7 * tiny, dtype=dtype)
    assert torch.isinf(a / b).all()
    assert special.modulo(a, b).tolist() == np.mod(a.numpy(), b.numpy()).tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["modulo", "floor_divide"])
def test_float_division_is_numpys_exactly(name: str, dtype: type) -> None:
    a, b = (grid.ravel() for grid in np.meshgrid(SPECIAL, SPECIAL))
    x = np.concatenate([a, samples(-50, 50)]).astype(dtype)
    y = np.concatenate([b, samples(-3, 3)[::-1]]).astype(dtype)
    with np.errstate(all="ignore"):
        exact = (np.mod if name == "modulo" else np.floor_divide)(x, y)
    found = getattr(special, name)(torch.from_numpy(x), torch.from_numpy(y)).numpy()
    np.testing.assert_array_equal(found, exact)
    zero = exact == 0
    assert np.array_equal(np.signbit(found[zero]), np.signbit(exact[zero]))


def test_integer_division_is_numpys() -> None:
    values = np.array([0, 1, -1, 2, 3, -3, 7, -7, 2**31 - 1, -(2**31)], np.int32)
    a, b = (grid.ravel() for grid in np.meshgrid(values, values))
    with np.errstate(all="ignore"):
        quotient, rest = np.floor_divide(a, b), np.mod(a, b)
    found = special.floor_divide(torch.from_numpy(a), torch.from_numpy(b))
    assert found.dtype == torch.int32
    assert found.tolist() == quotient.tolist()
    assert special.modulo(torch.from_numpy(a), torch.from_numpy(b)).tolist() == rest.tolist()


def test_mixed_division() -> None:
    a, b = torch.tensor([7, -7], dtype=torch.int32), torch.tensor([2.0, 2.0])
    assert special.floor_divide(a, b).tolist() == [3.0, -4.0]
    assert special.modulo(a, b).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("dtype", "limit"), [(np.float64, 2), (np.float32, 4)])
def test_exprel(dtype: type, limit: int) -> None:
    x = np.concatenate([samples(-80, 80), [1e-17, -1e-17]]).astype(dtype)
    wide = x.astype(np.float64)
    small = np.abs(wide) < 1e-16
    exact = np.where(small, 1.0, np.expm1(wide) / np.where(small, 1.0, wide))
    assert units_apart(special.exprel(torch.from_numpy(x)).numpy(), exact, dtype) <= limit
    ends = special.exprel(torch.tensor([0.0, -0.0, 717.1, math.inf, math.nan, -math.inf], dtype=torch.float64))
    assert ends[:5].nan_to_num(-5.0, posinf=-9.0).tolist() == [1.0, 1.0, -9.0, -9.0, -5.0]
    assert ends[5] == 0.0
    whole = torch.tensor([0, 1, -3], dtype=torch.int32)
    assert torch.equal(special.exprel(whole), special.exprel(whole.double()))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clip_is_numpys(dtype: type) -> None:
    x, low, high = (part.ravel() for part in np.meshgrid(*[np.array(SPECIAL, dtype)[2:]] * 3))
    exact = np.clip(x, low, high)
    np.testing.assert_array_equal(special.clip(*(torch.from_numpy(part) for part in (x, low, high))).numpy(), exact)
    np.testing.assert_array_equal(special.clip(torch.from_numpy(x), -0.5, 2).numpy(), np.clip(x, dtype(-0.5), dtype(2)))


def test_clip_types() -> None:
    whole = torch.tensor([-5, 0, 5], dtype=torch.int32)
    assert special.clip(whole, 0, 3).dtype == torch.int32
    assert special.clip(whole, 0.5, 3.5).tolist() == [0.5, 0.5, 3.5]
    assert special.clip(torch.tensor([1.0]), torch.tensor([[0.0], [2.0]]), 9).tolist() == [[1.0], [2.0]]


def test_sign() -> None:
    x = np.array(SPECIAL)
    np.testing.assert_array_equal(special.sign(torch.from_numpy(x)).numpy(), np.sign(x))
    assert special.sign(torch.tensor([-3, 0, 9], dtype=torch.int32)).tolist() == [-1, 0, 1]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_whole_numbers(dtype: torch.dtype) -> None:
    outside = [1e20, -1e20, math.inf, -math.inf, math.nan, 2.0**31, -(2.0**31)]
    x = torch.tensor([2.7, -2.7, 0.0, -0.5, *outside], dtype=dtype)
    ends = [2**31 - 1, -(2**31), 2**31 - 1, -(2**31), 0, 2**31 - 1, -(2**31)]
    for function, expected in (
        (special.int_, [2, -2, 0, 0]),
        (special.floor_int, [2, -3, 0, -1]),
        (special.ceil_int, [3, -2, 0, 0]),
    ):
        found = function(x)
        assert found.dtype == torch.int32 and found.tolist() == expected + ends
    assert x[0] == torch.tensor(2.7, dtype=dtype)  # the argument is left alone
    assert special.int_(torch.tensor([True, False])).tolist() == [1, 0]
    assert special.int_(torch.tensor([2**32 + 5])).tolist() == [5]
    assert special.floor_int(torch.tensor([4], dtype=torch.int32)).tolist() == [4]


def test_timestep() -> None:
    t = torch.tensor([0.0999e-3, 0.05e-3, 0.3e-3, 0.7e-3, -1e4, 0.0, 2.5e-4], dtype=torch.float64)
    expected = np.array((t.numpy() + 1e-3 * 1e-4) / 1e-4, dtype=np.int64)
    found = special.timestep(t, 1e-4)
    assert found.dtype == torch.int64 and found.tolist() == expected.tolist() == [1, 0, 3, 7, -99999999, 0, 2]


@pytest.mark.parametrize("name", ["exprel", "sinh", "cosh", "sign", "exp", "log", "tanh", "arctan"])
def test_out(name: str) -> None:
    x = torch.tensor([0.5, 1.5, 2.5])
    room = torch.empty(3)
    function = getattr(special, name)
    assert function(x, out=room) is room and torch.equal(room, function(x))
