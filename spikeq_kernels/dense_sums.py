"""The sum of the rows of a matrix whose sources had an event, in an order that many threads can keep.

The k-th source, ascending, goes to the sum number k modulo ``rows``; the sums are then added in pairs, the first half
to the second, until one is left. Every bit of the result follows from the sources and the weights alone.
"""

from __future__ import annotations

import torch
from torch import Tensor

ROWS = 64  # sums that are formed side by side


def by_rank(weights: Tensor, sources: Tensor, rows: int = ROWS) -> Tensor:
    """The sum of ``weights[sources]``, ``[n_post]``; weights ``[n_pre, n_post]``, sources int64 ascending.

    rows: a power of two.
    """
    sums = torch.zeros(rows, weights.shape[1], dtype=weights.dtype, device=weights.device)
    for first in range(0, len(sources), rows):
        part = weights[sources[first : first + rows]]
        sums[: len(part)] += part
    return fold(sums)


def fold(sums: Tensor) -> Tensor:
    """The sum of the rows ``[rows, n]``, in pairs that are half of the rows apart."""
    while len(sums) > 1:
        first, second = sums.chunk(2)
        sums = first + second
    return sums[0]


class RankSum:
    """``propagate_dense.DenseSum`` in this order: ``[batch, n_post]`` from the spikes of all rows when called."""

    def __init__(self, weights: Tensor, batch: int) -> None:
        self.weights, self.batch, self._n_pre = weights, batch, weights.shape[-2]

    def __call__(self, spikes: Tensor) -> Tensor:
        """``spikes`` are numbers row · n_pre + i, ascending; the result is the caller's to change."""
        sums = []
        for row in range(self.batch):
            weights = self.weights[row] if self.weights.dim() == 3 else self.weights
            own = spikes[(spikes >= row * self._n_pre) & (spikes < (row + 1) * self._n_pre)]
            sums.append(by_rank(weights, own - row * self._n_pre))
        return torch.stack(sums)
