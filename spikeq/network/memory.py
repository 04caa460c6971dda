"""How much memory a network's arrays take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from spikeq.network.runner import Runner


def bytes_by_array(runner: Runner) -> dict[str, int]:
    """The bytes of every array that a run works with; what two names share is counted under the first."""
    found: dict[str, int] = {}
    seen: set[int] = set()
    for key, array in _arrays(runner):
        place, size = _storage(array)
        if place not in seen or not size:
            found[key] = size
            seen.add(place)
    return found


def _arrays(runner: Runner) -> Iterator[tuple[str, Any]]:
    yield from runner.arrays.items()
    for group in runner.network.groups:
        yield from ((f"{group.name}.{name}", values) for name, values in group._values.items())
    yield from ((f"constant {name}", values) for name, values in runner.constants.items())
    yield from ((f"buffer {name}", values) for name, values in runner.buffers.items())
    yield from ((key, values) for key, values in runner.lists.items() if isinstance(values, torch.Tensor))
    for key, queue in runner.assembly.queues.items():
        if queue.delays is not None:
            yield f"{key}, delays", queue.delays
        waiting = [spikes for parts in queue.waiting.values() for spikes in parts]
        yield from ((f"{key}, on the way {number}", spikes) for number, spikes in enumerate(waiting))


def _storage(array: Any) -> tuple[int, int]:
    """Where the memory begins that an array is a window onto, and how many bytes it has."""
    if isinstance(array, torch.Tensor):
        storage = array.untyped_storage()
        return storage.data_ptr(), storage.nbytes()
    values = np.asarray(array)
    while isinstance(values.base, np.ndarray):
        values = values.base
    return values.__array_interface__["data"][0], values.nbytes
