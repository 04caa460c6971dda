"""Milstein's method without derivatives, for one noise of its own in each equation, read after Stratonovich."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.discretise.arithmetic import DT, multiply, plus, product
from spikeq.discretise.flow import Facts, Flow, Locals, at, names_of
from spikeq.discretise.noise import ROOT_STEP, Parts, parts
from spikeq.discretise.updates import Updates
from spikeq.errors import MethodError
from spikeq.language.expression import Binary, Expression, Literal, Name, names


def milstein(flows: Sequence[Flow], facts: Facts) -> Updates:
    """x + dt*f + g*dW + (g(y) - g)*dW**2/(2*sqrt(dt)) with y = x + dt*f + g*sqrt(dt) and dW = sqrt(dt)*xi.

    Formula: Kloeden & Platen 1992, section 11.1, with dW**2 in the place of dW**2 - dt (Stratonovich's reading), as
    in Brian2. Strong order 1 without drift; the drift inside y leaves a mean error of order 1/2 where both drift and
    slope of g are large: ``heun`` has none. Raises ``MethodError`` where noise is not diagonal: two noises in an
    equation, or one in two.
    """
    split = [parts(flow) for flow in flows]
    _require_diagonal(split)
    local = Locals()
    noisy = set().union(*(names(g) for part in split for g in part.noise.values())) & {*names_of(flows)}
    drifted: dict[str, Expression] = {
        part.flow.name: local.add(plus(Name(part.flow.name), multiply(DT, part.drift)), "drifted", part.flow.name)
        for part in split
        if part.flow.name in noisy
    }
    finals = tuple((part.flow.name, _step(part, drifted, local)) for part in split)
    return Updates("milstein", tuple(local.made), finals)


def _require_diagonal(split: Sequence[Parts]) -> None:
    users: dict[str, str] = {}
    for part in split:
        wrong = ""
        if len(part.noise) > 1:
            wrong = f"it contains the noises {' and '.join(part.noise)}"
        for name in part.noise:
            if name in users:
                wrong = f"its noise {name} is also in the equation of {users[name]}"
            users[name] = part.flow.name
        if wrong:
            raise MethodError(
                f"milstein cannot integrate d{part.flow.name}/dt: {wrong}.",
                "Use method='heun', or give each equation one noise of its own (xi_a, xi_b).",
                part.flow.expression.span,
            )


def _step(part: Parts, drifted: dict[str, Expression], local: Locals) -> Expression:
    flow = part.flow
    drift = plus(Name(flow.name), multiply(DT, part.drift))
    if not part.noise:
        return drift
    ((noise, factor),) = part.noise.items()
    if not names(factor) & {*drifted}:
        return plus(drift, product(factor, ROOT_STEP, Name(noise)))
    increment = local.add(Binary("*", ROOT_STEP, Name(noise)), "dW", noise)
    start = local.add(factor, "g", flow.name)
    points = dict(drifted)
    if flow.name in drifted:
        points[flow.name] = local.add(Binary("+", drifted[flow.name], product(ROOT_STEP, start)), "support", flow.name)
    bend = Binary("-", at(factor, points), start)
    half = Binary("/", Literal(1), product(Literal(2), ROOT_STEP))
    square = Binary("**", increment, Literal(2))
    return plus(drift, product(start, increment), product(half, bend, square))
