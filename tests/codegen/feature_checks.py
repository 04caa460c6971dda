"""Checks of what networks are made of on Triton, interpreted, beside torch: two rows, two runs, every value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spikeq import (
    EventMonitor,
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PoissonInput,
    PopulationRateMonitor,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    ms,
    network_operation,
)

Add = Callable[..., None]


def same_as_torch(build: Callable[[Add], dict[str, Any]], least: int) -> None:
    """``build`` adds objects and gives those whose variables are compared, by name; ``least`` spikes are seen."""
    found, expected = (outcome(build, backend) for backend in ("triton", "torch"))
    assert sum(len(values[0]) for name, values in expected.items() if name.startswith("spikes")) >= least
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-11, atol=1e-12, err_msg=name)


def outcome(build: Callable[[Add], dict[str, Any]], backend: str) -> dict[str, Any]:
    """All values and spikes after two runs."""
    net = Network(backend=backend, batch=2, dtype="float64", seed=7)
    watched = build(net.add)
    groups = [one for one in net.objects if "spike" in getattr(one, "events", {})]
    monitors = [SpikeMonitor(group) for group in groups]
    net.add(*monitors)
    net.run(6 * ms, namespace={})
    net.run(9 * ms, namespace={})
    found = {}
    for name, one in watched.items():
        variable = name.split()[0]
        found[name] = np.asarray(one.get_states([variable], units=False)[variable])
    for number, one in enumerate(monitors):
        found[f"spikes {number}"] = np.stack([one.i, one.row, np.round(one.t_ * 1e5)])
    return found


def custom_events(add: Add) -> dict[str, Any]:
    """Events of one's own, pathways of several events, code at events, refractoriness by a formula."""
    G = NeuronGroup(
        5,
        "dv/dt = (2 - v)/(5*ms) : 1\nx : 1\nn : integer\nhot : boolean",
        threshold="v > 1",
        reset="v = 0; n += 1",
        events={"half": "v > 0.5 and not hot"},
        refractory="2*ms + n*ms",
        name="cells",
    )
    G.v = "0.1*i"
    G.run_on_event("half", "x += 1; hot = True")
    G.run_regularly("hot = False", dt=2 * ms)
    S = Synapses(
        G,
        G,
        on_pre={"pre": "x_post += 0.1", "down": "x_post -= 0.01"},
        on_post="x_pre += 0.05",
        on_event={"pre": "half", "down": "spike", "post": "spike"},
        delay={"down": 2 * ms},
        name="links",
    )
    S.connect(condition="i != j")
    add(G, S, EventMonitor(G, "half", variables=["v", "n"]))
    return {"v": G, "x": G, "n": G, "hot": G}


def parts_of_groups(add: Add) -> dict[str, Any]:
    """Synapses, sums and a rate of parts of a group."""
    G = NeuronGroup(9, "dv/dt = (1.5 - v)/(5*ms) : 1\ntotal : 1", threshold="v > 1", reset="v = 0", name="cells")
    G.v = "0.1*i"
    S = Synapses(
        G[:4], G[3:8], "w : 1\ntotal_post = w*v_pre : 1 (summed)", on_pre="v_post += w", on_post="w *= 0.9", name="some"
    )
    S.connect(condition="(i + j) % 2 == 0")
    S.w = 0.05
    D = Synapses(G[2:5], G[4:9], "w : 1", on_pre="v_post += w", delay=1 * ms, name="every")
    D.connect()
    D.w = "0.01*(i + 1)"
    P = Synapses(G, G, "w : 1", on_pre="v_post += w; v_pre -= 0.1", name="pairs")
    P.connect(j="i")
    P.w = "0.01*i"
    add(G, S, D, P, PopulationRateMonitor(G[2:6]))
    return {"v": G, "total": G, "w": S}


def shared_values(add: Add) -> dict[str, Any]:
    """Shared variables, subexpressions that are kept for a step, a shared value of synapses."""
    G = NeuronGroup(
        4,
        """dv/dt = (a - v)/(5*ms) : 1
        a : 1 (shared)
        q : 1 (shared)
        z = q + a : 1 (shared)
        u = rand()*a : 1 (constant over dt)""",
        threshold="v > 0.6",
        reset="v = u",
        name="cells",
    )
    G.a, G.q = 1.3, 1
    G.run_regularly("a = 1 + 0.3*rand(); q += z*0.1; v += q*0.1; q *= 0.5", dt=3 * ms)
    S = Synapses(G, G, "g : 1 (shared)\nw : 1", on_pre="v_post += g*w", name="links")
    S.connect(j="(i + 1) % 4")
    S.g, S.w = 0.5, 0.1
    add(G, S)
    return {"v": G, "a": G, "q": G, "u": G}


