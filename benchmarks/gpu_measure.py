"""Measures one workload: first that it is right, then how long building, compiling and a step take."""

from __future__ import annotations

import gc
import statistics
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import torch
from gpu_floors import Ceilings
from gpu_workload import Built, CheckFailed, Workload, require_alike, trains

from spikeq.errors import SpikeqError

LONG = 5.0  # seconds that one timed run should not exceed
ENOUGH = 30.0  # seconds after which two runs of each length are enough
TIMES = 4  # as many steps in the longer runs
QUICK = 2.0  # seconds of building up to which the launch of the network itself is shown


@dataclass(frozen=True)
class Settings:
    """Where and how networks run."""

    device: str = "cuda"
    backend: str = "auto"
    repetitions: int = 5

    @property
    def options(self) -> dict[str, Any]:
        """What ``Network`` takes."""
        return {"device": self.device, "backend": self.backend, "dtype": "float32"}

    def wait(self) -> None:
        """Until the device has nothing left to do."""
        if self.device != "cpu":
            torch.cuda.synchronize()

    def seconds(self, work: Callable[[], object]) -> float:
        """How long something takes until the device is done."""
        self.wait()
        started = perf_counter()
        work()
        self.wait()
        return perf_counter() - started


@dataclass
class Result:
    """What became of a workload: ``problem`` is empty where it was measured. Times of steps in us, others in s.

    run, run_min: of a step of whole runs of ``steps`` steps. step: of each further step, from runs of two lengths.
    """

    workload: str
    form: str = ""
    problem: str = ""
    check: str = ""
    launch: str = ""
    build: float = 0.0
    compile: float = 0.0
    first: float = 0.0
    memory_mb: float = 0.0
    steps: int = 0
    run: float = 0.0
    run_min: float = 0.0
    step: float = 0.0
    floor: float = 0.0
    cause: str = ""
    tiled: float | None = None
    real_time: float = 0.0
    by_hand: float | None = None
    bindsnet: float | None = None
    wanted: float | None = None
    notes: str = ""

    def row(self) -> dict[str, Any]:
        """One line of a table."""
        return asdict(self)


@dataclass(frozen=True)
class Trial:
    """What a small network did on the device, its launch, and seconds of its first and a second run; or the problem."""

    label: str
    found: str = ""
    launch: str = ""
    first: float = 0.0
    again: float = 0.0
    problem: str = ""

    @property
    def words(self) -> list[str]:
        """The trial for people; of a problem the workloads tell."""
        if self.problem:
            return []
        return [f"{self.label}: {self.found}", f"  its first run took {self.first:.2f} s, the next {self.again:.2f} s"]


def tried(small: Workload, settings: Settings) -> Trial:
    """Run a small network here and on the device, with the same random numbers."""
    trials: list[Trial] = []
    problem = problem_of(lambda: trials.append(_tried(small, settings)))
    return trials[0] if trials else Trial(small.label, problem=problem)


def _tried(small: Workload, settings: Settings) -> Trial:
    torch.zeros(1, device=settings.device)  # a device that sleeps is not to be counted
    there = small.build(**settings.options)
    first = settings.seconds(lambda: there.run(small.compared))
    ours, launch = trains(there.parts["spikes"]), str(there.network.show("launch", namespace={}))
    again = settings.seconds(lambda: there.run(small.compared))
    here = small.build(device="cpu", backend="torch", dtype="float32")
    here.run(small.compared)
    found = require_alike(ours, trains(here.parts["spikes"]), "the torch backend on the CPU")
    return Trial(f"{small.label}, {small.compared} steps", found, launch, first, again)


def problem_of(work: Callable[[], object]) -> str:
    """What went wrong, in words that say whose fault it is; nothing where all went well."""
    try:
        work()
    except CheckFailed as error:
        return f"check failed: {error}"
    except SpikeqError as error:
        return f"refused: {error}"
    except (MemoryError, torch.OutOfMemoryError) as error:
        return f"does not fit into memory: {_first_line(error)}"
    except Exception as error:  # a kernel that fails must not take the other workloads with it
        traceback.print_exc()
        return f"{type(error).__name__}: {_first_line(error)}"
    finally:
        gc.collect()
        with suppress(RuntimeError):  # after some failures a GPU refuses everything
            torch.cuda.empty_cache()
    return ""


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


