"""Spiking neural networks from equation strings: the public names. Each is imported when it is first asked for.

``import spikeq as sq``, then ``sq.NeuronGroup``, ``sq.Network``; units are ``sq.mV``, ``sq.ms`` and so on.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # true to a type checker
if TYPE_CHECKING:
    from typing import Any

    from spikeq import errors as errors
    from spikeq import experiment as experiment
    from spikeq import models as models
    from spikeq import units as units
    from spikeq.errors import ClockError as ClockError
    from spikeq.errors import ConnectionError as ConnectionError
    from spikeq.errors import DataError as DataError
    from spikeq.errors import DimensionError as DimensionError
    from spikeq.errors import EquationSyntaxError as EquationSyntaxError
    from spikeq.errors import KernelError as KernelError
    from spikeq.errors import KindError as KindError
    from spikeq.errors import LimitError as LimitError
    from spikeq.errors import MethodError as MethodError
    from spikeq.errors import ModelError as ModelError
    from spikeq.errors import NameConflictError as NameConflictError
    from spikeq.errors import NetworkError as NetworkError
    from spikeq.errors import NotFiniteError as NotFiniteError
    from spikeq.errors import OutOfMemoryError as OutOfMemoryError
    from spikeq.errors import ShapeError as ShapeError
    from spikeq.errors import SpikeqError as SpikeqError
    from spikeq.errors import SpikeqWarning as SpikeqWarning
    from spikeq.errors import UnknownAttributeError as UnknownAttributeError
    from spikeq.errors import UnknownNameError as UnknownNameError
    from spikeq.errors import UnsupportedError as UnsupportedError
    from spikeq.errors import ValueRangeError as ValueRangeError
    from spikeq.language.equations import Equations as Equations
    from spikeq.language.user_function import UserFunction
    from spikeq.network.clock import Clock as Clock
    from spikeq.network.event_monitors import EventMonitor as EventMonitor
    from spikeq.network.event_monitors import SpikeMonitor as SpikeMonitor
    from spikeq.network.inputs import PoissonGroup as PoissonGroup
    from spikeq.network.inputs import SpikeGeneratorGroup as SpikeGeneratorGroup
    from spikeq.network.link import linked_var as linked_var
    from spikeq.network.monitors import PopulationRateMonitor as PopulationRateMonitor
    from spikeq.network.monitors import StateMonitor as StateMonitor
    from spikeq.network.network import Network as Network
    from spikeq.network.neurons import NeuronGroup as NeuronGroup
    from spikeq.network.operation import NetworkOperation as NetworkOperation
    from spikeq.network.operation import network_operation as network_operation
    from spikeq.network.poisson_input import PoissonInput as PoissonInput
    from spikeq.network.show import show as show
    from spikeq.network.synapses import Synapses as Synapses
    from spikeq.network.timed_array import TimedArray as TimedArray
    from spikeq.units import Quantity as Quantity

    Function = UserFunction

    def __getattr__(name: str) -> Any: ...


# Where each name lives; a module stands for itself.
_HOMES = {
    "ClockError": "errors",
    "ConnectionError": "errors",
    "DataError": "errors",
    "DimensionError": "errors",
    "EquationSyntaxError": "errors",
    "KernelError": "errors",
    "KindError": "errors",
    "LimitError": "errors",
    "MethodError": "errors",
    "ModelError": "errors",
    "NameConflictError": "errors",
    "NetworkError": "errors",
    "NotFiniteError": "errors",
    "OutOfMemoryError": "errors",
    "ShapeError": "errors",
    "SpikeqError": "errors",
    "SpikeqWarning": "errors",
    "UnknownAttributeError": "errors",
    "UnknownNameError": "errors",
    "UnsupportedError": "errors",
    "ValueRangeError": "errors",
    "Equations": "language.equations",
    "Function": "language.user_function",
    "Clock": "network.clock",
    "EventMonitor": "network.event_monitors",
    "SpikeMonitor": "network.event_monitors",
    "PoissonGroup": "network.inputs",
    "SpikeGeneratorGroup": "network.inputs",
    "linked_var": "network.link",
    "PopulationRateMonitor": "network.monitors",
    "StateMonitor": "network.monitors",
    "Network": "network.network",
    "NeuronGroup": "network.neurons",
    "NetworkOperation": "network.operation",
    "network_operation": "network.operation",
    "PoissonInput": "network.poisson_input",
    "show": "network.show",
    "Synapses": "network.synapses",
    "TimedArray": "network.timed_array",
    "Quantity": "units",
}
_MODULES = ("errors", "experiment", "models", "units")
_OTHER_NAMES = {"Function": "UserFunction"}

__all__ = sorted([*_HOMES, *_MODULES])


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            found = getattr(import_module(f"spikeq.{_HOMES[name]}"), _OTHER_NAMES.get(name, name))
        elif name in _MODULES:
            return import_module(f"spikeq.{name}")
        elif name.startswith("_"):
            raise AttributeError(f"module 'spikeq' has no attribute {name!r}")
        else:
            try:
                found = getattr(import_module("spikeq.units"), name)
            except AttributeError:
                raise AttributeError(f"module 'spikeq' has no attribute {name!r}") from None
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *dir(import_module("spikeq.units"))})
