"""Forward Euler, and Euler-Maruyama for additive noise: x + dt*f + g*sqrt(dt)*xi."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.discretise.arithmetic import DT, multiply, plus, product
from spikeq.discretise.flow import Facts, Flow
from spikeq.discretise.noise import ROOT_STEP, parts, require_additive
from spikeq.discretise.updates import Updates
from spikeq.language.expression import Expression, Name


def euler(flows: Sequence[Flow], facts: Facts) -> Updates:
    """All right-hand sides at the old values, as they are written.

    Formula: Kloeden & Platen 1992, Numerical Solution of Stochastic Differential Equations, section 10.2 (for
    additive noise Ito's and Stratonovich's readings agree). Raises ``MethodError`` for multiplicative noise.
    """
    require_additive(flows, facts, "euler")
    return Updates("euler", (), tuple((flow.name, _step(flow)) for flow in flows))


def _step(flow: Flow) -> Expression:
    found = parts(flow)
    noise = (product(factor, ROOT_STEP, Name(name)) for name, factor in found.noise.items())
    return plus(Name(flow.name), multiply(DT, found.drift), *noise)
