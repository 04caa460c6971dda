"""The GPU benchmark in its short form on the CPU: probes, formulas, checks that can fail, and what it prints."""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.kernels.interpreter import names, outcomes, why_not

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import gpu  # noqa: E402
import gpu_dense  # noqa: E402
import gpu_floors  # noqa: E402
import gpu_learning  # noqa: E402
import gpu_measure  # noqa: E402
import gpu_microcircuit  # noqa: E402
import gpu_probe  # noqa: E402
import gpu_workload  # noqa: E402

CHECKS = ("tests.benchmarks.probe_checks",)
# Round numbers: 1 TB/s, a cache of 10 MB with 4 TB/s, 1e9 additions a second, 2 us a node.
ROUND = gpu_floors.Ceilings(
    device="none",
    copy=1e12,
    cache_bytes=10_000_000,
    reads={1_000_000: 4e12, 100_000_000: 1.5e12},
    adds={"float32": {1000: 1e9, 1_000_000: 5e8}},
    node=2e-6,
    launch=5e-6,
    product=1e14,
)
ON_CPU = gpu_measure.Settings(device="cpu", repetitions=1)


@pytest.fixture(scope="module")
def interpreted() -> dict[str, str]:
    return outcomes(*CHECKS)


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@pytest.mark.parametrize("name", names(*CHECKS))
def test_kernels_of_the_probe(name: str, interpreted: dict[str, str]) -> None:
    assert interpreted[name] == "", interpreted[name]


@pytest.mark.slow
@pytest.mark.skipif(bool(why_not()), reason=why_not())
def test_kernels_of_the_probe_compile() -> None:
    """For sm_90 without spills; a block is copied and read by vector instructions, and added without return."""
    import gpu_kernels as kernels

    from tests.kernels.compiled import compile_kernel

    numbers = {"source_ptr": "*fp32", "target_ptr": "*fp32", "n": "i32"}
    copied = compile_kernel(kernels.copy, numbers, {"BLOCK": 4096}, divisible=("n",))
    often = {"x_ptr": "*fp32", "sums_ptr": "*fp32", "blocks": "i32", "times": "i32"}
    read = compile_kernel(kernels.read_often, often, {"BLOCK": 1024})
    places = {"targets_ptr": "*i32", "sums_ptr": "*fp32", "n": "i32"}
    added = compile_kernel(kernels.scatter_add, places, {"BLOCK": 1024})
    counted = compile_kernel(kernels.count_up, {"x_ptr": "*i32"}, {})
    assert [one.spills for one in (copied, read, added, counted)] == [0, 0, 0, 0]
    assert "ld.global.v4" in copied.ptx
    assert "ld.global.cg.v4" in read.ptx
    assert added.count("RED", "ATOM") > 0


