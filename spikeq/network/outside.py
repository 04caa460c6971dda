"""Names from outside, as a group meets them: resolved once for a string or a whole model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from spikeq.errors import ShapeError
from spikeq.language.binding import OF_THE_MODEL, Binding, Layer, bind, caller_namespace, lookups
from spikeq.language.check import Symbol
from spikeq.language.expression import Expression
from spikeq.language.user_function import UserFunction, inline_functions

if TYPE_CHECKING:
    from spikeq.network.group import Group


# While a string is evaluated: where it looks for names, so that subexpressions that it reads look there too.
_NAMES: ContextVar[Mapping[str, Any] | None] = ContextVar("names of the string", default=None)


@contextmanager
def looking_in(names: Mapping[str, Any]) -> Iterator[None]:
    """Let subexpressions that are read meanwhile find outside names in some namespace, not where they are read."""
    token = _NAMES.set(names)
    try:
        yield
    finally:
        _NAMES.reset(token)


class OwnNames(Collection[str]):
    """The names that a group defines itself, also those with a suffix that only appear when asked for."""

    def __init__(self, group: Group) -> None:
        self._group = group

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._group.symbol(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._group._variables)

    def __len__(self) -> int:
        return len(self._group._variables)


class Outside:
    """What the outside names of some expressions mean; user functions are written out where they are called."""

    def __init__(self, group: Group, expressions: Sequence[Expression], layers: Sequence[Layer]) -> None:
        self.names: Mapping[str, Any] = layers[-1][1] if layers else {}
        _, self.bindings = bind(expressions, OwnNames(group), layers, group.name)
        self._lookup, self.function = lookups({}, self.bindings)
        self._functions = {n: b.value for n, b in self.bindings.items() if isinstance(b.value, UserFunction)}

    def inlined(self, expression: Expression) -> Expression:
        """An expression with user functions written out."""
        return inline_functions(expression, self._functions) if self._functions else expression

    def symbol(self, name: str) -> Symbol:
        """What the checker has to know of a name. Raises UnknownNameError."""
        return self._lookup(name)

    def table(self, name: str) -> Callable[..., Any]:
        """The function of time that a name stands for, over NumPy."""
        found: Callable[..., Any] = self.bindings[name].value.at
        return found

    def value(self, name: str, index: Any, count: int | None = None) -> Any:
        """The SI value of a name, for some elements if it has one for each.

        Raises ShapeError if there is not one for each of ``count`` elements.
        """
        binding: Binding = self.bindings[name]
        if binding.kind == "array" and count is not None and len(binding.value) != count:
            message = f"{name} has the shape {list(binding.value.shape)}, but there are {count} elements."
            raise ShapeError(message, "Give one number, or one for each.")
        if binding.kind == "array" and index is not None:
            return binding.value[index]
        return binding.value

    def is_table(self, name: str) -> bool:
        """Whether a function is a table over time."""
        binding = self.bindings.get(name)
        return binding is not None and binding.kind == "timed_array"


def outside_names(group: Group, expression: Expression, level: int) -> Outside:
    """Resolve the names of one string; ``level`` counts frames from the caller of this function to the user's."""
    names = _NAMES.get()
    return Outside(group, [expression], layers_of(group, caller_namespace(level + 1) if names is None else names))


def layers_of(group: Group, run: Mapping[str, Any]) -> list[Layer]:
    """Where a group looks for names, in order."""
    given = group.namespace or {}
    brought = {name: value for name, value in given.items() if name in group._brought}
    own = {name: value for name, value in given.items() if name not in group._brought}
    return [(OF_THE_MODEL, brought), ("the group's namespace", own), ("the run's namespace", run)]
