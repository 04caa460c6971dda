"""Division, rounding and comparison of the language's numbers for Triton, where its own meaning is another.

Triton's integer ``//`` and ``%`` cut off towards zero, its float ``%`` is inexact, its casts of large floats to
integers are undefined, its minima drop NaN. Here everything is as in ``special``: booleans count as int32, int32 wraps.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.bits_triton import copy_sign, divide, floor, scale


@triton.jit
def alike(a: tl.tensor, b: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """Two numbers in the type and shape that Triton gives both; booleans become int32. One may be a literal."""
    never = (a < b) & (a > b)  # to select by it is the one way by which a literal becomes a float64 unharmed
    a, b = tl.where(never, b, a), tl.where(never, a, b)
    if a.dtype.primitive_bitwidth < 32:
        return a.to(tl.int32), b.to(tl.int32)
    else:
        return a, b


@triton.jit
def floor_quotient(a: tl.tensor, b: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """(a // b, a % b) of integers of one type, rounded down; by 0 both are 0; -2**31 // -1 wraps."""
    usable = tl.where((b == 0) | (b == -1), 1, b)
    quotient = a // usable
    rest = a - quotient * usable
    down = (rest != 0) & ((rest < 0) != (usable < 0))
    quotient = tl.where(down, quotient - 1, quotient)
    rest = tl.where(down, rest + usable, rest)
    return tl.where(b == 0, 0, tl.where(b == -1, 0 - a, quotient)), tl.where(b == 0, 0, rest)


@triton.jit
def significand(size: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """(m, e) of a float >= 0: whole uint64 m below 2**24 (float64: 2**53), and size = m · 2**(e - bias)."""
    if size.dtype == tl.float64:
        bits = size.to(tl.int64, bitcast=True)
        e = (bits >> 52).to(tl.int32)
        m = (bits & 0xFFFFFFFFFFFFF) | tl.where(e > 0, 0x10000000000000, 0)
    else:
        bits = size.to(tl.int32, bitcast=True)
        e = bits >> 23
        m = (bits & 0x7FFFFF) | tl.where(e > 0, 0x800000, 0)
    return m.to(tl.uint64), tl.maximum(e, 1)


@triton.jit
def remainder(a: tl.tensor, b: tl.tensor) -> tl.tensor:
    """C's fmod: a - b·trunc(a/b), exact, with the sign of a. NaN for an infinite a or b = 0.

    A long division of whole numbers, some bits at a time: as many turns as the largest quotient of the block needs.
    """
    size, unit = tl.abs(a), tl.abs(b)
    m_a, e_a = significand(size)
    m_b, e_b = significand(unit)
    valid = (size < float("inf")) & (unit > 0.0)
    m_b = tl.where(valid, m_b, 1)
    if a.dtype == tl.float64:
        bias, stride = 1075, 11
    else:
        bias, stride = 150, 40
    left = tl.where(valid & (unit < float("inf")), tl.maximum(e_a - e_b, 0), 0)
    rest = m_a % m_b
    longest = left
    if len(left.shape) > 0:
        longest = tl.max(left)
    for _ in range((longest + stride - 1) // stride):
        bits = tl.minimum(left, stride)
        rest = (rest << bits.to(tl.uint64)) % m_b
        left -= bits
    found = scale(rest.to(tl.int64).to(a.dtype), e_b - bias)
    found = tl.where(size < unit, size, found)
    return tl.where(valid & (b == b), copy_sign(found, a), float("nan"))


@triton.jit
def modulo(a: tl.tensor, b: tl.tensor) -> tl.tensor:
    """``a % b`` with the sign of b, exact. Integers: x % 0 is 0; floats: NaN."""
    a, b = alike(a, b)
    if a.dtype.is_floating():
        rest = remainder(a, b)
        rest = tl.where((rest != 0.0) & ((b < 0.0) != (rest < 0.0)), rest + b, rest)
        return tl.where(rest == 0.0, copy_sign(rest, b), rest)
    else:
        quotient, rest = floor_quotient(a, b)
        return rest


@triton.jit
def floor_divide(a: tl.tensor, b: tl.tensor) -> tl.tensor:
    """``a // b``, rounded down. Integers: x // 0 is 0 and overflow wraps; floats: as Python, x // 0.0 is x / 0.0."""
    a, b = alike(a, b)
    if a.dtype.is_floating():
        plain = divide(a, b)
        rest = remainder(a, b)
        quotient = divide(a - rest, b)
        quotient = tl.where((rest != 0.0) & ((b < 0.0) != (rest < 0.0)), quotient - 1.0, quotient)
        whole = floor(quotient)
        whole = tl.where(quotient - whole > 0.5, whole + 1.0, whole)
        whole = tl.where(quotient == 0.0, copy_sign(whole, plain), whole)
        return tl.where(b == 0.0, plain, whole)
    else:
        quotient, rest = floor_quotient(a, b)
        return quotient


@triton.jit
def int_(x: tl.tensor) -> tl.tensor:
    """``int(x)``: int32, cut off towards zero; beyond int32 its nearest end, NaN gives 0. Wider integers wrap."""
    if x.dtype.is_floating():
        inside = (x > -2147483648.0) & (x < 2147483648.0)
        whole = tl.where(inside, x, 0.0).to(tl.int32)
        return tl.where(x >= 2147483648.0, 2147483647, tl.where(x <= -2147483648.0, -2147483648, whole))
    else:
        return x.to(tl.int32)


@triton.jit
def floor_int(x: tl.tensor) -> tl.tensor:
    """``floor(x)`` as int32, with the limits of ``int_``."""
    if x.dtype.is_floating():
        return int_(floor(x))
    else:
        return int_(x)


@triton.jit
def ceil_int(x: tl.tensor) -> tl.tensor:
    """``ceil(x)`` as int32, with the limits of ``int_``."""
    if x.dtype.is_floating():
        return int_(-floor(-x))
    else:
        return int_(x)


@triton.jit
def clip(x: tl.tensor, low: tl.tensor, high: tl.tensor) -> tl.tensor:
    """min(max(x, low), high): ``high`` wins where the bounds cross, a NaN anywhere gives NaN."""
    raised = tl.where((x >= low) | (x != x), x, low)
    return tl.where((raised <= high) | (raised != raised), raised, high)


@triton.jit
def sign(x: tl.tensor) -> tl.tensor:
    """-1, 0 or 1 in the type of x; NaN stays NaN."""
    if x.dtype.is_floating():
        return tl.where(x != x, x, (x > 0.0).to(x.dtype) - (x < 0.0).to(x.dtype))
    else:
        return (x > 0).to(x.dtype) - (x < 0).to(x.dtype)


@triton.jit
def timestep(t: tl.tensor, dt: tl.tensor) -> tl.tensor:
    """The step that the time t falls into, int64: int((t + 1e-3·dt)/dt), Brian2's rule, in float64 seconds."""
    t, dt = tl.cast(t, tl.float64), tl.cast(dt, tl.float64)
    return ((t + 1e-3 * dt) / dt).to(tl.int64)


@triton.jit
def whole_steps(t: tl.tensor, dt: tl.tensor) -> tl.tensor:
    """``timestep`` as int32: what is longer than 2**31 - 1 steps, infinite times among it, counts as that."""
    t, dt = tl.cast(t, tl.float64), tl.cast(dt, tl.float64)
    steps = (t + 1e-3 * dt) / dt
    return tl.where(steps < 2147483647.0, steps, 2147483647.0).to(tl.int32)
