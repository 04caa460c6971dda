"""A network in words: the exact text of one, and what must stand in the text of odd ones.

After a change of the text that is meant, ``SPIKEQ_ACCEPT=1 pytest tests/network/test_explain.py`` writes it anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import spikeq
from spikeq import (
    ConnectionError,
    EventMonitor,
    Network,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    PopulationRateMonitor,
    SpikeGeneratorGroup,
    SpikeMonitor,
    SpikeqError,
    StateMonitor,
    Synapses,
    TimedArray,
    UnknownNameError,
    linked_var,
    network_operation,
    show,
)
from spikeq.units import Hz, ms, mV

GOLDEN = Path(__file__).parent / "explained.txt"
tau = 10 * ms
stimulus = TimedArray(np.arange(3) * mV, dt=5 * ms)


def plastic(**options: Any) -> Network:
    """Plastic synapses with a delay, reset, refractoriness and a normalisation."""
    inputs = PoissonGroup(20, rates=15 * Hz, name="inputs")
    cells = NeuronGroup(
        5,
        "dv/dt = (rest - v)/tau : volt (unless refractory)\nrest : volt",
        threshold="v > -54*mV",
        reset="v = -60*mV",
        refractory=5 * ms,
        name="cells",
    )
    links = Synapses(
        inputs,
        cells,
        "w : 1\ndA/dt = -A/(20*ms) : 1 (event-driven)\nrate : 1 (shared)",
        on_pre="v_post += w*mV\nA += rate",
        on_post="w = clip(w + A, 0, 1)",
        delay=2 * ms,
        name="links",
    )
    links.connect(p=0.5)
    links.w = "rand()"
    links.normalise("w", total=3, every=100)
    links.normalise("w", total=4)
    trace, spikes = StateMonitor(cells, "v", record=[0], name="trace"), SpikeMonitor(cells, name="spikes")
    return Network(inputs, cells, links, trace, spikes, seed=4, **options)


def heads(text: str) -> list[str]:
    """The names of the tasks of the step, in the order of the text."""
    step = text.split("\n\nWhat happens in one step")[1].split("\n\n")[0]
    return re.findall(r"^  \d+ (\w+)", step, re.MULTILINE)


def tasks(network: Network) -> list[str]:
    lines = [line for line in network.show("tasks").splitlines() if not line.startswith((" ", "end of run"))]
    return [line.split()[2].rstrip(",") for line in lines]


def section(text: str, title: str) -> str:
    return next(part for part in text.split("\n\n") if part.startswith(title))


def in_one_piece(text: str) -> str:
    """The text with long lines unbroken: what goes on stands 8 further to the right."""
    return re.sub(r"\n {10,}(?=\S)", " ", text)


def about(text: str, task: str) -> list[str]:
    """The lines of one task of the step, its head among them; long ones in one piece."""
    text = in_one_piece(text)
    lines = section(text, "What happens").splitlines()
    start = next(k for k, line in enumerate(lines) if re.match(rf"  \d+ {task}\b", line))
    stop = next((k for k in range(start + 1, len(lines)) if not lines[k].startswith("      ")), len(lines))
    return [line.strip() for line in lines[start:stop]]


def test_the_whole_text_of_a_plastic_network() -> None:
    text = plastic(batch=2).explain() + "\n"
    if os.environ.get("SPIKEQ_ACCEPT"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()


def test_it_is_the_same_after_a_run_and_by_every_way_to_ask() -> None:
    network = plastic()
    text = network.explain()
    assert network.show("explain") == show(network, "explain") == text
    network.run(7 * ms)
    assert network.explain() == text
    assert repr(text) == text  # an interactive session prints it as it is


def test_it_draws_and_changes_nothing() -> None:
    found = []
    for asked in (False, True):
        network = plastic(dtype="float64")
        torch.manual_seed(0)
        if asked:
            network.explain()
        network.seed(11)  # what waits for random numbers is drawn with the seed of the run
        network.run(20 * ms)
        if asked:
            network.explain()
        network["links"].w = "w*rand()"
        if asked:
            network.explain()
        network.run(20 * ms)
        links = network["links"]
        found.append((links.i[:], links.w_[:], network["cells"].v_[:], network["spikes"].t_[:], torch.rand(1)))
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_spikes_on_their_way_stay_there() -> None:
    source, cells = SpikeGeneratorGroup(1, [0], [0] * ms), NeuronGroup(2, "v : 1", name="cells")
    S = Synapses(source, cells, on_pre="v_post += 1", delay=5 * ms)
    S.connect()
    network = Network(source, cells, S)
    network.run(2 * ms)
    S.delay = "3*ms + 1*ms*j"
    text = network.explain()
    assert "3 ms to 4 ms (3 to 4 steps, each synapse its own) after each spike" in text
    network.run(6 * ms)
    assert cells.v_[:].tolist() == [1, 1]


def test_it_may_be_asked_inside_a_run() -> None:
    texts = []
    network = plastic()
    network.add(network_operation(lambda: texts.append(network.explain()) if not texts else None))
    network.run(3 * ms)
    assert heads(texts[0]) == tasks(network)


def test_nothing() -> None:
    assert Network().explain() == "Network 'network': nothing happens in a step of 1 ms, in float32 on cpu"
    assert spikeq.Network(NeuronGroup(2, "v : 1")).explain().startswith("Network 'network': nothing happens")


def odd() -> Network:
    fast = NeuronGroup(
        4,
        "dv/dt = (stimulus(t) - v)/tau : volt\ncount : 1",
        threshold="v > 1*mV",
        reset="v = 0*mV",
        events={"burst": "v > 2*mV"},
        dt=0.1 * ms,
        method="exact",
        name="fast",
    )
    fast.run_on_event("burst", "count += 1")
    slow = NeuronGroup(
        3,
        "dx/dt = (-x + Ig)/tau : 1\nIg : 1\ns : 1 (linked)\nz = 2*x : 1 (constant over dt)",
        dt=0.5 * ms,
        method="rk4",
        name="slow",
    )
    slow.s = linked_var(fast, "count", index=np.array([0, 1, 2]))
    slow.run_regularly("x += s", dt=2 * ms, name="kick")
    slow[1:].run_regularly("x += 0.1*i", name="part")
    gap = Synapses(slow, slow, "w : 1\nIg_post = w*(x_pre - x_post) : 1 (summed)", name="gap")
    gap.connect(condition="i != j")
    both = {"up": "x_post += w", "down": "x_post = x_post*w"}
    mixed = Synapses(fast[1:3], slow, "w : 1", on_pre=both, on_event={"down": "burst"}, name="mixed")
    mixed.connect()
    mixed.up.delay = "1*ms + 0.3*ms*j"
    mixed.down.delay = 0.26 * ms
    early = Synapses(
        fast, slow, on_pre={"now": "x_post += 1", "then": "x_post += 1"}, delay={"then": 1 * ms}, name="early"
    )
    early.connect(i=0, j=0)
    early.now.when = early.then.when = "start"
    none = Synapses(fast, slow, on_pre="x_post += 1", name="none")
    none.connect(i=[], j=[])
    given = SpikeGeneratorGroup(2, [0], [1] * ms, dt=0.1 * ms, name="given")
    noisy = Synapses(given, fast, on_pre="v_post += 0.1*mV*int(rand() < 0.5)", name="noisy")
    noisy.connect(j="i")
    many = PoissonInput(fast[:2], "v", N=100, rate=10 * Hz, weight=0.1 * mV, name="many")
    operation = network_operation(dt=5 * ms, name="operation")(lambda: None)
    bursts = EventMonitor(fast, "burst", variables="v", name="bursts")
    states = StateMonitor(slow, ["x", "z", "t"], record=[0, 2], dt=1 * ms, when="end", name="states")
    counts = SpikeMonitor(fast[1:], record=False, name="counts")
    rate = PopulationRateMonitor(fast, name="rate")
    objects = (fast, slow, gap, mixed, early, none, given, noisy, many, operation, bursts, states, counts, rate)
    return Network(*objects, dtype="float64", dt=0.1 * ms, seed=1)


def test_every_task_of_an_odd_network_is_named_in_order() -> None:
    network = odd()
    text = network.explain()
    assert heads(text) == tasks(network)
    assert len(heads(text)) == 22
    assert text.splitlines()[0] == "Network 'network': 22 tasks in a step of 100 us, in float64 on cpu"
    assert "Nothing happens in: none_pre" in text
    assert not re.search(r"\b_\w|@|:[A-Za-z]", text), "names of the compiler in the user's text"


def test_clocks() -> None:
    text = odd().explain()
    for task, every in {"kick": "2 ms", "part": "0.5 ms", "operation": "5 ms", "states": "1 ms", "D": ""}.items():
        assert not every or f"every {every})" in about(text, task)[0]
    assert "every" not in about(plastic().explain(), "spikes")[0]


def test_delays_and_ages_of_events() -> None:
    text = odd().explain()
    up, down = about(text, "mixed_up"), about(text, "mixed_down")
    assert "1 ms to 1.6 ms (10 to 16 steps, each synapse its own) after each spike of fast[1:3]" in up[0]
    assert "0.26 ms (3 steps) after each event 'burst' of fast[1:3]" in down[0] or "260 us (3 steps)" in down[0]
    assert "is rounded to whole steps of 100 us" in down[1]
    assert "at each spike of fast, in the step after it" in about(text, "early_now")[0]
    assert "1 ms (10 steps) and one step more after each spike of fast" in about(text, "early_then")[0]
    assert "at each spike of given, in the same step" in about(text, "noisy_pre")[0]
    events = section(text, "Events")
    assert re.search(r"early_now acts on those of the step before", events)
    assert re.search(r"mixed_up sends out those of this step, and acts on those that arrive now", events)


def test_the_ages_of_events_are_those_of_a_run() -> None:
    source, cells = SpikeGeneratorGroup(1, [0], [2] * ms), NeuronGroup(1, "a : 1\nb : 1", name="cells")
    S = Synapses(source, cells, on_pre={"x": "a_post += 1", "y": "b_post += 1"}, delay={"y": 3 * ms}, name="S")
    S.connect()
    S.x.when = S.y.when = "start"
    trace = StateMonitor(cells, ["a", "b"], record=True, when="end")
    network = Network(source, cells, S, trace)
    network.run(9 * ms)
    # the spike is found in step 2: "in the step after it" is step 3, "3 steps and one step more" is step 6
    assert np.flatnonzero(np.diff(trace.a_[0])).tolist() == [2]
    assert np.flatnonzero(np.diff(trace.b_[0])).tolist() == [5]
    assert "3 ms (3 steps) and one step more after each spike" in network.explain()


def test_orders_sums_parts_links_and_inputs() -> None:
    text = odd().explain()
    assert "one after the other" in about(text, "mixed_down")[2]
    assert "all at once" in about(text, "mixed_up")[1]
    assert about(text, "gap_summed_variable_Ig_post")[1:3] == [
        "through 6 synapses (sparse) from slow to slow",
        "Ig_post = sum of w*(x_pre - x_post)",
    ]
    assert about(text, "kick")[1] == "x += s"
    assert about(text, "part")[1] == "x += 0.1*(i - 1)   [where i >= 1 and i < 3]"
    assert about(text, "many")[1:] == ["v += binomial(N, rate*dt)*weight   [where i >= 0 and i < 2]", "weight = 100 uV"]
    assert about(text, "fast_stateupdater")[1] == "v[n+1] = v*exp(-dt/tau) + stimulus(t)/tau*(dt*exprel(-dt/tau))"
    assert about(text, "slow_stateupdater")[-1].startswith("x[n+1] = x + (k1_x")
    assert "only their number" in about(text, "counts")[0]
    assert "calls the Python function <lambda>" in about(text, "operation")[0]


def test_what_is_read_before_and_after_what() -> None:
    text = plastic().explain()
    assert about(text, "trace")[1] == (
        "v is kept as the step begins, before the equations (2), links_pre (6) and the reset (8)"
    )
    assert "v_post is changed after the equations (2), before the reset (8)" in about(text, "links_pre")
    variables = section(text, "Variables")
    assert "What links_pre (6) does to it comes after the threshold (3)" in variables
    assert "links_pre (6) leaves neurons alone that had a spike in this step: they are refractory." in variables
    assert "No task changes: rate of links, rates of inputs, rest of cells" in variables


def test_what_arrives_in_the_step_of_a_spike_is_lost_where_it_says_so() -> None:
    def lost(reset: str, when: str) -> tuple[bool, float]:
        spikes = SpikeGeneratorGroup(1, [0], [1] * ms, name="source")
        cells = NeuronGroup(1, "v : 1", threshold="v > 1", reset=reset, name="cells")
        S = Synapses(spikes, cells, on_pre="v_post += 5", name="S")
        S.connect()
        S.pre.when = when
        network = Network(spikes, cells, S)
        network.run(1 * ms)
        cells.v = 2
        said = "what arrived there in this step is lost" in in_one_piece(network.explain())
        network.run(1 * ms)
        return said, float(cells.v_[0])

    assert lost("v = 0", "synapses") == (True, 0)
    assert lost("v -= 2", "synapses") == (False, 5)
    assert lost("v = 0", "after_resets") == (False, 5)


def test_shared_weights_of_a_batch_and_their_extents() -> None:
    text = plastic(batch=2).explain()
    stored = section(text, "Where variables are stored").splitlines()
    assert "  w           one value for each synapse, shared by the rows" in stored
    why = "only on_pre changes it, by what all synapses of the neuron share"
    assert f"  A           one value for each presynaptic neuron, in each row ({why})" in stored
    assert "  rate        one value for all synapses, shared by the rows" in stored
    shared = section(text, "What the rows")
    assert shared.splitlines()[2].startswith("w of links")
    assert "What the rows" not in plastic().explain()


def test_declared_bounds_means_and_values_of_each_row() -> None:
    cells = NeuronGroup(2, "v : 1", threshold="v > 1", name="cells")
    model = "w : 1\nown : 1 (per row)"
    code = "w += 0.1\nown += 0.1"
    S = Synapses(cells, cells, model, on_pre=code, bounds={"w": (0, 1)}, reduction="mean", name="S")
    S.connect()
    text = Network(cells, S, batch=3).explain()
    assert "w = clip(w, 0.0, 1.0)   [declared bounds after the changes of all rows]" in about(text, "S_pre")
    assert section(text, "What the rows").splitlines()[2:] == [
        "w of S: each row runs the code on a value of its own, and then",
        "  w = w + the mean over the rows of what each has changed",
    ]
    assert "  own    one value for each synapse, in each row" in section(text, "Where variables").splitlines()


def test_random_numbers() -> None:
    text = section(odd().explain(), "Random numbers")
    assert "noisy_pre draws rand" in text and "many draws binomial" in text and "The seed is 1." in text
    calm = NeuronGroup(1, "dv/dt = -v/tau : 1", threshold="v > 1", reset="v = 0")
    text = section(Network(calm).explain(), "Random numbers")
    assert "seed" not in text and "same spikes bit for bit" in text


def test_a_matrix_exponential_is_defined() -> None:
    model = "da/dt = (b - a)/tau : 1\ndb/dt = (a*k - b + c)/tau : 1\ndc/dt = -(a + c)/tau : 1\nk : 1 (constant)"
    lines = about(Network(NeuronGroup(2, model, method="exact", name="m")).explain(), "m_stateupdater")
    assert lines[1].startswith("[exp_0_0_0, exp_0_0_1, exp_0_0_2;") and "exp(dt*[" in lines[1]
    assert lines[2] == "a[n+1] = a*exp_0_0_0 + b*exp_0_0_1 + c*exp_0_0_2"


def test_normalisation_in_steps_after_runs_and_by_a_variable() -> None:
    network = plastic()
    network["cells"].run_regularly("rest = -60*mV")
    text = network.explain()
    assert "in the steps 100, 200, 300, ... (every 100 ms)" in about(text, "links_normalise_w")[0]
    assert "total = 4" in section(text, "After the last step of each run")


def test_normalisation_within_bounds_to_a_variable() -> None:
    cells = NeuronGroup(2, "dx/dt = -x/tau : 1", name="cells")
    S = Synapses(cells, cells, "w : 1\nmost : 1", bounds={"w": (0, "most")}, name="S")
    S.connect()
    S.normalise("w", total="x", every=1)
    text = Network(cells, S).explain()
    assert about(text, "S_normalise_w")[2:] == [
        "total = x of cells; neurons whose sum is 0 stay as they are",
        "w = clip(w, 0.0, most)   [declared bounds, whatever the sum is then]",
    ]
    assert "  2 S_normalise_w       reads         after the equations (1)" in section(text, "Variables").splitlines()
    assert "No task changes: most of S" in text


def test_broken_networks_raise_our_errors_and_stay_as_they_were() -> None:
    cells = NeuronGroup(2, "dv/dt = -v/unknown : 1", threshold="v > 1", name="cells")
    S = Synapses(cells, cells, on_pre="v_post += 1")
    other = NeuronGroup(1, "v : 1", threshold="v > 1")
    with pytest.raises(ConnectionError, match="no synapses"):
        Network(
            NeuronGroup(2, "v : 1"),
            other := NeuronGroup(1, "v : 1", threshold="v > 1"),
            Synapses(other, other, on_pre="v += 1"),
        ).explain()
    with pytest.raises(UnknownNameError, match="unknown"):
        Network(cells).explain()
    with pytest.raises(SpikeqError):
        Network(S).explain()
    network = Network(NeuronGroup(2, "dv/dt = -v/late : 1", name="late_cells"))
    with pytest.raises(UnknownNameError, match="late"):
        network.explain()
    assert "v[n+1] = v + dt*(-v/late)" in network.explain({"late": 3 * ms})
    late = 4 * ms
    assert "v[n+1] = v + dt*(-v/late)" in network.explain() and late


@pytest.mark.parametrize(
    ("method", "line"),
    [
        ("euler", "x[n+1] = x + dt*(-x/tau)   [unless refractory]"),
        ("exponential_euler", "x[n+1] = x + dt*exprel(-dt/tau)*(-x/tau)   [unless refractory]"),
        ("exact", "x[n+1] = x*exp(-dt/tau)   [unless refractory]"),
        ("rk2", "k1_x = dt*(-x/tau)   [0 where refractory]"),
    ],
)
def test_refractoriness_is_said_in_words(method: str, line: str) -> None:
    model = "dx/dt = -x/tau : 1 (unless refractory)\ntau : second (constant)"
    group = NeuronGroup(2, model, threshold="x > 1", refractory=2.2 * ms, method=method, name="g")
    lines = about(Network(group).explain(), "g_stateupdater")
    assert lines[1:3] == ["not_refractory = t - lastspike >= 2.2 ms (2 steps)", line]


def test_what_neither_refractory_nor_other_words_can_say_stays_a_formula() -> None:
    text = "dx/dt = -x/tau + y/tau : 1\ndy/dt = -y/tau : 1 (unless refractory)"
    group = NeuronGroup(2, text, threshold="x > 1", refractory="x > 0.5", method="euler", name="g")
    assert about(Network(group).explain(), "g_stateupdater")[1:] == [
        "not_refractory = not_refractory or not x > 0.5",
        "x[n+1] = x + dt*(-x/tau + y/tau)",
        "y[n+1] = y + dt*(-y/tau)   [unless refractory]",
    ]


def test_names_at_the_ends_of_synapses_of_synapses_and_behind_links() -> None:
    far = NeuronGroup(3, "x : 1", name="far")
    cells = NeuronGroup(3, "y : 1 (linked)\nz : 1 (linked)\nv : 1\ns = 2*z : 1", threshold="v > 1", name="cells")
    cells.y, cells.z = linked_var(far, "x"), linked_var(far, "x", index=[2, 1, 0])
    second = NeuronGroup(3, "a : 1 (linked)\nu : 1", name="second")
    second.a = linked_var(cells, "s", index=[0, 0, 1])
    second.run_regularly("u = a", name="one")
    cells.run_regularly("v = y + z", name="two")
    A = Synapses(cells, cells, "w : 1\nq = 2*v_pre : 1", on_pre="v_post += w*z_pre", name="A")
    A.connect()
    B = Synapses(cells, A, "k : 1", on_pre="w_post += k*q_post", name="B")
    B.connect(j="i")
    text = Network(far, cells, second, A, B).explain()
    assert about(text, "one")[1] == "u = 2*far.x[a to z]"
    assert about(text, "two")[1] == "v = far.x + z"
    assert "v_post += w*z_pre" in about(text, "A_pre")
    assert "w_post += k*(2*v_pre_post)" in about(text, "B_pre")
