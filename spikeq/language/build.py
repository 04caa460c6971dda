"""The grammar's productions -> nodes: the transformer that the parser applies while it parses.

One method per alternative of ``grammar.lark``, called bottom up with its parts; nothing here recurses.
"""

from __future__ import annotations

import keyword
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import EquationSyntaxError, LimitError, Span
from spikeq.language.expression import (
    Binary,
    Call,
    Comparison,
    Expression,
    Kind,
    Literal,
    Logical,
    Name,
    Unary,
)
from spikeq.language.model import EquationType, Operator, Statement
from spikeq.language.syntax import short
from spikeq.unit_table import UNITS

if TYPE_CHECKING:
    from lark import Token

_LARGEST_INTEGER = 2**63 - 1
_LARGEST_EXPONENT = 100
_LARGEST_POWER = 1000  # of a base quantity
_KINDS: dict[str, Kind] = {"boolean": "boolean", "integer": "integer"}
_NOT_UNITS = {
    "bool": "Write ': boolean' for a truth value.",
    "int": "Write ': integer' for an integer.",
    "float": "Write ': 1' for a plain number.",
    "real": "Write ': 1' for a plain number.",
    "kg": "Write kilogram.",
    "dimensionless": "Write ': 1' for a plain number.",
}


class Unit(NamedTuple):
    """A unit expression: ``siemens/metre**2``, ``1``, ``boolean``."""

    dimension: Dimension
    kind: Kind
    span: Span


class Flag(NamedTuple):
    """A word or words in brackets after a unit: ``unless refractory``."""

    text: str
    span: Span


class Line(NamedTuple):
    """An equation as it was read, its flags not yet checked."""

    type: EquationType
    name: str
    expression: Expression | None
    unit: Unit
    flags: tuple[Flag, ...]
    span: Span


class Generation(NamedTuple):
    """``element for variable in iterator(arguments) if condition`` as it was read."""

    element: Expression
    variable: str
    iterator: Flag
    arguments: tuple[Expression | Keyword, ...]
    condition: Expression | None


class Keyword(NamedTuple):
    """``p=0.1`` among the arguments of an iterator."""

    name: Flag
    value: Expression


class UserFunction(NamedTuple):
    """``f(x, y) = x**2 + y`` as it was read."""

    name: str
    parameters: tuple[Flag, ...]
    expression: Expression


Parts = list[Any]


class Builder:
    """Makes a node of each production. Has no state: one serves all texts."""

    # equation blocks

    def equations(self, parts: Parts) -> tuple[Line, ...]:
        return tuple(parts)

    def differential(self, parts: Parts) -> Line:
        name = parts[0].partition("/")[0].strip()[1:].strip()
        if name.startswith("_") or keyword.iskeyword(name):
            reason = "begins with an underscore" if name.startswith("_") else "is a word of Python"
            message = f"The variable '{short(name)}' {reason}."
            raise EquationSyntaxError(message, "Choose another name.", _span(parts[0]))
        return _line("differential", name, parts[2], parts)

    def subexpression(self, parts: Parts) -> Line:
        return _line("subexpression", str(parts[0]), parts[2], parts)

    def parameter(self, parts: Parts) -> Line:
        return _line("parameter", str(parts[0]), None, parts)

    def flags(self, parts: Parts) -> tuple[tuple[Flag, ...], Span]:
        words = tuple(Flag(" ".join(token.split()), _stripped(token)) for token in parts[1:-1])
        return words, _between(parts[0], parts[-1])

    # statement blocks

    def statements(self, parts: Parts) -> tuple[Statement, ...]:
        return tuple(part for part in parts if isinstance(part, Statement))

    def statement(self, parts: Parts) -> Statement:
        target, operator, expression = parts
        op: Operator = "=" if operator == "%=" else operator.value
        if operator == "%=":
            expression = Binary("%", Name(target.value, _span(target)), expression, _between(target, expression))
        return Statement(target.value, op, expression, _between(target, expression), _span(target))

    # functions and generators

    def function(self, parts: Parts) -> UserFunction:
        parameters = tuple(_word(token) for token in parts[2:-3] if token is not None)
        return UserFunction(str(parts[0]), parameters, parts[-1])

    def keyword(self, parts: Parts) -> Keyword:
        return Keyword(_word(parts[0]), parts[2])

    def iterator_arguments(self, parts: Parts) -> tuple[Expression | Keyword, ...]:
        return tuple(parts)

    def generation(self, parts: Parts) -> Generation:
        element, _, variable, _, iterator, _, arguments, _, _, condition = parts
        return Generation(element, str(variable), _word(iterator), arguments, condition)

    # expressions

    def logical(self, parts: Parts) -> Expression:
        return Logical(parts[1].value, parts[0], parts[2], _between(parts[0], parts[2]))

    def compare(self, parts: Parts) -> Expression:
        return Comparison(parts[1].value, parts[0], parts[2], _between(parts[0], parts[2]))

    def binary(self, parts: Parts) -> Expression:
        return Binary(parts[1].value, parts[0], parts[2], _between(parts[0], parts[2]))

    def unary(self, parts: Parts) -> Expression:
        return Unary(parts[0].value, parts[1], _between(parts[0], parts[1]))

    def number(self, parts: Parts) -> Expression:
        return Literal(_number(parts[0]), _span(parts[0]))

    def boolean(self, parts: Parts) -> Expression:
        return Literal(parts[0] == "True", _span(parts[0]))

    def name(self, parts: Parts) -> Expression:
        return Name(parts[0].value, _span(parts[0]))

    def call(self, parts: Parts) -> Expression:
        arguments = tuple(part for part in parts[2:-1] if part is not None)
        return Call(parts[0].value, arguments, _between(parts[0], parts[-1]))

    def bracketed(self, parts: Parts) -> Expression:
        # the brackets belong to the span, so that a wider span begins at its first bracket
        bracketed: Expression = replace(parts[1], span=_between(parts[0], parts[2]))
        return bracketed

    # units

    def unit_name(self, parts: Parts) -> Unit:
        name, span = parts[0].value, _span(parts[0])
        return Unit(DIMENSIONLESS, _KINDS[name], span) if name in _KINDS else Unit(_base_unit(name, span), "real", span)

    def unit_number(self, parts: Parts) -> Unit:
        span = _span(parts[0])
        if parts[0] != "1":
            raise EquationSyntaxError(
                f"'{short(parts[0])}' cannot stand in a unit.", "Use units only; a plain number has the unit 1.", span
            )
        return Unit(DIMENSIONLESS, "real", span)

    def unit_derivative(self, parts: Parts) -> Unit:
        help = "Write a unit such as volt/second."
        raise EquationSyntaxError("A derivative is not a unit.", help, _span(parts[0]))

    def unit_bracketed(self, parts: Parts) -> Unit:
        inner: Unit = parts[1]
        return inner._replace(span=_between(parts[0], parts[2]))

    def unit_product(self, parts: Parts) -> Unit:
        left, operator, right = _physical(parts[0]), parts[1], _physical(parts[2])
        if operator not in ("*", "/"):
            raise EquationSyntaxError(f"'{operator}' cannot stand in a unit.", "Use *, / and **.", _span(operator))
        product = left.dimension * right.dimension if operator == "*" else left.dimension / right.dimension
        return Unit(product, "real", _between(left, right))

    def unit_power(self, parts: Parts) -> Unit:
        unit, _, (exponent, end) = parts
        dimension = _physical(unit).dimension ** exponent
        span = Span(unit.span.start, end.stop)
        if any(abs(part) > _LARGEST_POWER for part in dimension.exponents):
            raise LimitError("This power of a unit is too large.", "Write a smaller exponent.", span)
        return Unit(dimension, "real", span)

    def exponent(self, parts: Parts) -> tuple[Fraction, Span]:
        signs = [token for token in parts if token is not None and token.type == "SIGN"]
        numbers = [token for token in parts if token is not None and token.type == "NUMBER"]
        present = [token for token in parts if token is not None]
        span = _between(present[0], present[-1])
        values = [float(_number(token)) for token in numbers]
        if 0.0 in values[1:]:
            raise EquationSyntaxError("The exponent divides by zero.", "Write a number such as 2 or (1/2).", span)
        value = values[0] / values[1] if len(values) == 2 else values[0]
        exponent = _simple_fraction(value, span)
        return (-exponent if signs and signs[0] == "-" else exponent), span


