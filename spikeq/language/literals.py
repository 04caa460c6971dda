"""Arithmetic on the numbers of a text: exact while it fits into 32 bits, real beyond, never a giant integer.

``100000*100000`` is the real number 1e10, as in Brian2, though the product of two integer variables would wrap.
"""

from __future__ import annotations

import math

import numpy as np

from spikeq.language.expression import Binary, Expression, Literal, Unary, children, fold, with_children

Number = int | float
_LEAST, _GREATEST = -(2**31), 2**31 - 1


def number(value: bool | int | float) -> Number:
    """A literal's number: an integer that fits into 32 bits, otherwise a real number (infinite if too large)."""
    if isinstance(value, float):
        return value
    if _LEAST <= value <= _GREATEST:
        return int(value)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def arithmetic(op: str, left: Number, right: Number) -> Number:
    """The value of ``left op right`` for an arithmetic operator: integer if it is exact and fits into 32 bits."""
    if isinstance(left, int) and isinstance(right, int):
        exact = _exact(op, left, right)
        if exact is not None:
            return number(exact)
    a, b = np.float64(left), np.float64(right)
    with np.errstate(all="ignore"):
        match op:
            case "+":
                return float(a + b)
            case "-":
                return float(a - b)
            case "*":
                return float(a * b)
            case "/":
                return float(a / b)
            case "//":
                return float(a // b)
            case "%":
                return float(a % b)
            case _:
                return float(a**b)


def _exact(op: str, left: int, right: int) -> int | None:
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "//":
            return left // right if right else 0
        case "%":
            return left % right if right else 0
        case "**" if right >= 0 and (right <= 32 or -1 <= left <= 1):
            return int(left ** (right if right <= 32 else 32 + right % 2))
        case _:
            return None


def literal_value(node: Expression, operands: tuple[Number | None, ...]) -> Number | None:
    """The value of a node of numbers alone, given its operands' values; None if a name or function is part of it."""
    match node:
        case Literal(value=value):
            return number(value)
        case Unary(op="-") if operands[0] is not None:
            return number(-operands[0])
        case Unary(op="+"):
            return operands[0]
        case Binary(op=op) if operands[0] is not None and operands[1] is not None:
            return arithmetic(op, operands[0], operands[1])
        case _:
            return None


def fold_literals(expression: Expression) -> Expression:
    """Write integer arithmetic whose value is not an integer of 32 bits as one real number.

    Backends may then compute what is left in 32 bits: ``2**-1`` becomes ``0.5``, ``100000*100000`` ``1e10``. All
    other arithmetic stays as it was written.
    """

    def combine(
        node: Expression, operands: tuple[tuple[Expression, Number | None], ...]
    ) -> tuple[Expression, Number | None]:
        value = literal_value(node, tuple(value for _, value in operands))
        integers = all(isinstance(operand, int) for _, operand in operands)
        if isinstance(value, float) and integers and not (isinstance(node, Binary) and node.op == "/"):
            return Literal(value, node.span), value
        same = all(one is operand for (one, _), operand in zip(operands, children(node), strict=True))
        return node if same else with_children(node, tuple(operand for operand, _ in operands)), value

    return fold(expression, combine)[0]
