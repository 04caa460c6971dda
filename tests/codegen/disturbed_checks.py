"""Checks of synapses that read of neurons what they change in the same step, on Triton, interpreted, beside torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, Synapses, UnsupportedError, ms

BODIES = ("q_post += 0.1*q_pre", "w += 0.1*q_pre; q_post += 1", "q_post += 1; q_pre += 0.5*w")
CONDITIONS = ("True", "i != j", "(i + j) % 5 == 1")


def left(backend: str, body: str, condition: str, **options: Any) -> dict[str, Any]:
    """What a network leaves behind in which several neurons spike in one step."""
    G = NeuronGroup(6, "dv/dt = (1.2 - v)/(5*ms) : 1\nq : 1", threshold="v > 1", reset="v = 0", name="cells")
    G.v, G.q = [0.9, 0.95, 0.99, 0.9, 0.2, 0.9], np.arange(6.0)
    S = Synapses(G, G, "w : 1", on_pre=body, name="links")
    S.connect(condition)
    S.w = "0.1*(i + 1)"
    Network(G, S, backend=backend, **options).run(12 * ms)
    return {"q": np.asarray(G.q_[:]), "w": np.asarray(S.w_[:])}


def same(body: str, condition: str, **options: Any) -> None:
    """Triton leaves behind what torch does, and something has changed."""
    form = {"launch": options.pop("launch")} if "launch" in options else {}
    found, expected = left("triton", body, condition, **options, **form), left("torch", body, condition, **options)
    assert np.abs(expected["q"] - np.arange(6.0)).max() > 0.1
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=1e-13 if options["dtype"] == "float64" else 1e-5)


def check_what_is_read_is_from_before_the_pathway() -> None:
    for body in BODIES:
        for condition in CONDITIONS:
            same(body, condition, dtype="float64")


def check_rows_and_launch_forms() -> None:
    same(BODIES[0], "i != j", dtype="float64", batch=2, launch="steps")
    same(BODIES[0], "True", dtype="float64", batch=2, launch="persistent")
    same(BODIES[0], "i != j", dtype="float32", deterministic=True)
    same(BODIES[0], "True", dtype="float32", deterministic=True)


def check_one_to_one() -> None:
    for backend in ("triton", "torch"):
        G = NeuronGroup(5, "dv/dt = 1/ms : 1\nq : 1", threshold="v > 1.5", reset="v = 0", name="cells")
        G.q = [1, 10, 100, 1000, 10000]
        S = Synapses(G[:4], G[1:], on_pre="q_post += q_pre", name="links")
        S.connect(j="i")
        Network(G, S, backend=backend, dtype="float64").run(2 * ms)
        assert G.q_[:].tolist() == [1, 11, 110, 1100, 11000]


def check_reading_after_the_change_is_refused() -> None:
    with pytest.raises(UnsupportedError, match=r"reads cells\.q after its synapses have changed it"):
        left("triton", "q_post += 1; w += 0.1*q_pre", "i != j")
