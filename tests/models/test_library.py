"""Every model of the library is complete, prints as code that makes the same, and refuses wrong parameters."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq import models, units
from spikeq.errors import (
    DimensionError,
    EquationSyntaxError,
    KindError,
    NameConflictError,
    SpikeqError,
    UnknownNameError,
)
from spikeq.language.equations import Equations
from spikeq.language.expression import names
from spikeq.language.functions import CONSTANTS, FUNCTIONS
from spikeq.language.parse import parse_equations, parse_expression, parse_statements
from spikeq.models.records import Model, NeuronModel, SynapseModel, measure
from spikeq.unit_table import UNITS
from spikeq.units import ms, mV, nS
from tests.models.library import MODELS, NEURONS, SYNAPSES, driven, quantity

PYTHON = {name: getattr(units, name) for name in dir(units) if not name.startswith("_")}


def used(model: Model) -> set[str]:
    """The names that the model's texts read."""
    expressions = [e.expression for e in parse_equations(model.equations) if e.expression is not None]
    expressions += [parse_expression(text) for text in model.initial.values()]
    codes: list[str] = []
    if isinstance(model, NeuronModel):
        expressions += [parse_expression(text) for text in (model.threshold, model.refractory) if text is not None]
        codes = [model.reset] if model.reset is not None else []
    elif isinstance(model, SynapseModel):
        for code in model.pathways.values():
            codes += code.values() if isinstance(code, dict) else [code] if code is not None else []
    expressions += [s.expression for code in codes for s in parse_statements(code).statements]
    return set().union(*(names(e) for e in expressions))


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_texts_are_complete(model: Model) -> None:
    variables = {equation.name for equation in parse_equations(model.equations)}
    own = variables | {"dt", "xi"} | {f"{name}_post" for name in ("v", "intensity")}
    assert used(model) <= own | set(model.parameters) | set(UNITS) | set(CONSTANTS)
    delayed = set(model.delays.values()) if isinstance(model, SynapseModel) else set()
    assert set(model.parameters) <= used(model) | delayed
    assert not set(model.parameters) & (set(UNITS) | set(FUNCTIONS) | set(CONSTANTS) | variables)
    assert set(model.initial) <= variables
    assert re.search(r"\((19|20)\d\d\)", model.citation)
    assert measure(model.step).dim == measure("1*ms").dim


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_presets_are_parameters(model: Model) -> None:
    for preset in model.presets:
        assert set(model(preset).given) <= set(model.parameters)


@pytest.mark.parametrize("model", SYNAPSES.values(), ids=SYNAPSES)
def test_traces_depend_on_one_side(model: SynapseModel) -> None:
    """All but weights and eligibilities: so that one value a neuron is enough."""
    equations = {equation.name: equation for equation in parse_equations(model.equations)}
    traces = {name for name, e in equations.items() if e.type == "differential"} - {"w", "rho", "z"}
    assert traces
    for name in traces:
        expression = equations[name].expression
        assert expression is not None
        read = names(expression)
        written = {side for side, code in model.pathways.items() if name in assigned(code)}
        sides = {side.removeprefix("on") for side in written} | {end for end in ("_pre", "_post") if _ends(read, end)}
        assert len(sides) == 1
        assert read & set(equations) <= {name}


def assigned(code: Any) -> set[str]:
    """The variables that the code of one side assigns to."""
    texts = code.values() if isinstance(code, dict) else [code] if code is not None else []
    return {statement.target for text in texts for statement in parse_statements(text).statements}


def _ends(read: set[str], end: str) -> bool:
    return any(name.endswith(end) for name in read)


def test_the_library_has_everything() -> None:
    assert all(name == model.name for name, model in MODELS.items())
    assert (len(NEURONS), len(SYNAPSES)) == (19, 17)
    assert set(models.Izhikevich.presets) == {
        "regular spiking",
        "intrinsically bursting",
        "chattering",
        "fast spiking",
    }


