"""The reference network on spikeq and on BindsNET: first whether they are the same neuron, then how fast each is.

Both sides are processes that build once and are asked in turn. With the same weights and the same given input spikes
the output spikes of both are compared neuron by neuron; only where that comparison passes are times reported, each
of 1,000 ms with fresh Bernoulli input, whose generation is part of the time.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import reference_workload as workload
from numpy.typing import NDArray
from side import Side

HERE = Path(__file__).resolve().parent
TIE = 1e-3  # mV: how near the threshold float32 may decide otherwise
ALIKE = 0.9  # of the neurons: their whole spike trains must be the same
LARGEST_DEVIATION = 5.0  # standard deviations of the number of input spikes
Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """How the output spikes of both sides agree.

    ``margin`` is the largest distance from the threshold in mV, computed in float64, where a neuron's trains part.
    """

    spikes: tuple[int, int]
    neurons_alike: float
    spikes_shared: float
    margin: float

    @property
    def passed(self) -> bool:
        """Nearly all neurons agree, and each of the others parts at a tie."""
        return self.spikes[1] > 0 and self.neurons_alike >= ALIKE and self.margin <= TIE


def compare(ours: NDArray[np.int64], theirs: NDArray[np.int64], n: int, seed: int) -> Comparison:
    """Compare spikes ``[2, spikes]`` (step, neuron) of the given input."""
    trains = [_trains(spikes, n) for spikes in (ours, theirs)]
    apart = [neuron for neuron in range(n) if trains[0][neuron] != trains[1][neuron]]
    margin = 0.0
    if apart:
        given, matrix = workload.given_input(n, seed), workload.weights(n, seed)
        margin = max(_margin(given, matrix[:, i], trains[0][i], trains[1][i]) for i in apart)
    shared = sum(len(set(a) & set(b)) for a, b in zip(*trains, strict=True))
    total = max(1, ours.shape[1], theirs.shape[1])
    return Comparison((ours.shape[1], theirs.shape[1]), 1 - len(apart) / n, shared / total, margin)


def _trains(spikes: NDArray[np.int64], n: int) -> list[list[int]]:
    """The steps of each neuron's spikes, in order."""
    step, neuron = spikes
    by_neuron = np.lexsort((step, neuron))
    ends = np.cumsum(np.bincount(neuron, minlength=n))[:-1]
    return [part.tolist() for part in np.split(step[by_neuron], ends)]


def _margin(given: NDArray[np.bool_], column: NDArray[np.float32], ours: list[int], theirs: list[int]) -> float:
    """How far from the threshold a neuron was in the first step that only one of its two trains contains."""
    step = min(set(ours) ^ set(theirs))
    before = [spike for spike in ours if spike < step]
    return abs(workload.voltage_before(given, column, before, step) - workload.V_THRESHOLD)


def both(n: int, arguments: argparse.Namespace) -> tuple[Side, Side]:
    """A process for each side, which builds its network."""
    shared = (n, arguments.seed, arguments.threads)
    return (
        Side("spikeq", sys.executable, HERE / "reference_spikeq.py", *shared),
        Side("BindsNET", arguments.bindsnet_python, HERE / "reference_bindsnet.py", *shared),
    )


def check(n: int, arguments: argparse.Namespace) -> Comparison:
    """Run the given input on both sides and compare. Raises SystemExit if the number of input spikes is impossible."""
    chance = workload.rates(n, arguments.seed) * 1e-3
    expected = workload.STEPS * chance.sum()
    deviation = float(np.sqrt(workload.STEPS * (chance * (1 - chance)).sum()))
    found = []
    ours, theirs = both(n, arguments)
    with tempfile.TemporaryDirectory() as folder, ours, theirs:
        for side in (ours, theirs):
            where = os.path.join(folder, f"{side.name}.npy")
            sent = side.ask("check", where)["spikes_in"]
            if abs(sent - expected) > LARGEST_DEVIATION * deviation:
                raise SystemExit(f"{side.name} draws {sent} input spikes, not {expected:.0f} +- {deviation:.0f}.")
            found.append(np.load(where))
    return compare(found[0], found[1], n, arguments.seed)


