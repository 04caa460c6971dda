"""Networks that collect themselves: ``run`` simulates whatever is visible where it is called."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from spikeq.brian2.objects import BrianObject, Network, owners
from spikeq.brian2.session import session
from spikeq.errors import NetworkError, SpikeqWarning


class MagicError(NetworkError):
    """It is not clear what should be simulated."""


class MagicNetwork:
    """The network of ``run``: everything that is visible there. See ``collect``."""

    def __init__(self) -> None:
        self._network: Network | None = None

    @property
    def network(self) -> Network:
        """The simulation that goes on, or a new one."""
        if self._network is None:
            self._network = Network()
        return self._network

    def add(self, *objects: Any) -> None:
        """Not possible. Raises MagicError."""
        raise MagicError("The magic network finds its objects itself.", "Make a Network to choose them.")

    remove = add

    def gather(self, level: int = 0) -> Network:
        """The network of what is visible. Raises MagicError for a mix of what has run before and what is new."""
        objects = complete(visible(sys._getframe(level + 1)))
        foreign = [one for one in objects if not _is_free(one) and one._network is not self._network]
        if foreign:
            raise MagicError(
                f"{foreign[0].name} has been simulated in another network.",
                "Call start_scope() before making new objects, or run a Network of those that you mean.",
            )
        known = not all(_is_free(one) for one in objects)
        new = [one for one in objects if _is_free(one) and one.invalidates_magic_network]
        if known and new:
            raise MagicError(
                f"Some objects have run before, but {new[0].name} is new: go on, or start again?",
                "Call start_scope() before making objects for a new simulation, or run a Network of what you mean.",
            )
        if new:
            self._network = None
        network = self.network
        network.remove([one for one in network.objects if not any(one is other for other in objects)])
        network.add(objects)
        return network

    def run(
        self,
        duration: Any,
        report: Any = None,
        report_period: Any = None,
        namespace: Mapping[str, Any] | None = None,
        profile: Any = None,
        level: int = 0,
    ) -> None:
        """Simulate what is visible; see ``spikeq.Network.run``."""
        network = self.gather(level + 1)
        network.run(duration, report, report_period, namespace, profile, level + 1)

    def store(self, name: str = "default", filename: Any = None, level: int = 0) -> None:
        """Keep the state of what is visible."""
        self.gather(level + 1).store(name, filename)

    def restore(
        self, name: str = "default", filename: Any = None, restore_random_state: bool = False, level: int = 0
    ) -> None:
        """Go back to a state that was kept."""
        self.gather(level + 1).restore(name, filename, restore_random_state)

    def explain(self, namespace: Mapping[str, Any] | None = None, level: int = 0) -> str:
        """What happens in one step of what is visible, in words; see ``spikeq.Network.explain``."""
        return self.gather(level + 1).explain(namespace, level + 1)

    def get_states(self, units: bool = True, level: int = 0, **_: Any) -> dict[str, dict[str, Any]]:
        """The values of all variables of what is visible."""
        return self.gather(level + 1).get_states(units)

    def set_states(self, values: Mapping[str, Mapping[str, Any]], units: bool = True, level: int = 0, **_: Any) -> None:
        """Assign what ``get_states`` gave."""
        self.gather(level + 1).set_states(values, units)

    def __getattr__(self, name: str) -> Any:
        if name == "network" or name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.network, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_network":
            object.__setattr__(self, name, value)
        else:
            setattr(self.network, name, value)

    def __getitem__(self, name: str) -> Any:
        return self.network[name]

    def __contains__(self, name: object) -> bool:
        return name in self.network

    def __len__(self) -> int:
        return len(self.network)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.network)

    def __repr__(self) -> str:
        return "MagicNetwork()"


magic_network = MagicNetwork()


def _is_free(one: Any) -> bool:
    """Whether an object belongs to no network that has begun to run."""
    return one._network is None or not one._network.has_begun


def visible(frame: FrameType) -> list[Any]:
    """The objects of this scope that a frame has a name for, globally or locally, in the order of their making."""
    named = (*frame.f_globals.values(), *frame.f_locals.values())
    found = {id(one): one for one in named if isinstance(one, BrianObject)}
    return sorted((o for o in found.values() if o._scope == session.scope), key=lambda o: o._made)  # type: ignore[attr-defined]


def complete(objects: list[Any]) -> list[Any]:
    """Those whose groups are there as well."""
    there = {id(one) for one in objects}
    found = []
    for one in objects:
        missing = [group for group in owners(one) if id(group) not in there]
        if missing:
            warnings.warn(
                f"{one.name} is left out of the run, because {missing[0].name} is not visible there.",
                SpikeqWarning,
                stacklevel=5,
            )
        else:
            found.append(one)
    return found


def collect(level: int = 0) -> set[Any]:
    """The objects that ``run`` would simulate here."""
    return set(visible(sys._getframe(level + 1)))


def run(
    duration: Any,
    report: Any = None,
    report_period: Any = None,
    namespace: Mapping[str, Any] | None = None,
    profile: Any = None,
    level: int = 0,
) -> None:
    """Simulate everything that is visible here; a second call goes on. See ``spikeq.Network.run``.

    Raises MagicError for a mix of objects that have run before and new ones.
    """
    magic_network.run(duration, report, report_period, namespace, profile, level + 1)


def store(name: str = "default", filename: Any = None) -> None:
    """Keep the state of everything that is visible here, in memory or in a file."""
    magic_network.store(name, filename, level=1)


def restore(name: str = "default", filename: Any = None, restore_random_state: bool = False) -> None:
    """Go back to a state that ``store`` kept."""
    magic_network.restore(name, filename, restore_random_state, level=1)


def stop() -> None:
    """End the runs that are going on after this step."""
    for network in session.running:
        network.stop()


def start_scope() -> None:
    """Leave all objects that were made so far out of later runs."""
    session.scope += 1


def seed(seed: int | None = None) -> None:
    """Make everything random from here on reproducible: networks, NumPy and torch; None undoes it."""
    session.seed(seed)


def restore_initial_state() -> None:
    """Put defaultclock, the preferences and the scope back to what they were at import."""
    session.start_anew()
