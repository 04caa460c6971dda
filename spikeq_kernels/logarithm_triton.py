"""Logarithms for Triton, in float32 and float64, of Triton's core alone (its own takes subnormals for 0 in float32).

All write x = m·2**k with m in [sqrt(1/2), sqrt(2)) and use log(m) = 2·artanh((m - 1)/(m + 1)) by its Taylor series.
Subnormal arguments are exact. log(0) is -inf, of negative numbers NaN.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.bits_triton import decompose, divide, leading_half


@triton.jit
def artanh_series(z: tl.tensor) -> tl.tensor:
    """2·artanh(s)/s - 2 with z = s² <= 0.0295, to an error far below 1 ulp of 2."""
    if z.dtype == tl.float64:
        p = z * (2.0 / 21.0) + 2.0 / 19.0
        p = p * z + 2.0 / 17.0
        p = p * z + 2.0 / 15.0
        p = p * z + 2.0 / 13.0
        p = p * z + 2.0 / 11.0
    else:
        p = z * 0.0 + 2.0 / 11.0
    p = p * z + 2.0 / 9.0
    p = p * z + 2.0 / 7.0
    p = p * z + 2.0 / 5.0
    return (p * z + 2.0 / 3.0) * z


@triton.jit
def log_of_sum(f: tl.tensor, k: tl.tensor, more: tl.tensor) -> tl.tensor:
    """log(1 + f) + k·ln 2 + more, for 1 + f in [sqrt(1/2), sqrt(2))."""
    s = divide(f, 2.0 + f)
    half = 0.5 * f * f
    n = k.to(f.dtype)
    if f.dtype == tl.float64:
        high = n * 0.6931471805592082  # 40 bits: the product is exact
        low = n * 7.371002565167799e-13 + more
    else:
        high = n * 0.693145751953125  # 15 bits
        low = n * 1.4286068203094173e-06 + more
    return high - ((half - (s * (half + artanh_series(s * s)) + low)) - f)


@triton.jit
def outside(x: tl.tensor, value: tl.tensor) -> tl.tensor:
    """``value``, but what a logarithm is where x is not positive and finite."""
    value = tl.where(x == 0.0, float("-inf"), tl.where(x == float("inf"), x, value))
    return tl.where((x < 0.0) | (x != x), float("nan"), value)


@triton.jit
def log(x: tl.tensor) -> tl.tensor:
    """The natural logarithm, to 1 ulp."""
    m, k = decompose(x)
    return outside(x, log_of_sum(m - 1.0, k, 0.0))


@triton.jit
def log10(x: tl.tensor) -> tl.tensor:
    """The logarithm to base 10, to 2.5 ulp; exact of the powers of ten that the type holds exactly."""
    m, k = decompose(x)
    natural = log_of_sum(m - 1.0, k * 0, 0.0)
    lead = leading_half(natural)
    n = k.to(x.dtype)
    if x.dtype == tl.float64:
        high = n * 0.30102999566361177  # 40 bits
        low = n * 3.694239077158931e-13 + (lead * 7.18424128897498e-14 + (natural - lead) * 0.4342944819032518)
        middle = lead * 0.43429448190318
    else:
        high = n * 0.301025390625  # 15 bits
        low = n * 4.605038981195214e-06 + (lead * 1.408639543932765e-05 + (natural - lead) * 0.4342944920063019)
        middle = lead * 0.4342803955078125
    return outside(x, high + (middle + low))


@triton.jit
def log1p(x: tl.tensor) -> tl.tensor:
    """log(1 + x), to 1 ulp, also near 0."""
    u = 1.0 + x
    m, k = decompose(u)
    lost = tl.where(x > 1.0, 1.0 - (u - x), x - (u - 1.0))  # what rounding took from 1 + x
    near = (x > -0.29) & (x < 0.41)
    whole = log_of_sum(tl.where(near, x, m - 1.0), tl.where(near, 0, k), tl.where(near, 0.0, divide(lost, u)))
    return tl.where(x == 0.0, x, outside(tl.where(near, 1.0, u), whole))
