"""Dimensions and kinds of checked text: what every expression is, and what may be assigned to what.

Input: expressions and the symbols that their names stand for. Output: ``Checked``, or an error at the node that
is wrong. Units are known here only by their dimension; values come later.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable
from dataclasses import dataclass

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import (
    DimensionError,
    EquationSyntaxError,
    KindError,
    LimitError,
    Span,
    SpikeqError,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.language.expression import (
    Access,
    Binary,
    Call,
    Comparison,
    Expression,
    Kind,
    Literal,
    Logical,
    Name,
    Unary,
    fold,
)
from spikeq.language.functions import FUNCTIONS, Function
from spikeq.language.literals import Number, literal_value
from spikeq.language.wording import factor, in_units, noun, short, unit_help

_LARGEST_EXPONENT = 100
_VERBS = {"+": "adds {} and {}", "-": "subtracts {1} from {0}", "%": "takes {} modulo {}"}


@dataclass(frozen=True, slots=True)
class Symbol:
    """What a name stands for. ``value`` only where the name is a single number that never changes during a run."""

    dimension: Dimension = DIMENSIONLESS
    kind: Kind = "real"
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An expression's dimension and kind; ``literal`` its value if it is made of numbers alone."""

    dimension: Dimension
    kind: Kind
    literal: Number | None = None
    value: Number | None = None


Lookup = Callable[[str], Symbol]
FunctionLookup = Callable[[str], Function | None]


def infer(expression: Expression, lookup: Lookup, lookup_function: FunctionLookup | None = None) -> Checked:
    """The dimension and kind of an expression whose every part fits.

    ``lookup`` gives the symbol of a name or raises UnknownNameError, ``lookup_function`` the record of a function
    that is not built in (a TimedArray), or None. Raises DimensionError, KindError, UnknownNameError,
    EquationSyntaxError (number of arguments) or ValueRangeError, each with the span of the node.
    """
    checker = _Checker(lookup, lookup_function or (lambda name: None))
    return fold(expression, checker.check)


def kind_of(
    expression: Expression, lookup: Callable[[str], Kind], lookup_function: FunctionLookup | None = None
) -> Kind:
    """The kind of an expression that ``infer`` has accepted, also after names were resolved to ``Access`` nodes."""

    def combine(node: Expression, operands: tuple[tuple[Kind, Number | None], ...]) -> tuple[Kind, Number | None]:
        literal = literal_value(node, tuple(operand for _, operand in operands))
        kinds = tuple(kind for kind, _ in operands)
        if isinstance(node, Name):
            return lookup(node.name), None
        function = _function(node.function, lookup_function) if isinstance(node, Call) else None
        return _kind(node, kinds, tuple(operand for _, operand in operands), literal, function), literal

    return fold(expression, combine)[0]


def exponent_value(expression: Expression, lookup: Lookup | None = None) -> float | None:
    """The value of an exponent such as ``-1/2``: arithmetic on numbers, and on names with a value if ``lookup`` is
    given. None if it is not constant.
    """

    def combine(node: Expression, operands: tuple[Number | None, ...]) -> Number | None:
        if isinstance(node, Name):
            return lookup(node.name).value if lookup else None
        return literal_value(node, operands)

    value = fold(expression, combine)
    return None if value is None else float(value)


def check_boolean(expression: Expression, checked: Checked, what: str) -> None:
    """Raise KindError if ``expression`` is no condition; ``what`` names its role, such as ``"a threshold"``."""
    if checked.kind != "boolean":
        raise KindError(
            f"{what} must be true or false, but {short(expression)} is a number.",
            "Compare it with something, for example 'v > v_threshold'.",
            expression.span,
        )


def check_dimension(expression: Expression, checked: Checked, wanted: Dimension, what: str) -> None:
    """Raise DimensionError if an expression has not the dimension that ``what`` (such as ``"v"``) is in."""
    if checked.dimension != wanted:
        raise DimensionError(
            f"{what} must be {in_units(wanted)}, but {short(expression)} is {in_units(checked.dimension)}.",
            unit_help(wanted, checked.literal),
            expression.span,
        )


def check_assignable(name: str, target: Symbol, value: Checked, op: str = "=", span: Span | None = None) -> None:
    """Raise if ``name op value`` cannot be: DimensionError, KindError, or ValueRangeError for a number too large.

    As in Brian2 a real value that is assigned to an integer variable is truncated, a truth value counts as 0 or 1,
    and a number other than 0 counts as true.
    """
    if target.kind == "boolean" and op != "=":
        raise KindError(f"{name} is boolean, so it has no '{op}'.", f"Write '{name} = ...' with a condition.", span)
    if op in ("=", "+=", "-="):
        if value.dimension != target.dimension:
            raise DimensionError(
                f"{name} is {in_units(target.dimension)}, but the value after '{op}' is {in_units(value.dimension)}.",
                unit_help(target.dimension, value.literal),
                span,
            )
    elif not value.dimension.is_dimensionless or (op == "**=" and not target.dimension.is_dimensionless):
        raise DimensionError(
            f"'{op}' would change the units of {name}, which is {in_units(target.dimension)}.",
            f"Only a number without units may follow '{op}' here.",
            span,
        )
    if target.kind == "integer" and isinstance(value.literal, float) and not abs(value.literal) < 2.0**31:
        raise ValueRangeError(f"{value.literal:g} does not fit into the integer {name}.", "Declare it ': 1'.", span)


