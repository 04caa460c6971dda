"""The door to the compiler's stages: anything that has a model, shown as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikeq.errors import KindError, NetworkError
from spikeq.language.binding import caller_namespace
from spikeq.language.equations import Equations
from spikeq.network.group import Group
from spikeq.network.network import Network
from spikeq.network.neurons import NeuronGroup
from spikeq.network.stages import OF_A_MODEL, Shown, require_stage, show_group, show_network


def show(
    thing: Any,
    stage: str = "updates",
    backend: str = "auto",
    namespace: Mapping[str, Any] | None = None,
    level: int = 0,
) -> Shown:
    """What a stage of the compiler makes of a network, a group or equations, as text.

    stage: ``equations`` (as understood), ``updates`` (the difference equations of a step), ``tasks`` (everything that
    happens in a step, in order), ``plan``, ``source`` (the code that runs), ``launch`` (how it is run),
    ``explain`` (a step in words, see ``Network.explain``), ``syntax``.
    Names in strings are looked up in ``namespace`` or at the caller. Raises UnknownNameError for another stage,
    KindError for something that has no model.
    """
    require_stage(stage)
    if isinstance(thing, str | Equations):
        thing = NeuronGroup(1, thing, name="neurons")
    if not isinstance(thing, Network | Group):
        raise KindError(f"{type(thing).__name__} cannot be shown.", "Give a network, a group or equations.")
    found = namespace if namespace is not None else caller_namespace(level + 1)
    if isinstance(thing, Network):
        return show_network(thing, stage, found, backend)
    if stage in OF_A_MODEL and thing._network is None and hasattr(thing, "pathways"):
        return show_group(thing, stage, found)
    network = thing._network or _network_of(thing)
    if stage in OF_A_MODEL:
        return show_group(network[thing.name], stage, found)
    return show_network(network, stage, found, backend)


def _network_of(group: Group) -> Network:
    """A network of a copy, so that the group can still be added to another."""
    if hasattr(group, "pathways"):
        raise NetworkError("Synapses run together with their groups.", "Show a Network of them.").located(group.title)
    twin: Group = object.__new__(type(group))
    twin.__dict__.update(group.__dict__)
    return Network(twin)
