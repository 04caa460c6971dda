"""Random subsets of many rows at once: each element with a probability, or a fixed number of elements.

Work grows with the number of elements that are chosen, not with the number that could have been. ``uniform(count)``
hands out the next ``count`` numbers of a stream in [0, 1), of double precision: 24 bits would be visible as a
lattice at probabilities below 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Uniform = Callable[[int], NDArray[np.float64]]
Integers = NDArray[np.int64]
Reals = NDArray[np.float64]

BLOCK = 2**20  # elements that are worked on at once
_DENSE = 0.5  # from this probability on, one comparison per element is cheaper than skipping


def blocks(work: Integers) -> Iterator[slice]:
    """Cut rows into consecutive runs of at most ``BLOCK`` work each (a larger row stands alone)."""
    ends = np.cumsum(work)
    start = 0
    while start < len(work):
        done = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + BLOCK, side="right")))
        yield slice(start, stop)
        start = stop


def ragged(counts: Integers) -> tuple[Integers, Integers]:
    """Every element of every row, in order: its row and its position ``0 .. counts[row]-1`` there."""
    rows = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return rows, np.arange(len(rows)) - starts[rows]


def bernoulli(counts: Integers, probability: Reals, uniform: Uniform) -> tuple[Integers, Integers]:
    """Choose each of the ``counts[row]`` elements of a row with ``probability[row]``, independently.

    Returns rows and positions, ascending. Rare elements are found by skipping: a Poisson process of rate one runs
    along an axis on which an element of probability p is -log(1-p) wide, and an element is chosen when the process
    hits it at least once; the distances are those of geometric skips.
    """
    if (probability >= 1).all():
        return ragged(counts)
    dense = probability > _DENSE
    if dense.all():
        return _compared(counts, probability, uniform)
    if not dense.any():
        return _skipped(counts, probability, uniform)
    few = _skipped(np.where(dense, 0, counts), np.where(dense, 0.0, probability), uniform)
    many = _compared(np.where(dense, counts, 0), probability, uniform)
    rows = np.concatenate([few[0], many[0]])
    order = np.argsort(rows, kind="stable")
    return rows[order], np.concatenate([few[1], many[1]])[order]


def _compared(counts: Integers, probability: Reals, uniform: Uniform) -> tuple[Integers, Integers]:
    rows, positions = ragged(counts)
    chosen = np.flatnonzero(uniform(len(rows)) < probability[rows])
    return rows[chosen], positions[chosen]


def _skipped(counts: Integers, probability: Reals, uniform: Uniform) -> tuple[Integers, Integers]:
    width = -np.log1p(-probability)
    ends = np.cumsum(width * counts)
    hits = _process(float(ends[-1]) if len(ends) else 0.0, uniform)
    per_row = np.diff(np.searchsorted(hits, ends), prepend=0)
    rows = np.repeat(np.arange(len(counts)), per_row)
    inside = (hits - (ends - width * counts)[rows]) / width[rows]
    positions = np.clip(inside.astype(np.int64), 0, counts[rows] - 1)
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]) | (positions[1:] != positions[:-1])
    return rows[first], positions[first]


def _process(length: float, uniform: Uniform) -> Reals:
    """The points of a Poisson process of rate one on [0, length), ascending."""
    pieces: list[Reals] = []
    reached = 0.0
    while reached < length:
        rest = length - reached
        points = reached + np.cumsum(-np.log1p(-uniform(int(rest + 4 * rest**0.5) + 8)))
        pieces.append(points)
        reached = float(points[-1])
    points = np.concatenate(pieces) if pieces else np.empty(0)
    return points[: np.searchsorted(points, length)]


def distinct(counts: Integers, sizes: Integers, uniform: Uniform) -> tuple[Integers, Integers]:
    """Choose exactly ``sizes[row]`` different elements of the ``counts[row]`` of a row, all subsets equally likely.

    Returns rows and positions, ascending. Requires 0 <= sizes <= counts. Where more than half are wanted, the
    others are drawn.
    """
    inverted = 2 * sizes > counts
    keys = _drawn(counts, np.where(inverted, counts - sizes, sizes), uniform)
    ends = np.cumsum(counts)
    rows = np.searchsorted(ends, keys, side="right")
    positions = keys - (ends - counts)[rows]
    if not inverted.any():
        return rows, positions
    return _inverted(counts, inverted, rows, positions)


def _inverted(
    counts: Integers, inverted: NDArray[np.bool_], rows: Integers, positions: Integers
) -> tuple[Integers, Integers]:
    """Replace the drawn elements of the inverted rows by all the others of these rows."""
    wide = np.where(inverted, counts, 0)
    all_rows, all_positions = ragged(wide)
    drawn = inverted[rows]
    kept = np.ones(len(all_rows), dtype=bool)
    kept[(np.cumsum(wide) - wide)[rows[drawn]] + positions[drawn]] = False
    joined = np.concatenate([rows[~drawn], all_rows[kept]])
    order = np.argsort(joined, kind="stable")
    return joined[order], np.concatenate([positions[~drawn], all_positions[kept]])[order]


def _drawn(counts: Integers, sizes: Integers, uniform: Uniform) -> Integers:
    """Keys (row start + position) of different elements, ascending; what is missing is drawn until nothing is.

    Never more is drawn than is missing, so no element is ever thrown away and every subset is equally likely.
    """
    total = int(counts.sum())
    flags = np.zeros(total, dtype=bool) if total <= 8 * BLOCK else None
    keys = np.empty(0, dtype=np.int64)
    ends = np.cumsum(counts)
    missing = sizes
    while missing.any():
        rows = np.repeat(np.arange(len(counts)), missing)
        new = (ends - counts)[rows] + (uniform(len(rows)) * counts[rows]).astype(np.int64)
        keys = _joined(keys, new, flags)
        missing = sizes - np.diff(np.searchsorted(keys, ends), prepend=0)
    return keys


def _joined(keys: Integers, new: Integers, flags: NDArray[np.bool_] | None) -> Integers:
    if flags is not None:
        flags[new] = True
        return np.flatnonzero(flags)
    keys = np.sort(np.concatenate([keys, new]))
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    return np.compress(first, keys)
