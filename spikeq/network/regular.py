"""Statements that run in every step of a clock of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikeq.dimension import SECOND
from spikeq.language.model import Code
from spikeq.network.clock import Clock, step_length
from spikeq.network.member import checked_name
from spikeq.network.moments import checked_order, checked_when
from spikeq.units import with_dimension

if TYPE_CHECKING:
    from spikeq.network.group import Group


class RunRegularly:
    """What ``G.run_regularly`` made: ``code`` runs for every neuron in each step of the clock."""

    def __init__(self, group: Group, code: Code, dt: Any, when: str, order: int, name: str | None) -> None:
        self.group, self.code = group, code
        self.when, self.order = checked_when(when), checked_order(order)
        self._given_name = checked_name(name)
        self._clock: Clock | None = dt if isinstance(dt, Clock) else None
        self._dt = None if dt is None or isinstance(dt, Clock) else step_length(dt)
        if self._dt is not None:
            self._clock = Clock(with_dimension(self._dt, SECOND))
        self.number = len(getattr(group, "regular", ()))
        self.active = True

    @property
    def name(self) -> str:
        """The name that orders it among what happens in the same slot."""
        suffix = "" if self.number == 0 else f"_{self.number}"
        return self._given_name or f"{self.group.name}_run_regularly{suffix}"

    @property
    def clock(self) -> Clock:
        """Its own clock, or the group's."""
        return self._clock or self.group.clock
