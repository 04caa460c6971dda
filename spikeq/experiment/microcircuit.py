"""The cortical microcircuit as a network, at full scale or smaller."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikeq import units
from spikeq.errors import ValueRangeError
from spikeq.models.microcircuit import POTJANS_DIESMANN, Microcircuit
from spikeq.network.monitors import PopulationRateMonitor
from spikeq.network.network import Network
from spikeq.network.neurons import NeuronGroup
from spikeq.network.synapses import Synapses

Reals = NDArray[np.float32]
Integers = NDArray[np.int32]


class BuiltMicrocircuit(NamedTuple):
    """A microcircuit that is ready to run: all its neurons, its synapses, and each population's neurons and rate."""

    network: Network
    neurons: NeuronGroup
    synapses: tuple[Synapses, ...]
    populations: dict[str, Any]
    rates: dict[str, PopulationRateMonitor]


class Edges(NamedTuple):
    """Synapses in the order of their presynaptic neurons: ends, weights in pA, delays in ms, each ``[synapses]``."""

    i: Integers
    j: Integers
    weight: Reals
    delay: Reals

    def some(self, part: NDArray[np.int64]) -> Edges:
        """Those with the given numbers."""
        return Edges(self.i[part], self.j[part], self.weight[part], self.delay[part])


def build_microcircuit(
    scale: float = 1.0,
    seed: int = 0,
    model: Microcircuit = POTJANS_DIESMANN,
    by_delay: bool = False,
    **options: Any,
) -> BuiltMicrocircuit:
    """The network of Potjans and Diesmann (2014) with background input from independent Poisson sources.

    ``scale`` is the part of the neurons, and of the inputs of each neuron, that there are; smaller networks keep the
    mean and the variance of each neuron's input by larger weights and a constant current. The synapses of a pair of
    populations are drawn one by one, so that two neurons may have several. ``seed`` fixes connections, first
    potentials and background. ``by_delay`` makes the same network of one Synapses object for each delay, for backends
    that know no delays of single synapses. ``options`` (device, backend, dtype ...) go to ``Network``.
    At full scale there are 77,169 neurons and 0.3 billion synapses. Raises ValueRangeError.
    """
    if not 0 < scale <= 1:
        raise ValueRangeError(f"scale = {scale}: it lies between 0 and 1.", "Give 1 for all neurons.")
    random = np.random.default_rng(seed)
    sizes = [max(1, round(scale * number)) for number in model.neurons]
    neurons = _neurons(model, sizes, scale, random)
    synapses = _synapses(neurons, draw_edges(model, sizes, scale, random), model.dt, by_delay)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    populations = {
        name: neurons[int(first) : int(last)]
        for name, first, last in zip(model.populations, starts, starts[1:], strict=False)
    }
    rates = {name: PopulationRateMonitor(part, name=f"rate_{name}") for name, part in populations.items()}
    network = Network(neurons, *synapses, *rates.values(), dt=model.dt * units.ms, method="exact", seed=seed, **options)
    return BuiltMicrocircuit(network, neurons, synapses, populations, rates)


def _synapses(neurons: NeuronGroup, edges: Edges, dt: float, by_delay: bool) -> tuple[Synapses, ...]:
    """All of them as one object, or those of each delay."""
    if not by_delay:
        synapses = _connected(neurons, "connections", edges)
        synapses.delay_ = 1e-3 * edges.delay
        return (synapses,)
    steps = np.rint(edges.delay / np.float32(dt)).astype(np.int16)
    order = np.argsort(steps, kind="stable")
    delays, firsts = np.unique(steps[order], return_index=True)
    parts = zip(delays, np.split(order, firsts[1:]), strict=True)
    return tuple(
        _connected(neurons, f"after_{delay}_steps", edges.some(part), int(delay) * dt) for delay, part in parts
    )


def _connected(neurons: NeuronGroup, name: str, edges: Edges, delay: float | None = None) -> Synapses:
    """Synapses with weights, and with one delay in ms or none."""
    after = None if delay is None else delay * units.ms
    synapses = Synapses(neurons, neurons, "w : amp (constant)", on_pre="current_post += w", delay=after, name=name)
    synapses.connect(i=edges.i, j=edges.j)
    synapses.w_ = 1e-12 * edges.weight
    return synapses


