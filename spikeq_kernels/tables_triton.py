"""Values on a grid of times, looked up at times that only the step knows; the meaning is ``TimedArray.on_device``."""

from __future__ import annotations

import triton
import triton.language as tl


@triton.jit
def row_at(time: tl.tensor, p_grid: tl.tensor, n_times: tl.tensor) -> tl.tensor:
    """The number of the value that holds at times in seconds, int64.

    p_grid: float64 ``[2]``: the part of a step of the table, in seconds, that times are rounded to, and how many of
    them make a step.
    """
    part, parts = tl.load(p_grid), tl.load(p_grid + 1)
    time = time.to(tl.float64)
    place = tl.where(time == time, time, 0.0) / part
    place = tl.minimum(tl.maximum(place, 0.0), n_times * parts)
    nearest = (place + 6755399441055744.0) - 6755399441055744.0  # 1.5 * 2**52: rounds to the nearest even number
    return tl.minimum((nearest / parts).to(tl.int64), n_times - 1)


@triton.jit
def value(p_values: tl.tensor, row: tl.tensor) -> tl.tensor:
    """The values of a table ``[times]``."""
    return tl.load(p_values + row)


@triton.jit
def value_of(p_values: tl.tensor, row: tl.tensor, column: tl.tensor, n_columns: tl.tensor) -> tl.tensor:
    """The values of a table ``[times, columns]``; NaN where there is no such column."""
    exists = (column >= 0) & (column < n_columns)
    place = row.to(tl.int64) * n_columns + tl.where(exists, column, 0).to(tl.int64)
    return tl.where(exists, tl.load(p_values + place), float("nan"))
