"""What all monitors share: a source, a place in the step, and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spikeq.errors import KindError, NetworkError
from spikeq.network.group import checked_name
from spikeq.network.moments import checked_when

if TYPE_CHECKING:
    from spikeq.network.network import Network
    from spikeq.network.runner import Runner


class Record:
    """Something that records a group or a part of one."""

    default_name = "monitor"
    width = 1
    clock_name = ""

    def __init__(self, source: Any, name: str | None, when: str, order: int) -> None:
        self.__dict__["source"] = source
        self._given_name = checked_name(name)
        self.whole = getattr(source, "whole", source)
        if not hasattr(self.whole, "_variables"):
            raise KindError(
                f"{type(source).__name__} cannot be recorded.", "Give a group, a part of one, or synapses."
            ).located(self.name)
        self.when, self.order = checked_when(when), order
        self.active = True
        self._network: Network | None = None

    @property
    def name(self) -> str:
        """The name in results; given by the network if not by the user."""
        return self._given_name or self.default_name

    @property
    def key(self) -> str:
        """The name of its record in the plan."""
        return f"{self.name}:record"

    @property
    def batch(self) -> int | None:
        """The number of rows of the network's batch, None without one."""
        return None if self._network is None else self._network.batch

    @property
    def rows(self) -> int:
        """The number of rows: at least 1."""
        return self.batch or 1

    def join(self, network: Network) -> None:
        """Become part of a network. Raises NetworkError if it is part of another."""
        if self._network is not None and self._network is not network:
            raise NetworkError(f"{self.name} is part of another network.", "Make a new monitor.").located(self.name)
        self._network = network

    def room(self, key: str, due: range, runner: Runner) -> dict[str, Any]:
        """Memory for one call, by name in the tables."""
        return {}


def part_range(source: Any) -> tuple[int, int]:
    """First and one past the last element of a part; (0, -1) for a whole group."""
    whole = getattr(source, "whole", source)
    return (0, -1) if whole is source else (source.start, source.stop)
