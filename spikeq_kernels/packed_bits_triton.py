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
def store_part(
    words_ptr: tl.tensor, block: tl.tensor, values: tl.tensor, start: tl.tensor, stop: tl.tensor, BLOCK: tl.constexpr
) -> None:
    """Write the bits of the elements start <= i < stop of a block; the first word is that which holds ``start``."""
    i = block * BLOCK + tl.arange(0, BLOCK)
    word = block * (BLOCK // 32) + tl.arange(0, BLOCK // 32)
    words = pack_block(values & (i >= start) & (i < stop), BLOCK)
    first = start // 32
    tl.store(words_ptr + (word - first), words, mask=(word >= first) & (word * 32 < stop))


@triton.jit
def rank_of(words_ptr: tl.tensor, ranks_ptr: tl.tensor, i: tl.tensor, valid: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """Whether the bits of elements i are set, and how many are set before each; ``ranks``: before each word."""
    word = tl.load(words_ptr + (i >> 5), mask=valid, other=0)
    chosen = ((word >> (i & 31)) & 1) != 0
    below = word & ~(-1 << (i & 31))
    below -= (below >> 1) & 0x55555555
    below = (below & 0x33333333) + ((below >> 2) & 0x33333333)
    below = (below + (below >> 4)) & 0x0F0F0F0F
    below += below >> 8
    below += below >> 16
    return chosen, tl.load(ranks_ptr + (i >> 5), mask=chosen, other=0) + (below & 63)


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


@triton.jit
def part_kernel(
    values_ptr: tl.tensor,
    words_ptr: tl.tensor,
    n: tl.tensor,
    n_words: tl.tensor,
    start: tl.tensor,
    stop: tl.tensor,
    BLOCK: tl.constexpr,
) -> None:
    """A program for each (block, row)."""
    block, row = tl.program_id(0), tl.program_id(1).to(tl.int64)
    i = block * BLOCK + tl.arange(0, BLOCK)
    values = tl.load(values_ptr + row * n + i, mask=i < n, other=0) != 0
    store_part(words_ptr + row * n_words, block, values, start, stop, BLOCK)


@triton.jit
def chosen_kernel(
    values_ptr: tl.tensor,
    words_ptr: tl.tensor,
    ranks_ptr: tl.tensor,
    out_ptr: tl.tensor,
    n: tl.tensor,
    BLOCK: tl.constexpr,
) -> None:
    """A program for each block."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    chosen, rank = rank_of(words_ptr, ranks_ptr, i, i < n)
    tl.store(out_ptr + rank, tl.load(values_ptr + i, mask=chosen, other=0), mask=chosen)


def pack_part(values: Tensor, start: int, stop: int, block: int = 256) -> Tensor:
    """The words of the elements start <= i < stop, from that on which holds ``start``, of bool ``[batch, n]``."""
    batch, n = values.shape
    count = packed_bits.n_words(stop) - start // 32
    words = torch.full((batch, count), -1, dtype=torch.int32, device=values.device)
    part_kernel[(triton.cdiv(n, block), batch)](values, words, n, count, start, stop, BLOCK=block)
    return words


def chosen(values: Tensor, words: Tensor, count: int, block: int = 256) -> Tensor:
    """The ``count`` values ``[n]`` whose bits are set in ``[n_words]``, in their order."""
    out = torch.zeros(count, dtype=values.dtype, device=values.device)
    n, ranks = len(values), packed_bits.ranks(words)
    chosen_kernel[(triton.cdiv(n, block),)](values, words, ranks, out, n, BLOCK=block)
    return out


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