# -- running ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", NEURONS.values(), ids=NEURONS)
def test_every_neuron_runs_and_spikes(model: NeuronModel) -> None:
    group = driven(model, 2)
    spikes = sq.SpikeMonitor(group)
    sq.Network(group, spikes, dt=quantity(model.step), seed=1).run(50 * ms)
    assert (spikes.count > 0).all()
    for name in (e.name for e in parse_equations(model.equations) if e.type == "differential"):
        assert np.isfinite(group.get_states([name], units=False)[name]).all()


@pytest.mark.parametrize("name", sorted(NEURONS.keys() - {"CurrentLIF", "SRM0"}))
def test_neurons_are_silent_without_drive(name: str) -> None:
    """Two are not: the rest of CurrentLIF lies above its threshold, as published; SRM0 spikes by chance."""
    model = NEURONS[name]
    group = sq.NeuronGroup(1, model)
    spikes = sq.SpikeMonitor(group)
    sq.Network(group, spikes, dt=quantity(model.step), seed=1).run(20 * ms)
    assert len(spikes.t) == 0


@pytest.mark.parametrize("model", SYNAPSES.values(), ids=SYNAPSES)
def test_every_synapse_runs(model: SynapseModel) -> None:
    source = sq.PoissonGroup(3, 150 * sq.Hz)
    neurons = {"Rmax": models.SRM0, "Clopath": models.EIF}.get(model.name, models.LIF)
    target = driven(neurons, 2)
    synapses = sq.Synapses(source, target, model)
    synapses.connect()
    if "reward" in synapses.equations:
        synapses.reward = 1
    states = [e.name for e in parse_equations(model.equations) if e.name != "reward" and e.type != "subexpression"]
    before = {name: np.array(value) for name, value in synapses.get_states(states, units=False).items()}
    sq.Network(source, target, synapses, dt=quantity(model.step), seed=3).run(50 * ms)
    after = synapses.get_states(states, units=False)
    assert all(np.isfinite(after[name]).all() for name in states)
    assert any((after[name] != before[name]).any() for name in states)


def test_first_values_of_each_connect() -> None:
    group = driven(models.LIF, 3)
    synapses = sq.Synapses(group, group, models.TsodyksMarkram(target="I"))
    synapses.connect(i=0, j=1)
    synapses.x_s = 0.25
    synapses.connect(i=[1, 2], j=[2, 0])
    assert list(synapses.x_s_) == [0.25, 1.0, 1.0]
    assert list(synapses.w_) == [1.0, 1.0, 1.0]


# -- printing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", NEURONS.values(), ids=NEURONS)
def test_a_printed_neuron_is_the_same_group(model: NeuronModel) -> None:
    made: dict[str, Any] = {}
    exec(str(model), {**PYTHON, "NeuronGroup": sq.NeuronGroup, "N": 2}, made)
    same(made["G"], sq.NeuronGroup(2, model))


@pytest.mark.parametrize("model", SYNAPSES.values(), ids=SYNAPSES)
def test_a_printed_synapse_is_the_same(model: SynapseModel) -> None:
    group = sq.NeuronGroup(2, models.SRM0 if model.name == "Rmax" else models.LIF)
    made: dict[str, Any] = {}
    exec(str(model), {**PYTHON, "Synapses": sq.Synapses, "source": group, "target": group}, made)
    library = sq.Synapses(group, group, model)
    library.connect()
    same(made["S"], library)
    ours, theirs = library.pathways, made["S"].pathways
    assert [(p.objname, p.code.text.strip()) for p in ours] == [(p.objname, p.code.text.strip()) for p in theirs]
    assert [list(np.ravel(p.delay)) for p in ours] == [list(np.ravel(p.delay)) for p in theirs]
    assert made["S"].bounds == library.bounds


CLIPPED = re.compile(r"^w = clip\(.*, (\S+), (\S+)\)$", re.MULTILINE)


