"""Building expressions from expressions without writing zeros, ones and double signs into them.

``None`` stands for zero, so that a missing coefficient never becomes a term.
"""

from __future__ import annotations

from spikeq.language.expression import Binary, Call, Expression, Literal, Name, Unary

ONE = Literal(1)
DT = Name("dt")
TIME = Name("t")


def call(function: str, *arguments: Expression) -> Expression:
    """``function(arguments...)``."""
    return Call(function, arguments)


def add(left: Expression | None, right: Expression | None) -> Expression | None:
    """``left + right``."""
    if left is None or right is None:
        return right if left is None else left
    if isinstance(right, Unary) and right.op == "-":
        return Binary("-", left, right.operand)
    return Binary("+", left, right)


def subtract(left: Expression | None, right: Expression | None) -> Expression | None:
    """``left - right``."""
    if right is None:
        return left
    return negate(right) if left is None else Binary("-", left, right)


def negate(operand: Expression | None) -> Expression | None:
    """``-operand``."""
    if isinstance(operand, Unary) and operand.op == "-":
        return operand.operand
    return None if operand is None else Unary("-", operand)


def multiply(left: Expression | None, right: Expression | None) -> Expression | None:
    """``left*right``."""
    return None if left is None or right is None else product(left, right)


def product(first: Expression, *others: Expression) -> Expression:
    """``first*second*...``, multiplied from the left."""
    result = first
    for other in others:
        if result == ONE:
            result = other
        elif result == Unary("-", ONE):
            result = Unary("-", other)
        elif other != ONE:
            result = Binary("*", result, other)
    return result


def divide(left: Expression | None, right: Expression) -> Expression | None:
    """``left/right``."""
    return None if left is None else Binary("/", left, right)


def plus(first: Expression, *others: Expression | None) -> Expression:
    """``first + second + ...``, added from the left, missing terms left out."""
    result = first
    for other in others:
        result = add(result, other) or result
    return result


def over_step(rate: Expression, step: Expression) -> Expression:
    """``rate*step`` written as a person would: ``-1/tau`` over ``dt`` is ``-dt/tau``."""
    match rate:
        case Unary(op="-", operand=operand):
            return Unary("-", over_step(operand, step))
        case Binary(op="/", left=left, right=right) if _is_unit(left):
            return Binary("/", over_step(left, step), right)
        case Literal(value=1):
            return step
        case _:
            return Binary("*", rate, step)


def _is_unit(expression: Expression) -> bool:
    return expression == ONE or expression == Unary("-", ONE)
