"""The synapses that ``connect`` makes: order, randomness, and what is refused."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from spikeq.dimension import DIMENSIONLESS, VOLT, Dimension
from spikeq.errors import (
    ConnectionError,
    DimensionError,
    EquationSyntaxError,
    KindError,
    LimitError,
    NameConflictError,
    ShapeError,
    SpikeqError,
    SpikeqWarning,
    UnknownNameError,
    UnsupportedError,
    ValueRangeError,
)
from spikeq.language.functions import CONSTANTS
from spikeq.network import connectivity, generators, sampling
from spikeq.network.connectivity import connect
from spikeq.network.pairs import Endpoints, Operand, PairScope
from spikeq.unit_table import UNITS
from spikeq.units import mV

N_PRE, N_POST = 7, 5
PRE = {"x": np.array([0.0, 2.0, 1.0, 2.0, 5.0, 2.0, 0.5]), "v": np.arange(7) * 1e-3}
POST = {"y": np.array([0.1, 0.9, 0.6, 0.2, 0.5]), "v": np.array([4.0, 0.0, 2.0, 9.0, 5.0]) * 1e-3}
NAMESPACE = {"reach": 2, "scale": 0.5}


def scope(
    n_pre: int = N_PRE,
    n_post: int = N_POST,
    seed: int = 1,
    uniform: Callable[[int], NDArray[np.float64]] | None = None,
    more: dict[str, Operand] | None = None,
) -> PairScope:
    """Two groups with ``x``, ``v`` and ``y``, ``v``, as a synapse sees them."""

    def resolve(name: str) -> Operand:
        variable, _, side = name.rpartition("_")
        table = {"pre": PRE, "post": POST}.get(side, {})
        if more and name in more:
            return more[name]
        if variable in table:
            dimension: Dimension = VOLT if variable == "v" else DIMENSIONLESS
            return Operand(table[variable], "pre" if side == "pre" else "post", dimension)
        if name in UNITS:
            return Operand(UNITS[name][0], "scalar", UNITS[name][1])
        if name in CONSTANTS:
            return Operand(CONSTANTS[name])
        if name in NAMESPACE:
            value = NAMESPACE[name]
            return Operand(value, kind="integer" if isinstance(value, int) else "real")
        raise UnknownNameError(f"{name} is not defined.")

    generator = np.random.default_rng(seed)
    return PairScope(n_pre, n_post, resolve, uniform or generator.random)


def no_numbers(count: int) -> NDArray[np.float64]:
    raise AssertionError("nothing here is random")


def pairs(found: Endpoints) -> list[tuple[int, int]]:
    assert found.i.dtype == found.j.dtype == np.int32
    return list(zip(found.i.tolist(), found.j.tolist(), strict=True))


# Arguments, and the pairs in plain Python (i, then j, then copies).
WRITTEN_OUT: list[tuple[dict[str, Any], list[tuple[int, int]]]] = [
    ({}, [(i, j) for i in range(7) for j in range(5)]),
    ({"condition": True}, [(i, j) for i in range(7) for j in range(5)]),
    ({"condition": "True"}, [(i, j) for i in range(7) for j in range(5)]),
    ({"condition": False}, []),
    ({"condition": "False"}, []),
    ({"n": 2}, [(i, j) for i in range(7) for j in range(5) for _ in range(2)]),
    ({"n": 0}, []),
    ({"p": 0}, []),
    ({"p": 1}, [(i, j) for i in range(7) for j in range(5)]),
    ({"condition": "i != j"}, [(i, j) for i in range(7) for j in range(5) if i != j]),
    ({"condition": "i == j", "n": 2}, [(i, i) for i in range(5) for _ in range(2)]),
    ({"condition": "i > 3"}, [(i, j) for i in range(4, 7) for j in range(5)]),
    ({"condition": "j < 2"}, [(i, j) for i in range(7) for j in range(2)]),
    ({"condition": "abs(i - j) <= reach and i != j"},
     [(i, j) for i in range(7) for j in range(5) if 0 < abs(i - j) < 3]),
    ({"condition": "v_pre > 2*mV"}, [(i, j) for i in range(3, 7) for j in range(5)]),
    (
        {"condition": "v_pre > v_post or not x_pre < 5"},
        [(i, j) for i in range(7) for j in range(5) if PRE["v"][i] > POST["v"][j] or i == 4],
    ),
    (
        {"condition": "(i + j) % 3 == 0 and i < N_pre - 1 and j < N_post - 1"},
        [(i, j) for i in range(6) for j in range(4) if (i + j) % 3 == 0],
    ),
    ({"condition": "i // 2 == j"}, [(i, i // 2) for i in range(7)]),
    ({"n": "j"}, [(i, j) for i in range(7) for j in range(5) for _ in range(j)]),
    ({"n": "int(i > j)*2"}, [(i, j) for i in range(7) for j in range(5) for _ in range(2 if i > j else 0)]),
    ({"condition": "i != j", "n": "i"}, [(i, j) for i in range(7) for j in range(5) if i != j for _ in range(i)]),
    ({"condition": "i == 1", "n": "j"}, [(1, j) for j in range(5) for _ in range(j)]),
    ({"p": "int(x_pre == 2)*1.0"}, [(i, j) for i in (1, 3, 5) for j in range(5)]),
    ({"p": "int(x_pre == 2 and y_post > 0.5)*1.0"}, [(i, j) for i in (1, 3, 5) for j in (1, 2)]),
    ({"i": 3, "j": 4}, [(3, 4)]),
    ({"i": [0, 0, 6, 1], "j": [4, 0, 3, 0]}, [(0, 4), (0, 0), (6, 3), (1, 0)]),
    ({"i": [3, 3], "j": [2, 2]}, [(3, 2), (3, 2)]),
    ({"i": 1, "j": [4, 0, 2]}, [(1, 4), (1, 0), (1, 2)]),
    ({"i": np.arange(7, dtype=np.int16), "j": 0, "n": 2}, [(i, 0) for i in range(7) for _ in range(2)]),
    ({"j": "i % N_post"}, [(i, i % 5) for i in range(7)]),
    ({"j": "i if i < N_post"}, [(i, i) for i in range(5)]),
    ({"j": "i + 1", "skip_if_invalid": True}, [(i, i + 1) for i in range(4)]),
    ({"j": "int(i/4) if i % 2 == 0"}, [(0, 0), (2, 0), (4, 1), (6, 1)]),
    ({"j": "k for k in range(N_post)"}, [(i, j) for i in range(7) for j in range(5)]),
    ({"j": "k for k in range(i - 1, i + 2) if k != i", "skip_if_invalid": True},
     [(i, k) for i in range(7) for k in range(i - 1, i + 2) if k != i and 0 <= k < 5]),
    ({"j": "k for k in range(N_post - 1, -1, -2)"}, [(i, k) for i in range(7) for k in (4, 2, 0)]),
    ({"j": "k for k in range(3, 3)"}, []),
    ({"j": "k for k in range(4, 1)"}, []),
    ({"j": "k for k in range(i) if j < N_post"}, [(i, k) for i in range(7) for k in range(i) if k < 5]),
    ({"j": "i + k for k in range(0, 5) if i + k < N_post"},
     [(i, i + k) for i in range(7) for k in range(5) if i + k < 5]),
    ({"j": "(i + (-1)**k) % N_post for k in range(2)"}, [(i, (i + (-1) ** k) % 5) for i in range(7) for k in range(2)]),
    ({"j": "k for k in range(N_post) if v_post < v_pre", "n": 2},
     [(i, j) for i in range(7) for j in range(5) if POST["v"][j] < PRE["v"][i] for _ in range(2)]),
    ({"j": "k for k in range(x_pre*0 + N_post) if y_post > scale"}, [(i, j) for i in range(7) for j in (1, 2)]),
    ({"j": "i % 5 for _ in range(3)"}, [(i, i % 5) for i in range(7) for _ in range(3)]),
    ({"i": "j"}, [(j, j) for j in range(5)]),
    ({"i": "k for k in range(N_pre)"}, [(i, j) for j in range(5) for i in range(7)]),
    ({"i": "k for k in range(j, N_pre, 3) if i != j"}, [(i, j) for j in range(5) for i in range(j, 7, 3) if i != j]),
    ({"i": "k for k in range(N_pre) if x_pre == 2"}, [(i, j) for j in range(5) for i in (1, 3, 5)]),
    ({"j": "k for k in sample(N_post, p=1)"}, [(i, j) for i in range(7) for j in range(5)]),
    ({"j": "k for k in sample(N_post, p=0)"}, []),
    ({"j": "k for k in sample(N_post - 1, 0, -2, p=int(x_pre == 2))"}, [(i, j) for i in (1, 3, 5) for j in (4, 2)]),
    ({"j": "k for k in sample(2, N_post, 2, size=int(x_pre == 2)*2)"}, [(i, j) for i in (1, 3, 5) for j in (2, 4)]),
    ({"j": "k for k in sample(N_post, size=N_post) if j >= i"}, [(i, j) for i in range(7) for j in range(5) if j >= i]),
    ({"i": "k for k in sample(N_pre, size=N_pre)"}, [(i, j) for j in range(5) for i in range(7)]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), WRITTEN_OUT, ids=[str(case[0]) for case in WRITTEN_OUT])
@pytest.mark.parametrize("block", [1, 13, 2**20])
def test_pairs_and_their_order(
    arguments: dict[str, Any], expected: list[tuple[int, int]], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "BLOCK", block)
    monkeypatch.setattr(connectivity, "BLOCK", block)
    monkeypatch.setattr(generators, "BLOCK", block)
    uniform = None if "p" in arguments and isinstance(arguments["p"], str) else no_numbers
    if "sample(" in str(arguments.get("j")) and "x_pre" in str(arguments.get("j")):
        uniform = None
    assert pairs(connect(scope(uniform=uniform), **arguments)) == expected


BRIAN2 = """
import json, sys
import brian2
brian2.prefs.codegen.target = "numpy"
data = json.load(sys.stdin)
pre = brian2.NeuronGroup(len(data["x"]), "x : 1\\nv : volt")
post = brian2.NeuronGroup(len(data["y"]), "y : 1\\nv : volt")
pre.x, pre.v, post.y, post.v = data["x"], data["v_pre"] * brian2.volt, data["y"], data["v_post"] * brian2.volt
answers = []
for arguments in data["calls"]:
    synapses = brian2.Synapses(pre, post)
    synapses.connect(**arguments, namespace=data["namespace"])
    answers.append([synapses.i[:].tolist(), synapses.j[:].tolist()])
