"""The door for Brian2's scripts: ``from spikeq.brian2 import *`` in place of ``from brian2 import *``.

Brian2's defaults (0.1 ms, float64, its choice of method), its global functions, and the names of NumPy, pylab and units
that it brings along.
"""

from __future__ import annotations

import numpy as _numpy

from spikeq.brian2 import later as _later
from spikeq.brian2 import numbers as _numbers
from spikeq.brian2 import unsupported as _unsupported
from spikeq.brian2.magic import MagicError as MagicError
from spikeq.brian2.magic import MagicNetwork as MagicNetwork
from spikeq.brian2.magic import collect as collect
from spikeq.brian2.magic import magic_network as magic_network
from spikeq.brian2.magic import restore as restore
from spikeq.brian2.magic import restore_initial_state as restore_initial_state
from spikeq.brian2.magic import run as run
from spikeq.brian2.magic import seed as seed
from spikeq.brian2.magic import start_scope as start_scope
from spikeq.brian2.magic import stop as stop
from spikeq.brian2.magic import store as store
from spikeq.brian2.objects import BrianObject as BrianObject
from spikeq.brian2.objects import EventMonitor as EventMonitor
from spikeq.brian2.objects import Function as Function
from spikeq.brian2.objects import Network as Network
from spikeq.brian2.objects import NetworkOperation as NetworkOperation
from spikeq.brian2.objects import NeuronGroup as NeuronGroup
from spikeq.brian2.objects import PoissonGroup as PoissonGroup
from spikeq.brian2.objects import PoissonInput as PoissonInput
from spikeq.brian2.objects import PopulationRateMonitor as PopulationRateMonitor
from spikeq.brian2.objects import SpikeGeneratorGroup as SpikeGeneratorGroup
from spikeq.brian2.objects import SpikeMonitor as SpikeMonitor
from spikeq.brian2.objects import StateMonitor as StateMonitor
from spikeq.brian2.objects import Synapses as Synapses
from spikeq.brian2.objects import declare_types as declare_types
from spikeq.brian2.objects import implementation as implementation
from spikeq.brian2.objects import network_operation as network_operation
from spikeq.brian2.preferences import Preferences as BrianPreference
from spikeq.brian2.session import session as _session
from spikeq.brian2.unsupported import BrianLogger as BrianLogger
from spikeq.brian2.unsupported import all_devices as all_devices
from spikeq.brian2.unsupported import check_cache as check_cache
from spikeq.brian2.unsupported import clear_cache as clear_cache
from spikeq.brian2.unsupported import device as device
from spikeq.brian2.unsupported import get_device as get_device
from spikeq.brian2.unsupported import get_logger as get_logger
from spikeq.brian2.unsupported import prefs as prefs
from spikeq.brian2.unsupported import profiling_summary as profiling_summary
from spikeq.brian2.unsupported import scheduling_summary as scheduling_summary
from spikeq.brian2.unsupported import set_device as set_device
from spikeq.errors import DimensionError as DimensionMismatchError
from spikeq.errors import SpikeqError as BrianObjectException
from spikeq.errors import UnknownNameError as PreferenceError
from spikeq.language.binding import caller_namespace as get_local_namespace
from spikeq.language.equations import Equations as Equations
from spikeq.language.functions import CONSTANTS as DEFAULT_CONSTANTS
from spikeq.language.functions import FUNCTIONS as DEFAULT_FUNCTIONS
from spikeq.network.clock import Clock as Clock
from spikeq.network.group import Group as Group
from spikeq.network.link import linked_var as linked_var
from spikeq.network.subgroup import Subgroup as Subgroup
from spikeq.network.timed_array import TimedArray as TimedArray
from spikeq.unit_table import UNITS as DEFAULT_UNITS

defaultclock = _session.clock
brian_prefs = prefs
logger = get_logger()
Nameable = Trackable = BrianObject
SpikeSource = VariableOwner = Group
is_scalar_type = _numpy.isscalar

# Brian2's methods are objects; spikeq's are strings.
euler, exact, exponential_euler, heun, milstein, rk2, rk4 = (
    "euler",
    "exact",
    "exponential_euler",
    "heun",
    "milstein",
    "rk2",
    "rk4",
)
independent, linear = "independent", "linear"
gsl_rk2, gsl_rk4, gsl_rk8pd, gsl_rkck, gsl_rkf45 = "gsl_rk2", "gsl_rk4", "gsl_rk8pd", "gsl_rkck", "gsl_rkf45"

_own = {name: value for name, value in globals().items() if not name.startswith("_") and name != "annotations"}
_brought = {
    **_later.plotting_names(),
    **_numbers.numpy_names(),
    **_numbers.unit_names(),
    **_unsupported.missing_names(),
}
_own = {name: value for name, value in _own.items() if name not in ("later", "magic", "numbers", "objects")}
_own = {name: value for name, value in _own.items() if name not in ("preferences", "session", "unsupported")}
globals().update({name: value for name, value in _brought.items() if name not in _own})
__all__ = sorted({*_own, *_brought})
OWN_NAMES = {*_own, *_numbers.unit_names(), *_unsupported.missing_names()}
