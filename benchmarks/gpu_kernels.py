"""Triton kernels of ``gpu_probe.py``: each does one thing, as often as the hardware can do it."""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def count_up(x_ptr):
    """Add one to the program's own number: nothing but a launch, and the next launch has to wait for it."""
    here = x_ptr + tl.program_id(0)
    tl.store(here, tl.load(here) + 1)


@triton.jit
def copy(source_ptr, target_ptr, n, BLOCK: tl.constexpr):
    """Copy n numbers, a block a program."""
    place = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = place < n
    tl.store(target_ptr + place, tl.load(source_ptr + place, mask=inside, other=0.0), mask=inside)


@triton.jit
def read_often(x_ptr, sums_ptr, blocks, times, BLOCK: tl.constexpr):
    """Each program reads ``times`` blocks of an array in an order of its own, past the first cache, and adds them."""
    program = tl.program_id(0)
    lane = tl.arange(0, BLOCK)
    total = tl.zeros((BLOCK,), tl.float32)
    for turn in range(times):
        block = (program + turn * 17) % blocks
        total += tl.load(x_ptr + block * BLOCK + lane, cache_modifier=".cg")
    tl.store(sums_ptr + program * BLOCK + lane, total)


@triton.jit
def scatter_add(targets_ptr, sums_ptr, n, BLOCK: tl.constexpr):
    """Add one at each of n random places, atomically."""
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = place < n
    ones = tl.full((BLOCK,), 1, sums_ptr.dtype.element_ty)
    where = sums_ptr + tl.load(targets_ptr + place, mask=inside, other=0)
    tl.atomic_add(where, ones, mask=inside, sem="relaxed")
