"""Normal, Poisson and binomial numbers: exact inverse, moments, goodness of fit, and independence of the split."""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from spikeq_kernels import distributions, philox
from spikeq_kernels.distributions import binomial, log_factorial, normal, normals, poisson
from spikeq_kernels.philox import Stream, hash_key

KEY = hash_key(7, "cells", "cells_stateupdater", 0, 0)
EDGES = [0, 1, 2**31 - 2, 2**31 - 1, 322122547, 322122548]  # the ends, and both sides of p = 0.075


def exact_normal(word: int) -> float:
    """The inverse normal distribution function in 30 digits."""
    with mpmath.workdps(30):
        p = (mpmath.mpf(word & 0x7FFFFFFF) + mpmath.mpf(1) / 2) / 2**32
        size = mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * p)
        return float(-size if word >= 2**31 else size)


def test_normal_is_the_inverse_distribution_function() -> None:
    found = Stream(KEY, range(1), 1, 600).words().flatten()
    small = torch.tensor([2**k + 2**31 * (k % 2) for k in range(31)])
    all_words = torch.cat([torch.tensor(EDGES), torch.tensor(EDGES) + 2**31, small, 2**31 - 1 - small % 2**31, found])
    exact = np.array([exact_normal(word) for word in all_words.tolist()])
    double = normal(all_words, torch.float64).numpy()
    assert np.max(np.abs(double / exact - 1)) <= 1e-15
    single = normal(all_words, torch.float32)
    assert single.dtype == torch.float32
    assert np.array_equal(single.numpy(), double.astype(np.float32))
    assert np.isfinite(double).all() and abs(double).max() < 6.4


def test_normal_is_symmetric() -> None:
    low = torch.tensor([*EDGES, 12345, 2**30])
    assert torch.equal(normal(low, torch.float64), -normal(low + 2**31, torch.float64))
    assert (normal(low) > 0).all()


def test_frozen_numbers() -> None:
    stream = Stream(KEY, range(3, 5), 1, 4)
    expected = [
        "-0x1.443c66262eed9p-1", "0x1.65b19483dff4bp-2", "-0x1.30e868948968cp-2", "0x1.dacd94d2790f0p-4",
        "-0x1.b20a8aa7a2d62p-3", "-0x1.40aba30fb9560p-2", "0x1.41d8a3e4626cbp-2", "0x1.bf8001102d5c0p+0",
    ]  # fmt: skip
    exact = np.array([float.fromhex(number) for number in expected])
    found = normals(stream, torch.float64).flatten().numpy()
    assert np.max(np.abs(found - exact) / np.spacing(np.abs(exact))) <= 4
    assert poisson(stream, 3.0).flatten().tolist() == [4, 2, 5, 3, 5, 5, 2, 0]
    assert poisson(stream, 40.0).flatten().tolist() == [45, 37, 49, 39, 51, 49, 38, 39]
    assert binomial(stream, 10, 0.3).flatten().tolist() == [4, 2, 5, 3, 5, 5, 2, 1]
    assert binomial(stream, 1000, 0.7).flatten().tolist() == [688, 706, 680, 702, 676, 681, 705, 702]


def test_normals_are_normal() -> None:
    found = normals(Stream(KEY, range(200), 1, 1000), torch.float64).flatten().numpy()
    assert stats.kstest(found, "norm").pvalue > 1e-3
    assert abs(found.mean()) < 4 / 200_000**0.5
    assert abs(found.var() - 1) < 4 * (2 / 200_000) ** 0.5
    assert abs(stats.skew(found)) < 4 * (6 / 200_000) ** 0.5
    assert abs(stats.kurtosis(found)) < 4 * (24 / 200_000) ** 0.5
    assert ((found > 3.5).sum(), (found < -3.5).sum()) != (0, 0)


def assert_fits(found: Tensor, law: stats.rv_discrete) -> None:
    """Chi-square over bins of at least 20 expected counts, and the first two moments within 4.5 standard errors."""
    samples = found.flatten().numpy()
    low, high = int(law.ppf(1e-9)), int(law.ppf(1 - 1e-9))
    values = np.arange(low, high + 1)
    expected = law.pmf(values) * len(samples)
    starts = [0]
    for i in range(1, len(values)):
        if expected[starts[-1] : i].sum() >= 20 and expected[i:].sum() >= 20:
            starts.append(i)
    observed = np.bincount(np.clip(samples, low, high) - low, minlength=len(values))
    if len(starts) > 1:
        sums = np.add.reduceat(expected, starts)
        assert stats.chisquare(np.add.reduceat(observed, starts), sums * len(samples) / sums.sum()).pvalue > 1e-3
    mean, variance, _, kurtosis = law.stats("mvsk")
    assert abs(samples.mean() - mean) < 4.5 * (variance / len(samples)) ** 0.5
    assert abs(samples.var() - variance) < 4.5 * variance * ((kurtosis + 2) / len(samples)) ** 0.5


@pytest.mark.parametrize("mean", [0.01, 1.0, 9.999, 10.0, 12.5, 80.0, 3000.0])
def test_poisson_fits(mean: float) -> None:
    assert_fits(poisson(Stream(KEY, range(40), 1, 1000), mean), stats.poisson(mean))


@pytest.mark.parametrize(
    ("count", "p"),
    [
        (1, 0.3),
        (10, 0.5),
        (1000, 0.001),
        (1000, 0.00999),
        (1000, 0.01),
        (40, 0.25),
        (200, 0.5),
        (200, 0.9),
        (5000, 0.4),
    ],
)
def test_binomial_fits(count: int, p: float) -> None:
    found = binomial(Stream(KEY, range(40), 1, 1000), count, p)
    assert found.min() >= 0 and found.max() <= count
    assert_fits(found, stats.binom(count, p))