@pytest.mark.parametrize("model", SYNAPSES.values(), ids=SYNAPSES)
def test_weights_that_statements_clip_stay_in_bounds_in_a_batch_too(model: SynapseModel) -> None:
    found = {pair for code in model.pathways.values() for pair in CLIPPED.findall(str(code))}
    if "w" not in Equations(model.equations).parameter_names:
        return  # the equation of w has a test of its own
    assert set(model.bounds.values()) == found, "declare the bounds that the statements have"
    if not model.bounds:
        return
    source = sq.NeuronGroup(3, "u : 1", threshold="rand() < 0.5")
    target = sq.NeuronGroup(3, "v : 1", threshold="rand() < 0.5")
    limits = {name: value for name, value in (("w_max", 0.6), ("w_min", 0.3)) if name in model.parameters}
    strong = {n: 0.3 for n in model.parameters if n.startswith(("A_", "A2", "A3", "nu", "eta", "learning_rate"))}
    synapses = sq.Synapses(source, target, model(scale=1, **limits, **strong))
    synapses.connect()
    synapses.w = 0.5
    if "reward" in synapses.equations:
        synapses.reward = 1
    sq.Network(source, target, synapses, batch=8, seed=1).run(30 * ms)
    lowest, highest = limits.get("w_min", 0), limits.get("w_max", 1 if model.name == "PowerSTDP" else np.inf)
    assert synapses.w_.shape == (9,) and np.isin(synapses.w_, np.float32([lowest, highest])).any()
    assert np.all((synapses.w_ >= np.float32(lowest)) & (synapses.w_ <= np.float32(highest)))


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (models.MSTDPET, {"reward": 100}),
        (models.MSTDPET, {"reward": -100}),
        (models.Rmax, {"reward": 300}),
        (models.Rmax, {"reward": -300}),
    ],
)
def test_weights_that_an_equation_moves_stay_in_bounds(model: SynapseModel, changes: dict[str, Any]) -> None:
    source = sq.PoissonGroup(20, 60 * sq.Hz)
    target = driven(models.SRM0 if model.name == "Rmax" else models.LIF, 2)
    synapses = sq.Synapses(source, target, model)
    synapses.connect()
    synapses.set_states(changes)
    trace = sq.StateMonitor(synapses, "w", record=True)
    sq.Network(source, target, synapses, trace, seed=1).run(300 * ms)
    lowest, highest = (np.float32(float(synapses.namespace[name])) for name in ("w_min", "w_max"))
    assert trace.w_.min() >= lowest and trace.w_.max() <= highest
    assert np.isin(trace.w_, [lowest, highest]).any()


def same(first: Any, second: Any) -> None:
    assert first.equations == second.equations
    assert first.method == second.method
    assert {n: float(v) for n, v in first.namespace.items()} == {n: float(v) for n, v in second.namespace.items()}
    kept = [equation.name for equation in first.equations.values() if equation.type != "subexpression"]
    states = first.get_states(kept, units=False), second.get_states(kept, units=False)
    assert states[0].keys() == states[1].keys()
    assert all(np.array_equal(states[0][name], states[1][name]) for name in states[0])


def test_a_model_is_shown_as_it_is_written() -> None:
    assert repr([models.LIF, models.AdEx()]) == "[models.LIF, models.AdEx]"
    assert repr(models.LIF(tau="20*ms")) == "models.LIF(tau=20*ms)"
    assert repr(models.PairSTDP(target="g_e", scale=1 * nS)) == f"models.PairSTDP(target='g_e', scale={1 * nS!r})"


def test_a_printed_model_shows_given_values() -> None:
    text = str(models.LIF(tau=12.5 * ms, v_rest="-70*mV"))
    assert "'v_rest': -70*mV," in text
    assert "12.5" in text
    assert "v_post" not in str(models.PairSTDP(target="g_e", scale=1 * nS))


# -- parameters -------------------------------------------------------------------------------------------------------


def test_parameters_and_arguments_win() -> None:
    model = models.LIF(tau=10 * ms)(v_reset=-70 * mV)
    group = sq.NeuronGroup(
        1, model, reset="v = v_rest", refractory=3 * ms, method="euler", namespace={"v_rest": -60 * mV}
    )
    assert float(group.namespace["tau"]) == 0.01
    assert float(group.namespace["v_reset"]) == -0.07
    assert group.method == "euler"
    assert group.refractory_seconds == 0.003
    assert group.event_codes["spike"].text == "v = v_rest"
    assert group.v_[0] == -0.06
    assert models.LIF.given == {}


