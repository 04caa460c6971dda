"""Checks, in the process of ``tests.kernels.interpreter``, that the programs of a launch never need an order.

Networks of sizes that fill no block run with their programs in the given order, in reverse and shuffled: the results
are the same bits, or where numbers in floating point are added atomically, the same but for the order of sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spikeq import Network, NeuronGroup, PoissonGroup, PopulationRateMonitor, SpikeMonitor, StateMonitor, Synapses, ms
from tests.codegen.watched import watched

WATCHES_ITSELF = True
ORDERS = ("given", "reversed", 1)

Results = Mapping[str, np.ndarray]


def in_any_order(run: Callable[[], Results], orders: tuple[str | int, ...] = ORDERS) -> None:
    """Nothing is wrong with the kernels, and no order of programs changes a result."""
    found = []
    for order in orders:
        with watched(order) as watch:
            found.append(run())
        assert watch.launches > 4
        assert not watch.faults, watch.report()
    tolerance = 1e-12 if watch.adds_floats else 0
    for results in found[1:]:
        for name, value in found[0].items():
            np.testing.assert_allclose(results[name], value, rtol=0, atol=tolerance, err_msg=name)


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


def coupled(n: int, batch: int | None, launches: int = 2) -> Results:
    """Dense and sparse synapses, between parts of groups too, monitors of a few elements, and several calls."""
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
    delayed = Synapses(P, G[n // 2 :], "w : 1", on_pre="v_post += w", delay=0.7 * ms, name="delayed")
    delayed.connect()
    delayed.w = 0.05
    sparse = Synapses(G[: n // 2 + 1], G, "w : 1", on_pre="x_post += w; w *= 1.01", name="some")
    sparse.connect(condition="(i + 2*j) % 5 == 0 or i == j")
    sparse.w = "0.01*(1 + i)"
    spread = Synapses(P, G, "w : 1", on_pre="x_post -= w", name="spread")
    spread.connect(condition="(i + j) % 3 == 0")
    spread.w = 0.125
    spread.pre.delay = "(i % 4)*0.3*ms"
    net = Network(
        G, P, dense, delayed, sparse, spread, *monitors, backend="triton", dtype="float64", batch=batch, seed=3
    )
    for count in range(launches):
        net.run((1.1 + count) * ms)
    return of(*monitors, v=G.v[:], x=G.x[:], w=sparse.w[:])


def check_one_neuron() -> None:
    in_any_order(lambda: coupled(1, None), ("given", "reversed"))


def check_a_size_that_fills_no_block() -> None:
    in_any_order(lambda: coupled(33, 2), ("given", 1))


def plastic(n: int, batch: int | None, everywhere: bool, per_row: bool = False) -> Results:
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
    net = Network(P, G, S, spikes, weights, backend="triton", dtype="float64", batch=batch, seed=4)
    net.run(2 * ms)
    net.run(1 * ms)
    return of(spikes, weights, w=S.w[:])


def check_plastic_synapses() -> None:
    in_any_order(lambda: plastic(31, None, True), ("given", 1))
    in_any_order(lambda: plastic(17, None, False), ("given", 1))


def check_plastic_synapses_of_rows() -> None:
    in_any_order(lambda: plastic(9, 3, True), ("given", 1))
    in_any_order(lambda: plastic(9, 3, False), ("given", 1))
    in_any_order(lambda: plastic(9, 2, True, per_row=True), ("given", "reversed"))
