"""How the kernels of a network are launched, chosen by estimates from sizes: in goes what each part of a step does.

Nothing here depends on how many rows a batch has, so results do not either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal as OneOf

from spikeq.errors import UnsupportedError

Form = OneOf["steps", "persistent"]
FORMS = ("auto", "steps", "persistent")

# Microseconds, and bytes in a microsecond, for one H200 with 132 multiprocessors and 60 MB of second-level cache. They
# are assumed, in the range of what is published for graphs and caches of that generation; benchmarks/gpu_probe.py
# measures a node, a chain, barriers and bandwidths on the machine at hand.
NODE = 1.3  # a kernel in a CUDA graph that waits for the one before
CHAIN = 1.2  # counts, lists, rows, sums and stores of one kernel, one after the other
LOAD = 0.3  # a load from the second-level cache, which the next one waits for
BARRIER = 0.05  # of the threads of one program
CACHE = 6.0e6  # from the second-level cache, all multiprocessors together
PROCESSORS = 132
BUSY = 0.05  # the part of all elements that have an event in a busy step
BLOCKS = (32, 64, 128)  # elements of one program


@dataclass(frozen=True, slots=True)
class Work:
    """What a function does in a step. Names are those of sizes.

    ``elements``: what it goes through ("" for one), with so many bytes of each; ``events``: whose events, ``synapses``
    and ``sources``: of how many synapses and neurons on their side, with so many bytes of each synapse. ``one_by_one``:
    events wait for each other.
    """

    name: str
    elements: str = ""
    of_element: int = 0
    events: str = ""
    synapses: str = ""
    sources: str = ""
    of_synapse: int = 0
    one_by_one: bool = False

    def n_events(self, sizes: Mapping[str, float]) -> float:
        """How many events a busy step has."""
        return BUSY * sizes[self.events] if self.events else 0.0

    def bytes(self, sizes: Mapping[str, float]) -> float:
        """How many bytes a busy step moves."""
        found = self.of_element * (sizes[self.elements] if self.elements else 1.0)
        if self.events:
            found += self.n_events(sizes) * self.of_synapse * sizes[self.synapses] / max(1.0, sizes[self.sources])
        return found


@dataclass(frozen=True, slots=True)
class Outline:
    """The launches of a step in the forms that it can have: what each does, in programs that run side by side.

    ``whole``: those of a step that is not cut; ``steps``: those that there are, one after the other; ``alone``: what
    lies between the barriers of one program that does it all. ``is_cut``: a launch ends one step and begins the next;
    otherwise ``uncut`` says why not. ``refused``: why one program cannot do it all.
    """

    whole: int = 0
    steps: tuple[tuple[Work, ...], ...] = ()
    alone: tuple[tuple[Work, ...], ...] = ()
    is_cut: bool = False
    uncut: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen form, the microseconds that a busy step is thought to take in each, and why it is that one."""

    form: Form
    estimates: dict[str, float] = field(default_factory=dict)
    reason: str = ""


def chosen(outline: Outline, sizes: Mapping[str, float], asked: str = "auto") -> Choice:
    """The form of a network of some sizes; ``asked`` forces one. Raises UnsupportedError where that is impossible."""
    found = {"steps": _of_steps(outline.steps, sizes)}
    if not outline.refused:
        found["persistent"] = _of_one_program(outline.alone, sizes)
    if asked == "persistent" and outline.refused:
        raise UnsupportedError(
            f"The steps of this network cannot be one program for each row: {outline.refused}.",
            "Use launch='auto' or launch='steps'.",
        )
    if asked != "auto":
        return Choice("persistent" if asked == "persistent" else "steps", found, "it was asked for")
    if outline.refused:
        return Choice("steps", found, f"one program cannot do it all: {outline.refused}")
    if found["persistent"] < found["steps"]:
        return Choice("persistent", found, "so little happens in a step that launches would take longer")
    return Choice("steps", found, "one program for each row would have too much to do")


def _of_steps(steps: Sequence[Sequence[Work]], sizes: Mapping[str, float]) -> float:
    total = CHAIN
    for launch in steps:
        in_turn = (work.n_events(sizes) * LOAD for work in launch if work.one_by_one)
        total += NODE + max(in_turn, default=0.0) + sum(work.bytes(sizes) for work in launch) / CACHE
    return total


def _of_one_program(phases: Sequence[Sequence[Work]], sizes: Mapping[str, float]) -> float:
    total = 0.0
    for phase in phases:
        total += BARRIER
        for work in phase:
            turns = -(-sizes[work.elements] // BLOCKS[-1]) if work.elements else 1.0
            total += LOAD * (turns + work.n_events(sizes)) + work.bytes(sizes) / (CACHE / PROCESSORS)
    return total


def block_of(n: int, form: Form = "steps") -> int:
    """How many elements one program works on.

    Few enough that all multiprocessors have something to do; where one program does it all, as many as there are.
    """
    wanted = n if form == "persistent" else n // PROCESSORS
    if form == "persistent":
        return min((block for block in BLOCKS if block >= wanted), default=BLOCKS[-1])
    return max((block for block in BLOCKS if block <= wanted), default=BLOCKS[0])


def told(outline: Outline, choice: Choice) -> list[str]:
    """The forms that a step can have, what they are thought to take, and which was chosen, as lines."""
    count = f"{len(outline.steps)} launch{'es' * (len(outline.steps) != 1)} a step"
    if outline.is_cut:
        count += f", each step's last one begins the next ({outline.whole} if they did not)"
    elif outline.uncut:
        count += f"; steps are not cut: {outline.uncut}"
    lines = [f"steps: {count}; many steps are one CUDA graph{_estimate(choice, 'steps')}"]
    if outline.refused:
        lines.append(f"persistent: impossible: {outline.refused}")
    else:
        alone = f"one program for each row, {len(outline.alone)} barriers a step"
        lines.append(f"persistent: {alone}{_estimate(choice, 'persistent')}")
    return [*lines, f"chosen: {choice.form}, since {choice.reason}"]


def _estimate(choice: Choice, form: str) -> str:
    return f"; about {choice.estimates[form]:.1f} us in a busy step"
