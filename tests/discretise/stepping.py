"""Difference equations carried out one step at a time by the interpreter, for the tests of the methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from spikeq.discretise.flow import Flow
from spikeq.discretise.matrix_exponential import expm
from spikeq.discretise.methods import discretise
from spikeq.discretise.updates import Updates
from spikeq.language.evaluate import evaluate
from spikeq.language.parse import parse_equations, parse_expression

Values = dict[str, float]


def flows_of(text: str) -> list[Flow]:
    """The differential equations of a block without subexpressions."""
    return [
        Flow(equation.name, equation.expression, "unless refractory" in equation.flags)
        for equation in parse_equations(text)
        if equation.type == "differential" and equation.expression is not None
    ]


def updates_of(text: str, method: str | None, changing: Sequence[str] = (), **more: Callable[[str], bool]) -> Updates:
    """The updates of a block whose outside names never change, except the ``changing`` ones between steps."""
    more.setdefault("frozen", lambda name: name not in changing)
    return discretise(flows_of(text), method, lambda name: True, **more)


def advance(
    updates: Updates, state: Mapping[str, float], known: Mapping[str, object], dt: float, t: float = 0.0
) -> Values:
    """The state after one step. ``known`` holds constants, noise and ``not_refractory``."""
    values: dict[str, object] = {**known, **state, "dt": np.float64(dt), "t": np.float64(t)}
    for exponential in updates.exponentials:
        matrix = [
            [float(np.asarray(evaluate(entry, values.__getitem__))) for entry in row] for row in exponential.matrix
        ]
        result = expm(np.array(matrix) * dt)
        for row, names in enumerate(exponential.entries):
            values.update({name: result[row, column] for column, name in enumerate(names)})
    for name, expression in updates.locals:
        values[name] = evaluate(expression, values.__getitem__)
    return {name: float(np.asarray(evaluate(e, values.__getitem__))) for name, e in updates.finals}


def final_state(updates: Updates, start: Values, known: Mapping[str, object], duration: float, steps: int) -> Values:
    """The state after a number of equal steps over a duration."""
    state, dt = dict(start), duration / steps
    for step in range(steps):
        state = advance(updates, state, known, dt, step * dt)
    return state


def value(text: str, **names: float) -> float:
    """A text's value."""
    return float(np.asarray(evaluate(parse_expression(text), names.__getitem__)))
