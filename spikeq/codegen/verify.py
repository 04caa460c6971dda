"""Proves a schedule: what depends on each other keeps its order, and no two programs that run at once meet.

What a part touches is found here once more, from its task alone, so that a mistake in what the schedule was made of
shows. A schedule that fails is a fault of spikeq's, never of a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from spikeq.codegen.ends import SIDES
from spikeq.codegen.fixed_sums import fixed_additions
from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import (
    Assign,
    Deliver,
    Generate,
    Normalise,
    RecordState,
    Slot,
    Statements,
    Sum,
    Task,
    Threshold,
    expressions,
)
from spikeq.codegen.triton_fuse import Part, list_of, mask_of
from spikeq.codegen.triton_schedule import Launch, Schedule
from spikeq.language.expression import Access, Call, Expression, walk

_MERGED = "_merged"  # a value that is made of those of all rows


@dataclass(frozen=True, slots=True)
class Touched:
    """Keys of memory that a part reads, writes or adds to: of the element it is done for, or of any."""

    read: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    read_anywhere: set[str] = field(default_factory=set)
    written_anywhere: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)

    @property
    def all_read(self) -> set[str]:
        """Whatever it reads."""
        return self.read | self.read_anywhere

    @property
    def all_written(self) -> set[str]:
        """Whatever it gives new values."""
        return self.written | self.written_anywhere

    @property
    def elsewhere(self) -> set[str]:
        """What it touches beside its own element."""
        return self.read_anywhere | self.written_anywhere | self.added


class Verifier:
    """Checks schedules of one plan; ``rings``: the events of which several steps are kept."""

    def __init__(self, plan: Plan, rings: frozenset[str]) -> None:
        self.arrays, self.rings, self.deterministic = plan.arrays, rings, plan.deterministic
        tasks = plan.tasks
        self.places: dict[Slot, int] = {task.slot: place for place, task in enumerate(tasks)}
        makers = (task for task in tasks if isinstance(task, Threshold | Generate))
        self.makers = {task.event: task.slot for task in makers}
        self.known: dict[Part, Touched] = {}

    # -- what a part touches ------------------------------------------------------------------------------------------

    def touched(self, part: Part) -> Touched:
        """What a part touches, by its task."""
        if part not in self.known:
            found = self.known[part] = Touched()
            match part.task:
                case Deliver():
                    self._pathway(found, part, part.task)
                case Sum() as task:
                    found.written.add(task.target.key)
                    self._read(found, expressions(task), anywhere=True)
                case Normalise() as task if part.space != task.space:
                    found.written_anywhere.add(task.target.key)
                    self._read(found, (task.total,), anywhere=True)
                case task:
                    self._of_elements(found, part, task)
        return self.known[part]

    def _of_elements(self, found: Touched, part: Part, task: Task) -> None:
        event = getattr(task, "event", None)
        if isinstance(task, Threshold | Generate):
            found.written.update((mask_of(task.event), list_of(task.event)))
        elif event is not None:
            found.read.add(mask_of(event))
        if isinstance(task, Threshold):
            kept = {one.key for one in (task.lastspike, task.not_refractory) if one is not None}
            found.read.update(kept)
            found.written.update(kept)
        gathers = isinstance(task, RecordState) and bool(part.grid)
        body = task.bounds if isinstance(task, Normalise) else task.body if isinstance(task, Statements) else ()
        values = () if isinstance(task, Normalise) else expressions(task)
        self._read(found, (*values, *(bound.value for bound in body)), gathers, part.space is None)
        found.written.update(one.target.key for one in body if isinstance(one.target, Access))

    def _pathway(self, found: Touched, part: Part, task: Deliver) -> None:
        """Events that programs share touch anything; sums and what runs at sources belong to elements."""
        if not task.body and not part.walks:
            found.read.add(mask_of(task.event))
            found.written.update(one.target.key for one in task.once if isinstance(one.target, Access))
            self._read(found, (one.value for one in task.once), own=(task.trigger, "own", "scalar"))
        elif part.walks or part.space == task.space:
            found.read_anywhere.update((mask_of(task.event), list_of(task.event)))
            self._read(found, expressions(task), anywhere=True)
            for one in (*task.once, *task.body, *task.bounds):
                self._assigned(found, part, task, one)
        else:
            target = task.body[-1].target  # what stands before it is for itself
            far = "post" if task.trigger == "pre" else "pre"
            found.written.update({target.key} if isinstance(target, Access) else ())
            if list_of(task.event) not in part.others:  # takes over what synapses have summed
                found.read.add(_sums(task, task.body[-1]))
                found.written.add(_sums(task, task.body[-1]))
                return
            found.read_anywhere.add(list_of(task.event))
            self._read(found, expressions(task), own=(far,))

    def _assigned(self, found: Touched, part: Part, task: Deliver, one: Assign) -> None:
        if not isinstance(one.target, Access):
            return
        adds = one.op in ("+=", "-=")
        others = (a for a in task.body if isinstance(a.target, Access) and a.target.index in SIDES)
        commutes = part.walks and not task.ordered and all(a.op in ("+=", "-=") for a in others)
        scatters = adds and commutes and one.target.index in SIDES and any(one is a for a in task.body)
        if scatters and self.deterministic and one in fixed_additions(task, self.arrays):
            found.added.add(_sums(task, one))
        elif scatters and not self.deterministic:
            found.added.add(one.target.key)
        else:
            found.written_anywhere.add(one.target.key)

    def _read(
        self,
        found: Touched,
        values: Iterable[Expression],
        anywhere: bool = False,
        shared: bool = False,
        own: tuple[str, ...] = ("own", "scalar"),
    ) -> None:
        """Note what expressions read; ``shared``: of the row that is worked on, ``own``: by which index of its own."""
        for value in values:
            of_rows = {id(a) for n in walk(value) if isinstance(n, Call) and n.function == _MERGED for a in n.arguments}
            for node in walk(value):
                if isinstance(node, Access) and node.key in self.arrays:
                    single = self.arrays[node.key].space is None
                    here = shared if single else node.index in own
                    kept = here and not anywhere and id(node) not in of_rows
                    (found.read if kept else found.read_anywhere).add(node.key)

    # -- what depends on what -----------------------------------------------------------------------------------------

    def conflicts(self, one: tuple[Part, int], other: tuple[Part, int]) -> Iterator[str]:
        """The keys for whose sake the order of two parts matters; with each, how many steps ahead it is."""
        a, b = self.touched(one[0]), self.touched(other[0])
        found = a.all_written & (b.all_read | b.all_written | b.added)
        found |= b.all_written & (a.all_read | a.added)
        found |= (a.added & b.all_read) | (b.added & a.all_read)
        return (key for key in found if not self._of_other_steps(key, one, other))

    def _of_other_steps(self, key: str, one: tuple[Part, int], other: tuple[Part, int]) -> bool:
        """Whether what one writes of an event and what the other reads are kept apart."""
        event = next((event for event in self.rings if key in (mask_of(event), list_of(event))), None)
        if event is None:
            return False
        made, reading = (one, other) if one[0].task.slot == self.makers.get(event) else (other, one)
        latest = reading[1] - self.is_late(reading[0], event)
        delayed = getattr(reading[0].task, "delayed", False)
        return made[1] > latest if delayed else made[1] != latest

    def is_late(self, part: Part, event: str) -> bool:
        """Whether a part comes before its event in a step, so that it reads that of the step before."""
        return event in self.makers and self.places[part.task.slot] < self.places[self.makers[event]]

    def require(self, sequence: Sequence[tuple[Part, int]], launches: Sequence[Launch]) -> None:
        """Raise AssertionError unless launches mean what a sequence means, in whatever order their programs run."""
        where: dict[tuple[Part, int], tuple[int, int, int]] = {}
        for number, launch in enumerate(launches):
            for n, chain in enumerate(launch):
                where |= {(one.part, one.ahead): (number, n, place) for place, one in enumerate(chain.members)}
        _require(where.keys() == set(sequence), "parts are missing", sequence[:1])
        for place, later in enumerate(sequence):
            for earlier in sequence[:place]:
                self._require_order(earlier, later, where[earlier], where[later])

    def _require_order(
        self, one: tuple[Part, int], other: tuple[Part, int], at: tuple[int, int, int], then: tuple[int, int, int]
    ) -> None:
        if at[0] < then[0]:
            return
        for key in self.conflicts(one, other):
            together = at[:2] == then[:2] and at[2] < then[2]
            elsewhere = self.touched(one[0]).elsewhere | self.touched(other[0]).elsewhere
            _require(together and key not in elsewhere, f"{key} is touched by programs that run at once", (one, other))


def _sums(task: Deliver, one: Assign) -> str:
    """A key for the memory in which an addition is made in fixed point."""
    return f"sums of {task.slot.name}: {one!r}"


def _require(holds: bool, problem: str, parts: Sequence[tuple[Part, int]]) -> None:
    if not holds:
        names = " and ".join(part.task.slot.name for part, _ in parts)
        raise AssertionError(f"A fault of spikeq's: in the launches of {names}, {problem}. Please report it.")


def verify(parts: Sequence[Part], schedule: Schedule, plan: Plan, depths: Mapping[str, int]) -> None:
    """Check all launches of a schedule of some parts in order. Raises AssertionError where one is wrong."""
    verifier = Verifier(plan, schedule.rings)
    now = [(part, 0) for part in parts]
    verifier.require(now, schedule.phases())
    if schedule.is_cut:
        first = {one.part for launch in schedule.begin for chain in launch for one in chain.members}
        begin, finish = ([one for one in now if (one[0] in first) is wanted] for wanted in (True, False))
        _require(now == [*begin, *finish], "a step is cut where no cut can be", now[:1])
        verifier.require(begin, schedule.begin)
        verifier.require(finish, schedule.finish)
        verifier.require([*finish, *((part, 1) for part, _ in begin)], schedule.between)
    for event in schedule.rings:
        readers = [part for part in parts if getattr(part.task, "event", None) == event]
        late = any(verifier.is_late(part, event) for part in readers)
        _require(depths[event] >= 1 + late + schedule.is_cut, "too few steps of an event are kept", now[:1])
