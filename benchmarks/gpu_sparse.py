"""The balanced network of Vogels and Abbott, with 80 synapses a neuron at any size."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from gpu_floors import Ceilings, Floor, sparse
from gpu_workload import (
    Built,
    Plain,
    Workload,
    counted,
    require_alike,
    require_between,
    trains,
)

import spikeq as sq
from spikeq.experiment.networks import build
from spikeq.models.networks import CUBA

SEED = 0
SYNAPSES = 80  # of a neuron, on average, whatever the size
BY_HAND = 50_000_000  # synapses up to which the network is also written by hand


@dataclass(frozen=True)
class VogelsAbbott(Workload):
    """CUBA with 80 synapses a neuron, in steps of 1 ms."""

    n: int
    steps: int = 1000
    compared: int = 60

    @property
    def label(self) -> str:
        """Name and size."""
        return f"Vogels-Abbott {self.n:,} x {SYNAPSES}"

    @property
    def wanted(self) -> float | None:
        """The most us that a step should take on an H200."""
        return {4000: 6.0, 4_000_000: 130.0}.get(self.n)

    def small(self) -> VogelsAbbott:
        """With 4,000 neurons."""
        return replace(self, n=min(self.n, 4000))

    def build(self, **options: Any) -> Built:
        """The network of the library with other numbers; its spikes are recorded until ``check`` has seen them."""
        chance = SYNAPSES / self.n
        projections = tuple(replace(one, probability=chance) for one in CUBA.projections)
        made = build(replace(CUBA, neurons=self.n, dt=1.0, projections=projections), seed=SEED, **options)
        rate = sq.PopulationRateMonitor(made.neurons, name="rate")
        made.network.add(rate)
        first = np.array(made.neurons.v_[:], np.float32)
        parts = {"spikes": made.spikes, "rate": rate, "first v": first, "by hand": None}
        return Built(made.network, lambda: counted(rate), parts)

    def check(self, built: Built) -> str:
        """Compare with the same by hand where that is feasible; the rate must be known."""
        spikes, found = built.parts["spikes"], ""
        built.run(self.compared)
        if self.n * SYNAPSES <= BY_HAND:
            by_hand = built.parts["by hand"] or ByHand(built)
            built.parts["by hand"] = by_hand
            step, neuron = (one.cpu().numpy() for one in by_hand.run(self.compared).nonzero(as_tuple=True))
            found = require_alike(trains(spikes), np.sort(step * self.n + neuron), "torch by hand") + ", "
        built.network.remove(spikes)
        before = built.count()
        built.run(400)
        low, high = (4.0, 7.5) if self.n >= 4000 else (2.0, 9.0)
        return found + require_between("rate", (built.count() - before) / self.n / 0.4, low, high)

    def floor(self, ceilings: Ceilings, spikes: float) -> Floor:
        """Weights are constants: synapses are numbers of neurons. 33 bytes of state: v, g_e, g_i, the last spike."""
        return sparse(ceilings, spikes, SYNAPSES, self.n, 2.0 if self.n <= 65_536 else 4.0, 33.0)

    def plain(self, built: Built) -> Plain | None:
        """By hand in torch, up to a number of synapses."""
        by_hand = built.parts["by hand"]
        return by_hand and by_hand.run


class ByHand:
    """CUBA as one writes it in torch, in steps of 1 ms with Euler's method, from the same synapses."""

    def __init__(self, built: Built) -> None:
        network, device = built.network, built.network.device
        v = torch.from_numpy(built.parts["first v"]).to(device) * 1e3
        self.first, self.n = v, len(v)
        self.matrices = [self._matrix(network[name], device) for name in ("excitation", "inhibition")]

    def _matrix(self, synapses: Any, device: torch.device) -> torch.Tensor:
        ends = torch.stack([torch.from_numpy(np.array(end, np.int64)) for end in (synapses.j, synapses.i)]).to(device)
        weights = torch.ones(ends.shape[1], device=device)
        with warnings.catch_warnings():  # of a beta state
            warnings.simplefilter("ignore")
            return torch.sparse_coo_tensor(ends, weights, (self.n, self.n)).coalesce().to_sparse_csr()

    def run(self, steps: int) -> torch.Tensor:
        """From the first potentials; spikes ``[steps, n]``."""
        v, g_e, g_i = self.first.clone(), torch.zeros_like(self.first), torch.zeros_like(self.first)
        quiet = torch.zeros_like(v, dtype=torch.int32)
        spikes = torch.empty(steps, self.n, dtype=torch.bool, device=v.device)
        excitation, inhibition = self.matrices
        for step in range(steps):
            quiet -= 1
            free = quiet <= 0
            v = torch.where(free, v + (g_e + g_i - (v + 49)) / 20, v)
            g_e, g_i = g_e - g_e / 5, g_i - g_i / 10
            spiking = free & (v > -50)
            quiet[spiking] = 5
            sent = spiking.float()
            g_e, g_i = g_e + 1.62 * (excitation @ sent), g_i - 9 * (inhibition @ sent)
            v[spiking] = -60
            spikes[step] = spiking
        return spikes
