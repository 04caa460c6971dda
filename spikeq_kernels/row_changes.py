"""Values that the rows of a batch share: what the rows make of them in one step becomes one new value.

Each row starts from the old value. The changes are summed from zero, in the order in which they are given, divided
by ``divisor`` (for their mean, the number of rows), and added to the old value.
"""

from __future__ import annotations

import torch
from torch import Tensor


def merge_events(out: Tensor, slots: Tensor, values: Tensor, divisor: int = 1) -> Tensor:
    """``values[k]`` is what a row made of ``out[slots[k]]``; ``[n]``, ``[k]``, ``[k]``. Changes ``out`` in place.

    A mean counts rows without an event too: their change is 0.
    """
    if not slots.numel():
        return out
    touched, place = torch.unique(slots, return_inverse=True)
    total = torch.zeros(len(touched), dtype=out.dtype, device=out.device)
    total.index_add_(0, place, values - out[slots])
    return out.index_add_(0, touched, total if divisor == 1 else total.div_(divisor))


def merge_rows(out: Tensor, values: Tensor, divisor: int = 1) -> Tensor:
    """The same where every row gives all its values: ``values`` is ``[rows, n]``."""
    total = torch.zeros_like(out)
    for row in values:
        total += row - out
    return out.add_(total if divisor == 1 else total.div_(divisor))
