"""Spike lists in segments: what many programs can write at once, without atomics, in an order that is always the same.

The n elements of a row are cut into segments of ``block`` neighbours. ``counts`` int32 ``[batch, segments]`` says how
many elements of each segment spiked, ``members`` int32 ``[batch, segments · block]`` which: segment s has its own
elements, ascending, from place s · block on; what follows them means nothing. A list needs no clearing before it is
written again. As events the same spikes are the numbers row · n + i, ascending, of ``event_list``.
"""

from __future__ import annotations

import torch
from torch import Tensor


def n_segments(n: int, block: int) -> int:
    """How many segments n elements take."""
    return -(-n // block)


def allocate(batch: int, n: int, block: int, device: torch.device | str = "cpu") -> tuple[Tensor, Tensor]:
    """An empty list: (members ``[batch, segments · block]``, counts ``[batch, segments]``), int32."""
    segments = n_segments(n, block)
    members = torch.zeros(batch, segments * block, dtype=torch.int32, device=device)
    return members, torch.zeros(batch, segments, dtype=torch.int32, device=device)


def store(spiking: Tensor, members: Tensor, counts: Tensor) -> None:
    """Write who spikes, bool ``[batch, n]``, into the list, in place."""
    batch, n = spiking.shape
    segments = counts.shape[1]
    block = members.shape[1] // max(segments, 1)
    padded = torch.zeros(batch, segments * block, dtype=torch.bool, device=spiking.device)
    padded[:, :n] = spiking
    chosen = padded.view(batch, segments, block)
    counts.copy_(chosen.sum(2))
    rank = chosen.cumsum(2) - 1
    row, segment, place = chosen.nonzero(as_tuple=True)
    members.view(batch, segments, block)[row, segment, rank[row, segment, place]] = (segment * block + place).int()


def events(members: Tensor, counts: Tensor, n: int) -> Tensor:
    """The spikes of a list as numbers row · n + i, int64 ascending: the host waits for how many there are."""
    segments = counts.shape[1]
    block = members.shape[1] // max(segments, 1)
    valid = torch.arange(block, device=counts.device) < counts.unsqueeze(2)
    rows = torch.arange(len(counts), device=counts.device).view(-1, 1, 1) * n
    return (members.view(len(counts), segments, block) + rows)[valid]


def mask(members: Tensor, counts: Tensor, n: int) -> Tensor:
    """Who spiked, bool ``[batch, n]``."""
    spiking = torch.zeros(len(counts) * n, dtype=torch.bool, device=counts.device)
    spiking[events(members, counts, n)] = True
    return spiking.view(len(counts), n)
