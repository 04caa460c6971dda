"""Parameters declared "(per row)": each row of a batch learns by itself, as a network of its own would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeq as sq
from spikeq.errors import EquationSyntaxError, ModelError, ShapeError

BATCH, SOURCES, TARGETS, STEPS = 3, 6, 5, 40
FORMS = ("auto", "torch static")
MODEL = """w : 1 (per row)
dx/dt = -x/(8*ms) : 1 (event-driven)
dy/dt = -y/(8*ms) : 1 (event-driven)"""
DRIVES = np.random.default_rng(1).uniform(1.1, 2.0, (BATCH, TARGETS))
SPREAD = np.random.default_rng(2).integers(0, 4, SOURCES * TARGETS)


def pairs(layout: str) -> tuple[np.ndarray, np.ndarray]:
    i, j = np.repeat(np.arange(SOURCES), TARGETS), np.tile(np.arange(TARGETS), SOURCES)
    return (i, j) if layout == "dense" else (np.append(i[::-2], [2, 2]), np.append(j[::-2], [1, 1]))


def weights(layout: str) -> np.ndarray:
    return np.random.default_rng(4).uniform(0.1, 0.4, (BATCH, len(pairs(layout)[0])))


def inputs() -> tuple[np.ndarray, np.ndarray]:
    """Spikes of the sources, several in the same step."""
    step, source = np.nonzero(np.random.default_rng(0).random((STEPS, SOURCES)) < 0.25)
    return source, step


def made(rows: slice | int, layout: str, delay: Any, static: bool, ordered: bool = False, **options: Any) -> Any:
    """A network of some rows, or of one without a batch: learned weights alone, and static ones of each row too."""
    source, step = inputs()
    sources = sq.SpikeGeneratorGroup(SOURCES, source, step * sq.ms, name="sources")
    cells = sq.NeuronGroup(
        TARGETS,
        "dv/dt = (drive - v)/(5*ms) : 1\ndrive : 1",
        threshold="v > 1",
        reset="v = 0",
        name="cells",
    )
    into = "v_post = v_post*0.75 + w" if ordered else "v_post += w"
    plastic = sq.Synapses(
        sources,
        cells,
        MODEL,
        on_pre=f"{into}; x += 1; w = clip(w - 0.02*y, 0, 1)",
        on_post="y += 1; w = clip(w + 0.03*x, 0, 1)",
        delay=None if np.ndim(delay) else delay * sq.ms,
        name="plastic",
    )
    i, j = pairs(layout)
    fixed = sq.Synapses(sources, cells, "w : 1 (per row)", on_pre="v_post -= w", name="fixed")
    for synapses in (plastic, fixed):
        synapses.connect() if layout == "dense" else synapses.connect(i=i, j=j)
    if np.ndim(delay):
        plastic.delay = delay[: len(i)] * sq.ms
    objects = [sources, cells, plastic, sq.SpikeMonitor(cells, name="spikes"), *([fixed] if static else [])]
    batch = len(range(*rows.indices(BATCH))) if isinstance(rows, slice) else None
    net = sq.Network(*objects, seed=1, batch=batch, **options)
    cells.drive = DRIVES[rows]
    plastic.w = weights(layout)[rows]
    if static:
        fixed.w = weights(layout)[rows] / 4
    return net


def results(net: Any, row: int | None = None) -> list[np.ndarray]:
    spikes = net["spikes"]
    here = slice(None) if row is None else spikes.row == row
    chosen = slice(None) if row is None else row
    found = [net["cells"].v_, net["plastic"].w_, net["plastic"].x_, net["plastic"].y_]
    return [spikes.i[here], spikes.t_[here], *(np.asarray(one)[chosen] for one in found)]


def same(first: list[np.ndarray], second: list[np.ndarray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


CASES = [
    ("dense", 0, "auto", False),
    ("dense", 0, "torch static", False),
    ("dense", 2, "auto", False),
    ("dense", 2, "torch static", False),
    ("sparse", 0, "auto", False),
    ("sparse", 2, "torch static", False),
    ("sparse", SPREAD, "auto", False),
    ("dense", SPREAD, "auto", False),
    ("sparse", 2, "auto", True),
    ("dense", SPREAD, "auto", True),
]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("layout", "delay", "form", "ordered"), CASES)
def test_a_batch_is_a_loop_over_rows(layout: str, delay: Any, form: str, ordered: bool, dtype: str) -> None:
    options = {"static": True, "ordered": ordered, "backend": form, "dtype": dtype}
    whole = made(slice(None), layout, delay, **options)
    whole.run(STEPS * sq.ms)
    part = made(slice(1, 3), layout, delay, **options)
    part.run(STEPS * sq.ms)
    learned = np.asarray(whole["plastic"].w_)
    assert learned.shape == weights(layout).shape and not np.array_equal(learned, np.float32(weights(layout)))
    for row in range(BATCH):
        alone = made(row, layout, delay, **options)
        alone.run(STEPS * sq.ms)
        assert len(alone["spikes"].i) > 10
        assert same(results(whole, row), results(alone))
        assert row == 0 or same(results(part, row - 1), results(alone))


def test_rows_keep_what_they_learned(tmp_path: Any) -> None:
    options = {"static": False, "dtype": "float64"}
    net = made(slice(None), "sparse", 2, **options)
    net.run(20 * sq.ms)
    net.store()
    state = net.state_dict()
    assert tuple(state["plastic.w"].shape) == weights("sparse").shape
    net.save(tmp_path / "net.safetensors")
    net.run(20 * sq.ms)
    expected = [results(net, row)[2:] for row in range(BATCH)]
    net.restore(restore_random_state=True)
    net.run(20 * sq.ms)
    assert all(same(results(net, row)[2:], expected[row]) for row in range(BATCH))
    for load in (lambda other: other.load_state_dict(state), lambda other: other.load(tmp_path / "net.safetensors")):
        other = made(slice(None), "sparse", 2, **options)
        load(other)
        other.run(20 * sq.ms)
        assert all(same(results(other, row)[2:], expected[row]) for row in range(BATCH))
    shared = made(slice(None), "sparse", 2, **options)
    shared.load_state_dict({"plastic.w": state["plastic.w"][0]}, strict=False)
    assert np.array_equal(shared["plastic"].w_, np.broadcast_to(state["plastic.w"][0], weights("sparse").shape))


def rows_of(flag: str, batch: int | None, seed: int = 3) -> Any:
    G = sq.NeuronGroup(4, "v : 1", threshold="v > 1", name="G")
    S = sq.Synapses(G, G, f"w : 1{flag}\ntop : 1\ndx/dt = -x/ms : 1 (event-driven)", on_pre="w += x", name="S")
    S.connect(condition="i != j")
    sq.Network(G, S, batch=batch, seed=seed)
    S.top = "rand()"
    S.w = "rand()*top"
    S.w["i > 1"] = "1 + rand()"
    S.x = "randn()"
    return S


def test_random_values_differ_by_row_and_not_by_the_split() -> None:
    alone, two, five = (rows_of(" (per row)", batch) for batch in (None, 2, 5))
    for name in ("w_", "x_"):
        one, few, many = (np.asarray(getattr(S, name)) for S in (alone, two, five))
        assert one.shape == (12,) and many.shape == (5, 12)
        assert np.array_equal(few[0], one) and np.array_equal(few, many[:2])
        assert len(np.unique(many)) == many.size
    assert np.array_equal(alone.top_, five.top_) and five.top_.shape == (12,)
    w, top, late = np.asarray(five.w_), np.asarray(five.top_), np.asarray(five.i) > 1
    assert np.all(w[:, late] >= 1) and np.all(w[:, ~late] < top[~late])
    shared = rows_of("", 5)
    assert shared.w_.shape == (12,) and np.array_equal(shared.w_, alone.w_)


def test_values_by_row_are_read_and_assigned() -> None:
    S = rows_of(" (per row)", 3)
    assert S.w.shape == (3, 12) and S[0, :].tolist() == [0, 1, 2]
    S.w = 0.5
    assert np.array_equal(S.w[:], np.full((3, 12), 0.5))
    S.w = np.arange(36).reshape(3, 12)
    S.w[0, 1] = [[7], [8], [9]]
    assert np.array_equal(S.w[0, 1], [[7], [8], [9]]) and np.array_equal(S.w[:, :][1], [8, *range(13, 24)])
    S.w = "w*2 + i"
    assert np.array_equal(np.asarray(S.w)[2, :3], [18, 50, 52])
    S.w["j == 3"] = [[0], [1], [2]]
    assert np.array_equal(S.w["j == 3"], [[0] * 3, [1] * 3, [2] * 3])
    S.connect(i=0, j=0)
    S._network.run(1 * sq.ms)
    assert S.w.shape == (3, 13) and np.array_equal(S.w[0, 0], [[0], [0], [0]])
    with pytest.raises(ShapeError):
        S.w = np.zeros((2, 13))


def test_whole_numbers_and_truth_values_by_row() -> None:
    G = sq.NeuronGroup(2, "after : integer", threshold="t_in_timesteps >= after")
    S = sq.Synapses(G, G, "n : integer (per row)\nmany : boolean (per row)", on_pre="n += 1; many = n > 2")
    S.connect(i=[0, 1], j=[1, 0])
    net = sq.Network(G, S, batch=2)
    G.after = [[0, 1], [2, 3]]
    net.run(4 * sq.ms)
    assert np.array_equal(S.n[:], [[4, 3], [2, 1]]) and np.array_equal(S.many[:], [[True, True], [False, False]])


@pytest.mark.parametrize(
    ("model", "error", "match"),
    [
        ("dw/dt = -w/ms : 1 (per row)", EquationSyntaxError, "everything but parameters of synapses"),
        ("w = 1 : 1 (per row)", EquationSyntaxError, "everything but parameters of synapses"),
        ("w : 1 (shared, per row)", ModelError, "'per row' and 'shared' at once"),
        ("w : 1 (per-row)", EquationSyntaxError, "'per-row'"),
    ],
)
def test_where_the_flag_means_nothing(model: str, error: type[Exception], match: str) -> None:
    G = sq.NeuronGroup(1, "v : 1")
    with pytest.raises(error, match=match):
        sq.Synapses(G, G, model)


def test_neurons_have_values_by_row_anyway() -> None:
    with pytest.raises(ModelError, match="everything but parameters of synapses"):
        sq.NeuronGroup(1, "v : 1 (per row)")


def test_the_door_for_scripts_takes_the_flag() -> None:
    from spikeq import brian2

    brian2.start_scope()
    G = brian2.NeuronGroup(1, "v : 1", threshold="True")
    S = brian2.Synapses(G, G, "w : 1 (per row)", on_pre="w += 1", bounds={"w": (0, 3)}, reduction="mean")
    S.connect()
    brian2.Network(G, S).run(0.5 * sq.ms)
    assert np.array_equal(S.w[:], [3])


def test_values_assigned_by_row_are_learned_by_row() -> None:
    """Without the flag too: what differs between rows cannot be shared by them."""
    found = []
    for flag in ("", " (per row)"):
        G = sq.NeuronGroup(2, "gain : 1", threshold="True")
        S = sq.Synapses(G, G, f"w : 1{flag}", on_pre="w += gain_pre")
        S.connect()
        net = sq.Network(G, S, batch=2)
        G.gain = [[1, 2], [3, 4]]
        S.w = [[1.0], [2.0]]
        net.run(2 * sq.ms)
        found.append(np.asarray(S.w_).tolist())
    assert found == [[[3, 3, 5, 5], [8, 8, 10, 10]]] * 2


@pytest.mark.parametrize("form", FORMS)
def test_parts_of_groups_sums_and_monitors(form: str) -> None:
    """Weights by row between parts of groups, learned by two pathways, summed into neurons and recorded."""
    G = sq.NeuronGroup(6, "gain : 1\ntotal : 1\nv : 1", threshold="i != 3", name="G")
    S = sq.Synapses(
        G[1:5],
        G[2:4],
        "w : 1 (per row)\ntotal_post = w : 1 (summed)",
        on_pre={"first": "w += gain_pre", "second": "v_post += w; w *= 2"},
        name="S",
    )
    S.connect("i != j")
    trace = sq.StateMonitor(S, "w", record=[0, 5], when="end")
    net = sq.Network(G, S, trace, batch=2, dtype="float64", backend=form)
    G.gain = gain = np.arange(12.0).reshape(2, 6)
    S.w = start = np.arange(12.0).reshape(2, 6) / 4
    net.run(2 * sq.ms)
    i, j, w, v = np.asarray(S.i), np.asarray(S.j), start, np.zeros((2, 6))
    recorded = []
    for _ in range(2):
        total = np.zeros((2, 6))
        for e in range(6):
            total[:, 2 + j[e]] += w[:, e]
        active = i + 1 != 3
        w = np.where(active, w + gain[:, i + 1], w)
        for e in np.flatnonzero(active):
            v[:, 2 + j[e]] += w[:, e]
        w = np.where(active, w * 2, w)
        recorded.append(w[:, [0, 5]])
    assert np.array_equal(S.w_, w) and np.array_equal(G.total_, total) and np.array_equal(G.v_, v)
    assert np.array_equal(np.moveaxis(np.asarray(trace.w), -1, 0), recorded)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("pairs", [{}, {"i": [0, 1, 1], "j": [0, 0, 1]}])
def test_spikes_of_two_steps_that_arrive_together_reach_their_rows(
    pairs: dict[str, list[int]], batch: int | None, dtype: str, form: str
) -> None:
    """A delay that is shortened while spikes are on their way lets them arrive with those that come later."""
    source = sq.SpikeGeneratorGroup(2, [1, 0, 1], [0, 2, 2] * sq.ms)
    G = sq.NeuronGroup(2, "v : 1")
    S = sq.Synapses(source, G, "w : 1", on_pre="v_post += w", delay=4 * sq.ms)
    S.connect(**pairs)
    net = sq.Network(source, G, S, batch=batch, dtype=dtype, backend=form)
    if batch is not None:
        S.w = np.array([[1], [10], [100]]) * np.ones(len(S))
    else:
        S.w = 1
    net.run(1 * sq.ms)
    S.delay = 2 * sq.ms
    net.run(4 * sq.ms)
    once = [3, 2] if pairs else [3, 3]
    scale = 1 if batch is None else np.array([[1], [10], [100]])
    assert np.array_equal(G.v_, np.multiply(once, scale))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("flag", [" (per row)", ""])
def test_random_changes_are_those_of_the_row(flag: str, form: str) -> None:
    """Rows of two sizes of batch; what they share takes the numbers of all of its rows."""

    def learned(batch: int | None) -> Any:
        G = sq.NeuronGroup(3, "v : 1", threshold="rand() < 0.4", name="G")
        model = f"w : 1{flag}\nmade : 1 (per row)\nn : integer (per row)"
        S = sq.Synapses(G, G, model, on_pre="made += rand(); w += made; n += poisson(2.5)", name="S")
        S.connect(p=0.8)
        S.run_regularly("w += 0.1*randn(); made += randn()", dt=4 * sq.ms)
        sq.Network(G, S, batch=batch, seed=9, dtype="float64", backend=form).run(20 * sq.ms)
        return S

    alone, two, five = (learned(batch) for batch in (None, 2, 5))
    names = ("made_", "n_", "w_") if flag else ("made_", "n_")
    for name in names:
        one, few, many = (np.asarray(getattr(S, name)) for S in (alone, two, five))
        assert np.array_equal(few[0], one) and np.array_equal(many[:2], few)
        assert all(not np.array_equal(many[row], many[0]) for row in range(1, 5))
    if not flag:
        assert np.ptp(five.w_) > 0 and not np.array_equal(five.w_, two.w_)
