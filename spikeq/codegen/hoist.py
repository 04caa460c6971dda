"""Synaptic variables that are the same at all synapses of a neuron are stored once a neuron.

Input: the resolved statements of the pathways and the right-hand sides of the variables' equations. Output: for each
variable the side on which it is stored, and why; and pathways in two parts, what runs once for each neuron that had
the event and what runs at each of its synapses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from spikeq.codegen.extents import STATEFUL
from spikeq.codegen.tasks import Assign
from spikeq.language.expression import Access, Binary, Call, Expression, Name, rewrite, walk

SIDES = ("pre", "post")
_OTHER = {"pre": "post", "post": "pre"}
_WORD = {"pre": "presynaptic", "post": "postsynaptic"}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a variable is stored: once for each neuron of a side, or once for each synapse (None); and why."""

    side: str | None
    reason: str

    def __str__(self) -> str:
        where = "each synapse" if self.side is None else f"each {_WORD[self.side]} neuron"
        return f"once for {where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Event:
    """A pathway as far as this matters: ``together`` says that an event reaches all synapses of a neuron at once."""

    title: str
    side: str
    together: bool
    body: tuple[Assign, ...]

    def changes(self, key: str) -> bool:
        """Whether the statements assign to a synaptic variable."""
        return any(isinstance(a.target, Access) and a.target.key == key for a in self.body)

    @property
    def neurons(self) -> frozenset[str]:
        """The variables of neurons that the statements assign to."""
        return frozenset(a.target.key for a in self.body if isinstance(a.target, Access) and a.target.index != "own")


@dataclass(frozen=True, slots=True)
class Course:
    """How a variable changes between events: the right-hand side of its equation.

    ``fixed``: the keys of what may stand in it because nothing changes it during a run; None where that does not
    matter, since the variable changes in every step and not from one event to the next.
    """

    expression: Expression
    fixed: Collection[str] | None


def place(
    flows: Mapping[str, Course], events: Iterable[Event], refused: Mapping[str, Placement]
) -> dict[str, Placement]:
    """The placement of every variable with an equation, by key.

    A variable is stored on a side if only that side's pathways change it, each from what all synapses of the neuron
    share, and if its equation reads nothing else. ``refused``: those that each synapse has for itself anyway.
    """
    events = tuple(events)
    found = {key: refused.get(key) or _first_guess(key, course, events) for key, course in flows.items()}
    changed = True
    while changed:
        changed = False
        for key, placement in found.items():
            if placement.side is None:
                continue
            obstacle = _Obstacles(placement.side, found).of(key, flows, events)
            if obstacle is not None:
                found[key], changed = Placement(None, obstacle), True
    return found


def _first_guess(key: str, course: Course, events: tuple[Event, ...]) -> Placement:
    """The side that changes a variable or, where no event does, the one that its equation reads."""
    writers = [event for event in events if event.changes(key)]
    sides = {event.side for event in writers}
    if not sides:
        read = {node.index for node in walk(course.expression) if isinstance(node, Access)}
        side = "post" if "post" in read else "pre"
        return Placement(side, "its equation alone changes it, by what all synapses of the neuron share")
    if len(sides) == 2:
        both = [next(e.title for e in writers if e.side == side) for side in SIDES]
        return Placement(None, f"{both[0]} and {both[1]} both change it")
    (side,) = sides
    names = " and ".join(event.title for event in writers)
    return Placement(side, f"only {names} changes it, by what all synapses of the neuron share")


@dataclass(frozen=True, slots=True)
class _Obstacles:
    """What stands in the way of storing a variable on one side; texts complete "... reads <text>"."""

    side: str
    found: Mapping[str, Placement]

    def of(self, key: str, flows: Mapping[str, Course], events: tuple[Event, ...]) -> str | None:
        """The first obstacle of a variable, None if there is none."""
        flow = self._in_value(flows[key].expression, {}, frozenset(), flows[key].fixed)
        if flow is not None:
            return f"its equation reads {flow}"
        for other, course in flows.items():
            reads = any(isinstance(n, Access) and n.key == key and n.index == "own" for n in walk(course.expression))
            if reads and course.fixed is not None and self.found[other].side != self.side:
                return f"the equation of {_plain(other)}, which is stored elsewhere, reads it"
        for event in events:
            obstacle = self._in_event(key, event) if event.changes(key) else None
            if obstacle is not None:
                return obstacle
        return None

    def _in_event(self, key: str, event: Event) -> str | None:
        if not event.together:
            return f"{event.title} reaches the synapses of a neuron after delays of their own"
        temporaries: dict[str, str | None] = {}
        for assign in event.body:
            obstacle = self._in_value(assign.value, temporaries, event.neurons, None)
            if isinstance(assign.target, Name):
                before = temporaries.get(assign.target.name) if assign.op != "=" else None
                temporaries[assign.target.name] = obstacle or before
            elif assign.target.key == key and obstacle is not None:
                return f"{event.title} changes it by {obstacle}"
        return None

    def _in_value(
        self,
        value: Expression,
        temporaries: Mapping[str, str | None],
        changing: Collection[str],
        fixed: Collection[str] | None,
    ) -> str | None:
        for node in walk(value):
            if isinstance(node, Name):
                obstacle = temporaries.get(node.name)
            elif isinstance(node, Call):
                obstacle = f"{node.function}(), drawn for each synapse" if node.function in STATEFUL else None
            elif isinstance(node, Access):
                obstacle = self._in_access(node, changing, fixed)
            else:
                continue
            if obstacle is not None:
                return obstacle
        return None

    def _in_access(self, node: Access, changing: Collection[str], fixed: Collection[str] | None) -> str | None:
        if node.index == "own":
            shared = node.key in self.found and self.found[node.key].side == self.side
            return None if shared else f"{_plain(node.key)}, which each synapse has for itself"
        if node.index not in ("scalar", self.side):
            return f"{_plain(node.key)} of the {_WORD[_OTHER[self.side]]} neuron"
        if node.key in changing:
            return f"{_plain(node.key)}, which the same statements change"
        if fixed is not None and node.key not in fixed:
            return f"{_plain(node.key)}, which may change during a run"
        return None


