"""In which forms a state holds synaptic variables: once a synapse, or once a neuron under coefficients of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import torch

from spikeq.network.fingerprint import is_fingerprint
from spikeq.network.group import Group
from spikeq.network.per_neuron import PerNeuron

RUNNING = "running."


def forms(group: Group) -> list[tuple[str, str, int]]:
    """The variables that synapses may hold once a neuron: name, name in that form, number of values in that form."""
    return group._forms() if isinstance(group, PerNeuron) else []


def logical(key: str, groups: Iterable[Group]) -> str:
    """The key of a synaptic variable, whether it is held once a synapse or once a neuron."""
    for group in groups:
        for name, hidden, _ in forms(group):
            if key == f"{RUNNING}{group.name}.{hidden}":
                return f"{RUNNING}{group.name}.{name}"
    return key


def take_form(group: Group, names: Collection[str]) -> None:
    """Hold what a state holds once a neuron in the same way."""
    if isinstance(group, PerNeuron) and names:
        group._take_form_of(names)


def coefficients_of(group: Group) -> Iterator[tuple[str, torch.Tensor]]:
    """Under which coefficients variables are held once a neuron; their keys continue those of the variables."""
    if isinstance(group, PerNeuron):
        for name, coefficients in group._coefficients().items():
            prefix = f"{RUNNING}{group.name}.{group._hidden(group._sides[name], name)}."
            for word, value in coefficients.items():
                yield f"{prefix}{word}", torch.from_numpy(np.array(value))


def is_optional(key: str, groups: Iterable[Group]) -> bool:
    """Whether a state may lack a key: what tells of connections, and coefficients."""
    return is_fingerprint(key) or is_coefficient(key, groups)


def is_coefficient(key: str, groups: Iterable[Group]) -> bool:
    """Whether a key of a state is that of a coefficient, which a state has with variables that are held by neuron."""
    return any(key.startswith(f"{RUNNING}{one.name}.{hidden}.") for one in groups for _, hidden, _ in forms(one))


def coefficients_in(given: Mapping[str, Any], group: PerNeuron) -> dict[str, dict[str, Any]]:
    """The coefficients in a state, by variable."""
    found: dict[str, dict[str, Any]] = {}
    for name, hidden, _ in group._forms():
        prefix = f"{RUNNING}{group.name}.{hidden}."
        for key in (key for key in given if key.startswith(prefix)):
            found.setdefault(name, {})[key.removeprefix(prefix)] = given[key].detach().cpu().numpy()
    return found


def wrong_coefficients(given: Mapping[str, Any], group: Group, batch: int | None) -> Iterator[str]:
    """The keys of coefficients that are neither one number nor one for each neuron."""
    for _, hidden, size in forms(group):
        for key in (key for key in given if key.startswith(f"{RUNNING}{group.name}.{hidden}.")):
            shape = list(given[key].shape)
            if shape not in ([], [1], [size]) and (batch is None or shape not in ([batch, 1], [batch, size])):
                yield key
