"""A body of statements -> runs, each of which one kernel can carry out: what follows needs all programs of the last.

A new run begins where statements about shared variables follow those about elements or the other way round, where a
statement reads of other elements what the run has changed or changes what they read, and where rows of the batch make
one value of theirs. Values on the way that a later run needs wait in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from spikeq.codegen.events import merged_number
from spikeq.codegen.extents import (
    CLOCK_DT,
    CLOCK_REAL,
    CLOCK_STEP,
    STATEFUL,
    Array,
    is_clock,
    leaf_extent,
    result_kind,
)
from spikeq.codegen.tasks import Assign, Space, Statements, Task, Threshold
from spikeq.language.expression import Access, Binary, Call, Expression, Kind, Name, fold, names, rewrite, walk

MERGED = "_merged"  # of the values that rows have made of one that they share: the new one


@dataclass(slots=True)
class Temporary:
    """A value on the way; ``run``: where it is computed. A ``fixed`` one is the same wherever it is computed."""

    name: str
    value: Expression
    kind: Kind
    rows: bool
    wide: bool
    fixed: bool
    run: int | None = None
    waits: Access | None = None


@dataclass(slots=True)
class Run:
    """Statements for elements (``wide``) or once, in each row of the batch or for all of them at once."""

    wide: bool
    rows: bool
    body: list[Assign] = field(default_factory=list)
    wrote: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)

    def takes(self, wide: bool, rows: bool, wrote: set[str], others: set[str]) -> bool:
        """Whether a statement may join."""
        meets = others & self.wrote or wrote & self.others
        return (wide, rows) == (self.wide, self.rows) and not (wide and meets)


class Memory:
    """Arrays for what later kernels of the same step need; they join those of the plan."""

    def __init__(self, arrays: dict[str, Array]) -> None:
        self.arrays = arrays
        self.made: dict[str, tuple[str, str, bool, bool]] = {}

    def take(self, about: str, kind: Kind, space: Space, wide: bool, rows: bool = True) -> Access:
        """A new array, as code reads and writes it."""
        key = f"{about} {len(self.made)}"
        self.made[key] = (space.name, kind, rows, wide)
        self.arrays[key] = Array(key, kind, space.name if wide else None, rows, True)
        return Access(key, "own" if wide else "scalar", kind)


class Cutter:
    """Goes through a body once and deals it out to runs."""

    def __init__(self, task: Statements, memory: Memory, batched: bool) -> None:
        self.task, self.memory, self.arrays, self.batched = task, memory, memory.arrays, batched
        self.body = _assigned_once(task.body)
        self.for_shared = _read_by_shared(self.body, self.arrays)
        self.runs: list[Run] = []
        self.temporaries: dict[str, Temporary] = {}
        self.waiting: list[Temporary] = []

    def cut(self) -> list[Statements]:
        """The runs as tasks; the task as it is where it is one run, none where it assigns to no variable."""
        for assign in self.body:
            if isinstance(assign.target, Name):
                self._hold(self._temporary(assign.target.name, assign.value))
            else:
                self._take(assign, assign.target)
        if len(self.runs) == 1:
            return [self.task]
        return [replace(self.task, body=tuple(run.body)) for run in self.runs]

    # -- temporaries --------------------------------------------------------------------------------------------------

    def _temporary(self, name: str, value: Expression) -> Temporary:
        kinds = {one.name: one.kind for one in self.temporaries.values()}
        kind = fold(value, lambda node, operands: result_kind(node, operands, kinds))
        return Temporary(name, value, kind, *self._extent(value), self._is_fixed(value))

    def _hold(self, temporary: Temporary) -> Temporary:
        self.temporaries[temporary.name] = temporary
        if not temporary.fixed:
            self.waiting.append(temporary)
        return temporary

    def _extent(self, value: Expression) -> tuple[bool, bool]:
        """Whether a value differs between rows of the batch, and between elements."""
        rows = wide = False
        for node in walk(value):
            if isinstance(node, Name):
                rows, wide = rows | self.temporaries[node.name].rows, wide | self.temporaries[node.name].wide
            elif isinstance(node, Call) and node.function in STATEFUL:
                rows = wide = True
            elif isinstance(node, Access):
                extent = leaf_extent(node, self.arrays)
                rows, wide = rows | extent.rows, wide | extent.wide
        return rows, wide

    def _is_fixed(self, value: Expression) -> bool:
        """Whether nothing that a value depends on changes within a step."""
        for node in walk(value):
            if isinstance(node, Call) and node.function in STATEFUL:
                return False
            if isinstance(node, Access) and not _is_time(node.key) and self.arrays[node.key].written:
                return False
            if isinstance(node, Name) and not self.temporaries[node.name].fixed:
                return False
        return True

    def _compute(self, temporary: Temporary, wide: bool, rows: bool) -> None:
        """Compute a temporary in the run of what comes next, or in one before it."""
        if temporary.wide:
            wide, rows = True, temporary.rows or rows or not wide
        elif temporary.name in self.for_shared:
            wide, rows = False, True
        else:
            rows = rows or temporary.rows
        self._add(wide, rows, Assign(Name(temporary.name), "=", temporary.value))
        temporary.run = len(self.runs) - 1

    # -- statements ---------------------------------------------------------------------------------------------------

    def _take(self, assign: Assign, target: Access) -> None:
        array = self.arrays[target.key]
        wide, value = array.space is not None, _whole(assign)
        shared = self.batched and wide and not array.rows
        merges = shared and self._extent(value)[0]
        waiting, self.waiting = self.waiting, []
        for one in waiting:
            self._compute(one, wide, merges or not shared)
        if merges:
            self._merge(target, array, value)
        elif wide and target.key in self._others(value):
            held = self._hold(self._temporary(f"{target.key} new", value))
            self.waiting.clear()
            self._compute(held, True, not shared)
            self._add(True, not shared, Assign(target, "=", Name(held.name), assign.guard))
        else:
            self._add(wide, not shared, assign)

    def _merge(self, target: Access, array: Array, value: Expression) -> None:
        """What each row makes of a shared value waits; then all become one."""
        if array.kind != "real":
            raise merged_number(array.key, array.kind)
        made = self.memory.take(f"{array.key} of each row", "real", self.task.space, True)
        self._add(True, True, Assign(made, "=", value))
        self._add(True, False, Assign(target, "=", Call(MERGED, (made,))))

    def _add(self, wide: bool, rows: bool, assign: Assign) -> None:
        """Append a statement to the last run, or to a new one."""
        target, others = assign.target, self._others(assign.value)
        wrote = {target.key} if isinstance(target, Access) else set()
        if not self.runs or not self.runs[-1].takes(wide, rows, wrote, others):
            self.runs.append(Run(wide, rows))
        run = self.runs[-1]
        run.others |= others
        run.wrote |= wrote
        value = self._seen(assign.value)
        guard = None if assign.guard is None else self._seen(assign.guard)
        run.body.append(replace(assign, value=value, guard=guard))

    def _seen(self, value: Expression) -> Expression:
        """A value as the last run computes it: fixed temporaries anew, those of earlier runs from memory."""
        run = self.runs[-1]
        for name in sorted(names(value)):
            one = self.temporaries[name]
            if one.fixed and name not in run.known:
                run.known.add(name)
                run.body.append(Assign(Name(name), "=", self._seen(one.value)))
        return rewrite(value, self._from_memory)

    def _from_memory(self, node: Expression) -> Expression:
        if not isinstance(node, Name):
            return node
        one, here = self.temporaries[node.name], len(self.runs) - 1
        if one.fixed or one.run == here:
            return node
        assert one.run is not None
        if one.waits is None:
            run, about = self.runs[one.run], f"{self.task.slot.name} {one.name}"
            one.waits = self.memory.take(about, one.kind, self.task.space, run.wide, run.rows)
            place = next(k for k, a in enumerate(run.body) if isinstance(a.target, Name) and a.target.name == one.name)
            run.body.insert(place + 1, Assign(one.waits, "=", Name(one.name)))
        return one.waits

    def _others(self, value: Expression) -> set[str]:
        """What a value reads of other elements."""
        reads = (node for node in walk(value) if isinstance(node, Access) and not _is_time(node.key))
        return {node.key for node in reads if node.index not in ("own", "scalar")}


def _is_time(key: str) -> bool:
    return any(is_clock(key, name) for name in (CLOCK_REAL, CLOCK_STEP, CLOCK_DT))


def _whole(assign: Assign) -> Expression:
    if assign.op == "=":
        return assign.value
    return Binary(assign.op.removesuffix("="), assign.target, assign.value)  # type: ignore[arg-type]


def _assigned_once(body: Iterable[Assign]) -> list[Assign]:
    """The same statements with a temporary of its own for each assignment to one."""
    versions: dict[str, str] = {}
    found = []

    def renamed(node: Expression) -> Expression:
        return replace(node, name=versions.get(node.name, node.name)) if isinstance(node, Name) else node

    for assign in body:
        if not isinstance(assign.target, Name):
            guard = None if assign.guard is None else rewrite(assign.guard, renamed)
            found.append(replace(assign, value=rewrite(assign.value, renamed), guard=guard))
            continue
        value, name = rewrite(_whole(assign), renamed), assign.target.name
        versions[name] = f"{name} {len(found)}" if name in versions else name
        found.append(Assign(Name(versions[name]), "=", value))
    return found


def _read_by_shared(body: list[Assign], arrays: dict[str, Array]) -> set[str]:
    """The temporaries that the new values of shared variables depend on."""
    found: set[str] = set()
    for assign in reversed(body):
        target = assign.target
        wanted = target.name in found if isinstance(target, Name) else arrays[target.key].space is None
        found |= names(assign.value) if wanted else set()
    return found


def runs_of(task: Statements, memory: Memory, batched: bool) -> list[Statements]:
    """The runs of a body, in order."""
    return Cutter(task, memory, batched).cut()


def threshold_of(task: Threshold, memory: Memory) -> list[Task]:
    """A threshold whose condition reads of other elements what the event changes: first the condition, for all."""
    holds = memory.take(f"{task.slot.name} holds", "boolean", task.space, True)
    first = Statements(task.slot, task.clock, task.space, (Assign(holds, "=", task.condition),))
    return [first, replace(task, condition=holds)]
