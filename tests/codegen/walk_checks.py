"""Checks of pathways that go from event to event, on Triton, interpreted: by hand, however programs share the work.

Weights and sums are multiples of 1/8, so that every order of additions gives the same number, and a synapse that is
visited twice or not at all gives another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, Synapses, ms
from spikeq.codegen import launch
from spikeq_kernels import sharing_triton

STEPS = 6
FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"SHARES": (3,), "PARTS": (2,), "EDGES": 16, "LONGEST": 32, "EVENTS": 4, "DELAYS": (16,), "ROWS": (2,)},
    {"SHARES": (7,), "PARTS": (4,), "EDGES": 8, "LONGEST": 16, "EVENTS": 2, "DELAYS": (64,), "ROWS": (4,)},
)


@contextmanager
def shared_as(form: dict[str, Any]) -> Iterator[None]:
    """Share work in an unusual way, with short segments."""
    with ExitStack() as changes:
        if form:
            changes.enter_context(patch.object(launch, "BLOCKS", (32,)))
        for name, value in form.items():
            changes.enter_context(patch.object(sharing_triton, name, value))
        yield


@dataclass(frozen=True)
class Case:
    """Synapses from ``n_pre`` sources, of which those from ``first`` on are connected, to ``n_post`` neurons."""

    n_pre: int
    n_post: int
    i: NDArray[np.int64]
    j: NDArray[np.int64]
    delay: NDArray[np.int64]  # steps, of each synapse or of all
    first: int = 0
    steps: int = STEPS

    @property
    def w(self) -> NDArray[np.float64]:
        """The weights before the first event."""
        return 0.125 * (1 + np.arange(len(self.i)) % 7)

    def spikes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(sources, steps): in one step all of them, in one none, in others some."""
        some = [(k, step) for step in range(1, STEPS - 1) for k in range(self.n_pre) if (k * 7 + step) % 5 < step % 3]
        some += [(k, 0) for k in range(self.n_pre)]
        neurons, steps = np.array(sorted(some, key=lambda one: one[::-1])).T
        return neurons, steps


def run(case: Case, form: dict[str, Any], body: str, batch: int | None = None) -> tuple[Any, Any, Any]:
    """What targets have received, the weights, and how often each synapse was visited."""
    neurons, steps = case.spikes()
    P = SpikeGeneratorGroup(case.n_pre, neurons, steps * ms, name="events")  # names like those of numbers in kernels
    G = NeuronGroup(case.n_post, "v : 1", name="total")
    S = Synapses(P[case.first :], G, "w : 1 (per row)\nvisits : 1 (per row)", on_pre=body, name="reached")
    S.connect(i=case.i, j=case.j)
    S.w = case.w
    S.delay = case.delay * ms if len(np.unique(case.delay)) > 1 else int(case.delay[0]) * ms
    with shared_as(form):
        Network(P, G, S, backend="triton", launch="steps", dtype="float32", batch=batch).run(case.steps * ms)
    return np.asarray(G.v_), np.asarray(S.w_), np.asarray(S.visits_)


def by_hand(case: Case) -> tuple[Any, Any, Any]:
    """The same in a loop, for ``v_post += w; w += 0.25; visits += 1``."""
    v, w, visits = np.zeros(case.n_post), case.w.copy(), np.zeros(len(case.i))
    delay = np.broadcast_to(case.delay, case.i.shape)
    spikes = set(zip(*(one.tolist() for one in case.spikes()), strict=True))
    for now in range(case.steps):
        for edge, (i, j) in enumerate(zip(case.i, case.j, strict=True)):
            if (i + case.first, now - delay[edge]) in spikes:
                v[j] += w[edge]
                w[edge] += 0.25
                visits[edge] += 1
    return v, w, visits


def listed(n_pre: int, n_post: int, longest: int, delays: int, first: int = 0, ordered: bool = True) -> Case:
    """Rows of 0 to ``longest`` synapses, pairs several times among them; delays of 0 to ``delays`` - 1 steps."""
    random = np.random.default_rng([n_pre, n_post, longest, delays])
    lengths = random.integers(0, longest + 1, n_pre - first)
    lengths[0], lengths[-1] = longest, 0
    i = np.repeat(np.arange(n_pre - first), lengths)
    i = i if ordered else random.permutation(i)
    delay = random.integers(0, delays, len(i))
    delay[:2] = 0, delays - 1
    return Case(n_pre, n_post, i, random.integers(0, n_post, len(i)), delay if delays > 1 else delay[:1], first)


def every(n_pre: int, n_post: int, delays: int = 1, first: int = 0) -> Case:
    """Every pair once."""
    i, j = (one.ravel() for one in np.indices((n_pre - first, n_post)))
    return Case(n_pre, n_post, i, j, (i + 3 * j) % delays if delays > 1 else np.zeros(1, int), first)


def visited_once(case: Case, forms: tuple[dict[str, Any], ...] = FORMS, batch: int | None = None) -> None:
    """Each synapse does once what it has to do for each event, in every row."""
    expected = by_hand(case)
    assert expected[2].max() >= 1
    for form in forms:
        found = run(case, form, "v_post += w; w += 0.25; visits += 1", batch)
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one, np.broadcast_to(other, one.shape), err_msg=str(form))


