"""Events as segmented lists: each program lists the events of its own block, in order, without asking the others.

A list has a slot for each row of the batch at each age. In a slot stand ``segments`` segments of ``block`` places;
``counts`` says how many of each are taken. So lists are sorted, the same in every run, and need no clearing.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.spike_list_triton import store_segment


@triton.jit
def write(p_list: tl.tensor, p_counts: tl.tensor, slot: tl.tensor, happened: tl.tensor, BLOCK: tl.constexpr) -> None:
    """List the elements of this program's block where ``happened`` is true."""
    element = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    store_segment(p_list, p_counts, slot * tl.num_programs(0) + tl.program_id(0), element, happened, BLOCK)


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
    """``total`` plus the weights ``[stop - start, n_post]`` of the listed sources at a block of columns, one by one."""
    for segment in range(segments):
        at = slot * segments + segment
        for k in range(tl.load(p_counts + at)):
            source = tl.load(p_list + at * block + k).to(tl.int64)
            here = inside & (source >= start) & (source < stop)
            total += tl.load(p_weights + (source - start) * n_post + column, mask=here, other=0.0)
    return total


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
    ROWS: tl.constexpr,
) -> tl.tensor:
    """The sum of the same weights, ROWS sources at a time."""
    total = tl.zeros(column.shape, p_weights.dtype.element_ty)
    for segment in range(segments):
        at = slot * segments + segment
        count = tl.load(p_counts + at)
        for begin in range(0, count, ROWS):
            k = begin + tl.arange(0, ROWS)
            source = tl.load(p_list + at * block + k, mask=k < count, other=-1).to(tl.int64)
            listed = (source >= start) & (source < stop) & (k < count)
            place = (source - start)[:, None] * n_post + column[None, :]
            total += tl.sum(tl.load(p_weights + place, mask=listed[:, None] & inside[None, :], other=0.0), 0)
    return total
