"""Checks of statements that one kernel cannot run at once, on Triton, interpreted: by hand and beside torch."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from spikeq import Network, NeuronGroup, SpikeqWarning, StateMonitor, Synapses, linked_var, ms

RING = np.array([4, 0, 1, 2, 3, 5, 5])


def check_shared_and_other_variables_in_one_block() -> None:
    G = NeuronGroup(3, "x : 1\ny : 1\ns : 1 (shared)\nk : 1 (shared)\nc : 1 (constant)", name="cells")
    G.x, G.c, G.s, G.k = [1, 2, 3], [10, 20, 30], 5, 7
    code = "a = 2*s; y = a; s = a + k; b = x + s; k = k + a; a = x*k; x = a + b; d = c + t/ms; y += d; s += 1; y += d"
    G.run_regularly(code, dt=1 * ms)
    Network(G, backend="triton", dtype="float64").run(2 * ms)
    x, y, s, k, c = np.array([1.0, 2, 3]), np.zeros(3), 5.0, 7.0, np.array([10.0, 20, 30])
    for step in range(2):
        a = 2 * s
        y, s = y * 0 + a, a + k
        b, k = x + s, k + a
        x, y, s = x * k + b, y + 2 * (c + step), s + 1
    for name, value in {"x": x, "y": y, "s": s, "k": k}.items():
        np.testing.assert_array_equal(np.asarray(getattr(G, name)[:]), value)


def check_code_without_effect() -> None:
    G = NeuronGroup(2, "dv/dt = 1/ms : 1", threshold="v > 2", reset="lost = v*rand()", name="cells")
    S = Synapses(G, G, on_pre="lost = v_post", name="links")
    S.connect()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpikeqWarning)
        Network(G, S, backend="triton", dtype="float64").run(4 * ms)
    assert G.v_[:].tolist() == [4, 4]


def check_neighbours_are_read_as_they_were() -> None:
    G = NeuronGroup(7, "x : 1\ny : 1\nleft : 1 (linked)", name="ring")
    G.left = linked_var(G, "x", index=RING)
    G.x = np.arange(7.0)
    G.run_regularly("old = left; x = left + 1; y = left + old; x += left", dt=1 * ms)
    Network(G, backend="triton", dtype="float64").run(2 * ms)
    x = np.arange(7.0)
    for _ in range(2):
        old = x[RING]
        x = old + 1
        y = x[RING] + old
        x = x + x[RING]
    np.testing.assert_array_equal(G.x_[:], x)
    np.testing.assert_array_equal(G.y_[:], y)


def linked(backend: str, dtype: str, batch: int | None) -> tuple[Any, Any]:
    """Neurons that their neighbours in the same group drive, in equations, resets and thresholds."""
    G = NeuronGroup(
        7,
        """dv/dt = (1.2 + 0.3*left - v)/(4*ms) + noise : 1 (unless refractory)
        noise : hertz (shared)
        x : 1
        left : 1 (linked)
        free : boolean (linked)""",
        threshold="v > 1 and free",
        reset="w = left*rand(); v = 0.1*w; x += left + w",
        refractory=3 * ms,
        name="ring",
    )
    G.left = linked_var(G, "v", index=RING)
    G.free = linked_var(G, "not_refractory", index=RING)
    G.v = "0.12*i"
    G.run_regularly("noise = 20*Hz*rand(); shift = rand(); x += noise/Hz*shift", dt=2 * ms)
    trace = StateMonitor(G, ["v", "x"], record=True)
    Network(G, trace, backend=backend, dtype=dtype, batch=batch, seed=6).run(14 * ms)
    return trace, G


def check_linked_neurons_beside_torch() -> None:
    for dtype, batch, tolerance in (("float64", None, 1e-13), ("float32", 2, 1e-4)):
        (found, _), (expected, _) = (linked(backend, dtype, batch) for backend in ("triton", "torch"))
        assert np.ptp(expected.values("x")) > 1
        for name in ("v", "x"):
            np.testing.assert_allclose(found.values(name), expected.values(name), rtol=0, atol=tolerance)


def check_what_runs_regularly_on_shared_weights() -> None:
    for reduction, divisor in (("sum", 1), ("mean", 3)):
        pre, post = NeuronGroup(2, "a : 1", name="pre"), NeuronGroup(2, "gain : 1", name="post")
        S = Synapses(
            pre, post, "w : 1\nu : 1\nseen : 1 (per row)", reduction=reduction, bounds={"w": (0, 9)}, name="links"
        )
        S.connect()
        S.run_regularly("u = u/2; w *= gain_post; w += 0.25; seen = w*u", dt=1 * ms)
        Network(pre, post, S, backend="triton", dtype="float64", batch=3)
        S.w, S.u = [1, 2, 3, 4], [8, 16, 32, 64]
        post.gain = gain = np.array([[1, 2], [0.5, 1], [2, 0]])
        S._network.run(2 * ms)
        w, u = np.array([1.0, 2, 3, 4]), np.array([8.0, 16, 32, 64])
        for _ in range(2):
            u = u / 2
            made = w * gain[:, [0, 1, 0, 1]] + 0.25
            w = np.clip(w + (made - w).sum(0) / divisor, 0, 9)
        np.testing.assert_allclose(S.w_[:], w, rtol=1e-15)
        np.testing.assert_array_equal(S.u_[:], u)  # all rows make the same of it: halved once a step
        np.testing.assert_allclose(S.seen_[:], made * u, rtol=1e-15)
