"""Sums whose result does not depend on their order: numbers as whole multiples of a power of two, added as int64.

``limits`` gives three numbers for the values of one statement: the power of two that makes values whole numbers, the
largest size that a value may have, and the inverse of the first. Sums of as many values as can meet, each of that
size, stay below 2**62, so that none can wrap; a value that is larger, or no number, is left out and counted. Each value
is rounded once, to a multiple of 2**-62 of the largest sum.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

ROOM = 62  # of the 63 bits of a size
SLACK = 10  # bits by which values may grow over what they are expected to be


def scale_for(largest: float) -> float:
    """The factor, a power of two, from values to whole numbers, where no sum's size exceeds ``largest``.

    It and its inverse stay within float32's normal numbers. Raises ValueError for an infinite, negative or NaN
    ``largest``.
    """
    if not 0.0 <= largest < math.inf:
        raise ValueError(f"the largest sum must be finite and not negative, not {largest}")
    return 2.0 ** min(max(ROOM - math.frexp(largest)[1], -126), 126) if largest else 1.0


def limits(expected: float, count: int) -> tuple[float, float, float]:
    """(scale, largest size of a value, 1/scale), where ``count`` values meet that are ``expected`` to be so large.

    Raises ValueError for an ``expected`` that is infinite, negative or NaN.
    """
    room = math.ldexp(1.0, max(count, 1).bit_length())
    scale = scale_for(math.ldexp(expected, SLACK) * room)
    return scale, min(2.0**ROOM / room / scale, 2.0**126), 1.0 / scale


def encode(values: Tensor, scale: float | Tensor) -> Tensor:
    """values · scale, rounded to the nearest whole number (halves to even), int64."""
    return torch.round(values * scale).to(torch.int64)


def decode(total: Tensor, unit: float | Tensor, dtype: torch.dtype) -> Tensor:
    """The sum that whole numbers stand for, rounded once; ``unit`` is 1/scale."""
    return total.to(dtype) * unit


def accumulate(total: Tensor, targets: Tensor, values: Tensor, limits_of: Tensor, lost: Tensor) -> None:
    """``total[targets[k]] += encode(values[k])``, in place, in any order: total int64 ``[n]``.

    limits_of: the three numbers of ``limits``. lost: int32, grows by how many values are too large or no numbers.
    """
    kept = values.abs() <= limits_of[1]
    lost += (~kept).sum()
    total.index_add_(0, targets, encode(torch.where(kept, values, 0.0), limits_of[0]))


def release(total: Tensor, out: Tensor, limits_of: Tensor) -> None:
    """Add what has been accumulated to ``out``, and begin anew."""
    out.add_(decode(total, limits_of[2], out.dtype).view(out.shape))
    total.zero_()
