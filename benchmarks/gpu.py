"""How many microseconds a step takes on a GPU, beside the least that the machine's measured ceilings allow.

Each workload is first compared with a small one on the CPU, with the same network by hand in torch, or with what is
known of it; one that does not pass gets no speed. Without a GPU, ``--device cpu --short`` tries the program out.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import gpu_probe
from gpu_dense import Dense
from gpu_floors import Ceilings
from gpu_learning import DiehlCook
from gpu_measure import Result, Settings, Trial, measure, tried
from gpu_microcircuit import CorticalMicrocircuit
from gpu_neurons import Neurons
from gpu_sparse import VogelsAbbott
from gpu_workload import Workload

Family = Callable[[argparse.Namespace], list[Workload]]
FAMILIES: dict[str, Family] = {  # in the order in which they run; the last take longest to build
    "reference": lambda given: [Dense(n) for n in (250, 1000, 10_000, 30_000)],
    "recurrent": lambda given: [Dense(n, recurrent=True) for n in (250, 1000, 10_000, 30_000)],
    "diehl-cook": lambda given: [DiehlCook(rows=rows) for rows in (1, 16, 64, 256)],
    "neurons": lambda given: [Neurons(100_000_000)],
    "vogels-abbott": lambda given: [VogelsAbbott(n) for n in (4000, 400_000, 4_000_000)],
    "microcircuit": lambda given: [CorticalMicrocircuit(given.scale, given.by_delay)],
}
SHORT: dict[str, list[Workload]] = {
    "reference": [Dense(60, steps=20, compared=50)],
    "recurrent": [Dense(60, recurrent=True, steps=20, compared=50)],
    "diehl-cook": [DiehlCook(40, rows=3, steps=20)],
    "neurons": [Neurons(10_001, steps=20)],
    "vogels-abbott": [VogelsAbbott(400, steps=20)],
    "microcircuit": [CorticalMicrocircuit(0.01, steps=20), CorticalMicrocircuit(0.01, True, steps=20)],
}
FAILED = 1  # exit status where a workload has no speed


def workloads(family: str, arguments: argparse.Namespace) -> list[Workload]:
    """The sizes of one family."""
    return SHORT[family] if arguments.short else FAMILIES[family](arguments)


def run_family(family: str, arguments: argparse.Namespace, ceilings: Ceilings) -> list[Result]:
    """Measure every size of one family in this process, printing each at once."""
    settings = Settings(arguments.device, arguments.backend, arguments.repetitions)
    trials: dict[Workload, Trial] = {}
    results = []
    print(f"\n{family}", flush=True)
    for workload in workloads(family, arguments):
        small = workload.small()
        if small not in trials:
            trials[small] = tried(small, settings)
            for line in trials[small].words:
                print(f"  {line}", flush=True)
        results.append(measure(workload, settings, ceilings, trials[small]))
        print(described(results[-1]), flush=True)
        if arguments.rows:
            with open(arguments.rows, "a") as file:
                print(json.dumps(results[-1].row()), file=file)
    return results


def described(result: Result) -> str:
    """One result for people."""
    lines = [f"  {result.workload}"]
    if result.check:
        lines.append(f"    {result.check}")
    if result.problem:
        return "\n".join([*lines, *(f"    {line}" for line in f"NO SPEED, {result.problem}".splitlines())])
    lines += [f"    {line}" for line in result.launch.splitlines()]
    lines.append(
        f"    build {result.build:.2f} s, compile {result.compile:.2f} s, first run and check {result.first:.2f} s, "
        f"{result.memory_mb:.0f} MB"
    )
    lines.append(
        f"    {result.step:.2f} us a step, floor {result.floor:.2f} ({result.cause}), "
        f"real-time factor {result.real_time:.3g}{_aim(result)}"
    )
    lines.append(f"    runs of {result.steps} steps: {result.run:.2f} us a step (least {result.run_min:.2f})")
    if result.tiled is not None:
        lines.append(f"    floor where many steps share a launch {result.tiled:.3f} us")
    for name, other in (("torch by hand", result.by_hand), ("BindsNET", result.bindsnet)):
        if other is not None:
            lines.append(f"    {name} {other:.2f} us a step, {other / result.run:.2f} x spikeq's")
    return "\n".join([*lines, *([f"    {result.notes}"] if result.notes else [])])


def _aim(result: Result) -> str:
    if result.wanted is None:
        return ""
    return f"; at most {result.wanted:g} us wanted on an H200{'' if result.step <= result.wanted else ': missed'}"


def table(results: list[Result]) -> str:
    """All results, one line each."""
    columns = ("step", "floor", "by_hand", "bindsnet")
    lines = [f"{'us a step':34}{'spikeq':>11}{'floor':>9}{'x':>9}{'by hand':>11}{'BindsNET':>11}{'real time':>11}"]
    for one in results:
        if one.problem:
            lines.append(f"{one.workload:34}  {one.problem.splitlines()[0]}")
            continue
        step, floor, hand, theirs = (getattr(one, name) for name in columns)
        others = "".join(f"{other:11.2f}" if other is not None else f"{'-':>11}" for other in (hand, theirs))
        lines.append(f"{one.workload:34}{step:11.2f}{floor:9.2f}{step / floor:9.1f}{others}{one.real_time:11.3g}")
    return "\n".join(lines)


# -- processes ----------------------------------------------------------------------------------------------------


def run_apart(family: str, arguments: argparse.Namespace, ceilings: Ceilings, seconds: float) -> list[Result]:
    """Measure one family in a process of its own: what ends or hangs there leaves the others alone."""
    with tempfile.TemporaryDirectory() as folder:
        given, rows = Path(folder) / "ceilings.json", Path(folder) / "rows.jsonl"
        given.write_text(json.dumps(asdict(ceilings)))
        rows.touch()
        command = [sys.executable, __file__, "--workloads", family, "--here", str(given), "--rows", str(rows)]
        for name in ("device", "backend", "repetitions", "scale"):
            command += [f"--{name}", str(getattr(arguments, name))]
        command += [f"--{name}" for name in ("short", "by-delay") if getattr(arguments, name.replace("-", "_"))]
        try:
            status = subprocess.run(command, timeout=seconds).returncode
            problem = f"its process ended with status {status}"
        except subprocess.TimeoutExpired:
            problem = "no time was left"
        results = [Result(**json.loads(line)) for line in rows.read_text().splitlines()]
    known = {result.workload for result in results}
    missing = [one for one in workloads(family, arguments) if one.label not in known]
    return results + [Result(workload.label, problem=problem) for workload in missing]


def read_ceilings(path: str) -> Ceilings:
    """What another process measured."""
    found: dict[str, Any] = json.loads(Path(path).read_text())
    made = Ceilings(**found)
    adds = {kind: {int(n): rate for n, rate in rates.items()} for kind, rates in made.adds.items()}
    return replace(made, reads={int(size): rate for size, rate in made.reads.items()}, adds=adds)


def run_all(arguments: argparse.Namespace) -> list[Result]:
    """Probe, then every family that was asked for; one that is slow leaves time for those after it."""
    started, results = perf_counter(), []
    ceilings = read_ceilings(arguments.here) if arguments.here else gpu_probe.measure(arguments.device, arguments.short)
    if not arguments.here:
        print(gpu_probe.table(ceilings), flush=True)
    for number, family in enumerate(arguments.workloads):
        left = 60 * arguments.minutes - (perf_counter() - started)
        after = len(arguments.workloads) - number - 1
        if arguments.here or arguments.device == "cpu":
            results += run_family(family, arguments, ceilings)
        elif left > 0:
            results += run_apart(family, arguments, ceilings, left / (1 + 0.5 * after))
        else:
            results += [Result(one.label, problem="no time was left") for one in workloads(family, arguments)]
    return results


def _families(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in FAMILIES]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {unknown[0]!r}; there are {', '.join(FAMILIES)}")
    return names


def _scale(text: str) -> float:
    scale = float(text)
    if not 0 < scale <= 1:
        raise argparse.ArgumentTypeError("a scale lies between 0 and 1")
    return scale


def parsed(given: list[str] | None = None) -> argparse.Namespace:
    """The arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda", help="(default: %(default)s)")
    parser.add_argument("--backend", default="auto", help="what Network(backend=...) takes (default: %(default)s)")
    parser.add_argument("--workloads", type=_families, default=list(FAMILIES), help=f"of {','.join(FAMILIES)}")
    parser.add_argument("--scale", type=_scale, default=1.0, help="of the microcircuit (default: %(default)s)")
    parser.add_argument("--by-delay", action="store_true", help="make the microcircuit of one object for each delay")
    parser.add_argument("--repetitions", type=int, default=5, help="timed runs of each (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=8.0, help="for all of them (default: %(default)s)")
    parser.add_argument("--short", action="store_true", help="small sizes, to try the program out")
    parser.add_argument("--csv", metavar="FILE", help="also write the results into FILE")
    parser.add_argument("--here", metavar="FILE", help=argparse.SUPPRESS)  # ceilings; run in this process
    parser.add_argument("--rows", metavar="FILE", help=argparse.SUPPRESS)  # where to add each result
    arguments = parser.parse_args(given)
    if arguments.repetitions < 1:
        parser.error("--repetitions must be at least 1")
    return arguments


def main(given: list[str] | None = None) -> int:
    arguments = parsed(given)
    gpu_probe.require_device(arguments.device)
    results = run_all(arguments)
    if not arguments.here:
        print(f"\n{table(results)}")
    if arguments.csv:
        with open(arguments.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(results[0].row()))
            writer.writeheader()
            writer.writerows(result.row() for result in results)
    return FAILED if any(result.problem for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
