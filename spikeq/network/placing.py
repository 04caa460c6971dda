"""Decides before each run which synaptic variables are held once a neuron, and brings their values into that form."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.extents import CLOCK_DT, is_clock
from spikeq.codegen.hoist import SIDES, Course, Event, Placement, place
from spikeq.discretise.flow import Flow
from spikeq.discretise.methods import over_elapsed
from spikeq.discretise.updates import Updates
from spikeq.errors import SpikeqError
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import Access, Call, Name, names, substitute, walk
from spikeq.language.functions import is_noise
from spikeq.network.ends import whole_of
from spikeq.network.flows import group_flows, kept_names
from spikeq.network.link import leads_to
from spikeq.network.operation import NetworkOperation
from spikeq.network.per_neuron import ELAPSED, LAST, Solution

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.synapses import Synapses


class Placing:
    """The placements of one run for one Synapses object.

    ``placements`` says of every variable with an equation where it is held and why.
    """

    def __init__(self, synapses: Synapses, assembly: Assembly) -> None:
        self.synapses, self.assembly = synapses, assembly
        self.scope: Any = assembly.scope_of(synapses)
        self.paths = [path for path in synapses.pathways if path.active]
        self.bodies = {p.objname: assembly.statements(self.scope, p.code, p.title) for p in self.paths}
        self.flows = {flow.name: flow for flow in group_flows(synapses, self.scope)}
        self.placements: dict[str, Placement] = {}
        self.last_at_synapses = True
        self._solved: dict[tuple[str, ...], Updates] = {}

    # -- deciding -----------------------------------------------------------------------------------------------------

    def decide(self) -> None:
        """Place every variable, and bring the values of the synapses into that form."""
        synapses = self.synapses
        self._leave_stale_forms()
        self.placements = self._placed()
        self._hold()
        self.scope.hoisting = self
        if synapses._sides:
            self.scope.forget()
        for side in SIDES:
            self.assembly.sizes[f"{synapses.name} {side}"] = len(synapses._group_at(side))

    def _leave_stale_forms(self) -> None:
        """Where coefficients or the step have changed, what synapses hold follows from the earlier ones."""
        synapses = self.synapses
        if not synapses._can_count_again():
            synapses._hold_for_synapses(*(one for one in synapses._sides if one in self._driven or one == LAST))
        for name in [one for one in synapses._sides if one in self._driven]:
            if name in synapses._sides:  # it may have gone with another
                now = self._solution(synapses._sides[name], name)
                if not now.is_the_same(synapses._solution_of(name, now)):
                    synapses._hold_for_synapses(name)

    def _placed(self) -> dict[str, Placement]:
        courses = {self._key(name): self._course(flow) for name, flow in self.flows.items()}
        events, refused = self._events(), dict[str, Placement]()
        while True:  # what is refused may be read by what changes another variable
            placed = place(courses, events, refused)
            found = {name: placed[self._key(name)] for name in self.flows}
            open_ = [name for name in found if self._key(name) not in refused]
            reasons = {self._key(name): self._refusal(name, found[name]) for name in open_}
            new = {key: Placement(None, reason) for key, reason in reasons.items() if reason is not None}
            if not new:
                return found
            refused |= new

    def _key(self, name: str) -> str:
        return f"{self.synapses.name}.{name}"

    def _events(self) -> list[Event]:
        found = []
        for path in self.paths:
            found.append(Event(path.label, path.trigger, not path.is_spread, self.bodies[path.objname]))
        return found

    def _course(self, flow: Flow) -> Course:
        expression = substitute(flow.expression, {n: Call("randn", ()) for n in names(flow.expression) if is_noise(n)})
        resolved = self.scope.resolve(expression)
        driven = "event-driven" in self.synapses.equations[flow.name].flags
        fixed = {n.key for n in walk(resolved) if isinstance(n, Access) and self._is_fixed(n.key)} if driven else None
        return Course(resolved, fixed)

    def _is_fixed(self, key: str) -> bool:
        """Whether nothing changes a value during a run: no code, and no function of the user that might."""
        known = self.assembly.variables.get(key)
        if known is None:
            return key.partition("@")[0] not in ("t", "t_in_timesteps")
        group, name = known
        model = getattr(group, "equations", {}).get(name)
        changes = (group.name, name) in self.assembly.changed or name in kept_names(group)
        moves = model is not None and model.type == "differential"
        return not (changes or moves or group._variables[name].step or name == "not_refractory" or self._is_operated)

    @cached_property
    def _is_operated(self) -> bool:
        return any(isinstance(one, NetworkOperation) for one in self.assembly.network.objects)

    def _refusal(self, name: str, placement: Placement) -> str | None:
        """What beside the code keeps a variable at the synapses."""
        synapses, side = self.synapses, placement.side
        if side is None:
            return None
        if not self.assembly.network.hoist:
            return "it would be once a neuron, but the network's hoist is False"
        if self._is_operated and not any(event.changes(self._key(name)) for event in self._events()):
            return "no pathway changes it, but a network operation may"
        if any(name == statement.target for one in synapses.regular for statement in one.code.statements):
            return "what runs regularly changes it"
        if name in synapses._bounds:
            return "bounds are declared for it"
        if any(name == one.variable for one in synapses.normalisers if one.active):
            return "it is normalised"
        if any(synapses in (whole_of(getattr(one, end, None)) for end in ("source", "target")) for one in self._others):
            return "other synapses begin or end at these"
        if any(leads_to(one, synapses, name) for one in self.assembly.network.groups):
            return "another group's variable is linked to it"
        if name in synapses._sides:
            return None
        if synapses._of_neurons(name, side) is None:
            return "the synapses of a neuron were given different values"
        if name in self._driven and not self._is_in_step(name, side):
            return "the synapses of a neuron had their last events at different times"
        return None

    @property
    def _others(self) -> list[Any]:
        return [one for one in self.assembly.network.objects if one is not self.synapses and hasattr(one, "pathways")]

    @property
    def _driven(self) -> list[str]:
        return [name for name in self.flows if "event-driven" in self.synapses.equations[name].flags]

    def _is_in_step(self, name: str, side: str) -> bool:
        """Whether an event-driven variable is one for the neuron's synapses, whenever each had its last event."""
        synapses = self.synapses
        last = synapses._of_neurons(LAST, side, synapses._last_steps())
        free = LAST not in synapses._sides and not synapses._solutions_of(side)
        if last is not None and (free or self._is_counted_from(last, side)):
            return True
        values = synapses._of_neurons(name, side)
        assert values is not None
        return synapses._rests_at(name, self._solution(side, name), values)

    def _is_counted_from(self, last: Any, side: str) -> bool:
        """Whether the variables that neurons hold already have the values of these steps."""
        ends = self.synapses._ends(side)
        return np.array_equal(last[..., ends], self.synapses._neurons(side, LAST)[..., ends])

    # -- values -------------------------------------------------------------------------------------------------------

    def _hold(self) -> None:
        """Bring the values into the form that was decided."""
        synapses = self.synapses
        wanted = {name: p.side for name, p in self.placements.items() if p.side is not None}
        back = [name for name, side in synapses._sides.items() if name != LAST and wanted.get(name) != side]
        if LAST in synapses._sides and self._needs_last_at_synapses(wanted):
            back.append(LAST)
        if back:
            synapses._hold_for_synapses(*back)
        if any(name in self._driven for name in wanted):
            self._hold_last(wanted)
        for name, side in wanted.items():
            if name not in synapses._sides:
                values = synapses._of_neurons(name, side)
                assert values is not None
                synapses._hold_for_neurons(name, side, values)
        for name in wanted:
            if name in self._driven:
                synapses._solutions[name] = self._solution(wanted[name], name)
        self.last_at_synapses = LAST not in synapses._sides

    def _needs_last_at_synapses(self, wanted: dict[str, str]) -> bool:
        reads = any(
            isinstance(node, Access) and node.key == f"{self.synapses.name}.{LAST}"
            for body in self.bodies.values()
            for assign in body
            for node in walk(assign.value)
        )
        return reads or any(path.is_spread for path in self.paths) or any(n not in wanted for n in self._driven)

    def _hold_last(self, wanted: dict[str, str]) -> None:
        """The step of each neuron's last event; where a synapse's own follows from them, no other is held."""
        synapses = self.synapses
        if LAST in synapses._sides:
            return
        for side in SIDES:
            if not synapses._solutions_of(side):
                values = synapses._of_neurons(LAST, side)
                size = len(synapses._group_at(side))
                synapses._hold_hidden(LAST, side, np.zeros(size, np.int64) if values is None else values)
        here, there = (synapses._neurons(side, LAST)[..., synapses._ends(side)] for side in SIDES)
        own = synapses._last_steps()
        if not self._needs_last_at_synapses(wanted) and bool((np.maximum(here, there) == own).all()):
            synapses._values.pop(LAST)
            synapses._sides[LAST] = "both"

    # -- solutions ----------------------------------------------------------------------------------------------------

    def _updates(self, variables: Sequence[str]) -> Updates:
        """The solution over any time of event-driven variables, found once a run."""
        own = tuple(variables)
        if own not in self._solved:
            try:
                self._solved[own] = over_elapsed([self.flows[n] for n in own], Name(ELAPSED), lambda n: n not in own)
            except SpikeqError as error:
                raise error.located(self.synapses.title, self.synapses.equations[own[0]].text) from None
        return self._solved[own]

    def _together(self, name: str) -> list[str]:
        """An event-driven variable and those with which its equation hangs together."""
        found, open_ = {name}, [name]
        while open_:
            one = open_.pop()
            near = [n for n in self._driven if self._reads(one, n) or self._reads(n, one)]
            open_ += [n for n in near if n not in found]
            found |= set(near)
        return sorted(found)

    def _reads(self, name: str, other: str) -> bool:
        return other in names(self.flows[name].expression)

    def _solution(self, side: str, name: str) -> Solution:
        variables = self._together(name)
        updates = self._updates(variables)
        local = {one for one, _ in updates.locals}
        read = set().union(*(names(e) for _, e in (*updates.locals, *updates.finals))) - local - set(variables)
        return Solution(side, updates, {one: self.coefficient(one) for one in sorted(read - {ELAPSED})})

    def coefficient(self, name: str) -> Any:
        """What a name in an equation is now: one number, or one for each neuron of a side."""

        def value(key: str) -> Any:
            if key in self.assembly.supplied:
                return self.assembly.supplied[key].now()
            if is_clock(key, CLOCK_DT):
                return self.synapses.clock.dt_
            group, variable = self.assembly.variables[key]
            return group.read(variable)

        return np.array(evaluate(self.scope.resolve(Name(name)), value))