def test_a_value_for_each_neuron() -> None:
    group = sq.NeuronGroup(3, models.LIF(v_rest=np.array([-60, -65, -70]) * mV))
    assert np.allclose(group.v_, [-0.060, -0.065, -0.070])


def test_synapses_take_explicit_delays_and_code() -> None:
    group = sq.NeuronGroup(2, models.LIF)
    synapses = sq.Synapses(group, group, models.PairSTDP, delay=2 * ms, on_post="w *= 0.5")
    assert float(synapses.delay) == 0.002
    assert [path.code.text for path in synapses.pathways if path.objname == "post"] == ["w *= 0.5"]
    calcium = sq.Synapses(group, group, models.GraupnerBrunel(delay_calcium=5 * ms), delay={"pre": 1 * ms})
    assert {p.objname: float(np.ravel(p.delay)[0]) for p in calcium.pathways} == {
        "pre": 0.001,
        "influx": 0.005,
        "post": 0.0,
    }


@pytest.mark.parametrize(
    ("make", "kind", "found"),
    [
        (lambda: models.LIF(taw=1 * ms), UnknownNameError, "Did you mean 'tau'?"),
        (lambda: models.LIF(threshold="v > 1"), UnknownNameError, "NeuronGroup(n, models.LIF(), threshold=...)"),
        (lambda: models.PairSTDP(on_pre="w += 1"), UnknownNameError, "Synapses(source, target, models.PairSTDP(), "),
        (lambda: models.LIF(xyzzy=1), UnknownNameError, "tau, v_rest"),
        (lambda: models.LIF(tau=20), DimensionError, "tau must be in second, but the given value is a plain number"),
        (lambda: models.LIF(tau="20*mV"), DimensionError, "tau must be in second"),
        (lambda: models.LIF(tau="20*mss"), UnknownNameError, "Did you mean 'ms'?"),
        (lambda: models.LIF(tau="20*"), EquationSyntaxError, "20*"),
        (lambda: models.LIF(tau=None), KindError, "is not a number"),
        (lambda: models.LIF(tau=object()), KindError, "is not a number"),
        (lambda: models.LIF(tau="rand()*ms"), KindError, "A parameter is one number"),
        (lambda: models.LIF("fast"), UnknownNameError, "LIF has no preset 'fast'"),
        (lambda: models.LIF(5), UnknownNameError, "LIF(tau=20*ms)"),
        (lambda: models.Izhikevich("chatering"), UnknownNameError, "'chattering'"),
        (lambda: models.PairSTDP(target="v_post"), NameConflictError, "v_post"),
        (lambda: models.PairSTDP(target=3), KindError, "target"),
        (lambda: sq.NeuronGroup(1, models.PairSTDP), KindError, "SynapseModel"),
        (lambda: sq.NeuronGroup(1, models.LIF, namespace=3), KindError, "namespace"),
        (lambda: sq.NeuronGroup(3, models.LIF(v_rest=np.zeros(2) * mV)), SpikeqError, "v_rest"),
    ],
)
def test_mistakes(make: Any, kind: type[SpikeqError], found: str) -> None:
    with pytest.raises(kind) as caught:
        make()
    assert found in str(caught.value)


def test_a_model_of_neurons_is_no_model_of_synapses() -> None:
    group = sq.NeuronGroup(2, models.LIF)
    with pytest.raises(KindError, match="NeuronModel"):
        sq.Synapses(group, group, models.LIF)


def test_a_scale_of_the_wrong_unit_is_found_when_it_is_used() -> None:
    group = sq.NeuronGroup(2, models.LIF)
    synapses = sq.Synapses(group, group, models.PairSTDP(scale=1 * nS))
    synapses.connect()
    with pytest.raises(DimensionError, match="v_post"):
        sq.Network(group, synapses).run(1 * ms)
