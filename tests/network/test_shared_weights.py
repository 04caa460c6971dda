"""Weights that the rows of a batch share, against a plain loop over rows and synapses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq.errors import KindError, ModelError, UnknownNameError, UnsupportedError

BATCH, SOURCES, TARGETS, STEPS = 3, 5, 4, 40
PRE = "a = a/2 + 1; w += (b - w)/8"
POST = "b = b/2 + 1; w = w*1.0625 + a/16"
SOMETIMES = "t_in_timesteps % 5 < 4"  # in the other steps nothing happens
FORMS = ("auto", "torch static")


@dataclass(frozen=True)
class Case:
    """One network: how changes merge, the bounds of w, delays in steps, whether synapses run one by one."""

    reduction: str = "sum"
    bounds: tuple[float, float] | None = None
    delay: Any = 0
    ordered: bool = False
    dense: bool = False
    batch: int = BATCH

    one_to_one: bool = False

    @property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Several synapses join some pairs, in no order; or all are joined once; or neighbours."""
        if self.one_to_one:
            return np.arange(TARGETS), np.arange(TARGETS)
        if self.dense:
            return np.repeat(np.arange(SOURCES), TARGETS), np.tile(np.arange(TARGETS), SOURCES)
        return np.array([4, 0, 0, 3, 1, 1, 1, 2, 0, 4, 2]), np.array([1, 3, 3, 0, 2, 2, 2, 1, 0, 3, 3])

    @property
    def delays(self) -> np.ndarray:
        """The delay of each synapse in steps."""
        return np.broadcast_to(self.delay, self.pairs[0].shape)


def first_weights(case: Case) -> np.ndarray:
    return 0.25 + 0.75 * np.random.default_rng(3).random(len(case.pairs[0]))


def run(case: Case, form: str = "auto", dtype: str = "float64", seed: int = 2) -> tuple[Any, ...]:
    """The synapses, the neurons that they reach, and the spikes of both sides as (step, row, neuron)."""
    pre = sq.NeuronGroup(
        TARGETS if case.one_to_one else SOURCES, "u : 1", threshold=f"rand() < 0.3 and {SOMETIMES}", name="pre"
    )
    post = sq.NeuronGroup(TARGETS, "v : 1", threshold=f"rand() < 0.25 and {SOMETIMES}", name="post")
    text = "v_post = v_post/2 + w\n" if case.ordered else "v_post += w\n"
    bounds = None if case.bounds is None else {"w": case.bounds}
    S = sq.Synapses(
        pre,
        post,
        "w : 1\na : 1 (per row)\nb : 1 (per row)",
        on_pre=text + PRE,
        on_post=POST,
        reduction=case.reduction,
        bounds=bounds,
    )
    i, j = case.pairs
    if case.dense or case.one_to_one:
        S.connect("i == j" if case.one_to_one else None)
    else:
        S.connect(i=i, j=j)
    assert S.layout.form == ("dense" if case.dense else "one_to_one" if case.one_to_one else "sparse")
    S.w = first_weights(case)
    S.delay = case.delay * sq.ms if np.ndim(case.delay) == 0 else np.array(case.delay) * sq.ms
    monitors = [sq.SpikeMonitor(pre), sq.SpikeMonitor(post)]
    batch = case.batch if case.batch > 1 else None
    sq.Network(pre, post, S, *monitors, seed=seed, batch=batch, dtype=dtype, backend=form).run(STEPS * sq.ms)
    rows = (np.asarray(m.row) if batch else np.zeros(len(m.i), int) for m in monitors)
    steps = (np.round(m.t_ * 1000).astype(int) for m in monitors)
    return S, post, *({*zip(s, r, np.asarray(m.i), strict=True)} for s, r, m in zip(steps, rows, monitors, strict=True))


def merged(old: list[float], made: list[tuple[int, float]], case: Case) -> list[float]:
    """The new weights: the changes summed in order, then the bounds of those that were reached."""
    if case.batch == 1:
        totals = {edge: None for edge, _ in made}
        new = dict(made)
    else:
        totals = dict.fromkeys((edge for edge, _ in made), 0.0)
        for edge, value in made:
            totals[edge] += value - old[edge]
        new = {e: old[e] + (t / case.batch if case.reduction == "mean" else t) for e, t in totals.items()}
    low, high = case.bounds or (-np.inf, np.inf)
    return [min(max(new[edge], low), high) if edge in new else w for edge, w in enumerate(old)]


