"""What everything with variables has: neurons, inputs and synapses own values, answer for names and give views."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from spikeq.dimension import DIMENSIONLESS, SECOND
from spikeq.errors import KindError, NetworkError, SpikeqError, UnknownAttributeError, UnknownNameError
from spikeq.language.check import Symbol, check_boolean, check_dimension, infer
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import Call, Expression, calls
from spikeq.language.parse import parse_expression
from spikeq.network.clock import Clock, step_length
from spikeq.network.draws import Draws
from spikeq.network.holder import NO_SPIKE, Values
from spikeq.network.link import LinkedVariable, elements, link
from spikeq.network.moments import checked_order
from spikeq.network.outside import Outside, looking_in, outside_names
from spikeq.network.pending import Pending, PendingValues, Postpones, as_kind
from spikeq.network.states import States
from spikeq.network.tensors import tensor_of
from spikeq.network.variables import Variable, refuse_hidden, warn_of_hidden
from spikeq.network.views import Integers, VariableInfo, indices_of_item


class Group(Postpones, States):
    """A named collection of elements with variables on one clock.

    ``G.v`` is a view with units, ``G.v_`` the same without. Assigning to a name that is no variable is an error, so
    that a typing mistake cannot pass unseen.
    """

    default_name = "group"
    active = True
    _brought: frozenset[str] = frozenset()  # the names of the namespace that a model of the library brought along

    def __init__(self, name: str | None, dt: Any, namespace: Mapping[str, Any] | None, order: int, when: str) -> None:
        super().__init__(name)
        self._calls = 0
        self._own_dt = None if dt is None or isinstance(dt, Clock) else step_length(dt)
        self._clock: Clock | None = dt if isinstance(dt, Clock) else None
        if namespace is not None and not isinstance(namespace, Mapping):
            raise KindError(
                f"namespace must be a dictionary, not {type(namespace).__name__}.", "Write namespace={'tau': 10*ms}."
            ).located(self.title)
        self.namespace = None if namespace is None else dict(namespace)
        self.order, self.when = checked_order(order), when
        self._draws: Draws | None = None

    # -- names ------------------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        variables = self.__dict__.get("_variables")
        if variables is None or name.startswith("__"):
            raise AttributeError(name)
        if name in variables:
            return self.view(name)
        if name.endswith("_") and name[:-1] in variables:
            return self.view(name[:-1], raw=True)
        raise UnknownAttributeError(self._no_variable(name)).located(self.title)

    def __setattr__(self, name: str, value: Any) -> None:
        variables = self.__dict__.get("_variables", {})
        if name in variables:
            refuse_hidden(self, name)
            self._set(name, value, level=1)
        elif name.endswith("_") and name[:-1] in variables:
            self.view(name[:-1], raw=True).set_item(slice(None), value, level=1)
        elif (
            name.startswith("_") or name in self.__dict__ or hasattr(type(self), name) or "_ready" not in self.__dict__
        ):
            object.__setattr__(self, name, value)
        elif self.symbol(name) is not None:
            self._set_other(name, value, level=1)
        else:
            raise UnknownAttributeError(
                self._no_variable(name), "To keep something of your own here, call add_attribute(name) first."
            ).located(self.title)

    def _set(self, name: str, value: Any, level: int) -> None:
        if isinstance(value, LinkedVariable):
            link(self, name, value)
            return
        self.view(name).set_item(slice(None), value, level=level + 1)

    def _set_other(self, name: str, value: Any, level: int) -> None:
        help = "Values of neurons are assigned to their group; synapses are made by connect."
        raise NetworkError(f"{name} cannot be assigned to here.", help).located(self.title)

    @property
    def tensor(self) -> Any:
        """``G.tensor("v")``: a copy of the SI values on the network's device, in its number type, shaped as ``G.v``."""
        return self.view("tensor") if "tensor" in self._variables else partial(tensor_of, self, level=0)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._variables, *(f"{name}_" for name in self._variables)})

    def add_attribute(self, name: str) -> None:
        """Allow an attribute of that name that is no variable."""
        self.__dict__.setdefault(name, None)

    def _no_variable(self, name: str) -> str:
        near = difflib.get_close_matches(str(name), self._variables, 1)
        return f"{self.name} has no variable {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")

    def _ready_for_use(self) -> None:
        warn_of_hidden(self, self._variables)
        object.__setattr__(self, "_ready", True)

    # -- time -------------------------------------------------------------------------------------------------------

    @property
    def clock(self) -> Clock:
        """The clock of the group."""
        if self._clock is None:
            if self._own_dt is None:
                return self._default_clock()
            self._clock = Clock(self._own_dt_quantity(), name=f"{self.name}_clock")
        return self._clock

    def _own_dt_quantity(self) -> Any:
        from spikeq.units import with_dimension

        return with_dimension(self._own_dt, SECOND)

    def _default_clock(self) -> Clock:
        if self._network is None:
            raise NetworkError(
                f"{self.name} has no time step yet.", "Give dt= to the group, or add it to a Network first."
            )
        return self._network.clock

    @property
    def _known_step(self) -> float | None:
        """The time step in seconds, None as long as nothing has decided it."""
        known = self._clock is not None or self._own_dt is not None or self._network is not None
        return self.clock.dt_ if known else None

    # -- sizes ------------------------------------------------------------------------------------------------------

    @property
    def N(self) -> int:  # noqa: N802 - the field's name
        """The number of elements."""
        return len(self)

    @property
    def stored_names(self) -> list[str]:
        """The variables that hold values."""
        return [
            name for name, variable in self._variables.items() if variable.expression is None and variable.side is None
        ]

    # -- what views ask -----------------------------------------------------------------------------------------------

    def variable(self, name: str) -> VariableInfo:
        """Describe a variable. Raises UnknownNameError."""
        if not isinstance(name, str) or name not in self._variables:
            raise UnknownNameError(self._no_variable(name)).located(self.title)
        return self._variables[name].info

    def read(self, name: str, namespace_level: int = 0) -> Values:
        """The current values in SI units, ``[n]`` or ``[batch, n]``; ``[]`` or ``[batch]`` if shared."""
        self.settle()
        variable = self._variables[name]
        self._require_link(variable)
        if variable.link is not None:
            group, other, where = variable.link
            values = group.read(other, namespace_level + 1)
            if where is None or group._variables[other].scalar:
                return values
            return values[..., elements(where, len(self), values.shape[-1])]
        if variable.expression is not None:
            return self._read_expression(variable, namespace_level + 1)
        values = self._stored(name)
        if variable.step:
            never = values <= np.iinfo(np.int64).min // 4
            return np.where(never, NO_SPIKE, values * self.step_dt)
        return values

    def _require_link(self, variable: Variable) -> None:
        if variable.linked and variable.link is None:
            raise NetworkError(
                f"{variable.name} is declared (linked), but not linked to anything.",
                f"Write G.{variable.name} = linked_var(other, 'x').",
            ).located(self.title)

    def _read_expression(self, variable: Variable, level: int) -> Values:
        assert variable.expression is not None
        if variable.name in self._values:
            return self._stored(variable.name)
        outside = outside_names(self, variable.expression, level + 1)
        value = np.asarray(self._evaluated(variable.expression, None, outside, 0))
        return value if variable.scalar else np.broadcast_to(value, (*value.shape[:-1], len(self)))

    def write(self, name: str, index: Integers | None, values: Values) -> None:
        """Store SI values."""
        variable = self._variables[name]
        self._require_link(variable)
        if variable.link is not None:
            group, other, where = variable.link
            there = elements(where, len(self), len(group))
            group.write(other, there if index is None else there[index], values)
            return
        if not self._settling:  # what waited was told of when it was written
            self.before_change(name)
        if self._pending:
            self._pending.append(PendingValues(name, index, values))
            return
        if variable.step:
            self._step_dt = self.step_dt
            values = np.round(np.maximum(values, NO_SPIKE) / self._step_dt).astype(np.int64)
        self._store(name, index, values)
        if self._network is not None:
            self._network.touched(self, name)

    def write_expression(
        self,
        name: str,
        index: Integers | None,
        text: str,
        namespace_level: int,
        part: tuple[int, int] | None = None,
        raw: bool = False,
    ) -> None:
        """Assign the values of a string; a random one is evaluated when they are first needed.

        ``part`` is the first element and the size of the subgroup that the string speaks about. ``raw``: its unit may
        be any, for it gives SI numbers.
        """
        variable = self._variables[name]
        expression = self.parsed(text, f"{self.title}, {self.shown(name)}")
        try:
            outside = outside_names(self, expression, namespace_level + 1)
            checked = infer(expression, lambda n: self._symbol(n, outside), outside.function)
            if not raw:
                check_dimension(expression, checked, variable.dimension, self.shown(name))
            if variable.kind != "boolean" and checked.kind == "boolean":
                raise KindError(
                    f"{name} is a number, but the value is true or false.", "Write int(...).", expression.span
                )
            self._check_assignment(expression, variable)
        except SpikeqError as error:
            raise error.located(f"{self.title}, {self.shown(name)}", text) from None
        self._calls += 1
        made = Pending(name, index, expression, outside, self._calls, part)
        if self._pending or self._is_random(expression):
            self.before_change(name)
            self._pending.append(made)
        else:
            self._carry_out(made)

    def _check_assignment(self, expression: Expression, variable: Variable) -> None:
        """More rules for subclasses."""

    def indices_where(self, text: str, namespace_level: int, part: tuple[int, int] | None = None) -> Integers:
        """The elements for which a condition holds (in the first row of a batch), counted inside the part."""
        expression = self.parsed(text, self.title)
        try:
            outside = outside_names(self, expression, namespace_level + 1)
            checked = infer(expression, lambda n: self._symbol(n, outside), outside.function)
            check_boolean(expression, checked, "an index")
        except SpikeqError as error:
            raise error.located(self.title, text) from None
        self.settle()
        self._calls += 1
        start, size = part or (0, len(self))
        index = None if part is None else np.arange(start, start + size)
        chosen = np.asarray(self._evaluated(expression, index, outside, self._calls, part))
        chosen = chosen[0] if chosen.ndim == 2 else chosen
        return np.flatnonzero(np.broadcast_to(chosen, (size,)))

    def indices_of_item(self, item: Any) -> Integers:
        """Element numbers of what stood between the brackets; a part of the group stands for its elements."""
        if getattr(item, "whole", None) is self and item is not self:
            return np.arange(item.start, item.stop)
        return indices_of_item(item, len(self), self.name)

    def texts(self) -> list[tuple[str, str, Expression]]:
        """Every expression of the model with the text that it came from and what messages call that."""
        return []

    # -- strings ------------------------------------------------------------------------------------------------------

    def parsed(self, text: str, owner: str) -> Expression:
        """The expression that a string holds. Raises EquationSyntaxError that names the owner."""
        try:
            return parse_expression(text)
        except SpikeqError as error:
            raise error.located(owner, text) from None

    def symbol(self, name: str) -> Symbol | None:
        """What one of the group's own names stands for, None for all others."""
        if name in self._variables:
            return self._variables[name].symbol
        return {
            "t": Symbol(SECOND),
            "dt": Symbol(SECOND),
            "t_in_timesteps": Symbol(DIMENSIONLESS, "integer"),
            "i": Symbol(DIMENSIONLESS, "integer"),
            "N": Symbol(DIMENSIONLESS, "integer"),
        }.get(name)

    def _symbol(self, name: str, outside: Outside) -> Symbol:
        return self.symbol(name) or outside.symbol(name)

    def value_of(self, name: str, index: Integers | None) -> Any:
        """The values of one of the group's own names at some elements."""
        if name in self._variables:
            values = self.read(name)
            scalar = self._variables[name].scalar
            if scalar:
                return values[..., None] if values.ndim else values
            return values if index is None else values[..., index]
        if name == "i":
            return np.arange(len(self), dtype=np.int32) if index is None else index.astype(np.int32)
        if name == "N":
            return len(self)
        clock = self.clock
        return {"t": clock.t_, "dt": clock.dt_, "t_in_timesteps": clock.steps}[name]

    def _evaluated(
        self,
        expression: Expression,
        index: Integers | None,
        outside: Outside,
        call: int,
        part: tuple[int, int] | None = None,
        draws: Draws | None = None,
    ) -> Any:
        count = len(self) if index is None else len(index)
        drawn = 0

        def lookup(name: str) -> Any:
            if part is not None and index is not None and name in ("i", "N"):
                return (index - part[0]).astype(np.int32) if name == "i" else part[1]
            own = self.symbol(name) is not None
            return self.value_of(name, index) if own else outside.value(name, index, len(self))

        def function(name: str, arguments: tuple[Any, ...], node: Call) -> Any:
            nonlocal drawn
            if outside.is_table(name):
                return outside.table(name)(*arguments, group_dt=self._known_step)
            drawn += 1
            return (draws or self.draws).numbers(name, arguments, (self.name, "init", call, drawn), count, index)

        with looking_in(outside.names):
            return evaluate(outside.inlined(expression), lookup, function)

    @property
    def draws(self) -> Draws:
        """Where random numbers for assignments come from; those of synapses are shared by the rows of a batch."""
        if self._network is not None:
            return Draws(self._network.draws.seed) if self.is_edges else self._network.draws
        if self._draws is None:
            self._draws = Draws.early()
        return self._draws

    def draws_of(self, name: str) -> Draws:
        """Where the random numbers of strings that are assigned to a variable come from."""
        return self.draws

    @staticmethod
    def _is_random(expression: Expression) -> bool:
        return bool(calls(expression) & {"rand", "randn", "poisson", "binomial"})

    def _carry_out(self, waiting: Any) -> None:
        if isinstance(waiting, PendingValues):
            self.write(waiting.name, waiting.index, waiting.values)
            return
        variable = self._variables[waiting.name]
        found = self._evaluated(
            waiting.expression, waiting.index, waiting.outside, waiting.call, waiting.part, self.draws_of(waiting.name)
        )
        value = self._shaped(as_kind(np.asarray(found), variable, waiting.expression, self.title), variable)
        if self.is_gated(waiting.name):
            value = self._where_free(waiting.name, waiting.index, value)
        self.write(waiting.name, waiting.index, value)

    def _where_free(self, name: str, index: Integers | None, value: Values) -> Values:
        """A string leaves "(unless refractory)" variables of refractory neurons alone, as statements do."""
        chosen = slice(None) if index is None else index
        free, old = self.read("not_refractory")[..., chosen], self.read(name)[..., chosen]
        return value if free.all() else np.where(free, value, old)

    def _shaped(self, value: Values, variable: Variable) -> Values:
        return value[..., 0] if variable.scalar and value.ndim else value

    # -- for the compiler ---------------------------------------------------------------------------------------------

    def is_gated(self, name: str) -> bool:
        """Whether statements leave a variable alone while its neuron is refractory."""
        return False

    is_edges = False
