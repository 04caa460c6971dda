"""Which generated models the last bits of a float decide: they prove nothing, so they are set aside and counted."""

from __future__ import annotations

import numpy as np

from tests.oracle.record import Record

NEAR = 1e-9  # relative to the largest distance of the same comparison


def near_a_threshold(record: Record) -> list[str]:
    """The comparisons of a run whose two sides came closer than 1e-9 of their largest distance; empty is usual.

    An exact model has no such monitors: there ties are meant, and every machine computes them alike.
    """
    margins = {name: array for name, array in record.arrays.items() if ".margin_" in name and array.size}
    return [name for name, array in margins.items() if np.min(np.abs(array)) < NEAR * np.max(np.abs(array))]
