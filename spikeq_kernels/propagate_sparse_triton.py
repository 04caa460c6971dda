"""Spikes through a list of synapses for Triton: the synapses of some spikes at once, laid end to end.

The synapses of a neuron are a run of places in the list, and runs have any length. A program that goes from spike to
spike would wait for memory at each, and leave most of its threads idle in short runs. So it takes the runs of many
spikes, adds up their lengths (``ends``), and works on the places of all of them as on one range; each place finds its
run by bisection, without memory.
"""

from __future__ import annotations

import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def run_of(ends: tl.tensor, place: tl.tensor) -> tl.tensor:
    """Which run holds each place: how many runs end at or before it, int32 of the shape of ``place`` (1-d).

    ends: where the runs end in their joint range, int32, ascending; how many there are is a power of two up to 1,024.
    From the last end on, places belong to the last run.
    """
    RUNS: tl.constexpr = ends.shape[0]
    found = place * 0
    for level in tl.static_range(1, 11):
        if (RUNS >> level) > 0:
            middle = found + ((RUNS >> level) - 1)
            found += tl.where(tl.gather(ends, middle, 0) <= place, RUNS >> level, 0)
    return found


@triton.jit
def begin_of(ends: tl.tensor, run: tl.tensor) -> tl.tensor:
    """Where some runs begin in the joint range of runs that end at ``ends``."""
    return tl.where(run > 0, tl.gather(ends, tl.maximum(run - 1, 0), 0), 0)


@triton.jit
def propagate_kernel(
    values_ptr: tl.tensor,
    post_ptr: tl.tensor,
    members_ptr: tl.tensor,
    counts_ptr: tl.tensor,
    offsets_ptr: tl.tensor,
    out_ptr: tl.tensor,
    n_post: tl.tensor,
    LONGEST: tl.constexpr,
    SHARES: tl.constexpr,
    EVENTS: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    """A program for each (share of a segment, row)."""
    segment, share, row = tl.program_id(0) // SHARES, tl.program_id(0) % SHARES, tl.program_id(1)
    at = row * (tl.num_programs(0) // SHARES) + segment
    n_events = tl.load(counts_ptr + at)
    for first in range(0, n_events, EVENTS):
        place = first + tl.arange(0, EVENTS)
        source = tl.load(members_ptr + at * LONGEST + place, mask=place < n_events, other=0)
        first_edge = tl.load(offsets_ptr + source, mask=place < n_events, other=0)
        n_reached = tl.load(offsets_ptr + source + 1, mask=place < n_events, other=0) - first_edge
        ends = tl.cumsum(n_reached, 0)
        shift = first_edge + n_reached - ends
        n_joined = tl.max(ends, 0)
        for begin in range(share * BLOCK, n_joined, SHARES * BLOCK):
            j = begin + tl.arange(0, BLOCK)
            edge = tl.gather(shift, run_of(ends, j), 0) + j
            value = tl.load(values_ptr + edge, mask=j < n_joined, other=0.0)
            post = tl.load(post_ptr + edge, mask=j < n_joined, other=0)
            tl.atomic_add(out_ptr + row * n_post + post, value, mask=j < n_joined, sem="relaxed")


def propagate_sparse(
    values: Tensor,
    post: Tensor,
    members: Tensor,
    counts: Tensor,
    offsets: Tensor,
    out: Tensor,
    shares: int = 4,
    events: int = 32,
    block: int = 128,
) -> Tensor:
    """``propagate_sparse.propagate_sparse`` for spikes in segments (``spike_list``), in any order: in place.

    values, post ``[n_edges]``; offsets int32 ``[n_pre + 1]``; out ``[batch, n_post]``.
    """
    batch, segments = counts.shape
    propagate_kernel[(segments * shares, batch)](
        values,
        post,
        members,
        counts,
        offsets,
        out,
        out.shape[1],
        LONGEST=members.shape[1] // segments,
        SHARES=shares,
        EVENTS=events,
        BLOCK=block,
        num_warps=1,
    )
    return out


@triton.jit
def runs_kernel(
    ends_ptr: tl.tensor, out_ptr: tl.tensor, n_places: tl.tensor, RUNS: tl.constexpr, BLOCK: tl.constexpr
) -> None:
    """The run of each place of a block."""
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    ends = tl.load(ends_ptr + tl.arange(0, RUNS))
    tl.store(out_ptr + place, run_of(ends, place), mask=place < n_places)


def runs_of_places(ends: Tensor, out: Tensor, block: int = 16) -> Tensor:
    """The run of every place, int32 ``[ends[-1]]``, into ``out``; ends int32, as ``run_of`` takes them."""
    runs_kernel[((len(out) + block - 1) // block,)](ends, out, len(out), RUNS=len(ends), BLOCK=block)
    return out
