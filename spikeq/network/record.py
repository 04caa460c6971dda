"""What all monitors share: a source, a place in the step, and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikeq.errors import KindError
from spikeq.network.member import Member
from spikeq.network.moments import checked_order, checked_when

if TYPE_CHECKING:
    from spikeq.network.runner import Runner


class Record(Member):
    """Something that records a group or a part of one."""

    default_name = "monitor"
    clock_name = ""

    def __init__(self, source: Any, name: str | None, when: str, order: int) -> None:
        self.source = source
        super().__init__(name)
        self.whole = getattr(source, "whole", source)
        if isinstance(source, Record) or not hasattr(self.whole, "_variables"):
            raise KindError(
                f"{type(source).__name__} cannot be recorded.", "Give a group, a part of one, or synapses."
            ).located(self.title)
        self.when, self.order = checked_when(when), checked_order(order)
        self.active = True

    @property
    def key(self) -> str:
        """The name of its record in the plan."""
        return f"{self.name}:record"

    @property
    def rows(self) -> int:
        """The number of rows: at least 1."""
        return self.batch or 1

    @property
    def width(self) -> int:
        """The numbers that one step takes, a row."""
        return 1

    def _room(self, key: str, due: range, runner: Runner) -> dict[str, Any]:
        """Memory for one call, by name in the tables."""
        return {}


def part_range(source: Any) -> tuple[int, int]:
    """First and one past the last element of a part; (0, -1) for a whole group."""
    whole = getattr(source, "whole", source)
    return (0, -1) if whole is source else (source.start, source.stop)
