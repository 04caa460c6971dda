"""Python functions that are called while a network runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, overload

from spikeq.codegen.tasks import Host
from spikeq.dimension import SECOND
from spikeq.errors import KindError, NetworkError
from spikeq.network.clock import Clock, step_length
from spikeq.network.member import Member
from spikeq.network.moments import checked_order, checked_when
from spikeq.units import with_dimension

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly


class NetworkOperation(Member):
    """Calls a function in every step of a clock; it may read and assign variables and stop the network.

    function: takes no argument, or the time of the step as a quantity. dt, clock: how often (the network's own step).
    when, order: at which place in the step, by default its start.
    Raises KindError for a function that cannot be called like this.
    """

    default_name = "networkoperation"

    def __init__(
        self,
        function: Callable[..., Any],
        dt: Any = None,
        clock: Clock | None = None,
        when: str = "start",
        order: int = 0,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.function = function
        self.takes_time = _takes_time(function)
        self.when, self.order, self.active = checked_when(when), checked_order(order), True
        given = clock if clock is not None else dt
        self._clock: Clock | None = given if isinstance(given, Clock) or given is None else _own_clock(given)
        self.__doc__ = function.__doc__ or type(self).__doc__

    @property
    def clock(self) -> Clock:
        """Its own clock, or the network's."""
        if self._clock is not None:
            return self._clock
        if self._network is None:
            raise NetworkError(f"{self.name} has no time step yet.", "Give dt=, or add it to a Network first.")
        return self._network.clock

    def contribute(self, assembly: Assembly) -> None:
        """Cut the step here."""
        key = f"{self.name}:function"
        assembly.host[key] = self.run
        assembly.add(Host(assembly.slot(self.when, self.order, self.name), assembly.clock(self.clock), key))

    def run(self) -> None:
        """Call the function."""
        if self.takes_time:
            self.function(with_dimension(self.clock.t_, SECOND))
        else:
            self.function()

    def __repr__(self) -> str:
        called = getattr(self.function, "__name__", type(self.function).__name__)
        return f"NetworkOperation({called}, when={self.when!r}, name={self.name!r})"


@overload
def network_operation(function: Callable[..., Any], /) -> NetworkOperation: ...


@overload
def network_operation(
    *, dt: Any = None, clock: Clock | None = None, when: str = "start", order: int = 0, name: str | None = None
) -> Callable[[Callable[..., Any]], NetworkOperation]: ...


def network_operation(
    function: Callable[..., Any] | None = None,
    /,
    *,
    dt: Any = None,
    clock: Clock | None = None,
    when: str = "start",
    order: int = 0,
    name: str | None = None,
) -> Any:
    """Make a function a ``NetworkOperation``: ``@network_operation`` or ``@network_operation(dt=10*ms)``."""

    def made(chosen: Callable[..., Any]) -> NetworkOperation:
        return NetworkOperation(chosen, dt, clock, when, order, name)

    if function is None:
        return made
    if not callable(function):
        raise KindError(
            f"network_operation takes no {type(function).__name__} by position.", "Name it: network_operation(dt=...)."
        )
    return made(function)


def _own_clock(dt: Any) -> Clock:
    return Clock(with_dimension(step_length(dt), SECOND))


def _takes_time(function: Any) -> bool:
    """Whether a function takes the time as its argument."""
    if not callable(function):
        raise KindError(f"{type(function).__name__} is no function.", "Give a function of no argument or of t.")
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some functions that are written in C do not say
        return False
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in positional if p.default is p.empty]
    required += [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    if positional and positional[0].name == "self":
        raise KindError(
            "The first argument is self: a method needs its object.",
            "Write NetworkOperation(self.method) where the object exists, instead of decorating the method.",
        )
    if len(required) > 1 or any(p.kind is p.KEYWORD_ONLY for p in required):
        raise KindError(
            f"A network operation takes no argument or the time t, but this one takes {len(required)}.",
            "Write 'def f():' or 'def f(t):'.",
        )
    return len(required) == 1 or len(positional) == 1