def _function(name: str, lookup: FunctionLookup | None) -> Function | None:
    return FUNCTIONS.get(name) or (lookup(name) if lookup else None)


def _kind(
    node: Expression,
    kinds: tuple[Kind, ...],
    operands: tuple[Number | None, ...],
    literal: Number | None,
    function: Function | None,
) -> Kind:
    """The kind of a node (other than a name) from the kinds and literal values of its operands."""
    match node:
        case Literal(value=bool()) | Comparison() | Logical() | Unary(op="not"):
            return "boolean"
        case Literal() | Unary() | Binary() if literal is not None:
            return "integer" if isinstance(literal, int) else "real"
        case Access(kind=kind):
            return kind
        case Call():
            return _call_kind(function, kinds)
        case Binary(op="/"):
            return "real"
        case Binary(op="**") if isinstance(operands[1], int) and operands[1] < 0:
            return "real"
    return "real" if "real" in kinds else "integer"


def _call_kind(function: Function | None, kinds: tuple[Kind, ...]) -> Kind:
    if function is None:
        return "real"
    if function.kind == "highest":
        return "real" if "real" in kinds else "integer"
    return function.kind


class _Checker:
    """One node at a time; operands are checked already."""

    def __init__(self, lookup: Lookup, lookup_function: FunctionLookup) -> None:
        self._lookup = lookup
        self._lookup_function = lookup_function

    def check(self, node: Expression, operands: tuple[Checked, ...]) -> Checked:
        if isinstance(node, Name | Access):
            return self._name(node)
        function = self._call(node, operands) if isinstance(node, Call) else None
        dimension = self._dimension(node, operands, function)
        values = tuple(operand.literal for operand in operands)
        literal = literal_value(node, values)
        if literal is not None and not math.isfinite(literal):
            raise _not_a_number(node)
        kind = _kind(node, tuple(operand.kind for operand in operands), values, literal, function)
        return Checked(dimension, kind, literal, literal_value(node, tuple(operand.value for operand in operands)))

    def _name(self, node: Name | Access) -> Checked:
        name = node.name if isinstance(node, Name) else node.key
        if name in FUNCTIONS:
            raise KindError(f"{name} is a function.", f"Call it: '{name}(...)'.", node.span)
        try:
            symbol = self._lookup(name)
        except SpikeqError as error:
            error.span = error.span or node.span
            raise
        return Checked(symbol.dimension, symbol.kind, None, symbol.value)

    def _dimension(self, node: Expression, operands: tuple[Checked, ...], function: Function | None) -> Dimension:
        match node:
            case Binary():
                _refuse_conditions(node, operands)
                return _binary(node, *operands)
            case Comparison():
                _compare(node, *operands)
            case Logical():
                _refuse_numbers(node, (node.left, node.right), operands)
            case Unary(op="not"):
                _refuse_numbers(node, (node.operand,), operands)
            case Unary():
                if operands[0].kind == "boolean":
                    raise _truth_value(node.operand, f"'{node.op}'")
                return operands[0].dimension
            case Call() if function is not None:
                return function.result_dimension(tuple(operand.dimension for operand in operands))
        return DIMENSIONLESS

    def _call(self, node: Call, operands: tuple[Checked, ...]) -> Function:
        function = _function(node.function, self._lookup_function)
        if function is None:
            raise self._no_function(node)
        if len(operands) != function.arity:
            count = "1 argument" if function.arity == 1 else f"{function.arity} arguments"
            raise EquationSyntaxError(f"{function.name} takes {count}, not {len(operands)}.", "", node.span)
        for position, (operand, wanted) in enumerate(zip(operands, function.arguments, strict=True)):
            argument = node.arguments[position]
            if operand.kind == "boolean" and function.name != "int":
                raise _truth_value(argument, function.name)
            if wanted == "any":
                continue
            needed = operands[0].dimension if wanted == "first" else wanted
            if operand.dimension != needed:
                raise _argument(node, position, operand, needed)
        return function

    def _no_function(self, node: Call) -> SpikeqError:
        try:
            self._lookup(node.function)
        except SpikeqError:
            near = difflib.get_close_matches(node.function, FUNCTIONS, 3)
            help = f"Did you mean {' or '.join(near)}?" if near else f"There are {', '.join(FUNCTIONS)}."
            return UnknownNameError(f"There is no function {node.function[:60]!r}.", help, node.span)
        help = f"For a product write '{node.function}*(...)'."
        return KindError(f"{node.function!r} is not a function.", help, node.span)


