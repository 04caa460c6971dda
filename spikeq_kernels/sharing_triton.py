"""How the events of a pathway are shared out among programs: a grid, and the numbers that are known when compiled.

They follow from sizes alone and are taken from short lists, so that few forms of a kernel are compiled. A program of
one warp waits for memory most of the time; a step is short if every program has little to do one after the other and
all of them run at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import triton

from spikeq_kernels.launch_triton import OPTIONS, is_interpreted

IS_INTERPRETED = is_interpreted()
PROGRAMS = 132 * 32  # of one warp that run at once on a GPU of 132 multiprocessors
BUSY = 0.05  # the part of all elements that have an event in a busy step
SHARES = (1,) if IS_INTERPRETED else (1, 4, 16, 64)  # programs for one segment of events
PARTS = (1,) if IS_INTERPRETED else (1, 4, 16)  # programs for the synapses of one source
EDGES = 64 if IS_INTERPRETED else 128  # synapses that one warp takes at once
LONGEST = EDGES if IS_INTERPRETED else 1024  # synapses that one program takes at once
EVENTS = 32  # events that one program takes at once
DELAYS = (16, 64, 256)  # ages that one program asks for their events at once
ROWS = (32, 256)  # rows of the batch that one program asks for an event at once


@dataclass(frozen=True, slots=True)
class Sharing:
    """The programs of a launch, and with what it is compiled."""

    grid: tuple[int, ...]
    options: dict[str, Any]


def joined(segments: int, segment: int, batch: int, synapses: int, sources: int, alone: bool = False) -> Sharing:
    """Programs for each segment of a list of events, which take the synapses of some events together.

    segments, segment: of how many segments, each for so many elements. synapses, sources: of how many synapses, of how
    many of the elements. They share these synapses; ``alone``: they share the events, each of which is one program's
    alone.
    """
    return _of_events(segments, segment, batch, synapses, sources, alone, {"EVENTS": EVENTS})


def spread(segments: int, segment: int, batch: int, synapses: int, sources: int, delays: int) -> Sharing:
    """The same for synapses of so many delays."""
    known = {"DELAYS": _at_least(DELAYS, delays), "EVENTS": EVENTS}
    return _of_events(segments, segment, batch, synapses, sources, False, known)


def rows(segments: int, segment: int, batch: int, synapses: int, sources: int, alone: bool = False) -> Sharing:
    """The same for sources that all have as many synapses: they share blocks of these, or the events."""
    return _of_events(segments, segment, batch, synapses, sources, alone, {})


def in_turn(batch: int) -> Sharing:
    """One program for all events of a row, which takes synapses one by one."""
    return Sharing((1, batch), OPTIONS | {"SEGMENTS": 128, "BLOCK": 1})


def listed(batch: int, in_turn: bool = False) -> Sharing:
    """One program for the listed synapses of a row, which takes some at once unless their order matters."""
    block = 1 if in_turn else EDGES
    return Sharing((1, batch), OPTIONS | {"BLOCK": block, "num_warps": max(1, block // 128)})


def merged(batch: int, synapses: int, sources: int, alone: bool = False) -> Sharing:
    """Programs for each source, which go through the rows of the batch: they share its synapses unless ``alone``."""
    row = _row(synapses, sources)
    block = _longest(row) if alone else EDGES
    parts = 1 if alone else _at_most(PARTS, min(-(-row // block), PROGRAMS / max(1, sources)))
    known = {"ROWS": _at_least(ROWS, batch), "BLOCK": block} | ({} if alone else {"PARTS": parts})
    return Sharing((sources * parts,), OPTIONS | known | {"num_warps": max(1, block // 128)})


def programs(sharing: Sharing) -> int:
    """How many programs a launch has for each row of the batch."""
    return sharing.grid[0]


def warps(sharing: Sharing, plastic: bool = False) -> int:
    """How many warps a program has; more where it changes synapses and one would need more than 64 registers."""
    found = int(sharing.options.get("num_warps", 1))
    return max(found, 2) if plastic and sharing.options["BLOCK"] == 128 else found


def known(sharing: Sharing, name: str) -> int:
    """A number with which a kernel is compiled."""
    return int(sharing.options[name])


def _of_events(
    segments: int, segment: int, batch: int, synapses: int, sources: int, alone: bool, known: dict[str, int]
) -> Sharing:
    row, busy = _row(synapses, sources), BUSY * segment
    block = _longest(row) if alone else EDGES
    wanted = busy if alone else busy * row / block
    shares = _at_most(SHARES, min(wanted, PROGRAMS * EDGES / (block * segments * batch)))
    options = OPTIONS | known | {"SHARES": shares, "BLOCK": block, "num_warps": max(1, block // 128)}
    return Sharing((segments * shares, batch), options)


def _row(synapses: int, sources: int) -> int:
    """How many synapses a source has on average."""
    return -(-synapses // max(1, sources))


def _longest(row: int) -> int:
    return int(min(LONGEST, max(EDGES, triton.next_power_of_2(row))))


def _at_most(choices: Sequence[int], wanted: float) -> int:
    return max((one for one in choices if one <= wanted), default=choices[0])


def _at_least(choices: Sequence[int], wanted: float) -> int:
    return min((one for one in choices if one >= wanted), default=choices[-1])
