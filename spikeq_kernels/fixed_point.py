"""Sums whose result does not depend on their order: numbers as whole multiples of a power of two, added as int32.

The unit is the smallest for which the largest possible sum stays below 2**30, so a sum of values that were each
rounded once is off by at most half a unit per value: half of ``largest``·2**-29 at worst.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from spikeq_kernels import special

ROOM = 30  # of the 31 bits of a size: rounding each of many values may add to their sum


def scale_for(largest: float) -> float:
    """The factor, a power of two, from values to whole numbers, where no sum's size exceeds ``largest``.

    It stays within float32's normal numbers. Raises ValueError for an infinite, negative or NaN ``largest``.
    """
    if not 0.0 <= largest < math.inf:
        raise ValueError(f"the largest sum must be finite and not negative, not {largest}")
    return 2.0 ** min(max(ROOM - math.frexp(largest)[1], -126), 126) if largest else 1.0


def encode(values: Tensor, scale: float | Tensor) -> Tensor:
    """values · scale, rounded to the nearest whole number (halves to even), int32 with the limits of ``int_``.

    NaN becomes 0: who must not lose it looks at the values first.
    """
    return special.int_(torch.round(values * scale))


def decode(total: Tensor, scale: float | Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """The sum that an int32 stands for: exact in float64, rounded once in float32."""
    return total.to(dtype) / scale


def accumulate(values: Tensor, targets: Tensor, out: Tensor, scale: float | Tensor) -> Tensor:
    """``out[targets[k]] += encode(values[k])``, in place, in any order: out int32 ``[n]``; its sums may wrap."""
    return out.index_add_(0, targets.long(), encode(values, scale))
