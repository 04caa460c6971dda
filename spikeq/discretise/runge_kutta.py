"""Explicit Runge-Kutta methods as tables: what rk2 and rk4 have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spikeq.discretise.arithmetic import DT, ONE, add, plus, product
from spikeq.discretise.flow import Flow, Locals, at, later
from spikeq.discretise.noise import refuse_noise
from spikeq.discretise.updates import Updates
from spikeq.language.expression import Binary, Expression, Literal, Name


@dataclass(frozen=True, slots=True)
class Tableau:
    """Every stage starts from the one before: k[s] = dt*f(x + k[s-1]/divisor, t + dt/divisor).

    ``divisors[s]`` belongs to stage s + 2 (the first stage is taken at the old values). The new value is
    x + (sum of weights*k)/(sum of weights).
    """

    name: str
    divisors: tuple[int, ...]
    weights: tuple[int, ...]


def runge_kutta(tableau: Tableau, flows: Sequence[Flow]) -> Updates:
    """The method's updates. Raises ``MethodError`` for equations with noise."""
    refuse_noise(flows, tableau.name)
    local = Locals()
    stages = [_stage(1, flows, local, {}, None)]
    for number, divisor in enumerate(tableau.divisors, start=2):
        points = {
            flow.name: _point(flow, _fraction(slope, divisor), number, local)
            for flow, slope in zip(flows, stages[-1], strict=True)
        }
        stages.append(_stage(number, flows, local, points, later(_fraction(DT, divisor))))
    slopes = zip(*stages, strict=True)
    finals = tuple((flow.name, _final(flow, k, tableau)) for flow, k in zip(flows, slopes, strict=True))
    return Updates(tableau.name, tuple(local.made), finals)


def _stage(
    number: int, flows: Sequence[Flow], local: Locals, points: dict[str, Expression], time: Expression | None
) -> list[Expression]:
    slopes = [Binary("*", DT, at(flow.right_side, points, time)) for flow in flows]
    return [local.add(slope, f"k{number}", flow.name) for flow, slope in zip(flows, slopes, strict=True)]


def _point(flow: Flow, increment: Expression, number: int, local: Locals) -> Expression:
    return local.add(Binary("+", Name(flow.name), increment), f"x{number}", flow.name)


def _fraction(value: Expression, divisor: int) -> Expression:
    return value if divisor == 1 else Binary("/", value, Literal(divisor))


def _final(flow: Flow, slopes: Sequence[Expression], tableau: Tableau) -> Expression:
    total: Expression | None = None
    for slope, weight in zip(slopes, tableau.weights, strict=True):
        if weight:
            total = add(total, product(ONE if weight == 1 else Literal(weight), slope))
    return plus(Name(flow.name), None if total is None else _fraction(total, sum(tableau.weights)))
