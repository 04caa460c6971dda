"""Checks of delays that change while spikes are on their way, on Triton, interpreted: by hand and beside torch."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, Synapses, ms


def check_arrivals_by_hand() -> None:
    source = SpikeGeneratorGroup(2, [0, 1, 0, 1], [0, 0, 3, 3] * ms, name="source")
    for pairs, dense in (({}, True), ({"i": [0, 1], "j": [1, 0]}, False)):
        cells = NeuronGroup(2, "v : 1", name="cells")
        S = Synapses(source, cells, "w : 1", on_pre="v_post += w", delay=5 * ms, name="links")
        S.connect(**pairs)
        S.w = [1, 10, 100, 1000] if dense else [1, 1000]
        trace = StateMonitor(cells, "v", record=True, when="end")
        net = Network(source, cells, S, trace, backend="triton", dtype="float64")
        net.run(2 * ms)
        S.delay = 1 * ms
        net.run(2 * ms)
        S.delay = 3 * ms  # what left at 3 ms arrives at 4 ms, what left at 0 ms at 5 ms
        net.run(5 * ms)
        once = np.array([101, 1010]) if dense else np.array([1000, 1])
        expected = np.zeros((2, 9))
        expected[:, 4:] += once[:, None]
        expected[:, 5:] += once[:, None]
        np.testing.assert_array_equal(trace.v_, expected)
        source = SpikeGeneratorGroup(2, [0, 1, 0, 1], [0, 0, 3, 3] * ms, name="source")


FORMS = {
    "uniform": "v_post += w; x += 1",
    "traces": "a = 1.0*x; x += 1; v_post += w*a*rand()",
    "shared": "v_post += w; w += 0.05*(1 - w)",
    "turns": "v_post = v_post/2 + w; x += v_post",
    "both": "v_post = v_post/2 + w; w = 0.9*w + 0.05*v_post",
}


def changing(backend: str, form: str, delays: tuple[Any, ...], batch: int | None) -> Any:
    """Three runs under three delays; in the third also another pathway."""
    P = NeuronGroup(5, "u : 1", threshold="rand() < 0.3", name="inputs")
    G = NeuronGroup(4, "dv/dt = -v/(20*ms) : 1", name="cells")
    decay = "dx/dt = -x/(9*ms) : 1 (event-driven)" if form == "traces" else "x : 1 (per row)"
    S = Synapses(P, G, f"w : 1\n{decay}", on_pre=FORMS[form], name="links")
    S.connect(condition="(i + j) % 3 != 0")
    S.w = "0.1 + 0.1*i + 0.05*j"
    trace = StateMonitor(G, "v", record=True, name="trace")
    net = Network(P, G, S, trace, backend=backend, dtype="float64", batch=batch, seed=8)
    for delay, duration in zip(delays, (4, 3, 9), strict=True):
        S.delay = np.asarray(delay) * ms if np.ndim(delay) else delay * ms
        if duration == 9:
            late = Synapses(P, G, on_pre="v_post += 0.01", delay=2 * ms, name="later")
            late.connect(j="i % 4")
            net.add(late)
        net.run(duration * ms)
    return trace.values("v"), np.asarray(S.w_), np.asarray(S.x_)


def check_changes_beside_torch() -> None:
    spread, other = np.arange(13) % 5, (np.arange(13) * 3) % 7
    for form, delays, batch in (
        ("uniform", (6, 2, 5), 2),
        ("uniform", (6, spread, other), None),
        ("traces", (6, 2, 5), 2),
        ("turns", (spread, other, 1), 2),
        ("shared", (7, 1, 4), 3),
        ("both", (spread, other, 9), 3),
    ):
        found, expected = (changing(backend, form, delays, batch) for backend in ("triton", "torch"))
        assert np.ptp(expected[0]) > 0.3, form
        for one, two in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-13, err_msg=form)