def _line(type: EquationType, name: str, expression: Expression | None, parts: Parts) -> Line:
    unit, flags = parts[-2], parts[-1]
    words, end = flags if flags is not None else ((), unit.span)
    span = Span(parts[0].start_pos, end.stop)
    if unit.kind != "real" and type == "differential":
        raise EquationSyntaxError(
            f"d{name}/dt cannot be {unit.kind}: what has a derivative is a real number.",
            "Declare it ': 1', or with a unit such as ': volt'.",
            unit.span,
        )
    return Line(type, name, expression, unit, words, span)


def _number(token: Token) -> int | float:
    span = _span(token)
    if any(c in ".eE" for c in token):
        value = float(token)
        if value == float("inf"):
            raise LimitError("This number is too large.", "The largest numbers are about 1.7e308.", span)
        return value
    digits = token.lstrip("0") or "0"
    if len(digits) > 19 or int(digits) > _LARGEST_INTEGER:
        help = "Write it as a real number, for example 1e20."
        raise LimitError("This integer does not fit into 64 bits.", help, span)
    return int(digits)


def _base_unit(name: str, span: Span) -> Dimension:
    if name in UNITS:
        factor, dimension = UNITS[name]
        if factor == 1.0 and name[-1] not in "23":
            return dimension
        # a unit in a declaration says what the variable is, not how large its numbers are
        raise EquationSyntaxError(
            f"'{name}' is not a base unit, and variables are declared in base units.", f"Write {dimension}.", span
        )
    help = "Declare a base unit such as volt, amp, siemens, second or hertz, or 1, boolean, integer."
    raise EquationSyntaxError(f"'{short(name)}' is not a unit.", _NOT_UNITS.get(name, help), span)


def _physical(unit: Unit) -> Unit:
    if unit.kind != "real":
        message = f"'{unit.kind}' cannot be combined with units."
        raise EquationSyntaxError(message, f"Write ': {unit.kind}' alone.", unit.span)
    return unit


def _simple_fraction(value: float, span: Span) -> Fraction:
    if not value <= _LARGEST_EXPONENT:
        raise LimitError(f"The exponent of a unit is at most {_LARGEST_EXPONENT}.", "Write a smaller one.", span)
    exact = Fraction(value).limit_denominator(1000)
    if abs(float(exact) - value) > 1e-9:
        help = "Write a whole number or a fraction such as (1/2)."
        raise EquationSyntaxError("This exponent is not a simple fraction.", help, span)
    return exact


def _word(token: Token) -> Flag:
    return Flag(token.value, _span(token))


def _stripped(token: Token) -> Span:
    start = token.start_pos or 0
    return Span(start, start + len(token.rstrip()))


def _span(part: Any) -> Span:
    """The span of a token or of a node that was made before."""
    start = getattr(part, "start_pos", None)
    span: Span = part.span if start is None else Span(start, part.end_pos)
    return span


def _between(first: Any, last: Any) -> Span:
    return Span(_span(first).start, _span(last).stop)
