"""Booleans as bits for Triton: the words of ``packed_bits``, without ballots, whatever the layout of a block."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

from spikeq_kernels import packed_bits


@triton.jit
def pack_block(values: tl.tensor, BLOCK: tl.constexpr) -> tl.tensor:
    """The int32 words ``[BLOCK / 32]`` of bool ``[BLOCK]``, BLOCK >= 32."""
    lanes = tl.arange(0, 32)[None, :]
    return tl.sum(tl.reshape(values.to(tl.int32), (BLOCK // 32, 32)) << lanes, 1)


@triton.jit
def store_bits(words_ptr: tl.tensor, block: tl.tensor, values: tl.tensor, n: tl.tensor, BLOCK: tl.constexpr) -> None:
    """Write the bits of block number ``block`` of a row of n elements; ``values`` must be false from n on."""
    word = block * (BLOCK // 32) + tl.arange(0, BLOCK // 32)
    tl.store(words_ptr + word, pack_block(values, BLOCK), mask=word * 32 < n)


@triton.jit
def load_bits(words_ptr: tl.tensor, i: tl.tensor, valid: tl.tensor) -> tl.tensor:
    """Whether the bits of elements i of a row are set; false where not ``valid``."""
    word = tl.load(words_ptr + (i >> 5), mask=valid, other=0)
    return ((word >> (i & 31)) & 1) != 0


@triton.jit
def pack_kernel(
    values_ptr: tl.tensor, words_ptr: tl.tensor, n: tl.tensor, n_words: tl.tensor, BLOCK: tl.constexpr
) -> None:
    """A program for each (block, row)."""
    block, row = tl.program_id(0), tl.program_id(1).to(tl.int64)
    i = block * BLOCK + tl.arange(0, BLOCK)
    values = tl.load(values_ptr + row * n + i, mask=i < n, other=0) != 0
    store_bits(words_ptr + row * n_words, block, values, n, BLOCK)


@triton.jit
def unpack_kernel(
    words_ptr: tl.tensor, values_ptr: tl.tensor, n: tl.tensor, n_words: tl.tensor, BLOCK: tl.constexpr
) -> None:
    """A program for each (block, row)."""
    block, row = tl.program_id(0), tl.program_id(1).to(tl.int64)
    i = block * BLOCK + tl.arange(0, BLOCK)
    found = load_bits(words_ptr + row * n_words, i, i < n)
    tl.store(values_ptr + row * n + i, found.to(tl.int8), mask=i < n)


def pack(values: Tensor, block: int = 256) -> Tensor:
    """``packed_bits.pack``: bool ``[batch, n]`` as int32 words ``[batch, ⌈n/32⌉]``."""
    batch, n = values.shape
    words = torch.empty(batch, packed_bits.n_words(n), dtype=torch.int32, device=values.device)
    pack_kernel[(triton.cdiv(n, block), batch)](values, words, n, words.shape[1], BLOCK=block)
    return words


def unpack(words: Tensor, n: int, block: int = 256) -> Tensor:
    """``packed_bits.unpack``: the bool ``[batch, n]`` of int32 words."""
    values = torch.empty(len(words), n, dtype=torch.int8, device=words.device)
    unpack_kernel[(triton.cdiv(n, block), len(words))](words, values, n, words.shape[1], BLOCK=block)
    return values.bool()
