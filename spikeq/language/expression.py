"""The one expression type from the parser to the printers, and the ways to walk over it.

Nodes are frozen. Real and integer arithmetic, comparisons and logic, in the order in which they were
written. Not here: attributes, subscripts, strings, conditional expressions, keyword arguments.
Every walk is a fold without recursion, so that a long sum cannot exhaust the stack.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import is_
from typing import Any, TypeVar
from typing import Literal as OneOf

from spikeq.errors import Span

Kind = OneOf["real", "integer", "boolean"]
Index = str  # "own", "pre", "post", "scalar", or the name of an index array of the space


def _span() -> Span | None:
    return field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or truth value: ``2`` is an integer, ``2.0`` a real, ``True`` a boolean."""

    value: bool | int | float
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the user wrote it."""

    name: str
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x``, ``+x`` or ``not x``."""

    op: OneOf["-", "+", "not"]
    operand: Expression
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Binary:
    """Arithmetic on two values; ``/`` is true division, ``//`` floors, ``%`` has the sign of the divisor."""

    op: OneOf["+", "-", "*", "/", "//", "%", "**"]
    left: Expression
    right: Expression
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of two values."""

    op: OneOf["<", "<=", ">", ">=", "==", "!="]
    left: Expression
    right: Expression
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Logical:
    """``a and b`` or ``a or b``."""

    op: OneOf["and", "or"]
    left: Expression
    right: Expression
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language, a table of values over time, or a user's function."""

    function: str
    arguments: tuple[Expression, ...]
    span: Span | None = _span()


@dataclass(frozen=True, slots=True)
class Access:
    """A name after resolution: one logical array of the network and how it is indexed there.

    ``key`` is the array's name in the signature (``cells.v``); ``index`` says whose element is meant: the
    element's own, its pre- or postsynaptic neuron's, the only one, or the one that an index array names.
    """

    key: str
    index: Index
    kind: Kind
    span: Span | None = _span()


Expression = Literal | Name | Unary | Binary | Comparison | Logical | Call | Access
Result = TypeVar("Result")


_OPERANDS: dict[type, Callable[[Any], tuple[Expression, ...]]] = {
    Unary: lambda node: (node.operand,),
    Call: lambda node: node.arguments,
} | dict.fromkeys((Binary, Comparison, Logical), lambda node: (node.left, node.right))


def children(node: Expression) -> tuple[Expression, ...]:
    """The operands of a node, from left to right."""
    operands = _OPERANDS.get(type(node))
    return () if operands is None else operands(node)


def with_children(node: Expression, operands: tuple[Expression, ...]) -> Expression:
    """The same node over other operands."""
    match node:
        case Unary():
            return replace(node, operand=operands[0])
        case Binary() | Comparison() | Logical():
            return replace(node, left=operands[0], right=operands[1])
        case Call():
            return replace(node, arguments=operands)
        case _:
            return node


def fold(expression: Expression, combine: Callable[[Expression, tuple[Result, ...]], Result]) -> Result:
    """Combine bottom up: ``combine(node, results of its operands)``, operands from left to right."""
    stack, order = [expression], list[tuple[Expression, int]]()
    while stack:
        node = stack.pop()
        operands = children(node)
        order.append((node, len(operands)))
        stack.extend(operands)
    results: list[Result] = []
    for node, count in reversed(order):
        if count:
            taken = tuple(results[-count:])
            del results[-count:]
            results.append(combine(node, taken))
        else:
            results.append(combine(node, ()))
    return results[0]


def walk(expression: Expression) -> Iterator[Expression]:
    """Every node, parents before operands, from left to right."""
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(children(node)))


def rewrite(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Rebuild bottom up, each node passed through ``change`` after its operands."""

    def combine(node: Expression, operands: tuple[Expression, ...]) -> Expression:
        same = all(map(is_, operands, children(node))) if operands else True
        return change(node if same else with_children(node, operands))

    return fold(expression, combine)


def substitute(expression: Expression, replacements: Mapping[str, Expression]) -> Expression:
    """Replace names by expressions, once (the replacements are not searched again)."""
    return rewrite(
        expression,
        lambda node: replacements.get(node.name, node) if isinstance(node, Name) else node,
    )


def names(expression: Expression) -> set[str]:
    """The names that are read, functions not among them."""
    return {node.name for node in walk(expression) if isinstance(node, Name)}


def calls(expression: Expression) -> set[str]:
    """The functions that are called."""
    return {node.function for node in walk(expression) if isinstance(node, Call)}


_BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "**": 8}
_COMPARISON, _SIGN, _ATOM = 4, 7, 9


def to_text(expression: Expression) -> str:
    """The expression in the language itself, with no more parentheses than it needs."""
    return fold(expression, _text)[0]


def _text(node: Expression, operands: tuple[tuple[str, int], ...]) -> tuple[str, int]:
    match node:
        case Literal(value=value):
            text = repr(value)
            return text, _SIGN if text.startswith("-") else _ATOM
        case Name(name=name):
            return name, _ATOM
        case Access(key=key, index=index):
            suffix = {"pre": "_pre", "post": "_post"}.get(index, "")
            return key + suffix, _ATOM
        case Call(function=function):
            return f"{function}({', '.join(text for text, _ in operands)})", _ATOM
        case Unary(op="not"):
            return f"not {_wrap(operands[0], 3)}", 3
        case Unary(op=op):
            return f"{op}{_wrap(operands[0], _SIGN)}", _SIGN
        case Binary(op="**"):
            return f"{_wrap(operands[0], 9)}**{_wrap(operands[1], _SIGN)}", 8
        case Comparison(op=op):
            return f"{_wrap(operands[0], 5)} {op} {_wrap(operands[1], 5)}", _COMPARISON
        case Binary(op=op) | Logical(op=op):
            level = _BINDING[op]
            space = "" if op in "*/%//" else " "
            return f"{_wrap(operands[0], level)}{space}{op}{space}{_wrap(operands[1], level + 1)}", level


def _wrap(operand: tuple[str, int], least: int) -> str:
    text, level = operand
    return text if level >= least else f"({text})"
