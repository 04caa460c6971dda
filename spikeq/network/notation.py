"""The expressions of tasks, written again as the user wrote them: ``v_post`` and ``tau`` instead of keys of arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spikeq.codegen.ends import SIDES
from spikeq.codegen.extents import TIMED
from spikeq.codegen.tasks import Assign
from spikeq.dimension import SECOND
from spikeq.language.expression import Access, Binary, Call, Expression, Literal, Logical, Name, rewrite, to_text
from spikeq.network.link import followed
from spikeq.units import in_best_unit, with_dimension

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly


class Notation:
    """How the names of one task's expressions are written; ``space`` is the group whose elements it runs over."""

    def __init__(self, assembly: Assembly, space: str, shown: Mapping[str, Expression] | None = None) -> None:
        self._assembly, self._space, self._shown = assembly, space, shown or {}

    def text(self, expression: Expression) -> str:
        """An expression in the language of the models."""
        return to_text(rewrite(expression, self._named))

    def name(self, access: Access) -> str:
        """A variable as the owner of the space calls it."""
        key = access.key.partition("@")[0]
        if ":" in key:
            return key.partition(":")[2]
        owner, _, name = key.rpartition(".")
        if (held := self._held_for_neurons(owner, name)) is not None:
            return held
        sides = access.index.split("_")
        if all(side in SIDES for side in sides):  # x_pre_post is x_pre of the synapse at the other end
            return "_".join([name, *reversed(sides)])
        if "link_" in access.index:
            return self._linked(key, access.index)
        return temporary(name) if owner in ("", self._space) else key

    def _held_for_neurons(self, owner: str, name: str) -> str | None:
        """``x_pre`` for a variable of synapses that is held once for each presynaptic neuron."""
        if owner not in self._assembly.hoistings:
            return None
        variable = self._assembly.network[owner]._variables.get(name)
        return None if variable is None or variable.side is None else f"{variable.shown}_{variable.side}"

    def _is_last(self, target: Access) -> bool:
        return self.name(target).startswith("lastupdate") and target.kind == "integer"

    def _linked(self, key: str, index: str) -> str:
        """The linked variable itself, or the variable that a link or a chain of them leads to."""
        side, _, link = index.rpartition("link_")
        side = side.removesuffix("_")
        group = self._assembly.network[self._space]
        if side in SIDES:
            end = group.source if side == "pre" else group.target
            group = getattr(end, "whole", end)
        variable = group._variables.get(link) if side in ("", *SIDES) else None
        if variable is not None and variable.link is not None:
            other, name, _ = followed(variable)
            if key == f"{other.name}.{name}":
                return f"{link}_{side}" if side else str(link)
        return f"{key}[{index.removeprefix('link_').replace('_link_', ' to ')}]"

    def _named(self, node: Expression) -> Expression:
        match node:
            case Access(key=key) if key in self._shown:
                return self._shown[key]
            case Access():
                return Name(self.name(node))
            case Name(name=name) if name.startswith("_"):
                return Name(temporary(name))
            case Call(function="_time"):
                return node.arguments[0]
            case Call(function="_since"):
                return Binary("-", Name("t"), node.arguments[0])
            case Call(function="_between", arguments=(first, last, *_)):
                return Binary("-", last, first)
            case Call(function="_steps"):
                return Call("timestep", (*node.arguments, Name("dt")))
            case Call(function=function) if function.startswith(TIMED):
                return Call(self._table(function), node.arguments)
            case Call(function=function) if function.startswith("_"):
                return Call(function.removeprefix("_"), node.arguments)
        return node

    def _table(self, function: str) -> str:
        """What the user called a function of time."""
        table = self._assembly.tables[function.removeprefix(TIMED).partition(":")[0]]
        for scope in self._assembly.scopes.values():
            for name, binding in scope.outside.bindings.items():
                if binding.value is table:
                    return name
        return str(table.name)

    # -- assignments --------------------------------------------------------------------------------------------------

    def assignments(self, body: tuple[Assign, ...], next_step: bool = False) -> list[str]:
        """Statements, one a line; ``next_step`` writes ``v[n+1]`` for what a step makes of v."""
        new = {one.value.name for one in body if isinstance(one.value, Name) and one.value.name.startswith("_new_")}
        finals = {}
        for one in body:
            if isinstance(one.target, Access) and isinstance(one.value, Name) and one.value.name in new:
                finals[one.value.name] = one
        shown = [one for one in body if one not in finals.values() and not _is_noise(one)]
        lines = [self._assignment(one, finals, next_step) for one in shown]
        noise = [temporary(one.target.name) for one in body if _is_noise(one) and isinstance(one.target, Name)]
        return lines + [f"{name}: a standard normal number for each element and step" for name in noise]

    def _assignment(self, assign: Assign, finals: dict[str, Assign], next_step: bool) -> str:
        target, guard = assign.target, assign.guard
        if isinstance(target, Name) and target.name in finals:
            guard, target = finals[target.name].guard, finals[target.name].target
        name = temporary(target.name) if isinstance(target, Name) else self.name(target)
        assign, refractory = ungated(assign, target)
        value = self._value(assign)
        if next_step and isinstance(target, Access) and target.kind != "boolean":
            name += "[n+1]"
        return f"{name} {assign.op} {value}{refractory or self.guard(guard)}"

    def _value(self, assign: Assign) -> str:
        match assign.target, assign.value:
            case Access() as target, Access(key=value) if self._is_last(target) and value.startswith("t_in_timesteps"):
                return "t"
            case _, Call(function="_free", arguments=(last, Access(key=key))):
                steps = int(self._assembly.supplied[key].values)
                group = self._assembly.network[self._space]
                return f"t - {self.text(last)} >= {time(group.refractory_seconds)} ({counted(steps, 'step')})"
            case _, Call(function="_free", arguments=(last, Call(function="_steps", arguments=(wanted,)))):
                return f"t - {self.text(last)} >= {self.text(wanted)}, counted in whole steps"
        return self.text(assign.value)

    def guard(self, guard: Expression | None) -> str:
        """Where a statement does not hold, in words."""
        words, conditions = [], []
        for part in _conjunction(guard):
            if isinstance(part, Access) and part.key.endswith(".not_refractory"):
                side = {"pre": " the presynaptic neuron is", "post": " the postsynaptic neuron is"}.get(part.index, "")
                words.append(f"unless{side} refractory")
            else:
                conditions.append(self.text(part))
        if conditions:
            words.append(f"where {' and '.join(conditions)}")
        return f"   [{', '.join(words)}]" if words else ""


