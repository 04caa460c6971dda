"""Synaptic variables that are held once a neuron: the same results as with one value for each synapse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq import Network, NeuronGroup, SpikeMonitor, StateMonitor, Synapses, models, ms
from spikeq.errors import KindError, NetworkError, ShapeError
from spikeq.language.parse import parse_equations
from spikeq.models.records import SynapseModel
from tests.models.library import SYNAPSES, driven, quantity

FORMS = ("auto", "torch static")
PAIR = """w : 1
          dx/dt = -x/tau_x : 1 (event-driven)
          dy/dt = -y/(13*ms) : 1 (event-driven)"""
ON_PRE, ON_POST = "v_post += w; x += 1; w = clip(w - 0.02*y, 0, 1)", "y += 1; w = clip(w + 0.01*x, 0, 1)"
CONSTANTS: dict[str, Any] = {"tau_x": 7 * ms}


def held(synapses: Synapses) -> dict[str, str]:
    """On which side each variable lies."""
    return dict(synapses._sides)


def same(first: Any, second: Any, what: str) -> None:
    """Within 1e-12 of the largest absolute value."""
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    assert a.shape == b.shape, what
    assert np.abs(a - b).max(initial=0) <= 1e-12 * max(np.abs(b).max(initial=0), 1e-300), what


def both(build: Callable[[bool], tuple[Any, Synapses, SpikeMonitor]], names: Iterable[str]) -> Synapses:
    """Run a network with and without; compare spikes and variables; return the synapses that are held by neuron."""
    (_, synapses, spikes), (_, plain, wanted) = build(True), build(False)
    assert not held(plain)
    assert np.array_equal(spikes.i, wanted.i) and np.array_equal(spikes.t_, wanted.t_)
    for name in names:
        same(getattr(synapses, f"{name}_"), getattr(plain, f"{name}_"), name)
    return synapses


# -- every rule of the library ----------------------------------------------------------------------------------------


def library(model: SynapseModel, hoist: bool, batch: int | None, form: str, delay: Any) -> Any:
    source = sq.PoissonGroup(11, 90 * sq.Hz)
    neurons = {"Rmax": models.SRM0, "Clopath": models.EIF}.get(model.name, models.LIF)
    target = driven(neurons, 5)
    synapses = Synapses(source, target, model)
    synapses.connect("(i + j) % 3 != 0")
    if delay is not None and not model.delays:
        synapses.delay = delay
    if "reward" in synapses.equations:
        synapses.reward = 1
    if "w" in synapses.equations:
        synapses.w = "w*(0.5 + i/11)"
    spikes = SpikeMonitor(target)
    net = Network(
        source, target, synapses, spikes, dt=quantity(model.step), seed=3, dtype="float64", batch=batch, hoist=hoist,
        backend=form,
    )  # fmt: skip
    net.run(60 * ms)
    net.run(23 * ms)
    return net, synapses, spikes


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("batch", "delay"), [(None, None), (3, 3 * ms)])
@pytest.mark.parametrize("model", SYNAPSES.values(), ids=SYNAPSES)
def test_every_rule_of_the_library(model: SynapseModel, batch: int | None, delay: Any, form: str) -> None:
    synapses = both(lambda hoist: library(model, hoist, batch, form, delay), sorted(_stored(model)))
    assert held(synapses)


def _stored(model: SynapseModel) -> set[str]:
    found = {one.name for one in parse_equations(model.equations) if one.type != "subexpression"}
    return found | ({"lastupdate"} if "event-driven" in model.equations else set())


# -- what is held, and why --------------------------------------------------------------------------------------------


def placements(equations: str, on_pre: Any = None, on_post: Any = None, **further: Any) -> dict[str, str]:
    source, target = NeuronGroup(3, "v : 1", threshold="v > 1"), NeuronGroup(2, "u : 1", threshold="u > 1")
    synapses = Synapses(source, target, equations, on_pre=on_pre, on_post=on_post, **further)
    synapses.connect()
    net = Network(source, target, synapses, dtype="float64")
    text = net.show("extents", namespace=dict(CONSTANTS))
    return {line.split(":")[0].strip(): line.partition(":")[2].strip() for line in text.splitlines()[1:]}


def test_pair_traces_are_held_on_their_sides() -> None:
    found = placements(PAIR, "x += 1; w -= y", "y += 1; w += x")
    assert found["x"] == (
        "once for each presynaptic neuron: only on_pre changes it, by what all synapses of the neuron share"
    )
    assert found["y"].startswith("once for each postsynaptic neuron: only on_post changes it")
    assert found["w"] == "once for each synapse: a parameter"
    assert found["lastupdate"].startswith("once for each neuron of both sides")


@pytest.mark.parametrize(
    ("on_pre", "on_post", "reason"),
    [
        ("x += w", "", "on_pre changes it by w, which each synapse has for itself"),
        ("x += u_post", "", "on_pre changes it by u of the postsynaptic neuron"),
        ("x += y", "y += 1", "on_pre changes it by y, which each synapse has for itself"),
        ("x += rand()", "", "on_pre changes it by rand(), drawn for each synapse"),
        ("a = w*2; x += a", "", "on_pre changes it by w, which each synapse has for itself"),
        ("x += 1", "x -= 1", "on_pre and on_post both change it"),
        ("v_pre += 0.1; x += v_pre", "", "on_pre changes it by v, which the same statements change"),
    ],
)
def test_why_not(on_pre: str, on_post: str, reason: str) -> None:
    found = placements(PAIR, on_pre, on_post)
    assert found["x"] == f"once for each synapse: {reason}"


def test_what_no_pathway_changes_is_held_where_its_equation_reads() -> None:
    only = "by what all synapses of the neuron share"
    found = placements("w : 1\ndx/dt = (u_post - x)/(9*ms) : 1 (clock-driven)", "w += x")
    assert found["x"] == f"once for each postsynaptic neuron: its equation alone changes it, {only}"
    found = placements(PAIR, "w += x")
    assert found["x"] == f"once for each presynaptic neuron: its equation alone changes it, {only}"
    found = placements("k : 1\ndx/dt = (k - x)/(9*ms) : 1 (clock-driven)")
    assert found["x"] == "once for each synapse: its equation reads k, which each synapse has for itself"


def test_low_passed_potentials_of_both_sides() -> None:
    equations = """w : 1
                   dp/dt = (v_pre - p)/(6*ms) : 1 (clock-driven)
                   dq/dt = (v_post - q)/(8*ms) : 1 (clock-driven)
                   dx/dt = 0.1*p*q/ms - x/(20*ms) : 1 (clock-driven)"""
    for form in FORMS:
        build = recurrent(equations, "v_post += w", "w = clip(w + 0.001*x, 0, 1)", form=form)
        assert held(both(build, ("w", "p", "q", "x"))) == {"p": "pre", "q": "post"}


def test_why_not_of_equations() -> None:
    own = "tau : second\ndx/dt = -x/tau : 1 (event-driven)"
    assert placements(own, "x += 1")["x"].endswith("its equation reads tau, which each synapse has for itself")
    other = "dx/dt = (u_post - x)/(5*ms) : 1 (clock-driven)"
    assert placements(other, "x += 1")["x"].endswith("its equation reads u of the postsynaptic neuron")
    noise = "dx/dt = -x/(5*ms) + xi*(1*ms)**-0.5 : 1 (clock-driven)"
    assert placements(noise, "x += 1")["x"].endswith("its equation reads randn(), drawn for each synapse")
    coupled = "dx/dt = -x/(5*ms) : 1 (event-driven)\ndz/dt = (x - z)/(9*ms) : 1 (event-driven)"
    found = placements(coupled, "x += 1", "z += 0.1")
    assert all(found[name].startswith("once for each synapse") for name in "xz")
    found = placements(coupled, "x += 1; z += 0.1")
    assert all(found[name].startswith("once for each presynaptic neuron") for name in "xz")


def test_delays_of_single_synapses_keep_variables_apart() -> None:
    source, target = NeuronGroup(3, "v : 1", threshold="v > 1"), NeuronGroup(2, "u : 1", threshold="u > 1")
    synapses = Synapses(source, target, PAIR, on_pre="x += 1; w -= y", on_post="y += 1; w += x", namespace=CONSTANTS)
    synapses.connect()
    synapses.delay = "(1 + i + j)*ms"
    net = Network(source, target, synapses)
    net.compile()
    assert held(synapses) == {"y": "post"}
    assert "on_pre reaches the synapses of a neuron after delays of their own" in net.show("extents")


# -- the same results -------------------------------------------------------------------------------------------------


def recurrent(
    equations: str = PAIR,
    on_pre: Any = ON_PRE,
    on_post: Any = ON_POST,
    connect: dict[str, Any] | None = None,
    runs: Iterable[Callable[[Synapses], Any]] = (),
    form: str = "auto",
    batch: int | None = None,
    monitor: bool = False,
    part: bool = False,
    **further: Any,
) -> Callable[[bool], Any]:
    """Twelve neurons that excite each other; between runs of 40 ms something is done to the synapses."""

    def build(hoist: bool) -> Any:
        cells = NeuronGroup(12, "dv/dt = (1.2 - v)/(9*ms) : 1\nk : 1", threshold="v > 1", reset="v = 0", name="cells")
        cells.v = "i/12"
        cells.k = "1 + i/3"
        source = cells[2:9] if part else cells
        synapses = Synapses(
            source, cells, equations, on_pre=on_pre, on_post=on_post, namespace=dict(CONSTANTS), **further
        )
        synapses.connect(**(connect or {"condition": "(3*i + j) % 4 != 0"}))
        if "w" in synapses.equations:
            synapses.w = "0.05 + 0.01*((i + 2*j) % 5)"
        spikes = SpikeMonitor(cells)
        objects = [cells, synapses, spikes]
        if monitor:
            objects.append(StateMonitor(synapses, ["x", "y", "w", "lastupdate"], record=[0, 7, 33]))
        net = Network(*objects, dtype="float64", hoist=hoist, backend=form, batch=batch, seed=5)
        net.run(40 * ms)
        for change in runs:
            change(synapses)
            net.run(40 * ms)
        assert len(spikes.t) > 20
        return net, synapses, spikes

    return build


STATES = ("w", "x", "y", "lastupdate")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("connect", [{}, {"j": "i"}, {"condition": "i != j", "n": 2}, {"condition": "i < j"}])
@pytest.mark.parametrize("part", [False, True])
def test_layouts_batches_and_parts(connect: dict[str, Any], part: bool, batch: int | None, form: str) -> None:
    build = recurrent(connect=connect or {"condition": True}, part=part and "j" not in connect, batch=batch, form=form)
    assert held(both(build, STATES)) == {"x": "pre", "y": "post", "lastupdate": "both"}


@pytest.mark.parametrize("form", FORMS)
def test_values_before_and_after_a_change_in_one_block(form: str) -> None:
    """Statements for each synapse read the trace as it is where they stand."""
    on_pre = "w += 0.001*x; x += 1; w -= 0.002*x; m = x*k_pre; x *= 0.9; v_post += w*m*0.05"
    assert "x" in held(both(recurrent(on_pre=on_pre, form=form), STATES))
    ordered = "v_post *= (1 - 0.01*x); x += 1; v_post += 0.02*x"
    if form == "auto":
        assert "x" in held(both(recurrent(on_pre=ordered), STATES))


@pytest.mark.parametrize("form", FORMS)
def test_clock_driven_traces(form: str) -> None:
    equations = "w : 1\ndx/dt = -x/(5*ms*k_pre) : 1 (clock-driven)\ndy/dt = (0.1 - y)/(9*ms) : 1 (clock-driven)"
    on_pre = "v_post += w; w -= 0.001*x; x += 1; w = clip(w - 0.02*y, 0, 1)"
    for batch in (None, 2):
        synapses = both(recurrent(equations, on_pre, form=form, batch=batch), ("w", "x", "y"))
        assert held(synapses) == {"x": "pre", "y": "post"}


@pytest.mark.parametrize("form", FORMS)
def test_short_term_plasticity_of_two_variables(form: str) -> None:
    equations = "w : 1\ndf/dt = -f/(50*ms) : 1 (event-driven)\ndd/dt = (1 - d)/(70*ms) : 1 (event-driven)"
    on_pre = "f += 0.3*(1 - f); r = f*d; d -= r; v_post += w*r"
    synapses = both(recurrent(equations, on_pre, on_post="w += 0.001*f", form=form), ("w", "f", "d"))
    assert held(synapses) == {"f": "pre", "d": "pre", "lastupdate": "both"}


def test_several_pathways_with_delays() -> None:
    on_pre = {"a": "v_post += w; x += 1", "b": "w = clip(w - 0.02*y, 0, 1); x += 0.25", "c": "w -= 0.001*x"}
    build = recurrent(on_pre=on_pre, delay={"b": 3 * ms, "c": 5 * ms})
    assert held(both(build, STATES))["x"] == "pre"


def test_what_monitors_and_sums_see() -> None:
    build = recurrent(monitor=True)
    (net, synapses, _), (plain, _, _) = build(True), build(False)
    assert held(synapses)
    for name in ("x", "y", "w", "lastupdate"):
        same(getattr(net.objects[3], f"{name}_"), getattr(plain.objects[3], f"{name}_"), name)
    equations = PAIR + "\ndz/dt = (1 - z)/(5*ms) : 1 (clock-driven)\nk_post = 0.1*w + z : 1 (summed)"
    both(recurrent(equations), STATES)


# -- between runs -----------------------------------------------------------------------------------------------------


def set_tau(synapses: Synapses) -> None:
    synapses.namespace["tau_x"] = 3 * ms


def half(synapses: Synapses) -> None:
    synapses.x = "x/2"


def rest(synapses: Synapses) -> None:
    synapses.x = 0


def apart(synapses: Synapses) -> None:
    synapses.x = "i + 0.1*j"


def later(synapses: Synapses) -> None:
    synapses.delay = "1*ms + (j % 3)*ms"


def together(synapses: Synapses) -> None:
    synapses.delay = 2 * ms


def more(synapses: Synapses) -> None:
    synapses.connect(i=[0, 3], j=[0, 5])
    synapses.w[len(synapses) - 2 :] = 0.1


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize(
    "changes", [[set_tau], [rest], [half], [apart], [later, together, rest], [more], [set_tau, more]]
)
def test_changes_between_runs(changes: list[Any], batch: int | None) -> None:
    synapses = both(recurrent(runs=changes, batch=batch), STATES)
    assert "y" in held(synapses) or changes[0] is more or changes[-1] is more


def test_a_reset_keeps_the_form_and_a_change_of_constants_leaves_it() -> None:
    assert held(recurrent(runs=[rest])(True)[1])["x"] == "pre"
    assert "x" not in held(recurrent(runs=[apart])(True)[1])
    assert "x" not in held(recurrent(runs=[set_tau])(True)[1])
    assert held(recurrent(runs=[set_tau, rest])(True)[1]).get("x") == "pre"


@pytest.mark.parametrize("batch", [None, 2])
def test_operations_during_a_run(batch: int | None) -> None:
    def build(hoist: bool) -> Any:
        net, synapses, spikes = recurrent(batch=batch)(hoist)
        seen = []

        def reset() -> None:
            seen.append(np.array(synapses.x_))
            synapses.x = 0

        net.add(sq.NetworkOperation(reset, dt=10 * ms))
        net.run(50 * ms)
        synapses._seen = seen
        return net, synapses, spikes

    (_, first, _), (_, second, _) = build(True), build(False)
    assert held(first)["x"] == "pre"
    assert len(first._seen) == 5
    for one, other in zip(first._seen, second._seen, strict=True):
        same(one, other, "x")
    both(build, STATES)


def test_an_operation_that_assigns_what_neurons_cannot_hold() -> None:
    net, synapses, _ = recurrent()(True)
    net.add(sq.NetworkOperation(lambda: setattr(synapses, "x", "i + j"), dt=10 * ms))
    with pytest.raises(NetworkError, match="hoist = False"):
        net.run(20 * ms)


# -- states -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_store_and_restore(form: str, tmp_path: Path) -> None:
    def build(hoist: bool) -> Any:
        net, synapses, spikes = recurrent(form=form, delay=2 * ms)(hoist)
        net.store()
        net.store("file", filename=tmp_path / f"{hoist}")
        first = _after(net, synapses)
        net.restore()
        assert _after(net, synapses) == first
        synapses.x = "i + j"
        net.run(10 * ms)
        net.restore("file", filename=tmp_path / f"{hoist}")
        assert _after(net, synapses) == first
        return net, synapses, spikes

    both(build, STATES)


def _after(net: Network, synapses: Synapses) -> list[bytes]:
    net.run(30 * ms)
    return [np.asarray(getattr(synapses, f"{name}_")).tobytes() for name in STATES]


@pytest.mark.parametrize("kept_by", [True, False])
@pytest.mark.parametrize("taken_by", [True, False])
@pytest.mark.parametrize("fresh", [True, False])
def test_states_go_from_one_form_to_the_other(kept_by: bool, taken_by: bool, fresh: bool) -> None:
    first, synapses, _ = recurrent()(kept_by)
    second, others, _ = recurrent()(taken_by)
    if fresh:
        others.x = "i + j"
    state = first.state_dict()
    second.load_state_dict(state)
    first.run(30 * ms)
    second.run(30 * ms)
    for name in STATES:
        same(getattr(synapses, f"{name}_"), getattr(others, f"{name}_"), name)


def test_a_state_of_another_size_changes_nothing() -> None:
    net, synapses, _ = recurrent()(True)
    before = np.array(synapses.x_)
    state = net.state_dict()
    wrong = {**state, "running.synapses._pre_x": state["running.synapses._pre_x"][:-1]}
    with pytest.raises(ShapeError, match="_pre_x"):
        net.load_state_dict(wrong)
    assert np.array_equal(synapses.x_, before)
    lacking = {key: value for key, value in state.items() if not key.endswith("_pre_x")}
    with pytest.raises(NetworkError, match="lacks"):
        net.load_state_dict(lacking)
    assert np.array_equal(synapses.x_, before)


def test_learned_values_do_not_hold_traces() -> None:
    net, _, _ = recurrent()(True)
    assert [key for key in net.state_dict() if not key.startswith("running.")] == [
        "cells.k",
        "synapses.w",
        "synapses._connections",
    ]


def test_the_switch_is_true_or_false() -> None:
    with pytest.raises(KindError, match="hoist must be True or False"):
        Network(hoist="yes")  # type: ignore[arg-type]


def test_memory_is_that_of_neurons() -> None:
    cells = NeuronGroup(40, "dv/dt = -v/(9*ms) : 1", threshold="v > 1", reset="v = 0")
    synapses = Synapses(cells, cells, models.PairSTDP(target="v", scale=0.1))
    synapses.connect()
    net = Network(cells, synapses)
    net.run(3 * ms)
    stored = {name: values.nbytes for name, values in synapses._values.items()}
    assert stored["w"] == 4 * 1600
    assert sum(stored.values()) - stored["w"] <= 2 * 40 * (4 + 8) + 16  # x and y, the last events, the delays
