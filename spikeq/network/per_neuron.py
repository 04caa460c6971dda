"""Synaptic variables whose values are held once for each neuron, and what a synapse's own value is then.

A variable ``x`` that is held for each presynaptic neuron lies in ``_pre_x`` ``[n_pre]``; an event-driven one has the
value of that neuron's last event, whose step is in ``_last_pre``. Brian2's value of a synapse is that of the synapse's
own last event, of either side: it is computed when it is asked for. ``lastupdate`` itself is the later one of
``_last_pre`` and ``_last_post`` where nothing needs it at each synapse.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from spikeq.discretise.updates import Updates
from spikeq.errors import NetworkError
from spikeq.language.equations import Equations
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import names
from spikeq.network.connected import Connected
from spikeq.network.holder import Values
from spikeq.network.layouts.layout import Layout
from spikeq.network.variables import Variable
from spikeq.network.views import DTYPES, Integers

ELAPSED = "_elapsed"
LAST = "lastupdate"
_NEVER = np.iinfo(np.int64).min // 4


@dataclass(frozen=True, slots=True)
class Solution:
    """How variables that hang together and are held for one side change between events, with a run's coefficients.

    ``coefficients``: by name, the value of what the solution reads beside the variables: one number, or one for each
    neuron of the side, ``[n]``, ``[batch, n]`` or ``[batch, 1]``.
    """

    side: str
    updates: Updates
    coefficients: Mapping[str, Any]

    def after(self, elapsed: Any, values: Mapping[str, Any], ends: Any) -> dict[str, Any]:
        """The variables some seconds later, for the neurons at ``ends``."""
        known: dict[str, Any] = {
            name: value[..., ends] if value.shape[-1:] not in ((), (1,)) else value for name, value in self.read()
        }
        known |= values
        known[ELAPSED] = elapsed
        for name, expression in self.updates.locals:
            known[name] = evaluate(expression, known.__getitem__)
        return {name: evaluate(expression, known.__getitem__) for name, expression in self.updates.finals}

    def read(self) -> list[tuple[str, Any]]:
        """The coefficients."""
        return [(name, np.asarray(value)) for name, value in self.coefficients.items()]

    @property
    def variables(self) -> list[str]:
        """The variables, which are held on one side only together."""
        return [name for name, _ in self.updates.finals]

    def needs(self, name: str) -> set[str]:
        """The variables on which the solution of one depends, by way of local variables too."""
        found, open_ = set[str](), [dict(self.updates.finals)[name]]
        local = dict(self.updates.locals)
        while open_:
            read = names(open_.pop())
            open_ += [local.pop(one) for one in read if one in local]
            found |= read
        return found & set(self.variables)

    def is_the_same(self, other: Solution) -> bool:
        """Whether another solution gives the same values."""
        mine, others = dict(self.read()), dict(other.read())
        same = self.updates == other.updates and mine.keys() == others.keys()
        return same and all(np.array_equal(mine[name], others[name], equal_nan=True) for name in mine)


class PerNeuron(Connected):
    """Synapses that may hold variables once for each neuron. Which ones is decided anew before each run."""

    equations: Equations

    def __init__(self, *arguments: Any) -> None:
        self._sides: dict[str, str] = {}  # of variables that are held so, by name; "both" for lastupdate
        self._solutions: dict[str, Solution] = {}  # by event-driven variable, as it was last held for neurons
        self._kept_coefficients: dict[str, dict[str, Any]] = {}  # of a snapshot, by variable without a solution yet
        super().__init__(*arguments)

    def _hidden(self, side: str, name: str) -> str:
        """The variable in which the values of the neurons lie."""
        return f"_last_{side}" if name == LAST else f"_{side}_{name}"

    def _group_at(self, side: str) -> Any:
        """The whole group at one end."""
        group = self._source if side == "pre" else self._target
        return getattr(group, "whole", group)

    def _ends(self, side: str, layout: Layout | None = None) -> Integers:
        """The neuron of the whole group at one end of each synapse."""
        layout = self._layout if layout is None else layout
        group, ends = (self._source, layout.i) if side == "pre" else (self._target, layout.j)
        return ends + getattr(group, "start", 0)

    def size_of(self, name: str) -> int:
        """The number of values of a variable, not counting rows."""
        side = self._variables[name].side
        return super().size_of(name) if side is None else len(self._group_at(side))

    def has_rows(self, name: str) -> bool:
        """Whether the values that are stored differ between rows."""
        if name in self._sides:
            side = "pre" if self._sides[name] == "both" else self._sides[name]
            return super().has_rows(self._hidden(side, name))
        return super().has_rows(name)

    def _used(self, side: str) -> Integers:
        """The neurons of the whole group at one end that have synapses."""
        group = self._source if side == "pre" else self._target
        return np.flatnonzero(self._layout.degrees("pre" if side == "pre" else "post")) + getattr(group, "start", 0)

    def _array_of(self, name: str) -> str:
        """The name under which the values of a variable lie, for synapses or for neurons."""
        side = self._sides.get(name, "both")
        return name if side == "both" else self._hidden(side, name)

    def elements_of(self, name: str) -> Integers | None:
        """The values of a variable that stand for any synapse; None for all."""
        side = self._variables[name].side
        return None if side is None else self._used(side)

    def element_of(self, name: str, place: int) -> tuple[str, int]:
        """The first synapse of a neuron for which a variable is held."""
        variable = self._variables[name]
        if variable.side is None:
            return name, place
        return variable.shown, int(np.flatnonzero(self._ends(variable.side) == place)[0])

    # -- a synapse's own value ----------------------------------------------------------------------------------------

    def _stored(self, name: str) -> Values:
        if name not in self._sides:
            return super()._stored(name)
        values = self._spread_out(name)
        return values[0] if values.ndim == 2 and self.batch is None else values

    def _neurons(self, side: str, name: str) -> Values:
        """The values of the neurons as they lie, ``[n]`` or ``[batch, n]``."""
        stored: Any = self._values[self._hidden(side, name)]
        values = stored.detach().cpu().numpy() if isinstance(stored, torch.Tensor) else stored
        return values.astype(np.float64) if values.dtype == np.float32 else values

    def _spread_out(self, name: str) -> Values:
        """The value of each synapse, ``[synapses]`` or ``[batch, synapses]``."""
        if name == LAST:
            return self._last_steps()
        side = self._sides[name]
        ends = self._ends(side)
        if name in self._solutions_of(side):
            return self._at_last_event(name, side, ends)
        return self._neurons(side, name)[..., ends]

    def _solutions_of(self, side: str) -> set[str]:
        """The event-driven variables that are held for a side."""
        return {name for name, where in self._sides.items() if where == side and self._is_driven(name)}

    def _can_count_again(self) -> bool:
        """Whether the steps of the neurons' last events can be counted in those of the clock as it is now."""
        hidden = [h for name, h, _ in self._forms() if name == LAST and h in self._values]
        return all(self.fits_the_clock(torch.as_tensor(self._values[h])) for h in hidden)

    def _is_driven(self, name: str) -> bool:
        return name in self.equations and "event-driven" in self.equations[name].flags

    def _at_last_event(self, name: str, side: str, ends: Integers) -> Values:
        if name not in self._solutions:
            raise NetworkError(
                f"{name} at each synapse follows from the constants of a run, which are not known yet.",
                "Call net.compile() first.",
            ).located(self.title)
        solution = self._solutions[name]
        near = [one for one in solution.variables if one != name]  # held too, but where a state lacked it
        held = {one: self._neurons(side, one)[..., ends] if one in self._sides else self._stored(one) for one in near}
        held[name] = self._neurons(side, name)[..., ends]
        steps = self._last_steps() - self._neurons(side, LAST)[..., ends]
        found = np.asarray(solution.after(steps * self.step_dt, held, ends)[name])
        return np.array(np.broadcast_to(found, np.broadcast_shapes(found.shape, (len(ends),))))

    def _last_steps(self) -> Values:
        if LAST in self._values:
            stored: Any = self._values[LAST]
            return stored.cpu().numpy() if isinstance(stored, torch.Tensor) else stored
        pre, post = (self._neurons(side, LAST)[..., self._ends(side)] for side in ("pre", "post"))
        return np.maximum(pre, post)

    # -- from synapses to neurons and back ----------------------------------------------------------------------------

    def _of_neurons(self, name: str, side: str, values: Values | None = None) -> Values | None:
        """The values for the neurons of a side, where all synapses of each neuron have the same one; else None."""
        stored: Any = self._values[name] if values is None else values
        values = stored.detach().cpu().numpy() if isinstance(stored, torch.Tensor) else stored
        size, layout = len(self._group_at(side)), self._layout
        if not layout.count:
            return np.zeros((*values.shape[:-1], size), values.dtype)
        if values.strides[-1] == 0 or values.shape[-1] == 1:
            return np.array(np.broadcast_to(values[..., :1], (*values.shape[:-1], size)))
        found = np.zeros((*values.shape[:-1], size), values.dtype)
        ends = self._ends(side)
        found[..., ends] = values
        return found if np.array_equal(found[..., ends], values) else None

    def _hold_for_neurons(self, name: str, side: str, values: Values) -> None:
        """Hold a variable once for each neuron of a side from here on."""
        self._hold_hidden(name, side, values)
        self._values.pop(name, None)
        self._sides[name] = "both" if name == LAST else side

    def _hold_hidden(self, name: str, side: str, values: Values) -> None:
        of = self._variables[name]
        hidden = Variable(self._hidden(side, name), of.dimension, of.kind, step=of.step, side=side, shown=name)
        self.hold(hidden, values)

    def _hold_for_synapses(self, *wanted: str) -> None:
        """Hold variables at each synapse again, with the values that they have there, and those that need them."""
        near = [one for name in wanted if name in self._solutions for one in self._solutions[name].variables]
        values = {name: self._spread_out(name) for name in dict.fromkeys((*wanted, *near)) if name in self._sides}
        for name, one in values.items():
            side = self._sides.pop(name)
            self._values[name] = np.array(one)
            if name != LAST:
                self._drop(self._hidden(side, name))
        for side in ("pre", "post"):
            if LAST not in self._sides and not self._solutions_of(side):
                self._drop(self._hidden(side, LAST))

    def _drop(self, hidden: str) -> None:
        self._values.pop(hidden, None)
        self._variables.pop(hidden, None)

    def _forms(self) -> list[tuple[str, str, int]]:
        """What may be held for neurons: name, name in that form, number of values in that form."""
        wanted = [n for n in self._variables if n == LAST or (n in self.equations and self._is_flow(n))]
        return [(n, self._hidden(side, n), len(self._group_at(side))) for n in wanted for side in ("pre", "post")]

    def _is_flow(self, name: str) -> bool:
        return self.equations[name].type == "differential"

    def _take_form_of(self, held: Collection[str]) -> None:
        """Hold for neurons what a state with these names holds so; the values are still to come.

        What the state does not name at all stays as it is.
        """
        self._hold_for_synapses(*(name for name in self._sides if name in held))
        for name in {one for one, hidden, _ in self._forms() if one in held or hidden in held}:
            here = {side: self._hidden(side, name) for side in ("pre", "post")}
            taken = [side for side in here if here[side] in held]
            for side in taken:
                self._hold_hidden(name, side, self._none_yet(name, side))
            for side in here.keys() - set(taken) if name != LAST or name in held else ():
                self._drop(here[side])
            if name not in held and len(taken) == (2 if name == LAST else 1):
                self._values.pop(name, None)
                self._sides[name] = "both" if name == LAST else taken[0]
        for side in ("pre", "post"):
            needed = LAST in self._sides or self._solutions_of(side)
            if needed and self._hidden(side, LAST) not in self._values:
                self._hold_hidden(LAST, side, self._none_yet(LAST, side))

    def _none_yet(self, name: str, side: str) -> Values:
        return np.zeros(len(self._group_at(side)), np.int64 if name == LAST else DTYPES[self._variables[name].kind])

    def _coefficients(self) -> dict[str, dict[str, Any]]:
        """Under which coefficients the values of the neurons are held, by event-driven variable."""
        held = {**self._kept_coefficients, **{name: dict(one.coefficients) for name, one in self._solutions.items()}}
        return {name: held[name] for name in self._sides if name in held}

    def _take_coefficients(self, kept: Mapping[str, Mapping[str, Any]]) -> None:
        """The values of the neurons were held under these coefficients."""
        self._kept_coefficients = {name: dict(kept.get(name, {})) for name in self._sides if self._is_driven(name)}
        for name in self._kept_coefficients.keys() & self._solutions.keys():
            coefficients = {**self._solutions[name].coefficients, **self._kept_coefficients.pop(name)}
            self._solutions[name] = replace(self._solutions[name], coefficients=coefficients)

    def _solution_of(self, name: str, now: Solution) -> Solution:
        """The solution under which a variable is held; where only its coefficients are known, ``now`` with these."""
        kept = self._kept_coefficients.pop(name, {})
        return self._solutions.setdefault(name, replace(now, coefficients={**now.coefficients, **kept}))

    # -- changes ------------------------------------------------------------------------------------------------------

    def _store(self, name: str, index: Integers | None, values: Values) -> None:
        if name in self._sides:
            if self._network is not None and self._network._running:
                self._store_during_run(name, index, values)
                return
            self._hold_for_synapses(name)
        super()._store(name, index, values)

    def _store_during_run(self, name: str, index: Integers | None, values: Values) -> None:
        """Change the neurons' values in place: possible where the new ones stay what they are until they are read."""
        side = self._sides[name]
        ends = self._ends(side)
        wanted = np.array(self._spread_out(name), np.float64 if self._variables[name].kind == "real" else None)
        wanted[..., slice(None) if index is None else index] = values
        held = np.array(self._neurons(side, name)) if side != "both" else np.zeros(1)
        fits = side != "both"
        if wanted.ndim > held.ndim:
            fits, wanted = fits and bool((wanted == wanted[:1]).all()), wanted[0]
        if fits:
            held[..., ends] = wanted
            fits = np.array_equal(held[..., ends], wanted)
        if fits and name in self._solutions_of(side):
            fits = self._rests_at(name, self._solutions[name], held)
        if not fits:
            raise NetworkError(
                f"{name} is held once for each neuron in this run, and cannot be given these values during it.",
                "Set hoist = False on the network before the run: net.hoist = False.",
            ).located(self.title)
        stored: Any = self._values[self._hidden(side, name)]
        stored.copy_(torch.from_numpy(held))

    def _rests_at(self, name: str, solution: Solution, values: Values) -> bool:
        """Whether an event-driven variable stays at some values of the neurons until something changes it."""
        if solution.needs(name) - {name}:
            return False
        ends, values = self._used(solution.side), values[..., self._used(solution.side)]
        rest = {one: np.float64(0) for one, _ in solution.updates.finals} | {name: values}
        later = (solution.after(count * self.clock.dt_, rest, ends)[name] for count in (1, 1000))
        return all(bool((one == values).all()) for one in later)

    def _reconnect(self, kept: Mapping[str, Any]) -> None:
        sides = dict(self._sides)
        before = self.layout
        super()._reconnect(kept)
        if self._layout is not before:
            for name, side in sides.items():
                self._sides.pop(name)
                self._drop(self._hidden("pre" if side == "both" else side, name))
                self._values[name] = np.zeros(len(self), np.int64 if name == LAST else np.float64)

    def _grow(self, layout: Layout) -> None:
        if self._sides:
            self._hold_for_synapses(*self._sides)
        super()._grow(layout)
