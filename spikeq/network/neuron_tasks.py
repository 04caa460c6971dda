"""A NeuronGroup -> what happens to it in one step: refractoriness, equations, events and their code."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from spikeq.codegen.tasks import Assign, Statements, Threshold
from spikeq.dimension import SECOND
from spikeq.discretise.flow import Flow
from spikeq.discretise.matrix_exponential import expm
from spikeq.discretise.methods import discretise
from spikeq.discretise.updates import MatrixExponential, Updates
from spikeq.errors import DimensionError, KindError, SpikeqError
from spikeq.language.check import check_boolean
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import (
    Access,
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Name,
    Unary,
    names,
    substitute,
    walk,
)
from spikeq.language.functions import is_noise
from spikeq.language.statements import outer_expressions
from spikeq.network.assembly import Supplied
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
    _stored_subexpressions(group, assembly, scope)
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


def _stored_subexpressions(group: NeuronGroup, assembly: Assembly, scope: Scope) -> None:
    """ "(constant over dt)": computed before everything else and kept for the step."""
    kept = [n for n in group.equations if "constant over dt" in group.equations[n].flags]
    if not kept:
        return
    body: list[Assign] = []
    for name in kept:
        variable = group._variables[name]
        group.ensure_stored(name)
        assembly.stored.add((group.name, name))
    for name in kept:
        variable = group._variables[name]
        assert variable.expression is not None
        target = Access(assembly.key(group, name), "scalar" if variable.scalar else "own", variable.kind)
        body.append(Assign(target, "=", scope.resolve(variable.expression)))
    slot = assembly.slot("before_start", group.order, f"{group.name}_subexpression_update")
    assembly.add(Statements(slot, assembly.clock(group.clock), assembly.space(group), tuple(body)))


def _state_update(group: NeuronGroup, assembly: Assembly, scope: Scope) -> None:
    body = [*_refractoriness(group, assembly, scope), *_flow_assignments(group, assembly, scope)]
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
        steps = np.int32((group.refractory_seconds + 1e-3 * dt) / dt)
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


def _flow_assignments(group: NeuronGroup, assembly: Assembly, scope: Scope) -> list[Assign]:
    updates = group_updates(group, assembly, scope)
    if updates is None:
        return []
    replaced = {n: _entry(group, assembly, n) for e in updates.exponentials for row in e.entries for n in row}
    for exponential in updates.exponentials:
        assembly.compute(partial(_supply_exponential, group, assembly, scope, exponential))
    body: list[Assign] = []
    noise = sorted({n for _, e in (*updates.locals, *updates.finals) for n in names(e) if is_noise(n)})
    body += [Assign(Name(f"_noise_{n}"), "=", Call("randn", ())) for n in noise]
    replaced |= {n: Name(f"_noise_{n}") for n in noise}

    def resolved(expression: Expression) -> Expression:
        return scope.resolve(substitute(expression, replaced))

    body += [Assign(Name(name), "=", resolved(expression)) for name, expression in updates.locals]
    finals = [(name, resolved(expression)) for name, expression in updates.finals]
    return body + _simultaneous(group, assembly, finals)


def _simultaneous(group: NeuronGroup, assembly: Assembly, finals: list[tuple[str, Expression]]) -> list[Assign]:
    """Assign all new values as if at once: directly where no later one reads the old, else by temporaries."""
    targets = {
        name: Access(
            assembly.key(group, name), "scalar" if group._variables[name].scalar else "own", group._variables[name].kind
        )
        for name, _ in finals
    }
    waiting = dict(finals)
    body: list[Assign] = []
    while True:
        ready = [n for n in waiting if not any(_reads(waiting[m], targets[n].key) for m in waiting if m != n)]
        if not ready:
            break
        body.append(_gated(targets[ready[0]], waiting.pop(ready[0])))
    body += [Assign(Name(f"_new_{name}"), "=", expression) for name, expression in waiting.items()]
    body += [Assign(targets[name], "=", Name(f"_new_{name}")) for name in waiting]
    return body


def _gated(target: Access, value: Expression) -> Assign:
    """``(1 - int(free))*x + int(free)*y`` assigned to x is ``y`` where free, and x elsewhere."""
    match value:
        case Binary(
            op="+",
            left=Binary(op="*", left=Binary(op="-", left=Literal(value=1), right=gate), right=Access() as rest),
            right=Binary(op="*", left=Call(function="int", arguments=(free,)) as same, right=run),
        ) if gate == same and rest == target:
            return Assign(target, "=", run, free)
    return Assign(target, "=", value)


def _reads(expression: Expression, key: str) -> bool:
    return any(isinstance(node, Access) and node.key == key for node in walk(expression))


def group_updates(group: NeuronGroup, assembly: Assembly, scope: Scope) -> Updates | None:
    """The difference equations of a group, None without differential equations."""
    flows = [
        Flow(
            name,
            scope.outside.inlined(expression),
            group.has_refractory and "unless refractory" in group.equations[name].flags,
        )
        for name, expression in group.equations.get_substituted_expressions()
    ]
    if not flows:
        return None
    own = {flow.name for flow in flows}
    method = group.method or assembly.network.method
    try:
        return discretise(
            flows,
            method,
            lambda name: name not in own,
            lambda name: name not in own and (group.name, name) not in assembly.changed,
            lambda function: _is_held(scope, group, function),
        )
    except SpikeqError as error:
        text = next(iter(group.equations.values())).text
        raise error.located(f"{group.title}, method", text) from None


def _is_held(scope: Scope, group: NeuronGroup, function: str) -> bool:
    binding = scope.outside.bindings.get(function)
    if binding is None or binding.kind != "timed_array":
        return False
    ratio = binding.value.dt_ / group.clock.dt_
    return bool(abs(ratio - round(ratio)) < 1e-9 and ratio >= 0.5)


def _entry(group: NeuronGroup, assembly: Assembly, name: str) -> Expression:
    key = f"{group.name}.{name}"
    return Access(key, "own", "real")


def _supply_exponential(group: NeuronGroup, assembly: Assembly, scope: Scope, exponential: MatrixExponential) -> None:
    """Compute exp(A·dt) for every neuron on the host and register its entries."""
    size = len(exponential.matrix)

    def lookup(name: str) -> object:
        if group.symbol(name) is not None:
            return group.value_of(name, None)
        return scope.outside.value(name, None)

    entries = [[np.asarray(evaluate(e, lookup), np.float64) for e in row] for row in exponential.matrix]
    shape = np.broadcast_shapes(*(entry.shape for row in entries for entry in row))
    matrix = np.zeros((*shape, size, size))
    for r, row in enumerate(entries):
        for c, entry in enumerate(row):
            matrix[..., r, c] = entry * group.clock.dt_
    result = expm(matrix)
    for r, names_of_row in enumerate(exponential.entries):
        for c, name in enumerate(names_of_row):
            values = np.broadcast_to(result[..., r, c], (*shape[:-1], len(group)) if shape else (len(group),))
            assembly.supplied[f"{group.name}.{name}"] = Supplied(values, "real", group.name, computed=True)


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