print(json.dumps(answers))
"""


def test_the_same_as_brian2() -> None:
    if importlib.util.find_spec("brian2") is None:
        pytest.skip("Brian2 is not installed")
    # Brian2's numpy target repeats the wrong pairs when a condition and an n that depends on j meet; its range() takes
    # integers only, and for i='...' no j.
    beyond = (
        {"condition": "i == 1", "n": "j"},
        {"j": "k for k in range(x_pre*0 + N_post) if y_post > scale"},
        {"i": "k for k in range(j, N_pre, 3) if i != j"},
    )
    cases = [case for case in WRITTEN_OUT if case[0] not in beyond]
    data = {
        "x": PRE["x"].tolist(),
        "v_pre": PRE["v"].tolist(),
        "y": POST["y"].tolist(),
        "v_post": POST["v"].tolist(),
        "namespace": NAMESPACE,
        "calls": [
            {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in arguments.items()}
            for arguments, _ in cases
        ],
    }
    run = subprocess.run([sys.executable, "-c", BRIAN2], input=json.dumps(data), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    answers = json.loads(run.stdout)
    for (arguments, expected), (i, j) in zip(cases, answers, strict=True):
        assert list(zip(i, j, strict=True)) == expected, arguments


# -- randomness -------------------------------------------------------------------------------------------------------

LARGE = (1000, 800)
RANDOM: list[tuple[dict[str, Any], Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]]] = [
    ({"p": 0.001}, lambda i, j: np.full(LARGE, 0.001)),
    ({"p": 0.1}, lambda i, j: np.full(LARGE, 0.1)),
    ({"p": 0.7}, lambda i, j: np.full(LARGE, 0.7)),
    ({"condition": "i != j", "p": 0.05}, lambda i, j: 0.05 * (i != j)),
    ({"condition": "i < 300", "p": 0.3}, lambda i, j: 0.3 * (i < 300) + 0.0 * j),
    ({"p": "i/1000.0"}, lambda i, j: i / 1000 + 0.0 * j),
    ({"condition": "j > 400", "p": "0.2*exp(-i/500.0)"}, lambda i, j: 0.2 * np.exp(-i / 500) * (j > 400)),
    ({"p": "exp(-abs(i - j)/100.0)"}, lambda i, j: np.exp(-abs(i - j) / 100)),
    ({"condition": "i != j", "p": "j/800.0"}, lambda i, j: j / 800 * (i != j)),
    ({"condition": "rand() < 0.25"}, lambda i, j: np.full(LARGE, 0.25)),
    ({"p": "rand()"}, lambda i, j: np.full(LARGE, 0.5)),
    ({"j": "k for k in range(N_post) if rand() < 0.1"}, lambda i, j: np.full(LARGE, 0.1)),
    ({"j": "k for k in sample(N_post, p=0.02)"}, lambda i, j: np.full(LARGE, 0.02)),
    ({"j": "k for k in sample(0, N_post, 2, p=0.4) if i != k"}, lambda i, j: 0.4 * (j % 2 == 0) * (i != j)),
    ({"j": "k for k in sample(N_post, size=160)"}, lambda i, j: np.full(LARGE, 0.2)),
    ({"j": "k for k in sample(N_post, size=600)"}, lambda i, j: np.full(LARGE, 0.75)),
    ({"i": "k for k in sample(N_pre, p=j/800.0)"}, lambda i, j: j / 800 + 0.0 * i),
]


@pytest.mark.parametrize(("arguments", "probability"), RANDOM, ids=[str(case[0]) for case in RANDOM])
def test_every_pair_has_its_probability(arguments: dict[str, Any], probability: Callable[..., Any]) -> None:
    found = connect(scope(*LARGE), **arguments)
    i, j = np.ogrid[: LARGE[0], : LARGE[1]]
    expected = probability(i, j)
    made = np.zeros(LARGE)
    np.add.at(made, (found.i, found.j), 1)
    assert made.max() == 1
    assert made[expected == 0].sum() == 0
    order = (found.j * LARGE[0] + found.i) if "i" in arguments else (found.i * LARGE[1] + found.j)
    assert (np.diff(order) > 0).all()
    # Sums over everything, over quarters of the rows and columns, and over a checkerboard.
    corners = [(slice(None), slice(None)), (slice(250), slice(None)), (slice(None), slice(600, 800))]
    for rows, columns in [*corners, (slice(None, None, 2), slice(1, None, 2))]:
        chances = np.broadcast_to(expected, LARGE)[rows, columns]
        deviation = np.sqrt((chances * (1 - chances)).sum())
        assert abs(made[rows, columns].sum() - chances.sum()) <= 5 * deviation


def test_long_rows_are_cut_without_a_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (connectivity, generators, sampling):
        monkeypatch.setattr(module, "BLOCK", 64)
    cases = [
        ({"p": 0.3}, 0.3),
        ({"p": 0.8}, 0.8),
        ({"p": "0.3 + 0*j"}, 0.3),
        ({"j": "k for k in sample(N_post, p=0.3)"}, 0.3),
    ]
    for arguments, p in cases:
        found = connect(scope(20, 5000), **arguments)
        assert (np.diff(found.i.astype(np.int64) * 5000 + found.j) > 0).all()
        counts = np.bincount(found.j // 50, minlength=100)
        assert np.abs(counts - 1000 * p).max() < 5 * np.sqrt(1000 * p * (1 - p))


def test_neighbouring_pairs_are_independent() -> None:
    """Skips leave no gap and no clustering: the next pair is connected as often as any."""
    for p in (0.1, 0.45, 0.8):
        made = np.zeros(LARGE, dtype=bool)
        made[connect(scope(*LARGE), p=p)] = True
        both = (made[:, 1:] & made[:, :-1]).sum()
        expected, count = p * p, LARGE[0] * (LARGE[1] - 1)
        assert abs(both - expected * count) < 5 * np.sqrt(expected * (1 + 2 * p) * count)


@pytest.mark.parametrize("size", ["1", "N_post", "i % 800", "N_post // 2 + 1"])
def test_samples_have_exactly_their_size_without_repetition(size: str) -> None:
    found = connect(scope(*LARGE), j=f"k for k in sample(N_post, size={size})")
    wanted = {"1": 1, "N_post": 800, "N_post // 2 + 1": 401}.get(size)
    expected = np.arange(1000) % 800 if wanted is None else np.full(1000, wanted)
    assert np.array_equal(np.bincount(found.i, minlength=1000), expected)
    assert len(set(pairs(found))) == len(found.i)


def test_every_subset_is_equally_likely() -> None:
    found = connect(scope(12_000, 4), j="k for k in sample(N_post, size=2)")
    subsets, counts = np.unique(found.j.reshape(-1, 2), axis=0, return_counts=True)
    assert subsets.tolist() == [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]
    assert np.abs(counts - 2000).max() < 5 * np.sqrt(12_000 * (1 / 6) * (5 / 6))


def test_copies_follow_chance() -> None:
    """A pair that is chosen gets all its copies."""
    found = connect(scope(300, 200), "i != j", p=0.1, n="1 + j % 3")
    pair, counts = np.unique(found.i * 200 + found.j, return_counts=True)
    assert np.array_equal(counts, 1 + (pair % 200) % 3)
    assert abs(len(pair) - 0.1 * 59_800) < 5 * np.sqrt(0.09 * 59_800)


def test_index_arrays_with_probabilities_and_copies() -> None:
    i = np.repeat(np.arange(100), 100)
    chances = np.where(i < 50, 0.0, 0.5)
    found = connect(scope(100, 100), i=i, j=np.tile(np.arange(100), 100), p=chances, n=3)
    assert found.i.min() == 50
    assert abs(len(found.i) / 3 - 2500) < 5 * np.sqrt(1250)
    assert connect(scope(2, 2), i=[0, 1], j=[1, 0], p=1.0, n=[0, 2]).i.tolist() == [1, 1]


def test_the_stream_decides() -> None:
    first, again, other = (connect(scope(100, 100, seed), p=0.2) for seed in (1, 1, 2))
    assert pairs(first) == pairs(again) != pairs(other)


def test_uniform_numbers_at_the_ends_of_their_range() -> None:
    assert len(connect(scope(uniform=np.zeros), p=0.75).i) == 35
    top = connect(scope(uniform=lambda count: np.full(count, np.nextafter(1, 0))), p=0.3)
    assert len(top.i) == 0
    chosen = scope(uniform=lambda count: np.full(count, np.nextafter(1, 0)))
    highest = connect(chosen, j="k for k in sample(N_post, size=1)")
    assert highest.j.tolist() == [4] * 7


def test_a_million_neurons_sparsely() -> None:
    """Work follows the synapses: 10^12 pairs are never visited."""
    found = connect(scope(10**6, 10**6), p=1e-7)
    assert abs(len(found.i) - 10**5) < 5 * np.sqrt(10**5)
    assert found.j.max() > 990_000
    ring = connect(scope(10**6, 10**6), j="(i + k) % N_post for k in range(1, 3)")
    assert pairs(ring)[-2:] == [(999_999, 0), (999_999, 1)]


# -- mistakes ---------------------------------------------------------------------------------------------------------

MISTAKES: list[tuple[dict[str, Any], type[SpikeqError], str]] = [
    ({"condition": "i*2"}, KindError, "true or false"),
    ({"condition": "i > 3*mV"}, DimensionError, "compares"),
    ({"condition": "1*mV"}, KindError, "true or false"),
    ({"condition": "nonsense > 2"}, UnknownNameError, "nonsense"),
    ({"condition": "i >"}, EquationSyntaxError, ""),
    ({"condition": "N_incoming > 2"}, ConnectionError, "N_incoming"),
    ({"condition": "randn() > 0"}, UnsupportedError, "randn"),
    ({"condition": [1, 2]}, ConnectionError, "connect(i=..., j=...)"),
    ({"condition": 1}, ConnectionError, "int"),
    ({"condition": "k for k in range(3)"}, ConnectionError, "connect(j="),
    ({"condition": "i == j", "j": [1]}, ConnectionError, "condition cannot be combined"),
    ({"condition": "i == j", "j": "i"}, ConnectionError, "behind 'if'"),
    ({"i": 3}, ConnectionError, "i is given without j"),
    ({"j": [1, 2]}, ConnectionError, "j is given without i"),
    ({"i": [1, 2], "j": "i"}, ConnectionError, "cannot be combined with i"),
    ({"i": "j", "j": "i"}, ConnectionError, "cannot be combined"),
    ({"i": [1, 2, 3], "j": [1, 2]}, ShapeError, "i has 3, j has 2"),
    ({"i": [1, 2], "j": [1, 2], "n": [1, 2, 3]}, ShapeError, "n has 3"),
    ({"i": [[1], [2]], "j": [1, 2]}, ShapeError, "2 axes"),
    ({"i": [[1], [2, 3]], "j": [1, 2]}, ShapeError, "different lengths"),
    ({"i": [1.5, 2.0], "j": [1, 2]}, KindError, "float64"),
    ({"i": [True, False], "j": [1, 2]}, KindError, "truth values"),
    ({"i": [0, 7], "j": [0, 1]}, ShapeError, "i = 7 is out of range: there are 7 presynaptic"),
    ({"i": [0, -1], "j": [0, 1]}, ShapeError, "i = -1"),
    ({"i": [0, 1], "j": [0, 5]}, ShapeError, "j = 5 is out of range: there are 5 postsynaptic"),
    ({"i": 0, "j": 0, "n": "i"}, ConnectionError, "string n"),
    ({"i": 0, "j": 0, "p": "0.5"}, ConnectionError, "string p"),
    ({"i": [0, 1], "j": 0, "p": [0.5, 0.5, 0.5]}, ShapeError, "2 pairs"),
    ({"i": 0, "j": 0, "skip_if_invalid": True}, ConnectionError, "skip_if_invalid"),
    ({"i": 0, "j": 0, "n": -1}, ValueRangeError, "n = -1"),
    ({"p": 1.5}, ValueRangeError, "p = 1.5"),
    ({"p": -0.1}, ValueRangeError, "p = -0.1"),
    ({"p": float("nan")}, ValueRangeError, "p = nan"),
    ({"p": [0.1, 0.2]}, ConnectionError, "index arrays"),
    ({"p": object()}, SpikeqError, ""),
    ({"p": "i > j"}, KindError, "true or false"),
    ({"p": "1*mV"}, DimensionError, "probability"),
    ({"p": "sqrt(i - 2.0)"}, ValueRangeError, "p = nan for i = 0"),
    ({"p": "sqrt(i - j - 1.0)"}, ValueRangeError, "p = nan for i = 0, j = 0"),
    ({"p": "sqrt(1.0 - i)", "condition": "j > i"}, ValueRangeError, "p = nan for i = 2"),
    ({"n": -1}, ValueRangeError, "n = -1"),
    ({"n": 1.5}, KindError, "n holds"),
    ({"n": [1, 2]}, ConnectionError, "array n"),
    ({"n": "i - j"}, ValueRangeError, "n = -1 for i = 0, j = 1"),
    ({"n": "0.5*i"}, ValueRangeError, "0.5 is not a whole number"),
    ({"n": "i > j"}, KindError, "true or false"),
    ({"j": "20"}, ShapeError, "j = 20 for i = 0 is out of range: there are 5 postsynaptic"),
    ({"j": "i - 1"}, ShapeError, "j = -1 for i = 0"),
    ({"i": "j + 3"}, ShapeError, "i = 7 for j = 4 is out of range: there are 7 presynaptic"),
    ({"j": "i + k for k in range(3) if y_post >= 0"}, ShapeError, "j = 5 for i = 3"),
    ({"j": "i/2"}, ValueRangeError, "0.5 is not a whole number"),
    ({"j": "j"}, ConnectionError, "cannot depend on the postsynaptic neuron"),
    ({"j": "int(y_post)"}, ConnectionError, "cannot depend on the postsynaptic neuron"),
    ({"i": "int(x_pre)"}, ConnectionError, "cannot depend on the presynaptic neuron"),
    ({"j": "k for k in range(j)"}, ConnectionError, "argument of the iterator"),
    ({"j": "k for k in range(42.5)"}, ValueRangeError, "42.5"),
    ({"j": "k for k in range(0, 4, i)"}, ValueRangeError, "step"),
    ({"j": "j for j in range(3)"}, NameConflictError, "Call the iterator k"),
    ({"j": "k for k in range(3) for l in range(3)"}, EquationSyntaxError, ""),
    ({"j": "k for k in range(3) if i"}, KindError, "true or false"),
    ({"j": "i", "p": 0.5}, ConnectionError, "p cannot be combined"),
    ({"j": "k for k in sample(N_post)"}, EquationSyntaxError, ""),
    ({"j": "k for k in sample(N_post, size=i)"}, ValueRangeError, "size = 6 for i = 6, but 5"),
    ({"j": "k for k in sample(N_post, size=1 - i)"}, ValueRangeError, "size = -1 for i = 2"),
    ({"j": "k for k in sample(N_post, p=sqrt(1.0 - i))"}, ValueRangeError, "p = nan for i = 2"),
    ({"j": "k for k in sample(N_post, p=y_post)"}, ConnectionError, "argument of the iterator"),
    ({"n": 2**31}, LimitError, "2147483648"),
    ({"n": 2**30}, LimitError, "2147483647"),
    ({"i": 0, "j": 0, "n": 2**40}, LimitError, "1099511627776"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "kind", "words"), MISTAKES, ids=[str(case[0]) for case in MISTAKES])
def test_mistakes(arguments: dict[str, Any], kind: type[SpikeqError], words: str) -> None:
    with pytest.raises(kind) as caught:
        connect(scope(), **arguments)
    assert words in str(caught.value)


ODD: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        3,
        2.5,
        float("nan"),
        float("inf"),
        10**30,
        [10**30],
        b"x",
        {},
        object(),
        [],
        [1, 2],
    ),
    *(np.zeros((2, 2)), np.array(3), range(3), slice(3), 3 * mV, [1 * mV], "", " ", "i", "j", "i + 1", "1/0", "i/0"),
    *("i//0", "i % 0", "inf", "-inf", "int(inf)", "2**31", "-1", "0.5", "v_pre", "x_pre", "True", "i != j", "rand()"),
    *(
        "rand() < 0.5",
        "int(rand()*5)",
        "int(y_post*3)",
        "__import__('os')",
        "k for k in range(3)",
        "k for k in range(-1)",
    ),
    *(
        "k for k in range(0, 3, 0)",
        "k for k in range(2**31)",
        "k for k in range(2147483647)",
        "i for _ in range(10**9)",
    ),
    *("k for k in sample(N_post, p=0.5)", "k for k in sample(5, size=2)", "k for k in sample(5, size=inf)"),
]


@pytest.mark.filterwarnings("ignore::spikeq.errors.SpikeqWarning")
def test_odd_arguments_give_synapses_or_our_errors() -> None:
    draw = random.Random(3)
    refused = 0
    for _ in range(500):
        arguments = {name: draw.choice(ODD) for name in ("condition", "i", "j", "p", "n") if draw.random() < 0.4}
        try:
            found = connect(scope(), **arguments, skip_if_invalid=draw.random() < 0.5)
        except SpikeqError as error:
            refused += 1
            assert str(error)
        else:
            assert ((found.i >= 0) & (found.i < N_PRE) & (found.j >= 0) & (found.j < N_POST)).all()
    assert 100 < refused < 490


def test_a_mistake_points_into_the_text() -> None:
    with pytest.raises(UnknownNameError) as caught:
        connect(scope(), j="i if i > nonsense")
    assert str(caught.value.located("Synapses 'S'")).splitlines()[2:5] == [
        "  Synapses 'S', line 1",
        "    i if i > nonsense",
        "             ^^^^^^^^",
    ]


def test_a_row_without_probability_counts_only_where_the_condition_holds() -> None:
    assert 0 not in connect(scope(), "i != 0", p="1.0/i").i
    assert 0 not in connect(scope(), "i > j", p="1.0/i").i
    assert 0 not in connect(scope(), "i > j", p="(1.0 + j*0)/i").i
    assert 0 not in connect(scope(), j="k for k in sample(N_post, p=1.0/i) if k < i").i


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"p": "i*0.5"}, "p = 1.5 for i = 3"),
        ({"p": "1.5 - 0.5*abs(i - j)"}, "p = 1.5 for i = 0, j = 0"),
        ({"p": "3.0/(i + 1) - 1", "condition": "j > i"}, "p = 2 for i = 0"),
        ({"j": "k for k in sample(N_post, p=i - 1)"}, "p = 2 for i = 3"),
    ],
)
def test_a_probability_above_1_counts_as_1_and_a_negative_one_as_0(arguments: dict[str, Any], words: str) -> None:
    with pytest.warns(SpikeqWarning, match=f"{words} counts as 1"):
        found = connect(scope(), **arguments)
    text = arguments.get("j", arguments.get("p"))
    clipped = text.replace("p=i - 1", "p=clip(i - 1, 0, 1)") if "j" in arguments else f"clip({text}, 0, 1)"
    other = connect(scope(), **(arguments | ({"j": clipped} if "j" in arguments else {"p": clipped})))
    assert pairs(found) == pairs(other) and found.i.size


def test_skip_if_invalid_cuts_samples() -> None:
    found = connect(scope(), j="k for k in sample(N_post, size=2*i - 4)", skip_if_invalid=True)
    assert np.bincount(found.i, minlength=7).tolist() == [0, 0, 0, 2, 4, 5, 5]


def test_skip_if_invalid_with_a_condition_on_the_other_side() -> None:
    found = connect(scope(), j="i + k for k in range(-2, 3) if y_post > 0.4", skip_if_invalid=True)
    assert pairs(found) == [(i, j) for i in range(7) for j in range(i - 2, i + 3) if j in (1, 2, 4)]


def test_too_many_pairs_are_refused_at_once() -> None:
    with pytest.raises(LimitError, match="generator form"):
        connect(scope(10**6, 10**6), "i == j + 1")
    with pytest.raises(LimitError, match="This makes 1000000000000 synapses"):
        connect(scope(10**6, 10**6))
    with pytest.raises(LimitError, match="Iterate over the neurons"):
        connect(scope(10**6, 10**6), j="k for k in range(N_post) if k == i")
    with pytest.raises(LimitError, match="Iterate over the neurons"):
        connect(scope(), j="k for k in range(2147483647)", skip_if_invalid=True)
    with pytest.raises(LimitError, match="one sample"):
        connect(scope(), j="k % N_post for k in sample(2147483647, size=1000000000)")


def test_too_many_synapses_are_refused_before_memory_is_full() -> None:
    asked: list[int] = []

    def uniform(count: int) -> NDArray[np.float64]:
        asked.append(count)
        return np.full(count, 0.5)

    for arguments in ({"n": 2}, {"p": 0.9, "n": 2}, {"j": "k for k in range(N_post)", "n": 2}):
        with pytest.raises(LimitError, match="the limit is 2147483647"):
            connect(scope(40_000, 40_000, uniform=uniform), **arguments)
    assert asked == []


def test_empty_groups_and_empty_lists() -> None:
    for arguments in ({}, {"condition": "i == j"}, {"p": 0.5}, {"j": "i"}, {"j": "k for k in sample(N_post, p=0.5)"}):
        assert pairs(connect(scope(0, 5), **arguments)) == []
    assert pairs(connect(scope(5, 0), p=0.5)) == []
    assert pairs(connect(scope(), i=[], j=[])) == []
    assert pairs(connect(scope(), i=3, j=[])) == []


def test_integers_wrap_as_in_the_language() -> None:
    """i*i of 65536 is 0 in 32 bits, so the last neuron meets neuron 0."""
    found = connect(scope(65_537, 1), "i*i == j")
    assert found.i.tolist() == [0, 65_536]


def test_outside_functions() -> None:
    from spikeq.language.functions import Function

    def call(name: str, arguments: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
        assert name == "twice"
        return 2 * np.asarray(arguments[0])

    plain = scope()
    twice = Function("twice", (DIMENSIONLESS,), kind="integer")
    extended = PairScope(7, 5, plain.resolve, plain.uniform, lambda name: twice if name == "twice" else None, call)
    assert pairs(connect(extended, "twice(j) == i")) == [(0, 0), (2, 1), (4, 2), (6, 3)]


@pytest.mark.parametrize("text", ["i == j", "j == i", "(i == j)"])
def test_the_diagonal_of_large_groups_needs_no_search(text: str) -> None:
    """A search would try 10^12 pairs, which is refused."""
    found = connect(scope(1_000_003, 1_000_001), text, n=2)
    expected = np.repeat(np.arange(1_000_001), 2)
    assert np.array_equal(found.i, expected) and np.array_equal(found.j, expected)


def test_a_condition_like_the_diagonal_is_searched() -> None:
    assert pairs(connect(scope(4, 5), "i == j + 1")) == [(1, 0), (2, 1), (3, 2)]
    assert pairs(connect(scope(4, 5), "i == j", n=0)) == []