def by_hand(case: Case, pre: Any, post: Any) -> tuple[Any, ...]:
    """w, a, b and v after the last step."""
    (i, j), n = case.pairs, len(case.pairs[0])
    w = [float(x) for x in first_weights(case)]
    a, b = ([[0.0] * n for _ in range(case.batch)] for _ in range(2))
    v = [[0.0] * TARGETS for _ in range(case.batch)]
    for now in range(STEPS):
        made: list[tuple[int, float]] = []
        reached = [
            (row, now - case.delays[e], i[e], e)
            for row in range(case.batch)
            for e in range(n)
            if (now - case.delays[e], row, i[e]) in pre
        ]
        for row, _, _, e in sorted(reached):
            v[row][j[e]] = v[row][j[e]] / 2 + w[e] if case.ordered else v[row][j[e]] + w[e]
            a[row][e] = a[row][e] / 2 + 1
            made.append((e, w[e] + (b[row][e] - w[e]) / 8))
        w, made = merged(w, made, case), []
        for row in range(case.batch):
            for e in range(n):
                if (now, row, j[e]) in post:
                    b[row][e] = b[row][e] / 2 + 1
                    made.append((e, w[e] * 1.0625 + a[row][e] / 16))
        w = merged(w, made, case)
    return w, a, b, v


SPREAD = (2, 0, 1, 3, 3, 0, 1, 2, 2, 1, 0)
CASES = [
    Case(),
    Case("mean"),
    Case("mean", bounds=(0.25, 1.5)),
    Case("sum", bounds=(0.0, 1.0), delay=2),
    Case("sum", dense=True, delay=1),
    Case("mean", dense=True, bounds=(0.0, 1.25)),
    Case("mean", batch=1, bounds=(0.0, 1.25)),
    Case("sum", batch=2),
    Case("mean", bounds=(0.25, 1.0), one_to_one=True, delay=1),
    Case("mean", batch=7, bounds=(0.1, 1.25)),
]
LISTS = [
    Case("sum", delay=SPREAD),
    Case("mean", delay=SPREAD, bounds=(0.25, 1.25)),
    Case("sum", ordered=True),
    Case("mean", ordered=True, bounds=(0.25, 1.25), delay=1),
    Case("mean", ordered=True, bounds=(0.25, 1.25), delay=SPREAD),
    Case("sum", ordered=True, batch=1, bounds=(0.0, 1.25)),
]


@pytest.mark.parametrize(("case", "form"), [(c, f) for c in CASES for f in FORMS] + [(c, "auto") for c in LISTS])
def test_changes_of_rows_merge_as_a_loop_over_them_does(case: Case, form: str) -> None:
    S, post, *spikes = run(case, form)
    both = [{(step, row) for step, row, _ in one} for one in spikes]
    assert both[0] & both[1], "no simultaneous spikes"
    several = {step for step, row, _ in spikes[0] if any((step, other) in both[0] for other in range(row))}
    assert several or case.batch == 1, "rows never spike in the same step"
    w, a, b, v = by_hand(case, *spikes)
    rows = (slice(None),) if case.batch > 1 else (0,)
    assert np.asarray(S.w_).tolist() == w and S.w.shape == (len(w),)
    if case.bounds is not None:
        assert np.isin(case.bounds, w).any(), "no bound was reached"
        assert min(w) >= case.bounds[0] and max(w) <= case.bounds[1]
    for found, wanted in ((S.a_, a), (S.b_, b)):
        assert np.array_equal(np.asarray(found), np.asarray(wanted)[rows])
    if form == "auto":
        assert np.array_equal(np.asarray(post.v_), np.asarray(v)[rows])
    else:  # all synapses of a row in the order of their numbers
        assert np.allclose(np.asarray(post.v_), np.asarray(v)[rows], rtol=1e-13, atol=0)


@pytest.mark.parametrize("case", CASES)
def test_both_forms_merge_alike_in_single_precision(case: Case) -> None:
    first, second = (run(case, form, "float32")[0] for form in FORMS)
    assert np.array_equal(first.w_, second.w_) and np.array_equal(first.a_, second.a_)
    assert not np.array_equal(first.w_, np.float32(first_weights(case)))


def test_the_mean_counts_rows_without_an_event() -> None:
    source = sq.NeuronGroup(1, "on : 1", threshold="on > 0 and t_in_timesteps == 1")
    target = sq.NeuronGroup(1, "v : 1")
    S = sq.Synapses(source, target, "w : 1\nz : 1", on_pre="w += 1; z += 1", reduction={"w": "mean"})
    S.connect()
    net = sq.Network(source, target, S, batch=4)
    source.on = [[1], [0], [1], [0]]
    net.run(3 * sq.ms)
    assert (float(S.w[0]), float(S.z[0])) == (0.5, 2.0)
    assert S.reductions == {"w": "mean", "z": "sum"}


