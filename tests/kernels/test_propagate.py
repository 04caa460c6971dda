"""Delivery of spikes, dense and sparse, against plain loops over Python numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from spikeq_kernels.propagate_dense import DenseSum, bag_starts_of, propagate_dense, propagate_dense_static
from spikeq_kernels.propagate_sparse import expand, propagate_sparse, propagate_sparse_static

SHAPES = [(1, 1, 1), (1, 7, 5), (3, 13, 1), (2, 33, 70), (4, 5, 129), (1, 400, 600), (2, 300, 1500)]


def numbers(*shape: int, seed: int = 0) -> Tensor:
    """Numbers from 1e-9 to 1e9 of both signs: another order of addition gives another sum."""
    rng = np.random.default_rng(seed)
    return torch.as_tensor(rng.normal(size=shape) * 10.0 ** rng.uniform(-9, 9, shape))


def mask(batch: int, n_pre: int, chance: float = 0.4) -> Tensor:
    return torch.from_numpy(np.random.default_rng(1).random((batch, n_pre)) < chance)


def spikes_of(spiking: Tensor) -> Tensor:
    return spiking.flatten().nonzero().squeeze(1)


def dense_loop(weights: Tensor, spiking: Tensor, out: Tensor) -> Tensor:
    """One weight after the other; within a row of the batch NumPy adds the targets side by side."""
    total = out.numpy().copy()
    for row, i in spiking.nonzero().tolist():
        total[row] += (weights[row, i] if weights.dim() == 3 else weights[i]).numpy()
    return torch.from_numpy(total)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("own", [False, True])
def test_dense_float64_adds_one_by_one(shape: tuple[int, int, int], own: bool) -> None:
    batch, n_pre, n_post = shape
    weights = numbers(batch, n_pre, n_post) if own else numbers(n_pre, n_post)
    out, spiking = numbers(batch, n_post, seed=2), mask(batch, n_pre)
    expected = dense_loop(weights, spiking, out)
    assert torch.equal(propagate_dense(weights, spikes_of(spiking), out), expected)


def test_the_numbers_tell_orders_apart() -> None:
    weights, out, spiking = numbers(400, 600), numbers(1, 600, seed=2), mask(1, 400)
    backwards = dense_loop(weights.flip(0), spiking.flip(1), out)
    summed_first = out + dense_loop(weights, spiking, torch.zeros_like(out))
    in_order = dense_loop(weights, spiking, out)
    assert (backwards != in_order).sum() > 100 and (summed_first != in_order).sum() > 100


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dense_static_equals_the_list(shape: tuple[int, int, int], own: bool, dtype: torch.dtype) -> None:
    batch, n_pre, n_post = shape
    weights = (numbers(batch, n_pre, n_post) if own else numbers(n_pre, n_post)).to(dtype)
    out, spiking = numbers(batch, n_post, seed=2).to(dtype), mask(batch, n_pre)
    expected = out + dense_loop(weights, spiking, torch.zeros_like(out))
    assert torch.equal(propagate_dense_static(weights, spiking, out.clone()), expected)
    if dtype == torch.float32:
        assert torch.equal(propagate_dense(weights, spikes_of(spiking), out), expected)


@pytest.fixture(params=[1, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    usual = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(usual)


@pytest.mark.parametrize("shape", [*SHAPES, (1, 900, 1539), (1, 700, 1538)])
def test_dense_sum_is_the_loop_with_any_number_of_threads(shape: tuple[int, int, int], threads: int) -> None:
    batch, n_pre, n_post = shape
    weights, spiking = numbers(n_pre, n_post).float(), mask(batch, n_pre)
    sum_of = DenseSum(weights, batch)
    assert torch.equal(sum_of(spikes_of(spiking)), dense_loop(weights, spiking, torch.zeros(batch, n_post)))
    few = spiking & (torch.arange(n_pre) < 2)
    assert torch.equal(sum_of(spikes_of(few)), dense_loop(weights, few, torch.zeros(batch, n_post)))


def test_columns_are_shared_among_threads(threads: int) -> None:
    """The shape of the test above for which three threads take a third of the columns each."""
    shared = DenseSum(torch.zeros(900, 1539), 1)
    assert shared._parts == threads
    assert threads == 1 or shared._worthwhile < int(mask(1, 900).sum())
    assert DenseSum(torch.zeros(900, 1537), 1)._parts == 1


def test_dense_bag_starts_of_the_caller() -> None:
    spiking = mask(3, 20)
    spiking[1] = False
    spikes, weights = spikes_of(spiking), numbers(20, 6).float()
    starts = bag_starts_of(spikes, 20, 3)
    counts = spiking.sum(1).tolist()
    assert starts.tolist() == [0, counts[0], counts[0]]
    plain = propagate_dense(weights, spikes, torch.zeros(3, 6))
    assert torch.equal(propagate_dense(weights, spikes, torch.zeros(3, 6), starts), plain)
    assert not plain[1].any() and plain[2].all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("every", [False, True])
def test_dense_none_and_all(dtype: torch.dtype, every: bool) -> None:
    weights, spiking = numbers(9, 4).to(dtype), torch.full((2, 9), every)
    out = torch.zeros(2, 4, dtype=dtype)
    expected = dense_loop(weights, spiking, out)
    assert torch.equal(propagate_dense(weights, spikes_of(spiking), out.clone()), expected)
    assert torch.equal(propagate_dense_static(weights, spiking, out.clone()), expected)


def test_silent_weights_are_not_touched() -> None:
    weights = torch.ones(4, 3)
    weights[1] = torch.nan
    weights[3] = torch.inf
    spiking = torch.tensor([[True, False, True, False]])
    assert propagate_dense(weights, spikes_of(spiking), torch.zeros(1, 3)).tolist() == [[2.0] * 3]
    assert propagate_dense_static(weights, spiking, torch.zeros(1, 3)).tolist() == [[2.0] * 3]


def edge_list(n_pre: int, n_post: int) -> tuple[Tensor, Tensor, Tensor]:
    """(offsets, pre, post): random synapses with repeats; every third neuron has none."""
    rng = np.random.default_rng(4)
    counts = rng.integers(0, 9, n_pre)
    counts[::3] = 0
    offsets = torch.from_numpy(np.concatenate([[0], np.cumsum(counts)]))
    pre = torch.from_numpy(np.repeat(np.arange(n_pre), counts))
    return offsets, pre, torch.from_numpy(rng.integers(0, n_post, counts.sum()))


SPARSE = [(1, 1, 1), (1, 7, 3), (3, 31, 5), (2, 200, 41), (1, 1000, 1)]


@pytest.mark.parametrize("shape", SPARSE)
def test_expand_lists_edges_in_order(shape: tuple[int, int, int]) -> None:
    batch, n_pre, n_post = shape
    offsets, _, _ = edge_list(n_pre, n_post)
    spiking = mask(batch, n_pre)
    expected = [
        (edge, row) for row, i in spiking.nonzero().tolist() for edge in range(int(offsets[i]), int(offsets[i + 1]))
    ]
    edges, rows = expand(spikes_of(spiking), offsets)
    assert list(zip(edges.tolist(), rows.tolist(), strict=True)) == expected
    edges, rows = expand(spikes_of(spiking), offsets, n_edges=len(expected))
    assert list(zip(edges.tolist(), rows.tolist(), strict=True)) == expected


@pytest.mark.parametrize("shape", SPARSE)
@pytest.mark.parametrize("kind", ["one", "edge", "row and edge"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_sparse_adds_one_by_one(shape: tuple[int, int, int], kind: str, dtype: torch.dtype) -> None:
    batch, n_pre, n_post = shape
    offsets, pre, post = edge_list(n_pre, n_post)
    sizes = {"one": (), "edge": (len(post),), "row and edge": (batch, len(post))}
    values = numbers(*sizes[kind]).to(dtype)
    spiking, out = mask(batch, n_pre), numbers(batch, n_post, seed=2).to(dtype)
    total, plain = out.numpy().copy(), values.expand(batch, len(post)).numpy()
    for row, i in spiking.nonzero().tolist():
        for edge in range(int(offsets[i]), int(offsets[i + 1])):
            total[row, post[edge]] += plain[row, edge]
    expected = torch.from_numpy(total)
    assert torch.equal(propagate_sparse(values, post, spikes_of(spiking), offsets, out.clone()), expected)
    assert torch.equal(propagate_sparse_static(values, pre, post, spiking, out.clone()), expected)


def test_sparse_without_spikes_or_synapses() -> None:
    offsets, _, post = edge_list(7, 3)
    nothing = torch.empty(0, dtype=torch.int64)
    out = torch.ones(2, 3)
    assert propagate_sparse(torch.ones(len(post)), post, nothing, offsets, out.clone()).tolist() == out.tolist()
    silent = torch.tensor([0, 7])  # neuron 0 of both rows has no synapses
    assert propagate_sparse(torch.ones(len(post)), post, silent, offsets, out.clone()).tolist() == out.tolist()
    edges, rows = expand(nothing, offsets)
    assert len(edges) == len(rows) == 0
    no_edges = propagate_sparse(torch.empty(0), nothing, silent, torch.zeros(8, dtype=torch.int64), out.clone())
    assert no_edges.tolist() == out.tolist()


def test_sparse_silent_edges_are_not_touched() -> None:
    values, pre, post = torch.tensor([1.0, torch.nan, torch.inf]), torch.tensor([0, 1, 1]), torch.tensor([0, 0, 0])
    spiking = torch.tensor([[True, False]])
    assert propagate_sparse_static(values, pre, post, spiking, torch.zeros(1, 1)).item() == 1.0
