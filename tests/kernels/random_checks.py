"""Checks of random numbers for the interpreter: the words, uniforms and decisions of ``philox`` bit for bit, normal
numbers to some units in the last place, Poisson and binomial numbers exactly.
"""

from __future__ import annotations

import numpy as np
import torch
import triton
import triton.language as tl
from torch import Tensor

from spikeq_kernels import distributions, distributions_triton, philox, philox_triton, random_blocks_triton
from spikeq_kernels.philox import Stream
from tests.kernels.fused import fusing
from tests.kernels.placed import apply, call

KEY = philox.hash_key("cells", 7)
FLOATS = (torch.float32, torch.float64)
STREAMS = (Stream(KEY, range(2**31 - 1, 2**31 + 2), 2, 77, row_offset=3), Stream((2**32 - 1, 5), range(1), 1, 1))


@triton.jit
def single(element, draw):
    """The words of single places of row 3 and trial 7, for the key (2**32 - 1, 5)."""
    return philox_triton.word_at(4294967295, 5, element, draw, 3, 7).to(tl.int64)


@triton.jit
def narrow_normal(word):
    """``randn()`` of an int64 word in float32."""
    return distributions_triton.normal(word.to(tl.uint32), tl.float32)


@triton.jit
def wide_normal(word):
    """``randn()`` of an int64 word in float64."""
    return distributions_triton.normal(word.to(tl.uint32), tl.float64)


def many_words() -> Tensor:
    """Words at random, and some close to the middle and to the ends of the normal distribution."""
    generator = torch.Generator().manual_seed(2)
    near = torch.exp2(torch.rand(20_000, dtype=torch.float64, generator=generator) * 31).long()
    ends = torch.tensor([0, 1, 2**31 - 1, 2**31, 2**32 - 1])
    return torch.cat([philox.words(KEY, range(1), 1, 20_000)[0, 0], near, 2**31 - 1 - near, 2**31 + near, ends])


def check_words() -> None:
    for stream in STREAMS:
        assert torch.equal(call(random_blocks_triton.words, stream), stream.words())
        assert torch.equal(call(random_blocks_triton.words, stream, trial=9), stream.words(9))
    element, draw = torch.tensor([0, 32, 7, 2**20, 13]), torch.tensor([0, 9, 2**32 - 1, 2**31, 8])
    assert torch.equal(apply(single, element, draw), philox.word_at((2**32 - 1, 5), element, draw, 3, 7))


def check_uniforms_and_decisions() -> None:
    edges = [0.0, -0.0, -1.0, torch.nan, 1.0, 2.0, torch.inf, -torch.inf, 2.0**-32, 2.0**-33, 3 * 2.0**-33, 1e-45]
    word = many_words()
    for dtype in FLOATS:
        for stream in STREAMS:
            assert torch.equal(call(random_blocks_triton.uniforms, stream, dtype), stream.uniforms(dtype))
        p = torch.cat(
            [torch.tensor(edges).to(dtype), (word.double() / 2**32).to(dtype), (word.double() / 2**45).to(dtype)]
        )
        assert torch.equal(apply(philox_triton.thresholds, p, dtype=torch.int64), philox.thresholds(p))
    for stream in STREAMS:
        limits = stream.words() + torch.arange(stream.n) % 3 - 1
        limits[..., 0] = 2**32
        found = call(random_blocks_triton.decisions, stream, limits)
        assert torch.equal(found, stream.decisions(limits)) and found.any()


def check_normal_numbers() -> None:
    compare_normal_numbers()


def check_interpreted_normal_numbers_with_fused_products() -> None:
    with fusing():
        compare_normal_numbers()


def compare_normal_numbers() -> None:
    word = many_words()
    for function, dtype, bound in ((narrow_normal, torch.float32, 4), (wide_normal, torch.float64, 8)):
        found, expected = apply(function, word, dtype=dtype), distributions.normal(word, dtype)
        unit = torch.from_numpy(np.spacing(expected.abs().numpy()))
        assert ((found - expected).abs() <= bound * unit).all()
        for stream in STREAMS:
            close = (call(random_blocks_triton.normals, stream, dtype) - distributions.normals(stream, dtype)).abs()
            assert (close <= 1e-6).all()


def check_poisson_numbers() -> None:
    generator = torch.Generator().manual_seed(4)
    stream = Stream(KEY, range(7, 9), 2, 501, row_offset=1)
    for dtype in FLOATS:
        mean = torch.exp2(torch.rand(stream.shape, dtype=torch.float64, generator=generator) * 28 - 8).to(dtype)
        mean[0, 0, :5] = torch.tensor([0.0, 10.0, 9.9999, 1e9, 2.0**-40])
        found = call(random_blocks_triton.poisson, stream, mean)
        assert torch.equal(found, distributions.poisson(stream, mean))
        assert (found > 9).any() and (found == 0).any()
    bad = torch.tensor([-1.0, torch.nan, torch.inf])
    assert call(random_blocks_triton.poisson, Stream(KEY, range(1), 1, 3), bad).tolist() == [[[0, 0, 0]]]


def check_binomial_numbers() -> None:
    generator = torch.Generator().manual_seed(5)
    stream = Stream(KEY, range(7, 9), 2, 501, row_offset=1)
    for dtype in FLOATS:
        count = torch.exp2(torch.rand(stream.shape, generator=generator) * 20).int()
        p = (torch.rand(stream.shape, dtype=torch.float64, generator=generator) ** 4).to(dtype)
        p[1] = 1.0 - p[1]
        p[0, 0, :4], count[0, 0, :4] = torch.tensor([0.0, 1.0, 0.5, 0.25]).to(dtype), torch.tensor([9, 9, 0, 1]).int()
        found = call(random_blocks_triton.binomial, stream, count, p)
        assert torch.equal(found, distributions.binomial(stream, count, p))
    bad = call(
        random_blocks_triton.binomial,
        Stream(KEY, range(1), 1, 3),
        torch.tensor([-1, 5, 5]),
        torch.tensor([0.5, 2.0, torch.nan]),
    )
    assert bad.tolist() == [[[0, 5, 0]]]
