"""Checks of ``normalise_triton``: sums of k values in another order than torch's agree to k roundings."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from spikeq_kernels import normalise, normalise_triton
from tests.kernels.placed import call

SHAPES = ((1, 1, 1), (1, 7, 65), (3, 33, 5), (2, 70, 130), (1, 300, 2))


def weights(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """Numbers of both signs, some of them 0."""
    generator = torch.Generator().manual_seed(sum(shape))
    values = torch.randn(shape, generator=generator, dtype=torch.float64)
    return torch.where(torch.rand(shape, generator=generator) < 0.2, 0.0, values).to(dtype)


def close(found: Tensor, expected: Tensor, terms: int) -> None:
    """Equal but for what the order of a sum of so many terms can do."""
    narrow = 0.0 if found.dtype == torch.float64 else torch.finfo(torch.float32).eps
    torch.testing.assert_close(found, expected, rtol=(terms + 4) * torch.finfo(torch.float64).eps + narrow, atol=0.0)


def check_matrices() -> None:
    for dtype in (torch.float32, torch.float64):
        for batch, n_pre, n_post in SHAPES:
            for by, n in (("post", n_post), ("pre", n_pre)):
                values, totals = weights(batch, n_pre, n_post, dtype=dtype), weights(batch, n).abs()
                expected = normalise.normalise_dense(values.clone(), totals, by)
                found = values.clone()
                call(normalise_triton.normalise_dense, found, totals, by)
                close(found, expected, n_pre * n_post // n)


def check_lists() -> None:
    for dtype in (torch.float32, torch.float64):
        for batch, synapses, n in ((1, 1, 1), (2, 501, 7), (1, 300, 41)):
            ends = torch.randint(0, n, (synapses,), generator=torch.Generator().manual_seed(n))
            values, totals = weights(batch, synapses, dtype=dtype), weights(batch, n).abs()
            expected = normalise.normalise(values.clone(), ends, totals, n)
            found = values.clone()
            call(normalise_triton.normalise, found, ends, totals, n)
            close(found, expected, int(torch.bincount(ends).max()))


def check_what_has_no_scale_stays() -> None:
    columns = torch.tensor([[0.0, math.inf, math.nan, 1.0, 1.0], [-0.0, 1.0, 1.0, 3.0, 3.0]], dtype=torch.float64)
    totals = torch.tensor([1.0, 1.0, 1.0, -1.0, math.nan])
    found = columns.clone()
    call(normalise_triton.normalise_dense, found, totals, "post")
    assert torch.equal(found.nan_to_num(-9.0), columns.nan_to_num(-9.0))
    assert torch.signbit(found[1, 0])
