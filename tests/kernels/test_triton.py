"""The Triton twins against torch, in one process for all checks: interpreted, and on a GPU where there is one."""

from __future__ import annotations

import shutil

import pytest

from tests.kernels.interpreter import names, outcomes, why_not

NAMES = ("special", "event", "random", "normalise", "dense_sum", "propagate")
CHECKS = tuple(f"tests.kernels.{name}_checks" for name in NAMES)

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return outcomes(*CHECKS)


@pytest.mark.parametrize("name", names(*CHECKS))
def test_interpreted(name: str, found: dict[str, str]) -> None:
    assert found[name] == "", found[name]


@pytest.mark.gpu
def test_on_a_gpu() -> None:
    compiled = outcomes(*CHECKS, interpreted=False)
    assert len(compiled) > 12
    assert {name: problem for name, problem in compiled.items() if problem} == {}


@pytest.mark.gpu
@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("compute-sanitizer"), reason="compute-sanitizer is not installed")
@pytest.mark.parametrize("tool", ["memcheck", "racecheck"])
def test_a_gpu_finds_no_stray_access_and_no_race(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTORCH_NO_CUDA_MEMORY_CACHING", "1")  # each tensor is its own allocation
    watch = ("compute-sanitizer", "--tool", tool, "--error-exitcode", "3")
    compiled = outcomes(*CHECKS[1:], interpreted=False, watched_by=watch)
    assert {name: problem for name, problem in compiled.items() if problem} == {}
