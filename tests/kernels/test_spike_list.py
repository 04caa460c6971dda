"""Spike lists in segments, packed bits and sums in fixed point, by hand."""

from __future__ import annotations

import math

import pytest
import torch

from spikeq_kernels import fixed_point, packed_bits, spike_list


def test_a_list_by_hand() -> None:
    members, counts = spike_list.allocate(2, 5, 2)
    members.fill_(-1)
    spiking = torch.tensor([[True, True, False, True, False], [False, False, False, False, True]])
    spike_list.store(spiking, members, counts)
    assert counts.tolist() == [[2, 1, 0], [0, 0, 1]]
    assert members.tolist() == [[0, 1, 3, -1, -1, -1], [-1, -1, -1, -1, 4, -1]]
    assert spike_list.events(members, counts, 5).tolist() == [0, 1, 3, 9]
    assert torch.equal(spike_list.mask(members, counts, 5), spiking)
    spike_list.store(torch.zeros_like(spiking), members, counts)
    assert spike_list.events(members, counts, 5).tolist() == []


def test_bits_by_hand() -> None:
    values = torch.zeros(1, 40, dtype=torch.bool)
    values[0, [0, 3, 31, 32, 39]] = True
    assert packed_bits.pack(values).tolist() == [[1 + 8 - 2**31, 1 + 2**7]]
    assert torch.equal(packed_bits.unpack(packed_bits.pack(values), 40), values)


def test_set_bits_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    values = torch.zeros(3, 70, dtype=torch.bool)
    values[0, [0, 31, 32, 69]] = values[2, [5, 63, 64]] = True
    for at_once in (1, 2, 4, 100):  # however the words are taken in pieces
        monkeypatch.setattr(packed_bits, "_WORDS_AT_ONCE", at_once)
        monkeypatch.setattr(packed_bits, "_SET_WORDS_AT_ONCE", at_once)
        pieces = [torch.stack(piece, 1).tolist() for piece in packed_bits.set_bits(packed_bits.pack(values))]
        assert sum(pieces, []) == values.nonzero().tolist()
    assert packed_bits.ranks(packed_bits.pack(values)[0]).tolist() == [0, 2, 3]


@pytest.mark.parametrize("largest", [1.0, 0.3, 1000.0, 2.0**20, 1e-30, 3e38])
def test_scale_leaves_room(largest: float) -> None:
    scale = fixed_point.scale_for(largest)
    assert math.frexp(scale)[0] == 0.5
    assert largest * scale <= 2**62
    assert largest * scale >= 2**61 or scale == 2.0**126


def test_fixed_point_by_hand() -> None:
    values = torch.tensor([0.5, 1.25, -0.75, 0.125, 1e30, float("nan")])
    targets = torch.tensor([0, 1, 0, 1, 2, 2])
    assert fixed_point.encode(values[:4], 4.0).tolist() == [2, 5, -3, 0]
    total, lost = torch.zeros(4, dtype=torch.int64), torch.zeros((), dtype=torch.int32)
    fixed_point.accumulate(total, targets, values, torch.tensor([4.0, 1e20, 0.25]), lost)
    assert (total.tolist(), lost.item()) == ([-1, 5, 0, 0], 2)
    out = torch.tensor([[1.0, 0.0, 7.0, 0.0]])
    fixed_point.release(total, out, torch.tensor([4.0, 1e20, 0.25]))
    assert (out.tolist(), total.tolist()) == ([[0.75, 1.25, 7.0, 0.0]], [0, 0, 0, 0])
    assert fixed_point.scale_for(0.0) == 1.0
    for largest in (-1.0, math.inf, math.nan):
        with pytest.raises(ValueError, match="finite"):
            fixed_point.scale_for(largest)


@pytest.mark.parametrize(("expected", "count"), [(0.3, 1), (1e-12, 7), (1.0, 10**6), (1e20, 2**20 - 1)])
def test_no_sum_of_values_within_their_limits_can_wrap(expected: float, count: int) -> None:
    scale, most, unit = fixed_point.limits(expected, count)
    assert most >= 1000 * expected
    assert count * most * scale < 2**63
    assert scale * unit == 1.0


def test_sums_are_as_exact_as_the_unit() -> None:
    values = torch.randn(1000, generator=torch.Generator().manual_seed(0))
    numbers = torch.tensor(fixed_point.limits(float(values.abs().max()), 1000), dtype=torch.float64)
    total, lost = torch.zeros(1, dtype=torch.int64), torch.zeros(1, dtype=torch.int32)
    fixed_point.accumulate(total, torch.zeros(1000, dtype=torch.int64), values.double(), numbers, lost)
    exact = values.double().sum()
    assert lost.item() == 0
    assert abs(fixed_point.decode(total, numbers[2], torch.float64) - exact) <= 500 * numbers[2]
