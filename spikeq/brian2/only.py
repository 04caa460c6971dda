"""The door without the names of NumPy and pylab: ``from spikeq.brian2.only import *``."""

from __future__ import annotations

from spikeq import brian2 as _door

__all__ = sorted(_door.OWN_NAMES)
globals().update({name: getattr(_door, name) for name in __all__})
