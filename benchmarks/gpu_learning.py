"""The network of Diehl and Cook (2015): 784 inputs, 400 neurons that inhibit each other, STDP; a batch at once.

As BindsNET's ``DiehlAndCook2015v2`` has it: leaky neurons with an adaptive threshold, inhibition straight from neuron
to neuron, STDP of nearest spikes. Rows of a batch share the weights and sum their changes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from gpu_floors import Ceilings, Floor, plastic
from gpu_workload import (
    ALIKE,
    Built,
    CheckFailed,
    Plain,
    Workload,
    counted,
    require_alike,
    require_between,
    trains,
)

import spikeq as sq
from spikeq import models

PIXELS = 784
BRIGHT = 150  # pixels that are not black, in a block
MEAN_INPUT = 6.5  # spikes a step of all pixels, as of a digit of MNIST
TOTAL = 78.4  # weight that each neuron receives at first
INHIBITION = 17.5  # mV
A_PLUS, A_MINUS = 1e-2, 1e-4
TAU, TAU_TRACE, THRESHOLD, THETA_PLUS = 100.0, 20.0, 13.0, 0.05  # ms, ms, mV above rest, mV
QUIET = 5  # steps
NEAR = 1e-4  # of weights between 0 and 1
KNOWN = (0.03, 3.0)  # Hz, between which the neurons fire
SEED = 0


@dataclass(frozen=True)
class DiehlCook(Workload):
    """One size of the layer and of the batch."""

    n: int = 400
    rows: int = 1
    steps: int = 350
    compared: int = 250

    @property
    def label(self) -> str:
        """Name and size."""
        return f"Diehl & Cook {self.n} x {self.rows}"

    @property
    def wanted(self) -> float | None:
        """The most us that a step should take on an H200."""
        return 4.0 if (self.n, self.rows) == (400, 1) else None

    def small(self) -> DiehlCook:
        """Few rows of the same layer."""
        return replace(self, rows=min(self.rows, 2))

    def chances(self) -> np.ndarray:
        """The probability that a pixel spikes in a step, ``[784]``."""
        random = np.random.default_rng([SEED, 0])
        chances = np.zeros(PIXELS)
        chances[(PIXELS - BRIGHT) // 2 :][:BRIGHT] = random.random(BRIGHT)
        return chances * (MEAN_INPUT / chances.sum())

    def weights(self) -> np.ndarray:
        """The first weights, ``[784, n]``."""
        weights = np.random.default_rng([SEED, 1]).random((PIXELS, self.n))
        return (weights * (TOTAL / weights.sum(axis=0))).astype(np.float32)

    def build(self, **options: Any) -> Built:
        """Pixels, neurons, learning synapses, inhibition, and monitors of both groups."""
        pixels = sq.PoissonGroup(PIXELS, rates=1e3 * self.chances() * sq.Hz, name="pixels")
        cells = sq.NeuronGroup(self.n, models.AdaptiveLIF(theta_plus=THETA_PLUS * sq.mV), name="cells")
        rule = models.NearestPairSTDP(scale=1 * sq.mV, A_plus=A_PLUS, A_minus=A_MINUS)
        learning = sq.Synapses(pixels, cells, rule, name="learning")
        learning.connect()
        learning.w = self.weights().ravel()
        inhibition = sq.Synapses(cells, cells, on_pre=f"v_post -= {INHIBITION}*mV", name="inhibition")
        inhibition.connect("i != j")
        rate = sq.PopulationRateMonitor(cells, name="rate")
        spikes, given = sq.SpikeMonitor(cells, name="spikes"), sq.SpikeMonitor(pixels, name="given")
        objects = (pixels, cells, learning, inhibition, rate, spikes, given)
        network = sq.Network(*objects, dt=1 * sq.ms, batch=self.rows, seed=SEED, **options)
        parts = {"spikes": spikes, "given": given, "learning": learning}
        parts["by hand"] = ByHand(self, str(network.device))
        return Built(network, lambda: counted(rate), parts)

    def check(self, built: Built) -> str:
        """Compare spikes and weights with the same by hand on the same input; then stop recording."""
        spikes, given, by_hand = (built.parts[name] for name in ("spikes", "given", "by hand"))
        built.run(self.compared)
        mask = np.zeros((self.compared, self.rows, PIXELS), bool)
        mask[np.rint(given.t_ * 1e3).astype(np.int64), given.row, given.i] = True
        theirs = by_hand.run(self.compared, torch.from_numpy(mask).to(by_hand.device))
        step, row, neuron = (one.cpu().numpy() for one in theirs.nonzero(as_tuple=True))
        found = require_alike(trains(spikes), np.sort((row * (1 << 32) + step) * self.n + neuron), "torch by hand")
        ours = built.parts["learning"].w_[:].reshape(PIXELS, self.n)
        near = float((np.abs(ours - by_hand.w.cpu().numpy()) < NEAR).mean())
        changed = int((np.abs(ours - self.weights()) > NEAR).sum())
        if near < ALIKE or changed < BRIGHT:  # one spike changes the weights of all pixels that spiked lately
            raise CheckFailed(f"{near:.1%} of the weights are those by hand, {changed} have changed")
        built.network.remove(spikes, given)
        rate = counted_rate(built, 250, self.n * self.rows)
        return f"{found}, {near:.1%} of the weights, {require_between('rate', rate, *KNOWN)}"

    def floor(self, ceilings: Ceilings, spikes: float) -> Floor:
        """32 bytes of state are v, theta, the last spike and the trace, read and written."""
        return plastic(ceilings, MEAN_INPUT, spikes / self.rows, PIXELS, self.n, self.rows, 32.0)

    def plain(self, built: Built) -> Plain:
        """By hand in torch, input drawn step by step."""
        run: Plain = built.parts["by hand"].run
        return run

    def bindsnet(self, device: str) -> Plain | None:
        """In BindsNET."""
        from gpu_bindsnet import diehl_cook

        return diehl_cook(self.n, self.rows, self.chances(), device, KNOWN)


def counted_rate(built: Built, steps: int, neurons: int) -> float:
    """Run; the rate of a neuron in Hz, in steps of 1 ms."""
    before = built.count()
    built.run(steps)
    return (built.count() - before) / neurons / steps * 1e3


class ByHand:
    """The network as one writes it in torch; potentials in mV above rest."""

    def __init__(self, workload: DiehlCook, device: str) -> None:
        self.rows, self.n, self.device = workload.rows, workload.n, device
        self.chances = torch.from_numpy(workload.chances()).float().to(device)
        self.w = torch.from_numpy(workload.weights()).to(device)

    def run(self, steps: int, given: torch.Tensor | None = None) -> torch.Tensor:
        """From rest; input spikes ``[steps, rows, 784]`` are given or drawn. Output spikes ``[steps, rows, n]``."""
        zeros = torch.zeros(self.rows, self.n, device=self.device)
        v, theta, y, x = zeros, zeros, zeros, torch.zeros(self.rows, PIXELS, device=self.device)
        quiet = zeros.int()
        spikes = torch.empty(steps, self.rows, self.n, dtype=torch.bool, device=self.device)
        decay, fading = math.exp(-1 / TAU), math.exp(-1 / TAU_TRACE)
        for step in range(steps):
            sent = torch.rand(self.rows, PIXELS, device=self.device) < self.chances if given is None else given[step]
            quiet = quiet - 1
            free = quiet <= 0
            v, x, y = torch.where(free, v * decay, v), x * fading, y * fading
            spiking = free & (v > THRESHOLD + theta)
            quiet = quiet.masked_fill(spiking, QUIET)
            sending, firing = sent.float(), spiking.float()
            received = sending @ self.w - INHIBITION * (firing.sum(1, keepdim=True) - firing)
            v = torch.where(free & ~spiking, v + received, v)
            x = x.masked_fill(sent, 1.0)
            self.w = (self.w - A_MINUS * (sending.T @ y)).clamp_(0, 1)
            y = y.masked_fill(spiking, 1.0)
            self.w = (self.w + A_PLUS * (x.T @ firing)).clamp_(0, 1)
            v, theta = v.masked_fill(spiking, 0.0), theta + THETA_PLUS * firing
            spikes[step] = spiking
        return spikes
