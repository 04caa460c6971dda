"""How long 10 million synapses take to build, and how much memory, on spikeq and on Brian2; first a check of each.

Each measurement is a process of its own: connect, one value for each synapse, and the first step of a run that needs
the synapses by both sides.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

LIMIT = 10.0  # seconds for spikeq, connect and first step together
DEVIATIONS = 5.0  # standard deviations of a random number of synapses
NEURON, ON_PRE, ON_POST = "x : 1", "x_post += w; w = clip(w + 0.01, 0, 1)", "w = clip(w - 0.01, 0, 1)"


@dataclass(frozen=True)
class Case:
    """One way to connect ``n`` to ``m`` neurons: the arguments of connect, or how many index pairs to draw.

    ``wanted`` is the expected number of synapses, ``spread`` its standard deviation.
    """

    n: int
    m: int
    arguments: dict[str, Any]
    wanted: float
    spread: float = 0.0
    pairs: int = 0

    def given(self) -> dict[str, Any]:
        """The arguments, drawn index pairs among them."""
        if not self.pairs:
            return self.arguments
        draw = np.random.default_rng(0)
        return {"i": draw.integers(0, self.n, self.pairs), "j": draw.integers(0, self.m, self.pairs)}


def cases(scale: float) -> dict[str, Case]:
    """All cases; ``scale`` 1 makes 10 million synapses each, less makes groups smaller."""
    side, long = round(10_000 * scale), round(1_000_000 * scale)
    near = "k for k in range(i-5, i+6) if k != i"
    root = round(3_163 * scale)
    tenth, chance = side // 10, 0.1
    return {
        "dense": Case(side, tenth, {}, side * tenth),
        "p = 0.1": Case(side, side, {"p": chance}, chance * side**2, side * 0.3),
        "i != j, p = 0.1": Case(
            side, side, {"condition": "i != j", "p": chance}, chance * side * (side - 1), side * 0.3
        ),
        "i != j": Case(root, root, {"condition": "i != j"}, root * (root - 1)),
        "index arrays": Case(side, side, {}, side * tenth, pairs=side * tenth),
        "range(i-5, i+6)": Case(long, long, {"j": near, "skip_if_invalid": True}, 10 * long - 30),
        "sample(p=0.1)": Case(side, side, {"j": "k for k in sample(N_post, p=0.1)"}, chance * side**2, side * 0.3),
        "sample(size=N/10)": Case(side, side, {"j": f"k for k in sample(N_post, size={tenth})"}, side * tenth),
        "j = i": Case(10 * long, 10 * long, {"j": "i"}, 10 * long),
    }


def build(package: Any, case: Case, options: dict[str, Any]) -> tuple[Any, float, float]:
    """The synapses, seconds to connect and set a value, and seconds to the end of the first step."""
    source = package.NeuronGroup(case.n, NEURON, threshold="x > 1", reset="")
    target = package.NeuronGroup(case.m, NEURON, threshold="x > 1", reset="")
    synapses = package.Synapses(source, target, "w : 1", on_pre=ON_PRE, on_post=ON_POST)
    network, given = package.Network(source, target, synapses, **options), case.given()
    started = perf_counter()
    synapses.connect(**given)
    len(synapses)
    synapses.w = 0.5
    connected = perf_counter()
    network.run(0.1 * package.ms)
    return synapses, connected - started, perf_counter() - connected


def of_side(side: str) -> tuple[Any, dict[str, Any]]:
    """A package and what its Network takes."""
    package = import_module(side)
    if side == "brian2":
        return package, {}
    return package, {"dt": 0.1 * package.ms, "dtype": "float32", "seed": 0}


def measure(side: str, name: str) -> dict[str, Any]:
    """Build one case in this process."""
    package, options = of_side(side)
    build(package, cases(0.01)[name], options)  # imports and compilers are not counted
    before = held()
    case, begun = cases(1.0)[name], process_time()
    synapses, connecting, running = build(package, case, options)
    computing = process_time() - begun
    require(name, case, len(synapses))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    return {"synapses": len(synapses), "connect": connecting, "first step": running, "CPU": computing, "MB": peak}


def held() -> float:
    """The memory that this process has now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def require(name: str, case: Case, found: int) -> None:
    """Raise SystemExit where a number of synapses cannot be."""
    if abs(found - case.wanted) > DEVIATIONS * case.spread:
        raise SystemExit(f"{name}: {found} synapses, not {case.wanted:.0f} +- {case.spread:.0f}; no time is reported.")


def check(name: str) -> None:
    """Compare a small case with Brian2's: the same synapses in the same order, or for random ones the same numbers."""
    case, pairs = cases(0.02)[name], {}
    for side in ("spikeq", "brian2"):
        package, options = of_side(side)
        synapses = build(package, case, options)[0]
        i, j = np.asarray(synapses.i[:]), np.asarray(synapses.j[:])
        require(f"{name} on {side}", case, len(i))
        pairs[side] = (i, j)
    (i, j), (other_i, other_j) = pairs["spikeq"], pairs["brian2"]
    random = "p" in case.arguments or "sample" in case.arguments.get("j", "")
    if not random and not (np.array_equal(i, other_i) and np.array_equal(j, other_j)):
        raise SystemExit(f"{name}: the synapses are not Brian2's; no time is reported.")
    ascending = np.diff(i.astype(np.int64) * case.m + j) > 0
    if not case.pairs and not ascending.all():
        raise SystemExit(f"{name}: the synapses do not ascend; no time is reported.")
    if "size" in case.arguments.get("j", "") and (np.bincount(i, minlength=case.n) != case.m // 10).any():
        raise SystemExit(f"{name}: a sample has another size; no time is reported.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", nargs="*", default=list(cases(1.0)), choices=list(cases(1.0)), metavar="CASE")
    parser.add_argument("--sides", nargs="*", default=["spikeq", "brian2"], choices=["spikeq", "brian2"])
    parser.add_argument("--once", nargs=2, metavar=("SIDE", "CASE"), help="measure in this process and print JSON")
    arguments = parser.parse_args()
    if arguments.once:
        print(json.dumps(measure(*arguments.once)))
        return
    columns = ("synapses", "connect", "first step", "CPU", "MB")
    print(f"{'':20}{'':10}" + "".join(f"{column:>12}" for column in columns))
    slow = False
    for name in arguments.cases:
        check(name)
        for side in arguments.sides:
            command = [sys.executable, __file__, "--once", side, name]
            run = subprocess.run(command, capture_output=True, text=True)
            if run.returncode:
                raise SystemExit(run.stderr or f"{side} ended with {run.returncode}.")
            row = json.loads(run.stdout.splitlines()[-1])
            numbers = (f"{row[c]:,}" if c == "synapses" else f"{row[c]:.2f}" for c in columns)
            print(f"{name:20}{side:10}" + "".join(f"{number:>12}" for number in numbers), flush=True)
            slow = slow or (side == "spikeq" and row["connect"] + row["first step"] > LIMIT)
    sys.exit(slow)


if __name__ == "__main__":
    main()
