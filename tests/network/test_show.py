"""Every stage shown as text: difference equations that a person can check, tasks in order, the code that runs."""

from __future__ import annotations

import pytest

import spikeq
from spikeq import KindError, Network, NetworkError, NeuronGroup, SpikeMonitor, Synapses, UnknownNameError, show
from spikeq.units import ms

tau = 10 * ms


def made() -> Network:
    cells = NeuronGroup(
        3, "dv/dt = (drive - v)/tau : volt\ndrive : volt", threshold="v > 10*mV", reset="v = 0*mV", name="cells"
    )
    links = Synapses(cells, cells, "w : volt", on_pre="v_post += w", delay=3 * ms, name="links")
    links.connect(i=[0, 1], j=[1, 2])
    return Network(cells, links, SpikeMonitor(cells, name="spikes"))


def test_updates_of_a_network() -> None:
    assert made().show("updates").splitlines() == [
        "cells, 3 neurons, euler:",
        "  v[n+1] = v + dt*((drive - v)/tau)",
        "  spike where v > 10*mV",
        "    v = 0*mV",
        "",
        "links, from cells to cells:",
        "  pre, 3. ms after the event 'spike' of cells",
        "    v_post += w",
    ]


def test_updates_of_a_string_need_no_values() -> None:
    assert show("dv/dt = (v_rest - v)/unknown_tau : volt").splitlines() == [
        "neurons, 1 neuron, euler:",
        "  v[n+1] = v + dt*((v_rest - v)/unknown_tau)",
    ]


@pytest.mark.parametrize(
    ("method", "line"),
    [
        ("euler", "  v[n+1] = v + dt*(-v/tau)"),
        ("exact", "  v[n+1] = v*exp(-dt/tau)"),
        ("rk2", "  v[n+1] = v + _k2_v"),
    ],
)
def test_the_method_is_named_and_written_out(method: str, line: str) -> None:
    lines = show(NeuronGroup(2, "dv/dt = -v/tau : 1", method=method, name="g")).splitlines()
    assert lines[0] == f"g, 2 neurons, {method}:"
    assert lines[-1] == line


def test_noise_and_refractoriness_are_explained() -> None:
    group = NeuronGroup(
        1,
        "dv/dt = -v/tau + xi*tau**-0.5 : 1 (unless refractory)",
        threshold="v > 1",
        refractory=5 * ms,
        method="euler",
        name="g",
    )
    lines = show(group).splitlines()
    assert "  refractory for 5. ms after a spike" in lines
    assert "  xi: a standard normal number for each neuron and step" in lines
    assert "int(not_refractory)" in lines[2]


def test_tasks_stand_in_the_order_of_a_step() -> None:
    lines = made().show("tasks").splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert heads == [
        "groups 0 cells_stateupdater, every 1. ms",
        "thresholds 0 cells_spike_thresholder, every 1. ms",
        "thresholds 1 spikes, every 1. ms",
        "synapses -1 links_pre, every 1. ms",
        "resets 0 cells_spike_resetter, every 1. ms",
    ]
    assert "    cells.v = cells.v + dt*((cells.drive - cells.v)/cells:tau)" in lines
    assert "  writes cells.v" in lines


def test_source_is_the_code_that_runs() -> None:
    network = made()
    assert network.show("source") == network.compiled()[1].source.text
    assert show(network, "source", backend="torch").startswith('"""One step')


def test_plan_launch_syntax_and_equations() -> None:
    network = made()
    assert "cells.v: real [batch, cells], written" in network.show("plan").splitlines()
    assert network.show("launch").splitlines()[-1] == "many steps a call"
    assert "dv/dt = (drive - v)/tau : volt" in network.show("equations")
    assert "Binary(op='/'" in show("dv/dt = -v/tau : 1", "syntax")


def test_a_group_alone_can_be_shown_and_still_be_used() -> None:
    group = NeuronGroup(2, "dv/dt = -v/tau : 1", name="g")
    assert "g_stateupdater" in show(group, "tasks")
    assert "def " in show(group, "source")
    Network(group).run(2 * ms)
    assert show(group, "tasks") == show(Network(NeuronGroup(2, "dv/dt = -v/tau : 1", name="g")), "tasks")


def test_refusals() -> None:
    with pytest.raises(UnknownNameError, match="There is no stage 'soup'"):
        show(made(), "soup")
    with pytest.raises(UnknownNameError, match="There is no stage 'soup'"):
        made().show("soup")
    with pytest.raises(KindError, match="int cannot be shown"):
        show(3)
    cells = NeuronGroup(1, "v : volt", threshold="v > 1*mV")
    with pytest.raises(NetworkError, match="run together with their groups"):
        show(Synapses(cells, cells, on_pre="v_post += 1*mV"), "source")
    with pytest.raises(UnknownNameError, match="unknown_tau"):
        show("dv/dt = -v/unknown_tau : 1", "tasks")


def test_an_interactive_session_prints_lines() -> None:
    shown = spikeq.show("dv/dt = -v/tau : 1")
    assert repr(shown) == str(shown)
