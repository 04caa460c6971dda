"""The reference network on BindsNET, as one side of ``reference_network.py``; runs in an environment with BindsNET."""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from time import perf_counter
from typing import Any

import numpy as np
import reference_workload as workload
import side
import torch


class _Absent(types.ModuleType):
    """A module of torchvision of which any name can be imported and none works."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return import_module(f"{self.__name__}.{name}") if name.islower() else type(name, (), {})


class _StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """BindsNET imports torchvision for data sets that are not used here; where there is none, this takes its place."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] != "torchvision":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Absent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


sys.meta_path.append(_StandIn())

from bindsnet.encoding import bernoulli  # noqa: E402
from bindsnet.network import Network  # noqa: E402
from bindsnet.network.monitors import Monitor  # noqa: E402
from bindsnet.network.nodes import Input, LIFNodes  # noqa: E402
from bindsnet.network.topology import Connection  # noqa: E402


class BindsNET:
    """Input -> Connection -> LIFNodes with a monitor of the output spikes."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        torch.set_num_threads(arguments.threads)
        torch.set_grad_enabled(False)
        torch.manual_seed(arguments.seed)
        self.n, self.seed = arguments.n, arguments.seed
        matrix = torch.from_numpy(workload.weights(self.n, self.seed))
        self.chances = torch.from_numpy(workload.rates(self.n, self.seed) * 1e-3).float()
        started = perf_counter()
        self.network = Network(dt=1.0, learning=False)
        self.network.add_layer(Input(n=self.n), name="inputs")
        neurons = LIFNodes(
            n=self.n,
            thresh=workload.V_THRESHOLD,
            rest=workload.V_REST,
            reset=workload.V_RESET,
            refrac=workload.REFRACTORY_STEPS,
            tc_decay=workload.TAU,
        )
        self.network.add_layer(neurons, name="neurons")
        connection = Connection(source=self.network.layers["inputs"], target=neurons, w=matrix)
        self.network.add_connection(connection, source="inputs", target="neurons")
        self.spikes = Monitor(neurons, state_vars=["s"], time=workload.STEPS)
        self.network.add_monitor(self.spikes, name="spikes")
        self.build_s = perf_counter() - started

    def about(self) -> side.Answer:
        """Versions, and the seconds that building took."""
        return {
            "version": f"bindsnet {version('bindsnet')}, torch {torch.__version__}",
            "build_s": self.build_s,
            "compile_s": 0.0,
            "threads": torch.get_num_threads(),
        }

    def check(self, where: str) -> side.Answer:
        """Run the given input from rest; write the output spikes. Count what the encoder sends."""
        given = torch.from_numpy(workload.given_input(self.n, self.seed))
        self.network.reset_state_variables()
        self.network.run(inputs={"inputs": given}, time=workload.STEPS)
        step, neuron = np.nonzero(self._spikes())
        np.save(where, np.stack([step, neuron]).astype(np.int64))
        return {"spikes_in": int(self._encoded().sum())}

    def run(self) -> side.Answer:
        """Encode 1,000 ms of input and run it, from rest."""
        self.network.reset_state_variables()
        started = perf_counter()
        self.network.run(inputs={"inputs": self._encoded()}, time=workload.STEPS)
        seconds = perf_counter() - started
        return {
            "run_s": seconds,
            "prepare_s": 0.0,
            "spikes_out": int(self._spikes().sum()),
            "memory_mb": side.memory_mb(),
        }

    def _encoded(self) -> torch.Tensor:
        return bernoulli(datum=self.chances, time=workload.STEPS, dt=1.0)

    def _spikes(self) -> np.ndarray:
        return self.spikes.get("s").view(workload.STEPS, self.n).bool().numpy()


if __name__ == "__main__":
    side.serve(BindsNET)
