"""The units with short names, such as mV and nS, as in Brian2's module of this name."""

from __future__ import annotations

from spikeq import unit_table as _table
from spikeq import units as _units

__all__ = sorted(_table.SHORT)
globals().update({name: getattr(_units, name) for name in __all__})
