"""Which connections the values of a state belong to: a number that other connections do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import torch

from spikeq.errors import NetworkError

NAME = "_connections"


def fingerprints(groups: Iterable[Any]) -> Iterator[tuple[str, torch.Tensor]]:
    """The key and the number of each Synapses object, int64 ``[1]``."""
    for group in groups:
        if group.is_edges and len(group):
            yield f"{group.name}.{NAME}", torch.tensor([group.layout.fingerprint])


def is_fingerprint(key: str) -> bool:
    """Whether a key of a state is that of such a number."""
    return key.endswith(f".{NAME}")


def require_same(groups: Iterable[Any], given: Mapping[str, Any]) -> None:
    """Raise NetworkError where a state tells of other connections; a state need not tell."""
    for key, own in fingerprints(groups):
        if key in given and not torch.equal(torch.as_tensor(given[key]).cpu().view(-1), own):
            name = key.removesuffix(f".{NAME}")
            raise NetworkError(
                f"The state's values belong to other synapses: {name} connects other neurons, or in another order.",
                "Build both networks with the same seed=; store(filename=...) and restore bring the connections along.",
            )
