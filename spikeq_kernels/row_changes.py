"""Values that the rows of a batch share: what the rows make of them in one step becomes one new value.

Each row starts from the old value. The changes are summed from zero, in the order in which they are given, divided
by ``divisor`` (for their mean, the number of rows), and added to the old value.
"""

from __future__ import annotations

import torch
from torch import Tensor

_RARE = 64  # events for fewer slots than one in so many are sorted, instead of going through all slots


def merge_events(out: Tensor, slots: Tensor, values: Tensor, divisor: int = 1) -> Tensor:
    """``values[k]`` is what a row made of ``out[slots[k]]``; ``[n]``, ``[k]``, ``[k]``. Changes ``out`` in place.

    A mean counts rows without an event too: their change is 0.
    """
    if not slots.numel():
        return out
    changes = values - out[slots]
    if len(slots) * _RARE >= len(out):
        total = torch.zeros_like(out).index_add_(0, slots, changes)
        return out.add_(total if divisor == 1 else total.div_(divisor))
    touched, place = torch.unique(slots, return_inverse=True)
    total = torch.zeros(len(touched), dtype=out.dtype, device=out.device).index_add_(0, place, changes)
    return out.index_add_(0, touched, total if divisor == 1 else total.div_(divisor))


def merge_rows(out: Tensor, values: Tensor, divisor: int = 1) -> Tensor:
    """The same where every row gives all its values: ``values`` is ``[rows, n]``."""
    total = torch.zeros_like(out)
    for row in values:
        total += row - out
    return out.add_(total if divisor == 1 else total.div_(divisor))
