"""The models of the library, and short runs of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

import spikeq as sq
from spikeq import models, units
from spikeq.models.records import NeuronModel, SynapseModel, measure
from spikeq.units import ms

MODELS = {name: getattr(models, name) for name in models.__all__}
NEURONS = {name: model for name, model in MODELS.items() if isinstance(model, NeuronModel)}
SYNAPSES = {name: model for name, model in MODELS.items() if isinstance(model, SynapseModel)}
Numbers = NDArray[Any]


def quantity(text: str) -> Any:
    """``'20*ms'`` as a quantity."""
    measured = measure(text)
    return units.with_dimension(measured.value, measured.dim)


def driven(model: NeuronModel, n: int = 1, **drive: Any) -> sq.NeuronGroup:
    """Neurons under the model's own drive, or another one."""
    group = sq.NeuronGroup(n, model)
    for variable, value in ({k: quantity(v) for k, v in model.drive.items()} | drive).items():
        setattr(group, variable, value)
    return group


def spike_steps(group: sq.NeuronGroup, steps: int, dt: Any = 1 * ms) -> tuple[list[int], Numbers]:
    """The steps in which neuron 0 spikes, and ``v`` after each step, ``[steps]``."""
    spikes, trace = sq.SpikeMonitor(group), sq.StateMonitor(group, "v", record=0, when="end")
    sq.Network(group, spikes, trace, dt=dt, dtype="float64").run(steps * dt)
    return [round(t / float(dt)) for t in spikes.t_[spikes.i == 0]], np.asarray(trace.v_)[0]


def paired(
    model: Any,
    pre: Any,
    post: Any,
    steps: int,
    variable: str = "w",
    order: Mapping[str, int] | None = None,
    **values: Any,
) -> tuple[sq.Synapses, Numbers]:
    """One synapse for each row of ``pre`` and ``post`` (spike steps of 1 ms), without influence on the target.

    ``order``: that of pathways, by name. Returns the synapses after the run, and its variable after each step,
    ``[synapses, steps]``.
    """
    n = len(pre)
    source = _generator(n, pre)
    # A target spikes in the step after that in which its input arrives.
    trigger = _generator(n, [[step - 1 for step in row] for row in post])
    target = sq.NeuronGroup(n, models.McCullochPitts)
    force = sq.Synapses(trigger, target, on_pre="s_post += 2")
    synapses = sq.Synapses(source, target, model(target="s", scale=0))
    for connected in (force, synapses):
        connected.connect(j="i")
    for name, place in (order or {}).items():
        getattr(synapses, name).order = place
    for name, value in values.items():
        setattr(synapses, name, value)
    trace = sq.StateMonitor(synapses, variable, record=True, when="end")
    spikes = sq.SpikeMonitor(target)
    net = sq.Network(source, trigger, target, force, synapses, trace, spikes, dt=1 * ms, dtype="float64")
    net.run(steps * ms)
    wanted = sorted((step, row) for row, given in enumerate(post) for step in given if step < steps)
    assert sorted(zip(np.round(spikes.t_ * 1000).astype(int), spikes.i, strict=True)) == wanted
    return synapses, np.asarray(getattr(trace, f"{variable}_"))


def _generator(n: int, rows: Any) -> sq.SpikeGeneratorGroup:
    indices = [row for row, given in enumerate(rows) for _ in given]
    return sq.SpikeGeneratorGroup(n, indices, [step for given in rows for step in given] * ms)
