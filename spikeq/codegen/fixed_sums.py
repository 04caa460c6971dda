"""Which additions of pathways are made in fixed point, so that their sums do not depend on the order of synapses."""

from __future__ import annotations

from collections.abc import Mapping

from spikeq.codegen.column_sums import far_side, split
from spikeq.codegen.extents import Array
from spikeq.codegen.tasks import Assign, Deliver, Space, scattered
from spikeq.language.expression import Access


def is_in_turn(task: Deliver) -> bool:
    """Whether the events and synapses of a pathway must run one after the other."""
    return task.ordered or any(assign.op not in ("+=", "-=") for assign in scattered(task.body))


def fixed_additions(task: Deliver, arrays: Mapping[str, Array], columns: bool = True) -> tuple[Assign, ...]:
    """The additions to neurons that many synapses may make at once; ``columns``: but for those that neurons sum."""
    one_to_one = task.space.ends is not None and task.space.ends.form == "one_to_one"
    if is_in_turn(task) or one_to_one:
        return ()
    body = split(task)[1].body if columns else task.body
    return tuple(dict.fromkeys(assign for assign in scattered(body) if _is_of_group(task, assign, arrays)))


def group_of(task: Deliver, target: Access) -> Space:
    """The neurons of a variable."""
    return task.targets if target.index == far_side(task) else task.sources


def _is_of_group(task: Deliver, assign: Assign, arrays: Mapping[str, Array]) -> bool:
    target = assign.target
    return (
        isinstance(target, Access) and target.kind == "real" and arrays[target.key].space == group_of(task, target).name
    )