def check_rows_of_any_length() -> None:
    visited_once(listed(70, 5, 40, 1))
    visited_once(listed(70, 5, 3, 1, ordered=False), FORMS[1:])


def check_sources_in_a_part_of_a_group() -> None:
    visited_once(listed(70, 5, 9, 1, first=37), FORMS[1:])
    visited_once(listed(70, 5, 9, 4, first=37), FORMS[1:2])
    visited_once(every(40, 9, first=3), FORMS[1:])


def check_delays_of_each_synapse() -> None:
    visited_once(listed(33, 6, 12, 2), FORMS[1:2])
    for delays, form in ((33, FORMS[1]), (300, {"DELAYS": (256,), "EVENTS": 4})):
        case = replace(listed(9, 6, 12, delays), steps=delays + 1)
        assert by_hand(case)[2].min() >= 1  # each delay has passed
        visited_once(case, (form,))


def check_delays_where_every_pair_is_joined() -> None:
    visited_once(every(34, 11, 3), FORMS[1:2])


def check_every_pair() -> None:
    visited_once(every(35, 21))


def check_rows_of_a_batch() -> None:
    visited_once(listed(33, 5, 20, 1), FORMS[1:2], batch=2)
    visited_once(listed(33, 5, 9, 3), FORMS[1:2], batch=2)
    visited_once(every(33, 18), FORMS[1:2], batch=2)


def learning(form: dict[str, Any], backend: str, everywhere: bool, batch: int | None, per_row: bool) -> list[Any]:
    """Pair rule with traces of neurons: what runs once for an event is read at its synapses."""
    case = every(34, 19) if everywhere else listed(40, 19, 30, 1)
    neurons, steps = case.spikes()
    P = SpikeGeneratorGroup(case.n_pre, neurons, steps * ms, name="inputs")
    G = NeuronGroup(case.n_post, "dv/dt = (0.4*i - v)/(10*ms) : 1", threshold="v > 11", reset="v = 0", name="cells")
    flag = " (per row)" if per_row else ""
    S = Synapses(
        P,
        G,
        f"w : 1{flag}\ndx/dt = -x/(20*ms) : 1 (event-driven)\ndy/dt = -y/(15*ms) : 1 (event-driven)",
        on_pre="high = x > 0.5; v_post += w*(1 + 0.1*int(high)); x = 0.5*x + 1; w = clip(w - 0.05*y*x, 0, 1)",
        on_post="y += 1; w = clip(w + 0.1*x*y, 0, 1)",
        name="links",
    )
    S.connect(i=case.i, j=case.j)
    S.w = case.w
    with shared_as(form if backend == "triton" else {}):
        Network(P, G, S, backend=backend, launch="steps", dtype="float64", batch=batch).run(STEPS * ms)
    return [np.asarray(one) for one in (G.v_, S.w_, S.x_, S.y_)]


def same_as_torch(everywhere: bool, batch: int | None, per_row: bool, forms: tuple[dict[str, Any], ...]) -> None:
    """What synapses and traces become is what torch finds, to the order of sums."""
    expected = learning({}, "torch", everywhere, batch, per_row)
    assert all(np.ptp(one) > 0.01 for one in expected)
    for form in forms:
        for one, other in zip(learning(form, "triton", everywhere, batch, per_row), expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-12, err_msg=str(form))


def check_what_runs_once_for_an_event() -> None:
    same_as_torch(True, None, False, FORMS[1:])
    same_as_torch(False, None, False, FORMS[1:])


def check_what_runs_once_in_rows() -> None:
    same_as_torch(True, 2, True, FORMS[1:2])
    same_as_torch(False, 2, True, FORMS[2:])


def check_what_rows_share() -> None:
    same_as_torch(True, 3, False, FORMS[1:2])
    same_as_torch(False, 5, False, FORMS[2:])


def check_shared_weights_without_traces() -> None:
    for everywhere in (True, False):
        case = every(20, 37) if everywhere else listed(20, 37, 50, 1)
        neurons, steps = case.spikes()
        for form in FORMS[1:]:
            P = SpikeGeneratorGroup(case.n_pre, neurons, steps * ms, name="inputs")
            G = NeuronGroup(case.n_post, "v : 1", name="cells")
            S = Synapses(P, G, "w : 1", on_pre="v_post += w; w += 0.25", name="links")
            S.connect(i=case.i, j=case.j)
            S.w = case.w
            with shared_as(form):
                Network(P, G, S, backend="triton", launch="steps", dtype="float32", batch=3).run(STEPS * ms)
            w, v = case.w.copy(), np.zeros(case.n_post)
            for now in range(STEPS):
                reached = np.isin(case.i, neurons[steps == now])
                np.add.at(v, case.j[reached], w[reached])
                w[reached] += 3 * 0.25
            np.testing.assert_array_equal(np.asarray(S.w_), w, err_msg=str(form))
            np.testing.assert_array_equal(np.asarray(G.v_), np.broadcast_to(v, (3, len(v))), err_msg=str(form))