def ungated(assign: Assign, target: Access | Name) -> tuple[Assign, str]:
    """An assignment without the factors ``int(not_refractory)``, and in words what it is where they are 0."""
    closed = rewrite(assign.value, _closed)
    if closed == assign.value or closed not in (target, Literal(0)):
        return assign, ""
    words = "   [unless refractory]" if closed == target else "   [0 where refractory]"
    return replace(assign, value=rewrite(assign.value, _opened)), words


def _is_gate(node: Expression) -> bool:
    match node:
        case Call(function="int", arguments=(Access(key=key),)):
            return key.endswith(".not_refractory")
    return False


def _opened(node: Expression) -> Expression:
    match node:
        case Binary(op="*", left=left, right=right) if _is_gate(left):
            return right
        case Binary(op="*", left=left, right=right) if _is_gate(right):
            return left
    return node


def _closed(node: Expression) -> Expression:
    """A node where neurons are refractory, what is 0 left out."""
    nothing = Literal(0)
    match node:
        case Call() if _is_gate(node):
            return nothing
        case Binary(op="*" | "/", left=Literal(value=0)) | Binary(op="*", right=Literal(value=0)):
            return nothing
        case Binary(op="+" | "-", left=left, right=Literal(value=0)):
            return left
        case Binary(op="+", left=Literal(value=0), right=right):
            return right
    return node


def _conjunction(guard: Expression | None) -> list[Expression]:
    if guard is None:
        return []
    if isinstance(guard, Logical) and guard.op == "and":
        return [*_conjunction(guard.left), *_conjunction(guard.right)]
    return [guard]


def _is_noise(assign: Assign) -> bool:
    return isinstance(assign.target, Name) and assign.target.name.startswith("_noise_")


def temporary(name: str) -> str:
    """A value on the way: ``_k2_v`` as ``k2_v``, and white noise by the user's name."""
    return name.removeprefix("_noise_").removeprefix("_")


# -- numbers ----------------------------------------------------------------------------------------------------------


def quantity(value: float, dimension: Any) -> str:
    """A number with its unit, such as ``2.5 ms``."""
    return re.sub(r"(\d)\.(?=\s|$)", r"\1", str(in_best_unit(with_dimension(float(value), dimension))))


def time(seconds: float) -> str:
    """A time, such as ``2 ms``."""
    return quantity(seconds, SECOND)


def counted(number: int, noun: str) -> str:
    """``1 step``, ``12 synapses``."""
    plural = noun if number == 1 else f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {plural}"
