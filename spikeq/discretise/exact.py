"""The exact solution of linear equations over one step."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.discretise import symbolic
from spikeq.discretise.arithmetic import ONE, multiply, plus, product, subtract
from spikeq.discretise.flow import GATE, Facts, Flow, Locals
from spikeq.discretise.linear_system import LinearSystem, linear_system
from spikeq.discretise.propagator import Propagator
from spikeq.discretise.updates import Updates
from spikeq.language.expression import Binary, Expression

_LARGEST_DETERMINANT = 4


def exact(flows: Sequence[Flow], facts: Facts) -> Updates:
    """x(t + step) from x(t) for dX/dt = A*X + b with A and b constant during the step.

    Where some equations are "(unless refractory)", the solution of the whole system and of the system in which their
    variables stand still are both formed and the refractory flag selects, so that a variable that stands still keeps
    its value to the last bit. Raises ``MethodError`` where the system is not linear or has no closed form and
    coefficients that may change during a run.
    """
    system = linear_system(flows, facts)
    local = Locals()
    propagator = Propagator(facts, local, {flow.name: flow.expression.span for flow in flows})
    running = propagator.solve(system)
    guarded = frozenset(flow.name for flow in flows if flow.guarded)
    resting = propagator.solve(system.without(guarded)) if guarded else running
    finals = tuple((name, _select(running[name], resting[name])) for name in system.variables)
    return Updates("exact", tuple(local.made), finals, tuple(propagator.exponentials))


def _select(running: Expression, resting: Expression) -> Expression:
    if running == resting:
        return running
    rest = product(Binary("-", ONE, GATE), resting)
    return plus(rest, product(GATE, running))


def is_singular(flows: Sequence[Flow], facts: Facts) -> bool:
    """True where the system is seen to have no fixed point or many: Brian2 does not choose ``exact`` then."""
    system = linear_system(flows, facts)
    loops = dict.fromkeys(system.loop(name) for name in system.variables)
    return any(_is_singular_loop(system, loop) for loop in loops)


def _is_singular_loop(system: LinearSystem, loop: tuple[str, ...]) -> bool:
    if len(loop) == 1:
        return system.rate(loop[0]) is None
    if len(loop) > _LARGEST_DETERMINANT:
        return False
    determinant = _determinant(system, loop, loop)
    return determinant is None or symbolic.is_zero(determinant)


def _determinant(system: LinearSystem, rows: Sequence[str], columns: Sequence[str]) -> Expression | None:
    """By expansion along the first row; None for zero."""
    if not rows:
        return ONE
    total: Expression | None = None
    for position, column in enumerate(columns):
        minor = _determinant(system, rows[1:], [*columns[:position], *columns[position + 1 :]])
        term = multiply(system.factors[rows[0]].get(column), minor)
        total = subtract(total, term) if position % 2 else (term if total is None else plus(total, term))
    return total
