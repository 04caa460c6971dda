"""Exponential Euler: each variable exactly, as if all others stood still during the step."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.discretise.affine import affine
from spikeq.discretise.arithmetic import DT, call, over_step, plus, product
from spikeq.discretise.flow import GATE, STATEFUL, Facts, Flow
from spikeq.discretise.noise import refuse_noise
from spikeq.discretise.updates import Updates
from spikeq.errors import MethodError
from spikeq.language.expression import Binary, Expression, Name, calls, names


def exponential_euler(flows: Sequence[Flow], facts: Facts) -> Updates:
    """For dx/dt = f = a*x + b: x + dt*exprel(a*dt)*f, which is (x + b/a)*exp(a*dt) - b/a and holds at a = 0 too.

    Formula: Hochbruck & Ostermann 2010, Acta Numerica 19, 209-286, section 2.1, with each equation for itself.
    Raises ``MethodError`` for noise and for an equation that is not linear in its own variable.
    """
    refuse_noise(flows, "exponential_euler")
    return Updates("exponential_euler", (), tuple((flow.name, _step(flow)) for flow in flows))


def _step(flow: Flow) -> Expression:
    old = Name(flow.name)
    form = affine(flow.expression, (flow.name,), hidden=True)
    hides = form is not None and not form.factors and flow.name in names(flow.expression)
    if form is None or hides:
        raise MethodError(
            f"exponential_euler cannot integrate d{flow.name}/dt: it is not linear in {flow.name}.",
            "Write it as a*x + b with a and b free of the variable, or use method='rk4' or 'euler'.",
            flow.expression.span,
        )
    rate = form.factors.get(flow.name)
    if rate is None:
        return plus(old, product(DT, flow.right_side))
    if calls(rate) & STATEFUL:
        raise MethodError(
            f"exponential_euler cannot integrate d{flow.name}/dt: a random number multiplies {flow.name}.",
            "Use method='euler', or draw the number in run_regularly.",
            flow.expression.span,
        )
    exponent = over_step(rate, DT)
    if form.constant is None and not flow.guarded:
        return product(old, call("exp", exponent))
    gain = product(DT, call("exprel", exponent))
    change = product(gain, flow.expression)
    return Binary("+", old, Binary("*", GATE, change) if flow.guarded else change)
