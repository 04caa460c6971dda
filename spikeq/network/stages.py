"""Every stage of the compiler as text that a person can read and check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.launch import Choice, told
from spikeq.codegen.tasks import (
    Assign,
    Deliver,
    Host,
    Normalise,
    RecordEvents,
    RecordState,
    Statements,
    Task,
    Threshold,
    bodies,
    in_order,
    read,
    written,
)
from spikeq.dimension import SECOND
from spikeq.discretise.flow import Flow
from spikeq.discretise.methods import discretise
from spikeq.discretise.updates import Updates
from spikeq.errors import SpikeqError, UnknownNameError
from spikeq.language.expression import Name, names, to_text
from spikeq.language.functions import is_noise
from spikeq.network.explanation import explanation
from spikeq.network.extents import extents
from spikeq.network.flows import group_flows, group_updates
from spikeq.network.group import Group
from spikeq.network.launching import launch_choice
from spikeq.network.neurons import NeuronGroup
from spikeq.network.undisturbed import undisturbed
from spikeq.units import in_best_unit, with_dimension

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.network import Network

STAGES = ("syntax", "equations", "model", "updates", "extents", "tasks", "plan", "source", "launch", "explain")
OF_A_MODEL = ("syntax", "equations", "model", "updates")  # these need no values of outside names


class Shown(str):
    """Text that an interactive session prints as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def show_network(network: Network, stage: str, namespace: Mapping[str, Any], backend: str = "auto") -> Shown:
    """What a stage of the compiler makes of a network, as text. Raises UnknownNameError for an unknown stage."""
    require_stage(stage)
    with undisturbed(network):
        return _shown(network, stage, namespace, backend)


def _shown(network: Network, stage: str, namespace: Mapping[str, Any], backend: str) -> Shown:
    if stage in OF_A_MODEL:
        return Shown("\n\n".join(show_group(group, stage, namespace) for group in network.groups))
    if stage == "explain":
        return Shown(explanation(network, namespace))
    if stage == "tasks":
        assembly = network.assemble(namespace)
        every = {name: in_best_unit(clock.dt) for name, clock in assembly.clocks.items()}
        tasks = (*in_order(assembly.tasks, tuple(network.schedule)), *assembly.ending)
        return Shown("\n".join(line for task in tasks for line in _of_task(task, every[task.clock])))
    if stage == "extents":
        return Shown("\n".join(extents(network.assemble(namespace))) or "There are no synapses.")
    own, network.backend = network.backend, network.backend if backend == "auto" else backend
    try:
        assembly, compiled = network.compiled(namespace)
    finally:
        network.backend = own
    if stage == "source":
        return Shown(compiled.source.text)
    return Shown("\n".join(_of_plan(compiled.plan) if stage == "plan" else _of_launch(network, assembly, compiled)))


def show_group(group: Group, stage: str, namespace: Mapping[str, Any]) -> Shown:
    """What the stages before the network make of one group, as text."""
    require_stage(stage)
    return Shown("\n".join(_of_group(group, stage, namespace)))


def require_stage(stage: str) -> None:
    """Raise UnknownNameError for a stage that there is not."""
    if not isinstance(stage, str) or stage not in STAGES:
        raise UnknownNameError(f"There is no stage {stage!r}.", f"The stages are: {', '.join(STAGES)}.")


# -- models -----------------------------------------------------------------------------------------------------------


def _of_group(group: Group, stage: str, namespace: Mapping[str, Any]) -> Iterator[str]:
    equations = getattr(group, "equations", None)
    if equations is None:
        yield repr(group)
        return
    if stage == "syntax":
        yield f"{group.name}:"
        yield from (f"  {e.name} ({e.type}): {e.expression!r}" for e in equations.values())
        return
    if stage != "updates":
        yield f"{_title(group)}:"
        yield from (f"  {line}" for line in str(equations).splitlines())
        yield from _events(group)
        return
    updates = _updates(group, namespace)
    yield f"{_title(group)}{'' if updates is None else f', {updates.method}'}:"
    if updates is not None:
        yield from _difference_equations(group, updates)
    yield from _events(group)


def _delay(path: Any) -> str:
    """When a pathway's code runs, counted from the event."""
    seconds = np.atleast_1d(path.synapses.read(path.variable))
    if not seconds.any():
        return ", at"
    shortest, longest = (in_best_unit(with_dimension(float(one), SECOND)) for one in (seconds.min(), seconds.max()))
    return f", {shortest} after" if shortest == longest else f", {shortest} to {longest} after"


def _title(group: Group) -> str:
    if hasattr(group, "pathways"):
        return f"{group.name}, from {group.source.name} to {group.target.name}"
    return f"{group.name}, {len(group)} neuron{'s' * (len(group) != 1)}"


def _updates(group: Any, namespace: Mapping[str, Any]) -> Updates | None:
    """The difference equations; where names have no value yet, without looking at values."""
    if not isinstance(group, NeuronGroup):
        return None
    if group._network is None:
        return _symbolic(group)
    try:
        assembly = group._network.assemble(namespace)
        scope = assembly.scope_of(group)
        flows = group_flows(group, scope)
        return group_updates(group, assembly, scope, flows) if flows else None
    except UnknownNameError:
        return _symbolic(group)


