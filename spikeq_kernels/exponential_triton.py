"""Exponentials and hyperbolic functions for Triton, in float32 and float64, of Triton's core alone.

All reduce x = k·ln 2 + r with |r| <= ln(2)/2 and use the Taylor series of exp(r) - 1, so that the interpreter and the
GPU do the same operations. Subnormal arguments and results are kept. NaN gives NaN.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.bits_triton import copy_sign, divide, power_of_two, scale


@triton.jit
def expm1_series(r: tl.tensor) -> tl.tensor:
    """(exp(r) - 1 - r)/r² for |r| <= 0.4: the Taylor series to an error far below 1 ulp of exp(r)."""
    if r.dtype == tl.float64:
        p = r * (1.0 / 87178291200.0) + 1.0 / 6227020800.0
        p = p * r + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
    else:
        p = r * (1.0 / 40320.0) + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    return p * r + 0.5


@triton.jit
def reduced_exp(x: tl.tensor, more: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """(q, k) with exp(x + more) = (1 + q)·2**k, for a finite x within the range of ``bounded`` and a small ``more``."""
    rounder: tl.constexpr = 6755399441055744.0 if x.dtype == tl.float64 else 12582912.0
    n = (x * 1.4426950408889634 + rounder) - rounder  # to the nearest whole number
    n = tl.where(x == x, n, 0.0)
    if x.dtype == tl.float64:
        low = n * 7.371002565167799e-13
        high = x - n * 0.6931471805592082  # 40 bits: the product is exact
    else:
        low = n * 1.4286068203094173e-06
        high = x - n * 0.693145751953125  # 15 bits
    first = high - low
    r = first + more
    lost = ((high - first) - low) + ((first - r) + more)
    return r + (r * r * expm1_series(r) + lost * (1.0 + r)), n.to(tl.int32)


@triton.jit
def bounded(x: tl.tensor) -> tl.tensor:
    """x, kept where its exponential is neither 0 nor infinite by far; NaN stays."""
    if x.dtype == tl.float64:
        return tl.where(x < -746.0, -746.0, tl.where(x > 711.0, 711.0, x))
    else:
        return tl.where(x < -105.0, -105.0, tl.where(x > 90.0, 90.0, x))


@triton.jit
def exp(x: tl.tensor) -> tl.tensor:
    """The exponential function, to 1 ulp."""
    q, k = reduced_exp(bounded(x), 0.0)
    return scale(1.0 + q, k)


@triton.jit
def expm1(x: tl.tensor) -> tl.tensor:
    """exp(x) - 1 without cancellation near 0, to 2 ulp."""
    q, k = reduced_exp(bounded(tl.where(x < -40.0, -40.0, x)), 0.0)
    one = power_of_two(tl.maximum(-k, -126), x)  # 1 in the scale of q
    return tl.where(x == 0.0, x, scale(q + (1.0 - one), k))


@triton.jit
def exprel(x: tl.tensor) -> tl.tensor:
    """(exp(x) - 1)/x, to 3 ulp: 1 at 0, infinite above 717 (Brian2's limits). Integers count as float64."""
    if not x.dtype.is_floating():
        x = x.to(tl.float64)
    ratio = divide(expm1(x), tl.where(x == 0.0, 1.0, x))
    return tl.where(tl.abs(x) < 1e-16, 1.0, tl.where(x > 717.0, float("inf"), ratio))


@triton.jit
def half_exp(x: tl.tensor) -> tl.tensor:
    """exp(x)/2, which is infinite only where cosh(x) is."""
    q, k = reduced_exp(bounded(x), 0.0)
    return scale(1.0 + q, k - 1)


@triton.jit
def sinh(x: tl.tensor) -> tl.tensor:
    """The hyperbolic sine, to 2 ulp: its Taylor series up to 1, above (exp(x) - exp(-x))/2."""
    size = tl.abs(x)
    z = tl.where(size < 1.0, x * x, 0.0)
    if x.dtype == tl.float64:
        p = z * (1.0 / 121645100408832000.0) + 1.0 / 355687428096000.0
        p = p * z + 1.0 / 1307674368000.0
        p = p * z + 1.0 / 6227020800.0
        p = p * z + 1.0 / 39916800.0
    else:
        p = z * 0.0 + 1.0 / 39916800.0
    p = p * z + 1.0 / 362880.0
    p = p * z + 1.0 / 5040.0
    p = p * z + 1.0 / 120.0
    p = p * z + 1.0 / 6.0
    half = half_exp(size)
    return tl.where(size < 1.0, x + x * z * p, copy_sign(half - divide(0.25, half), x))


@triton.jit
def cosh(x: tl.tensor) -> tl.tensor:
    """The hyperbolic cosine, to 2 ulp."""
    half = half_exp(tl.abs(x))
    return half + divide(0.25, half)


@triton.jit
def tanh(x: tl.tensor) -> tl.tensor:
    """The hyperbolic tangent, to 3 ulp."""
    size = tl.abs(x)
    grown = expm1(2.0 * size)
    small = divide(grown, grown + 2.0)
    return copy_sign(tl.where(size < 0.55, small, 1.0 - divide(2.0, grown + 2.0)), x)
