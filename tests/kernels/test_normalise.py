"""Normalisation of lists and matrices against loops over Python numbers; its sums are formed in the stated order."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from spikeq_kernels import normalise as kernel
from spikeq_kernels.normalise import normalise, normalise_dense

SHAPES = [(1, 1, 1), (1, 7, 5), (3, 13, 1), (2, 33, 70), (4, 5, 129)]


def weights(*shape: int, seed: int = 0) -> Tensor:
    """Numbers from 1e-9 to 1e9 of both signs: another order of addition gives another sum."""
    rng = np.random.default_rng(seed)
    return torch.as_tensor(rng.normal(size=shape) * 10.0 ** rng.uniform(-9, 9, shape))


def looped(values: Tensor, ends: Tensor, totals: Tensor, n: int) -> Tensor:
    """One synapse after the other, in Python's numbers."""
    rows = []
    for row, wanted in zip(values.tolist(), totals.tolist(), strict=True):
        sums = [0.0] * n
        for value, end in zip(row, ends.tolist(), strict=True):
            sums[end] += abs(value)
        rows.append([v * (wanted[e] / sums[e]) if sums[e] else v for v, e in zip(row, ends.tolist(), strict=True)])
    return torch.tensor(rows, dtype=torch.float64)


def ends_of(n_pre: int, n_post: int, by: str) -> Tensor:
    number = torch.arange(n_pre * n_post, dtype=torch.int32)
    return number % n_post if by == "post" else number // n_post


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("by", ["post", "pre"])
@pytest.mark.parametrize("block", [1, 50, 1 << 18])
def test_float64_is_the_loop_bit_for_bit(
    shape: tuple[int, int, int], by: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "_BLOCK", block)
    batch, n_pre, n_post = shape
    n, ends = (n_post if by == "post" else n_pre), ends_of(n_pre, n_post, by)
    values, totals = weights(batch, n_pre * n_post), weights(batch, n, seed=1).abs()
    expected = looped(values, ends, totals, n)
    matrix = normalise_dense(values.clone().view(batch, n_pre, n_post), totals, by)
    assert torch.equal(matrix.view(batch, -1), expected)
    assert torch.equal(normalise(values.clone(), ends, totals, n), expected)


def test_the_numbers_tell_orders_apart() -> None:
    values = weights(400, 300)
    there, back = (normalise_dense(v, 1.0, "post") for v in (values.clone(), values.flip(0).clone()))
    assert (there != back.flip(0)).sum() > 100


def test_small_answers_by_hand() -> None:
    values = torch.tensor([1.0, -3.0, 0.0, 2.0, 0.0], dtype=torch.float64)
    ends = torch.tensor([0, 0, 1, 2, 1])
    found = normalise(values, ends, torch.tensor([8.0, 5.0, 1.0, 7.0]), 4)
    assert found is values
    assert values.tolist() == [2.0, -6.0, 0.0, 1.0, 0.0]


def test_one_total_for_all_and_totals_of_rows() -> None:
    values = torch.tensor([[1.0, 1.0, 2.0], [4.0, 0.0, 1.0]])
    ends = torch.tensor([0, 1, 1])
    assert normalise(values.clone(), ends, 6.0, 2).tolist() == [[6.0, 2.0, 4.0], [6.0, 0.0, 6.0]]
    per_row = torch.tensor([[1.0], [2.0]])
    expected = torch.tensor([[1.0, 1 / 3, 2 / 3], [2.0, 0.0, 2.0]])
    assert torch.equal(normalise(values.clone(), ends, per_row, 2), expected)


def test_what_has_no_scale_stays_as_it_is() -> None:
    inf, nan = math.inf, math.nan
    columns = torch.tensor([[0.0, inf, nan, 1.0, 1.0, 5e-324], [-0.0, 1.0, 1.0, 3.0, 3.0, 0.0]], dtype=torch.float64)
    totals = torch.tensor([1.0, 1.0, 1.0, -1.0, nan, 78.4])
    found = normalise_dense(columns.clone(), totals, "post")
    np.testing.assert_array_equal(found.numpy(), columns.numpy())
    assert str(float(found[1, 0])) == "-0.0"


def test_float32_is_scaled_in_float64_and_rounded_once() -> None:
    values = torch.tensor([1e-45, 0.0, 0.1, 0.2], dtype=torch.float32)
    found = normalise(values.clone(), torch.tensor([0, 0, 1, 1]), 78.4, 2)
    exact = values.double() * (78.4 / torch.tensor([values[0].double()] * 2 + [values[2:].double().sum()] * 2))
    assert torch.equal(found, exact.float())
    assert found[0] == torch.tensor(78.4) and found[1] == 0


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_scale(shape: tuple[int, int]) -> None:
    empty = torch.zeros(shape)
    for by in ("pre", "post"):
        assert normalise_dense(empty, 1.0, by).shape == shape
    assert normalise(torch.zeros(0), torch.zeros(0, dtype=torch.int64), 1.0, 3).shape == (0,)


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_gpu_gives_the_same_bits_every_time(dtype: torch.dtype) -> None:
    values, ends = weights(20000).to(dtype), torch.arange(20000) % 7
    there = [normalise(values.cuda(), ends.cuda(), 3.0, 7).cpu() for _ in range(3)]
    assert torch.equal(there[0], there[1]) and torch.equal(there[0], there[2])
    torch.testing.assert_close(there[0], normalise(values.clone(), ends, 3.0, 7))
    matrix = normalise_dense(values.cuda().view(-1, 50), 3.0, "post").cpu()
    torch.testing.assert_close(matrix, normalise_dense(values.clone().view(-1, 50), 3.0, "post"))
