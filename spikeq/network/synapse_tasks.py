"""The model of synapses -> what happens in one step: equations in time, sums into neurons, and at events."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.ends import Side
from spikeq.codegen.hoist import SIDES, without_unused
from spikeq.codegen.tasks import Space, Statements, Sum
from spikeq.discretise.flow import Flow
from spikeq.errors import DimensionError, ModelError, SpikeqError, UnsupportedError
from spikeq.language.equations import Equations
from spikeq.language.expression import Access, Name, names
from spikeq.network.bounds import within_bounds
from spikeq.network.ends import COUNTS, end_symbol, is_shared, whole_of
from spikeq.network.flows import flow_assignments, group_flows, stored_subexpressions
from spikeq.network.layouts.sparse import Sparse
from spikeq.network.link import followed

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.synapses import Synapses


def with_flags(equations: Equations, owner: str) -> Equations:
    """Equations in which every differential equation is event-driven or clock-driven.

    Without a flag it is clock-driven, as in Brian2. Raises ModelError where one kind reads the other.
    """
    flagged = []
    for equation in equations.values():
        if equation.type == "differential" and not equation.flags & {"event-driven", "clock-driven"}:
            equation = replace(equation, flags=equation.flags | {"clock-driven"})
        flagged.append(equation)
    found = Equations(flagged)
    driven = {flag: {n for n, e in found.items() if flag in e.flags} for flag in ("event-driven", "clock-driven")}
    for name, expression in found.get_substituted_expressions():
        flag, other = (
            ("event-driven", "clock-driven") if name in driven["event-driven"] else ("clock-driven", "event-driven")
        )
        read = sorted(names(expression) & driven[other])
        if read:
            raise ModelError(
                f"{name} is {flag} but reads {read[0]}, which is {other}.",
                "Make both event-driven or both clock-driven.",
                found[name].span,
            ).located(owner, found[name].text)
    return found


def synapse_tasks(synapses: Synapses, assembly: Assembly) -> None:
    """Add what changes in time to the step."""
    scope = assembly.scope_of(synapses)
    stored_subexpressions(synapses, assembly, scope)
    flows = group_flows(synapses, scope, "clock-driven")
    if any(flow.name not in synapses._sides for flow in flows):
        _add_flows(synapses, assembly, flows, None)
    for side in SIDES:  # after the synapses, whose equations may read what the neurons hold
        here = [flow for flow in flows if synapses._sides.get(flow.name) == side]
        if here:
            _add_flows(synapses, assembly, here, side)
    for name in synapses.sums:
        _sum(synapses, assembly, name)


def _add_flows(synapses: Synapses, assembly: Assembly, flows: list[Flow], side: str | None) -> None:
    """Clock-driven equations, for the synapses or for the neurons that hold their variables."""
    scope: Any = assembly.scope_of(synapses)
    body = tuple(flow_assignments(synapses, assembly, scope, flows, side))
    if side is None:
        elsewhere = {f"{synapses.name}.{name}" for name in synapses._sides}
        body = without_unused(a for a in body if isinstance(a.target, Name) or a.target.key not in elsewhere)
        body, space = (*body, *within_bounds(assembly, body)), assembly.space(synapses, edges=True)
    else:
        body, space = scope.hoisting.at_neurons(body, side), Space(f"{synapses.name} {side}")
    slot = assembly.slot("groups", synapses.order, f"{synapses.name}_stateupdater")
    assembly.add(Statements(slot, assembly.clock(synapses.clock), space, body))
    synapses.supply_ends(assembly)


def check_sums(synapses: Synapses) -> None:
    """Raise DimensionError or ModelError for what cannot be summed into."""
    found: list[tuple[Any, str]] = []
    for name in synapses.sums:
        _check_sum(synapses, name)
        _require_current(synapses, name)
        group, plain = synapses.side_of(name)
        if any(group is one and plain == other for one, other in found):
            raise ModelError(
                f"{group.name}.{plain} is summed into twice, and the second sum would undo the first.",
                "Sum into two parameters, and add them in a subexpression.",
                synapses.sums[name].span,
            ).located(synapses.title, synapses.sums[name].text)
        found.append((group, plain))


def _require_current(synapses: Synapses, name: str) -> None:
    """Raise ModelError for a sum of what is known only at events."""
    equation = synapses.sums[name]
    waiting, read = [equation.expression], set[str]()
    while waiting:
        expression = waiting.pop()
        new = names(expression) - read if expression is not None else set()
        read |= new
        waiting += [synapses.equations[one].expression for one in new & synapses.equations.keys()]
    for one in sorted(read & synapses.equations.keys()):
        if "event-driven" in synapses.equations[one].flags:
            raise ModelError(
                f"{name} is summed in every step, but {one} is event-driven and known only at events.",
                f"Make {one} clock-driven.",
                equation.span,
            ).located(synapses.title, equation.text)


def check_shared(synapses: Synapses) -> None:
    """Raise ModelError for a shared subexpression that reads what differs between synapses."""
    for equation in synapses.equations.values():
        if equation.type != "subexpression" or "shared" not in equation.flags or equation.expression is None:
            continue
        for name in names(equation.expression) - synapses.equations.keys():
            group, plain = synapses.side_of(name)
            differs = end_symbol(group, plain) is not None and not is_shared(group, plain)
            if name not in ("N", "N_pre", "N_post") and (name in ("i", "j", *COUNTS) or differs):
                raise ModelError(
                    f"{equation.name} is shared by all synapses, but {name} differs between them.",
                    "Drop the flag 'shared', or use shared variables.",
                    equation.span,
                ).located(synapses.title, equation.text)


def _second_sum(synapses: Synapses, first: str, target: str) -> SpikeqError:
    return UnsupportedError(
        f"{first} sums into {target} as well, and the second would undo the first.",
        "Sum into two parameters, and add them in a subexpression.",
    ).located(synapses.title)


def _check_sum(synapses: Synapses, name: str) -> None:
    equation = synapses.sums[name]
    group, plain = synapses.side_of(name)
    whole = whole_of(group)
    variable = whole._variables.get(plain)
    try:
        if variable is None or not name.endswith(("_pre", "_post")):
            raise ModelError(
                f"{name} names no variable of {whole.name} to sum into.",
                f"Write 'x_post = ... : unit (summed)' for a parameter x of {whole.name}.",
                equation.span,
            )
        if variable.dimension != equation.dimension:
            raise DimensionError(
                f"{name} is in {equation.dimension}, but {whole.name}.{plain} is in {variable.dimension}.",
                "Declare the same unit on both sides.",
                equation.span,
            )
        model = getattr(whole, "equations", {}).get(plain)
        if model is None or model.type != "parameter" or model.flags - {"linked"}:
            raise ModelError(
                f"{plain} of {whole.name} cannot be summed into: it is no plain parameter.",
                f"Declare it as '{plain} : unit'.",
                equation.span,
            )
    except SpikeqError as error:
        raise error.located(synapses.title, equation.text) from None


def _sum(synapses: Synapses, assembly: Assembly, name: str) -> None:
    """``x_post = expression : unit (summed)``: the sum over a neuron's synapses replaces x in every step."""
    equation, scope = synapses.sums[name], assembly.scope_of(synapses)
    group, plain = synapses.side_of(name)
    whole = whole_of(group)
    held, own = _held_at(synapses, whole, plain)
    key, bounds = assembly.key(held, own), (0, -1) if whole is group else (group.start, group.stop)
    start, stop = bounds if whole is not group else (0, len(whole))
    sums = assembly.summed.setdefault(key, [])
    for other, end, title in sums:
        if start < end and other < stop:
            raise _second_sum(synapses, title, f"{held.name}.{own}")
    sums.append((start, stop, synapses.title))
    assert equation.expression is not None
    side: Side = "pre" if name.endswith("_pre") else "post"
    order = whole.order - (whole is group)  # a part of a group stands one after the group, in Brian2 too
    slot = assembly.slot("groups", order, f"{synapses.name}_summed_variable_{name}")
    target = Access(key, side, held._variables[own].kind)
    value = scope.resolve(equation.expression)
    clock, space = assembly.clock(whole.clock), assembly.space(synapses, edges=True)
    supply_order(synapses, assembly, side)
    assembly.add(Sum(slot, clock, space, target, value, assembly.space(held), bounds))


def _held_at(synapses: Synapses, group: Any, name: str) -> tuple[Any, str]:
    """The group and variable that hold what is summed into: those that a linked variable stands for."""
    if group._variables[name].link is None:
        return group, name
    held, own, indices = followed(group._variables[name])
    if indices:
        raise UnsupportedError(
            f"{group.name}.{name} cannot be summed into: it is linked with an index.",
            f"Sum into {held.name}.{own}, or into a parameter.",
        ).located(synapses.title)
    return held, own


def supply_order(synapses: Synapses, assembly: Assembly, side: Side) -> None:
    """Register how code that goes from neuron to neuron finds the synapses of each; computed where code needs it."""
    layout = synapses.layout
    if not isinstance(layout, Sparse):
        return

    def in_order() -> Any:
        order = layout.order(side)
        return np.arange(layout.count, dtype=np.int32) if order is None else order

    assembly.supply(f"{synapses.name}._{side}_offsets", partial(layout.offsets, side), "integer", synapses.name)
    assembly.supply(f"{synapses.name}._{side}_in_order", in_order, "integer", synapses.name)
