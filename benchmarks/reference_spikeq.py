"""The reference network on spikeq, as one side of ``reference_network.py``.

spikeq delivers a spike in the step in which it is fired, after that step's thresholds: the input then decays once
before the next threshold, while BindsNET's does not. The same neuron is written by weights that are exp(dt/tau)
times larger. Everything else is the same: an input of step t meets the threshold of step t + 1 first, and a neuron
that fired in step t drops what was sent in steps t to t + 4, which would have met the thresholds of t + 1 to t + 5.
"""

from __future__ import annotations

import argparse
import math
from importlib.metadata import version
from time import perf_counter

import numpy as np
import reference_workload as workload
import side
import torch

import spikeq as sq


class Spikeq:
    """PoissonGroup -> Synapses -> NeuronGroup with a monitor of the output spikes."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        torch.set_num_threads(arguments.threads)
        self.n, self.seed = arguments.n, arguments.seed
        self.weights = workload.weights(self.n, self.seed).ravel()
        self.weights *= np.float32(1e-3 * math.exp(1.0 / workload.TAU))  # volt
        started = perf_counter()
        self.network, self.neurons, self.spikes = self._network(self._inputs())
        self.build_s = perf_counter() - started
        self.network.compile(namespace={})
        self.build_s += self.network.timings["build"]

    def _inputs(self) -> sq.PoissonGroup:
        return sq.PoissonGroup(self.n, rates=workload.rates(self.n, self.seed) * sq.Hz)

    def _network(
        self, inputs: sq.PoissonGroup | sq.SpikeGeneratorGroup
    ) -> tuple[sq.Network, sq.NeuronGroup, sq.SpikeMonitor]:
        neurons = sq.NeuronGroup(
            self.n,
            "dv/dt = (v_rest - v)/tau : volt (unless refractory)",
            threshold="v >= v_threshold",
            reset="v = v_reset",
            refractory=workload.REFRACTORY_STEPS * sq.ms,
            method="exact",
            namespace={
                "tau": workload.TAU * sq.ms,
                "v_rest": workload.V_REST * sq.mV,
                "v_reset": workload.V_RESET * sq.mV,
                "v_threshold": workload.V_THRESHOLD * sq.mV,
            },
        )
        neurons.v = workload.V_REST * sq.mV
        synapses = sq.Synapses(inputs, neurons, "w : volt", on_pre="v_post += w")
        synapses.connect()
        synapses.w_ = self.weights
        spikes = sq.SpikeMonitor(neurons)
        network = sq.Network(inputs, neurons, synapses, spikes, dt=1 * sq.ms, dtype="float32", seed=self.seed)
        return network, neurons, spikes

    def about(self) -> side.Answer:
        """Versions, and the seconds that building and compiling took."""
        return {
            "version": f"spikeq {version('spikeq')}, torch {torch.__version__}",
            "build_s": self.build_s,
            "compile_s": self.network.timings["compile"],
            "threads": torch.get_num_threads(),
        }

    def check(self, where: str) -> side.Answer:
        """Run the given input on a network of its own; write the output spikes. Count what Poisson inputs send."""
        step, source = np.nonzero(workload.given_input(self.n, self.seed))
        given = sq.SpikeGeneratorGroup(self.n, source, step * sq.ms)
        network, _, spikes = self._network(given)
        network.run(workload.STEPS * sq.ms, namespace={})
        np.save(where, np.stack([np.rint(spikes.t_ * 1e3), spikes.i]).astype(np.int64))

        inputs = self._inputs()
        sent = sq.SpikeMonitor(inputs)
        sq.Network(inputs, sent, dt=1 * sq.ms, seed=self.seed).run(workload.STEPS * sq.ms, namespace={})
        return {"spikes_in": sent.num_spikes}

    def run(self) -> side.Answer:
        """Simulate 1,000 ms from rest, input and all; ``run`` builds and compiles again first, which is told apart."""
        self.neurons.v = workload.V_REST * sq.mV
        before = self.spikes.num_spikes
        started = perf_counter()
        self.network.run(workload.STEPS * sq.ms, namespace={})
        whole = perf_counter() - started
        return {
            "run_s": self.network.timings["run"],
            "prepare_s": whole - self.network.timings["run"],
            "spikes_out": self.spikes.num_spikes - before,
            "memory_mb": side.memory_mb(),
        }


if __name__ == "__main__":
    side.serve(Spikeq)