def measure(n: int, arguments: argparse.Namespace) -> list[Row]:
    """One size: check, then time both sides in turn. Raises SystemExit where the check fails."""
    found = check(n, arguments)
    print_comparison(n, found)
    if not found.passed:
        raise SystemExit(f"N = {n}: the two sides are not the same neuron; no times are reported.")
    ours, theirs = both(n, arguments)
    with ours, theirs:
        sides = [ours, theirs]
        about = {side.name: side.ask("about") for side in sides}
        for side in sides:
            side.ask("run")  # wakes threads and fills caches, and is not counted
        answers: dict[str, list[Row]] = {side.name: [] for side in sides}
        for repetition in range(arguments.repetitions):
            for side in sides if repetition % 2 else reversed(sides):
                answers[side.name].append(side.ask("run"))
    print(f"  {'; '.join(answer['version'] for answer in about.values())}; {arguments.threads} threads")
    return [row(n, name, about[name], answers[name], found) for name in answers]


def row(n: int, name: str, about: Row, answers: list[Row], found: Comparison) -> Row:
    """One line of the table."""
    runs = [answer["run_s"] for answer in answers]
    return {
        "n": n,
        "side": name,
        "version": about["version"],
        "threads": about["threads"],
        "build_s": about["build_s"],
        "compile_s": about["compile_s"],
        "prepare_s": statistics.median(answer["prepare_s"] for answer in answers),
        "run_median_s": statistics.median(runs),
        "run_min_s": min(runs),
        "spikes_out": statistics.median(answer["spikes_out"] for answer in answers),
        "memory_mb": max(answer["memory_mb"] for answer in answers),
        "neurons_alike": found.neurons_alike,
        "runs_s": " ".join(f"{seconds:.4f}" for seconds in runs),
    }


def print_comparison(n: int, found: Comparison) -> None:
    """What the check found."""
    print(f"N = {n}")
    print(
        f"  given input: {found.spikes[0]} and {found.spikes[1]} output spikes, {found.spikes_shared:.4%} shared; "
        f"{found.neurons_alike:.2%} of the neurons have the same train,\n"
        f"  the others part where the voltage is within {found.margin:.1e} mV of the threshold: "
        f"{'passed' if found.passed else 'FAILED'}",
        flush=True,
    )


def print_table(pair: list[Row]) -> None:
    """Both sides of one size, and their ratio."""
    print(f"  {'':10}{'build':>9}{'compile':>9}{'prepare':>9}{'run median':>12}{'run min':>9}{'spikes':>9}{'MB':>7}")
    for one in pair:
        print(
            f"  {one['side']:10}{one['build_s']:9.3f}{one['compile_s']:9.3f}{one['prepare_s']:9.3f}"
            f"{one['run_median_s']:12.4f}{one['run_min_s']:9.4f}{one['spikes_out']:9.0f}{one['memory_mb']:7.0f}"
        )
    ours, theirs = pair
    for which in ("run_median_s", "run_min_s"):
        ratio = theirs[which] / ours[which]
        print(f"  {which.removesuffix('_s').replace('_', ' ')}: spikeq takes {1 / ratio:.2f} x BindsNET's time", end="")
        print(f", it is {ratio:.1f} times faster" if ratio > 1 else "")
    print(flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--bindsnet-python",
        metavar="PYTHON",
        default=os.environ.get("BINDSNET_PYTHON"),
        help="interpreter of an environment with BindsNET (default: $BINDSNET_PYTHON); README.md says how to make one",
    )
    parser.add_argument("--sizes", default="250,1000,10000", help="N, separated by commas (default: %(default)s)")
    parser.add_argument("--repetitions", type=int, default=5, help="timed runs of each side (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="of each side (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of rates, weights and input (default: %(default)s)")
    parser.add_argument("--csv", metavar="FILE", help="also write the results, with every single run, into FILE")
    arguments = parser.parse_args()
    if not arguments.bindsnet_python:
        parser.error("give --bindsnet-python or set BINDSNET_PYTHON; README.md says how to make such an environment")
    rows: list[Row] = []
    for n in (int(size) for size in arguments.sizes.split(",")):
        pair = measure(n, arguments)
        print_table(pair)
        rows += pair
    if arguments.csv:
        with open(arguments.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
