"""Functions that users write in the language itself, and how calls of them are written out.

A user function never reaches a backend: each call is replaced by the function's right-hand side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from spikeq.errors import EquationSyntaxError, LimitError, ModelError, SpikeqError, UnsupportedError
from spikeq.language.expression import Call, Expression, Name, calls, fold, rewrite, walk, with_children
from spikeq.language.functions import FUNCTIONS
from spikeq.language.parse import parse_function

_LARGEST = 100_000  # nodes, after all calls were written out


class UserFunction:
    """A function as one line of text: ``Function("f(x, y) = x**2 + y")``.

    Its right-hand side may use every built-in function, and names that are looked up where it is called.
    Raises EquationSyntaxError for anything else.
    """

    __slots__ = ("name", "parameters", "expression", "text")

    def __init__(self, text: str) -> None:
        try:
            self.name, self.parameters, self.expression = parse_function(text)
        except SpikeqError as error:
            raise error.located("function", text) from None
        self.text = text

    def __repr__(self) -> str:
        return f"Function({self.text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UserFunction) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def inline_functions(expression: Expression, functions: Mapping[str, UserFunction]) -> Expression:
    """Replace every call of a user function by its right-hand side, arguments put in.

    ``functions`` maps the names under which they are called. Raises EquationSyntaxError for a wrong number of
    arguments, ModelError for a function that calls itself, UnsupportedError for a random argument that the
    function would use more than once, LimitError where the result grows beyond 100,000 nodes.
    """
    if not calls(expression) & functions.keys():
        return expression
    bodies: dict[str, tuple[Expression, int]] = {}
    for name in _in_order(expression, functions):
        bodies[name] = _written_out(functions[name].expression, functions, bodies)
    return _written_out(expression, functions, bodies)[0]


def _in_order(expression: Expression, functions: Mapping[str, UserFunction]) -> list[str]:
    """The functions that are called, directly or not, each after those that it calls itself."""
    ordered: list[str] = []
    path: dict[str, None] = {}
    stack = [(name, False) for name in sorted(calls(expression) & functions.keys())]
    while stack:
        name, leaving = stack.pop()
        if leaving:
            del path[name]
            ordered.append(name)
        elif name in path:
            cycle = " -> ".join([*list(path)[list(path).index(name) :], name])
            message = f"The function {name} calls itself: {cycle}."
            raise ModelError(message, "Functions cannot be recursive.").located("function", functions[name].text)
        elif name not in ordered:
            path[name] = None
            stack.append((name, True))
            stack.extend((inner, False) for inner in sorted(calls(functions[name].expression) & functions.keys()))
    return ordered


def _written_out(
    expression: Expression, functions: Mapping[str, UserFunction], bodies: Mapping[str, tuple[Expression, int]]
) -> tuple[Expression, int]:
    """The expression without calls of user functions, and its number of nodes."""

    def combine(node: Expression, operands: tuple[tuple[Expression, int], ...]) -> tuple[Expression, int]:
        arguments = tuple(argument for argument, _ in operands)
        size = 1 + sum(count for _, count in operands)
        if not isinstance(node, Call) or node.function not in bodies:
            return with_children(node, arguments), size
        function, (body, body_size) = functions[node.function], bodies[node.function]
        if len(arguments) != len(function.parameters):
            count = f"{len(function.parameters)} argument{'s' * (len(function.parameters) != 1)}"
            message = f"{node.function} takes {count}, not {len(arguments)}."
            raise EquationSyntaxError(message, f"It is defined as {function.text.strip()!r}.", node.span)
        uses = [sum(isinstance(n, Name) and n.name == p for n in walk(body)) for p in function.parameters]
        size = body_size + sum(count * (inner - 1) for count, (_, inner) in zip(uses, operands, strict=True))
        if size > _LARGEST:
            message = f"{node.function} grows beyond {_LARGEST} parts when it is written out."
            raise LimitError(message, "Give an inner result a name, as a subexpression.", node.span)
        _refuse_repeated_draws(node, arguments, uses)
        given = dict(zip(function.parameters, arguments, strict=True))

        def put_in(part: Expression) -> Expression:
            return given[part.name] if isinstance(part, Name) and part.name in given else replace(part, span=node.span)

        return rewrite(body, put_in), size

    return fold(expression, combine)


def _refuse_repeated_draws(node: Call, arguments: tuple[Expression, ...], uses: list[int]) -> None:
    for argument, count in zip(arguments, uses, strict=True):
        drawn = sorted(name for name in calls(argument) if name in FUNCTIONS and FUNCTIONS[name].stateful)
        if count > 1 and drawn:
            message = f"{node.function} uses its argument {count} times, and {drawn[0]}() would be drawn as often."
            help = f"Give the number a name first: 'drawn = {drawn[0]}(...)', on a line of its own."
            raise UnsupportedError(message, help, argument.span)
