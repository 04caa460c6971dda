"""A network's objects -> ordered tasks and the arrays that they name; no tensor is touched here."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.ends import SIDES
from spikeq.codegen.extents import Array
from spikeq.codegen.tasks import Assign, Slot, Space, Task, written
from spikeq.discretise.updates import Updates
from spikeq.errors import ShapeError, SpikeqError, SpikeqWarning, UnsupportedError
from spikeq.language.binding import Binding
from spikeq.language.expression import Access, Expression, Kind, Name, names, rewrite, walk
from spikeq.language.model import Code
from spikeq.language.statements import check_statements
from spikeq.network.link import IndexVariable, elements, followed
from spikeq.network.outside import Outside, layers_of
from spikeq.network.scope import Scope

if TYPE_CHECKING:
    from spikeq.network.clock import Clock
    from spikeq.network.group import Group
    from spikeq.network.hoisting import Hoisting
    from spikeq.network.network import Network
    from spikeq.network.runner import Runner
    from spikeq.network.variables import Variable


@dataclass(frozen=True, slots=True)
class Supplied:
    """An array that is no variable: a number from outside, an index, a computed coefficient.

    ``values`` may be a function that makes them, called where code needs them.
    """

    values: Any
    kind: Kind
    space: str | None
    computed: bool = False

    def now(self) -> Any:
        """The values."""
        return self.values() if callable(self.values) else self.values


@dataclass
class Assembly:
    """Collects what the objects of a network contribute to a step."""

    network: Network
    namespace: Mapping[str, Any]
    tasks: list[Task] = field(default_factory=list)
    ending: list[Task] = field(default_factory=list)  # what follows the last step of a run
    supplied: dict[str, Supplied] = field(default_factory=dict)
    variables: dict[str, tuple[Group, str]] = field(default_factory=dict)
    tables: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    queues: dict[str, Any] = field(default_factory=dict)
    records: dict[str, Any] = field(default_factory=dict)
    generators: dict[str, Any] = field(default_factory=dict)
    summed: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    host: dict[str, Callable[[], None]] = field(default_factory=dict)
    updates: dict[str, list[Updates]] = field(default_factory=dict)
    computed: list[Callable[[], None]] = field(default_factory=list)
    bounds: dict[str, Assign] = field(default_factory=dict)
    checks: list[Callable[[Runner], None]] = field(default_factory=list)
    chances: dict[str, Callable[[Any], None]] = field(default_factory=dict)
    stored: set[tuple[str, str]] = field(default_factory=set)
    changed: set[tuple[str, str]] = field(default_factory=set)
    scopes: dict[str, Scope] = field(default_factory=dict)
    hoistings: dict[str, Hoisting] = field(default_factory=dict)

    @property
    def single_precision(self) -> bool:
        """Whether real numbers are float32."""
        return self.network.is_single

    # -- names of things ----------------------------------------------------------------------------------------------

    def key(self, group: Any, name: str) -> str:
        """The key of a variable's array."""
        key = f"{group.name}.{name}"
        self.variables[key] = (group, name)
        return key

    def clock(self, clock: Clock) -> str:
        """The name of a clock in the plan; clocks with equal steps are one."""
        for name, known in self.clocks.items():
            if known is clock or (known.dt_ == clock.dt_ and known.steps == clock.steps):
                return name
        name = f"clock_{len(self.clocks)}"
        self.clocks[name] = clock
        return name

    def space(self, group: Any, edges: bool = False) -> Space:
        """The elements of a group."""
        self.sizes[group.name] = len(group)
        return Space(group.name, True, group.supply_ends(self)) if edges else Space(group.name)

    def supply(self, key: str, values: Any, kind: Kind, space: str | None) -> str:
        """Register an array that is no variable."""
        self.supplied.setdefault(key, Supplied(values, kind, space))
        return key

    def compute(self, supply: Callable[[], None]) -> None:
        """Have arrays computed, now and whenever a value that they may depend on is changed during a run."""
        supply()
        self.computed.append(supply)

    def element(self, group: Any, name: str) -> Access:
        """``i`` and ``N`` of a group."""
        if name == "N":
            return Access(self.supply(f"{group.name}.N", np.int32(len(group)), "integer", None), "scalar", "integer")
        key = self.supply(f"{group.name}.i", np.arange(len(group), dtype=np.int32), "integer", group.name)
        return Access(key, "own", "integer")

    def outside(self, group: Any, binding: Binding) -> Expression:
        """A name from outside as an array that nothing writes."""
        space = group.name if binding.kind == "array" else None
        values = np.asarray(binding.value)
        self._require_shape(group, binding, values)
        key = self.supply(f"{group.name}:{binding.name}", values, binding.value_kind, space)
        return Access(key, "own" if space else "scalar", binding.value_kind)

    def _require_shape(self, group: Any, binding: Binding, values: Any) -> None:
        rows, here = self.network.batch or 1, f"{binding.name} has the shape {list(values.shape)}"
        if binding.kind == "array" and len(values) != len(group):
            help = "Give one number, or one for each."
            if len(values) == rows > 1:
                help = f"For a number per row of the batch, give it the shape [{rows}, 1]."
            error = ShapeError(f"{here}, but there are {len(group)} elements.", help)
            raise error.located(group.title)
        if binding.kind == "sweep" and len(values) not in (1, rows):
            error = ShapeError(f"{here}, but the network has {rows} rows.", "Give one row for each copy: batch=.")
            raise error.located(group.title)

    def linked(self, group: Any, variable: Variable) -> Expression:
        """What a linked variable of a group stands for, gathered from the other group's arrays if it has an index."""
        other, name, indices = followed(variable)
        expression = self.scope_of(other).own_access(name)
        if not indices:
            return expression
        via = f"link_{variable.name}"
        for one in indices:
            if isinstance(one, IndexVariable) and (one.group.name, one.name) in self.changed:
                raise UnsupportedError(
                    f"{one.name} is the index of the linked variable {variable.name}, and code changes it.",
                    "Assign it between runs, or in a network operation.",
                ).located(group.title)

        def numbers() -> Any:
            there, count, link = np.arange(len(group)), len(group), variable.link
            while link is not None:
                there = elements(link[2], count, link[0].size_of(link[1]))[there]
                count, link = len(link[0]), link[0]._variables[link[1]].link
            return there

        self._index(group, via, numbers, any(isinstance(one, IndexVariable) for one in indices))
        return self.seen(expression, other, group, via)

    def _index(self, group: Any, via: str, numbers: Callable[[], Any], varies: bool) -> None:
        """Supply which elements of another group those of this one take; ``varies``: if a variable says so."""
        key = f"{group.name}._{via}"
        if key not in self.supplied:
            self.supply(key, numbers, "integer", group.name)
            if varies:
                self.compute(partial(self._renew_index, key, numbers))

    def _renew_index(self, key: str, numbers: Callable[[], Any]) -> None:
        self.supplied[key] = replace(self.supplied[key], values=numbers(), computed=True)

    def seen(self, expression: Expression, owner: Any, viewer: Any, via: str) -> Expression:
        """An expression of one group's elements for those of another, each of which sees the one that ``via`` says.

        ``via`` names an index that the viewer supplies: ``pre`` and ``post``, or of a linked variable.
        """

        def change(node: Expression) -> Expression:
            if not isinstance(node, Access) or node.index == "scalar":
                return node
            return replace(node, index=via if node.index == "own" else self._through(owner, node.index, viewer, via))

        return rewrite(expression, change)

    def _through(self, owner: Any, further: str, viewer: Any, via: str) -> str:
        """The index that goes from the viewer's elements to the owner's, and from there to what those see."""
        index, both = f"{via}_{further}", ((viewer, via), (owner, further))
        varies = any(one.computed for one in (self.supplied.get(f"{g.name}._{name}") for g, name in both) if one)
        self._index(viewer, index, lambda: self._elements(owner, further)[self._elements(viewer, via)], varies)
        return index

    def _elements(self, group: Any, via: str) -> Any:
        """What an index of a group holds now."""
        return group.ends_in_whole(via) if via in SIDES else self.supplied[f"{group.name}._{via}"].now()

    def table(self, table: Any) -> str:
        """The key of a function of time."""
        for key, known in self.tables.items():
            if known is table:
                return key
        key = f"table_{len(self.tables)}"
        self.tables[key] = table
        return key

    def is_stored(self, group: Any, name: str) -> bool:
        """Whether a subexpression is computed once a step and kept."""
        return (group.name, name) in self.stored

    # -- scopes -------------------------------------------------------------------------------------------------------

    def outside_of(self, group: Any, expressions: Iterable[Expression]) -> Outside:
        """Resolve the outside names of all of a group's expressions."""
        try:
            return Outside(group, list(expressions), layers_of(group, self.namespace))
        except SpikeqError as error:
            if group.is_edges and error.message.endswith("'lastupdate'."):
                error.help = "Declare 'lastupdate : second' and end the pathway with 'lastupdate = t'."
            for owner, text, expression in group.texts():
                if any(node.span is error.span for node in walk(expression)):
                    raise error.located(owner, text) from None
            raise error.located(group.title) from None

    def scope_of(self, group: Any) -> Scope:
        """The scope of a group's own strings."""
        if group.name not in self.scopes:
            self.scopes[group.name] = group.make_scope(self)
        return self.scopes[group.name]

    # -- tasks --------------------------------------------------------------------------------------------------------

    def add(self, task: Task) -> None:
        """Add to the step."""
        self.tasks.append(task)

    def statements(self, scope: Any, code: Code, owner: str, reset: bool = False) -> tuple[Assign, ...]:
        """Statements of a scope as assignments. ``reset`` ignores refractoriness. Errors name the owner."""
        found = {statement.target: scope.target(statement.target) for statement in code.statements}
        targets = {name: target for name, target in found.items() if target is not None}
        own = {name: symbol for name, (_, symbol, _) in targets.items()}
        fixed = {name: reason for name in targets if (reason := scope.read_only(name))}
        if reset:
            shared = (name for name in targets if scope.group._variables[name].scalar)
            fixed |= {name: "shared, and code at events runs for single neurons" for name in shared}
        try:
            check_statements(code, own, scope.symbol, scope.function, fixed)
        except SpikeqError as error:
            raise error.located(owner, code.text) from None
        made: list[Assign] = []
        temporaries: set[str] = set()
        for statement in code.statements:
            value = scope.resolve(statement.expression, frozenset(temporaries))
            if statement.target in targets:
                access, _, guard = targets[statement.target]
                made.append(Assign(access, statement.op, value, None if reset else guard))
            else:
                temporaries.add(statement.target)
                made.append(Assign(Name(statement.target), statement.op, value))
        _warn_unused(temporaries, code, owner, scope.group)
        return tuple(made)

    def slot(self, when: str, order: int, name: str) -> Slot:
        """A place in the step."""
        return Slot(when, order, name)

    # -- result -------------------------------------------------------------------------------------------------------

    def arrays(self) -> dict[str, Array]:
        """Every array of the plan, with what the code does to it."""
        changed = set().union(*(written(task) for task in self.tasks)) if self.tasks else set()
        found: dict[str, Array] = {}
        for key, (group, name) in self.variables.items():
            if name in getattr(group, "_sides", ()):
                continue  # held once a neuron, under another name
            variable = group._variables[name]
            part = "" if variable.side is None else f" {variable.side}"
            space = None if variable.scalar else group.name + part
            rows = group.has_rows(name) or (key in changed and group.is_per_row(name))
            reduction = group.reduction_of(name)
            found[key] = Array(key, variable.kind, space, rows, key in changed, variable.step, reduction)
        for key, one in self.supplied.items():
            found[key] = Array(key, one.kind, one.space, np.ndim(one.values) == 2, False)
        return found


def _warn_unused(temporaries: set[str], code: Code, owner: str, group: Group) -> None:
    """A value that nothing reads is often a variable whose name was mistyped."""
    used = {name for statement in code.statements for name in names(statement.expression)}
    for name in sorted(temporaries - used):
        near = difflib.get_close_matches(name, group._variables, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        message = f"{owner}: {name} is no variable of the model, and its value is never used.{hint}"
        warnings.warn(message, SpikeqWarning, stacklevel=2)
