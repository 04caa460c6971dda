"""Synapses: connections between groups, their variables, and what spikes do through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.dimension import DIMENSIONLESS, SECOND
from spikeq.errors import (
    ConnectionError,
    KindError,
    NameConflictError,
    SpikeqError,
    UnknownNameError,
    UnsupportedError,
)
from spikeq.language.check import Symbol
from spikeq.language.equations import NOISE, Equations
from spikeq.language.expression import Expression
from spikeq.language.model import Code, EquationType
from spikeq.language.statements import outer_expressions
from spikeq.network.bounds import bound_texts, checked_bounds, contribute_bounds
from spikeq.network.ends import COUNTS, end_symbol, end_values, is_shared, whole_of
from spikeq.network.hoisting import hoist
from spikeq.network.holder import Values
from spikeq.network.layouts.choice import Wanted, checked_layout
from spikeq.network.layouts.layout import Layout
from spikeq.network.neurons import checked_method
from spikeq.network.normalise import Normalises
from spikeq.network.pathway import Pathway, either, make_pathways
from spikeq.network.per_neuron import PerNeuron
from spikeq.network.recipe import SynapseRecipe, begin, merged
from spikeq.network.sharing import SharesByRows, checked_reduction
from spikeq.network.synapse_index import checked_index_name
from spikeq.network.synapse_scope import SynapseScope
from spikeq.network.synapse_tasks import check_shared, check_sums, synapse_tasks, with_flags
from spikeq.network.variables import Variable
from spikeq.network.views import DTYPES, Integers, VariableInfo

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly

FLAGS: dict[EquationType, tuple[str, ...]] = {
    "differential": ("event-driven", "clock-driven"),
    "subexpression": ("shared", "summed", "constant over dt"),
    "parameter": ("constant", "shared", "per row", "linked"),
}
_COUNTS = ("N_pre", "N_post", *COUNTS)


class Synapses(PerNeuron, SharesByRows, Normalises):
    """Synapses from the neurons of ``source`` to those of ``target`` (the same group if left out).

    model: the equations of a synapse, or a model of the library such as ``models.PairSTDP(tau_pre=20*ms)``, which
    brings all that is not given here, and first values of new synapses. on_pre, on_post: statements that run at every
    synapse of a neuron that spiked, or ``{"name": statements}``. on_event: which event runs a pathway. Synapses exist
    after ``connect``.

    delay: from a presynaptic spike to ``on_pre``, or by pathway name, in whole steps (the nearest, a half upwards); 0
    is the step of the spike. As in Brian2 it lies before the synapse: all statements of a pathway run when the spike
    arrives, with the values of that moment. In NEST a delay is at least one step, and that of a plastic synapse lies
    behind it: the weight meets presynaptic spikes when they are sent and postsynaptic ones a delay later. For that,
    give the weights a pathway without delay, the neurons one with it, and ``post`` the same delay.

    source and target are groups, parts of groups, or Synapses: ``x_post`` is then a variable of the synapse that is
    reached, ``i_post`` and ``j_post`` tell where that one leads, and ``connect`` counts synapses. What such a pathway
    or sum assigns to has a value for each row of a batch. A pathway may not begin at synapses: they have no events.

    layout: how they are stored, ``"auto"`` for what takes least: ``"dense"`` where every pair has one, in order, and
    ``"one_to_one"`` store values alone; ``"sparse"`` also numbers of neurons, 2 bytes a side up to 65,536 of them and
    4 bytes beyond, and 4 bytes for each side whose events run code unless the synapses are numbered by it. What was
    asked for and does not fit is an error of ``connect``. The numbers of the synapses are the same in any layout.

    A parameter is one value that the rows of a batch share. Where code changes it, each row runs its whole block from
    the old value; at the block's end the changes of all rows are summed (``reduction="sum"``), or their mean is taken,
    rows without an event counting as no change (``"mean"``; ``{"w": "mean"}`` for one), and added to it once.
    Statements that run regularly and read nothing that differs between rows run once for all. ``w : 1 (per row)``
    gives each row a value of its own, ``[batch, synapses]``, and so do values of that shape once they are assigned;
    variables with a differential equation have that anyway.

    bounds: ``{"w": (0, "w_max")}``, each side a number, a quantity, None (open) or a string of names from outside and
    parameters that no code changes. They hold at the end of each block, of a step of the equations and
    of a run's ``normalise``, for the values that it changed, after the rows' changes were added. A value that is given
    must lie within them: a run does not begin, or go on, with others.

    Raises the errors of ``spikeq.errors``.
    """

    default_name = "synapses"
    has_refractory = False

    def __init__(
        self,
        source: Any,
        target: Any = None,
        model: str | Equations | SynapseRecipe | None = None,
        on_pre: str | Mapping[str, str] | None = None,
        pre: Any = None,
        on_post: str | Mapping[str, str] | None = None,
        post: Any = None,
        connect: Any = None,
        delay: Any = None,
        on_event: str | Mapping[str, str] = "spike",
        multisynaptic_index: str | None = None,
        namespace: Mapping[str, Any] | None = None,
        dtype: Any = None,
        codeobj_class: Any = None,
        dt: Any = None,
        clock: Any = None,
        order: int = 0,
        method: str | None = None,
        method_options: Any = None,
        name: str | None = None,
        layout: str = "auto",
        reduction: str | Mapping[str, str] = "sum",
        bounds: Mapping[str, tuple[Any, Any]] | None = None,
    ) -> None:
        target = source if target is None else target
        recipe = model if isinstance(model, SynapseRecipe) else None
        if recipe is not None:
            self._brought = frozenset(recipe.namespace)
            model, method, namespace = recipe.equations, method or recipe.method, merged(recipe.namespace, namespace)
            if on_pre is None and pre is None:
                on_pre, delay = recipe.pathways["on_pre"], merged(recipe.delay, delay) if recipe.delay else delay
            bounds = merged(recipe.bounds, bounds)
            on_post = recipe.pathways["on_post"] if on_post is None and post is None else on_post
        self._initial = {} if recipe is None else recipe.initial
        super().__init__(source, target, name, clock if clock is not None else dt, namespace, order)
        self._wanted = self._checked_layout(layout)
        self.multisynaptic_index: str | None = None
        self.assigned_from_outside: set[str] = set()
        self.method = checked_method(method, self.title)
        self.equations = self._checked(model)
        self.sums = {name: self.equations[name] for name in self.equations if "summed" in self.equations[name].flags}
        self._make_variables()
        check_sums(self)
        check_shared(self)
        self._reduction = checked_reduction(self, reduction)
        self._bounds = checked_bounds(self, bounds)
        self.multisynaptic_index = checked_index_name(self, multisynaptic_index)
        given = {"pre": either(self, "pre", on_pre, pre), "post": either(self, "post", on_post, post)}
        self.pathways: list[Pathway] = make_pathways(self, given, delay, on_event)
        self._tell_ends()
        self._ready_for_use()
        if connect is not None:
            self.connect(connect)

    # -- construction -------------------------------------------------------------------------------------------------

    def _checked(self, model: Any) -> Equations:
        try:
            if not isinstance(model, Equations | str | None):
                raise KindError(f"model must be a string, not {type(model).__name__}.", "Write the code in quotes.")
            equations = model if isinstance(model, Equations) else Equations(model or "")
            equations.check_flags(FLAGS, " in Synapses")
        except SpikeqError as error:
            raise error.located(self.title) from None
        return with_flags(equations, self.title)

    def _checked_layout(self, wanted: Any) -> Wanted:
        try:
            return checked_layout(wanted)
        except SpikeqError as error:
            raise error.located(self.title) from None

    def _make_variables(self) -> None:
        driven = any("event-driven" in equation.flags for equation in self.equations.values())
        for name, equation in self.equations.items():
            if name in self.sums:
                continue
            if name in ("i", "j", "delay", *_COUNTS) or (name == "lastupdate" and driven):
                raise NameConflictError(f"{name} is a name that synapses define.", "Rename it.").located(self.title)
            for side in (self._source, self._target):
                if name in whole_of(side)._variables and name != "lastupdate":
                    raise NameConflictError(
                        f"{name} is also a variable of {side.name}, so it would be unclear which one is meant.",
                        "Rename one of them.",
                    ).located(self.title)
            variable = Variable(
                name,
                equation.dimension,
                equation.kind,
                scalar="shared" in equation.flags,
                constant="constant" in equation.flags,
                linked="linked" in equation.flags,
                expression=equation.expression if equation.type == "subexpression" else None,
                source=equation.text,
            )
            self._variables[name] = variable
            if variable.expression is None and not variable.linked:
                self._values[name] = np.zeros(1 if variable.scalar else 0, DTYPES[variable.kind])
        if driven:
            self._variables["lastupdate"] = Variable("lastupdate", SECOND, step=True)
            self._values["lastupdate"] = np.zeros(0, np.int64)

    def _tell_ends(self) -> None:
        """Synapses that these assign to, or sum into, have a value of that variable for each row of a batch."""
        for name in [s.target for path in self.pathways for s in path.code.statements] + list(self.sums):
            group, plain = self.side_of(name)
            if name not in self._variables and whole_of(group).is_edges:
                whole_of(group).assigned_from_outside.add(plain)

    def _grow(self, layout: Layout) -> None:
        first = self._layout.count
        super()._grow(layout)
        begin(self, self._initial, np.arange(first, layout.count) if first else None)

    # -- what there is ------------------------------------------------------------------------------------------------

    @property
    def delay(self) -> Any:
        """The delay of the pre pathway: of all synapses, or of each, ``[synapses]``."""
        return self._pathway("pre").delay

    @delay.setter
    def delay(self, value: Any) -> None:
        self._pathway("pre").assign_delay(value, 2)  # __setattr__ stands between

    def shown(self, name: str) -> str:
        """What messages call a variable: the delay of a pathway as it is assigned to."""
        path = name.removeprefix("_delay_")
        return name if path == name else "delay" if path == "pre" else f"{path}.delay"

    @property
    def delay_(self) -> Any:
        """The delay of the pre pathway in seconds, without a unit."""
        return self._pathway("pre").delay_

    @delay_.setter
    def delay_(self, value: Any) -> None:
        self._pathway("pre").delay_ = value

    def _pathway(self, name: str) -> Pathway:
        for path in self.pathways:
            if path.objname == name:
                return path
        known = ", ".join(path.objname for path in self.pathways) or "none"
        raise UnknownNameError(f"There is no pathway {name!r}.", f"There are: {known}.").located(self.title)

    def __getattr__(self, name: str) -> Any:
        pathways = self.__dict__.get("pathways", ())
        for path in pathways:
            if path.objname == name:
                return path
        if "_wanted" in self.__dict__ and not name.startswith("_"):
            raw = name.endswith("_") and self._symbol_of(name[:-1]) is not None
            if self._symbol_of(name) is not None or raw:
                return self.view(name[:-1] if raw else name, raw)
        return super().__getattr__(name)

    def _set_other(self, name: str, value: Any, level: int) -> None:
        if self.variable(name).read_only:
            super()._set_other(name, value, level + 1)
        self.view(name).set_item(slice(None), value, level + 1)

    def _symbol_of(self, name: str) -> Symbol | None:
        return self.symbol(name) if name not in ("t", "dt", "t_in_timesteps", "N") else None

    def symbol(self, name: str) -> Symbol | None:
        """What a name in synaptic code stands for: a synapse's own, then ``x_pre``, ``x_post``, then the target's."""
        if name in self._variables:
            return self._variables[name].symbol
        if name.startswith("xi") and name in self.equations.stochastic_variables:
            return NOISE
        if name in ("t", "dt"):
            return Symbol(SECOND)
        if name in ("i", "j", "N", "t_in_timesteps", *_COUNTS) or name == self.multisynaptic_index:
            return Symbol(DIMENSIONLESS, "integer")
        return end_symbol(*self.side_of(name))

    def side_of(self, name: str) -> tuple[Any, str]:
        """The group and the variable that a name with ``_pre``, ``_post`` or neither means."""
        if name.endswith("_pre"):
            return self._source, name.removesuffix("_pre")
        return self._target, name.removesuffix("_post")

    def variable(self, name: str) -> VariableInfo:
        """Describe a variable."""
        if name in self._variables:
            return replace(super().variable(name), by_row=self._is_by_row(name))
        symbol = self._symbol_of(name)
        if symbol is None:
            raise UnknownNameError(self._no_variable(name)).located(self.title)
        group, plain = self.side_of(name)
        if name not in ("i", "j", *_COUNTS) and plain in whole_of(group)._variables:
            info: VariableInfo = whole_of(group).variable(plain)
            return replace(info, name=name)
        by_row = name in ("t", "dt", "t_in_timesteps")
        reason = "not a variable of the synapses"
        return VariableInfo(name, symbol.dimension, symbol.kind, False, True, reason, by_row=by_row)

    def _is_by_row(self, name: str) -> bool:
        return self._variables[name].expression is not None or self.is_per_row(name) or self.has_rows(name)

    def read(self, name: str, namespace_level: int = 0) -> Values:
        """Current SI values of a variable of the synapses or of the neurons at their ends."""
        if name in self._variables:
            return super().read(name, namespace_level + 1)
        return np.asarray(self.value_of(name, None))

    def value_of(self, name: str, index: Integers | None) -> Any:
        """The values of a name at some synapses."""
        if name in self._variables or name in ("t", "dt", "t_in_timesteps", "N"):
            return super().value_of(name, index)
        if name in ("N_pre", "N_post"):
            return np.int32(len(self._source if name == "N_pre" else self._target))
        if name in ("i", "j", "N_incoming", "N_outgoing") or name == self.multisynaptic_index:
            return self.numbers(name, index)
        group, plain = self.side_of(name)
        values = end_values(group, plain, self.read_end)
        if is_shared(group, plain):
            return values
        ends = self.numbers("i" if name.endswith("_pre") else "j", index)
        return values[..., ends + getattr(group, "start", 0)]

    # -- for the compiler ---------------------------------------------------------------------------------------------

    def statements(self, text: str, what: str) -> Code:
        """What runs regularly. Raises UnsupportedError for statements that assign to neurons."""
        code = super().statements(text, what)
        for statement in code.statements:
            if statement.target not in self._variables and self.symbol(statement.target) is not None:
                raise UnsupportedError(
                    f"{statement.target} belongs to neurons, which what synapses run regularly cannot assign to.",
                    "Declare a sum: 'x_post = w : 1 (summed)', or call run_regularly of the neurons.",
                    statement.target_span,
                ).located(f"{self.title}, {what}", text)
        return code

    @property
    def _codes(self) -> list[tuple[str, Code]]:
        """Every block of statements, and what messages call it."""
        found = [(path.title, path.code) for path in self.pathways]
        return found + [(f"{self.title}, run_regularly", one.code) for one in self.regular]

    @property
    def expressions(self) -> list[Expression]:
        """Every expression of the model and its statements."""
        found = [e.expression for e in self.equations.values() if e.expression is not None]
        found += [expression for _, expression in self.equations.get_substituted_expressions(True)]
        found += [side.expression for bounds in self._bounds.values() for _, side in bounds.sides]
        for _, code in self._codes:
            found += outer_expressions(code, lambda name: self.symbol(name) is not None)
        return found

    def texts(self) -> list[tuple[str, str, Expression]]:
        """Every expression of the model with the text that it came from and what messages call that."""
        found = [(self.title, e.text, e.expression) for e in self.equations.values() if e.expression is not None]
        found += bound_texts(self)
        return found + [(owner, code.text, s.expression) for owner, code in self._codes for s in code.statements]

    def make_scope(self, assembly: Assembly) -> SynapseScope:
        """What the names of the synapses' strings mean in this run."""
        return SynapseScope(assembly, self, assembly.outside_of(self, self.expressions))

    def prepare(self, assembly: Assembly) -> None:
        """Check the equations and decide where their variables are held. Raises ConnectionError before ``connect``."""
        if not self._connect_called:
            raise ConnectionError(f"{self.name} has no synapses.", "Call its connect() first.").located(self.title)
        scope = assembly.scope_of(self)
        try:
            self.equations.check_units(scope.symbol, scope.function)
        except SpikeqError as error:
            raise error.located(self.title) from None
        assembly.hoistings[self.name] = hoist(self, assembly)

    def contribute(self, assembly: Assembly) -> None:
        """Add what changes in time, and the pathways, to the step."""
        assembly.space(self, edges=True)
        contribute_bounds(self, assembly)
        synapse_tasks(self, assembly)
        for path in self.pathways:
            if path.active:
                path.contribute(assembly)
        self.contribute_regular(assembly)
        self.contribute_normalisers(assembly)

    def changes(self) -> set[tuple[str, str]]:
        """The variables that the pathways, and normalisation, assign to."""
        found = self.normalised()
        for statement in (s for _, code in self._codes for s in code.statements):
            if statement.target in self._variables:
                found.add((self.name, statement.target))
            else:
                group, plain = self.side_of(statement.target)
                found.add((whole_of(group).name, plain))
        for name in self.sums:
            group, plain = self.side_of(name)
            found.add((whole_of(group).name, plain))
        return found

    def __repr__(self) -> str:
        return f"Synapses({self._source.name} -> {self._target.name}, name={self.name!r})"
