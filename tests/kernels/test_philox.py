"""Philox words against published vectors, frozen words of our own, and every way of splitting the work."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats
from torch import Tensor

from spikeq_kernels import philox
from spikeq_kernels.philox import Stream, below, hash_key, philox4x32, thresholds, uniform, word_at, words

KEY = hash_key(7, "cells", "cells_stateupdater", 0, 0)

# Random123, tests/kat_vectors, philox4x32 with 10 rounds: counter, key, words
PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


def plain_philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """The paper's definition on Python integers."""
    c0, c1, c2, c3 = counter
    for r in range(10):
        k0, k1 = (key[0] + r * 0x9E3779B9) % 2**32, (key[1] + r * 0xBB67AE85) % 2**32
        low, high = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (high >> 32) ^ c1 ^ k0, high % 2**32, (low >> 32) ^ c3 ^ k1, low % 2**32
    return c0, c1, c2, c3


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_published_vectors(counter: tuple[int, ...], key: tuple[int, int], expected: tuple[int, ...]) -> None:
    found = philox4x32(*(torch.tensor([c]) for c in counter), key=key)
    assert tuple(int(word) for word in found) == expected
    assert plain_philox(counter, key) == expected


def test_broadcast_counters_equal_the_definition() -> None:
    parts = [torch.tensor(v).view(s) for v, s in (([0, 5, 2**32 - 1], (3, 1, 1, 1)), ([1, 2**31], (1, 2, 1, 1)))]
    parts += [torch.tensor(v).view(s) for v, s in (([3, 4], (1, 1, 2, 1)), ([9, 2**32 - 2], (1, 1, 1, 2)))]
    found = torch.stack(philox4x32(*parts, key=KEY), -1)
    assert found.shape == (3, 2, 2, 2, 4)
    for at in np.ndindex(3, 2, 2, 2):
        counter = tuple(int(part.flatten()[i]) for part, i in zip(parts, at, strict=True))
        assert tuple(found[at].tolist()) == plain_philox(counter, KEY)


