"""Where in a step something may be put."""

from __future__ import annotations

from spikeq.codegen.tasks import SCHEDULE, slot_position
from spikeq.errors import UnknownNameError


def checked_when(when: str) -> str:
    """A slot of the step. Raises UnknownNameError for a name that is none."""
    try:
        slot_position(when)
    except ValueError:
        raise UnknownNameError(
            f"There is no slot {when!r} in a step.",
            f"The slots are {', '.join(SCHEDULE)}, each also with before_ or after_ in front.",
        ) from None
    return when