def test_without_a_gpu_one_line_says_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for main in (gpu.main, lambda arguments: gpu_probe.require_device("cuda")):
        with pytest.raises(SystemExit) as stop:
            main([])
        assert stop.value.code == gpu_probe.NO_GPU
        assert capsys.readouterr().err.splitlines() == [
            "There is no CUDA device here. Try the program out with --device cpu --short."
        ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--workloads", "reference,cuba"], "there is no 'cuba'"),
        (["--scale", "0"], "a scale lies between 0 and 1"),
        (["--repetitions", "0"], "--repetitions must be at least 1"),
    ],
)
def test_wrong_options(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        gpu.parsed(arguments)
    assert stop.value.code == 2
    assert words in capsys.readouterr().err


def test_the_short_form_passes_its_checks(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Every family; one line each in the table and in the file, with a speed and a floor."""
    path = tmp_path / "rows.csv"
    status = gpu.main(["--device", "cpu", "--short", "--repetitions", "1", "--csv", str(path)])
    printed = capsys.readouterr().out
    assert status == 0, printed
    rows = list(csv.DictReader(path.read_text().splitlines(keepends=True)))
    assert [row["workload"] for row in rows] == [one.label for sizes in gpu.SHORT.values() for one in sizes]
    for row in rows:
        assert row["problem"] == ""
        assert float(row["run"]) >= float(row["run_min"]) > 0
        assert float(row["step"]) > 0
        assert float(row["floor"]) > 0
        assert row["form"] == "auto on cpu"
        assert "many steps a call" in row["launch"]
        assert row["workload"] in printed.splitlines()[-len(rows) - 1 :][rows.index(row) + 1]


def test_a_family_in_a_process_of_its_own() -> None:
    """The ceilings get there and the results come back; where the process is stopped, that is said."""
    arguments = gpu.parsed(["--device", "cpu", "--short", "--repetitions", "1"])
    (found,) = gpu.run_apart("neurons", arguments, ROUND, 120)
    assert found.problem == ""
    assert found.cause == "launches"
    assert found.floor == 2.0  # one node of ROUND
    (stopped,) = gpu.run_apart("neurons", arguments, ROUND, 0.01)
    assert stopped.problem == "no time was left"


def test_a_backend_that_is_refused_has_no_speed(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--device", "cpu", "--short", "--backend", "fortran", "--workloads", "neurons"]
    assert gpu.main(arguments) == gpu.FAILED
    assert "NO SPEED, refused: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (gpu_workload.CheckFailed("5 spikes"), "check failed: 5 spikes"),
        (torch.OutOfMemoryError("CUDA out of memory.\nTried"), "does not fit into memory: CUDA out of memory."),
        (RuntimeError("CUDA error: illegal address"), "RuntimeError: CUDA error: illegal address"),
    ],
)
def test_problems_are_told(error: Exception, words: str) -> None:
    def fail() -> None:
        raise error

    assert gpu_measure.problem_of(fail) == words


# -- checks ---------------------------------------------------------------------------------------------------------


class Wrong:
    """What a network by hand would be with every spike of the first half left out."""

    def __init__(self, right: Any) -> None:
        self.right, self.device = right, right.device

    def run(self, steps: int, *given: torch.Tensor) -> torch.Tensor:
        spikes = self.right.run(steps, *given)
        spikes[: steps // 2] = False
        return spikes


def test_spikes_that_differ_fail() -> None:
    workload = gpu_dense.Dense(250, compared=50)
    built = workload.build(device="cpu")
    built.parts["by hand"] = Wrong(built.parts["by hand"])
    with pytest.raises(gpu_workload.CheckFailed, match="of them the same"):
        workload.check(built)


def test_weights_that_do_not_learn_fail() -> None:
    """Without learning there are the same spikes for a while, but not the weights."""
    workload = gpu_learning.DiehlCook(40, rows=2)
    built = workload.build(device="cpu")
    frozen = built.parts["by hand"]

    class Frozen(Wrong):
        w = frozen.w.clone()

        def run(self, steps: int, *given: torch.Tensor) -> torch.Tensor:
            return self.right.run(steps, *given)

    built.parts["by hand"] = Frozen(frozen)
    built.parts["by hand"].w += 0.01
    with pytest.raises(gpu_workload.CheckFailed, match="of the weights are those by hand"):
        workload.check(built)


def test_a_rate_that_is_not_known_fails() -> None:
    workload = gpu_microcircuit.CorticalMicrocircuit(0.01)
    built = workload.build(device="cpu")
    built.network["cells"].constant_current = 0
    built.network["cells"].mean_inputs = 0  # neither background nor what makes up for it
    result = gpu_measure.Result("microcircuit")
    with pytest.raises(gpu_workload.CheckFailed, match="known are"):
        gpu_measure._measure(Given(workload, built), ON_CPU, ROUND, "", result)
    assert result.step == 0.0


class Given:
    """A workload whose network is there already."""

    def __init__(self, workload: Any, built: Any) -> None:
        self.workload, self.built = workload, built

    def build(self, **options: Any) -> Any:
        return self.built

    def __getattr__(self, name: str) -> Any:
        return getattr(self.workload, name)


@pytest.mark.parametrize("by_delay", [False, True])
def test_the_microcircuit_by_hand(by_delay: bool) -> None:
    """Constant current in the place of the random background, and more of it: the same spikes in each step."""
    workload = gpu_microcircuit.CorticalMicrocircuit(0.01, by_delay)
    built = workload.build(device="cpu")
    cells = built.network["cells"]
    weight, means = float(cells.namespace["w_background"]), cells.mean_inputs[:]
    cells.constant_current_ = cells.constant_current_[:] + 4 * weight * means * 5  # 5 steps are tau_s
    cells.mean_inputs = 0
    built.run(300)
    ours = sum(one.rate_ * len(one.source) * one.clock.dt_ for one in built.parts["rates"].values())
    theirs = gpu_microcircuit.ByHand(built).run(300)
    assert theirs.sum() > 100
    assert np.abs(theirs.numpy() - ours).sum() <= 0.02 * ours.sum()


def test_a_step_without_what_a_run_costs() -> None:
    """10 steps take 25 s in the middle, 40 steps 55 s: each further step takes 1 s."""
    timed = gpu_measure.Timed(10, [30.0, 20.0, 25.0], [55.0, 50.0, 60.0], 0.0)
    assert (timed.run, timed.run_min, timed.step) == (2.5e6, 2e6, 1e6)
    assert gpu_measure.Timed(10, [30.0], [25.0], 0.0).step == 3e6


def test_shared_spikes() -> None:
    ours, theirs = np.array([1, 2, 3, 5]), np.array([1, 2, 4, 5, 9])
    assert gpu_workload.shared(ours, theirs) == 3 / 5
    assert gpu_workload.shared(ours[:0], theirs[:0]) == 0.0


# -- floors, by hand --------------------------------------------------------------------------------------------------


def test_streams() -> None:
    """8 MB of the cache are usable; 1.5 TB/s belongs to a size that does not fit."""
    assert ROUND.cached == 4e12
    assert ROUND.stream(4e6, 8e6) == pytest.approx(1e-6)
    assert ROUND.stream(4e6, 16e6) == pytest.approx(0.5e-6 + 2e-6)  # half of it at either speed


def test_scattered_additions() -> None:
    assert ROUND.scatter(1e6, 2000) == pytest.approx(1e-3)
    assert ROUND.scatter(1e6, 900_000) == pytest.approx(2e-3)


def test_dense_floor() -> None:
    """1,000 x 1,000 weights fit: 50 rows are 0.2 MB, 17 kB of state; launches are longer. In tiles, the product."""
    floor = gpu_floors.dense(ROUND, 50, 1000, 1000, 17.0, feedback=False)
    assert floor.memory == pytest.approx(0.05e-6)
    assert floor.state == pytest.approx(17e3 / 4e12)
    assert (floor.seconds, floor.cause) == (2e-6, "launches")
    assert floor.tiled == pytest.approx(2e6 * 2 / 1e14)
    assert gpu_floors.dense(ROUND, 50, 1000, 1000, 17.0).tiled is None


def test_sparse_floor() -> None:
    """10,000 events a step at 1e9 additions a second; their 80 kB would be read faster."""
    floor = gpu_floors.sparse(ROUND, 100, 100, 1000, 8.0, 32.0)
    assert floor.adds == pytest.approx(1e-5)
    assert floor.memory == pytest.approx(8e4 / 4e12)
    assert floor.seconds == pytest.approx(1e-5 + 32e3 / 4e12)
    assert floor.cause == "atomics"


def test_plastic_floor() -> None:
    """Two rows, each with half of four inputs spiking: three of four rows of the matrix are touched."""
    floor = gpu_floors.plastic(ROUND, 2.0, 0.0, 4, 10, 2, 8.0)
    gather = 4 * 2 * 2 * 10
    product = 2 * 2 * 4 * 10 / 1e14 + 160 / 4e12
    assert floor.memory == pytest.approx(min(gather / 4e12, product) + 8 * 3 * 10 / 4e12)
    assert floor.launches == 4e-6


def test_ceilings_survive_a_file(tmp_path: Path) -> None:
    import json
    from dataclasses import asdict

    path = tmp_path / "ceilings.json"
    path.write_text(json.dumps(asdict(ROUND)))
    assert gpu.read_ceilings(str(path)) == ROUND
    assert replace(ROUND, node=1e-6) != ROUND


def test_a_probe_that_computes_something_else_stops() -> None:
    probe = gpu_probe.Probe("cpu", short=True)
    with pytest.raises(SystemExit, match="no ceilings are reported"):
        probe.require(False, "copy")


@pytest.mark.gpu
def test_on_a_gpu(capsys: pytest.CaptureFixture[str]) -> None:
    """Probes, processes of their own, and every family that the backend runs, small."""
    gpu.main(["--short", "--repetitions", "1"])
    table = capsys.readouterr().out.split("us a step  ")[-1].splitlines()[1:]
    assert len(table) == sum(map(len, gpu.SHORT.values()))
    assert [line for line in table if not re.search(r"refused: |\d\.\d\d +\d", line)] == []
