"""What every workload of ``gpu.py`` has: a network, a check of what it does, a floor, and the same by hand in torch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from gpu_floors import Ceilings, Floor
from numpy.typing import NDArray

import spikeq as sq

ALIKE = 0.9  # of the spikes or spike trains: rounding may decide the others at the threshold
Spikes = NDArray[np.int64]
Plain = Callable[[int], object]  # runs so many steps


class CheckFailed(Exception):
    """A network did not do what it has to do; no speed is reported."""


@dataclass(frozen=True)
class Built:
    """A network, a function that counts all spikes of its neurons so far, and what a check needs to know of it."""

    network: sq.Network
    count: Callable[[], float]
    parts: dict[str, Any] = field(default_factory=dict)

    def run(self, steps: int) -> None:
        """Simulate further steps."""
        self.network.run(steps * self.network.clock.dt, namespace={})


class Workload(ABC):
    """One network at one size."""

    steps: int  # of a timed run
    compared: int  # steps that a CPU and the device simulate alike

    @property
    @abstractmethod
    def label(self) -> str:
        """Name and size."""

    @abstractmethod
    def build(self, **options: Any) -> Built:
        """The network; ``options`` go to ``Network``."""

    @abstractmethod
    def check(self, built: Built) -> str:
        """Run for the first time; what was found, in a few words. Raises CheckFailed."""

    @abstractmethod
    def small(self) -> Workload:
        """The same at a size at which a CPU is done at once."""

    @abstractmethod
    def floor(self, ceilings: Ceilings, spikes: float) -> Floor:
        """The least time of a step with so many spikes of its neurons, in all rows together."""

    def plain(self, built: Built) -> Plain | None:
        """The same network by hand in torch, where there is one."""
        return None

    def bindsnet(self, device: str) -> Plain | None:
        """The same network in BindsNET, where it has one and is installed."""
        return None

    @property
    def wanted(self) -> float | None:
        """The most us that a step should take on an H200, where there is such an aim."""
        return None

    @property
    def notes(self) -> str:
        """What to know beside the label."""
        return ""


def trains(monitor: sq.SpikeMonitor) -> Spikes:
    """One number for each recorded spike, of its row, step and neuron, ascending."""
    n = len(monitor.source)
    steps = np.rint(monitor.t_ / monitor.clock.dt_).astype(np.int64)
    rows = np.asarray(monitor.row, np.int64) if monitor.batch is not None else 0
    return np.sort((rows * (1 << 32) + steps) * n + np.asarray(monitor.i))


def shared(ours: Spikes, theirs: Spikes) -> float:
    """The share of the spikes that both have; 0 where one has none."""
    total = max(len(ours), len(theirs))
    return len(np.intersect1d(ours, theirs)) / total if total else 0.0


def require_alike(ours: Spikes, theirs: Spikes, other: str) -> str:
    """Say how many spikes both have. Raises CheckFailed where too few are the same."""
    found = shared(ours, theirs)
    if found < ALIKE:
        raise CheckFailed(f"{len(ours)} spikes, {other} has {len(theirs)}, {found:.1%} of them the same")
    return f"{found:.2%} of {len(theirs)} spikes as in {other}"


def require_between(what: str, value: float, low: float, high: float, unit: str = "Hz") -> str:
    """Say what was found. Raises CheckFailed where it lies outside what is known."""
    if not low <= value <= high:
        raise CheckFailed(f"{what}: {value:.3g} {unit}, known are {low:.3g} to {high:.3g} {unit}")
    return f"{what} {value:.3g} {unit}"


def counted(monitor: sq.PopulationRateMonitor) -> float:
    """All spikes that a rate monitor has seen, of all rows."""
    return float(monitor.rate_.sum() * len(monitor.source) * monitor.clock.dt_)
