"""Checks of sums that neurons form over all synapses of a side, interpreted, beside torch's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spikeq import Network, NeuronGroup, PoissonGroup, Synapses, ms

TRACES = "w : 1\ndx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(20*ms) : 1 (event-driven)"
PLASTIC: dict[str, Any] = {
    "on_pre": "g_post += w; x += 1; w = clip(w - 0.05*y, 0, 1)",
    "on_post": "y += 1; w = clip(w + 0.1*x, 0, 1)",
}
Model = Callable[[str, str, "int | None"], dict[str, np.ndarray]]


def groups() -> tuple[PoissonGroup, NeuronGroup]:
    """Inputs that are often active, and cells that spike after a few of them."""
    P = PoissonGroup(70, rates="60*Hz + 2*i*Hz", name="inputs")
    G = NeuronGroup(
        37,
        "dv/dt = (5*g - v)/(10*ms) : 1 (unless refractory)\ndg/dt = -g/(5*ms) : 1\nq : 1",
        threshold="v > 1",
        reset="v = 0; q += 0.25",
        refractory=2 * ms,
        name="cells",
    )
    G.q = "0.01*i"
    return P, G


def left(
    P: Any, G: Any, *synapses: Synapses, backend: str, dtype: str, batch: int | None, atomics: int
) -> dict[str, np.ndarray]:
    """What seven steps leave behind; ``atomics`` is how many additions are left to them."""
    network = Network(P, G, *synapses, backend=backend, dtype=dtype, batch=batch, seed=3)
    if backend == "triton":
        assert network.show("source").count("tl.atomic_add") == atomics
    network.run(7 * ms)
    found = {name: np.array(getattr(G, f"{name}_")[:]) for name in ("v", "g", "q", "lastspike")}
    return found | {one.name: np.array(one.w_[:]) for one in synapses}


def joined(text: str, code: dict[str, Any], atomics: int = 0, delay: Any = None) -> Model:
    """All inputs to all cells, with statements at events."""

    def run(backend: str, dtype: str, batch: int | None) -> dict[str, np.ndarray]:
        P, G = groups()
        S = Synapses(P, G, text, name="links", delay=delay, **code)
        S.connect()
        S.w = "0.02*((7*i + 3*j) % 11)"
        return left(P, G, S, backend=backend, dtype=dtype, batch=batch, atomics=atomics)

    return run


def in_subgroups(backend: str, dtype: str, batch: int | None) -> dict[str, np.ndarray]:
    """Parts of the inputs and of the cells, in both directions, and cells among themselves."""
    P, G = groups()
    some = Synapses(P[33:67], G[5:30], "w : 1", on_pre="g_post += 2*w*q_post", on_post="w *= 1.01", name="some")
    others = Synapses(G[3:21], G[9:], "w : 1", on_pre="g_post -= w*v_pre", name="others")
    back = Synapses(G[3:21], G[9:], "w : 1", on_post="q_pre += w*v_post", name="back")
    for one in (some, others, back):
        one.connect()
        one.w = "0.04*((7*i + 3*j) % 11)"
    return left(P, G, some, others, back, backend=backend, dtype=dtype, batch=batch, atomics=0)


def per_row(backend: str, dtype: str, batch: int | None) -> dict[str, np.ndarray]:
    """Each row has weights of its own, and changes them."""
    P, G = groups()
    S = Synapses(P, G, TRACES.replace("w : 1", "w : 1 (per row)"), name="links", **PLASTIC)
    S.connect()
    S.w = "0.02*((7*i + 3*j) % 11)"
    return left(P, G, S, backend=backend, dtype=dtype, batch=batch, atomics=0)


def agree(model: Model, batch: int | None, dtypes: tuple[str, ...] = ("float64", "float32")) -> None:
    """What is left is torch's: to the last bits of its largest in double precision, to rounding in single."""
    for dtype in dtypes:
        found, expected = (model(backend, dtype, batch) for backend in ("triton", "torch"))
        assert (expected["lastspike"] > 0).sum() > 5
        np.testing.assert_array_equal(found["lastspike"], expected["lastspike"])
        for name, values in expected.items():
            limit = 1e-14 if dtype == "float64" else 1e-6
            np.testing.assert_allclose(found[name], values, rtol=0, atol=limit * abs(values).max(), err_msg=name)


def check_plastic_weights_are_summed_by_their_targets() -> None:
    agree(joined(TRACES, PLASTIC), None)


def check_plastic_weights_that_rows_share() -> None:
    agree(joined(TRACES, PLASTIC), 2, ("float32",))


def check_plastic_weights_of_each_row() -> None:
    agree(per_row, 2, ("float32",))


def check_a_weight_is_summed_as_the_statements_before_leave_it() -> None:
    code = PLASTIC | {"on_pre": "x += 1; w = clip(w - 0.05*y, 0, 1); h = w*q_post; g_post += 2*h - 0.1*h*h; w *= 0.99"}
    agree(joined(TRACES, code), None)


def check_values_of_sources() -> None:
    text = "w : 1\ndu/dt = -u/(50*ms) : 1 (event-driven)\ndr/dt = (1 - r)/(30*ms) : 1 (event-driven)"
    code = {"on_pre": "u += 0.2*(1 - u); z = u*(1 + r); r -= 0.1*z; g_post += 3*w*z"}
    agree(joined(text, code, delay=2 * ms), None)


def check_synapses_with_traces_of_their_own() -> None:
    text = "w : 1\ndx/dt = -(x - w)/(20*ms) : 1 (event-driven)"
    agree(joined(text, {"on_pre": "x += 0.1; g_post += w*exp(-x); v_post -= 0.001*w"}), None, ("float32",))


def check_parts_of_groups() -> None:
    agree(in_subgroups, None)
    agree(in_subgroups, 2, ("float32",))


def check_what_draws_random_numbers_is_left_to_atomics() -> None:
    agree(joined("w : 1", {"on_pre": "g_post += w*rand()"}, atomics=1), None, ("float64",))
