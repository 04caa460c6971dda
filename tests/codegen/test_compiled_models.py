"""The kernels of all oracle models compile for sm_90 without a GPU, as for large populations.

No thread needs memory beside its registers, of which there are few; in single precision nothing is computed in double,
but where that is meant; what an element loads of its own is loaded four at a time.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.test_triton import ALL, shared
from tests.kernels.interpreter import why_not

pytestmark = pytest.mark.skipif(
    bool(why_not()) or os.environ.get("TRITON_INTERPRET") == "1", reason=why_not() or "kernels are interpreted"
)

# Random numbers of events are found in double precision, and so are the steps that a time in seconds takes.
IN_DOUBLE = {
    "poisson_input": "distributions.binomial",
    "refractory_string_time": "special.whole_steps",
    "refractory_variable": "special.whole_steps",
}
MANY_REGISTERS = {"hodgkin_huxley": 168}
REGISTERS = 128
DOUBLE = ("coba", "event_driven_drift", "functions", "hodgkin_huxley", "stdp_all_to_all")


def kernels(names: list[str], cache: Path, *options: str) -> list[dict[str, Any]]:
    """What the kernels of some models take, from processes that share the models."""
    environment = {**os.environ, "SPIKEQ_CACHE": str(cache), "TRITON_CACHE_DIR": str(cache)}
    shares = shared("tests.codegen.compiled_models", names, environment, *options)
    return [kernel for share in shares for kernel in share]


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """All models, large, in single precision."""
    return kernels(sorted(ALL), tmp_path_factory.mktemp("compiled"))


def named(kernel: dict[str, Any]) -> str:
    return "{model}: {name} ({about})".format(**kernel)


def test_there_are_kernels(single: list[dict[str, Any]]) -> None:
    assert len(single) > 2 * len(ALL)


def test_nothing_spills(single: list[dict[str, Any]]) -> None:
    assert [named(kernel) for kernel in single if kernel["stack"]] == []


def test_single_precision_stays_single(single: list[dict[str, Any]]) -> None:
    found = {kernel["model"]: kernel["double_by"] for kernel in single if kernel["doubles"]}
    assert found == {model: [name] for model, name in IN_DOUBLE.items()}


def test_registers_are_few(single: list[dict[str, Any]]) -> None:
    many = [kernel for kernel in single if kernel["registers"] > MANY_REGISTERS.get(kernel["model"], REGISTERS)]
    assert [(named(kernel), kernel["registers"]) for kernel in many] == []


def test_own_numbers_are_loaded_four_at_a_time(single: list[dict[str, Any]]) -> None:
    assert [named(kernel) for kernel in single if kernel["vectors"] < kernel["owned"]] == []
    assert sum(kernel["vectors"] > 0 for kernel in single) > len(single) // 3


def test_double_precision_compiles_too(tmp_path: Path) -> None:
    found = kernels(list(DOUBLE), tmp_path, "--double")
    assert {kernel["model"] for kernel in found} == set(DOUBLE)
    assert sum(kernel["doubles"] > 0 for kernel in found) > len(DOUBLE)


@pytest.mark.slow
@pytest.mark.parametrize("options", [("--architecture", "80"), ("--narrow",)], ids=["sm_80", "small"])
def test_older_gpus_and_small_populations(options: tuple[str, ...], tmp_path: Path) -> None:
    found = kernels(sorted(ALL), tmp_path, *options)
    assert len(found) > 2 * len(ALL)
    assert [named(kernel) for kernel in found if kernel["stack"]] == []
    assert {kernel["model"] for kernel in found if kernel["doubles"]} == IN_DOUBLE.keys()


@pytest.mark.slow
def test_all_models_compile_in_double_precision(tmp_path: Path) -> None:
    assert len(kernels(sorted(ALL), tmp_path, "--double")) > 2 * len(ALL)
