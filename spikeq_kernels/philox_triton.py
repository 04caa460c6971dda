"""Random words for Triton: the bits of ``philox``, from the same key and counter.

The key is two 32-bit words, the counter (element ÷ 4, draw, row, trial); all are taken modulo 2**32. A call of
``words_of`` gives the words of four neighbouring elements, 4·counter to 4·counter + 3. A block of elements that begins
at a multiple of four costs a quarter of the calls by ``words_of_block``; ``word_at`` serves any single elements.
"""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def as_word(x: tl.tensor) -> tl.tensor:
    """An integer modulo 2**32, as uint32."""
    return tl.cast(x, tl.uint32)


@triton.jit
def words_of(
    key0: tl.tensor, key1: tl.tensor, counter: tl.tensor, draw: tl.tensor, row: tl.tensor, trial: tl.tensor
) -> tuple[tl.tensor, tl.tensor, tl.tensor, tl.tensor]:
    """The four uint32 words of each counter: Philox-4x32-10 of Salmon et al. (2011). The arguments broadcast."""
    k0, k1 = as_word(key0), as_word(key1)
    c0, c1, c2, c3 = as_word(counter), as_word(draw), as_word(row), as_word(trial)
    for _ in tl.static_range(10):
        low, high = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c2 = tl.umulhi(c2, 0xCD9E8D57) ^ c1 ^ k0, tl.umulhi(c0, 0xD2511F53) ^ c3 ^ k1
        c1, c3 = high, low
        k0 = tl.add(k0, 0x9E3779B9, sanitize_overflow=False)
        k1 = tl.add(k1, 0xBB67AE85, sanitize_overflow=False)
    return c0, c1, c2, c3


@triton.jit
def word_at(
    key0: tl.tensor, key1: tl.tensor, element: tl.tensor, draw: tl.tensor, row: tl.tensor, trial: tl.tensor
) -> tl.tensor:
    """The uint32 word of each element, all arguments broadcast together: one call of the generator for each."""
    element = as_word(element)
    w0, w1, w2, w3 = words_of(key0, key1, element >> 2, draw, row, trial)
    lane = element & 3
    return tl.where(lane == 0, w0, tl.where(lane == 1, w1, tl.where(lane == 2, w2, w3)))


@triton.jit
def words_of_block(
    key0: tl.tensor,
    key1: tl.tensor,
    first: tl.tensor,
    draw: tl.tensor,
    row: tl.tensor,
    trial: tl.tensor,
    BLOCK: tl.constexpr,
) -> tl.tensor:
    """The uint32 words ``[BLOCK]`` of the elements first, first + 1, …: first must be a multiple of 4, BLOCK >= 4."""
    counter = (as_word(first) >> 2) + tl.arange(0, BLOCK // 4).to(tl.uint32)
    w0, w1, w2, w3 = words_of(key0, key1, counter, draw, row, trial)
    return tl.interleave(tl.interleave(w0, w2), tl.interleave(w1, w3))


@triton.jit
def uniform(word: tl.tensor, dtype: tl.constexpr) -> tl.tensor:
    """``rand()``: (word >> 8)·2⁻²⁴ in [0, 1), exact in float32 and float64."""
    return (word >> 8).to(tl.int32).to(dtype) * 5.960464477539063e-08


@triton.jit
def thresholds(p: tl.tensor) -> tl.tensor:
    """The int64 limits T of ``below``: p·2³² rounded to even, from 0 (p ≤ 0 and NaN) to 2³² (p ≥ 1)."""
    scaled = tl.where(p > 0.0, tl.where(p < 1.0, p, 1.0), 0.0) * 4294967296.0
    rounder: tl.constexpr = 4503599627370496.0 if p.dtype == tl.float64 else 8388608.0
    return tl.where(scaled < rounder, (scaled + rounder) - rounder, scaled).to(tl.int64)


@triton.jit
def below(word: tl.tensor, threshold: tl.tensor) -> tl.tensor:
    """``rand() < p`` with all 32 bits of the word, threshold = ``thresholds(p)`` in int64."""
    return word.to(tl.int64) < threshold
