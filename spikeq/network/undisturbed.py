"""Looking at a network without changing it: what assembling a step draws, fills and counts is undone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from spikeq.network.network import Network


@contextmanager
def undisturbed(network: Network) -> Iterator[None]:
    """Give every object back the state that it had: values, assignments that wait, spikes on their way."""
    kept = [_Kept(one) for one in _holders(network)]
    try:
        yield
    finally:
        for one in kept:
            one.give_back()


def _holders(network: Network) -> Iterator[Any]:
    yield network
    for one in network.objects:
        yield one
        for path in getattr(one, "pathways", ()):
            yield path
            yield path.queue


class _Kept:
    """The attributes of one object, collections among them one level deep, and values that may be written in place."""

    def __init__(self, one: Any) -> None:
        self._one = one
        self._attributes = dict(one.__dict__)
        self._collections = [(value, _copy(value)) for value in self._attributes.values() if _is_open(value)]
        waiting = self._attributes.get("_pending") or ()
        self._collections += [(held, dict(held)) for item in waiting if (held := getattr(item, "held", None))]
        self._fresh = [item.held for item in waiting if getattr(item, "held", None) == {}]
        values = self._attributes.get("_values", {}).values() if waiting else ()
        self._arrays = [(value, value.clone() if isinstance(value, torch.Tensor) else value.copy()) for value in values]

    def give_back(self) -> None:
        """Undo what happened since."""
        self._one.__dict__.clear()
        self._one.__dict__.update(self._attributes)
        for held in self._fresh:
            held.clear()
        for collection, copy in self._collections:
            collection.clear()
            collection.extend(copy) if isinstance(collection, list) else collection.update(copy)
        for array, copy in self._arrays:
            array[...] = copy


def _is_open(value: Any) -> bool:
    return type(value) in (list, dict, set)


def _copy(value: Any) -> Any:
    """A copy whose lists are copies too: spikes on their way are lists by step."""
    if isinstance(value, dict):
        return {key: list(item) if type(item) is list else item for key, item in value.items()}
    return value.copy()
