"""Clocks count whole steps; how long a run is and which clocks share a base step is decided here, on the host."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from spikeq.dimension import SECOND
from spikeq.errors import ClockError, DimensionError, KindError
from spikeq.language.wording import in_units
from spikeq.units import dimension_of, magnitude, with_dimension

_TOLERANCE = 1e-4  # of a step: how far a duration may be from a whole number of steps
_LONGEST_PERIOD = 10**6
_MOST_STEPS = 2.0**53  # every smaller number of steps is a double


def seconds(value: Any, what: str) -> float:
    """A time given by a user, in seconds. Raises DimensionError."""
    if isinstance(value, str) or np.ndim(magnitude(value)):
        shown = repr(value)[:60]
        raise KindError(f"{what} must be one time, not {shown}.", "Write for example 1*ms, without quotes.")
    dimension = dimension_of(value)
    if dimension != SECOND:
        raise DimensionError(
            f"{what} must be a time in second, but it is {in_units(dimension)}.", "Write for example 1*ms."
        )
    return float(magnitude(value))


def step_length(value: Any) -> float:
    """A time step given by a user, in seconds. Raises ClockError unless it is positive and finite."""
    step = seconds(value, "dt")
    if not (math.isfinite(step) and step > 0):
        raise ClockError(f"dt must be positive, but it is {step} s.", "Write for example dt=0.1*ms.")
    return step


class Clock:
    """A time step and how many of them have passed.

    ``dt`` is a time such as ``0.1*ms``. Time is counted in whole steps: ``t`` is ``steps*dt``.
    Raises ClockError for a step that is not positive and finite.
    """

    def __init__(self, dt: Any, name: str = "clock") -> None:
        self.name = name
        self.dt = dt
        self.steps = 0

    @property
    def dt(self) -> Any:
        """The time step."""
        return with_dimension(self.dt_, SECOND)

    @dt.setter
    def dt(self, value: Any) -> None:
        step = step_length(value)
        self._rescale(step)
        self.dt_ = step

    def _rescale(self, step: float) -> None:
        """Keep the time when the step changes."""
        if not hasattr(self, "dt_") or self.dt_ == step or not self.steps:
            return
        passed = self.steps * self.dt_
        steps = round(passed / step)
        if abs(steps * step - passed) > _TOLERANCE * step:
            raise ClockError(
                f"dt cannot change to {step} s at t = {passed} s, which is no whole number of such steps.",
                "Change dt at a time that is a multiple of the new dt.",
            )
        self.steps = steps

    @property
    def t(self) -> Any:
        """The time that has passed."""
        return with_dimension(self.steps * self.dt_, SECOND)

    @property
    def t_(self) -> float:
        """The time that has passed, in seconds."""
        return self.steps * self.dt_

    def __repr__(self) -> str:
        return f"Clock(dt={self.dt}, name={self.name!r})"


def steps_in(duration: float, dt: float) -> int:
    """The number of steps of a run: the nearest whole number if that is within 1e-4 of a step, otherwise rounded up.

    Raises ClockError where there are more than can be counted.
    """
    exact = duration / dt
    if not exact < _MOST_STEPS:
        raise ClockError(
            f"{duration:g} s are more steps of {dt:g} s than can be counted.", "Choose a shorter time or a longer dt."
        )
    nearest = round(exact)
    return nearest if abs(exact - nearest) < _TOLERANCE else math.ceil(exact)


def rational(dt: float) -> Fraction:
    """The simplest fraction of a second that a step means: 1e-4 is 1/10000."""
    return Fraction(repr(dt)).limit_denominator(10**12) if dt >= 1e-9 else Fraction(repr(dt))


def common_step(steps: Sequence[float]) -> tuple[float, tuple[int, ...]]:
    """The largest base step of which every dt is a whole multiple, and these multiples.

    Raises ClockError where the pattern of the clocks would repeat only after more than 10**6 base steps.
    """
    exact = [rational(dt) for dt in steps]
    base = exact[0]
    for dt in exact[1:]:
        base = Fraction(
            math.gcd(base.numerator * dt.denominator, dt.numerator * base.denominator),
            base.denominator * dt.denominator,
        )
    every = tuple(int(dt / base) for dt in exact)
    if math.lcm(*every) > _LONGEST_PERIOD:
        listed = ", ".join(f"{dt} s" for dt in sorted(set(steps)))
        raise ClockError(
            f"The time steps {listed} have no common step.",
            "Choose time steps that are simple multiples of one another.",
        )
    return (steps[every.index(1)] if 1 in every else float(base)), every
