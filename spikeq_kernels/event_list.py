"""Lists of events as flat numbers row · n + i, ascending: choose a range of them, or write values at them."""

from __future__ import annotations

import torch
from torch import Tensor


def within(events: Tensor, n: int, start: int, stop: int, shift: bool = True) -> Tensor:
    """The events of the elements start <= i < stop, in the same order.

    With ``shift`` they are renumbered row · (stop - start) + i - start, as the events of a group of that size.
    """
    element = events % n
    chosen = events[(element >= start) & (element < stop)]
    if not shift:
        return chosen
    row = torch.div(chosen, n, rounding_mode="floor")
    return row * (stop - start) + chosen % n - start


def assign(out: Tensor, index: Tensor, values: Tensor, allowed: Tensor | None = None) -> Tensor:
    """``out[index[k]] = values[k]`` for every k in order where ``allowed``: of equal indices the last one counts."""
    if allowed is not None:
        index, values = index[allowed], values[allowed]
    if not index.numel():
        return out
    index = index.long()
    order = torch.arange(index.numel(), device=index.device)
    last = torch.full(out.shape, -1, dtype=torch.int64, device=out.device)
    last.scatter_reduce_(0, index, order, "amax")
    chosen = last[index] == order
    return out.index_copy_(0, index[chosen], values[chosen])


def multiply(out: Tensor, index: Tensor, values: Tensor) -> Tensor:
    """``out[index[k]] *= values[k]`` for every k in order."""
    return out.scatter_reduce_(0, index.long(), values, "prod")
