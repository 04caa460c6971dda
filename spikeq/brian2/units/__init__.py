"""Brian2's module of units, for scripts that import from it by name."""

from __future__ import annotations

from spikeq.brian2.numbers import unit_names as _unit_names
from spikeq.errors import DimensionError as DimensionMismatchError

__all__ = ["DimensionMismatchError", *_unit_names()]
globals().update(_unit_names())
