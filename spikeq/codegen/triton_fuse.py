"""What the parts of a step touch: of the element that they are done for, and of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from spikeq.codegen.extents import CLOCK_DT, CLOCK_REAL, CLOCK_STEP, Array, is_clock
from spikeq.codegen.tasks import (
    Generate,
    RecordState,
    Space,
    Statements,
    Sum,
    Task,
    Threshold,
    bodies,
    expressions,
)
from spikeq.language.expression import Access, Expression, walk


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A task, or the part of one, that is done by one function; ``space`` None: once for each row of the batch.

    ``own`` are the keys that an element reads for itself, ``wrote`` those that it writes, ``others`` what it reads of
    other elements, ``put`` what it writes there, ``scattered`` what it adds there in any order. Events count as keys.
    ``alone`` keeps it a function of its own, ``grid`` is what its blocks are made of where that is not the space, and
    ``walks`` marks those that go from event to event, ``merges`` what then takes over the changes that rows have made
    to what they share. ``rows``: it runs in each row of the batch; otherwise once, for what all rows share. Its event
    is read as it was ``late`` steps ago, or (``delayed``) further back.
    """

    task: Task
    space: Space | None
    own: frozenset[str] = frozenset()
    wrote: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    put: frozenset[str] = frozenset()
    scattered: frozenset[str] = frozenset()
    alone: bool = False
    grid: str = ""
    walks: bool = False
    rows: bool = True
    merges: bool = False
    late: int = 0
    delayed: bool = False

    @property
    def lane(self) -> tuple[str, str, bool] | None:
        """The elements whose blocks it is done for, and the clock; None where it has programs of another kind."""
        if isinstance(self.task, Sum):
            return self.task.neurons.name, self.task.clock, self.rows
        if self.walks or self.alone or self.grid:
            return None
        return "" if self.space is None else self.space.name, self.task.clock, self.rows

    @property
    def changed(self) -> frozenset[str]:
        """What it gives new values."""
        return self.wrote | self.put

    @property
    def read(self) -> frozenset[str]:
        """What it reads."""
        return self.own | self.others

    @property
    def touched(self) -> frozenset[str]:
        """All that it has to do with."""
        return self.read | self.changed | self.scattered

    @property
    def in_element(self) -> frozenset[str]:
        """What it reads or writes of the element that it is done for."""
        return self.own | self.wrote

    @property
    def elsewhere(self) -> frozenset[str]:
        """What it reads or writes of others."""
        return self.others | self.put | self.scattered


def mask_of(event: str) -> str:
    """The key under which an event counts as something that is read or written."""
    return f"{event} mask"


def list_of(event: str) -> str:
    """The key of the list of an event."""
    return f"{event} list"


def part_of(task: Task, arrays: Mapping[str, Array], lists: bool = False) -> Part:
    """What a task over the elements of its own space touches; ``lists``: its event is listed as well."""
    space: Space = task.space  # type: ignore[attr-defined]
    own, others = reads_of(expressions(task), arrays)
    wrote = {a.target.key for a in bodies(task) if isinstance(a.target, Access)}
    event = {mask_of(task.event)} if getattr(task, "event", None) else set()  # type: ignore[attr-defined]
    match task:
        case Threshold():
            wrote |= {one.key for one in (task.lastspike, task.not_refractory) if one is not None}
            wrote |= event | ({list_of(task.event)} if lists else set())
        case Generate():
            wrote |= event | ({list_of(task.event)} if lists else set())
    kept = space if _is_wide(task, arrays) else None
    if kept is None:
        single = {key for key in others if arrays[key].space is None}
        own, others = own | single, others - single
    return Part(task, kept, frozenset(own | event), frozenset(wrote), frozenset(others))


def gathered(task: RecordState, arrays: Mapping[str, Array]) -> Part:
    """A record of some elements by a kernel of its own, whose blocks are made of those elements."""
    own, others = reads_of(expressions(task), arrays)
    grid = "" if task.indices is None else arrays[task.indices].space or ""
    return Part(task, task.space, others=frozenset(own | others), alone=True, grid=grid)


def _is_wide(task: Task, arrays: Mapping[str, Array]) -> bool:
    """Whether a task does something for each element, not only for the rows of the batch."""
    if isinstance(task, Statements):
        return any(arrays[a.target.key].space is not None for a in task.body if isinstance(a.target, Access))
    return True


def reads_of(values: Iterable[Expression], arrays: Mapping[str, Array]) -> tuple[set[str], set[str]]:
    """The keys that expressions read of their own element, and of others or of all."""
    own: set[str] = set()
    others: set[str] = set()
    for value in values:
        for node in walk(value):
            if not isinstance(node, Access) or any(is_clock(node.key, n) for n in (CLOCK_REAL, CLOCK_STEP, CLOCK_DT)):
                continue
            alone = node.index in ("own", "scalar") and arrays[node.key].space is not None
            (own if alone else others).add(node.key)
    return own, others
