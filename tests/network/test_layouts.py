"""Where synapses are: each layout against its own list of edges."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from spikeq.network.layouts import Dense, Layout, Sparse, counted, edges_by, joined
from spikeq.network.queue import DelayQueue


def _sparse(pairs: list[tuple[int, int]], n_pre: int, n_post: int) -> Sparse:
    i, j = np.array(pairs, np.int32).reshape(-1, 2).T
    return Sparse(n_pre, n_post, i, j)


LAYOUTS: list[Layout] = [
    Dense(3, 5),
    _sparse([(0, 1), (0, 4), (2, 0), (2, 2)], 3, 5),
    _sparse([(2, 1), (0, 1), (2, 1), (0, 0), (1, 4)], 3, 5),
    _sparse([], 3, 5),
]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("side", ["pre", "post"])
def test_edges_of_a_neuron_come_in_the_order_of_their_numbers(layout: Layout, side: str) -> None:
    access = edges_by(layout, side)
    ends, size = (layout.i, layout.n_pre) if side == "pre" else (layout.j, layout.n_post)
    for neuron in range(size):
        places = np.arange(access.offsets[neuron], access.offsets[neuron + 1])
        edges = places if access.order is None else access.order[places]
        assert edges.tolist() == [e for e in range(layout.count) if ends[e] == neuron]


def test_joined_layouts_keep_the_numbers_of_the_first() -> None:
    both = joined(Dense(2, 2), _sparse([(1, 0)], 2, 2))
    assert both.i.tolist() == [0, 0, 1, 1, 1]
    assert both.j.tolist() == [0, 1, 0, 1, 0]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_counts_against_a_loop(layout: Layout) -> None:
    pairs = list(zip(layout.i.tolist(), layout.j.tolist(), strict=True))
    assert counted(layout, "N_incoming").tolist() == [sum(j == b for _, b in pairs) for _, j in pairs]
    assert counted(layout, "N_outgoing").tolist() == [sum(i == a for a, _ in pairs) for i, _ in pairs]
    assert counted(layout, "copy").tolist() == [pairs[:e].count(pair) for e, pair in enumerate(pairs)]


def _spikes(*numbers: int) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.int64)


def test_a_queue_gives_spikes_after_the_delay_and_earlier_ones_first() -> None:
    queue = DelayQueue()
    queue.delay = 3
    assert queue.exchange(0, _spikes(1)).tolist() == []
    queue.delay = 2
    assert queue.exchange(1, _spikes(4)).tolist() == []
    assert queue.exchange(2, _spikes()).tolist() == []
    assert queue.exchange(3, _spikes(9)).tolist() == [1, 4]
    assert queue.exchange(5, _spikes()).tolist() == [9]


def test_a_queue_keeps_times_when_the_step_changes() -> None:
    queue = DelayQueue()
    queue.count_in(1e-4)
    queue.delay = 10
    queue.exchange(0, _spikes(2))
    queue.count_in(5e-4)
    assert [queue.exchange(step, _spikes()).tolist() for step in (1, 2)] == [[], [2]]
