"""The cortical microcircuit, at full scale or smaller, and by hand in torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from gpu_floors import Ceilings, Floor, sparse
from gpu_workload import Built, Plain, Workload, counted, require_between

import spikeq as sq
from spikeq.experiment.microcircuit import build_microcircuit
from spikeq.models.microcircuit import POTJANS_DIESMANN

SEED = 0
AT_FIRST = 500  # steps of which the network by hand must have about as many spikes


@dataclass(frozen=True)
class CorticalMicrocircuit(Workload):
    """Potjans and Diesmann (2014) in steps of 0.1 ms; ``watched`` records spikes.

    ``by_delay``: one Synapses object for each delay, for backends without delays of single synapses.
    """

    scale: float = 1.0
    by_delay: bool = False
    steps: int = 5000
    compared: int = 300
    watched: bool = False

    @property
    def label(self) -> str:
        """Name and size."""
        return f"microcircuit, scale {self.scale:g}{', by delay' if self.by_delay else ''}"

    @property
    def wanted(self) -> float | None:
        """The most us that a step should take on an H200."""
        return 10.0 if self.scale == 1 else None

    def small(self) -> CorticalMicrocircuit:
        """1,544 neurons."""
        return replace(self, scale=min(self.scale, 0.02), watched=True)

    def build(self, **options: Any) -> Built:
        """The network of the library."""
        made = build_microcircuit(self.scale, SEED, by_delay=self.by_delay, **options)
        first = np.array(made.neurons.v_[:])
        parts: dict[str, Any] = {"rates": made.rates, "synapses": made.synapses, "first v": first}
        if self.watched:
            parts["spikes"] = sq.SpikeMonitor(made.neurons, name="spikes")
            made.network.add(parts["spikes"])
        return Built(made.network, lambda: sum(counted(rate) for rate in made.rates.values()), parts)

    def check(self, built: Built) -> str:
        """Rates of the populations after 100 ms: near the published ones, at small scales lower."""
        begin, steps = 1000, 6000 if self.scale >= 0.1 else 3000
        built.run(steps)
        found = {name: float(one.rate_[begin:].mean()) for name, one in built.parts["rates"].items()}
        if self.scale < 0.1:  # single inputs are so large that rates are far from those of the whole network
            sizes = np.array([len(one.source) for one in built.parts["rates"].values()])
            mean = float(np.average(list(found.values()), weights=sizes))
            return require_between("mean rate", mean, 0.2, 3.0)
        low, high = (0.75, 1.25) if self.scale > 0.5 else (0.3, 1.3)
        for (name, rate), known in zip(found.items(), POTJANS_DIESMANN.rates, strict=True):
            require_between(f"rate of {name}", rate, low * known, high * known)
        return "rates " + " ".join(f"{rate:.2f}" for rate in found.values()) + " Hz"

    def floor(self, ceilings: Ceilings, spikes: float) -> Floor:
        """8 bytes a synapse; 48 bytes of state are v, current, the last spike, and what arrives later."""
        sizes = [max(1, round(self.scale * n)) for n in POTJANS_DIESMANN.neurons]
        number = sum(sizes)
        inputs = sum(
            POTJANS_DIESMANN.synapses(target, source) / POTJANS_DIESMANN.neurons[target] * self.scale * sizes[target]
            for target in range(len(sizes))
            for source in range(len(sizes))
        )
        return sparse(ceilings, spikes, inputs / number, number, 8.0, 48.0)

    def plain(self, built: Built) -> Plain:
        """By hand in torch. Raises CheckFailed where it has not about as many spikes in the first steps."""
        by_hand = ByHand(built)
        rates = built.parts["rates"].values()
        ours = sum(float(one.rate_[:AT_FIRST].sum()) * len(one.source) * one.clock.dt_ for one in rates)
        theirs = int(by_hand.run(AT_FIRST).sum())
        spread = 10 * math.sqrt(ours + 1)  # spikes come together
        require_between("spikes by hand", theirs, 0.8 * ours - spread, 1.25 * ours + spread, "")
        return by_hand.run

    @property
    def notes(self) -> str:
        """What is published."""
        return "published real-time factors: 0.272 GeNN on an RTX 4090, 0.05 on 35 FPGAs" if self.scale == 1 else ""


class ByHand:
    """The microcircuit as one writes it in torch: synapses by presynaptic neuron, and a ring of what arrives later.

    In mV, ms and pA; v and the current are integrated exactly.
    """

    def __init__(self, built: Built) -> None:
        device, cells = built.network.device, built.network["cells"]

        def placed(values: Any, kind: torch.dtype = torch.float32) -> torch.Tensor:
            return torch.from_numpy(np.array(values)).to(device, kind)

        i, self.j, self.weight, self.delay = (
            torch.cat([placed(column(one), kind) for one in built.parts["synapses"]])
            for column, kind in (
                (lambda one: one.i, torch.int32),
                (lambda one: one.j, torch.int32),
                (lambda one: 1e12 * one.w_[:], torch.float32),
                (lambda one: np.rint(np.broadcast_to(1e4 * one.delay_, len(one))), torch.uint8),
            )
        )
        if len(built.parts["synapses"]) > 1:
            i, order = i.sort(stable=True)
            self.j, self.weight, self.delay = self.j[order], self.weight[order], self.delay[order]
        self.lengths = torch.bincount(i, minlength=len(cells))
        self.starts = self.lengths.cumsum(0) - self.lengths
        self.first, self.constant = placed(1e3 * built.parts["first v"]), placed(1e12 * cells.constant_current_[:])
        self.mean_inputs = placed(cells.mean_inputs[:])
        self.input_weight = 1e12 * float(cells.namespace["w_background"])

    def run(self, steps: int) -> torch.Tensor:
        """From the first potentials; how many neurons spike in each step, ``[steps]``."""
        tau_m, tau_s, capacitance, h = 10.0, 0.5, 250.0, 0.1
        keep, fade = math.exp(-h / tau_m), math.exp(-h / tau_s)
        rise, hold = tau_m * tau_s / (capacitance * (tau_m - tau_s)) * (keep - fade), tau_m / capacitance * (1 - keep)
        v, n = self.first.clone(), len(self.first)
        current, quiet = torch.zeros_like(v), torch.zeros_like(v, dtype=torch.int32)
        depth = int(self.delay.max()) + 1
        ring, counts = torch.zeros(depth, n, device=v.device), torch.empty(steps, dtype=torch.int64, device=v.device)
        for step in range(steps):
            quiet -= 1
            free = quiet <= 0
            v = torch.where(free, -65 + (v + 65) * keep + current * rise + self.constant * hold, v)
            current = current * fade
            spiking = free & (v >= -50)
            quiet.masked_fill_(spiking, 20)
            edges = self._of(spiking.nonzero().view(-1))
            slots = (step + self.delay[edges].long()) % depth
            ring.view(-1).index_add_(0, slots * n + self.j[edges], self.weight[edges])
            current += ring[step % depth] + self.input_weight * torch.poisson(self.mean_inputs)
            ring[step % depth] = 0
            v = v.masked_fill(spiking, -65.0)
            counts[step] = spiking.sum()
        return counts

    def _of(self, neurons: torch.Tensor) -> torch.Tensor:
        """The numbers of all synapses of some neurons."""
        lengths = self.lengths[neurons]
        shift = self.starts[neurons] - (lengths.cumsum(0) - lengths)
        return torch.repeat_interleave(shift, lengths) + torch.arange(int(lengths.sum()), device=neurons.device)
