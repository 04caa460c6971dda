"""Floating-point numbers taken apart and put together, for the functions of ``special_triton``.

Every function here takes and returns float32 or float64 blocks of any shape. None of them relies on a fused
multiply-add, and none is harmed by one: a product that a later sum could swallow is either exact or only a small term.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def power_of_two(k: tl.tensor, like: tl.tensor) -> tl.tensor:
    """2**k in the type of ``like``, for int32 k within the normal range (float32: -126 to 127)."""
    if like.dtype == tl.float64:
        return ((k.to(tl.int64) + 1023) << 52).to(tl.float64, bitcast=True)
    else:
        return ((k + 127) << 23).to(tl.float32, bitcast=True)


@triton.jit
def scale(x: tl.tensor, k: tl.tensor) -> tl.tensor:
    """x · 2**k in two steps, so that a result that overflows is infinite and a subnormal one is rounded once."""
    half = k >> 1
    return x * power_of_two(half, x) * power_of_two(k - half, x)


@triton.jit
def decompose(x: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """x = m · 2**k with m in [sqrt(1/2), sqrt(2)) and int32 k, for finite x > 0, subnormal ones too."""
    if x.dtype == tl.float64:
        tiny = x < 2.2250738585072014e-308
        bits = tl.where(tiny, x * 4503599627370496.0, x).to(tl.int64, bitcast=True)
        bits += 0x3FF0000000000000 - 0x3FE6A09E667F3BCD
        k = ((bits >> 52) - 1023 - tl.where(tiny, 52, 0)).to(tl.int32)
        m = ((bits & 0xFFFFFFFFFFFFF) + 0x3FE6A09E667F3BCD).to(tl.float64, bitcast=True)
    else:
        tiny = x < 1.1754943508222875e-38
        bits = tl.where(tiny, x * 8388608.0, x).to(tl.int32, bitcast=True)
        bits += 0x3F800000 - 0x3F3504F3
        k = (bits >> 23) - 127 - tl.where(tiny, 23, 0)
        m = ((bits & 0x7FFFFF) + 0x3F3504F3).to(tl.float32, bitcast=True)
    return m, k


@triton.jit
def leading_half(x: tl.tensor) -> tl.tensor:
    """x cut off to half its bits (float32: 12, float64: 26): the product of two such numbers is exact."""
    if x.dtype == tl.float64:
        return (x.to(tl.int64, bitcast=True) & -0x8000000).to(tl.float64, bitcast=True)
    else:
        return (x.to(tl.int32, bitcast=True) & -0x1000).to(tl.float32, bitcast=True)


@triton.jit
def copy_sign(size: tl.tensor, sign: tl.tensor) -> tl.tensor:
    """|size| with the sign of ``sign``, the sign of zeros included."""
    if size.dtype == tl.float64:
        low = size.to(tl.int64, bitcast=True) & 0x7FFFFFFFFFFFFFFF
        top = sign.to(tl.int64, bitcast=True) & -0x8000000000000000
        return (low | top).to(tl.float64, bitcast=True)
    else:
        low = size.to(tl.int32, bitcast=True) & 0x7FFFFFFF
        top = sign.to(tl.int32, bitcast=True) & -0x80000000
        return (low | top).to(tl.float32, bitcast=True)


@triton.jit
def divide(a: tl.tensor, b: tl.tensor) -> tl.tensor:
    """a / b of floats, rounded to nearest: Triton's own ``/`` in float32 may be 2 ulp off."""
    if b.dtype == tl.float64:
        return a / b
    else:
        return tl.div_rn(a, b)


@triton.jit
def sqrt(x: tl.tensor) -> tl.tensor:
    """The square root, rounded to nearest: Triton's own in float32 is approximate and takes subnormals for 0."""
    if x.dtype == tl.float64:
        return tl.sqrt(x)
    else:
        return tl.sqrt_rn(x)


@triton.jit
def floor(x: tl.tensor) -> tl.tensor:
    """The largest whole number not above x, as a float (0 for -0.0): Triton's own in float32 takes subnormals for 0."""
    if x.dtype == tl.float64:
        return tl.floor(x)
    else:
        small = tl.abs(x) < 8388608.0
        whole = tl.where(small, x, 0.0).to(tl.int32).to(tl.float32)
        return tl.where(small, whole - (whole > x).to(tl.float32), x)
