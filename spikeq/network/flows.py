"""Equations -> assignments of one step, for neurons and for synapses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.tasks import Assign, Statements
from spikeq.discretise.flow import Flow
from spikeq.discretise.matrix_exponential import expm
from spikeq.discretise.methods import discretise
from spikeq.discretise.updates import MatrixExponential, Updates
from spikeq.errors import SpikeqError
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import Access, Binary, Call, Expression, Literal, Name, names, substitute, walk
from spikeq.language.functions import is_noise
from spikeq.network.assembly import Supplied
from spikeq.network.scope import Scope

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly


def kept_names(group: Any) -> list[str]:
    """The subexpressions of a group that are computed once a step."""
    equations = getattr(group, "equations", {})
    return [name for name in equations if "constant over dt" in equations[name].flags]


def stored_subexpressions(group: Any, assembly: Assembly, scope: Scope) -> None:
    """ "(constant over dt)": computed before everything else and kept for the step."""
    waiting = {name: scope.resolve(group._variables[name].expression) for name in kept_names(group)}
    if not waiting:
        return
    body: list[Assign] = []
    while waiting:  # those that others read come first
        name = next(n for n in waiting if not any(_reads(waiting[n], f"{group.name}.{m}") for m in waiting if m != n))
        variable = group._variables[name]
        group.ensure_stored(name)
        target = Access(assembly.key(group, name), "scalar" if variable.scalar else "own", variable.kind)
        body.append(Assign(target, "=", waiting.pop(name)))
    slot = assembly.slot("before_start", group.order, f"{group.name}_subexpression_update")
    assembly.add(Statements(slot, assembly.clock(group.clock), assembly.space(group, group.is_edges), tuple(body)))


def flow_assignments(
    group: Any, assembly: Assembly, scope: Any, flows: Sequence[Flow], side: str | None = None
) -> list[Assign]:
    """One step of differential equations as assignments, by the group's method.

    ``side``: of the neurons for which synapses hold the variables; coefficients are those of the neurons then.
    """
    if not flows:
        return []
    among = flows if side is None else group_flows(group, scope, "clock-driven")
    return assigned(group, assembly, scope, group_updates(group, assembly, scope, flows, among), side)


def assigned(group: Any, assembly: Assembly, scope: Any, updates: Updates, side: str | None = None) -> list[Assign]:
    """Difference equations as assignments to a group's variables."""
    assembly.updates.setdefault(group.name, []).append(updates)
    space = group.name if side is None else f"{group.name} {side}"
    replaced: dict[str, Expression] = {
        n: Access(f"{space}.{n}", "own", "real") for e in updates.exponentials for row in e.entries for n in row
    }
    for exponential in updates.exponentials:
        assembly.compute(partial(_supply_exponential, group, assembly, scope, exponential, side))
    body: list[Assign] = []
    noise = sorted({n for _, e in (*updates.locals, *updates.finals) for n in names(e) if is_noise(n)})
    body += [Assign(Name(f"_noise_{n}"), "=", Call("randn", ())) for n in noise]
    replaced |= {n: Name(f"_noise_{n}") for n in noise}

    def resolved(expression: Expression) -> Expression:
        found: Expression = scope.resolve(substitute(expression, replaced))
        return found

    body += [Assign(Name(name), "=", resolved(expression)) for name, expression in updates.locals]
    finals = [(name, resolved(expression)) for name, expression in updates.finals]
    if side is None:
        return body + _simultaneous({name: _target(group, assembly, name) for name, _ in finals}, finals)
    return body + _simultaneous({name: scope.hoisting.stored(name, side) for name, _ in finals}, finals)


def _target(group: Any, assembly: Assembly, name: str) -> Access:
    variable = group._variables[name]
    return Access(assembly.key(group, name), "scalar" if variable.scalar else "own", variable.kind)


def _simultaneous(targets: dict[str, Access], finals: list[tuple[str, Expression]]) -> list[Assign]:
    """Assign all new values as if at once: directly where no later one reads the old, else by temporaries."""
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


def group_flows(group: Any, scope: Scope, flag: str | None = None) -> list[Flow]:
    """The differential equations of a group (those with a flag), user functions and subexpressions written out."""
    return [
        Flow(
            name,
            scope.outside.inlined(expression),
            group.has_refractory and "unless refractory" in group.equations[name].flags,
        )
        for name, expression in group.equations.get_substituted_expressions()
        if flag is None or flag in group.equations[name].flags
    ]


def group_updates(
    group: Any, assembly: Assembly, scope: Scope, flows: Sequence[Flow], among: Sequence[Flow] | None = None
) -> Updates:
    """The difference equations of a group's flows; ``among`` which flows a method is chosen, if not for them alone."""
    own = {flow.name for flow in among or flows}
    method = group.method or assembly.network.method
    try:
        return discretise(
            flows,
            method,
            lambda name: name not in own,
            lambda name: name not in own and _is_frozen(group, assembly, name),
            lambda function: _is_held(scope, group, function),
            among,
        )
    except SpikeqError as error:
        text = next(iter(group.equations.values())).text
        raise error.located(f"{group.title}, method", text) from None


def _is_frozen(group: Any, assembly: Assembly, name: str) -> bool:
    """Whether nothing but the user changes what a name in a group's equations stands for."""
    owner, plain = group.side_of(name) if group.is_edges and name not in group._variables else (group, name)
    owner = getattr(owner, "whole", owner)
    variable = owner._variables.get(plain)
    if variable is None:
        return name != "t_in_timesteps"
    if variable.link is not None:
        return _is_frozen(variable.link[0], assembly, variable.link[1])
    if variable.expression is not None or variable.step or plain == "not_refractory":
        return False
    equation = getattr(owner, "equations", {}).get(plain)
    return (owner.name, plain) not in assembly.changed and (equation is None or equation.type != "differential")


def _is_held(scope: Scope, group: Any, function: str) -> bool:
    binding = scope.outside.bindings.get(function)
    if binding is None or binding.kind != "timed_array":
        return False
    ratio = binding.value.dt_ / group.clock.dt_
    return bool(abs(ratio - round(ratio)) < 1e-9 and ratio >= 0.5)


def _supply_exponential(
    group: Any, assembly: Assembly, scope: Any, exponential: MatrixExponential, side: str | None
) -> None:
    """Compute exp(A·dt) for every element on the host and register its entries."""
    size = len(exponential.matrix)
    space, count = (group.name, len(group)) if side is None else (f"{group.name} {side}", len(group._group_at(side)))

    def lookup(name: str) -> object:
        if side is not None:
            return scope.hoisting.coefficient(name)
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
            values = np.broadcast_to(result[..., r, c], (*shape[:-1], count) if shape else (count,))
            assembly.supplied[f"{space}.{name}"] = Supplied(values, "real", space, computed=True)
