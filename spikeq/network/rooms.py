"""Room for what a call records: tensors ``[steps, ...]`` that code fills and monitors empty after the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from spikeq.network.runner import Runner

Shape = tuple[tuple[int, ...], torch.dtype]  # of what one step takes


@dataclass(frozen=True)
class Rooms:
    """What each record takes in a step, by its key and by name: ``spikes:record``, ``spikes:record:mask``."""

    runner: Runner
    shapes: Mapping[str, Mapping[str, Shape]]

    @classmethod
    def of(cls, runner: Runner) -> Rooms:
        """What the records of a network ask for."""
        return cls(runner, {key: record._room(key, runner) for key, record in runner.assembly.records.items()})

    def _steps(self, key: str, first: int, count: int) -> range:
        return self.runner._due(self.runner.assembly.records[key].clock_name, first, count)

    def allocate(self, first: int, count: int) -> dict[str, torch.Tensor]:
        """Memory for a call."""
        return {
            name: torch.empty((len(self._steps(key, first, count)), *shape), dtype=dtype, device=self.runner.device)
            for key, shapes in self.shapes.items()
            for name, (shape, dtype) in shapes.items()
        }

    def numbers(self) -> Iterator[int]:
        """How many numbers each room has in a step."""
        return (prod(shape) for shapes in self.shapes.values() for shape, _ in shapes.values())

    def bytes_by_step(self) -> dict[str, float]:
        """What each record takes for a base step."""
        return {
            key: sum(prod(shape) * dtype.itemsize for shape, dtype in shapes.values())
            / self.runner.every[self.runner.assembly.records[key].clock_name]
            for key, shapes in self.shapes.items()
        }

    def collect(self, first: int, count: int, rooms: Mapping[str, torch.Tensor], keys: set[str] | None) -> None:
        """Hand what was recorded to the monitors, or to some of them."""
        for key, shapes in self.shapes.items():
            if keys is None or key in keys:
                due, record = self._steps(key, first, count), self.runner.assembly.records[key]
                here: dict[str, Any] = {name: rooms[name][: len(due)] for name in shapes}
                record._take(key, due, self.runner.lists.get(key), here)
