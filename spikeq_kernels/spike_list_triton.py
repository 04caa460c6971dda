"""Spike lists in segments for Triton: the lists of ``spike_list``, written and read inside a kernel.

The program that owns the elements of a segment writes it with ``store_segment``. A reader chooses:
a program for each segment (sparse delivery) loops over ``counts[segment]`` members; a program that needs all spikes
in order (dense rows) takes them by rank, ``load_groups`` once and then ``load_members`` for some ranks at a time;
``count_before`` gives a segment its place in one joint list (records). All pointers are those of one row of the batch.
"""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor

GROUPS = tl.constexpr(16)  # of neighbouring segments
LANES = tl.constexpr(16)  # segments of a group that are looked at together


@triton.jit
def store_segment(
    members_ptr: tl.tensor,
    counts_ptr: tl.tensor,
    segment: tl.tensor,
    i: tl.tensor,
    spiking: tl.tensor,
    BLOCK: tl.constexpr,
) -> None:
    """Write a segment: the numbers ``i`` where ``spiking`` (both ``[BLOCK]``), in the order of the block."""
    ones = spiking.to(tl.int32)
    rank = tl.cumsum(ones, 0) - ones
    tl.store(members_ptr + segment * BLOCK + rank, i.to(tl.int32), mask=spiking)
    tl.store(counts_ptr + segment, tl.sum(ones, 0))


@triton.jit
def load_groups(counts_ptr: tl.tensor, n_segments: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """(ranks at which each group of neighbouring segments ends, int32 ``[GROUPS]``; how many spikes there are in all).

    A group has ``cdiv(n_segments, GROUPS)`` segments.
    """
    width = (n_segments + GROUPS - 1) // GROUPS
    group = tl.arange(0, GROUPS)
    totals = tl.zeros((GROUPS,), tl.int32)
    for first in range(0, width, LANES):
        lane = first + tl.arange(0, LANES)
        segment = group[:, None] * width + lane[None, :]
        there = (lane[None, :] < width) & (segment < n_segments)
        totals += tl.sum(tl.load(counts_ptr + segment, mask=there, other=0), 1)
    return tl.cumsum(totals, 0), tl.sum(totals, 0)


@triton.jit
def load_members(
    members_ptr: tl.tensor,
    counts_ptr: tl.tensor,
    n_segments: tl.tensor,
    block: tl.tensor,
    ends: tl.tensor,
    rank: tl.tensor,
    live: tl.tensor,
) -> tl.tensor:
    """The elements of some ranks of the whole list, int32; 0 where not ``live`` (a live rank is below the total).

    ``ends`` are those of ``load_groups``, ``block`` the places of a segment. Each rank is compared with the groups,
    then with the segments of its group: two short rows of registers instead of one as long as the list.
    """
    width = (n_segments + GROUPS - 1) // GROUPS
    passed = ends[None, :] <= rank[:, None]
    segment = tl.sum(passed.to(tl.int32), 1) * width
    reached = tl.max(tl.where(passed, ends[None, :], 0), 1)
    begin = reached
    found = segment
    for first in range(0, width, LANES):
        lane = first + tl.arange(0, LANES)
        other = segment[:, None] + lane[None, :]
        there = live[:, None] & (lane[None, :] < width) & (other < n_segments)
        counts = tl.load(counts_ptr + other, mask=there, other=0)
        stops = reached[:, None] + tl.cumsum(counts, 1)
        before = stops <= rank[:, None]
        found += tl.sum(before.to(tl.int32), 1)
        begin = tl.maximum(begin, tl.max(tl.where(before, stops, 0), 1))
        reached += tl.sum(counts, 1)
    return tl.load(members_ptr + found.to(tl.int64) * block + (rank - begin), mask=live, other=0)


@triton.jit
def count_before(counts_ptr: tl.tensor, segment: tl.tensor, WIDTH: tl.constexpr) -> tl.tensor:
    """How many spikes the segments before this one have, int32, reading WIDTH counts at a time."""
    total = segment * 0
    for first in range(0, segment, WIDTH):
        other = first + tl.arange(0, WIDTH)
        total += tl.sum(tl.load(counts_ptr + other, mask=other < segment, other=0), 0)
    return total


@triton.jit
def store_kernel(
    spiking_ptr: tl.tensor, members_ptr: tl.tensor, counts_ptr: tl.tensor, n: tl.tensor, BLOCK: tl.constexpr
) -> None:
    """A program for each (segment, row)."""
    segment, row = tl.program_id(0), tl.program_id(1).to(tl.int64)
    i = segment * BLOCK + tl.arange(0, BLOCK)
    spiking = tl.load(spiking_ptr + row * n + i, mask=i < n, other=0) != 0
    segments = tl.num_programs(0)
    store_segment(members_ptr + row * segments * BLOCK, counts_ptr + row * segments, segment, i, spiking, BLOCK)


@triton.jit
def ordered_kernel(
    members_ptr: tl.tensor,
    counts_ptr: tl.tensor,
    out_ptr: tl.tensor,
    n_segments: tl.tensor,
    BLOCK: tl.constexpr,
    RANKS: tl.constexpr,
) -> None:
    """Copy the list of one row by rank."""
    ends, total = load_groups(counts_ptr, n_segments)
    for first in range(0, total, RANKS):
        rank = first + tl.arange(0, RANKS)
        found = load_members(members_ptr, counts_ptr, n_segments, BLOCK, ends, rank, rank < total)
        tl.store(out_ptr + rank, found, mask=rank < total)


@triton.jit
def joined_kernel(
    members_ptr: tl.tensor, counts_ptr: tl.tensor, out_ptr: tl.tensor, BLOCK: tl.constexpr, WIDTH: tl.constexpr
) -> None:
    """Copy the list of one row, a program for each segment."""
    segment = tl.program_id(0)
    place = tl.arange(0, BLOCK)
    valid = place < tl.load(counts_ptr + segment)
    members = tl.load(members_ptr + segment * BLOCK + place, mask=valid, other=0)
    tl.store(out_ptr + count_before(counts_ptr, segment, WIDTH) + place, members, mask=valid)


def store(spiking: Tensor, members: Tensor, counts: Tensor) -> None:
    """``spike_list.store``: write who spikes, bool ``[batch, n]``, into the list, in place."""
    batch, segments = counts.shape
    block = members.shape[1] // segments
    store_kernel[(segments, batch)](spiking, members, counts, spiking.shape[1], BLOCK=block)


def ordered(members: Tensor, counts: Tensor, out: Tensor, ranks: int = 16) -> None:
    """The members of a list of one row, in order, into ``out``, by one program that reads them by rank."""
    segments = counts.shape[1]
    block = members.shape[1] // segments
    ordered_kernel[(1,)](members, counts, out, segments, BLOCK=block, RANKS=ranks)


def joined(members: Tensor, counts: Tensor, out: Tensor, width: int = 64) -> None:
    """The same, by one program for each segment."""
    segments = counts.shape[1]
    joined_kernel[(segments,)](members, counts, out, BLOCK=members.shape[1] // segments, WIDTH=width)
