"""Accesses to memory by the programs of one launch, and which of them get in each other's way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

READ, WRITE, ATOMIC = 0, 1, 2  # from ATOMIC on: changes that commute with others of the same number

Pair = tuple["Access", "Access", int]


@dataclass(frozen=True)
class Access:
    """One instruction of one program: its live lanes of ``size``, and where each of them goes."""

    kind: int
    addresses: NDArray[np.uint64]
    lanes: NDArray[np.int64]
    size: int
    program: int
    epoch: int
    line: str

    @property
    def verb(self) -> str:
        """What it does."""
        return ("reads it", "writes it", "changes it atomically")[min(self.kind, ATOMIC)]


class Table:
    """The accesses of a launch, one row for each lane, of those elements that anybody changes."""

    def __init__(self, accesses: list[Access]) -> None:
        self.accesses = accesses
        sizes = [len(one.addresses) for one in accesses]
        address = np.concatenate([one.addresses for one in accesses])
        number = np.repeat(np.arange(len(accesses)), sizes)
        kind = np.repeat([one.kind for one in accesses], sizes)
        kept = np.isin(address, address[kind != READ])
        self.address, self.number, self.kind = address[kept], number[kept], kind[kept]
        self.lane = np.concatenate([one.lanes for one in accesses])[kept]

    def of_access(self, values: list[int]) -> NDArray[np.int64]:
        """A value of each access, for each row."""
        return np.array(values, np.int64)[self.number]


def between_programs(accesses: list[Access]) -> Iterator[Pair]:
    """Pairs of accesses by two programs to one element, of which one changes it, unless both do so in one way."""
    if not accesses:
        return
    table = Table(accesses)
    program = table.of_access([one.program for one in accesses])
    yield from _meeting(table, program, np.zeros_like(program))


def within_programs(accesses: list[Access], warps: int) -> Iterator[Pair]:
    """The same by two lanes of one program, between the same two barriers, in different instructions.

    What is no block is loaded by all threads and stored by one: in more than one warp, another may load it too late. A
    block with fewer elements than threads is held by several of them, of which one stores; then the others may see too
    little of it when it is read again.
    """
    if not accesses:
        return
    table = Table(accesses)
    sizes = table.of_access([one.size for one in accesses])
    lane = np.where(sizes == 1, -1 - table.number if warps > 1 else 0, sizes * (1 << 32) + table.lane)
    turns = table.of_access([one.program for one in accesses]) * (1 << 32)
    turns += table.of_access([one.epoch for one in accesses])
    for one, other, address in _meeting(table, lane, turns):
        if one is not other:
            yield one, other, address
    if warps > 1:
        yield from _read_again(table, turns, (sizes > 1) & (sizes < 32 * warps))


def _read_again(table: Table, when: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Iterator[Pair]:
    """Reads after a change of the same element at one ``when``, among the chosen rows."""
    if not chosen.any():
        return
    address, when, number = table.address[chosen], when[chosen], table.number[chosen]
    is_read = table.kind[chosen] == READ
    order = np.lexsort((when, address))
    address, when, number, is_read = address[order], when[order], number[order], is_read[order]
    starts = np.flatnonzero(np.r_[True, (address[1:] != address[:-1]) | (when[1:] != when[:-1])])
    first_change = np.minimum.reduceat(np.where(is_read, len(table.accesses), number), starts)
    last_read = np.maximum.reduceat(np.where(is_read, number, -1), starts)
    for group in np.flatnonzero(first_change < last_read)[:1]:
        pair = table.accesses[first_change[group]], table.accesses[last_read[group]]
        yield *pair, int(address[starts[group]])


def _meeting(table: Table, who: NDArray[np.int64], when: NDArray[np.int64]) -> Iterator[Pair]:
    """Pairs of different ``who`` at one element at one ``when``, the first of every pair of instructions."""
    if not len(table.address):
        return
    order = np.lexsort((who, when, table.address))
    address, when = table.address[order], when[order]
    new = np.r_[True, (address[1:] != address[:-1]) | (when[1:] != when[:-1])]
    starts = np.flatnonzero(new)
    kinds, who = table.kind[order], who[order]
    several = np.minimum.reduceat(who, starts) != np.maximum.reduceat(who, starts)
    changed = np.minimum.reduceat(kinds, starts) != np.maximum.reduceat(kinds, starts)
    written = np.maximum.reduceat((kinds == WRITE).astype(np.int8), starts) > 0
    ends = np.r_[starts[1:], len(address)]
    seen: set[tuple[str, str]] = set()
    for group in np.flatnonzero(several & (changed | written)):
        rows = order[starts[group] : ends[group]]
        for one, other in _pairs(table, rows, who[starts[group] : ends[group]]):
            if (one.line, other.line) not in seen and (other.line, one.line) not in seen:
                seen.add((one.line, other.line))
                yield one, other, int(address[starts[group]])


def _pairs(table: Table, rows: NDArray[np.int64], who: NDArray[np.int64]) -> Iterator[tuple[Access, Access]]:
    """Each access that changes an element, with those that it meets there."""
    for row, one in zip(rows, who, strict=True):
        if table.kind[row] != READ:
            for other in rows[(who != one) & ((table.kind[rows] != table.kind[row]) | (table.kind[row] == WRITE))]:
                yield table.accesses[table.number[row]], table.accesses[table.number[other]]
