"""Networks of any size with everything that kernels do, and what they leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spikeq import Network, NeuronGroup, PoissonGroup, PopulationRateMonitor, SpikeMonitor, StateMonitor, Synapses, ms

Results = Mapping[str, np.ndarray]


def of(*monitors: Any, **arrays: Any) -> Results:
    """What monitors recorded, and arrays by name."""
    found = {name: np.array(value) for name, value in arrays.items()}
    for monitor in monitors:
        if isinstance(monitor, SpikeMonitor):
            found |= {f"{monitor.name}.{one}": np.array(getattr(monitor, one)) for one in ("i", "t_", "row")}
        elif isinstance(monitor, StateMonitor):
            found |= {f"{monitor.name}.{one}": monitor.values(one) for one in monitor.record_variables}
        else:
            found[f"{monitor.name}.rate"] = np.array(monitor.rate_)
    return found


def coupled(
    n: int, batch: int | None, runs: tuple[int, ...] = (3, 4), scatters: bool = True, **options: Any
) -> Results:
    """Dense synapses and, where it ``scatters``, sparse ones, between parts of groups too; traces of a few elements."""
    P = PoissonGroup(17, rates="(100 + 20*i)*Hz", name="inputs")
    G = NeuronGroup(
        n,
        "dv/dt = (1.2 - v)/(10*ms) : 1\nx : 1",
        threshold="v > 1",
        reset="v = 0; x += 1",
        name="cells",
        method="euler",
    )
    G.v = "(i % 7)/7"
    monitors = [SpikeMonitor(G, name="spikes"), StateMonitor(G, ["v", "x"], record=[0, n - 1], name="trace")]
    monitors += [PopulationRateMonitor(G, name="rate"), SpikeMonitor(P, name="given")]
    dense = Synapses(G, G, "w : 1", on_pre="v_post += w", name="every")
    dense.connect()
    dense.w = "0.3*(i - j)/N_pre"
    delayed = Synapses(P, G[n // 2 :], "w : 1", on_pre="v_post += w", delay=2 * ms, name="delayed")
    delayed.connect()
    delayed.w = 0.05
    sparse = Synapses(G[: n // 2 + 1], G, "w : 1", on_pre="x_post += w; w *= 1.01", name="some")
    sparse.connect(condition="(i + 2*j) % 5 == 0 or i == j")
    sparse.w = "0.01*(1 + i)"
    spread = Synapses(P, G, "w : 1", on_pre="x_post -= w", name="spread")
    spread.connect(condition="(i + j) % 3 == 0")
    spread.w = 0.125
    spread.pre.delay = "(i % 4)*ms"
    advance(Network(G, P, dense, delayed, *[sparse, spread] * scatters, *monitors, **chosen(options, batch)), runs)
    return of(*monitors, v=G.v[:], x=G.x[:], w=sparse.w[:])


def plastic(
    n: int,
    batch: int | None,
    everywhere: bool,
    per_row: bool = False,
    runs: tuple[int, ...] = (4, 3),
    **options: Any,
) -> Results:
    """Pair STDP with neurons on both sides that spike in one step."""
    P = PoissonGroup(n, rates="(200 + 100*(i % 3))*Hz", name="inputs")
    G = NeuronGroup(n, "dv/dt = (1.5 - v)/(4*ms) : 1", threshold="v > 1", reset="v = 0", name="cells", method="euler")
    G.v = "(i % 5)/5"
    S = Synapses(
        P,
        G,
        f"w : 1{' (per row)' if per_row else ''}\n"
        "dx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)",
        on_pre="v_post += 0.01*w; x += 1; w = clip(w - 0.05*y, 0, 1)",
        on_post="y += 1; w = clip(w + 0.1*x, 0, 1)",
        name="links",
    )
    S.connect(condition="True" if everywhere else "(i + j) % 3 != 0")
    S.w = 0.5
    spikes, weights = SpikeMonitor(G, name="spikes"), StateMonitor(S, "w", record=[0, len(S) - 1], name="weights")
    advance(Network(P, G, S, spikes, weights, **chosen(options, batch)), runs)
    return of(spikes, weights, w=S.w[:])


def driven(n: int, batch: int | None, runs: tuple[int, ...] = (2, 1), **options: Any) -> Results:
    """Synapses of all to all that follow the clock, are summed, and run in turn where they have events."""
    G = NeuronGroup(
        n, "dv/dt = (total - v)/(10*ms) : 1\ntotal : 1\nu : 1", threshold="v > 0.5", name="cells", method="euler"
    )
    G.v = "(i % 5)/4"
    S = Synapses(
        G,
        G,
        "dg/dt = (v_pre - 2*v_post - g)/(5*ms) : 1 (clock-driven)\ntotal_post = g/N_pre : 1 (summed)",
        on_pre="u_post = 0.5*u_post + 0.25*v_pre",
        method="euler",
        name="links",
    )
    S.connect()
    S.g = "i - 0.5*j"
    S.run_regularly("g += 0.125*u_post", name="often")
    spikes, trace = SpikeMonitor(G, name="spikes"), StateMonitor(S, "g", record=[0, n * n - 1], name="trace")
    advance(Network(G, S, spikes, trace, **chosen(options, batch)), runs)
    return of(spikes, trace, v=G.v[:], u=G.u[:], g=S.g[:])


def chosen(options: dict[str, Any], batch: int | None) -> dict[str, Any]:
    """How a network is run, unless options say otherwise."""
    return {"backend": "triton", "launch": "steps", "dtype": "float64", "batch": batch, "seed": 3, **options}


def advance(network: Network, runs: tuple[int, ...]) -> None:
    """Run so many steps in each call."""
    for steps in runs:
        network.run(steps * ms)
