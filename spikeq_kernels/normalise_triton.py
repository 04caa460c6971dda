"""Normalisation for Triton: what ``normalise`` does to matrices and lists of synapses, without atomics.

Sums are formed in float64, in an order that depends on nothing but the shapes: so many lanes side by side, then the
lanes together. A program owns its neurons; no other may touch their synapses meanwhile.
"""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

PRE_BLOCK, POST_BLOCK, LANES = 4, 64, 16


@triton.jit
def factors(sums: tl.tensor, total: tl.tensor) -> tl.tensor:
    """What each neuron's values are multiplied by, float64; 1 where nothing may change."""
    found = total.to(tl.float64) / tl.where(sums > 0.0, sums, 1.0)
    usable = (sums > 0.0) & (sums < float("inf")) & (found >= 0.0) & (found < float("inf"))
    return tl.where(usable, found, 1.0)


@triton.jit
def scale_columns(
    values_ptr: tl.tensor,
    total: tl.tensor,
    n_pre: tl.tensor,
    n_post: tl.tensor,
    column: tl.tensor,
    inside: tl.tensor,
    LANES: tl.constexpr,
) -> None:
    """Give the columns of a matrix ``[n_pre, n_post]`` their totals; column, inside and total are blocks alike."""
    lane = tl.arange(0, LANES)[:, None]
    kept = tl.zeros((LANES, column.shape[0]), tl.float64)
    for first in range(0, n_pre, LANES):
        here = (first + lane < n_pre) & inside[None, :]
        place = (first + lane).to(tl.int64) * n_post + column[None, :]
        kept += tl.abs(tl.load(values_ptr + place, mask=here, other=0.0)).to(tl.float64)
    factor = factors(tl.sum(kept, 0), total)[None, :]
    for first in range(0, n_pre, LANES):
        here = (first + lane < n_pre) & inside[None, :]
        place = (first + lane).to(tl.int64) * n_post + column[None, :]
        value = tl.load(values_ptr + place, mask=here, other=0.0)
        tl.store(values_ptr + place, (value.to(tl.float64) * factor).to(value.dtype), mask=here)


@triton.jit
def scale_runs(
    values_ptr: tl.tensor,
    order_ptr: tl.tensor,
    total: tl.tensor,
    begin: tl.tensor,
    end: tl.tensor,
    ORDERED: tl.constexpr,
    LANES: tl.constexpr,
) -> None:
    """Give neurons whose synapses are the places ``begin`` to ``end`` of an order their totals, all blocks alike.

    ORDERED: the synapse at a place is what stands in the order; otherwise it is the place itself.
    """
    lane = tl.arange(0, LANES)[None, :]
    kept = tl.zeros((begin.shape[0], LANES), tl.float64)
    longest = tl.max(end - begin)
    for first in range(0, longest, LANES):
        place = begin[:, None] + first + lane
        here = place < end[:, None]
        synapse = tl.load(order_ptr + place, mask=here, other=0) if ORDERED else place
        kept += tl.abs(tl.load(values_ptr + synapse, mask=here, other=0.0)).to(tl.float64)
    factor = factors(tl.sum(kept, 1), total)[:, None]
    for first in range(0, longest, LANES):
        place = begin[:, None] + first + lane
        here = place < end[:, None]
        synapse = tl.load(order_ptr + place, mask=here, other=0) if ORDERED else place
        value = tl.load(values_ptr + synapse, mask=here, other=0.0)
        tl.store(values_ptr + synapse, (value.to(tl.float64) * factor).to(value.dtype), mask=here)


@triton.jit
def matrix_kernel(
    values_ptr: tl.tensor,
    total_ptr: tl.tensor,
    n_pre: tl.tensor,
    n_post: tl.tensor,
    BY_POST: tl.constexpr,
    BLOCK: tl.constexpr,
    LANES: tl.constexpr,
) -> None:
    """A program for each (block of neurons, row of the batch); totals float64 ``[batch, n]``."""
    i, row = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK), tl.program_id(1).to(tl.int64)
    values_ptr += row * n_pre * n_post
    n = n_post if BY_POST else n_pre
    total = tl.load(total_ptr + row * n + i, mask=i < n, other=0.0)
    if BY_POST:
        scale_columns(values_ptr, total, n_pre, n_post, i, i < n, LANES)
    else:
        begin = i.to(tl.int64) * n_post
        scale_runs(values_ptr, total_ptr, total, begin, tl.where(i < n, begin + n_post, begin), False, LANES)


@triton.jit
def list_kernel(
    values_ptr: tl.tensor,
    order_ptr: tl.tensor,
    offsets_ptr: tl.tensor,
    total_ptr: tl.tensor,
    n: tl.tensor,
    n_synapses: tl.tensor,
    BLOCK: tl.constexpr,
    LANES: tl.constexpr,
) -> None:
    """The same for a list of synapses, ordered by neuron through ``order``."""
    i, row = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK), tl.program_id(1).to(tl.int64)
    total = tl.load(total_ptr + row * n + i, mask=i < n, other=0.0)
    begin = tl.load(offsets_ptr + i, mask=i < n, other=0)
    end = tl.load(offsets_ptr + i + 1, mask=i < n, other=0)
    scale_runs(values_ptr + row * n_synapses, order_ptr, total, begin, end, True, LANES)


def normalise_dense(values: Tensor, total: Tensor | float, by: str) -> Tensor:
    """``normalise.normalise_dense``: ``[n_pre, n_post]`` or ``[batch, n_pre, n_post]``, in place."""
    n_pre, n_post = values.shape[-2:]
    batch, n = values.numel() // max(n_pre * n_post, 1), n_post if by == "post" else n_pre
    if values.numel():
        block = POST_BLOCK if by == "post" else PRE_BLOCK
        sizes = {"BLOCK": block, "LANES": LANES if by == "post" else 4 * POST_BLOCK}
        grid = (triton.cdiv(n, block), batch)
        matrix_kernel[grid](values, _totals(values, total, batch, n), n_pre, n_post, BY_POST=by == "post", **sizes)
    return values


def order_by(ends: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """(the synapses grouped by neuron and ascending ``[synapses]``, where each neuron's begin ``[n + 1]``), int64."""
    offsets = torch.zeros(n + 1, dtype=torch.int64, device=ends.device)
    offsets[1:] = torch.bincount(ends, minlength=n).cumsum(0)
    return torch.argsort(ends, stable=True), offsets


def normalise(values: Tensor, ends: Tensor, total: Tensor | float, n: int) -> Tensor:
    """``normalise.normalise``: ``[synapses]`` or ``[batch, synapses]`` of the neurons ``ends``, in place."""
    if values.numel():
        batch, synapses = values.numel() // values.shape[-1], values.shape[-1]
        grid = (triton.cdiv(n, PRE_BLOCK), batch)
        totals = _totals(values, total, batch, n)
        list_kernel[grid](values, *order_by(ends, n), totals, n, synapses, BLOCK=PRE_BLOCK, LANES=2 * POST_BLOCK)
    return values


def _totals(values: Tensor, total: Tensor | float, batch: int, n: int) -> Tensor:
    return torch.as_tensor(total, device=values.device).double().expand(batch, n).contiguous()
