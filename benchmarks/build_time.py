"""How long the demo network (CUBA, 4,000 neurons) takes to build and compile: in a fresh process, and again in it."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from importlib import import_module
from time import perf_counter

LIMITS = {"cold": 2.0, "warm": 0.5}  # seconds to build and compile


def measure() -> dict[str, dict[str, float]]:
    """Build and compile twice. What is imported on first use is part of the first time, ``import torch`` is not."""
    import torch  # noqa: F401

    import spikeq  # noqa: F401

    found = {}
    for name in ("cold", "warm"):
        started = perf_counter()
        networks, models = import_module("spikeq.experiment.networks"), import_module("spikeq.models.networks")
        network = networks.build(models.CUBA, seed=0).network
        described = perf_counter()
        network.compile(namespace={})
        ended = perf_counter()
        compiling = network.timings["compile"]
        found[name] = {
            "describe": described - started,
            "build": ended - described - compiling,
            "compile": compiling,
            "all": ended - started,
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=5, help="fresh processes (default: %(default)s)")
    parser.add_argument("--once", action="store_true", help="measure in this process and print JSON")
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(measure()))
        return
    command = [sys.executable, __file__, "--once"]
    runs = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(arguments.repetitions)
    ]
    print(f"{'median (min) in s':18}" + "".join(f"{column:>18}" for column in runs[0]["cold"]))
    slow = False
    for name, limit in LIMITS.items():
        columns = {column: [run[name][column] for run in runs] for column in runs[0][name]}
        cells = (f"{statistics.median(found):.3f} ({min(found):.3f})" for found in columns.values())
        print(f"{name:18}" + "".join(f"{cell:>18}" for cell in cells) + f"   at most {limit} wanted")
        slow = slow or statistics.median(columns["all"]) > limit
    sys.exit(slow)


if __name__ == "__main__":
    main()
