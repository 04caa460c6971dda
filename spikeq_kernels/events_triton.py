"""Events as segmented lists: each program lists the events of its own block, in order, without asking the others.

A list has a slot for each row of the batch at each age. In a slot stand ``segments`` segments of ``block`` places;
``counts`` says how many of each are taken. So lists are sorted, the same in every run, and need no clearing.
Who needs all events takes them by rank, many at a time.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.spike_list_triton import load_groups, load_members, store_segment

ROWS = tl.constexpr(64)  # of weights that are summed side by side: as many bytes on their way as keep the memory busy


@triton.jit
def write(
    p_list: tl.tensor,
    p_counts: tl.tensor,
    slot: tl.tensor,
    segments: tl.tensor,
    block: tl.tensor,
    happened: tl.tensor,
    BLOCK: tl.constexpr,
) -> None:
    """List the elements of a block where ``happened`` is true, as the segment of that number."""
    element = block * BLOCK + tl.arange(0, BLOCK)
    store_segment(p_list, p_counts, slot * segments + block, element, happened, BLOCK)


@triton.jit
def find(
    p_list: tl.tensor,
    p_counts: tl.tensor,
    slot: tl.tensor,
    segments: tl.tensor,
    block: tl.tensor,
    start: tl.tensor,
    stop: tl.tensor,
) -> tuple[tuple[tl.tensor, ...], tl.tensor]:
    """(where the listed elements from ``start`` to ``stop`` - 1 are, for ``members``; a rank above all of theirs).

    Their ranks count from 0, however the list is cut into segments.
    """
    first = start // block
    at = slot * segments + first
    n_segments = (stop - 1) // block - first + 1
    p_counts += at
    p_list += at.to(tl.int64) * block
    skipped = 0
    if start > 0:
        count = tl.load(p_counts)
        for begin in range(0, count, 64):
            place = begin + tl.arange(0, 64)
            element = tl.load(p_list + place, mask=place < count, other=start)
            skipped += tl.sum((element < start).to(tl.int32), 0)
    ends, total = load_groups(p_counts, n_segments)
    return (p_list, p_counts, n_segments, ends, skipped, total), total - skipped


@triton.jit
def members(
    found: tl.tuple, block: tl.tensor, start: tl.tensor, stop: tl.tensor, rank: tl.tensor, COUNT: tl.constexpr
) -> tuple[tl.tensor, tl.tensor]:
    """The elements of COUNT ranks, ascending: (their numbers from ``start`` on, int64; which of them there are)."""
    p_list, p_counts, n_segments, ends, skipped, total = found
    rank = skipped + rank + tl.arange(0, COUNT)
    live = rank < total
    number = load_members(p_list, p_counts, n_segments, block, ends, rank, live).to(tl.int64) - start
    return number, live & (number < stop - start)


@triton.jit
def nth(numbers: tl.tensor, listed: tl.tensor, k: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """(the k-th of the numbers that ``members`` has found, int64; whether there is one)."""
    chosen = listed & (tl.arange(0, numbers.shape[0]) == k)
    number = tl.sum(tl.where(chosen, numbers + 1, 0), 0) - 1
    return number, number >= 0


@triton.jit
def folded(sums: tl.tensor) -> tl.tensor:
    """The sum of the rows ``[rows, columns]``: row r and row r + rows/2 are added, and so on until one is left."""
    for _ in tl.static_range(10):
        if sums.shape[0] > 1:
            sums = tl.sum(tl.reshape(sums, (2, sums.shape[0] // 2, sums.shape[1])), 0)
    return tl.reshape(sums, (sums.shape[1],))


@triton.jit
def sum_rows(
    p_weights: tl.tensor,
    p_list: tl.tensor,
    p_counts: tl.tensor,
    slot: tl.tensor,
    segments: tl.tensor,
    block: tl.tensor,
    start: tl.tensor,
    stop: tl.tensor,
    n_post: tl.tensor,
    column: tl.tensor,
    inside: tl.tensor,
) -> tl.tensor:
    """The sum of the weights ``[stop - start, n_post]`` of the listed sources, at a block of columns.

    The order of a sum is ``dense_sums.by_rank``'s, whatever the block, the segments and the number of threads: source
    by source ascending into ROWS sums in turn, which are then ``folded``. The sources of the next turn are looked up
    while the weights of this one are on their way.
    """
    found, n_found = find(p_list, p_counts, slot, segments, block, start, stop)
    sums = tl.zeros((ROWS, column.shape[0]), p_weights.dtype.element_ty)
    source, listed = members(found, block, start, stop, 0, ROWS)
    for rank in range(0, n_found, ROWS):
        place = source[:, None] * n_post + column[None, :]
        weights = tl.load(p_weights + place, mask=listed[:, None] & inside[None, :], other=0.0)
        source, listed = members(found, block, start, stop, rank + ROWS, ROWS)
        sums += weights
    return folded(sums)


@triton.jit
def add_rows(
    total: tl.tensor,
    p_weights: tl.tensor,
    p_list: tl.tensor,
    p_counts: tl.tensor,
    slot: tl.tensor,
    segments: tl.tensor,
    block: tl.tensor,
    start: tl.tensor,
    stop: tl.tensor,
    n_post: tl.tensor,
    column: tl.tensor,
    inside: tl.tensor,
) -> tl.tensor:
    """``total`` plus the same weights, one by one, source by source ascending."""
    found, n_found = find(p_list, p_counts, slot, segments, block, start, stop)
    for rank in range(0, n_found, 32):
        sources, listed = members(found, block, start, stop, rank, 32)
        for k in range(0, tl.minimum(n_found - rank, 32), 4):
            for further in tl.static_range(4):  # whose loads do not wait for each other
                source, there = nth(sources, listed, k + further)
                here = inside & there
                weights = tl.load(p_weights + source * n_post + column, mask=here, other=0.0)
                total = tl.where(here, total + weights, total)
    return total


@triton.jit
def slot_of(newest: tl.tensor, age: tl.tensor, depth: tl.tensor) -> tl.tensor:
    """The slots of the events of ``age`` steps before those in the slot ``newest``, of so many; int32."""
    slot = newest.to(tl.int32) - age
    return tl.where(slot < 0, slot + depth, slot)


@triton.jit
def early(listed: tl.tensor, place: tl.tensor, block: tl.tensor) -> tl.tensor:
    """What stands at some places of one segment, taken or not: loaded before that is known, so that nobody waits.

    Beyond the ``block`` places of the segment it is the last one. Callers use those alone that are taken.
    """
    return tl.load(listed + tl.minimum(place, block - 1))


@triton.jit
def ends_of(p_counts: tl.tensor, first: tl.tensor, segments: tl.tensor, SEGMENTS: tl.constexpr) -> tl.tensor:
    """How many events the segments from ``first`` on have up to the end of each, int32 ``[SEGMENTS]``."""
    segment = first + tl.arange(0, SEGMENTS)
    return tl.cumsum(tl.load(p_counts + segment, mask=segment < segments, other=0), 0)


@triton.jit
def member(p_list: tl.tensor, first: tl.tensor, block: tl.tensor, ends: tl.tensor, rank: tl.tensor) -> tl.tensor:
    """The event of one rank in the joint list of the segments from ``first`` on."""
    before = ends <= rank
    segment = first + tl.sum(before.to(tl.int32), 0)
    return tl.load(p_list + segment * block + rank - tl.max(tl.where(before, ends, 0), 0))


@triton.jit
def rows_up_to(p_happened: tl.tensor, first: tl.tensor, rows: tl.tensor, n: tl.tensor, ROWS: tl.constexpr) -> tl.tensor:
    """How many rows from ``first`` up to each have one element's event, int32 ``[ROWS]``; they stand n apart."""
    row = first + tl.arange(0, ROWS)
    return tl.cumsum(tl.load(p_happened + row.to(tl.int64) * n, mask=row < rows, other=0).to(tl.int32), 0)
