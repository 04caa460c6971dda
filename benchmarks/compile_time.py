"""How long a new network takes on the way to Triton kernels: with nothing known, and again with the disk's cache.

Each line is a process of its own. Where there is a GPU the network runs one step; elsewhere its kernels are compiled
for sm_90, as many as a first step would, and nothing is launched. ``CPU`` are the seconds that this process and those
that it starts compute after the objects are described: on a busy machine the others are longer.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {"cold": 3.0, "cached": 0.5}  # seconds from the objects to kernels that can run
NETWORKS = ("reference", "vogels-abbott", "diehl-cook", "microcircuit")
STAGES = ("describe", "plan", "emit", "load", "kernels")


def workload(name: str) -> Any:
    """A network of ``gpu.py``, small where its size does not matter."""
    from gpu_dense import Dense
    from gpu_learning import DiehlCook
    from gpu_microcircuit import CorticalMicrocircuit
    from gpu_sparse import VogelsAbbott

    every = (Dense(1000), VogelsAbbott(4000), DiehlCook(), CorticalMicrocircuit(scale=0.02))
    return dict(zip(NETWORKS, every, strict=True))[name]


def measure(name: str) -> dict[str, float]:
    """Seconds of each stage; imports come before."""
    import torch

    import spikeq.codegen.triton_backend  # noqa: F401
    from spikeq import compiler

    of_stage = dict.fromkeys(STAGES, 0.0)

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            started = perf_counter()
            try:
                return function(*arguments)
            finally:
                of_stage[stage] += perf_counter() - started

        return run

    compiler.emit, compiler.load = timed("emit", compiler.emit), timed("load", compiler.load)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    started = perf_counter()
    built = workload(name).build(backend="triton", device=device)
    of_stage["describe"] = perf_counter() - started
    started, computed = perf_counter(), _computed()
    count = _run(built.network) if device == "cuda" else _compile(built.network, of_stage)
    of_stage["plan"] = perf_counter() - started - of_stage["emit"] - of_stage["load"] - of_stage["kernels"]
    return of_stage | {"count": count, "CPU": _computed() - computed}


def _computed() -> float:
    return sum(os.times()[:4])


def _run(network: Any) -> int:
    import torch

    network.run(network.clock.dt, namespace={})
    torch.cuda.synchronize()
    return 0


def _compile(network: Any, of_stage: dict[str, float]) -> int:
    from tests.codegen.triton_compiled import launches

    found = launches(network)
    started = perf_counter()
    for launch in found:
        launch.make()
    of_stage["kernels"] = perf_counter() - started
    return len(found)


def ask(name: str, cache: str) -> dict[str, float]:
    """The same in a process of its own, with a folder for what is kept on the disk."""
    environment = {**os.environ, "SPIKEQ_CACHE": f"{cache}/spikeq", "TRITON_CACHE_DIR": f"{cache}/triton"}
    environment["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, __file__, "--once", name]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", default=",".join(NETWORKS), help="some of them (default: %(default)s)")
    parser.add_argument("--once", metavar="NETWORK", help="measure in this process and print JSON")
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(measure(arguments.once)))
        return
    print(f"{'seconds':26}" + "".join(f"{stage:>10}" for stage in (*STAGES, "all", "CPU", "wanted")))
    slow = False
    for name in arguments.networks.split(","):
        with tempfile.TemporaryDirectory() as cache:
            for state, limit in LIMITS.items():
                found = ask(name, cache)
                whole = sum(found[stage] for stage in STAGES[1:])
                cells = "".join(f"{found[stage]:10.3f}" for stage in STAGES)
                print(f"{name + ', ' + state:26}{cells}{whole:10.3f}{found['CPU']:10.2f}{limit:10.1f}", flush=True)
                slow = slow or whole > limit
    sys.exit(slow)


if __name__ == "__main__":
    main()