def test_reductions_name_what_code_writes_and_rows_share() -> None:
    G = sq.NeuronGroup(2, "v : 1", threshold="v > 1")
    model = "w : 1\nu : 1\nc : 1 (constant)\ns : 1 (shared)\nr : 1 (per row)\ndx/dt = -x/ms : 1 (event-driven)"
    S = sq.Synapses(G, G, model, on_pre="w += x; r += 1; x += 1", reduction="mean")
    S.connect()
    assert S.reductions == {"w": "mean"}
    S.run_regularly("u = u/2")
    assert S.reductions == {"w": "mean", "u": "mean"}
    sq.Network(G, S, batch=2)
    S.w = [[1, 2, 3, 4], [5, 6, 7, 8]]
    assert S.reductions == {"u": "mean"}


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ("max", KindError, "no reduction 'max'"),
        (None, KindError, "no reduction None"),
        ({"w": "median"}, KindError, "no reduction 'median'"),
        ({"q": "mean"}, UnknownNameError, "names 'q'"),
        ({"v": "mean"}, UnknownNameError, "names 'v'"),
        ({"x": "mean"}, ModelError, "names x"),
        ({"r": "mean"}, ModelError, "names r"),
        ({"s": "mean"}, ModelError, "names s"),
        ({"c": "mean"}, ModelError, "names c"),
        ({"n": "mean"}, ModelError, "names n"),
        ({3: "mean"}, UnknownNameError, "names 3"),
    ],
)
def test_wrong_reductions(given: Any, error: type[Exception], match: str) -> None:
    G = sq.NeuronGroup(2, "v : 1", threshold="v > 1")
    model = "w : 1\nc : 1 (constant)\ns : 1 (shared)\nr : 1 (per row)\nn : integer\ndx/dt = -x/ms : 1 (event-driven)"
    with pytest.raises(error, match=match):
        sq.Synapses(G, G, model, on_pre="w += x", reduction=given)


@pytest.mark.parametrize("kind", ["integer", "boolean"])
@pytest.mark.parametrize("regular", [False, True])
def test_rows_merge_no_whole_numbers_and_truth_values(kind: str, regular: bool) -> None:
    code = {"integer": "n += int(x > 0)", "boolean": "n = x > 0"}[kind]
    for flag, batch in ((f"{kind}", 2), (f"{kind} (per row)", 2), (f"{kind}", 1), (f"{kind}", None)):
        G = sq.NeuronGroup(1, "v : 1", threshold="t_in_timesteps == 1")
        S = sq.Synapses(G, G, f"n : {flag}\nx : 1 (per row)", on_pre="x += 1" if regular else f"x += 1; {code}")
        S.connect()
        if regular:
            S.run_regularly(code)
        net = sq.Network(G, S, batch=batch)
        if batch == 2 and "(" not in flag:
            with pytest.raises(UnsupportedError, match="for all rows of the batch"):
                net.run(3 * sq.ms)
        else:
            net.run(3 * sq.ms)
            assert S.n.shape == ((1,) if batch is None or "(" not in flag else (batch, 1))
            assert np.all(np.asarray(S.n) == 1)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_what_runs_regularly_merges_too(form: str, reduction: str) -> None:
    """A block that reads what differs between rows is run by each of them; one that does not runs once for all."""
    G = sq.NeuronGroup(3, "gain : 1")
    S = sq.Synapses(G, G, "w : 1\nseen : 1 (per row)\ndecayed : 1", reduction=reduction)
    S.connect()
    S.run_regularly("w *= gain_post; w += 0.25; seen = w; decayed = decayed/2", dt=1 * sq.ms)
    net = sq.Network(G, S, batch=2, dtype="float64", backend=form)
    G.gain = gain = np.array([[0.5, 0.75, 1.0], [1.25, 0.5, 2.0]])
    S.w, S.decayed = np.arange(9) / 4, 8
    net.run(2 * sq.ms)
    w, seen = np.arange(9) / 4, np.zeros((2, 9))
    for _ in range(2):
        made = w * gain[:, np.tile(range(3), 3)] + 0.25
        seen, total = made, (made[0] - w) + (made[1] - w)
        w = w + (total / 2 if reduction == "mean" else total)
    assert np.array_equal(S.w_, w) and np.array_equal(S.seen_, seen) and np.array_equal(S.decayed_, [2] * 9)