def _binary(node: Binary, left: Checked, right: Checked) -> Dimension:
    match node.op:
        case "+" | "-" | "%":
            if left.dimension != right.dimension:
                raise _mismatch(node, left, right)
            if node.op == "%":
                _refuse_zero(node, right)
            return left.dimension
        case "*":
            return left.dimension * right.dimension
        case "/":
            _refuse_zero(node, right)
            return left.dimension / right.dimension
        case "//":
            for operand, checked in ((node.left, left), (node.right, right)):
                if not checked.dimension.is_dimensionless:
                    raise DimensionError(
                        f"'//' divides plain numbers, but {short(operand)} is {in_units(checked.dimension)}.",
                        "Use floor(a/b) for the whole part of a quotient of quantities.",
                        operand.span,
                    )
            _refuse_zero(node, right)
            return DIMENSIONLESS
    return _power(node, left, right)


def _power(node: Binary, left: Checked, right: Checked) -> Dimension:
    if not right.dimension.is_dimensionless:
        raise DimensionError(
            f"An exponent must be a plain number, but {short(node.right)} is {in_units(right.dimension)}.",
            f"Divide it by a unit of {right.dimension}.",
            node.right.span,
        )
    if left.dimension.is_dimensionless:
        return DIMENSIONLESS
    if right.value is None:
        raise DimensionError(
            f"{short(node.left)} is {in_units(left.dimension)}, so its exponent must be a constant number.",
            f"Divide {short(node.left)} by a unit of {left.dimension} first, or write a number as exponent.",
            node.right.span,
        )
    if not abs(right.value) <= _LARGEST_EXPONENT:
        raise LimitError(
            f"The exponent {short(node.right)} of a quantity is too large.",
            f"Exponents of quantities go up to {_LARGEST_EXPONENT}.",
            node.right.span,
        )
    return left.dimension**right.value


def _compare(node: Comparison, left: Checked, right: Checked) -> None:
    if left.kind == right.kind == "boolean":
        if node.op not in ("==", "!="):
            raise KindError(f"Truth values cannot be compared by '{node.op}'.", "Use == or !=, or int(...).", node.span)
        return
    _refuse_conditions(node, (left, right))
    if left.dimension != right.dimension:
        raise _mismatch(node, left, right)


def _refuse_conditions(node: Binary | Comparison, operands: tuple[Checked, ...]) -> None:
    """A boolean variable counts as 0 or 1 next to a number; a comparison does not, nor are two added up."""
    sides = (node.left, node.right)
    for side, checked in zip(sides, operands, strict=True):
        if checked.kind == "boolean" and not isinstance(side, Name | Access | Literal):
            raise _truth_value(side, f"'{node.op}'")
    if all(checked.kind == "boolean" for checked in operands) and node.op != "*":
        raise _truth_value(node.left, f"'{node.op}'")


def _refuse_numbers(node: Logical | Unary, sides: tuple[Expression, ...], operands: tuple[Checked, ...]) -> None:
    for side, checked in zip(sides, operands, strict=True):
        if checked.kind != "boolean":
            raise KindError(
                f"'{node.op}' joins conditions, but {short(side)} is a number.",
                f"Compare it with something, for example '{short(side)} > 0'.",
                side.span,
            )


def _refuse_zero(node: Binary, right: Checked) -> None:
    if right.literal == 0:
        raise ValueRangeError(f"{short(node)} divides by zero.", "", node.right.span)


def _truth_value(node: Expression, what: str) -> KindError:
    text = short(node)
    return KindError(f"{what} needs a number, but {text} is true or false.", f"Write 'int({text})'.", node.span)


def _not_a_number(node: Expression) -> ValueRangeError:
    text = short(node)
    return ValueRangeError(f"{text} is no finite number.", "Write 'inf' if infinity is meant.", node.span)


def _mismatch(node: Binary | Comparison, left: Checked, right: Checked) -> DimensionError:
    verb = _VERBS.get(node.op, "compares {} with {}").format(noun(left.dimension), noun(right.dimension))
    help = "Both sides need the same units."
    for this, other, side in ((left, right, node.left), (right, left, node.right)):
        if this.literal is not None:
            help = f"Give the number a unit, for example {short(side)}*{factor(other.dimension)}."
    return DimensionError(f"{short(node)} {verb}.", help, node.span)


def _argument(node: Call, position: int, operand: Checked, needed: Dimension) -> DimensionError:
    text = short(node.arguments[position])
    order = f"argument {position + 1} of " if len(node.arguments) > 1 else "the argument of "
    divide = f"Divide {text} by a unit of {operand.dimension}."
    help = divide if needed.is_dimensionless else unit_help(needed, operand.literal)
    message = f"{order}{node.function} must be {in_units(needed)}, but {text} is {in_units(operand.dimension)}."
    return DimensionError(message[0].upper() + message[1:], help, node.arguments[position].span)
