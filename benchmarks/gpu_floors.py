"""What the hardware allows: a machine's measured ceilings, and the least time of a step that follows from them.

A floor counts only what cannot be avoided when every launch does one step: bytes that move, additions at random
places, kernels that wait for each other. It is a bound of the stepped form; networks without feedback can go below it
by working on many steps at once (``Floor.tiled``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

USABLE = 0.8  # of the cache: what a working set finds there while other things pass through
TILE = 256  # steps that share one reading of the weights, where spikes do not come back
PIECES = 2  # half-precision products that make one of float32


@dataclass(frozen=True)
class Ceilings:
    """What a machine was measured to do, per second.

    copy: bytes, read and written together. reads: bytes by the size of what is read again and again. adds: additions
    at random places, by type and by the number of places. node: seconds between dependent kernels of a CUDA graph
    (on a CPU, between operations of torch). launch: seconds that Python takes to launch a kernel. product: floating
    point operations of a half-precision matrix product.
    """

    device: str
    copy: float
    cache_bytes: int
    reads: Mapping[int, float]
    adds: Mapping[str, Mapping[int, float]]
    node: float
    launch: float
    product: float

    @property
    def cached(self) -> float:
        """Bytes a second out of the cache."""
        inside = [rate for size, rate in self.reads.items() if size <= USABLE * self.cache_bytes]
        return max([self.copy, *inside])

    def stream(self, bytes_moved: float, working_set: float) -> float:
        """Seconds to move bytes, of which the cache holds as large a part as it can hold of the working set."""
        hit = min(1.0, USABLE * self.cache_bytes / working_set) if working_set > 0 else 1.0
        return bytes_moved * (hit / self.cached + (1 - hit) / self.copy)

    def scatter(self, events: float, targets: int, kind: str = "float32") -> float:
        """Seconds for additions at random ones of this many places, at the rate of the nearest measured number."""
        rates = self.adds[kind]
        nearest = min(rates, key=lambda size: abs(math.log(size / max(1, targets))))
        return events / rates[nearest]


@dataclass(frozen=True)
class Floor:
    """The least time of one step, in seconds, by cause. ``tiled``: where many steps may share a launch."""

    memory: float = 0.0
    adds: float = 0.0
    state: float = 0.0
    launches: float = 0.0
    tiled: float | None = None

    @property
    def work(self) -> float:
        """Synapses, whichever of their two costs is larger, then neurons."""
        return max(self.memory, self.adds) + self.state

    @property
    def seconds(self) -> float:
        """Work and launches overlap at best."""
        return max(self.work, self.launches)

    @property
    def cause(self) -> str:
        """What the floor consists of for the most part."""
        if self.launches >= self.work:
            return "launches"
        parts = {"memory": self.memory, "atomics": self.adds, "state": self.state}
        return max(parts, key=lambda name: parts[name])


def neurons(ceilings: Ceilings, number: int, bytes_each: float, kernels: int = 1) -> Floor:
    """Neurons alone; ``bytes_each`` are read and written in a step."""
    moved = number * bytes_each
    return Floor(state=ceilings.stream(moved, moved / 2), launches=kernels * ceilings.node)


def dense(
    ceilings: Ceilings, spikes: float, sources: int, targets: int, state_bytes: float, feedback: bool = True
) -> Floor:
    """A matrix of float32 weights of which a step reads the rows of ``spikes`` neurons; one kernel a step."""
    matrix = 4.0 * sources * targets
    tiled = None
    if not feedback:
        product = 2.0 * sources * targets * PIECES / ceilings.product
        tiled = max(product, ceilings.stream(matrix, matrix) / TILE)
    return Floor(
        memory=ceilings.stream(4.0 * spikes * targets, matrix),
        state=ceilings.stream(targets * state_bytes, targets * state_bytes / 2),
        launches=ceilings.node,
        tiled=tiled,
    )


def sparse(
    ceilings: Ceilings, spikes: float, per_neuron: float, number: int, synapse_bytes: float, state_bytes: float
) -> Floor:
    """Lists of synapses, ``per_neuron`` of each spiking neuron, that add to neurons; two kernels a step."""
    events = spikes * per_neuron
    return Floor(
        memory=ceilings.stream(synapse_bytes * events, synapse_bytes * number * per_neuron),
        adds=ceilings.scatter(events, number),
        state=ceilings.stream(number * state_bytes, number * state_bytes / 2),
        launches=2 * ceilings.node,
    )


def plastic(
    ceilings: Ceilings, spikes_in: float, spikes_out: float, sources: int, targets: int, rows: int, state_bytes: float
) -> Floor:
    """A dense layer with STDP on both sides' spikes, in a batch that shares its weights; two kernels a step.

    ``spikes_in`` and ``spikes_out`` are those of one row. A row of the matrix that several rows of the batch change
    is read and written once.
    """
    matrix = 4.0 * sources * targets
    gather = ceilings.stream(4.0 * rows * spikes_in * targets, matrix)
    product = 2.0 * rows * sources * targets / ceilings.product + ceilings.stream(matrix, matrix)
    learning = 8.0 * (_touched(sources, spikes_in, rows) * targets + _touched(targets, spikes_out, rows) * sources)
    state = rows * targets * state_bytes
    return Floor(
        memory=min(gather, product) + ceilings.stream(learning, matrix),
        state=ceilings.stream(state, state / 2),
        launches=2 * ceilings.node,
    )


def _touched(neurons: int, spikes: float, rows: int) -> float:
    """How many of the neurons spike in at least one row."""
    return neurons * (1 - (1 - min(1.0, spikes / neurons)) ** rows)
