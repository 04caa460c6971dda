"""spikeq's objects with Brian2's defaults: 0.1 ms, float64, the method that Brian2 would choose, names by order."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from spikeq.brian2.session import session
from spikeq.errors import NameConflictError, NetworkError, UnsupportedError
from spikeq.language.user_function import UserFunction
from spikeq.network import event_monitors, inputs, monitors, network, neurons, operation, poisson_input, synapses
from spikeq.network.clock import Clock
from spikeq.network.group import Group


class BrianObject:
    """What everything that a script makes has in common: when it was made, and in which scope."""

    invalidates_magic_network = True
    _given_name: str | None
    _network: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        stem = _stem(kwargs.get("name"))
        super().__init__(*args, **({**kwargs, "name": None} if stem else kwargs))
        self.__dict__["_made"] = session.count()
        self.__dict__["_scope"] = session.scope
        self.__dict__["_unnamed"] = self._given_name is None
        if stem:
            self.__dict__["default_name"] = stem

    def join(self, network: Any) -> None:
        """Become part of a network; of another one as long as the first has not begun to run."""
        if self._network is not None and self._network is not network and not self._network.has_begun:
            self.__dict__["_network"] = None
        super().join(network)  # type: ignore[misc]

    def _default_clock(self) -> Clock:
        return session.clock if self._network is None else self._network.clock


def _stem(name: Any) -> str:
    """Brian2 writes ``name='cells*'`` for "cells, or cells_1 if that is taken"."""
    return name.removesuffix("*") if isinstance(name, str) and name.endswith("*") else ""


class NeuronGroup(BrianObject, neurons.NeuronGroup):
    """``spikeq.NeuronGroup`` with Brian2's defaults."""


class Synapses(BrianObject, synapses.Synapses):
    """``spikeq.Synapses`` with Brian2's defaults."""


class PoissonGroup(BrianObject, inputs.PoissonGroup):
    """``spikeq.PoissonGroup`` with Brian2's defaults."""


class SpikeGeneratorGroup(BrianObject, inputs.SpikeGeneratorGroup):
    """``spikeq.SpikeGeneratorGroup`` with Brian2's defaults."""


class PoissonInput(BrianObject, poisson_input.PoissonInput):
    """``spikeq.PoissonInput`` with Brian2's defaults."""


class StateMonitor(BrianObject, monitors.StateMonitor):
    """``spikeq.StateMonitor`` with Brian2's defaults."""

    invalidates_magic_network = False


class PopulationRateMonitor(BrianObject, monitors.PopulationRateMonitor):
    """``spikeq.PopulationRateMonitor`` with Brian2's defaults."""

    invalidates_magic_network = False


class EventMonitor(BrianObject, event_monitors.EventMonitor):
    """``spikeq.EventMonitor`` with Brian2's defaults."""

    invalidates_magic_network = False


class SpikeMonitor(BrianObject, event_monitors.SpikeMonitor):
    """``spikeq.SpikeMonitor`` with Brian2's defaults."""

    invalidates_magic_network = False


class NetworkOperation(BrianObject, operation.NetworkOperation):
    """``spikeq.NetworkOperation`` with Brian2's defaults."""

    @property
    def clock(self) -> Clock:
        """Its own clock, or the network's."""
        return self._clock or self._default_clock()


def network_operation(*args: Any, **kwargs: Any) -> Any:
    """Make a function run within the step: ``@network_operation`` or ``@network_operation(dt=10*ms, when='end')``."""
    if len(args) == 1 and callable(args[0]) and not kwargs:
        return NetworkOperation(args[0])
    return functools.partial(_operation, args, kwargs)


def _operation(args: tuple[Any, ...], kwargs: Mapping[str, Any], function: Callable[..., Any]) -> NetworkOperation:
    return NetworkOperation(function, *args, **kwargs)


class Function(UserFunction):
    """A function for equations, as one line of text: ``Function('f(x) = x**2')``. Python functions are refused."""

    __slots__ = ()

    def __init__(self, pyfunc: Any, *_: Any, **__: Any) -> None:
        if not isinstance(pyfunc, str):
            name = getattr(pyfunc, "__name__", "f")
            raise UnsupportedError(
                f"Strings cannot call the Python function {name}.",
                f"Write it in the language: {name} = Function('{name}(x) = x**2'), or use a TimedArray.",
            )
        super().__init__(pyfunc)