def _symbolic(group: NeuronGroup) -> Updates | None:
    flows = [
        Flow(name, expression, group.has_refractory and "unless refractory" in group.equations[name].flags)
        for name, expression in group.equations.get_substituted_expressions()
    ]
    own = {flow.name for flow in flows}
    method = group.method or ("euler" if group._network is None else group._network.method)
    try:
        return discretise(flows, method, lambda name: name not in own) if flows else None
    except SpikeqError as error:
        raise error.located(f"{group.title}, method", next(iter(group.equations.values())).text) from None


def _difference_equations(group: Group, updates: Updates) -> Iterator[str]:
    if getattr(group, "has_refractory", False):
        yield f"  refractory {_refractory(group)}"
    for exponential in updates.exponentials:
        rows = ", ".join(f"[{', '.join(to_text(e) for e in row)}]" for row in exponential.matrix)
        entries = ", ".join(f"[{', '.join(row)}]" for row in exponential.entries)
        yield f"  [{entries}] = exp(dt*[{rows}])"
    yield from (f"  {name} = {to_text(expression)}" for name, expression in updates.locals)
    yield from (f"  {name}[n+1] = {to_text(expression)}" for name, expression in updates.finals)
    everything = [e for _, e in (*updates.locals, *updates.finals)]
    noise = sorted({name for e in everything for name in names(e) if is_noise(name)})
    if noise:
        yield f"  {', '.join(noise)}: a standard normal number for each neuron and step"


def _refractory(group: Any) -> str:
    if group.refractory_expression is None:
        return f"for {in_best_unit(with_dimension(group.refractory_seconds, SECOND))} after a spike"
    return f"after a spike by the rule {group.refractory_text!r}"


def _events(group: Any) -> Iterator[str]:
    for event, condition in getattr(group, "event_conditions", {}).items():
        yield f"  {event} where {to_text(condition)}"
        if event in group.event_codes:
            yield from _statements(group.event_codes[event])
    for regular in getattr(group, "regular", ()):
        yield "  regularly"
        yield from _statements(regular.code)
    for path in getattr(group, "pathways", ()):
        delay = _delay(path)
        yield f"  {path.objname}{delay} the event {path.event!r} of {path.source.name}"
        yield from _statements(path.code)


def _statements(code: Any) -> Iterator[str]:
    yield from (f"    {s.target} {s.op} {to_text(s.expression)}" for s in code.statements)


# -- tasks ------------------------------------------------------------------------------------------------------------


def _of_task(task: Task, every: str) -> Iterator[str]:
    yield f"{task.slot.when} {task.slot.order} {task.slot.name}, every {every}"
    match task:
        case Statements(event=str()):
            yield f"  for each of {task.event}:"
        case Deliver():
            delay = "after a delay, " if task.delayed else ""
            order = ", one by one" if task.ordered else ""
            yield f"  {delay}for each of {task.event} and each of its synapses{order}:"
        case Threshold():
            yield f"  {task.event} where {to_text(task.condition)}"
        case Normalise():
            when = "after a run" if task.every is None else f"in each {to_text(task.every)} steps"
            yield f"  {when}, scale {to_text(task.target)} to the sum {to_text(task.total)} of each {task.by} neuron"
        case RecordEvents() | RecordState():
            yield f"  record {', '.join(name for name, _ in task.variables) or 'events'}"
        case Host():
            yield "  call a Python function"
    for assign in bodies(task):
        yield f"    {_assignment(assign)}"
    reads, writes = sorted(read(task)), sorted(written(task))
    yield from (f"  {what} {', '.join(keys)}" for what, keys in (("reads", reads), ("writes", writes)) if keys)


def _assignment(assign: Assign) -> str:
    guard = "" if assign.guard is None else f" where {to_text(assign.guard)}"
    target = assign.target.name if isinstance(assign.target, Name) else to_text(assign.target)
    return f"{target} {assign.op} {to_text(assign.value)}{guard}"


def _of_plan(plan: Any) -> Iterator[str]:
    for key, array in sorted(plan.arrays.items()):
        extent = f"[{'batch, ' if array.rows else ''}{array.space or '1'}]"
        yield f"{key}: {array.kind} {extent}{', written' if array.written else ''}"
    for number, segment in enumerate(plan.segments):
        yield f"segment {number}: {', '.join(task.slot.name for task in segment.tasks) or 'nothing'}"
        if segment.host is not None:
            yield f"  then {segment.host.slot.name}, on the host"


def _of_launch(network: Network, assembly: Assembly, compiled: Any) -> Iterator[str]:
    plan, form = compiled.plan, "torch" if compiled.backend == "auto" else compiled.backend
    rows = network.batch or 1
    yield f"{form} on {network.device}, {network.real_type}, {rows} row{'s' * (rows != 1)}"
    if compiled.reason:
        yield f"not Triton: {compiled.reason}"
    if form == "triton":
        yield from _of_kernels(compiled, launch_choice(assembly, compiled))
    many = len(plan.segments) == 1
    yield "many steps a call" if many else "one step a call: a Python function runs inside the step"


def _of_kernels(compiled: Any, choice: Choice) -> Iterator[str]:
    """The forms of a step and the chosen one; which kernel runs which tasks."""
    yield from told(compiled.source.outline, choice)
    launches = compiled.source.launches
    if choice.form == "persistent":
        yield "the same tasks as kernels of their own:"
    yield from (f"  {line}" for line in launches.get("between") or tuple(launches.values())[-1])
