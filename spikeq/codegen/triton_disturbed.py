"""Pathways whose synapses read of neurons what others of the same pathway change in the same step.

The statements of a pathway see what was there before it. Kernels change neurons while others still read, so what is
read waits in memory of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from spikeq.codegen.tasks import Assign, Deliver, Space, Statements, expressions, keys_of, scattered
from spikeq.codegen.triton_runs import Memory
from spikeq.errors import UnsupportedError
from spikeq.language.expression import Access, Expression, rewrite


def disturbed(task: Deliver) -> tuple[str, ...]:
    """The variables of neurons that the synapses change and read, where their statements need no order."""
    if task.ordered:
        return ()
    read = keys_of(*expressions(task))
    changed = (assign.target.key for assign in scattered(task.body))  # type: ignore[union-attr]
    return tuple(dict.fromkeys(key for key in changed if key in read))


def undisturbed(task: Deliver, memory: Memory) -> tuple[list[Statements], Deliver]:
    """What keeps the values of before, and the pathway that reads those. Raises UnsupportedError."""
    kept: list[Statements] = []
    seen: dict[str, str] = {}
    for key in disturbed(task):
        array = memory.arrays[key]
        if array.space is None or array.step or _is_read_after(task.body, key):
            raise not_yet_known(task, key)
        space = Space(array.space)
        old = memory.take(f"{task.slot.name} {key} before", array.kind, space, True, array.rows)
        seen[key] = old.key
        kept.append(Statements(task.slot, task.clock, space, (Assign(old, "=", Access(key, "own", array.kind)),)))

    def before(node: Expression) -> Expression:
        return replace(node, key=seen[node.key]) if isinstance(node, Access) and node.key in seen else node

    def of(body: Iterable[Assign]) -> tuple[Assign, ...]:
        guarded = (a if a.guard is None else replace(a, guard=rewrite(a.guard, before)) for a in body)
        return tuple(replace(a, value=rewrite(a.value, before)) for a in guarded)

    if not kept:
        return [], task
    return kept, replace(task, once=of(task.once), body=of(task.body), bounds=of(task.bounds))


def _is_read_after(body: Iterable[Assign], key: str) -> bool:
    """Whether a statement reads a variable that one before it has changed."""
    changed = False
    for assign in body:
        values = (assign.value,) if assign.guard is None else (assign.value, assign.guard)
        if changed and key in keys_of(*values):
            return True
        changed |= isinstance(assign.target, Access) and assign.target.key == key
    return False


def not_yet_known(task: Deliver, key: str) -> UnsupportedError:
    """The error for a value that is complete only when all synapses have added to it."""
    return UnsupportedError(
        f"{task.slot.name} does not run on the Triton backend: it reads {key} after its synapses have changed it.",
        "Read it in an earlier statement, or use backend='torch', which runs on the GPU as well.",
    )