def implementation(target: str, code: Any = None, **_: Any) -> Callable[[Any], Any]:
    """Brian2's decorator for functions in other languages; the function stays what it is."""
    return lambda function: function


def declare_types(**_: Any) -> Callable[[Any], Any]:
    """Brian2's decorator for the types of a function; the function stays what it is."""
    return lambda function: function


class Network(network.Network):
    """Objects that run together, as in Brian2: ``Network(G, S, M)``, then ``net.run(100*ms)``."""

    _names_are_fixed = False

    def __init__(self, *objects: Any, name: str | None = None) -> None:
        super().__init__(
            method=None,
            seed=session.network_seed(),
            dtype=session.preferences.float_type,
            name=name and name.rstrip("*"),
        )
        self.clock = session.clock
        self._seeding, self._last_dt = session.seedings, session.clock.dt_
        self.add(*objects)

    def add(self, *objects: Any) -> None:
        """Add objects, or collections of objects. Raises NetworkError for what belongs to another network."""
        super().add(*sorted(_flattened(objects), key=lambda one: getattr(one, "_made", 0)))
        if not self._names_are_fixed:
            self._name_by_order()

    def _name(self, one: Any) -> None:
        if self._names_are_fixed:
            super()._name(one)

    def _name_by_order(self) -> None:
        """Until the first run, objects without a name are numbered in the order in which they were made."""
        unnamed = [one for one in self.objects if one.__dict__.get("_unnamed", one._given_name is None)]
        taken: set[str] = set()
        for one in self.objects:
            if not any(one is other for other in unnamed):
                if one.name in taken:
                    raise NameConflictError(f"There are two objects {one.name!r}.", "Give one another name=.")
                taken.add(one.name)
        for one in sorted(unnamed, key=lambda one: one.__dict__.get("_made", 0)):
            name, number = one.default_name, 0
            while name in taken:
                number += 1
                name = f"{one.default_name}_{number}"
            taken.add(name)
            one.__dict__["_given_name"] = name

    def run(
        self,
        duration: Any,
        report: Any = None,
        report_period: Any = None,
        namespace: Mapping[str, Any] | None = None,
        profile: Any = None,
        level: int = 0,
    ) -> None:
        """Simulate for a time; see ``spikeq.Network.run``."""
        self.get_ready()
        session.running.append(self)
        try:
            super().run(duration, report, report_period, namespace, profile, level + 1)
        finally:
            session.running.remove(self)

    @property
    def has_begun(self) -> bool:
        """Whether it has run, or kept its state."""
        return self._names_are_fixed

    def get_ready(self) -> None:
        """Take over what was set since the last run: the seed and the default clock.

        Raises NetworkError for objects that another network has taken over.
        """
        for one in self.objects:
            if one._network is not self:
                raise NetworkError(
                    f"{one.name} is part of another network as well, which ran first.",
                    "Make a new object for each network, or add and remove objects of one network.",
                )
        self._names_are_fixed = True
        if self._seeding != session.seedings:
            self._seeding = session.seedings
            self.seed(session.network_seed())
            self.draw = 0
        session.clock.go_to(self.t_, must_fit=self.steps > 0 and self._last_dt != session.clock.dt_)
        self._last_dt = session.clock.dt_

    def store(self, name: str = "default", filename: Any = None) -> None:
        """Keep the state of all objects; see ``spikeq.Network.store``."""
        self._names_are_fixed = True
        super().store(name, filename)

    def get_states(self, units: bool = True, **_: Any) -> dict[str, dict[str, Any]]:
        """The values of all variables, by the names of objects and variables."""
        return {one.name: one.get_states(units=units, level=1) for one in self.groups}

    def set_states(self, values: Mapping[str, Mapping[str, Any]], units: bool = True, **_: Any) -> None:
        """Assign what ``get_states`` gave."""
        for name, states in values.items():
            self[name].set_states(states, units=units, level=1)


def _flattened(objects: Iterable[Any]) -> Iterator[Any]:
    for one in objects:
        if isinstance(one, Mapping):
            yield from _flattened(one.values())
        elif isinstance(one, list | tuple | set | frozenset):
            yield from _flattened(one)
        else:
            yield one


def owners(one: Any) -> list[Group]:
    """The groups without which an object cannot run."""
    sides = [getattr(one, name, None) for name in ("source", "target", "whole")]
    found = [getattr(side, "whole", side) for side in sides if side is not None]
    return [group for group in found if isinstance(group, Group) and group is not one]
