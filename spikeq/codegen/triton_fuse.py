"""Which neighbouring tasks share one kernel: those over one space that meet only in the same element.

Programs of a kernel run in any order, so what one program writes, no other may read or write in the same kernel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from spikeq.codegen.extents import CLOCK_DT, CLOCK_REAL, CLOCK_STEP, Array, is_clock
from spikeq.codegen.tasks import (
    Generate,
    RecordEvents,
    RecordRate,
    RecordState,
    Space,
    Statements,
    Task,
    Threshold,
    bodies,
    expressions,
)
from spikeq.errors import UnsupportedError
from spikeq.language.expression import Access, Expression, walk


@dataclass(frozen=True, slots=True)
class Part:
    """A task, or the part of one, that runs in one kernel; ``space`` None: once for each row of the batch.

    ``own`` are the keys that an element reads or writes for itself, ``wrote`` those that it writes, ``others`` what
    it reads of other elements, ``scattered`` what it writes there. Events count as keys. ``alone`` keeps it apart,
    ``grid`` is what its blocks are made of where that is not the space, and ``walks`` marks those that go from event
    to event, ``merges`` what then takes over the changes that rows have made to what they share. ``rows``: it runs in
    each row of the batch; otherwise once, for what all rows share.
    """

    task: Task
    space: Space | None
    own: frozenset[str] = frozenset()
    wrote: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    scattered: frozenset[str] = frozenset()
    alone: bool = False
    grid: str = ""
    walks: bool = False
    rows: bool = True
    merges: bool = False


@dataclass
class Group:
    """The parts of one kernel."""

    parts: list[Part] = field(default_factory=list)

    def takes(self, part: Part) -> bool:
        """Whether a part may join: it has the same space and clock, and no program needs another's result."""
        first = self.parts[0]
        if first.alone or part.alone or _over(first) != _over(part):
            return False
        wrote = frozenset().union(*(p.wrote | p.scattered for p in self.parts))
        touched = frozenset().union(*(p.own | p.others for p in self.parts)) | wrote
        others = frozenset().union(*(p.others for p in self.parts))
        return not (part.others & wrote or part.wrote & others or part.scattered & touched)


def _over(part: Part) -> tuple[str, str | None, bool]:
    """The clock, and over what the programs go."""
    return part.task.clock, None if part.space is None else part.space.name, part.rows


def fused(parts: Iterable[Part]) -> list[Group]:
    """The parts in order, neighbours together where that changes nothing."""
    groups: list[Group] = []
    for part in parts:
        if groups and groups[-1].takes(part):
            groups[-1].parts.append(part)
        else:
            groups.append(Group([part]))
    return groups


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


def unsupported(task: Task, reason: str) -> UnsupportedError:
    """The error for a task that has no kernel."""
    return UnsupportedError(
        f"{task.slot.name} does not run on the Triton backend: {reason}.",
        "Use backend='torch', which runs on the GPU as well.",
    )


def is_supported(task: Task) -> bool:
    """Whether there is code for a kind of task at all."""
    return isinstance(task, Statements | Threshold | Generate | RecordEvents | RecordRate | RecordState)
