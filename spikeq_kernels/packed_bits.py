"""Booleans as bits: element i of a row is bit i mod 32 of word i ÷ 32, int32 ``[batch, ⌈n/32⌉]``; spare bits are 0."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

_WORDS_AT_ONCE = 2**24  # that are searched, and
_SET_WORDS_AT_ONCE = 2**20  # that are taken apart: bounds the memory for either to some 100 MB


def n_words(n: int) -> int:
    """How many words n elements take."""
    return -(-n // 32)


def pack(values: Tensor) -> Tensor:
    """bool ``[batch, n]`` as int32 words ``[batch, ⌈n/32⌉]``."""
    batch, n = values.shape
    padded = torch.zeros(batch, 32 * n_words(n), dtype=torch.int64, device=values.device)
    padded[:, :n] = values
    lanes = torch.arange(32, device=values.device)
    words = (padded.view(batch, -1, 32) << lanes).sum(2)
    return torch.where(words >= 2**31, words - 2**32, words).to(torch.int32)


def unpack(words: Tensor, n: int) -> Tensor:
    """The bool ``[batch, n]`` of int32 words."""
    i = torch.arange(n, device=words.device)
    return ((words[:, i >> 5] >> (i & 31).to(torch.int32)) & 1).bool()


def ranks(words: Tensor) -> Tensor:
    """How many bits are set before each of the words ``[n_words]``, int32."""
    lanes = torch.arange(32, dtype=torch.int32, device=words.device)
    counts = ((words[:, None] >> lanes) & 1).sum(1, dtype=torch.int32)
    return (counts.cumsum(0) - counts).to(torch.int32)


def set_bits(words: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The rows and the elements of the bits that are set in ``[rows, n_words]``, ascending, in pieces.

    Only words that are not zero are taken apart.
    """
    lanes = torch.arange(32, dtype=torch.int32, device=words.device)
    flat, width = words.reshape(-1), words.shape[-1]
    for start in range(0, flat.numel(), _WORDS_AT_ONCE):
        some = flat[start : start + _WORDS_AT_ONCE]
        for places in torch.split(some.nonzero().view(-1), _SET_WORDS_AT_ONCE):
            which, lane = ((some[places][:, None] >> lanes) & 1).nonzero(as_tuple=True)
            place = places[which] + start
            yield torch.div(place, width, rounding_mode="floor"), place % width * 32 + lane


def set_truths(values: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The same for bool ``[rows, n]``."""
    at_once = max(1, 32 * _SET_WORDS_AT_ONCE // max(1, values.shape[-1]))
    for start in range(0, len(values), at_once):
        row, element = values[start : start + at_once].nonzero(as_tuple=True)
        yield row + start, element
