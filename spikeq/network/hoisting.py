"""The code of synapses whose variables are held once a neuron: what runs once, what at each synapse, what is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spikeq.codegen.hoist import SIDES, Event, Split, without_unused
from spikeq.codegen.tasks import Assign
from spikeq.language.expression import Access, Binary, Call, Expression, Name, rewrite, substitute
from spikeq.network.flows import assigned
from spikeq.network.per_neuron import ELAPSED, LAST, Solution
from spikeq.network.placing import Placing
from spikeq.network.scope import since

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.pathway import Pathway
    from spikeq.network.synapses import Synapses


class Hoisting(Placing):
    """The placements of one run for one Synapses object, and its code under them."""

    def stored(self, name: str, side: str) -> Access:
        """The array of the neurons in which a variable is held, seen from a synapse."""
        hidden = self.synapses._hidden(side, name)
        variable = self.synapses._variables[hidden]
        kind = "integer" if variable.step else variable.kind
        return Access(self.assembly.key(self.synapses, hidden), side, kind)

    def at_neurons(self, body: Sequence[Assign], side: str) -> tuple[Assign, ...]:
        """What changes in every step, for the neurons of a side instead of the synapses."""

        def change(node: Expression) -> Expression:
            if isinstance(node, Access) and node.index == side:
                return Access(node.key, "own", node.kind)
            name = node.key.removeprefix(f"{self.synapses.name}.") if isinstance(node, Access) else ""
            if name in self.synapses._sides and isinstance(node, Access) and node.index == "own":
                return Access(self.stored(name, side).key, "own", node.kind)
            return node

        made = []
        for one in body:
            target = one.target if isinstance(one.target, Name) else change(one.target)
            made.append(Assign(target, one.op, rewrite(one.value, change), one.guard))  # type: ignore[arg-type]
        return tuple(made)

    def own_value(self, name: str) -> Expression:
        """What a synapse's own variable is between events, from what its neurons hold."""
        synapses = self.synapses
        synapses.supply_ends(self.assembly)
        if name == LAST:
            return Call("_time", (self._last_step(), self._dt))
        side = synapses._sides[name]
        if name not in self._driven:
            return self.stored(name, side)
        updates = synapses._solutions[name].updates
        elapsed = Call("_between", (self.stored(LAST, side), self._last_step(), self._dt))
        known: dict[str, Expression] = {one: self.stored(one, side) for one in synapses._solutions[name].variables}
        known[ELAPSED] = Name("_span")
        for local, expression in updates.locals:
            known[local] = self.scope.resolve(substitute(expression, known))
        found = self.scope.resolve(substitute(dict(updates.finals)[name], known))
        return substitute(found, {"_span": elapsed})

    def _last_step(self) -> Expression:
        if self.last_at_synapses:
            return Access(self.assembly.key(self.synapses, LAST), "own", "integer")
        return Call("_latest", (self.stored(LAST, "pre"), self.stored(LAST, "post")))

    @property
    def _dt(self) -> Expression:
        return self.scope.access("dt")  # type: ignore[no-any-return]

    def parts(self, path: Pathway) -> tuple[tuple[Assign, ...], tuple[Assign, ...]]:
        """The statements of a pathway: once for each neuron that had the event, and for each of its synapses."""
        synapses, side = self.synapses, path.trigger
        together = not path.is_spread
        own = {name for name, where in synapses._sides.items() if where == side} if together else set()
        body = self.bodies[path.objname]
        event = Event(path.label, side, together, body)
        split = Split(side, {f"{synapses.name}.{name}" for name in own}, {}, event.neurons, together)
        for where in SIDES:
            self._advance(split, where, where == side and together)
        before, after = self._at_synapses()
        split.each += before
        for assign in body:
            split.add(assign)
        split.each += after
        keys = {f"{synapses.name}.{name}": name for name in own}
        finals = [Assign(self.stored(keys[k], side), "=", split.values[k]) for k in sorted(keys)]
        finals = [one for one in finals if one.value != one.target]
        if together and synapses._hidden(side, LAST) in synapses._variables:
            finals.append(Assign(self.stored(LAST, side), "=", self.scope.access("t_in_timesteps")))
        everything = without_unused((*split.once, *finals, *split.each))
        at_synapses = {id(one) for one in split.each}
        once = tuple(one for one in everything if id(one) not in at_synapses)
        return once, tuple(one for one in everything if id(one) in at_synapses)

    def _advance(self, split: Split, side: str, own: bool) -> None:
        """What the variables of a side are at the event."""
        synapses = self.synapses
        held = [name for name, where in synapses._sides.items() if where == side]
        for name in held:
            value: Expression = self.stored(name, side)
            split.values[f"{synapses.name}.{name}"] = split.define(f"_now_{name}", value) if own else value
        driven = sorted(synapses._solutions_of(side))
        if not driven:
            return
        target = split.once if own else split.each
        target.append(Assign(Name(f"{ELAPSED}_{side}"), "=", self._since(self.stored(LAST, side))))
        while driven:
            solution = synapses._solutions[driven[0]]
            driven = [name for name in driven if name not in solution.variables]
            self._solve(split, solution, target)
        if own:
            split.know(one.target.name for one in target if isinstance(one.target, Name))

    def _solve(self, split: Split, solution: Solution, target: list[Assign]) -> None:
        """What variables that hang together are at the event."""
        side, first = solution.side, solution.variables[0]
        renamed: dict[str, Expression] = {ELAPSED: Name(f"{ELAPSED}_{side}")}
        renamed |= {name: self.stored(name, side) for name in solution.variables}
        for local, expression in solution.updates.locals:
            made = Name(f"{local}_{first}")
            target.append(Assign(made, "=", self.scope.resolve(substitute(expression, renamed))))
            renamed[local] = made
        for name, expression in solution.updates.finals:
            made = Name(f"_at_{name}")
            target.append(Assign(made, "=", self.scope.resolve(substitute(expression, renamed))))
            split.values[f"{self.synapses.name}.{name}"] = made

    def _at_synapses(self) -> tuple[list[Assign], list[Assign]]:
        """The event-driven variables that each synapse has for itself: before the statements, and after them."""
        synapses = self.synapses
        driven = [name for name in self._driven if name not in synapses._sides]
        if not self._driven or not self.last_at_synapses:
            return [], []
        last = Access(self.assembly.key(synapses, LAST), "own", "integer")
        after = [Assign(last, "=", self.scope.access("t_in_timesteps"))]
        if not driven:
            return [], after
        before = [Assign(Name(ELAPSED), "=", self._since(last))]
        return [*before, *assigned(synapses, self.assembly, self.scope, self._updates(driven))], after

    def _since(self, last: Access) -> Expression:
        """``t - lastupdate``; in single precision counted in steps."""
        now, time = self.scope.access("t"), Call("_time", (last, self._dt))
        return since(now, time) if self.assembly.single_precision else Binary("-", now, time)


def hoist(synapses: Synapses, assembly: Assembly) -> Hoisting:
    """Decide the placements of a run."""
    made = Hoisting(synapses, assembly)
    made.decide()
    return made
