"""Generated models give Brian2's numbers, and the generator really generates what it is there to generate."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from tests.oracle.comparison import differences
from tests.oracle.generated_parts import Model
from tests.oracle.generator import FIXED_SEEDS, generate
from tests.oracle.nearness import near_a_threshold
from tests.oracle.record import Record
from tests.oracle.reference import derive, stored
from tests.oracle.script import Script
from tests.oracle.shrink import disagreement, shrink
from tests.oracle.test_models import with_brian2

FIXED = [generate(seed) for seed in FIXED_SEEDS]
HARMLESS = ("will run on the clock of the group", "time grids not aligned")  # Brian2's warnings about several clocks
BATCH = 100


@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_spikeq_gives_the_numbers_of_brian2(seed: int) -> None:
    script = generate(seed).script
    expected = stored(script)
    assert near_a_threshold(expected) == [], "choose another seed: the last bits decide this one"
    assert disagreement(expected, script) == []


@pytest.mark.slow
@with_brian2
@pytest.mark.parametrize("first", range(0, 1000, BATCH))
def test_a_thousand_models_give_the_numbers_of_brian2(first: int) -> None:
    models = [generate(seed) for seed in range(first, first + BATCH)]
    results = derive(model.script for model in models)
    aside = [model.seed for model in models if near_a_threshold(results[model.script.name])]
    assert len(aside) <= 0.02 * len(models), f"too many models that the last bits decide: {aside}"
    judged = [model for model in models if model.seed not in aside]
    found = {model.seed: disagreement(results[model.script.name], model.script) for model in judged}
    assert {seed: sentences for seed, sentences in found.items() if sentences} == {}


def test_the_fixed_models_are_alive() -> None:
    assert_alive([stored(model.script) for model in FIXED])


def test_most_fixed_models_are_judged_by_rounded_numbers_and_some_by_exact_ties() -> None:
    exact = sum(model.exact for model in FIXED)
    assert 4 <= exact <= len(FIXED) // 2


@pytest.mark.parametrize("model", FIXED, ids=lambda model: str(model.seed))
def test_brian2_has_nothing_to_object(model: Model) -> None:
    warnings = stored(model.script).about.warnings
    assert [text for text in warnings if not any(known in text for known in HARMLESS)] == []


@with_brian2
def test_brian2_still_gives_the_stored_results() -> None:
    results = derive(model.script for model in FIXED)
    found = {model.seed: differences(stored(model.script).arrays, results[model.script.name].arrays) for model in FIXED}
    assert {seed: sentences for seed, sentences in found.items() if sentences} == {}


def assert_alive(records: Sequence[Record]) -> None:
    """Most models have spikes of their own, synaptic events, and both kinds of pathway."""
    spiking = [_entries(record, r"spikes_.*\.i") for record in records]
    valued = [_entries(record, r"spikes_.*\.v") for record in records]
    delivered = [sum(record.about.events.values()) for record in records]
    silent = [pathway for record in records for pathway, count in record.about.events.items() if count == 0]
    pathways = sum(len(record.about.events) for record in records)
    assert sum(count > 20 for count in spiking) >= 0.9 * len(records)
    assert sum(count > 0 for count in valued) >= 0.3 * len(records)
    assert sum(count > 10 for count in delivered) >= 0.9 * len(records)
    assert len(silent) <= 0.1 * pathways
    assert any(name.endswith("_post") for record in records for name in record.about.events)


def _entries(record: Record, pattern: str) -> int:
    return sum(len(array) for name, array in record.arrays.items() if re.fullmatch(pattern, name))


def test_a_seed_always_gives_the_same_model() -> None:
    assert generate(7).script.digest == generate(7).script.digest
    assert len({generate(seed).script.digest for seed in range(100)}) == 100


@pytest.mark.parametrize(
    "feature",
    [
        "(unless refractory)", "(constant)", "(constant over dt)", "(shared)", "(linked)", ": integer", ": boolean",
        'refractory="pause"', 'refractory="v > ', 'refractory="t - lastspike', "tally % 3)*", "events={",
        "EventMonitor", "run_on_event", "run_regularly", "TimedArray", "stimulus(t)", "period=", "delay=",
        "on_post=", "on_event=", "_post *= ", "clip(", "not_refractory_post", "x_pre -=", "n=2", "for k in range",
        "i != j", "[1:],",
        "PopulationRateMonitor", "store()", "restore()", "10*mV", "second", "dt=0.05*ms", "variables=[", "v -= limit",
        "v = 0", "lastspike", "awake and", "not (not", " or ", "//", "S_10", "Zeta",
    ],
)  # fmt: skip
def test_every_feature_is_generated(feature: str) -> None:
    assert any(feature in model.script.text for model in MANY)


MANY = [generate(seed) for seed in range(300)]


def test_a_block_calls_a_variable_by_one_name() -> None:
    blocks = [text for model in MANY for text in re.findall(r'on_(?:pre|post)="([^"]*)"', model.script.text)]
    assert len(blocks) > 500
    for block in blocks:
        for variable in ("v", "g", "u"):
            assert not (re.search(rf"\b{variable}\b", block) and re.search(rf"\b{variable}_post\b", block)), block
        for target in re.findall(r"(\w+_post|\bv\b|\bg\b|\bu\b) [-+*]?= ", block):
            assert len(re.findall(rf"\b{target}\b", block)) == 1, block


def test_shrinking_keeps_what_the_failure_needs() -> None:
    def judge(scripts: Sequence[Script]) -> list[bool]:
        return ["EventMonitor" in script.text and "run(" in script.text for script in scripts]

    model = next(model for model in MANY if "EventMonitor" in model.script.text)
    small = shrink(model, judge)
    assert sum("NeuronGroup(" in part.text for part in small.parts) == 1
    assert not any("Synapses(" in part.text for part in small.parts)
    assert len(small.parts) == 3  # the group, the monitor, one run
    with pytest.raises(ValueError, match="does not fail"):
        shrink(model, lambda scripts: [False] * len(scripts))
