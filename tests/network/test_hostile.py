"""Any text in any argument of the public objects: a network that runs, or one of our errors, and nothing executed."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spikeq import (
    Clock,
    Equations,
    EventMonitor,
    Function,
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    SpikeGeneratorGroup,
    SpikeMonitor,
    SpikeqError,
    SpikeqWarning,
    StateMonitor,
    Synapses,
    TimedArray,
    ms,
    mV,
)
from spikeq.network.link import linked_var
from tests.language.test_hostile import ANY_TEXT, BOMB, PIECES, SPACED

MODEL = """dv/dt = (E - v)/tau : volt (unless refractory)
E : volt
n : integer
on : boolean
g : 1 (shared)
u = 2*v : volt"""
VALUES: dict[str, Any] = {"tau": 10 * ms, "f": Function("f(x) = x**2"), "I": TimedArray([1, 2, 3], dt=1 * ms)}
WORDS = (
    "v E n on g u w i j k t dt N tau f( I( rand() randn() poisson( binomial( v_pre v_post w_post u_post N_post "
    "lastspike not_refractory t_in_timesteps xi inf pi e exp( int( clip( timestep( mV ms volt 0 1 2 0.5 -1 1e9 9 "
    "( ) , + - * / // % ** < > == != <= >= = += -= *= /= **= and or not True False for in range( sample( if p= size= "
    ": ; \n # : volt : 1 (constant) (shared) (linked) dv/dt du/dt"
).split(" ")
TEXT = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map("".join),
    PIECES,
    SPACED,
    ANY_TEXT,
)


def cells(model: Any = MODEL, threshold: Any = "v > -50*mV", reset: Any = "v = E", **options: Any) -> NeuronGroup:
    options = {"name": "cells", "refractory": 1 * ms, "namespace": VALUES, **options}
    return NeuronGroup(3, model, threshold=threshold, reset=reset, **options)


def run(*objects: Any, **options: Any) -> None:
    Network(*objects, **{"seed": 1, "check_finite": None, **options}).run(2 * ms)


def links(**options: Any) -> tuple[NeuronGroup, Synapses]:
    G = cells()
    G.v = "-40*mV"
    return G, Synapses(G, G, **{"model": "w : volt", "on_pre": "v_post += w", "namespace": VALUES, **options})


def connected(**options: Any) -> None:
    G, S = links(**options)
    S.connect()
    run(G, S)


def connecting(**arguments: Any) -> None:
    G, S = links()
    S.connect(**arguments)
    run(G, S)


def assigned(name: str, text: str) -> None:
    G = cells()
    setattr(G, name, text)
    run(G)


def indexed(text: str) -> None:
    G = cells()
    G.v[text]
    G.v[text] = 3 * mV
    G[1:].n[text] = 1


def synaptic(text: str) -> None:
    G, S = links()
    S.connect()
    S.w = text
    S.w[text] = text
    run(G, S)


def regular(text: str) -> None:
    G = cells()
    G.run_regularly(text, dt=1 * ms)
    run(G)


def with_event(condition: str, code: str = "n += 1", name: str = "burst") -> None:
    G = cells(events={name: condition})
    G.run_on_event(name, code)
    run(G, EventMonitor(G, name))


def linked(text: str) -> None:
    G = cells()
    H = NeuronGroup(3, "x : volt (linked)")
    H.x = linked_var(G, text)
    run(G, H)


def input_weight(text: str) -> None:
    G = cells()
    run(G, PoissonInput(G, "v", 10, 10 * Hz, text))


DOORS: dict[str, Callable[[str], Any]] = {
    "model": lambda text: run(cells(text, "True", None, refractory=False)),
    "a line of the model": lambda text: run(cells(f"{MODEL}\n{text}")),
    "Equations": lambda text: Equations(text),
    "threshold": lambda text: run(cells(threshold=text)),
    "reset": lambda text: run(cells(reset=text)),
    "refractory": lambda text: run(cells(refractory=text)),
    "method": lambda text: run(cells(method=text)),
    "the name of a group": lambda text: run(cells(name=text)),
    "events": with_event,
    "run_on_event": lambda text: with_event("v > E", text),
    "the name of an event": lambda text: with_event("v > E", name=text),
    "another event": lambda text: cells().run_on_event(text, "v = E"),
    "run_regularly": regular,
    "the name of a value": lambda text: run(cells(namespace=VALUES | {text: 3 * mV})),
    "a value": lambda text: run(cells(model="dv/dt = (E - v)/tau : volt", namespace={"tau": 10 * ms, "E": text})),
    "an initial value": lambda text: assigned("v", text),
    "an integer value": lambda text: assigned("n", text),
    "a boolean value": lambda text: assigned("on", text),
    "a shared value": lambda text: assigned("g", text),
    "an index": indexed,
    "a synaptic value": synaptic,
    "the name of a state": lambda text: cells().set_states({text: 3 * mV}),
    "the names of states": lambda text: cells().get_states([text]),
    "a linked variable": linked,
    "the model of synapses": lambda text: connected(model=text),
    "a line of the model of synapses": lambda text: connected(model=f"w : volt\n{text}"),
    "on_pre": lambda text: connected(on_pre=text),
    "on_post": lambda text: connected(on_post=text),
    "the name of a pathway": lambda text: connected(on_pre={text: "v_post += w"}),
    "delay": lambda text: connected(delay=text),
    "on_event": lambda text: connected(on_event=text),
    "multisynaptic_index": lambda text: connected(multisynaptic_index=text),
    "a condition": lambda text: connecting(condition=text),
    "j": lambda text: connecting(j=text),
    "i": lambda text: connecting(i=text),
    "p": lambda text: connecting(p=text),
    "n": lambda text: connecting(n=text),
    "a generator": lambda text: connecting(j=f"k for k in {text}"),
    "the range of a generator": lambda text: connecting(j=f"k for k in range({text})"),
    "the sample of a generator": lambda text: connecting(j=f"k for k in sample({text})"),
    "the condition of a generator": lambda text: connecting(j=f"k for k in range(3) if {text}"),
    "rates": lambda text: run(PoissonGroup(3, rates=text, namespace=VALUES)),
    "the weight of an input": input_weight,
    "the variable of an input": lambda text: PoissonInput(cells(), text, 10, 10 * Hz, 1 * mV),
    "a recorded variable": lambda text: StateMonitor(cells(), text, record=True),
    "the elements recorded": lambda text: StateMonitor(cells(), "v", record=text),
    "a slot": lambda text: StateMonitor(cells(), "v", record=True, when=text),
    "an event recorded": lambda text: EventMonitor(cells(), text),
    "the name of a monitor": lambda text: run(G := cells(), SpikeMonitor(G, name=text)),
    "spike times": lambda text: SpikeGeneratorGroup(3, [1], text),
    "a function": lambda text: Function(text),
    "a time step": lambda text: Clock(text),
    "a size": lambda text: NeuronGroup(text, "v : 1"),
    "the time of a run": lambda text: Network(cells()).run(text),
    "dtype": lambda text: Network(dtype=text),
    "device": lambda text: Network(device=text),
    "backend": lambda text: run(cells(), backend=text),
    "the method of a network": lambda text: run(cells(), method=text),
    "the name of a network": lambda text: Network(name=text),
    "a report": lambda text: Network(cells()).run(1 * ms, report=text),
    "seed": lambda text: Network(seed=text),
}


def tried(door: str, text: str) -> None:
    """Nothing but our errors may come out, and soon."""
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpikeqWarning)
        try:
            DOORS[door](text)
        except SpikeqError as error:
            str(error)
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=TEXT)
def test_any_text_gives_a_network_or_one_of_our_errors(door: str, text: str) -> None:
    tried(door, text)


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(TEXT, BOMB))
def test_much_text_gives_a_network_or_one_of_our_errors(door: str, text: str) -> None:
    tried(door, text)


PLANTED = "__import__('builtins').__dict__.__setitem__('planted', 1)"
SPELLINGS = (
    PLANTED,
    f"({PLANTED})",
    f"f('{PLANTED}')",
    f"# coding: utf-7\n{PLANTED}",
    f"v # x\r{PLANTED}",
    f"v\r{PLANTED}",
)


@pytest.mark.parametrize("text", SPELLINGS)
@pytest.mark.parametrize("door", DOORS)
def test_nothing_planted_is_executed(door: str, text: str) -> None:
    import builtins

    tried(door, text)
    assert not hasattr(builtins, "planted")


# Keys of dictionaries cannot be lists; a report may be any function.
NOT_AS_KEYS = {
    "the name of an event",
    "the name of a value",
    "the name of a state",
    "the name of a pathway",
    "a report",
}


@pytest.mark.parametrize(
    "value", [None, 3, 2.5, True, b"v", (), [], [1, "a"], {}, object(), np.zeros((2, 2)), len, int, 1j], ids=repr
)
@pytest.mark.parametrize("door", DOORS)
def test_what_is_no_text_gives_one_of_our_errors(door: str, value: Any) -> None:
    if door in NOT_AS_KEYS and not isinstance(value, int | float | bytes | None):
        value = 7
    tried(door, value)
