"""A pathway that joins every pair of neurons, in parts: sums that the receiving neurons form, and what is left.

Where all neurons of one side are reached, each of them can sum its own column of the synapses whose event happened, in
a fixed order, instead of waiting for numbers that arrive in any order. A sum stands before everything else that the
pathway does and changes nothing but its target; what its values need of the statements before it is computed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from spikeq.codegen.ends import SIDES
from spikeq.codegen.extents import CLOCK_DT, CLOCK_REAL, CLOCK_STEP, STATEFUL, TIMED, is_clock
from spikeq.codegen.hoist import without_unused
from spikeq.codegen.tasks import Assign, Deliver, keys_of, scattered
from spikeq.language.expression import Access, Call, Expression, Name, names, walk


def split(task: Deliver) -> tuple[tuple[Deliver, ...], Deliver]:
    """The sums, each with the one addition as the last statement of its body, and the rest of the pathway."""
    sums, left = [], list(task.body)
    for place, assign in enumerate(task.body):
        sum_of = _sum(task, place) if _is_addition(task, assign) else None
        if sum_of is not None:
            sums.append(sum_of)
            left.remove(assign)
    if not sums:
        return (), task
    body = without_unused(left)
    return tuple(sums), replace(task, body=body, once=_still_used(task.once, body))


def _still_used(once: tuple[Assign, ...], body: tuple[Assign, ...]) -> tuple[Assign, ...]:
    kept = {id(one) for one in without_unused((*once, *body))}
    return tuple(one for one in once if id(one) in kept)


def far_side(task: Deliver) -> str:
    """The side of the neurons that are reached."""
    return "post" if task.trigger == "pre" else "pre"


def _is_addition(task: Deliver, assign: Assign) -> bool:
    """Whether a statement adds to neurons that are all reached, in a pathway whose statements need no order."""
    dense = task.space.ends is not None and task.space.ends.form == "dense"
    if not dense or task.spread or task.ordered or not isinstance(assign.target, Access):
        return False
    return assign.target.index == far_side(task) and assign.target.kind == "real" and assign.op in ("+=", "-=")


def _sum(task: Deliver, place: int) -> Deliver | None:
    """The pathway as far as one addition needs it; None where it is no sum of what was there before the event."""
    assign = task.body[place]
    assert isinstance(assign.target, Access)
    if not _is_only_added_to(task, assign.target) or not _is_plain_guard(task, assign.guard):
        return None
    needed = _needed(task.body[:place], assign.value)
    read = {name for one in (*needed, assign) for value in _values(one) for name in names(value)}
    once = _for_names(task.once, read)
    values = [value for one in (*once, *needed, assign) for value in _values(one)]
    if not all(_is_known_before(task, value) for value in values):
        return None
    after_once = keys_of(*(value for one in (*needed, assign) for value in _values(one)))
    if after_once & _targets(task.once) or keys_of(*values) & _targets(scattered(task.body)):
        return None
    return replace(task, body=(*needed, assign), once=once, bounds=())


def _is_only_added_to(task: Deliver, target: Access) -> bool:
    """Whether nothing else of the pathway reads or sets a variable."""
    everything = (*task.once, *task.body, *task.bounds)
    writers = [a for a in everything if isinstance(a.target, Access) and a.target.key == target.key]
    read = keys_of(*(value for one in everything for value in _values(one)))
    return target.key not in read and all(_is_addition(task, one) for one in writers)


def _is_plain_guard(task: Deliver, guard: Expression | None) -> bool:
    if guard is None:
        return True
    changed = _targets((*task.once, *task.body))
    return isinstance(guard, Access) and guard.index == far_side(task) and guard.key not in changed


def _is_known_before(task: Deliver, value: Expression) -> bool:
    """Whether a value draws nothing and reads only what a block of synapses has at hand."""
    for node in walk(value):
        if isinstance(node, Call) and node.function in STATEFUL:
            return False
        if isinstance(node, Call) and node.function.startswith(TIMED) and not _is_of_time(node):
            return False
        if isinstance(node, Access) and node.index not in ("own", "scalar", *SIDES):
            return False
    return True


def _is_of_time(node: Expression) -> bool:
    """Whether time alone decides a value."""
    clocks = (CLOCK_REAL, CLOCK_STEP, CLOCK_DT)
    keys = [one.key for one in walk(node) if isinstance(one, Access)]
    return not names(node) and all(any(is_clock(key, clock) for clock in clocks) for key in keys)


def _needed(before: tuple[Assign, ...], value: Expression) -> tuple[Assign, ...]:
    """The statements before an addition that its value follows from."""
    wanted, kept = _read(value), list[Assign]()
    for assign in reversed(before):
        made = _made(assign)
        if made in wanted:
            if assign.op == "=" and assign.guard is None:
                wanted.discard(made)
            for one in _values(assign):
                wanted |= _read(one)
            kept.append(assign)
    return tuple(reversed(kept))


def _for_names(once: tuple[Assign, ...], read: set[str]) -> tuple[Assign, ...]:
    """The statements at the sources that temporaries follow from."""
    wanted, kept = set(read), list[Assign]()
    for assign in reversed(once):
        if isinstance(assign.target, Name) and assign.target.name in wanted:
            wanted |= names(assign.value)
            kept.append(assign)
    return tuple(reversed(kept))


def _read(value: Expression) -> set[str]:
    """The temporaries that a value reads, and the keys of the synapses' own variables."""
    return names(value) | {n.key for n in walk(value) if isinstance(n, Access) and n.index == "own"}


def _made(assign: Assign) -> str:
    target = assign.target
    return target.name if isinstance(target, Name) else target.key if target.index == "own" else ""


def _values(assign: Assign) -> tuple[Expression, ...]:
    """What a statement reads."""
    read = (assign.value,) if assign.guard is None else (assign.value, assign.guard)
    own = isinstance(assign.target, Name) or assign.target.index == "own"
    return (*read, assign.target) if own and assign.op != "=" else read


def _targets(body: Iterable[Assign]) -> set[str]:
    return {a.target.key for a in body if isinstance(a.target, Access)}
