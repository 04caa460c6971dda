"""Checks of ``special_triton`` for the interpreter: every function over its whole range, in float32 and float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikeq_kernels import special, special_triton
from tests.kernels import compile_cases
from tests.kernels.fused import fusing
from tests.kernels.placed import apply, call

FLOATS = (torch.float32, torch.float64)
LARGE = {torch.float32: 127.99, torch.float64: 1023.99}
TINY = {torch.float32: -149.0, torch.float64: -1074.0}
EDGES = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    -2.0,
    0.5,
    -0.5,
    2.5,
    -3.0,
    7.0,
    1e30,
    -1e30,
    np.inf,
    -np.inf,
    np.nan,
    2**31,
    -(2**31),
)
WHOLE = (0, 1, -1, 2, -2, 3, -3, 7, 10, 46341, 2**31 - 1, -(2**31))

# Each function, where it is measured (exponents of two of |x|; None: to the largest number), and its error in ulp.
MEASURED: dict[str, tuple[float | None, float]] = {
    "exp": (None, 1.0),
    "expm1": (None, 2.0),
    "sinh": (None, 2.0),
    "cosh": (None, 2.0),
    "tanh": (None, 3.0),
    "log": (None, 1.0),
    "log10": (None, 2.5),
    "log1p": (None, 1.0),
    "sin": (None, 2.0),
    "cos": (None, 2.0),
    "tan": (None, 4.0),
    "arcsin": (0.0, 2.0),
    "arccos": (0.0, 2.0),
    "arctan": (None, 2.0),
    "sqrt": (None, 0.5),
}


def spread(low: float, high: float, n: int, dtype: torch.dtype, seed: int) -> Tensor:
    """Numbers of both signs whose size is uniform on a logarithmic scale, from 2**low to 2**high."""
    generator = torch.Generator().manual_seed(seed)
    size = torch.exp2(torch.rand(n, dtype=torch.float64, generator=generator) * (high - low) + low)
    return torch.where(torch.rand(n, generator=generator) < 0.5, -size, size).to(dtype)


def error(found: Tensor, exact: np.ndarray) -> Tensor:
    """The error in units of the last place of the exact result; infinite where only one of the two is finite or NaN."""
    numbers = found.numpy()
    with np.errstate(all="ignore"):
        rounded = exact.astype(numbers.dtype)
        distance = np.abs(numbers.astype(np.longdouble) - exact) / np.abs(np.spacing(rounded)).astype(np.longdouble)
    same = (numbers == rounded) | (np.isnan(numbers) & np.isnan(rounded))
    usual = np.isfinite(rounded) & np.isfinite(numbers)
    return torch.from_numpy(np.where(usual, distance, np.where(same, 0.0, np.inf)).astype(np.float64))


def same(found: Tensor, expected: Tensor) -> Tensor:
    """Equal with the same sign of zero, or both NaN."""
    equal = (found == expected) & (torch.signbit(found) == torch.signbit(expected))
    return equal | (found.isnan() & expected.isnan())


def pairs(values: tuple[float, ...], dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Every pair of the values."""
    numbers = torch.tensor(values, dtype=torch.float64).to(dtype)
    first, second = torch.meshgrid(numbers, numbers, indexing="ij")
    return first.flatten(), second.flatten()


def precise(name: str, *arguments: Tensor) -> np.ndarray:
    """NumPy's function in extended precision."""
    function: Callable[..., Any] = getattr(np, name)
    with np.errstate(all="ignore"):
        return function(*(argument.numpy().astype(np.longdouble) for argument in arguments))


def check_extended_precision() -> None:
    assert np.finfo(np.longdouble).nmant >= 63


def check_functions_of_one_argument() -> None:
    compare_with_extended_precision()


def check_interpreted_functions_with_fused_products() -> None:
    with fusing() as times:
        compare_with_extended_precision()
        compare_powers()
    assert len(times) > 500


def compare_with_extended_precision() -> None:
    for dtype in FLOATS:
        for name, (top, bound) in MEASURED.items():
            high = LARGE[dtype] if top is None else top
            x = torch.cat(
                [
                    spread(TINY[dtype], high, 5001, dtype, 1),
                    spread(-7.0, min(high, 10.0), 20002, dtype, 2),
                    torch.tensor(EDGES, dtype=dtype),
                ]
            )
            found = apply(getattr(special_triton, name), x)
            off = error(found, precise(name, x))
            assert off.max() <= bound, (name, dtype, off.max(), x[off.argmax()])
            zeros = apply(getattr(special_triton, name), torch.tensor([0.0, -0.0], dtype=dtype))
            assert same(
                zeros, getattr(torch, name.replace("arc", "a"))(torch.tensor([0.0, -0.0], dtype=dtype))
            ).all(), name


def check_powers() -> None:
    compare_powers()


def check_powers_of_ten() -> None:
    for dtype, largest in ((torch.float32, 10), (torch.float64, 22)):
        exponents = torch.arange(largest + 1)
        tens = torch.tensor([float(10**k) for k in range(largest + 1)], dtype=torch.float64).to(dtype)
        assert torch.equal(apply(special_triton.log10, tens), exponents.to(dtype))
        assert torch.equal(apply(special_triton.power, torch.full_like(tens, 10.0), exponents.to(dtype)), tens)


