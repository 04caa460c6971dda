"""Generated models give Brian2's numbers, and the generator really generates what it is there to generate."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from tests.oracle.comparison import differences
from tests.oracle.generated_blocks import Statement, is_defined
from tests.oracle.generated_parts import Dice, Group, Model, Time
from tests.oracle.generated_synapses import Draft
from tests.oracle.generator import FIXED_SEEDS, generate
from tests.oracle.nearness import near_a_threshold
from tests.oracle.record import Record
from tests.oracle.reference import derive, stored
from tests.oracle.script import Script
from tests.oracle.shrink import STATIC, disagreement, shrink
from tests.oracle.test_models import with_brian2

FIXED = [generate(seed) for seed in FIXED_SEEDS]
# Brian2's warnings about several clocks, and about code that runs synapse by synapse.
HARMLESS = ("will run on the clock of the group", "time grids not aligned", "may not be well-defined")
BATCH = 100
REFUSED = "UnsupportedError: "  # by the form for devices that run ahead of the host, of what is not plain


@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_spikeq_gives_the_numbers_of_brian2(seed: int) -> None:
    script = generate(seed).script
    expected = stored(script)
    assert near_a_threshold(expected) == [], "choose another seed: the last bits decide this one"
    assert disagreement(expected, script) == []


@pytest.mark.parametrize("seed", FIXED_SEEDS)
def test_the_form_that_runs_ahead_gives_them_too_or_refuses_the_order_of_synapses(seed: int) -> None:
    model = generate(seed)
    found = disagreement(stored(model.script), model.script, form=STATIC)
    if found and not model.plain:
        assert found[0].startswith(REFUSED)
        assert "only on the CPU" in found[0]
    else:
        assert found == []


def test_enough_fixed_models_are_plain() -> None:
    assert sum(model.plain for model in FIXED) >= len(FIXED) // 5


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
    plain = [model for model in judged if model.plain]
    ahead = {model.seed: disagreement(results[model.script.name], model.script, form=STATIC) for model in plain}
    assert {seed: sentences for seed, sentences in ahead.items() if sentences} == {}


def test_the_fixed_models_are_alive() -> None:
    assert_alive([stored(model.script) for model in FIXED])


def test_most_fixed_models_are_judged_by_rounded_numbers_and_some_by_exact_ties() -> None:
    exact = sum(model.exact for model in FIXED)
    assert 4 <= exact <= len(FIXED) // 2


def test_exact_models_have_spikes_of_several_groups_in_one_step() -> None:
    shared = []
    for model in (model for model in FIXED if model.exact):
        record = stored(model.script)
        steps = [
            set(array.tolist())
            for name, array in record.arrays.items()
            if re.fullmatch(r"(spikes|given)_.*\.step", name)
        ]
        shared.append(sum(len(one & other) for k, one in enumerate(steps) for other in steps[:k]))
    assert sum(count > 3 for count in shared) >= 0.8 * len(shared)


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
        "on_pre={", "on_post={", "delay={", ".delay = \"", ".delay[\"", ".delay = (arange", ".order = ", ".when = ",
        "multisynaptic_index=", "(event-driven)", "(clock-driven)", "(summed)", "_pre = ", "_post = ", "tau_",
        "method=\"euler\",\n    name", "v_pre - v_post", "int(v_pre > v_post)", "N_incoming",
        "N_outgoing", "t - lastupdate", "lastupdate : second", "t - lastspike_post", "level_pre", "total_pre",
        "(1 + 1/N)", "t_in_timesteps",
        "mark_pre = (5*mark_pre", "= not ", "/= 1.1", "i=\"k for k", "n=3", "w[\"i < ", "[0, :]", "[:, 0]", "eta = ",
        "run(20*ms)", "base_", "- 2*", "synaptic_",
        "on_post=", "on_event=", "_post *= ", "clip(", "not_refractory_post", "x_pre -=", "n=2", "for k in range",
        "i != j", "[1:],",
        "PopulationRateMonitor", "store()", "restore()", "10*mV", "second", "dt=0.05*ms", "variables=[", "v -= limit",
        "v = 0", "lastspike", "awake and", "not (not", " or ", "//", "S_10", "Zeta",
    ],
)  # fmt: skip
def test_every_feature_is_generated(feature: str) -> None:
    assert any(feature in model.script.text for model in MANY)


MANY = [generate(seed) for seed in range(300)]


def _pathway_codes(script: Script) -> list[str]:
    lines = [line.strip() for line in script.text.splitlines() if line.strip().startswith(("on_pre=", "on_post="))]
    return [code for line in lines for code in re.findall(r'"([^"]* [^"]*)"', line)]


def test_a_block_calls_a_variable_by_one_name() -> None:
    blocks = [code for model in MANY for code in _pathway_codes(model.script)]
    assert len(blocks) > 1000
    for block in blocks:
        for variable in ("v", "g", "u", "tally", "mark", "awake"):
            written = re.search(rf"\b{variable} [-+*/]?= ", block)
            assert not (written and re.search(rf"\b{variable}_post\b", block)), block


V, X_PRE = ("post", "v"), ("pre", "x")


@pytest.mark.parametrize(
    ("lines", "defined", "defined_in_order"),
    [
        ([Statement("v += w", writes=V, op="+="), Statement("trace += 1")], True, True),
        ([Statement("v += w", writes=V, op="+="), Statement("w = v", frozenset({V}))], False, False),
        ([Statement("w = v", frozenset({V})), Statement("v += w", writes=V, op="+=")], False, True),
        ([Statement("v = v/2 + w", frozenset({V}), V, "="), Statement("w = v", frozenset({V}))], False, True),
        ([Statement("v += w", writes=V, op="+="), Statement("v *= 2", writes=V, op="*=")], False, False),
        ([Statement("v = w", writes=V, op="=")], False, False),  # v is guarded
        ([Statement("x_pre -= w", writes=X_PRE, op="-="), Statement("w = x", frozenset({("post", "x")}))], True, True),
        ([Statement("w += mix"), Statement("hits += 1")], False, False),  # mix reads w
        ([Statement("trace += mix"), Statement("hits += 1")], True, True),
    ],
)
def test_blocks_on_which_brian2s_targets_agree(lines: list[Statement], defined: bool, defined_in_order: bool) -> None:
    time, source, target = Time("ms", 0.1), Group("a", 2, 0.1), Group("b", 2, 0.1, guarded=frozenset({"v"}))
    for plain, expected in ((True, defined), (False, defined_in_order)):
        draft = Draft(Dice(0, plain=plain), time, source, target, "S", 0.1, inner={"mix": frozenset({("own", "w")})})
        draft.dice.plain = plain
        assert is_defined(draft, lines) == expected
    loop = Draft(Dice(0), time, target, target, "S", 0.1)
    assert not is_defined(loop, lines) or not any("x_pre" in line.text for line in lines)


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
