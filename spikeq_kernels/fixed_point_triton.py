"""Sums in fixed point for Triton: ``fixed_point`` with integer atomics, which give the same bits in any order."""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor

from spikeq_kernels.arithmetic_triton import int_
from spikeq_kernels.bits_triton import divide


@triton.jit
def round_to_even(x: tl.tensor) -> tl.tensor:
    """The nearest whole number, halves to even, as a float of the same type."""
    rounder: tl.constexpr = 4503599627370496.0 if x.dtype == tl.float64 else 8388608.0
    size = tl.abs(x)
    whole = tl.where(size < rounder, (size + rounder) - rounder, size)
    return tl.where(x < 0.0, -whole, whole)


@triton.jit
def encode(value: tl.tensor, scale: tl.tensor) -> tl.tensor:
    """value · scale, rounded to the nearest whole number (halves to even), int32 with the limits of ``int_``."""
    return int_(round_to_even(value * scale))


@triton.jit
def decode(total: tl.tensor, scale: tl.tensor, dtype: tl.constexpr) -> tl.tensor:
    """The sum that an int32 stands for: exact in float64, rounded once in float32."""
    return divide(total.to(dtype), scale)


@triton.jit
def accumulate(out_ptr: tl.tensor, target: tl.tensor, value: tl.tensor, scale: tl.tensor, valid: tl.tensor) -> None:
    """``out[target] += encode(value)`` where ``valid``; targets may repeat, within a block and between programs."""
    tl.atomic_add(out_ptr + target, encode(value, scale), mask=valid, sem="relaxed")


@triton.jit
def accumulate_kernel(
    values_ptr: tl.tensor,
    targets_ptr: tl.tensor,
    out_ptr: tl.tensor,
    scale_ptr: tl.tensor,
    n: tl.tensor,
    BLOCK: tl.constexpr,
) -> None:
    """A program for each block of values."""
    k = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    value = tl.load(values_ptr + k, mask=k < n, other=0.0)
    target = tl.load(targets_ptr + k, mask=k < n, other=0)
    accumulate(out_ptr, target, value, tl.load(scale_ptr), k < n)


def accumulate_all(values: Tensor, targets: Tensor, out: Tensor, scale: Tensor, block: int = 256) -> Tensor:
    """``fixed_point.accumulate``; scale is a tensor of one element in the type of the values."""
    n = len(values)
    accumulate_kernel[(triton.cdiv(n, block),)](values, targets, out, scale, n, BLOCK=block, enable_fp_fusion=False)
    return out
