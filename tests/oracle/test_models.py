"""Every model gives the numbers that Brian2 gave: the same spikes in the same steps, traces within 1e-9."""

from __future__ import annotations

import importlib.util
import warnings

import numpy as np
import pytest

from tests.oracle.comparison import differences
from tests.oracle.generator import FIXED_SEEDS, generate
from tests.oracle.record import observe
from tests.oracle.reference import derive, stored
from tests.oracle.script import EXPECTED, Script, all_scripts

SCRIPTS = all_scripts()
SHORT = [script for script in SCRIPTS if not script.has_two_forms]  # the short forms, and all that are short anyway

with_brian2 = pytest.mark.skipif(importlib.util.find_spec("brian2") is None, reason="brian2 is not installed")


def named(script: Script) -> str:
    return script.name


def test_there_are_enough_models_and_no_result_without_one() -> None:
    assert len([script for script in SCRIPTS if not script.name.endswith(".short")]) >= 45
    generated = {generate(seed).script.name for seed in FIXED_SEEDS}
    assert {path.stem for path in EXPECTED.glob("*.npz")} == {script.name for script in SCRIPTS} | generated
    assert sum(path.stat().st_size for path in EXPECTED.glob("*.npz")) < 2_000_000


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_spikeq_gives_the_numbers_of_brian2(script: Script) -> None:
    expected = stored(script)
    with warnings.catch_warnings():
        if expected.about.warnings:  # where Brian2 warns too
            warnings.simplefilter("ignore")
        namespace = script.run("spikeq.brian2")
    assert differences(expected.arrays, observe(namespace, expected.about.monitors)) == []


@pytest.mark.parametrize("script", SHORT, ids=named)
def test_a_short_form_is_short_and_reaches_every_pathway(script: Script) -> None:
    result = stored(script)
    assert result.about.steps <= 50
    assert result.about.neurons <= 64
    assert any(len(array) for name, array in result.arrays.items() if name.endswith(".i"))
    silent = {pathway for pathway, count in result.about.events.items() if count == 0}
    assert silent <= {"quiet_pre"}


@pytest.mark.parametrize("script", SCRIPTS, ids=named)
def test_stored_results_are_finite_numbers(script: Script) -> None:
    for name, array in stored(script).arrays.items():
        assert np.isfinite(array).all(), name


@with_brian2
def test_brian2_still_gives_the_stored_results() -> None:
    results = derive(SCRIPTS)
    found = {script.name: differences(stored(script).arrays, results[script.name].arrays) for script in SCRIPTS}
    assert {name: sentences for name, sentences in found.items() if sentences} == {}
    counted = {name: (result.about.events, result.about.steps) for name, result in results.items()}
    assert counted == {script.name: (stored(script).about.events, stored(script).about.steps) for script in SCRIPTS}
