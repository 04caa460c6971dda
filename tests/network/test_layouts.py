"""Where synapses are: each layout against its own list of synapses."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from spikeq.codegen.ends import SIDES, Side
from spikeq.errors import ConnectionError, KindError
from spikeq.network.layouts.choice import checked_layout, empty, joined, layout_of, require_wanted
from spikeq.network.layouts.dense import Dense
from spikeq.network.layouts.layout import Layout
from spikeq.network.layouts.one_to_one import OneToOne
from spikeq.network.layouts.sparse import Sparse, sorted_by
from spikeq.network.queue import DelayQueue


def _sparse(pairs: list[tuple[int, int]], n_pre: int, n_post: int) -> Sparse:
    i, j = np.array(pairs, np.int32).reshape(-1, 2).T
    return Sparse(n_pre, n_post, i, j)


LAYOUTS: list[Layout] = [
    Dense(3, 5),
    Dense(1, 1),
    OneToOne(4, 4),
    _sparse([(0, 1), (0, 4), (2, 0), (2, 2)], 3, 5),
    _sparse([(2, 1), (0, 1), (2, 1), (0, 0), (1, 4)], 3, 5),
    _sparse([(2, 1), (0, 65536), (2, 1), (0, 0), (1, 40000)], 70000, 65537),
    empty(3, 5),
]


def _pairs(layout: Layout) -> list[tuple[int, int]]:
    return list(zip(layout.i.tolist(), layout.j.tolist(), strict=True))


def test_layouts_say_what_they_join() -> None:
    assert repr(Dense(2, 3)) == "Dense(6 synapses, from 2 to 3 neurons)"


def test_the_pairs_of_layouts_that_store_none() -> None:
    assert _pairs(Dense(2, 3)) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert _pairs(OneToOne(3, 3)) == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("side", SIDES)
def test_the_synapses_of_neurons_come_in_the_order_of_their_numbers(layout: Layout, side: Side) -> None:
    ends = layout.ends(side).tolist()
    neurons = sorted({0, layout.size(side) - 1, *ends}, reverse=True)
    edges, which = layout.edges_of(side, np.array(neurons))
    expected = [(e, k) for k, neuron in enumerate(neurons) for e in range(layout.count) if ends[e] == neuron]
    assert list(zip(edges.tolist(), which.tolist(), strict=True)) == expected
    assert layout.degrees(side)[neurons].tolist() == [ends.count(neuron) for neuron in neurons]
    some = np.arange(layout.count)[::-2]
    assert layout.ends(side, some).tolist() == [ends[e] for e in some]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_copies_against_a_loop(layout: Layout) -> None:
    pairs = _pairs(layout)
    assert layout.copies().tolist() == [pairs[:e].count(pair) for e, pair in enumerate(pairs)]
    assert layout.has_copies == (len(set(pairs)) < len(pairs))


def test_the_order_of_large_and_small_numbers_is_stable() -> None:
    numbers = np.random.default_rng(0).integers(0, 300_000, 5000).astype(np.int32)
    for one in (numbers, (numbers % 7).astype(np.int32), (numbers % 1000).astype(np.uint16)):
        assert sorted_by(one).tolist() == sorted(range(len(one)), key=lambda k: int(one[k]))


@pytest.mark.parametrize(("neurons", "bytes_each"), [(65536, 2), (65537, 4)])
def test_short_numbers_reach_up_to_65536_neurons(neurons: int, bytes_each: int) -> None:
    layout = Sparse(neurons, neurons, np.array([neurons - 1, 0]), np.array([32768, neurons - 1]))
    assert layout.stored_pre.itemsize == layout.stored_post.itemsize == bytes_each
    assert _pairs(layout) == [(neurons - 1, 32768), (0, neurons - 1)]


def test_joined_layouts_keep_the_numbers_of_the_first() -> None:
    both = joined(Dense(2, 2), _sparse([(1, 0)], 2, 2))
    assert _pairs(both) == [(0, 0), (0, 1), (1, 0), (1, 1), (1, 0)]
    assert both.form == "sparse"


def _made(pairs: list[tuple[int, int]], n_pre: int, n_post: int, wanted: str = "auto") -> Layout:
    i, j = np.array(pairs, np.int32).reshape(-1, 2).T
    return layout_of(n_pre, n_post, i, j, checked_layout(wanted))


@pytest.mark.parametrize(
    ("pairs", "n_pre", "n_post", "form"),
    [
        ([(0, 0), (0, 1), (1, 0), (1, 1)], 2, 2, "dense"),
        ([(0, 0), (1, 0), (0, 1), (1, 1)], 2, 2, "sparse"),  # column by column: the numbers are others
        ([(0, 0), (0, 1), (1, 1), (1, 1)], 2, 2, "sparse"),
        ([(0, 0), (0, 1)], 1, 2, "dense"),
        ([(0, 0), (1, 1), (2, 2)], 3, 3, "one_to_one"),
        ([(0, 0), (1, 1), (2, 2)], 3, 4, "sparse"),
        ([(0, 0), (2, 2), (1, 1)], 3, 3, "sparse"),
        ([], 3, 3, "sparse"),
    ],
)
def test_the_layout_follows_from_the_synapses(pairs: list[tuple[int, int]], n_pre: int, n_post: int, form: str) -> None:
    layout = _made(pairs, n_pre, n_post)
    assert layout.form == form
    assert _pairs(layout) == pairs


def test_a_layout_that_was_asked_for() -> None:
    square = [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert _made(square, 2, 2, "sparse").form == "sparse"
    assert _made([(0, 0)], 1, 1, "one_to_one").form == "one_to_one"
    assert joined(empty(2, 2), Dense(2, 2), "sparse").form == "sparse"
    require_wanted(_made(square, 2, 2, "dense"), "dense")
    require_wanted(empty(2, 2), "dense")
    with pytest.raises(ConnectionError, match="'dense' was asked for, but these 3 synapses"):
        require_wanted(_made(square[1:], 2, 2, "dense"), "dense")
    with pytest.raises(KindError, match="no layout 'matrix'"):
        checked_layout("matrix")


def _spikes(*numbers: int) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.int64)


def _exchanged(queue: DelayQueue, step: int, *numbers: int) -> list[list[int]]:
    return [spikes.tolist() for spikes in queue.exchange(step, _spikes(*numbers))]


def test_a_queue_gives_spikes_after_the_delay_and_earlier_ones_first() -> None:
    queue = DelayQueue()
    queue.delay = 3
    assert _exchanged(queue, 0, 1) == []
    queue.delay = 2
    assert _exchanged(queue, 1, 4) == []
    assert _exchanged(queue, 2) == []
    assert _exchanged(queue, 3, 9) == [[1, 4]]
    assert _exchanged(queue, 5) == [[9]]


def test_a_queue_gives_what_comes_twice_in_one_step_one_after_the_other() -> None:
    queue = DelayQueue()
    queue.set_delays(None, 3, 10)
    assert _exchanged(queue, 0, 1, 4) == []
    queue.set_delays(None, 2, 10)
    assert _exchanged(queue, 1, 4, 5) == []
    assert _exchanged(queue, 3) == [[1, 4], [4, 5]]


def test_a_queue_keeps_times_when_the_step_changes() -> None:
    queue = DelayQueue()
    queue.count_in(1e-4)
    queue.delay = 10
    queue.exchange(0, _spikes(2))
    queue.count_in(5e-4)
    assert [_exchanged(queue, step) for step in (1, 2)] == [[], [[2]]]
