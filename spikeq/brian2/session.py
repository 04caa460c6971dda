"""What Brian2's scripts take for granted: one clock, one scope, one seed and preferences for the whole process."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from spikeq.brian2.preferences import Preferences
from spikeq.errors import ClockError, KindError
from spikeq.network.clock import Clock
from spikeq.units import ms

_DT = 0.1  # ms
_TOLERANCE = 1e-4  # of a step


class DefaultClock(Clock):
    """``defaultclock``: the clock of everything without a step of its own. ``dt`` may change between runs."""

    def _rescale(self, step: float) -> None:
        passed = getattr(self, "steps", 0) * getattr(self, "dt_", step)
        self.steps = round(passed / step)

    def go_to(self, time: float, must_fit: bool) -> None:
        """Count from a time on. Raises ClockError if it must be a whole number of steps and is not."""
        steps = time / self.dt_
        if must_fit and abs(steps - round(steps)) > _TOLERANCE:
            raise ClockError(
                f"defaultclock.dt cannot be {self.dt_} s at t = {time} s, which is no whole number of such steps.",
                "Change dt at a time that is a multiple of the new dt.",
            )
        self.steps = math.ceil(steps - _TOLERANCE)


class Session:
    """The state behind Brian2's global functions."""

    def __init__(self) -> None:
        self.clock = DefaultClock(_DT * ms, name="defaultclock")
        self.preferences = Preferences()
        self.running: list[Any] = []
        self.scope = 0
        self.seedings = 0
        self.made = 0
        self._seed: int | None = None
        self._networks = 0

    def count(self) -> int:
        """A number for the next object, in order of making."""
        self.made += 1
        return self.made

    def seed(self, seed: int | None) -> None:
        """Make everything random from here on reproducible; None makes it different each time."""
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer)):
            raise KindError(f"seed must be a whole number, not {seed!r}.")
        np.random.seed(None if seed is None else int(seed))
        if seed is None:
            torch.seed()
        else:
            torch.manual_seed(int(seed))
        self._seed = None if seed is None else int(seed)
        self.seedings += 1
        self._networks = 0

    def network_seed(self) -> int | None:
        """The seed of the next network: the same after the same call of ``seed``."""
        if self._seed is None:
            return None
        self._networks += 1
        return (self._seed + (self._networks - 1) * 0x9E3779B97F4A7C15) % 2**62

    def start_anew(self) -> None:
        """Everything as after the import."""
        self.clock.dt = _DT * ms
        self.clock.steps = 0
        self.preferences.reset()
        self.scope = 0


session = Session()
