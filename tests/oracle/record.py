"""What a run of a script leaves behind, as named arrays that can be stored and compared without either library.

Names: ``<monitor>.step`` (int64 steps of the monitor's own clock), ``<monitor>.i`` (who), ``<monitor>.<variable>``
(`[recorded, time]` for traces, `[spike]` for variables of a spike monitor), ``<monitor>.rate``, and every array that
the script keeps under a name that starts with ``final_``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

MONITORS = ("SpikeMonitor", "EventMonitor", "StateMonitor", "PopulationRateMonitor")


@dataclass(frozen=True)
class Layout:
    """One monitor: its time step in seconds and which of its attributes are kept."""

    dt: float
    fields: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """What the reference knew about a run beside its arrays."""

    digest: str
    monitors: dict[str, Layout]
    steps: int  # of the fastest clock
    neurons: int  # of all groups together
    events: dict[str, int]  # synaptic events that each pathway carried out
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """The result of one script."""

    about: About
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Store as one compressed file; the bytes depend on the contents alone."""
        about = np.array(json.dumps(asdict(self.about), sort_keys=True))
        np.savez_compressed(path, allow_pickle=False, about=about, **self.arrays)

    @classmethod
    def load(cls, path: Path) -> Record:
        """Read what ``save`` stored."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files if name != "about"}
            about = json.loads(str(stored["about"]))
        monitors = {
            name: Layout(layout["dt"], tuple(layout["fields"])) for name, layout in about.pop("monitors").items()
        }
        return cls(About(monitors=monitors, warnings=tuple(about.pop("warnings")), **about), arrays)


def monitors_of(namespace: Mapping[str, object]) -> dict[str, object]:
    """The monitors among a script's names."""
    return {name: value for name, value in namespace.items() if type(value).__name__ in MONITORS}


def observe(namespace: Mapping[str, object], monitors: Mapping[str, Layout]) -> dict[str, np.ndarray]:
    """Read the monitors and kept arrays of a finished script.

    Raises KeyError for a monitor that the script does not have, ValueError for a time that is no whole step.
    """
    arrays = {name: np.asarray(value) for name, value in namespace.items() if name.startswith("final_")}
    for name, layout in monitors.items():
        monitor = namespace[name]
        if "t" in layout.fields:
            arrays[f"{name}.step"] = _steps(np.asarray(monitor.t), layout.dt, name)  # type: ignore[attr-defined]
        for attribute in set(layout.fields) - {"t"}:
            arrays[f"{name}.{attribute}"] = np.asarray(getattr(monitor, attribute))
    return arrays


def _steps(times: np.ndarray, dt: float, name: str) -> np.ndarray:
    steps = np.rint(times / dt)
    if np.any(np.abs(times / dt - steps) > 1e-6):
        raise ValueError(f"{name}: times that are no whole steps of {dt} s: {times}")
    return steps.astype(np.int64)