def _neurons(model: Microcircuit, sizes: list[int], scale: float, random: np.random.Generator) -> NeuronGroup:
    """All populations as one group, with background and first potentials."""
    namespace: dict[str, Any] = {
        name: number * getattr(units, unit) for name, (number, unit) in model.parameters.items()
    }
    namespace["w_background"] = model.current() / math.sqrt(scale) * units.pA
    neurons = NeuronGroup(
        sum(sizes),
        model.equations,
        threshold=model.threshold,
        reset=model.reset,
        refractory="t_ref",
        namespace=namespace,
        name="cells",
    )
    means, deviations = (np.repeat(values, sizes) for values in (model.v_mean, model.v_deviation))
    neurons.v_ = 1e-3 * random.normal(means, deviations)
    neurons.constant_current_ = np.repeat(1e-12 * compensation(model, scale), sizes)
    step = 1e-3 * model.dt
    neurons.mean_inputs = np.repeat(scale * model.background * step * np.array(model.external), sizes)
    neurons.run_regularly("current += w_background*poisson(mean_inputs)", when="synapses", order=1)
    return neurons


def compensation(model: Microcircuit, scale: float) -> NDArray[np.float64]:
    """The constant current in pA, ``[population]``, that stands for the mean of the inputs that are left out."""
    number = len(model.populations)
    inputs = np.array(model.external) * model.background * model.current()
    for target in range(number):
        for source in range(number):
            each = model.synapses(target, source) / model.neurons[target]
            inputs[target] += each * model.rates[source] * mean_weight(model, target, source)
    found: NDArray[np.float64] = (1 - math.sqrt(scale)) * 1e-3 * model.parameters["tau_s"][0] * inputs
    return found


def mean_weight(model: Microcircuit, target: int, source: int) -> float:
    """The mean weight between two populations in pA; every second population is inhibitory."""
    if source % 2:
        return -model.g * model.current()
    doubled = (model.populations[target], model.populations[source]) == model.doubled
    return (2 if doubled else 1) * model.current()


def draw_edges(model: Microcircuit, sizes: list[int], scale: float, random: np.random.Generator) -> Edges:
    """All synapses, those of one presynaptic neuron together, then by postsynaptic population."""
    starts = np.concatenate([[0], np.cumsum(sizes)])
    parts = [_leaving(model, sizes, starts, source, scale, random) for source in range(len(sizes))]
    return Edges(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _leaving(
    model: Microcircuit, sizes: list[int], starts: NDArray[np.int64], source: int, scale: float, random: Any
) -> Edges:
    """The synapses of one presynaptic population: each of a fixed number leaves a neuron that is drawn."""
    targets, n = range(len(sizes)), sizes[source]
    wanted = [_number(model, target, source, sizes, scale) for target in targets]
    counts = np.stack([random.multinomial(number, np.full(n, 1 / n)) for number in wanted], axis=1)
    runs = counts.ravel()  # [neuron, target population]
    total = int(runs.sum())
    widths, firsts = np.tile(np.array(sizes, np.float32), n), np.tile(starts[:-1].astype(np.int32), n)
    j = (random.random(total, np.float32) * np.repeat(widths, runs)).astype(np.int32)
    np.minimum(j, np.repeat(widths.astype(np.int32) - 1, runs), out=j)  # float32 may round up to the size
    j += np.repeat(firsts, runs)
    means = np.array([mean_weight(model, target, source) for target in targets], np.float32) / np.float32(scale**0.5)
    weight = np.repeat(np.tile(means, n), runs)
    weight *= 1 + np.float32(model.weight_deviation) * random.standard_normal(total, np.float32)
    mean = model.delays[source % 2]
    delay = np.float32(mean * model.delay_deviation) * random.standard_normal(total, np.float32) + np.float32(mean)
    _redraw(delay, mean, mean * model.delay_deviation, model.dt, random)
    i = np.repeat(np.arange(starts[source], starts[source + 1], dtype=np.int32), counts.sum(axis=1))
    return Edges(i, j, weight, delay)


def _number(model: Microcircuit, target: int, source: int, sizes: list[int], scale: float) -> int:
    """How many synapses there are: the inputs of each target neuron are scaled, and there are fewer of these."""
    return round(model.synapses(target, source) / model.neurons[target] * scale * sizes[target])


def _redraw(delay: Reals, mean: float, deviation: float, least: float, random: np.random.Generator) -> None:
    """Draw delays again until all have at least one step."""
    short = np.flatnonzero(delay < least)
    while len(short):
        delay[short] = random.normal(mean, deviation, len(short))
        short = short[delay[short] < least]
