"""The classical Runge-Kutta method, of fourth order."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.discretise.flow import Facts, Flow
from spikeq.discretise.runge_kutta import Tableau, runge_kutta
from spikeq.discretise.updates import Updates


def rk4(flows: Sequence[Flow], facts: Facts) -> Updates:
    """x + (k1 + 2*k2 + 2*k3 + k4)/6 with slopes at the start, twice in the middle and at the end of the step.

    Formula: Hairer, Norsett & Wanner 1993, Solving Ordinary Differential Equations I, table II.1.2 (Kutta 1901).
    """
    return runge_kutta(Tableau("rk4", divisors=(2, 2, 1), weights=(1, 2, 2, 1)), flows)
