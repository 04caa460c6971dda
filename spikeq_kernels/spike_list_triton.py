"""Spike lists in segments for Triton: the lists of ``spike_list``, written and read inside a kernel.

The program that owns the elements of a segment writes it with ``store_segment``. A reader chooses:
a program for each segment (sparse delivery) loops over ``counts[segment]`` members; a program that needs all spikes
in order (dense rows) takes them by rank, ``load_bounds`` once and then ``load_members`` for some ranks at a time;
``count_before`` gives a segment its place in one joint list (records). All pointers are those of one row of the batch.
"""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor


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
def load_bounds(
    counts_ptr: tl.tensor, n_segments: tl.tensor, SEGMENTS: tl.constexpr
) -> tuple[tl.tensor, tl.tensor, tl.tensor]:
    """(ranks at which each segment begins, and ends, int32 ``[SEGMENTS]``; how many spikes there are in all).

    SEGMENTS: a power of two, at least n_segments.
    """
    segment = tl.arange(0, SEGMENTS)
    counts = tl.load(counts_ptr + segment, mask=segment < n_segments, other=0)
    ends = tl.cumsum(counts, 0)
    return ends - counts, ends, tl.sum(counts, 0)


@triton.jit
def load_members(
    members_ptr: tl.tensor, begins: tl.tensor, ends: tl.tensor, rank: tl.tensor, live: tl.tensor, BLOCK: tl.constexpr
) -> tl.tensor:
    """The elements of the given ranks of the whole list, int32; 0 where not ``live`` (a live rank is below the total).

    Compares every rank with every segment in registers: meant for at most some 128 segments and 32 ranks at a time.
    """
    segment = tl.sum((ends[None, :] <= rank[:, None]).to(tl.int32), 1)
    begin = tl.max(tl.where(begins[None, :] <= rank[:, None], begins[None, :], 0), 1)
    return tl.load(members_ptr + segment * BLOCK + (rank - begin), mask=live, other=0)


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
    SEGMENTS: tl.constexpr,
    RANKS: tl.constexpr,
) -> None:
    """Copy the list of one row by rank."""
    begins, ends, total = load_bounds(counts_ptr, n_segments, SEGMENTS)
    for first in range(0, total, RANKS):
        rank = first + tl.arange(0, RANKS)
        found = load_members(members_ptr, begins, ends, rank, rank < total, BLOCK)
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
    width = triton.next_power_of_2(segments)
    block = members.shape[1] // segments
    ordered_kernel[(1,)](members, counts, out, segments, BLOCK=block, SEGMENTS=width, RANKS=ranks)


def joined(members: Tensor, counts: Tensor, out: Tensor, width: int = 64) -> None:
    """The same, by one program for each segment."""
    segments = counts.shape[1]
    joined_kernel[(segments,)](members, counts, out, BLOCK=members.shape[1] // segments, WIDTH=width)