@pytest.mark.parametrize("mean", [1e-6, 0.3, 2.0, 9.9])
def test_small_means_invert_the_distribution_function(mean: float) -> None:
    stream = Stream(KEY, range(20), 1, 1000)
    target = (stream.words().double().numpy() + 0.5) * 2.0**-32
    assert np.array_equal(poisson(stream, mean).numpy(), stats.poisson(mean).ppf(target))
    assert np.array_equal(binomial(stream, 30, mean / 30).numpy(), stats.binom(30, mean / 30).ppf(target))
    assert np.array_equal(binomial(stream, 30, 1 - mean / 30).numpy(), 30 - stats.binom(30, mean / 30).ppf(target))


def test_certain_outcomes() -> None:
    stream = Stream(KEY, range(3), 2, 5)
    assert not poisson(stream, 0.0).any()
    assert not binomial(stream, 50, 0.0).any()
    assert not binomial(stream, 0, 0.5).any()
    assert (binomial(stream, 50, 1.0) == 50).all()
    large = poisson(stream, 1e12)
    assert ((large - 1e12).abs() < 6e6).all() and len(large.unique()) > 20


MIXED = torch.tensor([0.0, 0.3, 9.0, 10.0, 55.0, 4000.0, 2.0])


@pytest.mark.parametrize(
    "draw_from",
    [
        lambda s, pick: poisson(s, MIXED[pick]),
        lambda s, pick: binomial(s, 4001, MIXED[pick].double() / 4001),
        lambda s, pick: normals(s)[..., pick],
        lambda s, pick: normals(s, torch.float64)[..., pick],
    ],
    ids=["poisson", "binomial", "normals32", "normals64"],
)
def test_numbers_do_not_depend_on_the_split(
    draw_from: Callable[[Stream, slice], Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    every = slice(None)
    whole = draw_from(Stream(KEY, range(60), 4, 7), every)
    parts = [draw_from(Stream(KEY, range(s, s + 12), 4, 7), every) for s in range(0, 60, 12)]
    assert torch.equal(torch.cat(parts), whole)
    rows = [draw_from(Stream(KEY, range(60), 2, 7, row_offset=r), every) for r in (0, 2)]
    assert torch.equal(torch.cat(rows, 1), whole)
    assert torch.equal(draw_from(Stream(KEY, range(60), 4, 5), slice(0, 5)), whole[..., :5])
    monkeypatch.setattr(philox, "_CHUNK", 3)
    assert torch.equal(draw_from(Stream(KEY, range(60), 4, 7), every), whole)


def test_a_number_does_not_depend_on_its_neighbours() -> None:
    stream = Stream(KEY, range(30), 2, 7)
    mixed = poisson(stream, MIXED)
    for i, mean in enumerate(MIXED.tolist()):
        assert torch.equal(poisson(stream, mean)[..., i], mixed[..., i])


def test_the_form_without_reading_back_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(KEY, range(50), 3, 7)
    chances = MIXED.double() / 4001
    expected = poisson(stream, MIXED), binomial(stream, 4001, chances), binomial(stream, 4001, 1 - chances)
    monkeypatch.setattr(distributions, "_may_read_back", lambda values: False)
    found = poisson(stream, MIXED), binomial(stream, 4001, chances), binomial(stream, 4001, 1 - chances)
    for ours, theirs in zip(found, expected, strict=True):
        assert torch.equal(ours, theirs)
    wrong = torch.tensor([-1.0, math.nan, 2.0, 0.0, math.inf, 1.0, 0.0])  # cannot be refused here: they count as 0
    assert not poisson(stream, wrong)[..., [0, 1, 3, 4, 6]].any()


@pytest.mark.parametrize("mean", [-1.0, math.nan, math.inf])
def test_wrong_poisson_means_are_refused(mean: float) -> None:
    with pytest.raises(ValueError, match="Poisson mean"):
        poisson(Stream(KEY, range(1), 1, 3), torch.tensor([1.0, mean, 2.0]))


@pytest.mark.parametrize(("count", "p"), [(-1, 0.5), (3, -0.1), (3, 1.1), (3, math.nan)])
def test_wrong_binomial_parameters_are_refused(count: int, p: float) -> None:
    with pytest.raises(ValueError, match="binomial"):
        binomial(Stream(KEY, range(1), 1, 3), count, p)


def test_log_factorial() -> None:
    k = torch.tensor([*range(200), 10**5, 10**9], dtype=torch.float64)
    exact = np.array([float(mpmath.loggamma(int(v) + 1)) for v in k.tolist()])
    assert np.max(np.abs(log_factorial(k).numpy() - exact) / np.maximum(exact, 1.0)) <= 1e-15


@pytest.mark.parametrize("n", [1, 7, 1237])
@pytest.mark.parametrize(
    ("count", "p"), [(0, 0.3), (5, 0.0), (5, 1.0), (5, 0.5), (1000, 0.002), (100, 0.999), (60, 0.4)]
)
def test_one_pair_of_parameters_gives_the_numbers_of_many_equal_ones(n: int, count: int, p: float) -> None:
    stream = philox.Stream((11, 2), range(3, 20), 2, n)
    many = [torch.full(stream.shape, float(value), dtype=torch.float64) for value in (count, p)]
    assert torch.equal(distributions.binomial(stream, count, p), distributions.binomial(stream, *many))
    mean = torch.full(stream.shape, count * p, dtype=torch.float64)
    assert torch.equal(distributions.poisson(stream, count * p), distributions.poisson(stream, mean))