def compare_powers() -> None:
    for dtype, bound in ((torch.float32, 2.0), (torch.float64, 4.0)):
        found = apply(special_triton.power, *pairs(EDGES, dtype))
        assert (error(found, precise("power", *pairs(EDGES, dtype))) <= bound).all()
        x = torch.cat(
            [spread(TINY[dtype], LARGE[dtype], 9001, dtype, 3), 1.0 + spread(-20.0, -2.0, 9001, dtype, 4)]
        ).abs()
        exponent = spread(-2.0, np.log2(LARGE[dtype]) + 0.1, len(x), torch.float64, 5)
        y = (exponent / torch.log2(x.double()).clamp(min=1e-12)).to(dtype)
        off = error(apply(special_triton.power, x, y), precise("power", x, y))
        assert off.max() <= bound, (dtype, off.max(), x[off.argmax()], y[off.argmax()])
        assert (apply(special_triton.power, x, torch.zeros_like(x)) == 1.0).all()


def check_integer_arithmetic() -> None:
    a, b = pairs(WHOLE, torch.int32)
    for name in ("floor_divide", "modulo", "power"):
        for wide in (torch.int32, torch.int64):
            found = apply(getattr(special_triton, name), a.to(wide), b, dtype=wide)
            assert torch.equal(found, getattr(special, name)(a.to(wide), b)), (name, wide)


def check_float_division() -> None:
    for dtype in FLOATS:
        a, b = pairs(EDGES, dtype)
        a = torch.cat([a, spread(-20.0, 30.0, 3001, dtype, 6), torch.arange(-50, 51, dtype=dtype) / 10])
        b = torch.cat([b, spread(-10.0, 10.0, 3001, dtype, 7), torch.full((101,), 0.3, dtype=dtype)])
        for name in ("floor_divide", "modulo"):
            found = apply(getattr(special_triton, name), a, b)
            assert same(found, getattr(special, name)(a, b)).all(), (name, dtype)
        assert same(apply(special_triton.divide, a, b), a / b).all()
        a, b = spread(TINY[dtype], LARGE[dtype], 5001, dtype, 8), spread(TINY[dtype], LARGE[dtype], 5001, dtype, 9)
        exact = torch.from_numpy(np.mod(a.numpy(), b.numpy()))
        assert same(apply(special_triton.modulo, a, b), exact).all()


def check_rounding() -> None:
    for dtype in FLOATS:
        x = torch.cat([spread(-3.0, 40.0, 1001, dtype, 10), torch.tensor((*EDGES, 1e-45, -1e-45), dtype=dtype)])
        for name in ("int_", "floor_int", "ceil_int"):
            found = apply(getattr(special_triton, name), x, dtype=torch.int32)
            assert torch.equal(found, getattr(special, name)(x)), (name, dtype)
        for name in ("sign", "abs"):
            assert torch.equal(
                apply(getattr(special_triton, name), x).nan_to_num(9.0), getattr(special, name)(x).nan_to_num(9.0)
            )
        low, high = pairs(EDGES, dtype)
        found = apply(special_triton.clip, low.flip(0), low, high)
        assert torch.equal(found.nan_to_num(9.5), special.clip(low.flip(0), low, high).nan_to_num(9.5))
    whole = torch.tensor(WHOLE, dtype=torch.int64).to(torch.int32)
    assert torch.equal(apply(special_triton.sign, whole), special.sign(whole))


def check_exprel() -> None:
    for dtype in FLOATS:
        x = torch.cat([spread(-60.0, 9.3, 5001, dtype, 11), torch.tensor(EDGES, dtype=dtype)])
        found, expected = apply(special_triton.exprel, x), special.exprel(x)
        off = error(found, expected.numpy().astype(np.longdouble))
        assert off.max() <= 4.0, (dtype, off.max(), x[off.argmax()])


def check_steps() -> None:
    dt = torch.tensor(1e-4, dtype=torch.float64)
    t = torch.cat([torch.arange(0, 3001) * 1e-4, torch.tensor([1e9, 3.0])]).double()
    assert torch.equal(apply(special_triton.timestep, t, dt, dtype=torch.int64), special.timestep(t, dt))
    t = torch.cat([t, torch.tensor([torch.inf], dtype=torch.float64)])
    assert torch.equal(apply(special_triton.whole_steps, t, dt, dtype=torch.int32), special.whole_steps(t, 1e-4))


def check_shapes_and_literals() -> None:
    i = torch.arange(-3, 5, dtype=torch.int32)
    seven, three, two = (torch.tensor(number, dtype=torch.int32) for number in (7, 3, 2))
    whole = special.modulo(i, seven) + special.floor_divide(i, -three) + special.power(i, three.expand(8))
    whole += special.clip(i, -2, 5) + special.sign(i) + special.power(two.expand(8), i)
    for dtype in FLOATS:
        x = torch.linspace(0.05, 0.99, 8).to(dtype)
        found = {}
        for form in ("block", "table", "single"):
            found[form] = torch.full((8,), torch.nan, dtype=dtype)
            integers = torch.full((8,), -99, dtype=torch.int32)
            options = {"FORM": form, "BLOCK": 8, "enable_fp_fusion": False}
            call(compile_cases.shapes[(1,)], x, i, found[form], integers, **options)
            assert torch.equal(integers, whole)
        assert torch.equal(found["block"], found["table"]) and torch.equal(found["block"], found["single"])
        torch.testing.assert_close(found["block"], everything(x), rtol=20 * torch.finfo(dtype).eps, atol=0.0)


def everything(x: Tensor) -> Tensor:
    """The sum of ``compile_cases.everything`` by torch."""
    total = sum(getattr(special, name)(x) for name in (*MEASURED, "exprel", "int_", "floor_int", "ceil_int", "sign"))
    total = total + special.integer_power(x, 5) + special.power(x, torch.full_like(x, 2.5))
    total = total + special.power(torch.full_like(x, 2.0), x) + special.clip(x, 0.25, 0.5) + 1.0 / x
    return total + special.modulo(x, torch.full_like(x, 0.3)) + special.floor_divide(torch.ones_like(x), x)
