"""Whole models on the Triton backend, interpreted, beside Brian2's results and, in single precision, beside torch's.

Interpreted kernels take a process of their own; one runs all models.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from spikeq.codegen import spelling, triton_spelling
from tests.kernels import interpreter
from tests.kernels.interpreter import ROOT, why_not
from tests.oracle.script import MODELS

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

# What the backend refuses: a model that begins to run must leave this list.
REFUSED = frozenset({"delays_changed"})
# Those that take longest to interpret.
LONG = frozenset(
    """adaptive_exponential calcium_based chosen_methods conditional_write connection_forms custom_event_plasticity
    delays_from_strings delays_post_refractory delays_zero_and_long event_driven_coupled event_driven_drift
    event_driven_shared_inputs event_driven_silence exponential_euler functions gap_junctions hodgkin_huxley homeostasis
    integer_arithmetic last_spike last_update linked_in_synapses morris_lecar neuromodulated pair_plasticity
    plastic_runs plastic_store_and_restore plastic_subgroups poisson_extremes poisson_input postsynaptic_pathway
    several_clocks stdp_delays stdp_recurrent stdp_simultaneous stdp_triplet summed_conductances summed_presynaptic
    summed_several_targets summed_subgroups synapses_on_several_clocks synapses_onto_synapses synaptic_methods
    synaptic_monitors synaptic_name_order vogels_inhibition""".split()
)
SINGLE = ("coba", "cuba", "izhikevich", "lif_current", "population_rate", "refractory_time", "stdp_all_to_all")
ALL = frozenset(path.stem for path in MODELS.glob("*.py"))


def outcomes(names: list[str], cache: Path) -> dict[str, str]:
    """How each model went, from a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.codegen.triton_models", *names],
        cwd=ROOT,
        env={**os.environ, "TRITON_INTERPRET": "1", "PYTHONPATH": str(ROOT), "SPIKEQ_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    found: dict[str, str] = json.loads(run.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    names = sorted(ALL - LONG) + [f"{name}:float32" for name in SINGLE]
    return outcomes(names, tmp_path_factory.mktemp("emitted"))


def test_every_function_has_a_name_in_triton() -> None:
    tree = ast.parse((ROOT / "spikeq_kernels" / "special_triton.py").read_text(encoding="utf-8"))
    assigned = {ast.unparse(node.targets[0]): node for node in tree.body if isinstance(node, ast.Assign)}
    known = set(ast.literal_eval(assigned["__all__"].value))
    spelled = {*spelling.FUNCTIONS.values(), *spelling.BINARY.values()} - triton_spelling.SIGNS.keys()
    names = {triton_spelling.FUNCTIONS.get(one, one).removeprefix("special.") for one in spelled}
    assert names <= known


def test_the_lists_name_models() -> None:
    assert REFUSED | LONG | frozenset(SINGLE) <= ALL
    assert not REFUSED & LONG


def test_models_give_the_numbers_of_brian2(short: dict[str, str]) -> None:
    wrong = {name: text for name, text in short.items() if text and not text.startswith("refused: ")}
    assert wrong == {}


def test_a_model_that_is_refused_is_on_the_list(short: dict[str, str]) -> None:
    assert {name for name, text in short.items() if text.startswith("refused: ")} == REFUSED


@pytest.mark.slow
def test_long_models_give_the_numbers_of_brian2(tmp_path: Path) -> None:
    assert {name: text for name, text in outcomes(sorted(LONG), tmp_path).items() if text} == {}


def test_random_numbers_are_those_of_torch() -> None:
    assert {name: text for name, text in interpreter.outcomes("tests.codegen.triton_checks").items() if text} == {}
