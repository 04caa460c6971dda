"""Spikes through a dense weight matrix: the rows of the neurons that spiked are read, nothing else.

A spike is the number row · n_pre + i, ascending. In float64 on the CPU each weight is added to its target on its own,
in that order: bit for bit ``out[row, j] += w[i, j]`` in a loop. Otherwise a row's sum is formed first, in the same
order, and then added.
"""

from __future__ import annotations

import torch
from torch import Tensor

_BLOCK = 1 << 18  # weights gathered at once in float64: few enough for the cache
_PARALLEL = 1 << 19  # weights of one step from which several threads are worth waking
_NARROWEST = 256  # columns of one thread


def propagate_dense(weights: Tensor, spikes: Tensor, out: Tensor, bag_starts: Tensor | None = None) -> Tensor:
    """Add the weights ``[n_pre, n_post]`` of every spike to ``out`` ``[batch, n_post]``, in place.

    weights may be ``[batch, n_pre, n_post]``: each row of the batch has its own.
    bag_starts: ``bag_starts_of(spikes, ...)``, where the caller has it already (for a batch of 1 it is always [0]).
    """
    if not len(spikes):
        return out
    n_pre, batch = weights.shape[-2], len(out)
    table, sources = _rows_of(weights, spikes, batch)
    if weights.dtype == torch.float64 and weights.device.type == "cpu":
        return _one_by_one(table, sources, spikes, n_pre, out)
    if bag_starts is None:
        bag_starts = bag_starts_of(spikes, n_pre, batch)
    return out.add_(torch.embedding_bag(table, sources, bag_starts)[0])


def bag_starts_of(spikes: Tensor, n_pre: int, batch: int) -> Tensor:
    """Where each row's spikes begin in the ascending list, int64 ``[batch]``."""
    return torch.searchsorted(spikes.contiguous(), torch.arange(batch, device=spikes.device) * n_pre)


class DenseSum:
    """The sum of the weights ``[n_pre, n_post]`` over the spikes of each row, ``[batch, n_post]`` when called.

    Weights ``[batch, n_pre, n_post]`` are each row's own.
    What does not depend on the spikes is made once. A single row's sum is shared among threads by columns, so that
    the order of addition, and every bit of the sum, is the same with any number of them.
    """

    def __init__(self, weights: Tensor, batch: int) -> None:
        self.batch = batch
        n_pre, n_post = weights.shape[-2:]
        self.weights, self._n_pre, self._own = weights.view(-1, n_post), n_pre, weights.dim() == 3
        device = weights.device
        self._start = torch.zeros(1, dtype=torch.int64, device=device)
        on_cpu = device.type == "cpu" and batch == 1
        most = min(torch.get_num_threads(), n_post // _NARROWEST) if on_cpu else 1
        self._parts = next((parts for parts in range(most, 1, -1) if n_post % parts == 0), 1)
        self._pieces = weights.view(-1, n_post // self._parts)
        self._offsets = torch.arange(self._parts, device=device).view(-1, 1)
        self._worthwhile = _PARALLEL // max(1, n_post) if self._parts > 1 else n_pre

    def __call__(self, spikes: Tensor) -> Tensor:
        """``spikes`` are numbers row · n_pre + i, ascending; the result is the caller's to change."""
        if self.batch > 1:
            starts = bag_starts_of(spikes, self._n_pre, self.batch)
            sources = spikes if self._own else spikes % self._n_pre
            return torch.embedding_bag(self.weights, sources, starts)[0]
        count = len(spikes)
        if count <= self._worthwhile:
            return torch.embedding_bag(self.weights, spikes, self._start)[0]
        pieces = (spikes * self._parts + self._offsets).view(-1)
        starts = torch.arange(0, count * self._parts, count, device=spikes.device)
        return torch.embedding_bag(self._pieces, pieces, starts)[0].view(1, -1)


def propagate_dense_static(weights: Tensor, spiking: Tensor, out: Tensor) -> Tensor:
    """The same from a mask: spiking is bool ``[batch, n_pre]``. Its shapes do not depend on what spikes.

    For CUDA graphs: nothing is read back by the host. A row's sum is formed first in every number type.
    """
    return out.add_(dense_sum_static(weights, spiking))


def dense_sum_static(weights: Tensor, spiking: Tensor) -> Tensor:
    """The sum of the weights over the spikes of each row, ``[batch, n_post]``, from the mask ``[batch, n_pre]``.

    Neurons that are silent point to the last one, which ``embedding_bag`` is told to skip; its own weights are added
    at the end.
    """
    batch, n_pre = spiking.shape
    last = n_pre - 1
    neurons = torch.arange(n_pre, device=spiking.device)
    if weights.dim() == 3:
        pairs = zip(weights, torch.where(spiking, neurons, last), strict=True)
        sums = torch.cat([_padded_sum(own, sources) for own, sources in pairs])
        final = weights[:, last]
    else:
        sums = _padded_sum(weights, torch.where(spiking, neurons, last))
        final = weights[last]
    return sums.add_(torch.where(spiking[:, last:], final, 0.0))


def _padded_sum(weights: Tensor, sources: Tensor) -> Tensor:
    """Sum the rows of ``sources`` ``[batch, n_pre]``, of which the last row of the weights counts as padding."""
    sources = sources.reshape(-1, len(weights))
    starts = torch.arange(len(sources), device=weights.device) * len(weights)
    flat, padding = sources.flatten(), len(weights) - 1
    return torch.embedding_bag(weights, flat, starts, False, 0, False, None, False, padding)[0]


def _rows_of(weights: Tensor, spikes: Tensor, batch: int) -> tuple[Tensor, Tensor]:
    """The weights as one table, and the row of that table that each spike reads."""
    if weights.dim() == 3:
        return weights.flatten(0, 1), spikes
    return weights, spikes if batch == 1 else spikes % len(weights)


def _one_by_one(table: Tensor, sources: Tensor, spikes: Tensor, n_pre: int, out: Tensor) -> Tensor:
    """``index_add_`` along the first axis adds whole rows one after the other, in the order of the list."""
    rows = torch.zeros_like(spikes) if len(out) == 1 else torch.div(spikes, n_pre, rounding_mode="floor")
    block = max(1, _BLOCK // max(1, table.shape[1]))
    if len(spikes) <= block:
        return out.index_add_(0, rows, table.index_select(0, sources))
    for block_rows, block_sources in zip(torch.split(rows, block), torch.split(sources, block), strict=True):
        out.index_add_(0, block_rows, table.index_select(0, block_sources))
    return out
