"""What every object of a network has: a name, a clock's time, and one network at most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from spikeq.errors import NameConflictError, NetworkError, UnsupportedError

if TYPE_CHECKING:
    from spikeq.network.clock import Clock
    from spikeq.network.network import Network


class Member:
    """An object that can be part of a network. ``name`` is the user's, or given by the network in order of adding."""

    default_name = "object"

    def __init__(self, name: str | None) -> None:
        self._given_name = checked_name(name)
        self._network: Network | None = None

    @property
    def name(self) -> str:
        """The name in messages and results."""
        return self._given_name or self.default_name

    @property
    def title(self) -> str:
        """What messages call it: ``NeuronGroup 'cells'``."""
        return f"{type(self).__name__} {self.name!r}"

    @property
    def clock(self) -> Clock:
        """The clock on which it runs."""
        raise NotImplementedError

    @property
    def batch(self) -> int | None:
        """The number of rows of the network's batch, None without one."""
        return None if self._network is None else self._network.batch

    @property
    def t(self) -> Any:
        """The time that has passed on its clock."""
        return self.clock.t

    @property
    def t_(self) -> Any:
        """The time that has passed, in seconds."""
        return self.clock.t_

    @property
    def dt(self) -> Any:
        """The time step of its clock."""
        return self.clock.dt

    @property
    def dt_(self) -> float:
        """The time step, in seconds."""
        return self.clock.dt_

    def join(self, network: Network) -> None:
        """Become part of a network. Raises NetworkError if it is part of another."""
        if self._network is not None and self._network is not network:
            raise NetworkError(
                f"{self.name} is part of another network already.", "Make a new object for each network."
            ).located(self.title)
        object.__setattr__(self, "_network", network)

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse copies and pickles: half of an object is what its network and the compiler know of it."""
        raise cannot_be_copied(self.title)


def cannot_be_copied(what: str) -> UnsupportedError:
    """What copying or pickling a network, or a part of one, raises."""
    return UnsupportedError(
        f"{what} cannot be copied or pickled.",
        "Build it again by the same code; net.save(path) keeps its values, get_states() gives them.",
    )


def checked_name(name: Any) -> str | None:
    """A name that a user gave to an object. Raises NameConflictError for one that is no identifier."""
    if name is None or (isinstance(name, str) and name.isascii() and name.isidentifier()):
        return name
    raise NameConflictError(
        f"{name!r:.60} cannot be a name.", "Use letters, digits and underscores, and begin with a letter."
    )
