"""Where in a step something may be put."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikeq.codegen.tasks import SCHEDULE, slot_position
from spikeq.errors import KindError, UnknownNameError, ValueRangeError


def checked_order(order: Any) -> int:
    """A place among what happens in the same slot. Raises KindError unless it is a whole number."""
    if isinstance(order, bool) or not isinstance(order, int | np.integer):
        raise KindError(f"order must be a whole number, not {order!r}.", "What has a smaller order comes first.")
    return int(order)


def checked_schedule(given: Any) -> tuple[str, ...]:
    """The slots of a step in an order of the user's. Raises KindError and ValueRangeError unless each is there once."""
    if not isinstance(given, list | tuple) or not all(isinstance(slot, str) for slot in given):
        raise KindError(f"A schedule is a list of slots, not {given!r:.60}.", f"Reorder {list(SCHEDULE)}.")
    if sorted(given) != sorted(SCHEDULE):
        wrong = sorted({*given} ^ {*SCHEDULE}) or sorted(slot for slot in SCHEDULE if given.count(slot) > 1)
        raise ValueRangeError(
            f"A schedule has each slot of a step once, but {wrong[0]!r} is missing, unknown or there twice.",
            f"Reorder {', '.join(SCHEDULE)}; before_ and after_ follow from them.",
        )
    return tuple(given)


def checked_when(when: Any) -> str:
    """A slot of the step. Raises UnknownNameError for a name that is none."""
    if not isinstance(when, str):
        raise KindError(f"when must be the name of a slot, not {when!r}.", "Write for example when='start'.")
    try:
        slot_position(when)
    except ValueError:
        raise UnknownNameError(
            f"There is no slot {when!r} in a step.",
            f"The slots are {', '.join(SCHEDULE)}, each also with before_ or after_ in front.",
        ) from None
    return when
