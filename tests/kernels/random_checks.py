"""Checks of random numbers for the interpreter: the same words, uniforms and decisions as ``philox``, bit for bit."""

from __future__ import annotations

import torch
import triton
import triton.language as tl

from spikeq_kernels import philox, philox_triton
from spikeq_kernels.elementwise_triton import apply

KEY = philox.hash_key("cells", 7)


@triton.jit
def words(whole_ptr, single_ptr, key_ptr, n, draw, row, trial, BLOCK: tl.constexpr):
    """The words of one row, four by four and one by one."""
    first = tl.program_id(0) * BLOCK
    i = first + tl.arange(0, BLOCK)
    key0, key1 = tl.load(key_ptr), tl.load(key_ptr + 1)
    word = philox_triton.words_of_block(key0, key1, first, draw, row, trial, BLOCK)
    tl.store(whole_ptr + i, word.to(tl.int64), mask=i < n)
    word = philox_triton.word_at(key0, key1, i, draw, row, trial)
    tl.store(single_ptr + i, word.to(tl.int64), mask=i < n)


@triton.jit
def uniform(word):
    """``rand()`` of an int64 word in float32."""
    return philox_triton.uniform(word.to(tl.uint32), tl.float32)


@triton.jit
def uniform_wide(word):
    """``rand()`` of an int64 word in float64."""
    return philox_triton.uniform(word.to(tl.uint32), tl.float64)


@triton.jit
def decision(word, p):
    """``rand() < p``, as 0 or 1."""
    return philox_triton.below(word.to(tl.uint32), philox_triton.thresholds(p)).to(tl.int64)


def as_int32(word: int) -> int:
    """The int32 with the bits of a word."""
    return word - 2**32 if word >= 2**31 else word


def check_words() -> None:
    key = torch.tensor([as_int32(word) for word in KEY], dtype=torch.int32)
    for n, block in ((1, 32), (77, 32), (1001, 128), (77, 4)):
        for draw, row, trial in ((0, 0, 0), (2**31 + 5, 3, 7), (2**32 - 1, 2**20, 0)):
            whole, single = torch.full((n,), -1), torch.full((n,), -1)
            numbers = (as_int32(draw), row, trial)
            words[(triton.cdiv(n, block),)](whole, single, key, n, *numbers, BLOCK=block)
            expected = philox.words(KEY, range(draw, draw + 1), 1, n, trial, row)[0, 0]
            assert torch.equal(whole, expected) and torch.equal(single, expected), (n, block, draw)


def check_uniforms_and_decisions() -> None:
    word = torch.cat([philox.words(KEY, range(1), 1, 3001)[0, 0], torch.tensor([0, 255, 256, 2**31, 2**32 - 1])])
    assert torch.equal(apply(uniform, word, dtype=torch.float32), philox.uniform(word))
    assert torch.equal(apply(uniform_wide, word, dtype=torch.float64), philox.uniform(word, torch.float64))
    edges = [0.0, -0.0, -1.0, torch.nan, 1.0, 2.0, torch.inf, -torch.inf, 2.0**-32, 2.0**-33, 3 * 2.0**-33, 1e-45]
    for dtype in (torch.float32, torch.float64):
        p = torch.cat(
            [torch.tensor(edges).to(dtype), (word.double() / 2**32).to(dtype), (word.double() / 2**45).to(dtype)]
        )
        assert torch.equal(apply(philox_triton.thresholds, p, dtype=torch.int64), philox.thresholds(p))
        p = (word.double() / 2**32).to(dtype) + torch.linspace(-(2.0**-30), 2.0**-30, len(word)).to(dtype)
        assert torch.equal(apply(decision, word, p, dtype=torch.int64).bool(), philox.below(word, p))
