"""Booleans as bits: element i of a row is bit i mod 32 of word i ÷ 32, int32 ``[batch, ⌈n/32⌉]``; spare bits are 0."""

from __future__ import annotations

import torch
from torch import Tensor


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
