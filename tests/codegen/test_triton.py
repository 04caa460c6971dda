"""Whole models on the Triton backend, interpreted, beside Brian2's results and, in single precision, beside torch's.

Interpreted kernels take a process of their own; two run all models between them.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections import ChainMap
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from spikeq.codegen import spelling, triton_spelling
from tests.kernels import interpreter
from tests.kernels.interpreter import ROOT, why_not
from tests.oracle.script import MODELS

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

SINGLE = ("coba", "cuba", "izhikevich", "lif_current", "population_rate", "refractory_time", "stdp_all_to_all")
ALL = frozenset(path.stem for path in MODELS.glob("*.py"))
PROCESSES = 2


def shared(module: str, names: list[str], environment: dict[str, str], *options: str) -> list[Any]:
    """What processes print that share the models; both wait for the slower."""

    def run(share: list[str]) -> Any:
        command = [sys.executable, "-m", module, *options, *share]
        environ = {**environment, "PYTHONPATH": str(ROOT)}
        ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=900)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    with ThreadPoolExecutor(PROCESSES) as threads:
        return list(threads.map(run, [names[first::PROCESSES] for first in range(PROCESSES)]))


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How each model went."""
    names = sorted(ALL) + [f"{name}:{form}" for name in SINGLE for form in ("float32", "persistent")]
    cache = tmp_path_factory.mktemp("emitted")
    environment = {**os.environ, "TRITON_INTERPRET": "1", "SPIKEQ_CACHE": str(cache)}
    return dict(ChainMap(*shared("tests.codegen.triton_models", names, environment)))


def test_every_function_has_a_name_in_triton() -> None:
    tree = ast.parse((ROOT / "spikeq_kernels" / "special_triton.py").read_text(encoding="utf-8"))
    assigned = {ast.unparse(node.targets[0]): node for node in tree.body if isinstance(node, ast.Assign)}
    known = set(ast.literal_eval(assigned["__all__"].value))
    spelled = {*spelling.FUNCTIONS.values(), *spelling.BINARY.values()} - triton_spelling.SIGNS.keys()
    names = {triton_spelling.FUNCTIONS.get(one, one).removeprefix("special.") for one in spelled}
    assert names <= known


def test_the_lists_name_models() -> None:
    assert frozenset(SINGLE) <= ALL


def test_models_give_the_numbers_of_brian2(short: dict[str, str]) -> None:
    assert {name.partition(":")[0] for name in short} == ALL
    assert {name: text for name, text in short.items() if text} == {}


def test_random_numbers_and_sums_are_those_of_torch() -> None:
    found = interpreter.outcomes(
        "tests.codegen.triton_checks", "tests.codegen.triton_column_checks", "tests.codegen.deterministic_checks"
    )
    assert {name: text for name, text in found.items() if text} == {}
