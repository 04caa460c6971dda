"""Checks of spikes through lists of synapses: every synapse of a spike once, whatever the lengths of their runs."""

from __future__ import annotations

import torch
from torch import Tensor

from spikeq_kernels import propagate_sparse, propagate_sparse_triton, spike_list
from tests.kernels.placed import call

N_PRE, N_POST = 77, 11


def synapses(longest: int) -> tuple[Tensor, Tensor, Tensor]:
    """(offsets, post, values): runs of 0 to ``longest`` synapses, pairs several times among them; sums are exact."""
    random = torch.Generator().manual_seed(longest)
    lengths = torch.randint(0, longest + 1, (N_PRE,), generator=random)
    lengths[0] = lengths[-1] = lengths[13] = 0
    lengths[1] = longest
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    post = torch.randint(0, N_POST, (int(offsets[-1]),), generator=random)
    return offsets.int(), post.int(), torch.randint(1, 9, post.shape, generator=random) / 8


def check_every_synapse_is_visited_once() -> None:
    for longest, share, form in (
        (3, 0.0, {}),
        (3, 0.3, {"shares": 1, "events": 4, "block": 16}),
        (0, 0.5, {"shares": 2, "events": 8, "block": 32}),
        (150, 0.3, {"shares": 4, "events": 32, "block": 32}),
        (40, 1.1, {"shares": 3, "events": 16, "block": 64}),
        (5, 1.1, {"shares": 16, "events": 64, "block": 16}),
    ):
        offsets, post, values = synapses(longest)
        spiking = torch.rand(2, N_PRE, generator=torch.Generator().manual_seed(3)) < share
        members, counts = spike_list.allocate(2, N_PRE, 64)
        spike_list.store(spiking, members.fill_(5), counts)
        found, expected = torch.ones(2, N_POST), torch.ones(2, N_POST)
        call(propagate_sparse_triton.propagate_sparse, values, post, members, counts, offsets, found, **form)
        spikes = spiking.view(-1).nonzero().view(-1)
        propagate_sparse.propagate_sparse(values, post.long(), spikes, offsets.long(), expected)
        assert torch.equal(found, expected)
        assert (expected.sum() > 2 * N_POST) == (share > 0 and longest > 0)


def check_a_place_finds_its_run() -> None:
    for lengths in ([3, 0, 0, 1, 2, 0, 5, 0], [1], [0, 0, 0, 4], [2] * 1024):
        ends = torch.tensor(lengths).cumsum(0)
        found = torch.full((int(ends[-1]),), -1, dtype=torch.int32)
        call(propagate_sparse_triton.runs_of_places, ends.int(), found)
        expected = torch.repeat_interleave(torch.arange(len(lengths)), torch.tensor(lengths))
        assert torch.equal(found.long(), expected)
