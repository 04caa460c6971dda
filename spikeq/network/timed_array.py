"""Values that change in time and that strings can call: ``I = stimulus(t)`` or ``I = stimulus(t, i)``."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.dimension import DIMENSIONLESS, SECOND
from spikeq.errors import ClockError, DimensionError, KindError, ShapeError, ValueRangeError
from spikeq.language.functions import Function
from spikeq.network.clock import seconds
from spikeq.network.member import checked_name
from spikeq.units import dimension_of, magnitude, with_dimension

_FINE = 2**20  # parts of a step of the array that times are rounded to where no group's step is known


class TimedArray:
    """Values on a grid of times: element k holds from k·dt up to (k+1)·dt, the first one before and the last one after.

    values: ``[times]``, called as ``name(t)``, or ``[times, columns]``, called as ``name(t, i)``, with their unit.
    dt: the time between two values. In Python ``values(t)`` gives a quantity.
    Raises DimensionError, ClockError, KindError, ShapeError, and ValueRangeError for NaN.
    """

    def __init__(self, values: Any, dt: Any, name: str | None = None) -> None:
        self.name = checked_name(name) or "timedarray"
        self.dimension = dimension_of(values)
        self.values = _checked_values(values, self.name)
        self.dt_ = seconds(dt, "The dt of a TimedArray")
        if not (math.isfinite(self.dt_) and self.dt_ > 0):
            raise ClockError(f"The dt of a TimedArray must be positive, but it is {self.dt_} s.", "Write dt=1*ms.")
        arguments = (SECOND,) if self.values.ndim == 1 else (SECOND, DIMENSIONLESS)
        self.signature = Function(self.name, arguments, self.dimension)

    @property
    def dt(self) -> Any:
        """The time between two values."""
        return with_dimension(self.dt_, SECOND)

    @property
    def default_step(self) -> float | None:
        """The step in seconds whose grid times are rounded to where no group is known; None for a very fine grid."""
        return None

    # -- looking up ---------------------------------------------------------------------------------------------------

    def parts(self, group_dt: float | None) -> int:
        """Into how many parts a step of the array is cut; times are rounded to these parts.

        A power of two, at least 8 to a step of the group: so a time that lies a rounding error before a value's own
        belongs to that value (Brian2's rule).
        """
        step = self.default_step if group_dt is None else group_dt
        return _FINE if step is None else max(int(2 ** np.ceil(np.log2(8 / step * self.dt_))), 1)

    def grid(self, group_dt: float | None) -> tuple[float, float]:
        """The part of a step, in seconds, that times are rounded to, and how many of them make a step."""
        parts = self.parts(group_dt)
        return self.dt_ / parts, float(parts)

    def rows(self, t: Any, group_dt: float | None = None) -> NDArray[np.int64]:
        """The numbers of the values that hold at times in seconds, for a group with that step."""
        parts = self.parts(group_dt)
        steps = np.trunc(np.round(np.asarray(t, np.float64) / (self.dt_ / parts)) / parts)
        found: NDArray[np.int64] = np.clip(np.nan_to_num(steps), 0, len(self.values) - 1).astype(np.int64)
        return found

    def at(self, t: Any, i: Any = None, group_dt: float | None = None) -> NDArray[np.float64]:
        """SI values at times in seconds (and columns), for a group with that step; t and i broadcast."""
        rows = self.rows(t, group_dt)
        found: NDArray[np.float64] = self.values[rows] if i is None else self.values[rows, self._columns(i)]
        return found

    def _columns(self, i: Any) -> NDArray[np.int64]:
        columns = np.asarray(i)
        width = self.values.shape[1]
        wrong = ~((columns >= 0) & (columns < width))
        if wrong.any():
            raise self._no_column(columns[wrong].flat[0])
        return columns.astype(np.int64)

    def _no_column(self, column: Any) -> ShapeError:
        return ShapeError(
            f"{self.name} has no column {column}: it has {self.values.shape[1]}, counted from 0.",
            "Give it a column for each element, or an index such as i % 10.",
        )

    def __call__(self, t: Any, i: Any = None) -> Any:
        """The values at times with a unit (and columns). Raises DimensionError, KindError, ShapeError."""
        if dimension_of(t) != SECOND:
            raise DimensionError(f"{self.name} is called with a time, not with {dimension_of(t)}.", "Write 10*ms.")
        if (i is None) != (self.values.ndim == 1):
            many, form = ("1 argument", "(t)") if self.values.ndim == 1 else ("2 arguments", "(t, i)")
            raise KindError(f"{self.name} takes {many}.", f"Call it as {self.name}{form}.")
        return with_dimension(self.at(magnitude(t), i)[()], self.dimension)

    # -- on a device --------------------------------------------------------------------------------------------------

    def on_device(self, device: torch.device, real: torch.dtype, group_dt: float | None) -> Callable[..., torch.Tensor]:
        """A function of tensors: times in seconds, or with ``group_dt=None`` row numbers; then columns, for [k, c].

        On the CPU a column that does not exist raises ShapeError; on other devices its value is NaN.
        """
        values = torch.from_numpy(self.values).to(device, real)
        parts = 0 if group_dt is None else self.parts(group_dt)
        part = self.dt_ / max(parts, 1)

        def look_up(when: torch.Tensor, *column: torch.Tensor) -> torch.Tensor:
            rows = when
            if parts:
                steps = torch.nan_to_num(torch.round(when.double() / part) / parts)
                rows = steps.clamp(0, len(values) - 1)
            rows = rows.long()
            return self._gathered(values, rows, *column) if column else values[rows]

        return look_up

    def _gathered(self, values: torch.Tensor, rows: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        inside = (column >= 0) & (column < values.shape[1])
        if column.device.type == "cpu" and not bool(inside.all()):
            raise self._no_column(column[~inside].view(-1)[0].item())
        found = values[rows, column.clamp(0, values.shape[1] - 1).long()]
        return found if column.device.type == "cpu" else torch.where(inside, found, torch.nan)

    def __repr__(self) -> str:
        return f"TimedArray(values {list(self.values.shape)}, dt={self.dt}, name={self.name!r})"


def _checked_values(values: Any, name: str) -> NDArray[np.float64]:
    numbers = np.asarray(magnitude(values))
    if numbers.dtype.kind not in "biuf":
        raise KindError("A TimedArray holds real numbers.", "Give numbers or a quantity.").located(name)
    if numbers.ndim not in (1, 2) or not numbers.size:
        raise ShapeError(
            f"A TimedArray is [times] or [times, columns], not {list(numbers.shape)}.", "Give at least one value."
        ).located(name)
    if np.isnan(numbers).any():
        raise ValueRangeError("The values of a TimedArray contain NaN.", "Replace them by numbers.").located(name)
    return np.array(numbers, np.float64)
