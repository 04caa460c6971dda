"""Names of a group's strings -> arrays of the network: what ``v``, ``v_post`` or ``tau`` is in one task."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spikeq.codegen.extents import CLOCK_DT, CLOCK_REAL, CLOCK_STEP, TIMED
from spikeq.errors import ModelError, SpikeqError
from spikeq.language.check import Checked, Symbol, infer
from spikeq.language.expression import Access, Binary, Call, Expression, Index, Name, rewrite
from spikeq.language.functions import Function
from spikeq.language.literals import fold_literals
from spikeq.network.link import followed
from spikeq.network.outside import Outside

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.group import Group

_CLOCK: dict[str, Access] = {
    "t": Access(CLOCK_REAL, "scalar", "real"),
    "dt": Access(CLOCK_DT, "scalar", "real"),
    "t_in_timesteps": Access(CLOCK_STEP, "scalar", "integer"),
}


class Scope:
    """What the names of a neuron group's strings stand for during a run."""

    def __init__(self, assembly: Assembly, group: Group, outside: Outside) -> None:
        self.assembly, self.group, self.outside = assembly, group, outside
        self._inlined: dict[str, Expression] = {}

    def forget(self) -> None:
        """What names stand for has changed."""
        self._inlined.clear()

    # -- checking -----------------------------------------------------------------------------------------------------

    def symbol(self, name: str, local: dict[str, Symbol] | None = None) -> Symbol:
        """What the checker has to know of a name. Raises UnknownNameError."""
        if local and name in local:
            return local[name]
        return self.group.symbol(name) or self.outside.symbol(name)

    def function(self, name: str) -> Function | None:
        """The record of a function that is not built in."""
        return self.outside.function(name)

    def checked(
        self, expression: Expression, text: str | None, owner: str, local: dict[str, Symbol] | None = None
    ) -> Checked:
        """Dimension and kind of an expression; errors name the owner and show the text."""
        try:
            return infer(expression, lambda name: self.symbol(name, local), self.function)
        except SpikeqError as error:
            raise error.located(owner, text) from None

    # -- assigning ----------------------------------------------------------------------------------------------------

    def target(self, name: str) -> tuple[Access, Symbol, Expression | None] | None:
        """The array that a statement assigns to, and where it may; None for a temporary."""
        if name not in self.group._variables:
            return None
        return self._target(self.group, name, "own")

    def _target(self, group: Any, name: str, index: Index) -> tuple[Access, Symbol, Expression | None]:
        variable = group._variables[name]
        if variable.link is not None:
            other, plain, indices = followed(variable)
            if not indices:
                return self._target(other, plain, index)
        if variable.linked or variable.expression is not None or variable.step:
            access = Access("", index, variable.kind)
        else:
            access = Access(self.assembly.key(group, name), "scalar" if variable.scalar else index, variable.kind)
        guard = None
        if group.is_gated(name):
            guard = Access(self.assembly.key(group, "not_refractory"), index, "boolean")
        return access, variable.symbol, guard

    def read_only(self, name: str) -> str:
        """Why statements cannot assign to a variable: "a subexpression"; empty where they can."""
        return self._read_only(self.group._variables[name])

    def _read_only(self, variable: Any) -> str:
        if variable.expression is not None:
            return "a subexpression"
        if variable.constant:
            return "declared (constant)"
        if variable.linked:
            return self._read_only_link(variable)
        return "set by spikeq itself" if variable.step or variable.read_only else ""

    def _read_only_link(self, variable: Any) -> str:
        """Element by element, a linked variable is another name for what it stands for."""
        if variable.link is None:
            return "linked to nothing yet"
        group, name, indices = followed(variable)
        if indices:
            return "linked with an index"
        return (
            "linked to a shared variable" if group._variables[name].scalar else self._read_only(group._variables[name])
        )

    # -- resolving ----------------------------------------------------------------------------------------------------

    def resolve(self, expression: Expression, temporaries: frozenset[str] = frozenset()) -> Expression:
        """The expression with every name replaced by what it stands for."""
        written = fold_literals(self.outside.inlined(expression))
        if self.assembly.single_precision:
            written = rewrite(written, _elapsed)

        def change(node: Expression) -> Expression:
            if isinstance(node, Name):
                return node if node.name in temporaries or node.name.startswith("_") else self.access(node.name)
            if isinstance(node, Call) and self.outside.is_table(node.function):
                table = self.outside.bindings[node.function].value
                return Call(TIMED + self.assembly.table(table), node.arguments)
            if isinstance(node, Call) and node.function == "_since":
                return since(self.access("t"), node.arguments[0])
            return node

        return rewrite(written, change)

    def access(self, name: str) -> Expression:
        """What one name stands for."""
        if self.group.symbol(name) is None:
            return self.outside_access(name)
        return self.own_access(name)

    def outside_access(self, name: str) -> Expression:
        """A name from outside as a constant of the network."""
        binding = self.outside.bindings[name]
        return self.assembly.outside(self.group, binding)

    def own_access(self, name: str) -> Expression:
        """A name that the group defines itself."""
        group = self.group
        if name in _CLOCK:
            return replace(_CLOCK[name], key=f"{_CLOCK[name].key}@{self.assembly.clock(group.clock)}")
        variable = group._variables.get(name)
        if variable is None:
            return self.assembly.element(group, name)
        if variable.linked and variable.link is None:
            raise ModelError(
                f"{name} is declared (linked) but stands for nothing yet.",
                f"Write {group.name}.{name} = linked_var(other_group, 'variable').",
            ).located(group.title)
        if variable.link is not None:
            return self.assembly.linked(group, variable)
        if variable.expression is not None and not self.assembly.is_stored(group, name):
            return self._subexpression(name)
        where: Index = "scalar" if variable.scalar else "own"
        access = Access(self.assembly.key(group, name), where, "integer" if variable.step else variable.kind)
        return self._time_of(group, access) if variable.step else access

    def _time_of(self, group: Any, stored: Access) -> Expression:
        """The time in seconds of a step that is counted on a group's clock."""
        return Call("_time", (stored, Access(f"{CLOCK_DT}@{self.assembly.clock(group.clock)}", "scalar", "real")))

    def _subexpression(self, name: str) -> Expression:
        if name not in self._inlined:
            written = self.group._variables[name].expression
            assert written is not None
            self._inlined[name] = self.resolve(written)
        return self._inlined[name]


def since(now: Expression, time: Expression) -> Expression:
    """``now - time``; for a time that is stored in steps counted in those."""
    if not (isinstance(time, Call) and time.function == "_time"):
        return Binary("-", now, time)
    stored, dt = time.arguments
    assert isinstance(dt, Access) and isinstance(now, Access)
    if now.key.partition("@")[2] != dt.key.partition("@")[2]:
        return Binary("-", now, time)
    return Call("_since", (stored, replace(_CLOCK["t_in_timesteps"], key=dt.key.replace(CLOCK_DT, CLOCK_STEP, 1))))


def _elapsed(node: Expression) -> Expression:
    """``t - lastspike`` in single precision: counted in steps, so that it stays exact however long the run."""
    match node:
        case Binary(op="-", left=Name(name="t"), right=Name(name="lastspike" | "lastspike_pre" | "lastspike_post")):
            return Call("_since", (node.right,))
        case _:
            return node
