"""What ``import spikeq`` costs beyond ``import torch``, in fresh interpreters."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from time import perf_counter

STATEMENTS = {
    "nothing": "pass",
    "import torch": "import torch",
    "import torch, spikeq": "import torch, spikeq",
    "import torch; from spikeq import Network": "import torch; from spikeq import Network",
    "import torch; from spikeq.brian2 import *": "import torch; from spikeq.brian2 import *",
}
LIMIT = 0.5  # seconds that the import may add to torch's


def seconds(statement: str) -> float:
    """Start an interpreter, run a statement, end."""
    started = perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=7, help="of each statement (default: %(default)s)")
    arguments = parser.parse_args()
    for statement in STATEMENTS.values():
        seconds(statement)  # fills the disk's cache and writes byte code
    times: dict[str, list[float]] = {name: [] for name in STATEMENTS}
    for _ in range(arguments.repetitions):
        for name, statement in STATEMENTS.items():
            times[name].append(seconds(statement))
    medians = {name: statistics.median(found) for name, found in times.items()}
    print(f"{'':44}{'median':>9}{'min':>9}{'beyond torch':>14}")
    for name, found in times.items():
        beyond = f"{medians[name] - medians['import torch']:14.3f}" if "spikeq" in name else ""
        print(f"{name:44}{medians[name]:9.3f}{min(found):9.3f}{beyond}")
    added = medians["import torch, spikeq"] - medians["import torch"]
    print(f"import spikeq adds {added:.3f} s to import torch; at most {LIMIT} s is wanted.")
    sys.exit(added > LIMIT)


if __name__ == "__main__":
    main()