def test_layout_of_the_counter() -> None:
    block = words(KEY, range(2**31, 2**31 + 3), rows=2, n=7, trial=5, row_offset=3)
    assert block.shape == (3, 2, 7) and block.dtype == torch.int64
    for k, row, element in np.ndindex(3, 2, 7):
        counter = (element // 4, 2**31 + k, row + 3, 5)
        assert int(block[k, row, element]) == plain_philox(counter, KEY)[element % 4]


def test_frozen_key_and_words() -> None:
    assert hash_key("a", 1) == (93615530, 3347547840)
    assert KEY == (3850311897, 143457381)
    assert words(KEY, range(3, 5), 2, 5, row_offset=1).tolist() == [
        [
            [2512186368, 2970562199, 1686823931, 105829699, 1686794924],
            [3247894718, 46051423, 2816546591, 2791465962, 973799364],
        ],
        [
            [1690896717, 2878366299, 3330577055, 392498318, 1421904791],
            [2797917183, 3936720210, 3837480479, 4046400042, 932852585],
        ],
    ]


def test_hash_key_separates_parts_and_types() -> None:
    keys = [hash_key(*p) for p in (("ab", "c"), ("a", "bc"), ("abc",), (1,), ("1",), (-1,), (2**70,), (), ("é",))]
    assert len(set(keys)) == len(keys)
    assert hash_key(np.int64(3), "x") == hash_key(3, "x")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        hash_key(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("chunk", [1, 3, 8, 1000])
def test_words_do_not_depend_on_the_chunk(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream(KEY, range(4, 11), 3, 21)
    expected = stream.words(trial=2)
    p = torch.linspace(0, 1, 21, dtype=torch.float64)
    decisions, uniforms = stream.decisions(thresholds(p)), stream.uniforms(torch.float64)
    monkeypatch.setattr(philox, "_CHUNK", chunk)
    assert torch.equal(stream.words(trial=2), expected)
    assert torch.equal(stream.decisions(thresholds(p)), decisions)
    assert torch.equal(stream.uniforms(torch.float64), uniforms)


def test_words_do_not_depend_on_the_split() -> None:
    whole = words(KEY, range(5, 25), 6, 13)
    by_draws = torch.cat([words(KEY, range(s, s + 4), 6, 13) for s in range(5, 25, 4)])
    by_rows = torch.cat([words(KEY, range(5, 25), 2, 13, row_offset=r) for r in (0, 2, 4)], dim=1)
    assert torch.equal(by_draws, whole) and torch.equal(by_rows, whole)
    assert torch.equal(words(KEY, range(5, 25), 6, 5), whole[..., :5])  # nor on how many elements there are
    assert torch.equal(words(KEY, torch.tensor([24, 5]), torch.tensor([4, 1]), 13), whole[[19, 0]][:, [4, 1]])
    assert torch.equal(words(KEY, range(5, 25, 3), 6, 13), whole[::3])


def test_single_words_equal_the_block() -> None:
    block = words(KEY, range(10), 4, 33, trial=6)
    element, draw, row = torch.tensor([0, 32, 7, 7, 13]), torch.tensor([0, 9, 3, 3, 8]), torch.tensor([0, 3, 1, 2, 2])
    assert torch.equal(word_at(KEY, element, draw, row, 6), block[draw, row, element])
    assert torch.equal(word_at(KEY, torch.arange(33), 4, 1, 6), block[4, 1])
    assert int(word_at(KEY, torch.tensor(5), 4, 1, 6)) == int(block[4, 1, 5])


@pytest.mark.parametrize("shape", [(0, 2, 5), (3, 0, 5), (3, 2, 0)])
def test_empty_blocks(shape: tuple[int, int, int]) -> None:
    assert words(KEY, range(shape[0]), shape[1], shape[2]).shape == shape


def test_draws_beyond_the_counter_are_refused() -> None:
    assert words(KEY, range(2**32 - 1, 2**32), 1, 3).shape == (1, 1, 3)
    for draws in (range(2**32, 2**32 + 1), range(-1, 3)):
        with pytest.raises(ValueError, match="high bits"):
            Stream(KEY, draws, 1, 3)


def test_out_is_filled_and_checked() -> None:
    room = torch.full((2, 1, 6), -1)
    assert words(KEY, range(2), 1, 6, out=room) is room
    assert torch.equal(room, words(KEY, range(2), 1, 6))
    with pytest.raises(ValueError, match="shape"):
        words(KEY, range(2), 1, 7, out=room)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_uniform_is_exact(dtype: torch.dtype) -> None:
    found = uniform(torch.tensor([0, 255, 256, 2**31, 2**32 - 1]), dtype)
    assert found.dtype == dtype
    assert found.tolist() == [0.0, 0.0, 2.0**-24, 0.5, 1.0 - 2.0**-24]


def test_thresholds() -> None:
    p = [0.0, -1.0, torch.nan, 1.0, 2.0, torch.inf, -torch.inf, 0.5, 2.0**-32, 2.0**-34]
    top = 2**32
    assert thresholds(torch.tensor(p, dtype=torch.float64)).tolist() == [0, 0, 0, top, top, top, 0, top // 2, 1, 0]
    assert thresholds(0.25).item() == 2**30
    assert below(torch.tensor([0, 2**30 - 1, 2**30, 2**32 - 1]), 0.25).tolist() == [True, True, False, False]
    extremes = torch.tensor([0, 2**32 - 1])
    assert below(extremes, 1.0).all() and not below(extremes, 0.0).any() and not below(extremes, torch.nan).any()


def test_decisions_equal_below() -> None:
    stream = Stream(KEY, range(40), 2, 9)
    p = torch.rand(2, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    found = stream.decisions(thresholds(p))
    assert torch.equal(found, below(stream.words(), p))
    assert 0 < int(found.sum()) < found.numel()


def flat_uniforms(block: Tensor) -> np.ndarray:
    return (block.to(torch.float64).flatten().numpy() + 0.5) * 2.0**-32


def test_words_are_uniform() -> None:
    block = words(KEY, range(200), 1, 1000)
    assert stats.kstest(flat_uniforms(block), "uniform").pvalue > 1e-3
    for bit in range(32):  # every bit is fair
        ones = int(((block >> bit) & 1).sum())
        assert abs(ones - 100_000) < 4.5 * (200_000 * 0.25) ** 0.5
    counts = np.bincount((block.flatten() >> 24).numpy(), minlength=256)
    assert stats.chisquare(counts).pvalue > 1e-3


NEIGHBOURS = {
    "elements": lambda: words(KEY, range(100), 1, 1001)[..., 1:],
    "draws": lambda: words(KEY, range(1, 101), 1, 1000),
    "rows": lambda: words(KEY, range(100), 1, 1000, row_offset=1),
    "trials": lambda: words(KEY, range(100), 1, 1000, trial=1),
    "names": lambda: words(hash_key(7, "cell", "cells_stateupdater", 0, 0), range(100), 1, 1000),
    "calls": lambda: words(hash_key(7, "cells", "cells_stateupdater", 1, 0), range(100), 1, 1000),
    "seeds": lambda: words(hash_key(8, "cells", "cells_stateupdater", 0, 0), range(100), 1, 1000),
}


@pytest.mark.parametrize("direction", sorted(NEIGHBOURS))
def test_neighbours_are_independent(direction: str) -> None:
    first = flat_uniforms(words(KEY, range(100), 1, 1000))
    second = flat_uniforms(NEIGHBOURS[direction]())
    assert abs(np.corrcoef(first, second)[0, 1]) < 4.5 / 100_000**0.5
    table = np.histogram2d(first, second, bins=16, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(table.ravel()).pvalue > 1e-3
    assert (first == second).sum() <= 2
