"""Everything that happens in one step, as records: run one after the other, this list is the meaning of a model.

Expressions inside tasks are resolved: leaves are ``Access`` (arrays of the network), ``Name`` (temporaries of the
same block), ``Literal`` and calls. Six internal functions appear beside the language's own: ``_steps(x)`` is
``timestep(x, dt)``, ``_free(stored, k)`` is true where at least k steps have passed since a stored step, and
``_time(stored, dt)`` and ``_since(stored)`` are the time of a stored step and the time since then, in seconds;
``_since(stored, now)`` where the step is counted by another clock than the task's. ``_latest(a, b)`` is the later of
two stored steps, ``_between(a, b, dt)`` the time from step a to step b in seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from spikeq.codegen.ends import SIDES, Ends, Side
from spikeq.language.expression import Access, Call, Expression, Name, rewrite, walk
from spikeq.language.model import Operator

# The slots of one step; each also has a `before_` and an `after_` slot.
SCHEDULE = ("start", "groups", "thresholds", "synapses", "resets", "end")


def slot_position(when: str, schedule: tuple[str, ...] = SCHEDULE) -> float:
    """Where a slot stands in the step; ``before_x`` and ``after_x`` surround ``x``. Raises ValueError."""
    for prefix, shift in (("before_", -0.25), ("after_", 0.25)):
        if when.startswith(prefix) and when.removeprefix(prefix) in schedule:
            return schedule.index(when.removeprefix(prefix)) + shift
    return float(schedule.index(when))


@dataclass(frozen=True, slots=True)
class Slot:
    """When in a step something happens: the slot, then the order, then plain string order of names."""

    when: str
    order: int
    name: str


@dataclass(frozen=True, slots=True)
class Space:
    """The elements that a body runs over: the neurons of a group or the synapses of a Synapses object.

    ``ends`` says how the neurons of synapses are found.
    """

    name: str
    edges: bool = False
    ends: Ends | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """One assignment. Where ``guard`` is false the target keeps its value."""

    target: Access | Name
    op: Operator
    value: Expression
    guard: Expression | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What every task has: its place in the step and the clock it runs on."""

    slot: Slot
    clock: str


@dataclass(frozen=True, slots=True)
class Statements(Task):
    """A body for every element of a space; with ``event``, only for the elements that had the event in this step."""

    space: Space
    body: tuple[Assign, ...]
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Threshold(Task):
    """An event happens where the condition holds; for spikes, ``lastspike`` and ``not_refractory`` are set."""

    space: Space
    event: str
    condition: Expression
    lastspike: Access | None = None
    not_refractory: Access | None = None


@dataclass(frozen=True, slots=True)
class Generate(Task):
    """Spikes at given steps: the host hands over the list of each step."""

    space: Space
    event: str


@dataclass(frozen=True, slots=True)
class Deliver(Task):
    """A pathway: sources [start, stop) whose event happened ``delay`` steps ago run the body at each of their synapses.

    ``ordered`` runs it synapse by synapse, since its statements do not commute. ``sorted`` says that the synapses
    are numbered by source, ``spread`` that each has a delay of its own. ``once`` runs before the body, once for each
    source: it assigns to temporaries, which the body may read, and to arrays of the sources. ``bounds`` clip what the
    body left behind. ``apart`` is not 0 where what is on its way from earlier runs does not fit the delays of
    this one: at most so many times some of it arrives at once at one place.
    """

    space: Space
    pathway: str
    event: str
    body: tuple[Assign, ...]
    sources: Space
    source_range: tuple[int, int]
    targets: Space
    target_range: tuple[int, int]
    trigger: str  # "pre" or "post": which side's event runs the body
    dense: bool
    delayed: bool
    ordered: bool
    sorted: bool
    spread: bool = False
    bounds: tuple[Assign, ...] = ()
    once: tuple[Assign, ...] = ()
    apart: int = 0


