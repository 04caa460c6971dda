"""Checks of sums of rows of weights for the interpreter: the same bits as in torch, however lists are cut."""

from __future__ import annotations

import torch
import triton
from torch import Tensor

from spikeq_kernels import dense_sums, spike_list
from tests.kernels.compile_cases import dense_sum
from tests.kernels.placed import call

# elements of the list, places of a segment, first source, sources, targets, share that has the event
CASES = (
    (1, 32, 0, 1, 3, 1.0),
    (300, 32, 0, 300, 5, 0.0),
    (77, 32, 0, 77, 33, 0.5),
    (77, 32, 0, 60, 33, 0.9),
    (301, 32, 37, 150, 70, 0.6),
    (301, 64, 37, 150, 70, 0.6),
    (9000, 32, 0, 9000, 9, 0.03),  # 282 segments: more than are looked at at once
    (9000, 32, 1000, 7001, 9, 0.01),
    (1200, 32, 900, 300, 9, 1.0),
)


def added(weights: Tensor, spiking: Tensor, block: int, start: int, out: Tensor) -> None:
    """The weights of the sources that spiked, added to each row of ``out`` by programs of 32 targets."""
    (batch, n), (n_pre, n_post) = spiking.shape, weights.shape
    places, counts = spike_list.allocate(batch, n, block, weights.device)
    places.fill_(-12345)
    spike_list.store(spiking, places, counts)
    segments, sizes = counts.shape[1], (n_pre, n_post)
    grid = (triton.cdiv(n_post, 32), batch)
    dense_sum[grid](
        weights, places, counts, out, segments, block, *sizes, START=start, BLOCK=32, enable_fp_fusion=False
    )


def made(n: int, start: int, n_pre: int, n_post: int, share: float) -> tuple[Tensor, Tensor, list[Tensor]]:
    """Weights, who spikes in two rows, and the sources of each row."""
    generator = torch.Generator().manual_seed(n + start)
    weights = torch.randn(n_pre, n_post, generator=generator)
    spiking = torch.rand(2, n, generator=generator) < share
    return weights, spiking, [row[start : start + n_pre].nonzero().view(-1) for row in spiking]


def check_sums_are_those_of_torch() -> None:
    for n, block, start, n_pre, n_post, share in CASES:
        weights, spiking, sources = made(n, start, n_pre, n_post, share)
        found = torch.full((2, n_post), 0.25)
        call(added, weights, spiking, block, start, found)
        for row, chosen in zip(found, sources, strict=True):
            assert torch.equal(row, 0.25 + dense_sums.by_rank(weights, chosen)), (n, block, start)


def check_double_precision_is_added_one_by_one() -> None:
    for n, block, start, n_pre, n_post, share in CASES[:6]:
        weights, spiking, sources = made(n, start, n_pre, n_post, share)
        weights = weights.double()
        found = torch.full((2, n_post), 0.1, dtype=torch.float64)
        call(added, weights, spiking, block, start, found)
        for row, chosen in zip(found, sources, strict=True):
            expected = torch.full((n_post,), 0.1, dtype=torch.float64)
            for source in chosen.tolist():
                expected += weights[source]
            assert torch.equal(row, expected), (n, block, start)


def check_a_sum_by_hand() -> None:
    weights = torch.tensor([[2.0**24], [1.0], [1.0], [1.0]])
    # (2**24 + 1) + (1 + 1), where 2**24 + 1 rounds to 2**24; one after the other nothing of the ones would be left
    assert dense_sums.by_rank(weights, torch.arange(4), rows=2).item() == 2.0**24 + 2.0
    found = torch.zeros(1, 1)
    call(added, weights, torch.ones(1, 4, dtype=torch.bool), 32, 0, found)
    assert found.item() == 2.0**24 + 2.0
