"""Sums in fixed point for Triton: ``fixed_point`` with integer atomics, which give the same bits in any order."""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def round_to_even(x: tl.tensor) -> tl.tensor:
    """The nearest whole number, halves to even, as a float of the same type."""
    rounder: tl.constexpr = 4503599627370496.0 if x.dtype == tl.float64 else 8388608.0
    size = tl.abs(x)
    whole = tl.where(size < rounder, (size + rounder) - rounder, size)
    return tl.where(x < 0.0, -whole, whole)


@triton.jit
def encode(value: tl.tensor, scale: tl.tensor) -> tl.tensor:
    """value · scale, rounded to the nearest whole number (halves to even), int64."""
    return round_to_even(value * scale).to(tl.int64)


@triton.jit
def decode(total: tl.tensor, limits_ptr: tl.tensor, dtype: tl.constexpr) -> tl.tensor:
    """The sum that whole numbers stand for, rounded once."""
    return total.to(dtype) * tl.load(limits_ptr + 2)


@triton.jit
def kept(value: tl.tensor, limits_ptr: tl.tensor, lost_ptr: tl.tensor, valid: tl.tensor) -> tl.tensor:
    """The values as whole numbers, 0 where not ``valid``; what is too large or no number is counted as lost."""
    value = tl.where(valid, value, 0.0)
    small = tl.abs(value) <= tl.load(limits_ptr + 1)
    tl.atomic_add(lost_ptr + tl.zeros_like(small.to(tl.int32)), 1, mask=valid & (small == 0), sem="relaxed")
    return encode(tl.where(small, value, 0.0), tl.load(limits_ptr))


@triton.jit
def accumulate(
    out_ptr: tl.tensor, value: tl.tensor, limits_ptr: tl.tensor, lost_ptr: tl.tensor, valid: tl.tensor
) -> None:
    """``out += encode(value)`` where ``valid``, at a block of pointers, which may repeat, or at one for the block."""
    whole = kept(value, limits_ptr, lost_ptr, valid)
    if out_ptr.type.is_block():
        tl.atomic_add(out_ptr, whole, mask=valid, sem="relaxed")
    else:
        tl.atomic_add(out_ptr, tl.sum(whole, 0), sem="relaxed")


@triton.jit
def accumulate_kernel(
    values_ptr: tl.tensor,
    targets_ptr: tl.tensor,
    out_ptr: tl.tensor,
    limits_ptr: tl.tensor,
    lost_ptr: tl.tensor,
    n: tl.tensor,
    BLOCK: tl.constexpr,
) -> None:
    """A program for each block of values."""
    k = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    value = tl.load(values_ptr + k, mask=k < n, other=0.0)
    target = tl.load(targets_ptr + k, mask=k < n, other=0)
    accumulate(out_ptr + target, value, limits_ptr, lost_ptr, k < n)


def accumulate_all(
    total: Tensor, targets: Tensor, values: Tensor, limits_of: Tensor, lost: Tensor, block: int = 256
) -> None:
    """``fixed_point.accumulate``; limits_of are in the type of the values."""
    n = len(values)
    grid = (triton.cdiv(n, block),)
    accumulate_kernel[grid](values, targets, total, limits_of, lost, n, BLOCK=block, enable_fp_fusion=False)
