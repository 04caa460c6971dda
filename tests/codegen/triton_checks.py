"""Checks of the Triton backend that run interpreted, in the process of ``tests.kernels.interpreter``."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np

from spikeq import (
    Network,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    ms,
)
from spikeq.network.needs import needed


def noisy(backend: str, dtype: str, batch: int | None) -> tuple[list[Any], Any]:
    """A network that draws random numbers of every kind, in neurons, in synapses and in codes of its own."""
    G = NeuronGroup(
        11,
        "dv/dt = (1.05 - v)/(10*ms) + 0.3*xi*(10*ms)**-0.5 : 1 (unless refractory)\nx : 1\nm : 1",
        threshold="v > 1 and rand() < 0.7",
        reset="v = 0.2*rand(); x += randn(); m += poisson(clip(v*3, 0, 5)) + binomial(20, 0.7)",
        refractory=3 * ms,
        name="cells",
    )
    G.run_regularly("x += poisson(12.5) + poisson(0.7) + binomial(100, 0.3)", dt=4 * ms, name="often")
    P = PoissonGroup(40, rates="(10 + i)*Hz", name="steady")
    Q = PoissonGroup(7, rates="(50 + 40*sin(t/(5*ms)))*Hz", name="varying")
    S = Synapses(P, G, "w : 1", on_pre="v_post += w*rand(); x_post += binomial(5, 0.3)", name="some")
    S.connect(p=0.2)
    S.w = "0.1*rand()"
    D = Synapses(Q, G, "w : 1", on_pre="v_post += w", delay=2 * ms, name="every")
    D.connect()
    D.w = "0.05*rand()"
    monitors = [SpikeMonitor(group, name=f"spikes_{group.name}") for group in (G, P, Q)]
    trace = StateMonitor(G, ["v", "x", "m"], record=True, name="trace")
    network = Network(G, P, Q, S, D, *monitors, trace, backend=backend, dtype=dtype, batch=batch, seed=5)
    network.run(5 * ms)
    network.run(4 * ms)
    return monitors, trace


def same_as_torch(dtype: str, batch: int | None, tolerance: float) -> None:
    """Spikes are the same, and traces to a tolerance."""
    (found, trace), (expected, other) = (noisy(backend, dtype, batch) for backend in ("triton", "torch"))
    assert sum(len(monitor.i) for monitor in expected) > 10
    for one, two in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.i, two.i)
        np.testing.assert_array_equal(one.t_, two.t_)
        np.testing.assert_array_equal(one.row, two.row)
    for name in ("v", "x", "m"):
        np.testing.assert_allclose(trace.values(name), other.values(name), rtol=0, atol=tolerance)


def check_random_numbers_in_double_precision() -> None:
    same_as_torch("float64", None, 1e-14)


def check_random_numbers_of_rows_in_single_precision() -> None:
    same_as_torch("float32", 2, 2e-6)


def plastic(backend: str, dtype: str, everywhere: bool, reduction: str) -> tuple[Any, Any]:
    """Pair STDP whose weights three rows share."""
    P = PoissonGroup(5, rates="(60 + 60*i)*Hz", name="inputs")
    G = NeuronGroup(3, "dv/dt = -v/(10*ms) : 1", threshold="v > 1", reset="v = 0", name="cells")
    S = Synapses(
        P,
        G,
        "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)",
        on_pre="v_post += w; x += 1; w = clip(w - 0.05*y, 0, 1)",
        on_post="y += 1; w = clip(w + 0.1*x, 0, 1)",
        reduction=reduction,
        name="links",
    )
    S.connect(condition="True" if everywhere else "(i + j) % 3 != 0")
    S.w = 0.5
    monitor = SpikeMonitor(G, name="spikes")
    Network(P, G, S, monitor, backend=backend, dtype=dtype, batch=3, seed=4).run(10 * ms)
    return monitor, np.array(S.w[:])


def check_weights_that_rows_share() -> None:
    for everywhere, reduction, dtype in ((True, "sum", "float64"), (False, "mean", "float32")):
        found, expected = (plastic(backend, dtype, everywhere, reduction) for backend in ("triton", "torch"))
        np.testing.assert_array_equal(found[0].i, expected[0].i)
        np.testing.assert_array_equal(found[0].row, expected[0].row)
        assert np.abs(expected[1] - 0.5).max() > 0.1
        np.testing.assert_allclose(found[1], expected[1], rtol=0, atol=1e-12 if dtype == "float64" else 1e-6)


def monitored(backend: str, batch: int | None) -> dict[str, Any]:
    """What monitors of every kind keep of a group of three blocks and of parts of it."""
    G = NeuronGroup(
        1100,
        "dv/dt = 1/second : 1\nn : integer\ns : 1 (shared)\nb = v > 0.02 : boolean",
        threshold="(t_in_timesteps + i) % 3 == 0 and rand() < 0.9",
        reset="n += 1; v = 0",
        name="cells",
    )
    G.run_regularly("s += 0.5", name="often")
    G.v = "0.01*i"
    monitors = [
        SpikeMonitor(G, variables=["v", "n", "b"], name="all"),
        SpikeMonitor(G[37:1030], variables="v", name="part"),
        SpikeMonitor(G[1029:1030], name="one"),
        PopulationRateMonitor(G, name="rate"),
        PopulationRateMonitor(G[511:514], name="rate_of_part"),
        StateMonitor(G, ["v", "n", "s", "b"], record=[1099, 3, 3, 512, 31], name="some"),
        StateMonitor(G[500:600], "v", record=True, when="after_resets", name="of_part"),
        StateMonitor(G, "v", record=[5, 1000], dt=2 * ms, name="slow"),
        StateMonitor(G, "v", record=[], name="none"),
    ]
    network = Network(G, *monitors, backend=backend, dtype="float64", batch=batch, seed=7)
    network.run(3 * ms)
    network.run(4 * ms)
    found: dict[str, Any] = {}
    for one in monitors:
        names = ["t_", *(["rate_"] if isinstance(one, PopulationRateMonitor) else one.record_variables)]
        names += ["i", "row", "count"] if isinstance(one, SpikeMonitor) else []
        found |= {f"{one.name}.{name}": np.array(getattr(one, name)) for name in names}
    return found


def check_monitors_keep_what_torch_keeps() -> None:
    for batch in (None, 3):
        found, expected = monitored("triton", batch), monitored("torch", batch)
        assert len(expected["one.i"]) and expected["some.v"].shape[-2:] == (5, 7)
        for name, values in expected.items():
            np.testing.assert_array_equal(found[name], values, err_msg=name)


def check_records_are_flushed_when_their_room_is_full() -> None:
    with patch("spikeq.network.triton_runner.bytes_of_a_call", lambda device: 100_000):
        check_monitors_keep_what_torch_keeps()


def check_what_is_needed_is_known_before_it_is_there() -> None:
    before: dict[str, int] = {}
    with patch("spikeq.network.runner.require_room", lambda runner: before.update(needed(runner))):
        P = PoissonGroup(70, rates="(60 + 60*i)*Hz", name="inputs")
        G = NeuronGroup(
            30,
            "dv/dt = -v/(10*ms) : 1",
            threshold="v > 1 and rand() < 0.5",
            reset="v = 0; v += poisson(2)",
            name="cells",
        )
        S = Synapses(P, G, "w : 1", on_pre="v_post += w; w *= 0.9", delay=3 * ms, name="links")
        S.connect(condition="i != j")
        network = Network(P, G, S, SpikeMonitor(P, name="spikes"), backend="triton", batch=2)
        network.compile()
    after = network.memory()
    assert after["inputs:spike mask"] == 5 * 2 * 70
    small = {key for key in after if key.endswith("offsets") or key in ("clock", "keys")}
    recorded = {key for key in after if key.startswith("spikes:record")}
    for key in (network._runner.arrays.keys() | network._runner.lists.keys()) - small - recorded:
        assert before[key] == after[key], (key, before[key], after[key])
    assert before["spikes:record"] * 1000 == sum(after[key] for key in recorded) == 1000 * 2 * 3 * 4