def _plain(key: str) -> str:
    return key.rpartition(".")[2].rpartition(":")[2].partition("@")[0]


@dataclass
class Split:
    """A pathway in the making, in two parts: ``once`` for each neuron that had the event, ``each`` for its synapses.

    ``values`` says what a variable that is stored elsewhere reads as at this point of the statements: an array of
    neurons, or a temporary that no other statement assigns to. Temporaries of ``once`` may be read by ``each``.
    """

    side: str
    own: Collection[str]  # the variables that are stored on the side of the event: the statements may change them
    values: dict[str, Expression]
    neurons: Collection[str]  # the variables of neurons that the statements change
    together: bool = True  # whether an event reaches all synapses at once; if not, nothing runs once for all of them
    once: list[Assign] = field(default_factory=list)
    each: list[Assign] = field(default_factory=list)
    _renamed: dict[str, Expression] = field(default_factory=dict)
    _shared: set[str] = field(default_factory=set)

    def add(self, assign: Assign) -> None:
        """Put the next statement where it belongs."""
        value = self._current(assign.value)
        target = assign.target
        key = target.key if isinstance(target, Access) and target.index == "own" else None
        if key is not None and key in self.own:
            self.values[key] = self.define(f"_new_{_plain(key)}", _whole(assign.op, self.values[key], value))
        elif isinstance(target, Name) and self.is_shared(_whole(assign.op, self._current(target), value)):
            made = self.define(f"_new_{target.name}", _whole(assign.op, self._current(target), value))
            self._renamed[target.name] = made
        else:
            if isinstance(target, Name) and target.name in self._renamed:
                value, assign = _whole(assign.op, self._renamed.pop(target.name), value), replace(assign, op="=")
            self.each.append(replace(assign, value=value))

    def know(self, names: Iterable[str]) -> None:
        """These temporaries are the same for all synapses of the neuron."""
        self._shared.update(names)

    def define(self, name: str, value: Expression) -> Name:
        """A new temporary of what runs once a neuron."""
        made, number = Name(name), 0
        while made.name in self._shared:
            number += 1
            made = Name(f"{name}_v{number}")
        self._shared.add(made.name)
        self.once.append(Assign(made, "=", value))
        return made

    def _current(self, value: Expression) -> Expression:
        def change(node: Expression) -> Expression:
            if isinstance(node, Name):
                return self._renamed.get(node.name, node)
            if isinstance(node, Access) and node.index == "own":
                return self.values.get(node.key, node)
            return node

        return rewrite(value, change)

    def is_shared(self, value: Expression) -> bool:
        """Whether all synapses of the neuron would compute the same, before any statement changes a neuron."""
        if not self.together:
            return False
        for node in walk(value):
            if isinstance(node, Name) and node.name not in self._shared:
                return False
            if isinstance(node, Call) and node.function in STATEFUL:
                return False
            if isinstance(node, Access) and (node.index not in ("scalar", self.side) or node.key in self.neurons):
                return False
        return True


def across(body: tuple[Assign, ...], side: str) -> tuple[list[tuple[str, Expression]], tuple[Assign, ...]]:
    """The temporaries of a body that follow from the neurons of one side alone, in order, and the rest of the body.

    Where an event reaches all neurons of that side, these are computed once for each instead of at each synapse.
    """
    assigned = [a.target.name for a in body if isinstance(a.target, Name)]
    lifted: list[tuple[str, Expression]] = []
    split, rest = Split(side, (), {}, Event("", side, True, body).neurons), []
    for assign in body:
        name = assign.target.name if isinstance(assign.target, Name) else ""
        if assigned.count(name) == 1 and assign.op == "=" and split.is_shared(assign.value):
            split.know([name])
            lifted.append((name, assign.value))
        else:
            rest.append(assign)
    return lifted, tuple(rest)


def seen_from(side: str, value: Expression) -> Expression:
    """A value at synapses, for the neurons of one side."""

    def change(node: Expression) -> Expression:
        return replace(node, index="own") if isinstance(node, Access) and node.index == side else node

    return rewrite(value, change)


def _whole(op: str, old: Expression, value: Expression) -> Expression:
    return value if op == "=" else Binary(op.removesuffix("="), old, value)  # type: ignore[arg-type]


def without_unused(body: Iterable[Assign]) -> tuple[Assign, ...]:
    """The assignments, less those of temporaries that nothing reads afterwards."""
    kept: list[Assign] = []
    read: set[str] = set()
    for assign in reversed(tuple(body)):
        if isinstance(assign.target, Name) and assign.target.name not in read:
            continue
        if isinstance(assign.target, Name) and assign.op == "=":
            read.discard(assign.target.name)
        used = (assign.value, *(() if assign.guard is None else (assign.guard,)))
        read |= {node.name for one in used for node in walk(one) if isinstance(node, Name)}
        kept.append(assign)
    return tuple(reversed(kept))
