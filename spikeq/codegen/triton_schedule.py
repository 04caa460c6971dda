"""Which parts of a step stand in which launch, and where a step is cut so that it needs few of them.

Programs of a launch run in any order, so what one writes no other may touch; launches run one after the other. Of one
launch, a program does some blocks of elements, or a share of some events; parts that meet only in the same element are
a chain, which one program runs from its first to its last. A step may be cut: then a launch ends one step and begins
the next, and spikes are handed over without a launch between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from spikeq.codegen.tasks import Generate, Task, Threshold
from spikeq.codegen.triton_fuse import Part, list_of, mask_of


@dataclass(frozen=True, slots=True)
class Placed:
    """A part of this step, or (``ahead`` 1) of the next one."""

    part: Part
    ahead: int = 0


@dataclass(slots=True)
class Chain:
    """Parts that one program runs for the same block of elements; a part that has no such block stands alone."""

    members: list[Placed] = field(default_factory=list)

    @property
    def lane(self) -> tuple[str, str, bool] | None:
        """The elements that its programs are made for."""
        return self.members[0].part.lane

    def runs(self) -> Iterator[tuple[tuple[Part, ...], int]]:
        """The parts that are one function, and of which step they are."""
        run: list[Placed] = []
        for one in self.members:
            if run and (one.ahead != run[-1].ahead or one.part.alone or run[-1].part.alone):
                yield tuple(p.part for p in run), run[0].ahead
                run = []
            run.append(one)
        yield tuple(p.part for p in run), run[0].ahead


Launch = list[Chain]


@dataclass(frozen=True)
class Schedule:
    """The launches of a step, or where it is cut: those that begin one, that go from one to the next, and that end one.

    ``rings`` are the events whose last steps are kept apart, so that one step's can be read while the next one's are
    written; ``uncut`` says why a step is not cut.
    """

    whole: list[Launch]
    begin: list[Launch] = field(default_factory=list)
    between: list[Launch] = field(default_factory=list)
    finish: list[Launch] = field(default_factory=list)
    rings: frozenset[str] = frozenset()
    uncut: str = ""

    def phases(self) -> list[Launch]:
        """What one program does that runs a whole step, from one wait of its threads to the next."""
        return [*self.begin, *self.finish] if self.is_cut else self.whole

    @property
    def is_cut(self) -> bool:
        """Whether the step is cut."""
        return bool(self.between)


class Scheduler:
    """Places parts in launches. ``rings``: the events of which several steps are kept."""

    def __init__(self, rings: frozenset[str]) -> None:
        self.events = {key: event for event in rings for key in (mask_of(event), list_of(event))}
        self.clash = cache(self._clash)

    def _clash(self, one: Placed, other: Placed) -> frozenset[str]:
        """What both touch so that their order matters."""
        a, b = one.part, other.part
        keys = (a.changed & b.touched) | (b.changed & a.touched)
        keys |= (a.scattered & (b.read | b.changed)) | (b.scattered & (a.read | a.changed))
        return frozenset(key for key in keys if key not in self.events or _same_step(one, other))

    def meet_in_elements(self, one: Placed, other: Placed) -> bool:
        """Whether all that they have in common is of the same element, so that one program may run both."""
        return all(
            key in a.in_element and key not in a.elsewhere
            for key in self.clash(one, other)
            for a in (one.part, other.part)
        )

    def launches(self, sequence: Iterable[Placed]) -> list[Launch]:
        """Launches with the meaning of the sequence: each part as early as it may be, or with what it belongs to."""
        found: list[Launch] = []
        for one in sequence:
            self._place(found, one)
        self._sink(found)
        return [launch for launch in found if launch]

    def _place(self, found: list[Launch], one: Placed) -> None:
        level = 0
        for number in reversed(range(len(found))):
            clashing = [chain for chain in found[number] if self._clashes(chain, one)]
            if not clashing:
                continue
            if len(clashing) == 1 and self._joins(clashing[0], one):
                clashing[0].members.append(one)
                return
            level = number + 1
            break
        if level == len(found):
            found.append([])
        for chain in found[level]:
            if self._joins(chain, one):
                chain.members.append(one)
                return
        found[level].append(Chain([one]))

    def _clashes(self, chain: Chain, one: Placed) -> bool:
        return any(self.clash(member, one) for member in chain.members)

    def _joins(self, chain: Chain, one: Placed) -> bool:
        """Whether a part may follow those of a chain, in the same programs."""
        if one.part.lane is None or chain.lane != one.part.lane:
            return False
        return all(self.meet_in_elements(member, one) for member in chain.members)

    def _sink(self, found: list[Launch]) -> None:
        """Move chains to later ones of the same elements, so that fewer programs start."""
        for number in reversed(range(len(found))):
            for chain in list(found[number]):
                later = self._later(found, number, chain)
                if later is not None:
                    found[number].remove(chain)
                    later.members[:0] = chain.members

    def _later(self, found: list[Launch], number: int, chain: Chain) -> Chain | None:
        """The chain before whose first part another may stand."""
        for launch in found[number + 1 :]:
            same = [other for other in launch if other.lane is not None and other.lane == chain.lane]
            for other in same:
                if all(self._joins(other, one) for one in chain.members) and not self._meets(launch, other, chain):
                    return other
            if self._meets(launch, None, chain):
                return None
        return None

    def _meets(self, launch: Launch, but: Chain | None, chain: Chain) -> bool:
        others = (other for other in launch if other is not but)
        return any(self._clashes(other, one) for other in others for one in chain.members)


def _same_step(one: Placed, other: Placed) -> bool:
    """Whether the events that one writes are, or may be, those that the other reads."""
    if is_maker(other.part.task):
        one, other = other, one
    if is_maker(other.part.task):
        return one.ahead == other.ahead
    latest = other.ahead - other.part.late
    return one.ahead <= latest if other.part.delayed else one.ahead == latest


def is_maker(task: Task) -> bool:
    """Whether a task says who has an event."""
    return isinstance(task, Threshold | Generate)


def scheduled(parts: Sequence[Part], rings: frozenset[str], cuts: bool) -> Schedule:
    """The launches of a step; with ``cuts`` it is cut where that saves launches."""
    whole = Scheduler(rings).launches(map(Placed, parts))
    best = Schedule(whole, rings=rings, uncut="that saves no launch" if cuts else "they run on several clocks")
    fewest = (len(whole), 0)
    for cut in _places(parts) if cuts else ():
        kept = rings | _handed_over(parts[:cut], parts[cut:])
        scheduler = Scheduler(kept)
        begin, finish = parts[:cut], parts[cut:]
        between = scheduler.launches([*map(Placed, finish), *(Placed(part, 1) for part in begin)])
        count = (len(between), sum(map(len, between)))
        if count < fewest and len(between) < len(whole):
            fewest = count
            ends = (scheduler.launches(map(Placed, one)) for one in (begin, finish))
            best = Schedule(whole, next(ends), between, next(ends), kept)
    return best


def _places(parts: Sequence[Part]) -> list[int]:
    """Where a step may be cut: between its slots."""
    return [n for n in range(1, len(parts)) if parts[n - 1].task.slot.when != parts[n].task.slot.when]


def _handed_over(begin: Sequence[Part], finish: Sequence[Part]) -> frozenset[str]:
    """The events that are made before a cut and read after it."""
    made = {part.task.event for part in begin if isinstance(part.task, Threshold | Generate)}
    return frozenset(made & {getattr(part.task, "event", None) for part in finish})
