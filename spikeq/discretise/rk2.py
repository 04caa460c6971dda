"""The midpoint method, of second order."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.discretise.flow import Facts, Flow
from spikeq.discretise.runge_kutta import Tableau, runge_kutta
from spikeq.discretise.updates import Updates


def rk2(flows: Sequence[Flow], facts: Facts) -> Updates:
    """x + dt*f(x + dt*f(x, t)/2, t + dt/2).

    Formula: Hairer, Norsett & Wanner 1993, Solving Ordinary Differential Equations I, section II.1 (Runge 1895).
    """
    return runge_kutta(Tableau("rk2", divisors=(2,), weights=(0, 1)), flows)