@dataclass(frozen=True, slots=True)
class Sum(Task):
    """A variable of the neurons [start, stop) becomes the sum of a value over their synapses, in their order."""

    space: Space
    target: Access
    value: Expression
    neurons: Space
    neuron_range: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Normalise(Task):
    """A synaptic variable is scaled: the absolute values at each neuron of the side ``by`` get the sum ``total``.

    ``total`` is an expression of the neurons [start, stop). It happens in each of ``every`` steps, the last of them;
    ``every`` None means after the last step of a run. ``bounds`` clip what comes out.
    """

    space: Space
    target: Access
    total: Expression
    by: Side
    neurons: Space
    neuron_range: tuple[int, int]
    every: Access | None
    bounds: tuple[Assign, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordEvents(Task):
    """Keep which elements of [start, stop) had the event, and the values of some variables there."""

    monitor: str
    space: Space
    event: str
    source_range: tuple[int, int]
    variables: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class RecordState(Task):
    """Keep the values of expressions, for all elements or those listed in the array ``indices``."""

    monitor: str
    space: Space
    variables: tuple[tuple[str, Expression], ...]
    indices: str | None


@dataclass(frozen=True, slots=True)
class RecordRate(Task):
    """Count the events of [start, stop) in this step."""

    monitor: str
    space: Space
    event: str
    source_range: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Host(Task):
    """A Python function of the user: the step is cut here."""

    key: str


def bodies(task: Task) -> tuple[Assign, ...]:
    """The assignments of a task, if it has any."""
    match task:
        case Deliver():
            return (*task.once, *task.body, *task.bounds)
        case Normalise():
            return task.bounds
        case Statements():
            return task.body
    return ()


def scattered(body: Iterable[Assign]) -> list[Assign]:
    """The statements of synapses that assign to variables of the neurons on one of their sides."""
    return [a for a in body if isinstance(a.target, Access) and a.target.index in SIDES]


def expressions(task: Task) -> tuple[Expression, ...]:
    """Every expression that a task evaluates."""
    match task:
        case Threshold():
            return (task.condition,)
        case Sum():
            return (task.value,)
        case Normalise():
            return (task.total, *(bound.value for bound in task.bounds))
        case RecordEvents() | RecordState():
            return tuple(expression for _, expression in task.variables)
        case _:
            values = [a.value for a in bodies(task)]
            return (*values, *(a.guard for a in bodies(task) if a.guard is not None))


def on_own_clock(task: Task) -> Task:
    """The task with ``t@clock`` written as ``t`` where the clock is its own, and so for ``dt`` and steps."""
    return _rewritten(task, partial(_without_clock, f"@{task.clock}"))


def _rewritten(task: Task, change: Callable[[Expression], Expression]) -> Task:
    match task:
        case Statements():
            return replace(task, body=_rewritten_body(task.body, change))
        case Deliver():
            parts = (_rewritten_body(part, change) for part in (task.once, task.body, task.bounds))
            once, body, bounds = parts
            return replace(task, once=once, body=body, bounds=bounds)
        case Threshold():
            return replace(task, condition=rewrite(task.condition, change))
        case Sum():
            return replace(task, value=rewrite(task.value, change))
        case Normalise():
            return replace(task, total=rewrite(task.total, change), bounds=_rewritten_body(task.bounds, change))
        case RecordEvents() | RecordState():
            return replace(task, variables=tuple((name, rewrite(one, change)) for name, one in task.variables))
        case _:
            return task


def _rewritten_body(body: tuple[Assign, ...], change: Callable[[Expression], Expression]) -> tuple[Assign, ...]:
    return tuple(_rewritten_assign(one, change) for one in body)


def _rewritten_assign(assign: Assign, change: Callable[[Expression], Expression]) -> Assign:
    guard = None if assign.guard is None else rewrite(assign.guard, change)
    return replace(assign, value=rewrite(assign.value, change), guard=guard)


def _without_clock(suffix: str, node: Expression) -> Expression:
    if isinstance(node, Access) and node.key.endswith(suffix):
        return replace(node, key=node.key.removesuffix(suffix))
    if isinstance(node, Call) and node.function == "_since" and "@" not in getattr(node.arguments[-1], "key", ""):
        return replace(node, arguments=node.arguments[:1])
    return node


def read(task: Task) -> set[str]:
    """The keys of the arrays whose values a task takes over: not what it has set itself before it reads it."""
    if isinstance(task, Normalise):
        return keys_of(task.target, *expressions(task))
    if bodies(task):
        return _read_by(bodies(task))
    keys = keys_of(*expressions(task))
    if isinstance(task, Threshold) and task.not_refractory is not None:
        keys.add(task.not_refractory.key)
    return keys


def _read_by(body: tuple[Assign, ...]) -> set[str]:
    found: set[str] = set()
    made: set[str] = set()
    for one in body:
        keys = keys_of(one.value, *(() if one.guard is None else (one.guard,)))
        if isinstance(one.target, Access):
            keys |= {one.target.key} if one.op != "=" else set()
        found |= keys - made
        if isinstance(one.target, Access) and one.target.index in ("own", "scalar") and one.guard is None:
            made.add(one.target.key)
    return found


def keys_of(*values: Expression) -> set[str]:
    """The keys of the arrays that expressions name."""
    return {node.key for one in values for node in walk(one) if isinstance(node, Access)}


def written(task: Task) -> set[str]:
    """The keys of the arrays that a task changes."""
    keys = {a.target.key for a in bodies(task) if isinstance(a.target, Access)}
    if isinstance(task, Sum | Normalise):
        keys.add(task.target.key)
    if isinstance(task, Threshold):
        keys |= {access.key for access in (task.lastspike, task.not_refractory) if access is not None}
    return keys


def in_order(tasks: list[Task], schedule: tuple[str, ...] = SCHEDULE) -> tuple[Task, ...]:
    """The tasks in the order of a step."""
    return tuple(sorted(tasks, key=lambda t: (slot_position(t.slot.when, schedule), t.slot.order, t.slot.name)))
