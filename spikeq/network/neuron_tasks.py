"""A NeuronGroup -> what happens to it in one step: refractoriness, equations, events and their code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spikeq.codegen.tasks import Assign, Statements, Threshold
from spikeq.dimension import SECOND
from spikeq.errors import DimensionError, KindError, SpikeqError
from spikeq.language.check import check_boolean
from spikeq.language.expression import (
    Access,
    Call,
    Expression,
    Logical,
    Unary,
)
from spikeq.language.statements import outer_expressions
from spikeq.network.flows import flow_assignments, group_flows, stored_subexpressions
from spikeq.network.scope import Scope

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.neurons import NeuronGroup


def model_expressions(group: NeuronGroup) -> list[Expression]:
    """Every expression of a group's model, so that outside names are resolved once."""
    found = [e.expression for e in group.equations.values() if e.expression is not None]
    found += [expression for _, expression in group.equations.get_substituted_expressions(True)]
    found += group.event_conditions.values()
    found += [group.refractory_expression] if group.refractory_expression is not None else []
    codes = [*group.event_codes.values(), *(regular.code for regular in group.regular)]
    for code in codes:
        found += outer_expressions(code, group._variables.__contains__)
    return found


def model_texts(group: NeuronGroup) -> list[tuple[str, str, Expression]]:
    """The same expressions as they were written, each with its text and what messages call that."""
    owner = group.title
    found = [(owner, e.text, e.expression) for e in group.equations.values() if e.expression is not None]
    for event, condition in group.event_conditions.items():
        found.append((f"{owner}, {'threshold' if event == 'spike' else event}", group.events[event], condition))
    if group.refractory_expression is not None:
        found.append((f"{owner}, refractory", group.refractory_text, group.refractory_expression))
    codes = [(f"{owner}, {'reset' if e == 'spike' else e}", code) for e, code in group.event_codes.items()]
    codes += [(f"{owner}, run_regularly", regular.code) for regular in group.regular]
    return found + [(where, code.text, s.expression) for where, code in codes for s in code.statements]


def neuron_tasks(group: NeuronGroup, assembly: Assembly) -> None:
    """Add a group's tasks to the step."""
    scope = assembly.scope_of(group)
    _check_equations(group, scope)
    stored_subexpressions(group, assembly, scope)
    _state_update(group, assembly, scope)
    for event in group.events:
        _condition(group, assembly, scope, event)
        _code(group, assembly, scope, event)
    group.contribute_regular(assembly)


def _check_equations(group: NeuronGroup, scope: Scope) -> None:
    try:
        group.equations.check_units(scope.symbol, scope.function)
    except SpikeqError as error:
        raise error.located(group.title) from None


def _state_update(group: NeuronGroup, assembly: Assembly, scope: Scope) -> None:
    body = [
        *_refractoriness(group, assembly, scope),
        *flow_assignments(group, assembly, scope, group_flows(group, scope)),
    ]
    if body:
        slot = assembly.slot("groups", group.order, f"{group.name}_stateupdater")
        assembly.add(Statements(slot, assembly.clock(group.clock), assembly.space(group), tuple(body)))


def _refractoriness(group: NeuronGroup, assembly: Assembly, scope: Scope) -> list[Assign]:
    """The flag of the step, set before the equations are integrated with it."""
    if not group.has_refractory:
        return []
    free = Access(assembly.key(group, "not_refractory"), "own", "boolean")
    last = Access(assembly.key(group, "lastspike"), "own", "integer")
    expression = group.refractory_expression
    if expression is None:
        dt = group.clock.dt_
        steps = np.int64(min((group.refractory_seconds + 1e-3 * dt) / dt, 2.0**62))
        key = assembly.supply(f"{group.name}._refractory_steps", steps, "integer", None)
        return [Assign(free, "=", Call("_free", (last, Access(key, "scalar", "integer"))))]
    checked = scope.checked(expression, group.refractory_text, f"{group.title}, refractory")
    resolved = scope.resolve(expression)
    if checked.kind == "boolean":
        return [Assign(free, "=", Logical("or", free, Unary("not", resolved)))]
    if checked.dimension != SECOND:
        raise DimensionError(
            f"refractory must be a time in second or a condition, but it is in {checked.dimension}.",
            "Write a time such as 5*ms, or a comparison such as 'v > -20*mV'.",
            expression.span,
        ).located(f"{group.title}, refractory", group.refractory_text)
    return [Assign(free, "=", Call("_free", (last, Call("_steps", (resolved,)))))]


def _condition(group: NeuronGroup, assembly: Assembly, scope: Scope, event: str) -> None:
    expression, text = group.event_conditions[event], group.events[event]
    owner = f"{group.title}, {'threshold' if event == 'spike' else event}"
    checked = scope.checked(expression, text, owner)
    try:
        check_boolean(expression, checked, "a threshold" if event == "spike" else "the condition of an event")
    except KindError as error:
        raise error.located(owner, text) from None
    when, order = group.schedule(event, "condition")
    refractory = event == "spike" and group.has_refractory
    last = Access(assembly.key(group, "lastspike"), "own", "integer") if refractory else None
    free = Access(assembly.key(group, "not_refractory"), "own", "boolean") if refractory else None
    slot = assembly.slot(when, order, f"{group.name}_{event}_thresholder")
    clock, space = assembly.clock(group.clock), assembly.space(group)
    assembly.add(Threshold(slot, clock, space, event_key(group, event), scope.resolve(expression), last, free))


def _code(group: NeuronGroup, assembly: Assembly, scope: Scope, event: str) -> None:
    code = group.event_codes.get(event)
    if code is None:
        return
    body = assembly.statements(scope, code, f"{group.title}, {'reset' if event == 'spike' else event}", reset=True)
    if not body:
        return
    when, order = group.schedule(event, "code")
    slot = assembly.slot(when, order, f"{group.name}_{event}_resetter")
    clock = assembly.clock(group.clock)
    assembly.add(Statements(slot, clock, assembly.space(group), body, event_key(group, event)))


def event_key(group: object, event: str) -> str:
    """The key of an event's list."""
    return f"{group.name}:{event}"  # type: ignore[attr-defined]
