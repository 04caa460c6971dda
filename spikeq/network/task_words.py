"""One task of a step in words: who acts, when, and what it does, in the user's names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.tasks import (
    Deliver,
    Generate,
    Host,
    Normalise,
    RecordEvents,
    RecordRate,
    RecordState,
    Statements,
    Sum,
    Task,
    Threshold,
    bodies,
    keys_of,
)
from spikeq.dimension import HERTZ
from spikeq.language.expression import Access, Binary, Expression, Literal, Name, to_text, walk
from spikeq.network.notation import Notation, counted, quantity, temporary, time
from spikeq.network.step_order import StepOrder, a, event_noun, joined

if TYPE_CHECKING:
    from spikeq.discretise.updates import Updates
    from spikeq.network.assembly import Assembly


_NEURON = {"pre": "presynaptic", "post": "postsynaptic"}


class TaskWords:
    """Says what a task does: a title, then lines."""

    def __init__(self, assembly: Assembly, order: StepOrder) -> None:
        self._assembly, self._network, self._order = assembly, assembly.network, order

    @singledispatchmethod
    def words(self, task: Task, place: int) -> Iterator[str]:
        """The title of the task at this place of the step, then its lines."""
        yield type(task).__name__

    def _notation(self, space: str) -> Notation:
        return Notation(self._assembly, space)

    # -- neurons ------------------------------------------------------------------------------------------------------

    @words.register
    def _(self, task: Statements, place: int) -> Iterator[str]:
        notation, space = self._notation(task.space.name), task.space.name.partition(" ")[0]
        if task.event is not None:
            yield f"at each {self._event(task.event, place)}"
            yield from notation.assignments(task.body)
        elif task.slot.name == f"{space}_stateupdater":
            yield from self._equations(task, notation)
        elif task.slot.name == f"{space}_subexpression_update":
            yield f"what is constant over dt in {space} is computed, and kept for this step"
            yield from notation.assignments(task.body)
        elif task.slot.name in self._network and hasattr(self._network[task.slot.name], "target_var"):
            yield from self._input(task)
        else:
            yield f"what {space} runs regularly, for each of its {'synapses' if task.space.edges else 'neurons'}"
            yield from notation.assignments(task.body)

    def _equations(self, task: Statements, notation: Notation) -> Iterator[str]:
        space, _, side = task.space.name.partition(" ")
        updates = self._assembly.updates.get(space, [])
        method = f", by the method {updates[0].method!r}" if updates else ""
        what = "the equations" if updates else "refractoriness"
        space += f", once for each {_NEURON[side]} neuron," if side else ""
        yield f"{what} of {space} advance by one step{method}" if updates else f"{what} of {space}"
        yield from (line for one in updates for line in self._exponentials(one))
        yield from notation.assignments(task.body, next_step=True)

    @staticmethod
    def _exponentials(updates: Updates) -> Iterator[str]:
        for one in updates.exponentials:
            matrix = "; ".join(", ".join(to_text(e) for e in row) for row in one.matrix)
            names = "; ".join(", ".join(temporary(name) for name in row) for row in one.entries)
            yield f"[{names}] = exp(dt*[{matrix}])   (once, before the run)"

    def _input(self, task: Statements) -> Iterator[str]:
        source, name = self._network[task.slot.name], task.slot.name
        number = f"{counted(int(source.N), 'Poisson source')} of {quantity(source.rate_, HERTZ)}"
        yield f"PoissonInput: {number} for each neuron of {source.target.name}, as one binomial number"
        bounds: dict[str, Expression] = {
            f"{name}:{end}": Literal(int(getattr(source.target, end))) for end in ("start", "stop")
        }
        shown: dict[str, Expression] = {f"{name}:chance": Binary("*", Name("rate"), Name("dt")), **bounds}
        yield from Notation(self._assembly, task.space.name, shown).assignments(task.body)
        if f"{name}:weight" in self._assembly.supplied:
            dimension = source.whole.variable(source.target_var).dimension
            yield f"weight = {quantity(self._assembly.supplied[f'{name}:weight'].values, dimension)}"

    @words.register
    def _(self, task: Threshold, place: int) -> Iterator[str]:
        notation, (group, _, event) = self._notation(task.space.name), task.event.partition(":")
        yield f"where in {group} ({counted(len(self._network[group]), 'neuron')}) there is {a(event_noun(event))}"
        gate = "   [unless refractory]" if task.not_refractory is not None else ""
        yield f"{event} where {notation.text(task.condition)}{gate}"
        if task.lastspike is not None and task.not_refractory is not None:
            yield "there lastspike = t, not_refractory = False"

    @words.register
    def _(self, task: Generate, place: int) -> Iterator[str]:
        group = self._network[task.space.name]
        yield f"{group.name} ({counted(len(group), 'neuron')}) spikes at the times that it was given"

    # -- synapses -----------------------------------------------------------------------------------------------------

    @words.register
    def _(self, task: Deliver, place: int) -> Iterator[str]:
        synapses = self._network[task.space.name]
        path = next(one for one in synapses.pathways if one.objname == task.pathway)
        notation = self._notation(synapses.name)
        yield from self._arrival(task, place, path)
        if task.once:
            yield f"once for each {_NEURON[task.trigger]} neuron that had it:"
            yield from (f"  {line}" for line in notation.assignments(task.once))
        yield f"through {self.connections(synapses)}, {self._ordered(task, self._assembly.single_precision)}"
        yield from notation.assignments(task.body)
        merged = " after the changes of all rows" if (self._network.batch or 1) > 1 else ""
        yield from (f"{line}   [declared bounds{merged}]" for line in notation.assignments(task.bounds))
        yield from self._other_sides(task, place, notation)

    @staticmethod
    def _ordered(task: Deliver, single: bool) -> str:
        if task.dense and single:
            return "all at once: what arrives at a neuron is summed, then added"
        if task.ordered:
            return "one after the other, by the number of the neuron with the event, then of the synapse"
        return "all at once: the result does not depend on their order"

    @staticmethod
    def connections(synapses: Any) -> str:
        """How many synapses there are, and how their ends are kept: ``12 synapses (dense) from cells to cells``."""
        kind = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(synapses.layout).__name__).lower()
        return f"{counted(len(synapses), 'synapse')} ({kind}) from {synapses.source.name} to {synapses.target.name}"

    def _arrival(self, task: Deliver, place: int, path: Any) -> Iterator[str]:
        """When the code of a pathway runs, counted from the event, and how its delays are rounded."""
        seconds, steps = np.atleast_1d(path.synapses.read(path.variable)), path.steps()
        low, high = int(steps.min(initial=steps.max(initial=0))), int(steps.max(initial=0))
        event = self._event(task.event, place, path.source.name, aged=False)
        late = self._order.is_late(task.event, place)
        each = f", {path.objname!r}" if path.objname not in ("pre", "post") else ""
        if not high:
            yield f"at each {event}, in the {'step after it' if late else 'same step'}: its synapses{each}"
        else:
            between = {time(float(one)): None for one in (seconds.min(), seconds.max())}
            counts = counted(high, "step") if low == high else f"{low} to {counted(high, 'step')}, each synapse its own"
            more = " and one step more" if late else ""
            yield f"{' to '.join(between)} ({counts}){more} after each {event}: its synapses{each}"
        if not np.allclose(seconds, steps * path.clock.dt_, rtol=1e-9, atol=0):
            yield (
                f"the delay of {' to '.join({time(float(one)): None for one in (seconds.min(), seconds.max())})} is "
                + (f"rounded to whole steps of {time(path.clock.dt_)}")
            )

    def _event(self, event: str, place: int, part: str | None = None, aged: bool = True) -> str:
        group, _, plain = event.partition(":")
        late = " of the step before" if aged and self._order.is_late(event, place) else ""
        return f"{event_noun(plain)} of {part or group}{late}"

    def _other_sides(self, task: Deliver, place: int, notation: Notation) -> Iterator[str]:
        """Which values of the neurons at its ends a synapse meets."""
        body = bodies(task)
        met = [node for a in body for e in (a.value, a.guard) if e is not None for node in walk(e)]
        targets = [a.target for a in body]
        for what, found in (("read", met), ("changed", targets)):
            names = {(n.key, notation.name(n)) for n in found if isinstance(n, Access) and n.index in ("pre", "post")}
            for key, name in sorted(names):
                if seen := self._order.sees(key, place):
                    yield f"{name} is {what} {seen}"

    @words.register
    def _(self, task: Sum, place: int) -> Iterator[str]:
        notation, group = self._notation(task.space.name), self._order.label(task.target.key)
        synapses = self._network[task.space.name]
        part = (
            "" if task.neuron_range == (0, -1) else f", neurons {task.neuron_range[0]} to {task.neuron_range[1] - 1},"
        )
        yield f"{group}{part} becomes a sum over each neuron's synapses of {synapses.name}"
        yield f"through {self.connections(synapses)}"
        yield f"{notation.name(task.target)} = sum of {notation.text(task.value)}"
        yield from self._parts_of_sum(task, place, notation)

    def _parts_of_sum(self, task: Sum, place: int, notation: Notation) -> Iterator[str]:
        for key in sorted(keys_of(task.value) & self._order.reads[place]):
            names = {notation.name(n) for n in walk(task.value) if isinstance(n, Access) and n.key == key}
            if seen := self._order.sees(key, place):
                yield f"{joined(sorted(names))} {'are' if len(names) > 1 else 'is'} read {seen}"

    @words.register
    def _(self, task: Normalise, place: int) -> Iterator[str]:
        synapses, side = self._network[task.space.name], "arrive at" if task.by == "post" else "leave"
        group = synapses.target if task.by == "post" else synapses.source
        name = task.target.key.rpartition(".")[2]
        every = ""
        if task.every is not None:
            steps = int(self._assembly.supplied[task.every.key].values)
            period = time(steps * self._assembly.clocks[task.clock].dt_)
            every = (
                f" in the steps {steps}, {2 * steps}, {3 * steps}, ... (every {period})"
                if steps > 1
                else " in every step"
            )
        yield f"{name} of {synapses.name} is normalised{every}"
        yield f"{name} = {name}*total/(sum of abs({name}) over the synapses that {side} a neuron of {group.name})"
        yield f"total = {self._total(task, synapses)}; neurons whose sum is 0 stay as they are"
        lines = self._notation(synapses.name).assignments(task.bounds)
        yield from (f"{line}   [declared bounds, whatever the sum is then]" for line in lines)

    def _total(self, task: Normalise, synapses: Any) -> str:
        dimension = synapses.symbol(task.target.key.rpartition(".")[2]).dimension
        supplied = self._assembly.supplied.get(getattr(task.total, "key", ""))
        if supplied is None:
            return f"{self._notation(task.neurons.name).text(task.total)} of {task.neurons.name}"
        return quantity(supplied.values, dimension) if not np.ndim(supplied.values) else "one number for each neuron"

    # -- monitors and functions ---------------------------------------------------------------------------------------

    @words.register
    def _(self, task: RecordEvents, place: int) -> Iterator[str]:
        monitor = self._network[task.slot.name]
        kept = joined(["the neuron's number", "the time", *(name for name, _ in task.variables)])
        kept = kept if monitor.recording else "only their number"
        yield f"{a(type(monitor).__name__)} keeps of each {self._event(task.event, place, monitor.source.name)} {kept}"
        yield from self._samples(task.variables, place)

    @words.register
    def _(self, task: RecordState, place: int) -> Iterator[str]:
        monitor = self._network[task.slot.name]
        names = ", ".join(name for name, _ in task.variables) or "nothing"
        kind, total = ("synapse" if task.space.edges else "neuron"), len(self._network[task.space.name])
        every = f"all {counted(total, kind)}" if total > 1 else f"the only {kind}"
        chosen = f"{monitor.n_recorded} of the {counted(total, kind)}" if task.indices and total > 1 else every
        yield f"a StateMonitor keeps {names} of {chosen} of {task.space.name}"
        yield from self._samples(task.variables, place)

    def _samples(self, variables: tuple[tuple[str, Expression], ...], place: int) -> Iterator[str]:
        for name, expression in variables:
            for key in sorted(keys_of(expression) & self._order.reads[place]):
                through = "" if key.endswith(f".{name}") else f", which reads {self._order.label(key)},"
                if seen := self._order.sees(key, place):
                    yield f"{name}{through} is kept {seen}"

    @words.register
    def _(self, task: RecordRate, place: int) -> Iterator[str]:
        monitor = self._network[task.slot.name]
        yield f"a PopulationRateMonitor counts each {self._event(task.event, place, monitor.source.name)}"

    @words.register
    def _(self, task: Host, place: int) -> Iterator[str]:
        operation = self._network[task.slot.name]
        called = getattr(operation.function, "__name__", type(operation.function).__name__)
        yield f"calls the Python function {called}, which may read and change every value"
