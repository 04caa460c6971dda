"""NumPy with functions that take units, as in Brian2's module of this name."""

from __future__ import annotations

from spikeq.brian2 import numbers as _numbers

__all__ = sorted(_numbers.numpy_names())
globals().update(_numbers.numpy_names())
