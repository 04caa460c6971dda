"""Checks of functions of time on Triton, interpreted: read at times and columns that only the step knows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, NotFiniteError, StateMonitor, Synapses, TimedArray, ms


def check_small_answers_by_hand() -> None:
    steps = TimedArray([10.0, 20.0, 30.0], dt=2 * ms, name="steps")
    grid = TimedArray([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], dt=1 * ms, name="grid")
    G = NeuronGroup(5, "moment : second\nx : 1\ny : 1\nz : 1\nw : 1\nk : 1", name="cells")
    G.moment = [-3, 0, 1.9999999999, 4, 1e9] * ms
    G.k = [0, 1, 0.9, 1.5, 0]
    code = "x = steps(moment); y = grid(moment, i % 2)\n"
    code += "z = grid(t + 1*ms, k); w = steps(t - moment); moment = 2.5*ms; k += 0"
    G.run_regularly(code, dt=1 * ms)
    trace = StateMonitor(G, ["x", "y", "z", "w"], record=True, when="end")
    Network(G, trace, backend="triton", dtype="float64").run(2 * ms, namespace={"steps": steps, "grid": grid})
    # a time that is a rounding error before a value's own belongs to that value
    np.testing.assert_array_equal(trace.x_[:, 0], [10, 10, 20, 30, 30])
    np.testing.assert_array_equal(trace.y_[:, 0], [1, 2, 5, 6, 5])
    np.testing.assert_array_equal(trace.z_, [[3, 5], [4, 6], [3, 5], [4, 6], [3, 5]])
    np.testing.assert_array_equal(trace.w_[:, 0], [20, 10, 10, 10, 10])
    np.testing.assert_array_equal(trace.x_[:, 1], 20)
    np.testing.assert_array_equal(trace.y_[:, 1], [5, 6, 5, 6, 5])
    G.k = [0, 1, 2, 0, 0]
    with pytest.raises(NotFiniteError, match="cells.z of element 2 "):
        G._network.run(1 * ms, namespace={"steps": steps, "grid": grid})


def looking_up(backend: str, dtype: str, batch: int | None) -> Any:
    """Tables that neurons read late, at their own times, and synapses at events."""
    random = np.random.default_rng(1)
    ramp = TimedArray(random.normal(size=17), dt=0.7 * ms, name="ramp")
    maps = TimedArray(random.normal(size=(9, 6)), dt=1.1 * ms, name="maps")
    G = NeuronGroup(
        6,
        "dv/dt = (2 + ramp(t - late))/(3*ms) : 1\nlate : second\nx : 1\nplace = int(v*5) : integer",
        threshold="v > 1",
        reset="v = 0; x += maps(t - 2*late, (place + i) % 6); late += 0.3*ms*rand()",
        name="cells",
    )
    G.late = "0.5*ms*i"
    S = Synapses(G, G, "w : 1", on_pre="x_post += w*maps(t - late_post, j) + ramp(late_pre)", name="links")
    S.connect(condition="(i + j) % 2 == 0")
    S.w = "0.1*i"
    trace = StateMonitor(G, ["v", "x"], record=True, when="end")
    net = Network(G, S, trace, backend=backend, dtype=dtype, batch=batch, seed=3)
    net.run(9 * ms, namespace={"ramp": ramp, "maps": maps})
    return trace


def check_tables_beside_torch() -> None:
    for dtype, batch, tolerance in (("float64", None, 1e-13), ("float32", 2, 1e-5)):
        found, expected = (looking_up(backend, dtype, batch) for backend in ("triton", "torch"))
        assert np.ptp(expected.x_) > 1
        for name in ("v", "x"):
            np.testing.assert_allclose(found.values(name), expected.values(name), rtol=0, atol=tolerance)