def measure(workload: Workload, settings: Settings, ceilings: Ceilings, trial: Trial) -> Result:
    """Check and time one workload; whatever goes wrong is told in the result and in it only."""
    result = Result(workload.label, notes=workload.notes, wanted=workload.wanted, problem=trial.problem)
    if not trial.problem:
        result.problem = problem_of(lambda: _measure(workload, settings, ceilings, trial.launch, result))
    return result


def _measure(workload: Workload, settings: Settings, ceilings: Ceilings, launch: str, result: Result) -> None:
    started = perf_counter()
    built = workload.build(**settings.options)
    network = built.network
    network.compile(namespace={})
    result.compile = network.timings["compile"]
    result.build = perf_counter() - started - result.compile
    result.form = f"{network.form} on {settings.device}"
    started = perf_counter()
    result.check = workload.check(built)
    result.first = perf_counter() - started
    quick = network.timings["build"] < QUICK
    result.launch = str(network.show("launch", namespace={})) if quick else f"{launch}\n(of the small form)"
    result.memory_mb = sum(network.memory().values()) / 2**20
    timed = _timed(workload, built, settings)
    result.steps, result.run, result.run_min, result.step = timed.steps, timed.run, timed.run_min, timed.step
    floor = workload.floor(ceilings, timed.spikes)
    result.floor, result.cause = 1e6 * floor.seconds, floor.cause
    result.tiled = None if floor.tiled is None else 1e6 * floor.tiled
    result.real_time = result.step * 1e-6 / network.clock.dt_
    result.by_hand = _other(workload.plain(built), result.steps, settings)
    result.bindsnet = _other(workload.bindsnet(settings.device), result.steps, settings)


@dataclass(frozen=True)
class Timed:
    """Seconds of runs of ``steps`` steps and of ``TIMES`` as many, and spikes a step. Properties are in us a step."""

    steps: int
    short: list[float]
    long: list[float]
    spikes: float

    @property
    def run(self) -> float:
        """Of the shorter runs, all that they cost."""
        return 1e6 * statistics.median(self.short) / self.steps

    @property
    def run_min(self) -> float:
        """Of the shortest."""
        return 1e6 * min(self.short) / self.steps

    @property
    def step(self) -> float:
        """What a further step costs, without what each run costs once; that of a run where noise hides it."""
        further = 1e6 * (statistics.median(self.long) - statistics.median(self.short)) / ((TIMES - 1) * self.steps)
        return further if further > 0 else self.run


def _timed(workload: Workload, built: Built, settings: Settings) -> Timed:
    """Run with what is built and compiled before each run left out."""
    steps = min(workload.steps, 50)
    guess = _run(built, steps, settings) / steps
    if built.network.timings["build"] < QUICK:
        guess = _run(built, steps, settings) / steps  # warm
    steps = max(1, min(workload.steps, int(LONG / TIMES / guess)))
    before, started = built.count(), perf_counter()
    short: list[float] = []
    long: list[float] = []
    while len(short) < settings.repetitions and (len(short) < 2 or perf_counter() - started < ENOUGH):
        short.append(_run(built, steps, settings))
        long.append(_run(built, TIMES * steps, settings))
    return Timed(steps, short, long, (built.count() - before) / ((1 + TIMES) * steps * len(short)))


def _run(built: Built, steps: int, settings: Settings) -> float:
    whole = settings.seconds(lambda: built.run(steps))
    timings = built.network.timings
    return whole - timings["build"] - timings["compile"]


def _other(run: Callable[[int], object] | None, steps: int, settings: Settings) -> float | None:
    """Median us per step of the same network in other hands."""
    if run is None:
        return None
    few = max(1, min(steps, 50))
    run(few)
    guess = settings.seconds(lambda: run(few)) / few
    steps = max(1, min(steps, int(LONG / guess)))
    return 1e6 * statistics.median(settings.seconds(lambda: run(steps)) for _ in range(3)) / steps