def several_clocks(add: Add) -> dict[str, Any]:
    """Three clocks, equations of synapses, a trace on a clock of its own, a function of the user's between steps."""
    G = NeuronGroup(4, "dv/dt = (k - v)/(5*ms) : 1\nk : 1", threshold="v > 1", reset="v = 0", dt=0.5 * ms, name="fast")
    G.k = 1.5
    H = NeuronGroup(
        3, "dv/dt = -v/(5*ms) : 1", threshold="v > 0.2", reset="v = 0", refractory=3 * ms, dt=1.5 * ms, name="slow"
    )
    S = Synapses(
        G,
        H,
        "w : 1\ndx/dt = -x/(3*ms) : 1 (clock-driven)",
        on_pre="v_post += w; x += 1",
        on_post="w = clip(w + 0.01*x, 0, 1)",
        dt=1 * ms,
        delay=1.5 * ms,
        name="links",
    )
    S.connect()
    S.w = 0.1

    def change() -> None:
        G.k = 1.8

    add(G, H, S, StateMonitor(H, "v", record=[0, 2], dt=2 * ms), network_operation(dt=3 * ms)(change))
    return {"v": G, "v of slow": H, "w": S, "x": S}


def neighbours(add: Add) -> dict[str, Any]:
    """Synapses one to one, late or in an order, and constants of each row; rows share the outcome."""
    P = PoissonGroup(6, rates=200 * Hz, name="inputs")
    G = NeuronGroup(6, "dv/dt = -v/(9*ms) : 1\nu : 1", threshold="v > 1", reset="v = 0", name="cells")
    late = Synapses(P, G, "w : 1", on_pre="v_post += w", name="late")
    late.connect(j="i")
    late.w, late.delay = "0.4 + 0.1*i", "(i % 3)*ms"
    turns = Synapses(P, G, "x : 1", on_pre="u_post = u_post/2 + x; x += 0.1*u_post", name="turns")
    turns.connect(j="i")
    swept = {"decay": np.array([[3.0], [6.0]]) * ms, "gain": np.array([[0.1], [0.3]])}
    text = "w : 1\ndy/dt = -y/decay : 1 (event-driven)"
    learning = Synapses(P, G, text, on_pre="y += 1; w += gain*y", namespace=swept, name="learning")
    learning.connect()
    add(P, G, late, turns, learning)
    return {"v": G, "u": G, "x": turns, "w": learning}


def onto_synapses(add: Add) -> dict[str, Any]:
    """Synapses whose targets are synapses."""
    P = PoissonGroup(3, rates=200 * Hz, name="inputs")
    G = NeuronGroup(2, "v : 1", threshold="v > 1", reset="v = 0", name="cells")
    S = Synapses(P, G, "w : 1\nm : 1", on_pre="v_post += w*m", name="links")
    S.connect()
    S.w, S.m = 0.5, 1
    T = Synapses(P, S, "k : 1\nm_post = 0.1*k : 1 (summed)", on_pre="w_post += 0.01", name="onto")
    T.connect(i=[0, 1, 2, 0], j=[0, 1, 2, 5])
    T.k = 2
    add(P, G, S, T)
    return {"w": S, "m": S, "v": G}


def rows_of_their_own(add: Add) -> dict[str, Any]:
    """Rates, parameters, thresholds and weights that differ between rows; chances that time and neurons decide."""
    P = PoissonGroup(4, rates=0 * Hz, name="inputs")
    Q = PoissonGroup(3, rates="(200*Hz)*(1 + sin(t/ms))", name="waves")
    G = NeuronGroup(
        4,
        "dv/dt = (drive - v)/tau : 1\ndrive : 1\ntau : second\nr : Hz\nn : integer",
        threshold="v > most or rand() < r*dt",
        reset="v = 0; n += binomial(10, 0.3) + poisson(3*i)",
        refractory=2 * ms,
        namespace={"most": np.array([[1.0], [0.7]])},
        name="cells",
    )
    S = Synapses(G, G, "w : 1", on_pre="v_post += w; r_post += 10*Hz*int(rand() < 0.5)", name="links")
    S.connect(p=0.5)
    T = Synapses(Q, G, on_pre="v_post += 0.1*rand()", name="others")
    T.connect(j="i")
    add(P, Q, G, S, T, PoissonInput(G, "v", 20, 50 * Hz, 0.1))
    P.rates = np.array([[0, 1000, 300, 10], [1000, 0, 10, 300]]) * Hz
    G.drive, G.tau = np.array([[2.0], [1.5]]), np.array([[5.0], [7.0]]) * ms
    G.r, S.w = np.arange(8.0).reshape(2, 4) * 30 * Hz, np.array([[0.1], [0.2]])
    return {"v": G, "r": G, "n": G}


def check_custom_events() -> None:
    same_as_torch(custom_events, 20)


def check_parts_of_groups() -> None:
    same_as_torch(parts_of_groups, 40)


def check_shared_values() -> None:
    same_as_torch(shared_values, 40)


def check_several_clocks() -> None:
    same_as_torch(several_clocks, 20)


def check_neighbours() -> None:
    same_as_torch(neighbours, 30)


def check_synapses_onto_synapses() -> None:
    same_as_torch(onto_synapses, 8)


def check_rows_of_their_own() -> None:
    same_as_torch(rows_of_their_own, 30)
