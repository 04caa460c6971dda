"""Quantities and questions about their units, as in Brian2's module of this name."""

from __future__ import annotations

from spikeq.dimension import DIMENSIONLESS as DIMENSIONLESS
from spikeq.dimension import Dimension as Dimension
from spikeq.errors import DimensionError as DimensionMismatchError
from spikeq.units import Quantity as Quantity
from spikeq.units import Unit as Unit
from spikeq.units import check_units as check_units
from spikeq.units import get_dimensions as get_dimensions
from spikeq.units import get_unit as get_unit
from spikeq.units import have_same_dimensions as have_same_dimensions
from spikeq.units import in_best_unit as in_best_unit
from spikeq.units import in_unit as in_unit
from spikeq.units import is_dimensionless as is_dimensionless

__all__ = [
    "DIMENSIONLESS",
    "Dimension",
    "DimensionMismatchError",
    "Quantity",
    "Unit",
    "check_units",
    "get_dimensions",
    "get_unit",
    "have_same_dimensions",
    "in_best_unit",
    "in_unit",
    "is_dimensionless",
]
