"""Neurons without synapses: how near a state that has to be read and written comes to the memory's speed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from gpu_floors import Ceilings, Floor, neurons
from gpu_workload import ALIKE, Built, CheckFailed, Plain, Workload

import spikeq as sq

TAU, DRIVE, THRESHOLD = 10.0, 20.0, 15.0  # ms, mV, mV
SAMPLE = 10_000  # neurons that are computed again
NEAR = 1e-3  # mV
SEED = 0


@dataclass(frozen=True)
class Neurons(Workload):
    """Leaky neurons with one constant drive and random first potentials; ``watched`` records spikes."""

    n: int
    steps: int = 500
    compared: int = 100
    watched: bool = False

    @property
    def label(self) -> str:
        """Name and size."""
        return f"{self.n:,} neurons"

    def small(self) -> Neurons:
        """A thousand."""
        return replace(self, n=min(self.n, 1000), watched=True)

    def first(self) -> np.ndarray:
        """The first potentials in mV, ``[n]``."""
        return np.random.default_rng(SEED).random(self.n, np.float32) * np.float32(THRESHOLD)

    def build(self, **options: Any) -> Built:
        """Neurons, and for ``watched`` a monitor of their spikes."""
        cells = sq.NeuronGroup(
            self.n,
            "dv/dt = (drive - v)/tau : volt",
            threshold="v > v_threshold",
            reset="v = 0*mV",
            method="exact",
            namespace={"drive": DRIVE * sq.mV, "tau": TAU * sq.ms, "v_threshold": THRESHOLD * sq.mV},
            name="cells",
        )
        cells.v_ = 1e-3 * self.first()
        watching = [sq.SpikeMonitor(cells, name="spikes")] if self.watched else []
        network = sq.Network(cells, *watching, dt=1 * sq.ms, seed=SEED, **options)
        parts = {"cells": cells, "spikes": watching[0] if watching else None}
        return Built(network, lambda: float("nan"), parts)

    def check(self, built: Built) -> str:
        """Potentials of a sample after 100 steps, which a computation in float64 must give too."""
        built.run(100)
        chosen = np.linspace(0, self.n - 1, min(self.n, SAMPLE)).astype(np.int64)
        v = self.first()[chosen].astype(np.float64)
        spikes = 0
        for _ in range(100):
            v = DRIVE + (v - DRIVE) * math.exp(-1 / TAU)
            spikes += int((v > THRESHOLD).sum())
            v[v > THRESHOLD] = 0
        near = np.abs(1e3 * built.parts["cells"].v_[chosen] - v) < NEAR
        if not spikes or near.mean() < ALIKE:
            raise CheckFailed(f"{near.mean():.1%} of the potentials are those of float64")
        return f"{near.mean():.2%} of {len(chosen)} potentials within {NEAR} mV of float64"

    def floor(self, ceilings: Ceilings, spikes: float) -> Floor:
        """v read and written in float32, and one bit for the spike."""
        return neurons(ceilings, self.n, 8 + 1 / 8)

    def plain(self, built: Built) -> Plain:
        """By hand in torch."""
        v = torch.from_numpy(self.first()).to(built.network.device)
        decay = math.exp(-1 / TAU)

        def run(steps: int) -> None:
            for _ in range(steps):
                v.sub_(DRIVE).mul_(decay).add_(DRIVE)
                v.masked_fill_(v > THRESHOLD, 0.0)

        return run
