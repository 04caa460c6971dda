"""Checks of sums in fixed point, interpreted: the same bits as torch's."""

from __future__ import annotations

import numpy as np

from spikeq import Network, Synapses, ms
from tests.codegen.triton_column_checks import groups
from tests.codegen.watched import watched

WATCHES_ITSELF = True


def left(
    backend: str, dtype: str, batch: int | None = None, plastic: bool = True, launch: str = "auto"
) -> dict[str, np.ndarray]:
    """What sparse pathways with delays of each synapse, a dense one, and code that changes weights leave behind."""
    P, G = groups()
    code = {"on_pre": "g_post += w; w = clip(w*1.01, 0, 1)", "on_post": "w *= 0.99"} if plastic else {}
    some = Synapses(P, G, "w : 1", name="some", **code or {"on_pre": "g_post += w"})
    some.connect(condition="(i + j) % 2 == 0")
    some.w = "0.03*((7*i + 3*j) % 11) + 0.001*i"
    among = Synapses(G, G, "w : 1", on_pre="v_post -= 0.01*w*q_post; q_pre += 0.001*w", name="among")
    among.connect(condition="(i - j) % 3 == 1")
    among.w = "0.1*i + 0.01*j"
    among.pre.delay = "((i + j) % 4)*ms"
    every = Synapses(P, G, "w : 1", on_pre="g_post += w", name="every", delay=1 * ms)
    every.connect()
    every.w = "0.0001*((7*i + 3*j) % 11)"
    choices = {"backend": backend, "dtype": dtype, "batch": batch, "launch": launch}
    net = Network(P, G, some, among, every, seed=3, deterministic=True, **choices)
    if backend == "triton":
        assert "tl.atomic_add" not in net.show("source")
    net.run(5 * ms)
    found = {name: np.array(getattr(G, f"{name}_")[:]) for name in ("v", "g", "q", "lastspike")}
    return found | {"w": np.array(some.w_[:])}


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray], row: int | None = None) -> None:
    """All bits are the same; ``row``: those of one row of the first."""
    for name, values in other.items():
        found = one[name] if row is None or name == "w" else one[name][row]
        np.testing.assert_array_equal(found, values, err_msg=name)


def check_triton_and_torch_give_the_same_bits() -> None:
    for dtype in ("float32", "float64"):
        expected = left("torch", dtype)
        assert (expected["lastspike"] >= 0).sum() > 5
        same(left("triton", dtype), expected)


def check_rows_give_the_bits_of_a_single_run() -> None:
    same(left("triton", "float32", 2, plastic=False), left("triton", "float32", plastic=False), row=0)


def check_rows_that_share_weights_give_the_bits_of_torch() -> None:
    same(left("triton", "float32", 2), left("torch", "float32", 2))


def check_no_form_of_launch_and_no_order_of_programs_changes_a_bit() -> None:
    expected = left("triton", "float32", launch="steps")
    with watched("reversed") as watch:
        same(left("triton", "float32", launch="steps"), expected)
    assert not watch.faults, watch.report()
    assert not watch.adds_floats
    same(left("triton", "float32", launch="persistent"), expected)
