"""Circular functions and their inverses for Triton, in float32 and float64, of Triton's core alone.

sin, cos and tan of float32 reduce their argument exactly, by the bits of 2/π around its binary point, however large
it is (Payne and Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18, 1983). In float64
Triton's own sin and cos are right to 2 ulp everywhere and are used. The polynomials of the arcs are Chebyshev
approximations of (f(x)/x - 1)/x² in x². Infinite arguments of sin, cos, tan give NaN.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.bits_triton import copy_sign, divide, leading_half, sqrt


@triton.jit
def pick(i: tl.tensor, w0: tl.constexpr, w1: tl.constexpr, w2: tl.constexpr, w3: tl.constexpr, w4: tl.constexpr,
         w5: tl.constexpr) -> tl.tensor:  # fmt: skip
    """The word number i of six, as uint64."""
    word = tl.where(i == 1, w1, tl.full(i.shape, w0, tl.uint32))
    word = tl.where(i == 2, w2, word)
    word = tl.where(i == 3, w3, word)
    word = tl.where(i == 4, w4, word)
    return tl.where(i == 5, w5, word).to(tl.uint64)


@triton.jit
def turns(x: tl.tensor) -> tl.tensor:
    """x·(2/π) modulo 4 of finite float32 |x| >= 2**-9, as a fixed-point uint64 with two bits before the point."""
    bits = x.to(tl.int32, bitcast=True)
    exponent = tl.maximum((bits >> 23) & 0xFF, 118)
    m = ((bits & 0x7FFFFF) | 0x800000).to(tl.uint64)
    offset = exponent - 88  # of the 96 bits that matter in 64 zeros followed by the bits of 2/π
    i = offset >> 5
    a0 = pick(i, 0x0, 0x0, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0)
    a1 = pick(i, 0x0, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599)
    a2 = pick(i, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041)
    a3 = pick(i, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB)
    shift = (offset & 31).to(tl.uint64)
    v01 = ((a0 << 32) | a1) << shift | (a2 << shift) >> 32
    v2 = ((a2 << shift) | ((a3 << shift) >> 32)) & 0xFFFFFFFF
    return m * v01 + ((m * v2) >> 32)


@triton.jit
def quarter(x: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """(r, q) with |x| = q·π/2 + r modulo 2π and |r| <= π/4, for float32."""
    size = tl.abs(x)
    t = turns(size)
    q = ((t + 0x2000000000000000) >> 62).to(tl.int32) & 3
    rest = (t - (q.to(tl.uint64) << 62)).to(tl.int64, bitcast=True)
    lead = rest.to(tl.float32)
    head = leading_half(lead)
    tail = (lead - head) + (rest - lead.to(tl.int64)).to(tl.float32)
    # The factor π/2 · 2**-62, its first 12 bits apart: the first product is exact.
    r = head * 3.4050724479622874e-19 + (head * 1.0491321242672263e-22 + tail * 3.406121580086554e-19)
    small = size < 0.78
    r = tl.where(size < float("inf"), r, float("nan"))
    return tl.where(small, size, r), tl.where(small, 0, q)


@triton.jit
def sin_series(r: tl.tensor) -> tl.tensor:
    """sin(r) of float32 |r| <= π/4."""
    z = r * r
    p = z * (1.0 / 362880.0) - 1.0 / 5040.0
    p = p * z + 1.0 / 120.0
    return r + r * (z * (p * z - 1.0 / 6.0))


@triton.jit
def cos_series(r: tl.tensor) -> tl.tensor:
    """cos(r) of float32 |r| <= π/4."""
    z = r * r
    p = 1.0 / 40320.0 - z * (1.0 / 3628800.0)
    p = p * z - 1.0 / 720.0
    return 1.0 - (0.5 * z - z * z * (p * z + 1.0 / 24.0))


@triton.jit
def sin(x: tl.tensor) -> tl.tensor:
    """The sine, to 2 ulp, of arguments of any size."""
    if x.dtype == tl.float64:
        return tl.sin(x)
    else:
        r, q = quarter(x)
        size = tl.where((q & 1) == 0, sin_series(r), cos_series(r))
        size = tl.where(q >= 2, -size, size)
        return tl.where(x == 0.0, x, tl.where(x < 0.0, -size, size))


@triton.jit
def cos(x: tl.tensor) -> tl.tensor:
    """The cosine, to 2 ulp, of arguments of any size."""
    if x.dtype == tl.float64:
        return tl.cos(x)
    else:
        r, q = quarter(x)
        size = tl.where((q & 1) == 0, cos_series(r), sin_series(r))
        return tl.where((q == 1) | (q == 2), -size, size)


@triton.jit
def tan(x: tl.tensor) -> tl.tensor:
    """The tangent, to 4 ulp, of arguments of any size."""
    if x.dtype == tl.float64:
        return tl.sin(x) / tl.cos(x)
    else:
        r, q = quarter(x)
        sine, cosine = sin_series(r), cos_series(r)
        odd = (q & 1) == 1
        size = tl.div_rn(tl.where(odd, -cosine, sine), tl.where(odd, sine, cosine))
        return tl.where(x == 0.0, x, tl.where(x < 0.0, -size, size))


@triton.jit
def arcsin_series(z: tl.tensor) -> tl.tensor:
    """(arcsin(x)/x - 1)/x² with z = x² <= 1/4."""
    if z.dtype == tl.float64:
        p = z * 0.0287578513674215647 - 0.0148518870712472032
        p = p * z + 0.0174008794426940224
        p = p * z + 0.0054575067186403583
        p = p * z + 0.0103228143501857793
        p = p * z + 0.0114791774151849059
        p = p * z + 0.0139712129735529333
        p = p * z + 0.0173523927208699729
        p = p * z + 0.0223721729421498879
        p = p * z + 0.0303819441385312473
        p = p * z + 0.0446428571463554298
        p = p * z + 0.0749999999999843293
        return p * z + 0.166666666666666678
    else:
        p = z * 0.0336908472 + 0.0171492384
        p = p * z + 0.0311006627
        p = p * z + 0.0445994015
        p = p * z + 0.0750009454
        return p * z + 0.166666663


@triton.jit
def half_chord(size: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """(w, w²) whose arcsine gives that of |x|: |x| up to 1/2, above it sqrt((1 - |x|)/2). NaN where |x| > 1."""
    z = tl.where(size <= 0.5, size * size, 0.5 * (1.0 - size))
    return tl.where(size <= 0.5, size, sqrt(z)), z


@triton.jit
def arcsin(x: tl.tensor) -> tl.tensor:
    """The arc sine in [-π/2, π/2], to 2 ulp; NaN outside [-1, 1]."""
    size = tl.abs(x)
    w, z = half_chord(size)
    extra = w * z * arcsin_series(z)
    if x.dtype == tl.float64:
        above = 1.5707963267948966 - (2.0 * w - (6.123233995736766e-17 - 2.0 * extra))
    else:
        above = 1.5707963705062866 - (2.0 * w - (-4.371138828673793e-08 - 2.0 * extra))
    return copy_sign(tl.where(size <= 0.5, w + extra, above), x)


@triton.jit
def arccos(x: tl.tensor) -> tl.tensor:
    """The arc cosine in [0, π], to 2 ulp; NaN outside [-1, 1]."""
    size = tl.abs(x)
    w, z = half_chord(size)
    extra = w * z * arcsin_series(z)
    if x.dtype == tl.float64:
        middle = 1.5707963267948966 - (x - (6.123233995736766e-17 - copy_sign(extra, x)))
        back = 3.141592653589793 - (2.0 * w - (1.2246467991473532e-16 - 2.0 * extra))
    else:
        middle = 1.5707963705062866 - (x - (-4.371138828673793e-08 - copy_sign(extra, x)))
        back = 3.1415927410125732 - (2.0 * w - (-8.742277657347586e-08 - 2.0 * extra))
    return tl.where(size <= 0.5, middle, tl.where(x < 0.0, back, 2.0 * w + 2.0 * extra))


@triton.jit
def arctan_series(z: tl.tensor) -> tl.tensor:
    """(arctan(x)/x - 1)/x² with z = x² <= (sqrt(2) - 1)²."""
    if z.dtype == tl.float64:
        p = z * 0.0162719447516240604 - 0.0345580925514137961
        p = p * z + 0.0455110812632517188
        p = p * z - 0.0523034787301607418
        p = p * z + 0.058789145444006217
        p = p * z - 0.0666642362806925758
        p = p * z + 0.0769229630497447006
        p = p * z - 0.0909090875107663588
        p = p * z + 0.111111111051067051
        p = p * z - 0.142857142856593273
        p = p * z + 0.199999999999998025
        return p * z - 0.333333333333333332
    else:
        p = 0.107430997 - z * 0.0644983522
        p = p * z - 0.142638971
        p = p * z + 0.199995388
        return p * z - 0.333333318


@triton.jit
def arctan(x: tl.tensor) -> tl.tensor:
    """The arc tangent, to 2 ulp: through (|x| - 1)/(|x| + 1) in the middle and 1/|x| above."""
    size = tl.abs(x)
    low, high = size < 0.4142135, size > 2.414213
    top = tl.where(low, size, tl.where(high, -1.0, size - 1.0))
    w = divide(top, tl.where(low, 1.0, tl.where(high, size, size + 1.0)))
    z = w * w
    eighths = tl.where(high, 2.0, 1.0).to(x.dtype)
    if x.dtype == tl.float64:
        base, rest = eighths * 0.7853981633974483, eighths * 3.061616997868383e-17
    else:
        base, rest = eighths * 0.7853981852531433, eighths * -2.1855694143368964e-08
    extra = w * (z * arctan_series(z))
    return copy_sign(tl.where(low, w + extra, base + (w + (extra + rest))), x)
