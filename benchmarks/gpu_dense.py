"""The reference network on a GPU: N Poisson inputs, all-to-all weights, N leaky neurons; and the same made recurrent.

Recurrent: each input drives one neuron, hard enough to make it spike, and the weights, N(0, 1) mV times 10/sqrt(N),
lead from the neurons to themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import reference_workload as reference
import torch
from gpu_floors import Ceilings, Floor, dense
from gpu_workload import Built, Plain, Workload, require_alike, require_between, trains

import spikeq as sq

DRIVE = 26.0  # mV, twice the way from rest to threshold
SPREAD = 10.0  # mV, of all recurrent weights of a neuron together
SEED = 0
RANGES = {True: (36.0, 50.0), False: (15.0, 70.0)}  # Hz; by recurrence, for N from 250 on


@lru_cache(maxsize=1)  # 3.6 GB at the largest size, and needed several times
def drawn(n: int) -> np.ndarray:
    """The weights as drawn, N(0, 1), ``[n, n]``."""
    return reference.weights(n, SEED)


@dataclass(frozen=True)
class Dense(Workload):
    """One size of either network."""

    n: int
    recurrent: bool = False
    steps: int = 1000
    compared: int = 100

    @property
    def label(self) -> str:
        """Name and size."""
        return f"{'recurrent' if self.recurrent else 'reference'} N = {self.n:,}"

    @property
    def known(self) -> tuple[float, float]:
        """Between which rates in Hz the neurons fire."""
        return RANGES[self.recurrent] if self.n >= 250 else (1.0, 170.0)

    @property
    def wanted(self) -> float | None:
        """The most us that a step should take on an H200."""
        return {1000: 4.0, 10_000: 12.0}.get(self.n)

    def small(self) -> Dense:
        """At N = 250."""
        return replace(self, n=min(self.n, 250))

    def matrix(self) -> np.ndarray:
        """Weights in mV, ``[n, n]``, as the neurons receive them."""
        return drawn(self.n) * np.float32(SPREAD / math.sqrt(self.n) if self.recurrent else math.exp(1 / reference.TAU))

    def build(self, **options: Any) -> Built:
        """Inputs, neurons, synapses, and monitors of both."""
        inputs = sq.PoissonGroup(self.n, rates=reference.rates(self.n, SEED) * sq.Hz, name="inputs")
        neurons = _neurons(self.n)
        if self.recurrent:
            drive = sq.Synapses(inputs, neurons, on_pre=f"v_post += {DRIVE}*mV", name="drive")
            drive.connect(j="i")
        synapses = sq.Synapses(
            neurons if self.recurrent else inputs, neurons, "w : volt (constant)", on_pre="v_post += w", name="weights"
        )
        synapses.connect()
        matrix = self.matrix()
        matrix *= np.float32(1e-3)
        synapses.w_ = matrix.ravel()
        spikes, given = sq.SpikeMonitor(neurons, name="spikes"), sq.SpikeMonitor(inputs, name="given")
        objects = [inputs, neurons, synapses, spikes, given, *([drive] if self.recurrent else [])]
        network = sq.Network(*objects, dt=1 * sq.ms, seed=SEED, **options)
        by_hand = ByHand(self, str(network.device))
        return Built(network, lambda: spikes.num_spikes, {"spikes": spikes, "given": given, "by hand": by_hand})

    def check(self, built: Built) -> str:
        """Compare with the same by hand on the same input; then stop recording the input."""
        spikes, given = built.parts["spikes"], built.parts["given"]
        built.run(self.compared)
        mask = np.zeros((self.compared, self.n), bool)
        mask[np.rint(given.t_ * 1e3).astype(np.int64), given.i] = True
        by_hand = built.parts["by hand"]
        step, neuron = by_hand.run(self.compared, torch.from_numpy(mask).to(by_hand.device)).nonzero(as_tuple=True)
        theirs = np.sort(step.cpu().numpy() * self.n + neuron.cpu().numpy())
        found = require_alike(trains(spikes), theirs, "torch by hand")
        built.network.remove(given)
        before = spikes.num_spikes
        built.run(200)
        rate = (spikes.num_spikes - before) / self.n / 0.2
        return f"{found}, {require_between('rate', rate, *self.known)}"

    def floor(self, ceilings: Ceilings, spikes: float) -> Floor:
        """Rows of those that send; 17 bytes of state: v and the last spike read and written, and the spike."""
        sent = spikes if self.recurrent else float(reference.rates(self.n, SEED).sum() * 1e-3)
        return dense(ceilings, sent, self.n, self.n, 17.0, feedback=self.recurrent)

    def plain(self, built: Built) -> Plain:
        """By hand in torch, input drawn step by step."""
        run: Plain = built.parts["by hand"].run
        return run

    def bindsnet(self, device: str) -> Plain | None:
        """In BindsNET: the network of the paper only."""
        if self.recurrent:
            return None
        from gpu_bindsnet import reference_network

        return reference_network(drawn(self.n), reference.rates(self.n, SEED), device, self.known)


def _neurons(n: int) -> sq.NeuronGroup:
    neurons = sq.NeuronGroup(
        n,
        "dv/dt = (v_rest - v)/tau : volt (unless refractory)",
        threshold="v >= v_threshold",
        reset="v = v_reset",
        refractory=reference.REFRACTORY_STEPS * sq.ms,
        method="exact",
        namespace={
            "tau": reference.TAU * sq.ms,
            "v_rest": reference.V_REST * sq.mV,
            "v_reset": reference.V_RESET * sq.mV,
            "v_threshold": reference.V_THRESHOLD * sq.mV,
        },
        name="neurons",
    )
    neurons.v = reference.V_REST * sq.mV
    return neurons


class ByHand:
    """Either network as one writes it in torch."""

    def __init__(self, workload: Dense, device: str) -> None:
        self.n, self.recurrent, self.device = workload.n, workload.recurrent, device
        self.matrix = torch.from_numpy(workload.matrix()).to(device)
        self.chances = torch.from_numpy(reference.rates(self.n, SEED) * 1e-3).float().to(device)

    def run(self, steps: int, given: torch.Tensor | None = None) -> torch.Tensor:
        """From rest; the input spikes ``[steps, n]`` are given or drawn. Returns the output spikes ``[steps, n]``."""
        v = torch.full((self.n,), reference.V_REST, device=self.device)
        quiet = torch.zeros(self.n, dtype=torch.int32, device=self.device)
        spikes = torch.empty(steps, self.n, dtype=torch.bool, device=self.device)
        decay = math.exp(-1 / reference.TAU)
        for step in range(steps):
            sent = torch.rand(self.n, device=self.device) < self.chances if given is None else given[step]
            quiet -= 1
            free = quiet <= 0
            v = torch.where(free, reference.V_REST + (v - reference.V_REST) * decay, v)
            spiking = free & (v >= reference.V_THRESHOLD)
            quiet[spiking] = reference.REFRACTORY_STEPS
            if self.recurrent:
                received = DRIVE * sent + spiking.float() @ self.matrix
            else:
                received = sent.float() @ self.matrix
            v = torch.where(free & ~spiking, v + received, v)
            v[spiking] = reference.V_RESET
            spikes[step] = spiking
        return spikes
