"""Synapses: connections between groups, their variables, and what spikes do through them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

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
from spikeq.language.equations import Equations
from spikeq.language.expression import Expression
from spikeq.language.model import EquationType
from spikeq.language.statements import outer_expressions
from spikeq.network.connectivity import check_numbers, connect
from spikeq.network.group import Group
from spikeq.network.holder import Values
from spikeq.network.layouts import Dense, Layout, Sparse, counted, joined
from spikeq.network.pathway import Pathway, make_pathways
from spikeq.network.subgroup import Subgroup
from spikeq.network.synapse_index import checked_index_name, edges_of_item
from spikeq.network.synapse_scope import SynapseScope, pair_scope
from spikeq.network.variables import Variable
from spikeq.network.views import DTYPES, Integers, VariableInfo
from spikeq.units import magnitude

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly

FLAGS: dict[EquationType, tuple[str, ...]] = {
    "differential": ("event-driven", "clock-driven"),
    "subexpression": ("shared", "summed", "constant over dt"),
    "parameter": ("constant", "shared"),
}
_COUNTS = ("N_pre", "N_post", "N_incoming", "N_outgoing")


@dataclass(frozen=True, slots=True)
class Connect:
    """A call of ``connect`` that waits until its synapses are needed."""

    arguments: dict[str, Any]
    scope: Any
    call: int


class Synapses(Group):
    """Synapses from the neurons of ``source`` to those of ``target`` (the same group if left out).

    model: parameters and subexpressions of a synapse. on_pre, on_post: statements that run at every synapse of a
    neuron that spiked, or ``{"name": statements}``. delay: from a presynaptic spike to ``on_pre``, or by pathway name;
    a delay counts from the spike to the statements, so it is what Brian2 means by it. on_event: which event runs a
    pathway. Synapses exist after ``connect``. Raises the errors of ``spikeq.errors``.
    """

    default_name = "synapses"
    is_edges = True

    def __init__(
        self,
        source: Any,
        target: Any = None,
        model: str | Equations | None = None,
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
    ) -> None:
        super().__init__(name, clock if clock is not None else dt, namespace, order, "groups")
        target = source if target is None else target
        for side, group in (("source", source), ("target", target)):
            if not isinstance(group, Group | Subgroup) or group.is_edges:
                message = f"The {side} of synapses must be a group of neurons, not {type(group).__name__}."
                raise KindError(message, "Give a NeuronGroup, or a part of one.").located(self.title)
        self._source, self._target = source, target
        self._layout: Layout = Sparse(len(source), len(target), np.empty(0, np.int32), np.empty(0, np.int32))
        self._version = 0
        self._computed: dict[str, tuple[int, Values]] = {}
        self.multisynaptic_index: str | None = None
        self.equations = self._checked(model)
        self._make_variables()
        self.multisynaptic_index = checked_index_name(self, multisynaptic_index)
        given = {"pre": on_pre if on_pre is not None else pre, "post": on_post if on_post is not None else post}
        self.pathways: list[Pathway] = make_pathways(self, given, delay, on_event)
        self._ready_for_use()
        if connect is not None:
            self.connect(connect)

    # -- construction -------------------------------------------------------------------------------------------------

    def _checked(self, model: str | Equations | None) -> Equations:
        try:
            if not isinstance(model, Equations | str | None):
                raise KindError(f"model must be a string, not {type(model).__name__}.", "Write the code in quotes.")
            equations = model if isinstance(model, Equations) else Equations(model or "")
            equations.check_flags(FLAGS, " in Synapses")
        except SpikeqError as error:
            raise error.located(self.title) from None
        for equation in equations.values():
            if equation.type == "differential" or "summed" in equation.flags or "constant over dt" in equation.flags:
                raise UnsupportedError(
                    f"{equation.name}: synapses with equations that change in time are not supported.",
                    "Keep what changes in time in the neurons, or change a parameter in on_pre and on_post.",
                    equation.span,
                ).located(self.title, equation.text)
        return equations

    def _make_variables(self) -> None:
        for name, equation in self.equations.items():
            if name in ("i", "j", "delay", *_COUNTS):
                raise NameConflictError(f"{name} is a name that synapses define.", "Rename it.").located(self.title)
            for side in (self._source, self._target):
                if name in _variables_of(side):
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
                expression=equation.expression,
                source=equation.text,
            )
            self._variables[name] = variable
            if variable.expression is None:
                self._values[name] = np.zeros(1 if variable.scalar else 0, DTYPES[variable.kind])

    # -- connecting ---------------------------------------------------------------------------------------------------

    def connect(
        self,
        condition: Any = None,
        i: Any = None,
        j: Any = None,
        p: Any = 1.0,
        n: Any = 1,
        skip_if_invalid: bool = False,
        namespace: Mapping[str, Any] | None = None,
        level: int = 0,
    ) -> None:
        """Make synapses, in any of Brian2's ways: all pairs, a condition, index arrays, or a generator string.

        ``p`` is the probability of each pair, ``n`` the number of synapses of each. See ``connectivity.connect``.
        """
        if not isinstance(condition, bool | str | type(None)) and np.ndim(condition) and i is None and j is None:
            raise ConnectionError("connect's first argument is a condition.", "Write connect(i=..., j=...).")
        try:
            check_numbers(p, n)
        except SpikeqError as error:
            raise error.located(f"{self.title}, connect") from None
        arguments = dict(condition=condition, i=i, j=j, p=p, n=n, skip_if_invalid=skip_if_invalid)
        self._calls += 1
        scope = pair_scope(self, [v for v in arguments.values() if isinstance(v, str)], namespace, level + 1)
        waiting = Connect(arguments, scope, self._calls)
        random = p is not None and (isinstance(p, str) or np.any(np.asarray(p) != 1))
        random = random or any(isinstance(v, str) and ("rand" in v or "sample" in v) for v in arguments.values())
        if random or self._pending:
            self._pending.append(waiting)
        else:
            self._connect(waiting)

    def _connect(self, waiting: Connect) -> None:
        arguments = waiting.arguments
        condition, p, n = arguments["condition"], arguments["p"], arguments["n"]
        everything = (condition is None or condition is True or condition == "True") and _is_one(p) and _is_one(n)
        if everything and arguments["i"] is None and arguments["j"] is None:
            made: Layout = Dense(len(self._source), len(self._target))
        else:
            uniform = self.draws.uniform(self.name, "connect", waiting.call)
            try:
                i, j = connect(waiting.scope(uniform), **arguments)
            except SpikeqError as error:
                raise error.located(f"{self.title}, connect") from None
            made = Sparse(len(self._source), len(self._target), i, j)
        self._grow(joined(self._layout, made))

    def _grow(self, layout: Layout) -> None:
        new = layout.count - self._layout.count
        self._layout = layout
        self._version += 1
        for name, values in self._values.items():
            if not self._variables[name].scalar:
                old = values if isinstance(values, np.ndarray) else values.cpu().numpy()
                added = np.zeros((*old.shape[:-1], new), old.dtype)
                self._values[name] = np.concatenate([old, added], axis=-1) if old.size else added

    def _carry_out(self, waiting: Any) -> None:
        if isinstance(waiting, Connect):
            self._connect(waiting)
        else:
            super()._carry_out(waiting)

    # -- what there is ------------------------------------------------------------------------------------------------

    @property
    def source(self) -> Any:
        """The presynaptic group, or part of one."""
        return self._source

    @property
    def target(self) -> Any:
        """The postsynaptic group, or part of one."""
        return self._target

    @property
    def layout(self) -> Layout:
        """Where the synapses are."""
        self.settle()
        return self._layout

    def __len__(self) -> int:
        return self.layout.count

    @property
    def delay(self) -> Any:
        """The delay of the pre pathway."""
        return self._pathway("pre").delay

    @delay.setter
    def delay(self, value: Any) -> None:
        self._pathway("pre").delay = value

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
        if "_computed" in self.__dict__ and not name.startswith("_"):
            raw = name.endswith("_") and self._symbol_of(name[:-1]) is not None
            if self._symbol_of(name) is not None or raw:
                return self.view(name[:-1] if raw else name, raw)
        return super().__getattr__(name)

    def _symbol_of(self, name: str) -> Symbol | None:
        return self.symbol(name) if name not in ("t", "dt", "t_in_timesteps", "N") else None

    def symbol(self, name: str) -> Symbol | None:
        """What a name in synaptic code stands for: a synapse's own, then ``x_pre``, ``x_post``, then the target's."""
        if name in self._variables:
            return self._variables[name].symbol
        if name in ("t", "dt"):
            return Symbol(SECOND)
        if name in ("i", "j", "N", "t_in_timesteps", *_COUNTS) or name == self.multisynaptic_index:
            return Symbol(DIMENSIONLESS, "integer")
        side, plain = self.side_of(name)
        whole = getattr(side, "whole", side)
        return whole._variables[plain].symbol if plain in whole._variables else None

    def side_of(self, name: str) -> tuple[Any, str]:
        """The group and the variable that a name with ``_pre``, ``_post`` or neither means."""
        if name.endswith("_pre"):
            return self._source, name.removesuffix("_pre")
        return self._target, name.removesuffix("_post")

    def variable(self, name: str) -> VariableInfo:
        """Describe a variable."""
        if name in self._variables:
            return super().variable(name)
        symbol = self._symbol_of(name)
        if symbol is None:
            raise UnknownNameError(self._no_variable(name)).located(self.title)
        return VariableInfo(name, symbol.dimension, symbol.kind, False, True, "not a variable of the synapses")

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
            values = self.numbers(name)
            return values if index is None else values[index]
        group, plain = self.side_of(name)
        ends = self.numbers("i" if name.endswith("_pre") else "j")
        whole = getattr(group, "whole", group)
        values = whole.read(plain)
        if whole._variables[plain].scalar:
            return values
        return values[..., (ends if index is None else ends[index]) + getattr(group, "start", 0)]

    def numbers(self, name: str) -> NDArray[np.int32]:
        """What follows from the connections: ``i``, ``j``, ``N_incoming``, ``N_outgoing``, the multisynaptic index."""
        layout = self.layout
        if name in ("i", "j"):
            return layout.i if name == "i" else layout.j
        known = self._computed.get(name)
        if known is None or known[0] != self._version:
            known = self._computed[name] = (self._version, counted(layout, name))
        return known[1]

    def indices_of_item(self, item: Any) -> Integers:
        """Synapse numbers of ``S.w[number]``, ``S.w[i, j]`` or ``S.w[i, j, k]``."""
        return edges_of_item(self, item)

    # -- for the compiler ---------------------------------------------------------------------------------------------

    @property
    def expressions(self) -> list[Expression]:
        """Every expression of the model and its pathways."""
        found = [e.expression for e in self.equations.values() if e.expression is not None]
        for path in self.pathways:
            found += outer_expressions(path.code, lambda name: self.symbol(name) is not None)
        return found

    def is_per_row(self, name: str) -> bool:
        """A synaptic parameter is one value, shared by the rows of a batch."""
        return self._variables[name].scalar

    def texts(self) -> list[tuple[str, str, Expression]]:
        """Every expression of the model with the text that it came from and what messages call that."""
        found = [(self.title, e.text, e.expression) for e in self.equations.values() if e.expression is not None]
        codes = ((path.title, path.code) for path in self.pathways)
        return found + [(owner, code.text, s.expression) for owner, code in codes for s in code.statements]

    def make_scope(self, assembly: Assembly) -> SynapseScope:
        """What the names of the synapses' strings mean in this run."""
        return SynapseScope(assembly, self, assembly.outside_of(self, self.expressions))

    def contribute(self, assembly: Assembly) -> None:
        """Add the pathways to the step."""
        scope = assembly.scope_of(self)
        try:
            self.equations.check_units(scope.symbol, scope.function)
        except SpikeqError as error:
            raise error.located(self.title) from None
        assembly.space(self, edges=True)
        for path in self.pathways:
            if path.active:
                path.contribute(assembly)

    def supply_ends(self, assembly: Assembly) -> None:
        """Register the neurons at the ends of each synapse, counted in their whole groups."""
        for side, group, ends in (("pre", self._source, self.layout.i), ("post", self._target, self.layout.j)):
            start = getattr(group, "start", 0)
            whole = getattr(group, "whole", group) is group
            assembly.supply(f"{self.name}._{side}", ends if whole else ends + np.int32(start), "integer", self.name)

    def changes(self) -> set[tuple[str, str]]:
        """The variables that the pathways assign to."""
        found: set[tuple[str, str]] = set()
        for statement in (s for path in self.pathways for s in path.code.statements):
            if statement.target in self._variables:
                found.add((self.name, statement.target))
            else:
                group, plain = self.side_of(statement.target)
                found.add((getattr(group, "whole", group).name, plain))
        return found

    def __repr__(self) -> str:
        return f"Synapses({self._source.name} -> {self._target.name}, name={self.name!r})"


def _variables_of(side: Any) -> Mapping[str, Variable]:
    found: Mapping[str, Variable] = getattr(side, "whole", side)._variables
    return found


def _is_one(value: Any) -> bool:
    return not isinstance(value, str) and np.ndim(value) == 0 and float(magnitude(value)) == 1.0
