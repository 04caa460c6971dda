"""Whole networks on a GPU: models beside Brian2 and torch, many steps in a graph, and compute-sanitizer's opinion.

Where there is none, the same checks run interpreted.
"""

from __future__ import annotations

import os
import shutil
from collections import ChainMap
from pathlib import Path

import pytest

from tests.codegen.test_triton import ALL, SINGLE, shared
from tests.kernels.interpreter import names, outcomes, why_not

CHECKS = "tests.codegen.gpu_checks"
FURTHER = ("tests.codegen.triton_checks", "tests.codegen.name_checks")

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def sanitizer() -> str | None:
    """NVIDIA's tool that watches what kernels do to memory."""
    folders = (os.environ.get("CUDA_HOME", "/usr/local/cuda"), "/usr/local/cuda")
    search = os.pathsep.join([os.environ.get("PATH", ""), *(str(Path(one, "bin")) for one in folders)])
    return shutil.which("compute-sanitizer", path=search)


@pytest.fixture(scope="module")
def interpreted() -> dict[str, str]:
    return outcomes(CHECKS)


@pytest.mark.parametrize("name", names(CHECKS))
def test_interpreted(name: str, interpreted: dict[str, str]) -> None:
    assert interpreted[name] == "", interpreted[name]


@pytest.mark.gpu
def test_networks() -> None:
    found = outcomes(CHECKS, *FURTHER, interpreted=False)
    assert len(found) >= len(names(CHECKS, *FURTHER)) - sum(".check_interpreted_" in one for one in names(*FURTHER))
    assert {name: problem for name, problem in found.items() if problem} == {}


@pytest.mark.gpu
@pytest.mark.parametrize("form", ["", ":float32"])
def test_models(form: str, tmp_path: Path) -> None:
    """In double precision beside Brian2, in single beside torch: those whose spikes rounding does not move."""
    chosen = sorted(SINGLE if form else ALL)
    environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
    environment |= {"SPIKEQ_CACHE": str(tmp_path)}
    found = dict(ChainMap(*shared("tests.codegen.triton_models", [f"{name}{form}" for name in chosen], environment)))
    assert {name: text for name, text in found.items() if text} == {}


@pytest.mark.gpu
@pytest.mark.slow
@pytest.mark.skipif(sanitizer() is None, reason="compute-sanitizer is not installed")
@pytest.mark.parametrize("tool", ["memcheck", "racecheck", "initcheck", "synccheck"])
def test_a_gpu_finds_no_stray_access_and_no_race(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTORCH_NO_CUDA_MEMORY_CACHING", "1")  # each tensor is its own allocation
    watch = (str(sanitizer()), "--tool", tool, "--error-exitcode", "3")
    found = outcomes(CHECKS, interpreted=False, watched_by=watch)
    assert {name: problem for name, problem in found.items() if problem} == {}
