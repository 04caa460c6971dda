"""Names of Brian2 that spikeq has no counterpart for: they exist, and using one says what to do instead."""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from spikeq.brian2.preferences import no_effect
from spikeq.brian2.session import session
from spikeq.errors import UnsupportedError

_SPACE = "spikeq simulates neurons without extent. Couple several NeuronGroups by Synapses, one for each compartment."
_METHODS = "Choose one of spikeq's methods, for example method='rk4' or 'exponential_euler'."
_INSTEAD = {
    "BinomialFunction": "Write binomial(n, p) in the string.",
    "CodeRunner": "Use run_regularly or network_operation.",
    "Cylinder": _SPACE,
    "CythonCodeObject": "spikeq chooses its backend itself.",
    "ExplicitStateUpdater": _METHODS,
    "Expression": "Give the string itself.",
    "ImportExport": "Use get_states and set_states.",
    "Morphology": _SPACE,
    "NumpyCodeObject": "spikeq chooses its backend itself.",
    "Section": _SPACE,
    "Soma": _SPACE,
    "SpatialNeuron": _SPACE,
    "StateUpdateMethod": _METHODS,
    "Statements": "Give the string itself.",
    "get_or_create_dimension": "Multiply and divide units, for example volt/second.",
    "register_new_unit": "Multiply and divide units, for example volt/second.",
    "std_silent": "Redirect sys.stdout with contextlib.redirect_stdout.",
}


class Missing:
    """Something that spikeq does not have. Raises UnsupportedError when it is used."""

    def __init__(self, name: str, instead: str) -> None:
        self.__dict__["_about"] = (name, instead)

    def _refuse(self) -> NoReturn:
        name, instead = self.__dict__["_about"]
        raise UnsupportedError(f"{name} does not exist in spikeq.", instead)

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse()

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()

    def __mro_entries__(self, bases: tuple[Any, ...]) -> NoReturn:
        self._refuse()

    def __repr__(self) -> str:
        return f"<{self.__dict__['_about'][0]}, which does not exist in spikeq>"


def missing_names() -> dict[str, Missing]:
    """The stand-ins by name."""
    return {name: Missing(name, instead) for name, instead in _INSTEAD.items()}


class Device:
    """``device``: spikeq runs a network as soon as ``run`` is called, so that there is nothing to build."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def __repr__(self) -> str:
        return "Device(spikeq)"


device = Device()
all_devices = {"runtime": device}


def set_device(name: Any = "runtime", *_: Any, **__: Any) -> None:
    """Accepted; spikeq chooses how it runs."""
    if name != "runtime" and not isinstance(name, Device):
        no_effect(f"set_device({name!r})")


def get_device() -> Device:
    """The only device."""
    return device


def clear_cache(target: str = "") -> None:
    """Accepted; there is no cache of Brian2's."""
    no_effect("clear_cache")


check_cache = clear_cache


class _Quiet(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_, **__: None


class BrianLogger(metaclass=_Quiet):
    """Accepted; spikeq warns through Python's ``warnings``."""


def get_logger(module_name: str = "brian2") -> logging.Logger:
    """Python's logger of that name."""
    return logging.getLogger(module_name)


class Summary:
    """A text that Brian2 returns as an object."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def profiling_summary(net: Any = None, show: Any = None) -> Summary:
    """How long building, compiling and running took; spikeq runs all objects together."""
    from spikeq.brian2.magic import magic_network

    chosen = magic_network.network if net is None else net
    lines = [f"{what:8} {seconds:10.3f} s" for what, seconds in chosen.timings.items()]
    return Summary("\n".join(["Profiling summary", "=================", *lines]))


def scheduling_summary(net: Any = None) -> Summary:
    """What happens in one step, in order."""
    from spikeq.brian2.magic import magic_network

    chosen = magic_network.gather(1) if net is None else net
    return Summary(str(chosen.show("tasks", level=1)))


prefs = session.preferences
