"""Kernels for the tests that compile: groups of device functions, so that a few compilations see them all."""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels import events_triton, philox_triton, special_triton


@triton.jit
def growth(x):
    """The exponential functions."""
    small = special_triton.exp(x) + special_triton.expm1(x) + special_triton.exprel(x)
    return small + special_triton.sinh(x) + special_triton.cosh(x) + special_triton.tanh(x)


@triton.jit
def logarithms(x):
    """The logarithms and the root."""
    return special_triton.log(x) + special_triton.log10(x) + special_triton.log1p(x) + special_triton.sqrt(x)


@triton.jit
def circles(x):
    """The inverse circular functions, and those of an argument of any size in float32."""
    return special_triton.arcsin(x) + special_triton.arccos(x) + special_triton.arctan(x)


@triton.jit
def waves(x):
    """The circular functions."""
    return special_triton.sin(x) + special_triton.cos(x) + special_triton.tan(x)


@triton.jit
def rounding(x):
    """What gives whole numbers."""
    whole = special_triton.int_(x) + special_triton.floor_int(x) + special_triton.ceil_int(x)
    return whole.to(x.dtype) + special_triton.sign(special_triton.abs(x)) + special_triton.integer_power(x, 5)


@triton.jit
def division(x, y):
    """Quotients and remainders."""
    return special_triton.floor_divide(x, y) + special_triton.modulo(x, y) + special_triton.divide(x, y)


@triton.jit
def poisson_neurons(p_ptr, out_ptr, key0, key1, draw, n, BLOCK: tl.constexpr):
    """Decisions and uniforms of neighbouring elements."""
    first = tl.program_id(0) * BLOCK
    i = first + tl.arange(0, BLOCK)
    word = philox_triton.words_of_block(key0, key1, first, draw, tl.program_id(1), 0, BLOCK)
    p = tl.load(p_ptr + i, mask=i < n, other=0.0)
    spiking = philox_triton.below(word, philox_triton.thresholds(p))
    tl.store(out_ptr + i, tl.where(spiking, philox_triton.uniform(word, p.dtype), -1.0), mask=i < n)


@triton.jit
def everything(x):
    """Every function of floats in one sum, some of them beside literals."""
    total = growth(x) + logarithms(x) + circles(x) + rounding(x)
    total += special_triton.sin(x) + special_triton.cos(x) + special_triton.tan(x)
    total += special_triton.power(x, 2.5) + special_triton.power(2.0, x) + special_triton.clip(x, 0.25, 0.5)
    return total + special_triton.modulo(x, 0.3) + special_triton.floor_divide(1.0, x) + special_triton.divide(1.0, x)


@triton.jit
def whole(i):
    """The functions of integers beside literals."""
    found = special_triton.modulo(i, 7) + special_triton.floor_divide(i, -3) + special_triton.power(i, 3)
    return found + special_triton.clip(i, -2, 5) + special_triton.sign(i) + special_triton.power(2, i)


@triton.jit
def shapes(x_ptr, i_ptr, out_ptr, whole_ptr, FORM: tl.constexpr, BLOCK: tl.constexpr):
    """The same numbers as a block, as a table of four columns, or each on its own."""
    if FORM == "single":
        for k in range(BLOCK):
            tl.store(out_ptr + k, everything(tl.load(x_ptr + k)))
            tl.store(whole_ptr + k, whole(tl.load(i_ptr + k)))
    else:
        place = tl.arange(0, BLOCK)
        if FORM == "table":
            place = tl.reshape(place, (BLOCK // 4, 4))
        tl.store(out_ptr + place, everything(tl.load(x_ptr + place)))
        tl.store(whole_ptr + place, whole(tl.load(i_ptr + place)))


@triton.jit
def dense_sum(
    p_weights, p_list, p_counts, p_out, segments, block, n_pre, n_post, START: tl.constexpr, BLOCK: tl.constexpr
):
    """Each target adds the weights of the listed sources to what it has: one by one in double precision."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    row = tl.program_id(1)
    here = i < n_post
    old = tl.load(p_out + row * n_post + i, mask=here, other=0.0)
    stop = START + n_pre
    if old.dtype == tl.float64:
        new = events_triton.add_rows(
            old, p_weights, p_list, p_counts, row, segments, block, START, stop, n_post, i, here
        )
    else:
        new = old + events_triton.sum_rows(
            p_weights, p_list, p_counts, row, segments, block, START, stop, n_post, i, here
        )
    tl.store(p_out + row * n_post + i, new, mask=here)
