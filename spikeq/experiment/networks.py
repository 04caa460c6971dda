"""Networks of the literature, built from their texts in ``spikeq.models.networks``."""

from __future__ import annotations

from typing import Any, NamedTuple

from spikeq import units
from spikeq.models.networks import NetworkModel
from spikeq.network.event_monitors import SpikeMonitor
from spikeq.network.network import Network
from spikeq.network.neurons import NeuronGroup
from spikeq.network.synapses import Synapses


class Built(NamedTuple):
    """A network that is ready to run, its neurons and the monitor of their spikes."""

    network: Network
    neurons: NeuronGroup
    spikes: SpikeMonitor


def build(model: NetworkModel, **options: Any) -> Built:
    """The network of a model; ``options`` (seed, batch, backend, dtype ...) go to ``Network``."""
    namespace = {name: number * getattr(units, unit) for name, (number, unit) in model.parameters.items()}
    neurons = NeuronGroup(
        model.neurons,
        model.equations,
        threshold=model.threshold,
        reset=model.reset,
        refractory=model.refractory,
        method=model.method,
        namespace=namespace,
        name="cells",
    )
    for variable, text in model.initial.items():
        setattr(neurons, variable, text)
    projections = []
    for projection in model.projections:
        synapses = Synapses(neurons, neurons, on_pre=projection.on_pre, namespace=namespace, name=projection.name)
        synapses.connect(condition=projection.condition, p=projection.probability)
        projections.append(synapses)
    spikes = SpikeMonitor(neurons)
    network = Network(neurons, *projections, spikes, dt=model.dt * units.ms, **options)
    return Built(network, neurons, spikes)
