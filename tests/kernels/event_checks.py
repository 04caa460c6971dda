"""Checks of spike lists, packed bits and sums in fixed point for the interpreter, in memory full of other numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from spikeq_kernels import (
    fixed_point,
    fixed_point_triton,
    packed_bits,
    packed_bits_triton,
    spike_list,
    spike_list_triton,
)
from tests.kernels.placed import call

SIZES = ((1, 1, 32), (2, 77, 32), (3, 128, 64), (1, 1001, 128), (1, 5, 128))  # batch, n, block


def some(batch: int, n: int, share: float) -> Tensor:
    """Who spikes, the first and the last element of row 0 among them unless the share is 0."""
    spiking = torch.rand(batch, n, generator=torch.Generator().manual_seed(n)) < share
    if share:
        spiking[0, 0] = spiking[0, -1] = True
    return spiking


def soiled(batch: int, n: int, block: int) -> tuple[Tensor, Tensor]:
    """A list with numbers in it that nobody must read."""
    members, counts = spike_list.allocate(batch, n, block)
    return members.fill_(-12345), counts.fill_(99)


def check_lists_are_written() -> None:
    for batch, n, block in SIZES:
        for share in (0.0, 0.3, 1.1):
            spiking = some(batch, n, share)
            members, counts = soiled(batch, n, block)
            call(spike_list_triton.store, spiking, members, counts)
            assert torch.equal(spike_list.mask(members, counts, n), spiking)
            expected = soiled(batch, n, block)
            spike_list.store(spiking, *expected)
            assert torch.equal(members, expected[0]) and torch.equal(counts, expected[1])


def check_lists_are_read_in_order() -> None:
    for _, n, block in SIZES:
        for share in (0.0, 0.05, 0.5, 1.1):
            members, counts = soiled(1, n, block)
            spike_list.store(some(1, n, share), members, counts)
            expected = spike_list.events(members, counts, n).int()
            for read in (spike_list_triton.ordered, spike_list_triton.joined):
                out = torch.full((len(expected) + 3,), -7, dtype=torch.int32)
                call(read, members, counts, out)
                assert torch.equal(out[: len(expected)], expected)
                assert (out[len(expected) :] == -7).all()


def check_long_lists_are_joined() -> None:
    members, counts = soiled(1, 1001, 32)  # 32 segments, read 4 counts at a time
    spike_list.store(some(1, 1001, 0.4), members, counts)
    expected = spike_list.events(members, counts, 1001).int()
    out = torch.empty(len(expected), dtype=torch.int32)
    call(spike_list_triton.joined, members, counts, out, width=4)
    assert torch.equal(out, expected)


def check_bits() -> None:
    for batch, n, block in SIZES:
        for share in (0.0, 0.5, 1.1):
            values = some(batch, n, share)
            words = call(packed_bits_triton.pack, values, block)
            assert torch.equal(words, packed_bits.pack(values))
            assert torch.equal(call(packed_bits_triton.unpack, words, n, block), values)


def check_bits_of_a_part() -> None:
    for batch, n, block in SIZES:
        values = some(batch, n, 0.5)
        for start, stop in ((0, n), (n // 3, n - n // 4), (n - 1, n)):
            words = call(packed_bits_triton.pack_part, values, start, stop, block)
            slot, element = (torch.cat(found) for found in zip(*packed_bits.set_bits(words), strict=True))
            inside = values[:, start:stop].nonzero()
            assert slot.tolist() == inside[:, 0].tolist()
            assert (element + start // 32 * 32).tolist() == (inside[:, 1] + start).tolist()


def check_values_where_bits_are_set() -> None:
    for _, n, block in SIZES:
        for share in (0.0, 0.3, 1.1):
            chosen, values = some(1, n, share), torch.arange(1, n + 1, dtype=torch.float32)
            found = call(packed_bits_triton.chosen, values, packed_bits.pack(chosen)[0], int(chosen.sum()), block)
            assert torch.equal(found, values[chosen[0]])


def check_fixed_point() -> None:
    generator = torch.Generator().manual_seed(3)
    for dtype in (torch.float32, torch.float64):
        values = torch.randn(3001, dtype=dtype, generator=generator)
        scale, most, unit = fixed_point.limits(4.0, 500)
        assert (scale, most, unit) == (2.0**40, 2.0**13, 2.0**-40)  # 2**62 = 2**40 * 2**13 * 2**9
        values[:6] = torch.tensor([0.0, 0.5, 1.5, -0.5, -1.5, 2.5], dtype=dtype) * unit
        values[6:10] = torch.tensor([float("nan"), float("inf"), -8193.0, 8192.0], dtype=dtype)
        targets = torch.randint(0, 41, (3001,), generator=generator, dtype=torch.int32)
        numbers = torch.tensor([scale, most, unit], dtype=dtype)
        found, lost = torch.zeros(41, dtype=torch.int64), torch.zeros(1, dtype=torch.int32)
        call(fixed_point_triton.accumulate_all, found, targets, values, numbers, lost)
        expected, missing = torch.zeros_like(found), torch.zeros(1, dtype=torch.int32)
        fixed_point.accumulate(expected, targets.long(), values, numbers, missing)
        assert torch.equal(found, expected)
        assert lost.item() == missing.item() == 3
    assert fixed_point.encode(values[:6], scale).tolist() == [0, 0, 2, 0, -2, 2]
    total = torch.tensor([3, 0])
    out = torch.tensor([1.0, 2.0])
    fixed_point.release(total, out, torch.tensor([4.0, 8.0, 0.25]))
    assert (out.tolist(), total.tolist()) == ([1.75, 2.0], [0, 0])
