"""Which connections the values of a state belong to: a number that other connections do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch

from spikeq.errors import NetworkError

NAME = "_connections"


def fingerprints(groups: Iterable[Any]) -> Iterator[tuple[str, torch.Tensor]]:
    """The key and the number of each Synapses object, int64 ``[1]``."""
    for key, synapses in _connected(groups):
        yield key, torch.tensor([synapses.layout.fingerprint])


def _connected(groups: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    return ((f"{group.name}.{NAME}", group) for group in groups if group.is_edges and len(group))


def is_fingerprint(key: str) -> bool:
    """Whether a key of a state is that of such a number."""
    return key.endswith(f".{NAME}")


def require_same(groups: Iterable[Any], given: Mapping[str, Any]) -> None:
    """Raise NetworkError where a state tells of other connections; a state need not tell."""
    for key, synapses in _connected(groups):
        if key in given and torch.as_tensor(given[key]).view(-1).tolist() != [synapses.layout.fingerprint]:
            raise NetworkError(
                f"The state's values belong to other synapses: {synapses.name} connects other neurons, or in another "
                "order.",
                "Build both networks with the same seed=; store(filename=...) and restore bring the connections along.",
            )
