"""Checks, interpreted, that every way of laying out kernels in launches gives the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from spikeq import (
    Network,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    UnsupportedError,
    ms,
    network_operation,
)
from spikeq.codegen import triton_backend
from spikeq.codegen.triton_schedule import scheduled

Made = tuple[list[Any], dict[str, Any]]  # objects, and those that recorded
LIF = "dv/dt = (3 - v)/(8*ms) : 1 (unless refractory)\nu : 1"


def recorded(monitors: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """What monitors hold."""
    found = {}
    for name, monitor in monitors.items():
        if isinstance(monitor, StateMonitor):
            found |= {f"{name}.{one}": np.array(monitor.values(one)) for one in monitor.record_variables}
        elif isinstance(monitor, PopulationRateMonitor):
            found[f"{name}.rate"] = np.array(monitor.rate_)
        else:
            found |= {f"{name}.{one}": np.array(getattr(monitor, one)) for one in ("i", "t_")}
    return found


def dense() -> Made:
    """Two populations of one model, joined densely in every way, one of them with a delay; input; all monitors."""
    a, b = (
        NeuronGroup(n, LIF, threshold="v > 1", reset="v = 0.25; u += 1", refractory=2 * ms, name=name)
        for n, name in ((37, "a"), (33, "b"))
    )
    a.v, b.v = "i/64", "1 - i/64"
    p = PoissonGroup(40, rates="(10 + i)*Hz", name="p")
    joined = []
    for source, target, delay in ((a, b, 2), (b, a, 0), (a, a, 0), (p, a, 1), (p, b, 0)):
        s = Synapses(
            source, target, "w : 1", on_pre="v_post += w", delay=delay * ms, name=f"{source.name}_{target.name}"
        )
        s.connect()
        s.w = f"(1 + i % 3 + j % 2)/{256 if source is p else -128}"
        joined.append(s)
    monitors = {
        "spikes": SpikeMonitor(a, name="spikes"),
        "inputs": SpikeMonitor(p, name="inputs"),
        "rate": PopulationRateMonitor(b, name="rate"),
        "trace": StateMonitor(a, ["v", "u"], record=[3, 30], name="trace"),
        "all": StateMonitor(b, "v", record=True, when="end", name="all"),
    }
    return [a, b, p, *joined], monitors


def sparse() -> Made:
    """Sparse and plastic pathways on both sides, single delays, sums, given spikes, statements at regular times."""
    g = SpikeGeneratorGroup(5, [0, 1, 4, 2, 0, 3], [1, 1, 2, 4, 5, 9] * ms, name="g")
    a = NeuronGroup(
        70,
        "dv/dt = (drive + total - v)/(8*ms) : 1\ntotal : 1\ndrive : 1",
        threshold="v > 1",
        reset="v = 0.1*rand()",
        name="a",
    )
    a.drive, a.v = "0.75 + i/80", "i/80"
    a.run_regularly("drive += 0.0625*randn()", dt=1 * ms, name="drift")
    plastic = Synapses(
        a,
        a,
        "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)",
        on_pre="v_post += w; x += 1; w = clip(w - 0.01*y, 0, 1)",
        on_post="y += 1; w = clip(w + 0.01*x, 0, 1)",
        name="plastic",
    )
    plastic.connect(condition="(i + 3*j) % 7 == 0")
    plastic.w = "0.01 + 0.001*(j % 5)"
    given = Synapses(g, a, on_pre="v_post += 0.5", name="given")
    given.connect(condition="(i + j) % 3 == 0")
    given.delay = "(j % 4)*ms"
    gap = Synapses(a, a, "total_post = 0.01*(v_pre - v_post) : 1 (summed)", name="gap")
    gap.connect(condition="abs(i - j) == 1")
    monitors = {
        "spikes": SpikeMonitor(a, name="spikes"),
        "weights": StateMonitor(plastic, "w", record=True, name="weights"),
        "trace": StateMonitor(a, "v", record=True, name="trace"),
    }
    return [g, a, plastic, given, gap], monitors


def run(made: Made, backend: str, operated: bool = False, **options: Any) -> dict[str, np.ndarray[Any, Any]]:
    """A run in pieces, stored and restored on the way; with ``operated`` a host function changes a population."""
    objects, monitors = made
    extra = []
    if operated:

        @network_operation(dt=3 * ms)
        def push() -> None:
            objects[0].v = objects[0].v + 0.125

        extra.append(push)
    network = Network(*objects, *monitors.values(), *extra, backend=backend, seed=3, **{"dtype": "float64", **options})
    network.run(1 * ms)
    network.run(5 * ms)
    network.store()
    network.run(4 * ms)
    network.restore()
    network.run(7 * ms)
    return recorded(monitors)


@contextmanager
def uncut() -> Iterator[None]:
    """Steps are not cut, so that one ends before the next begins."""

    def plain(parts: Any, rings: Any, cuts: bool) -> Any:
        return scheduled(parts, rings, cuts=False)

    with patch.object(triton_backend, "scheduled", plain):
        yield


def same(make: Callable[[], Made], tolerance: float = 1e-13, apart: float = 0.0, **options: Any) -> None:
    """Every form gives the numbers of the uncut steps, bit for bit, and those of torch to rounding.

    ``apart``: what is added atomically has no order, so that one program may be so far from many.
    """
    with uncut():
        plain = run(make(), "triton", launch="steps", **options)
    expected = run(make(), "torch", **options)
    assert len(plain["spikes.i"]) > 20
    for name, values in expected.items():
        if values.dtype.kind in "iu":
            np.testing.assert_array_equal(plain[name], values, err_msg=name)
        np.testing.assert_allclose(plain[name], values, rtol=0, atol=tolerance, err_msg=name)
    for form, most in (("steps", 0.0), ("persistent", apart)):
        found = run(make(), "triton", launch=form, **options)
        for name, values in plain.items():
            np.testing.assert_allclose(found[name], values, rtol=0, atol=most, err_msg=f"{name}, {form}")


def check_more_rows_than_a_grid_has_are_refused() -> None:
    G = NeuronGroup(1, "dv/dt = 1/ms : 1", name="cells")
    with pytest.raises(UnsupportedError, match="at most 65535 rows at once, and this network has 65536"):
        Network(G, backend="triton", launch="steps", batch=65_536).run(1 * ms)


def check_dense() -> None:
    same(dense)


def check_dense_in_rows() -> None:
    same(dense, batch=2)


def check_dense_with_a_host_function() -> None:
    same(dense, operated=True)


def check_sparse() -> None:
    same(sparse, apart=1e-14)


def check_sparse_in_single_precision() -> None:
    same(sparse, 2e-5, 2e-5, dtype="float32")
