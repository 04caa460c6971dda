"""Checks of normalisations on Triton, interpreted: small answers by hand, and plastic networks beside torch."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeq import Network, NeuronGroup, PoissonGroup, Synapses, ms


def check_small_answers_by_hand() -> None:
    for pairs, expected in (
        ({}, [2.0, 6.0, -4.0, 2.0]),  # all to all: 1 and -2 reach the first neuron, 3 and 1 the second
        ({"i": [0, 1, 1, 1], "j": [0, 0, 1, 1]}, [1.5, 4.5, -5.0, 2.5]),
        ({"j": "i"}, [6.0, 8.0]),
    ):
        post = NeuronGroup(3, "total : 1", name="post")
        post.total = [99, 6, 8]
        S = Synapses(NeuronGroup(2, "a : 1", name="pre"), post[1:3], "w : 1", name="links")
        S.connect(**pairs)
        S.w = [1, 3, -2, 1][: len(expected)]
        if "i" in pairs:
            post.total = [99, 6, 7.5]
        S.normalise("w", total="total", every=2)
        Network(S.source, post, S, backend="triton", dtype="float64").run(3 * ms)
        np.testing.assert_allclose(S.w_[:], expected, rtol=1e-15)


def learning(backend: str, dense: bool, dtype: str, batch: int | None, by: str, own: bool) -> Any:
    """Weights that grow with spikes, get a total in every third step, and are kept within bounds."""
    P = PoissonGroup(7, rates="(50 + 50*i)*Hz", name="inputs")
    G = NeuronGroup(5, "dv/dt = -v/(10*ms) : 1\nk : 1", threshold="v > 1", reset="v = 0; k += 1", name="cells")
    S = Synapses(
        P,
        G,
        "w : 1" + " (per row)" * own,
        on_pre="v_post += w; w += 0.1",
        on_post="w = clip(w + 0.1, 0, 1)",
        bounds={"w": (0, 0.6)},
        name="links",
    )
    S.connect(**({} if dense else {"condition": "(i + j) % 3 != 0"}))
    S.w = "0.1 + 0.01*i + 0.02*j"
    total: Any = np.linspace(1, 4, 5 if by == "post" else 7)
    G.k = 1
    if own and by == "post":
        G.run_regularly("k += 0.3", name="grow")
        total = "k"  # another one in each row
    S.normalise("w", total=total, every=3, by=by)
    Network(P, G, S, backend=backend, dtype=dtype, batch=batch, seed=4).run(8 * ms)
    return np.array(S.w_[:])


def check_plastic_weights() -> None:
    for dense, dtype, batch, by, own in (
        (True, "float64", None, "post", False),
        (True, "float32", 2, "pre", False),
        (False, "float32", None, "pre", False),
        (True, "float64", 2, "post", True),
        (False, "float64", 2, "post", True),
    ):
        found, expected = (learning(backend, dense, dtype, batch, by, own) for backend in ("triton", "torch"))
        assert np.isclose(expected, 0.6, rtol=1e-7).any() and np.ptp(expected) > 0.1
        np.testing.assert_allclose(found, expected, rtol=1e-13 if dtype == "float64" else 2e-6)
