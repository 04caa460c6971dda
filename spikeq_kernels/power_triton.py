"""Powers for Triton, in float32, float64 and integers, of Triton's core alone.

x**y of floats is exp(y·log|x|) with the logarithm and its product with y carried to one and a half times the bits of
the type, in parts whose products are exact.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.bits_triton import decompose, divide, floor, leading_half, scale
from spikeq_kernels.exponential_triton import reduced_exp


@triton.jit
def artanh_rest(z: tl.tensor) -> tl.tensor:
    """3·(artanh(s)/s - 1 - s²/3)/s⁴ with z = s² <= 0.0295."""
    if z.dtype == tl.float64:
        p = z * (3.0 / 21.0) + 3.0 / 19.0
        p = p * z + 3.0 / 17.0
        p = p * z + 3.0 / 15.0
        p = p * z + 3.0 / 13.0
        p = p * z + 3.0 / 11.0
    else:
        p = z * 0.0 + 3.0 / 11.0
    p = p * z + 3.0 / 9.0
    p = p * z + 3.0 / 7.0
    return p * z + 3.0 / 5.0


@triton.jit
def two_thirds(high: tl.tensor, low: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """2/3 of a sum of two parts, again as two parts; the first is an exact product."""
    lead = leading_half(high)
    low = (high - lead) + low
    if high.dtype == tl.float64:
        return lead * 0.6666666567325592, lead * 9.934107462565104e-09 + low * 0.6666666666666666
    else:
        return lead * 0.66650390625, lead * 0.0001627604166666667 + low * 0.6666666666666666


@triton.jit
def log_in_parts(x: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """log(x) of finite x > 0 as a sum of two parts, the first of half the bits."""
    m, k = decompose(x)
    f, d = m - 1.0, m + 1.0
    lost = m - (d - 1.0)
    s = divide(f, d)
    head = leading_half(s)
    d_head = leading_half(d)
    tail = divide((f - head * d_head) - head * ((d - d_head) + lost), d)
    z, square = s * s, head * head
    square_head = leading_half(square)
    square_tail = (square - square_head) + tail * (head + s)
    # 3/2 of log(m): 3s + s³ + s⁵·(3/5 + 3/7·s² ...)
    first = 3.0 * head
    high = first + head * square_head
    low = (first - high) + head * square_head
    low += 3.0 * tail + (head * square_tail + tail * z) + s * z * z * artanh_rest(z)
    high, low = two_thirds(high, low)
    n = k.to(x.dtype)
    if x.dtype == tl.float64:
        whole = n * 0.6931471805592082  # 40 bits: the product is exact
        low += n * 7.371002565167799e-13
    else:
        whole = n * 0.693145751953125  # 15 bits
        low += n * 1.4286068203094173e-06
    total = whole + high
    low += (whole - total) + high
    lead = leading_half(total + low)
    return lead, (total - lead) + low


@triton.jit
def positive_power(x: tl.tensor, y: tl.tensor) -> tl.tensor:
    """x**y of finite x > 0 and y."""
    high, low = log_in_parts(x)
    lead = leading_half(y)
    product = lead * high
    rest = lead * low + (y - lead) * (high + low)
    if x.dtype == tl.float64:
        large, small = product > 711.0, product < -747.0
        bound = tl.where(large, 711.0, -747.0)
    else:
        large, small = product > 90.0, product < -106.0
        bound = tl.where(large, 90.0, -106.0)
    beyond = large | small
    q, k = reduced_exp(tl.where(beyond, bound.to(x.dtype), product), tl.where(beyond, 0.0, rest))
    return scale(1.0 + q, k)


@triton.jit
def real_power(x: tl.tensor, y: tl.tensor) -> tl.tensor:
    """x**y of two floats of one type, to 2 ulp, with the special cases of C's pow (IEEE 754-2019, 9.2.1)."""
    infinity = float("inf")
    size, height = tl.abs(x), tl.abs(y)
    if x.dtype == tl.float64:
        enough = 1.0e21  # any power this high of a number other than 1 is 0 or infinite
    else:
        enough = 1.0e12
    bounded = tl.where(height < enough, y, tl.where(y > 0.0, enough, -enough).to(x.dtype))
    plain = (size > 0.0) & (size < infinity)
    result = positive_power(tl.where(plain, size, 1.0), bounded)
    grows = (size > 1.0) == (y > 0.0)
    result = tl.where(plain, result, tl.where(grows, infinity, 0.0))
    result = tl.where((size == 1.0) | (y == 0.0), 1.0, result)
    whole = (floor(y) == y) | (height == infinity)
    odd = whole & (height < infinity) & (floor(0.5 * y) != 0.5 * y)
    negative = x.to(tl.int64 if x.dtype == tl.float64 else tl.int32, bitcast=True) < 0
    result = tl.where((x < 0.0) & (size < infinity) & (whole == 0), float("nan"), result)
    result = tl.where(negative & odd, -result, result)
    unknown = ((x != x) & (y != 0.0)) | ((y != y) & (x != 1.0))
    return tl.where(unknown, float("nan"), result)


@triton.jit
def whole_power(x: tl.tensor, y: tl.tensor) -> tl.tensor:
    """x**y of integers of one type, wrapping; of negative exponents 1 and -1 keep their powers, all else gives 0."""
    left, square = y, x
    result = x * 0 + 1
    for _ in range(x.dtype.primitive_bitwidth - 1):
        result = tl.where((left & 1) == 1, result * square, result)
        square = square * square
        left = left >> 1
    unit = tl.where(x == 1, 1, tl.where(x == -1, 1 - 2 * (y & 1), 0)).to(x.dtype)
    return tl.where(y < 0, unit, result)


@triton.jit
def integer_power(x: tl.tensor, n: tl.constexpr) -> tl.tensor:
    """x**n of floats for a constant whole n by repeated squaring: faster than ``power``, |n|/2 ulp from it."""
    if n < 0:
        return divide(1.0, repeated_square(x, -n))
    else:
        return repeated_square(x, n)


@triton.jit
def repeated_square(x: tl.tensor, n: tl.constexpr) -> tl.tensor:
    """x**n of a constant n >= 0."""
    if n == 0:
        return tl.full(x.shape, 1.0, x.dtype)
    else:
        if n == 1:
            return x
        half = repeated_square(x, n // 2)
        if n % 2 == 1:
            return half * half * x
        return half * half
