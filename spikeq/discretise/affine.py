"""Finding the linear form of an expression: constant + sum of factor*variable.

Read off as it is written, so that coefficients keep the user's order of evaluation; SymPy expands the expression
only where that fails (``(v + w)**2 - v**2 - w**2``).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from spikeq.discretise import symbolic
from spikeq.discretise.arithmetic import ONE, add, divide, multiply, negate, subtract
from spikeq.language.expression import Binary, Call, Expression, Literal, Name, Unary, fold

_Part = Expression | None


@dataclass(frozen=True, slots=True)
class Affine:
    """``constant + factors[x]*x + ...``; a constant of None is zero, a variable without a factor has the factor 0."""

    constant: Expression | None
    factors: dict[str, Expression] = field(default_factory=dict)


def affine(expression: Expression, variables: Collection[str], hidden: bool = False) -> Affine | None:
    """The linear form in the variables, or None where there is none.

    ``hidden``: coefficients may hold the variables inside functions and divisors, as in ``exp(v)*v + 1/(1 + v)``.
    """
    found = _as_written(expression, variables, hidden)
    if found is not None:
        return found
    expanded = symbolic.expand(expression)
    return None if expanded is None else _as_written(expanded, variables, hidden)


def _as_written(expression: Expression, variables: Collection[str], hidden: bool) -> Affine | None:
    def combine(node: Expression, operands: tuple[Affine | None, ...]) -> Affine | None:
        if hidden and isinstance(node, Call):
            return Affine(node)
        if hidden and isinstance(node, Binary) and node.op == "/" and (operands[1] is None or operands[1].factors):
            operands = (operands[0], Affine(node.right))
        if isinstance(node, Name) and node.name in variables:
            return Affine(None, {node.name: ONE})
        if all(operand is not None and not operand.factors for operand in operands):
            return Affine(node)
        if isinstance(node, Unary) and node.op != "not":
            (operand,) = operands
            return operand if node.op == "+" else _each(operand, negate)
        if isinstance(node, Binary):
            return _binary(node, *operands)
        return None

    return fold(expression, combine)


def _binary(node: Binary, left: Affine | None, right: Affine | None) -> Affine | None:
    if left is None or right is None:
        return None
    match node.op:
        case "+":
            return _merge(left, right, add)
        case "-":
            return _merge(left, right, subtract)
        case "*" if not left.factors:
            return _each(right, lambda part: multiply(left.constant, part))
        case "*" if not right.factors:
            return _each(left, lambda part: multiply(part, right.constant))
        case "/" if not right.factors:
            return _each(left, lambda part: divide(part, node.right))
        case "**" if node.right in (Literal(1), Literal(1.0)):
            return left
        case _:
            return None


def _each(form: Affine | None, change: Callable[[_Part], _Part]) -> Affine | None:
    if form is None:
        return None
    changed = {name: change(factor) for name, factor in form.factors.items()}
    return Affine(change(form.constant), {name: factor for name, factor in changed.items() if factor is not None})


def _merge(left: Affine, right: Affine, join: Callable[[_Part, _Part], _Part]) -> Affine:
    order = [*left.factors, *(name for name in right.factors if name not in left.factors)]
    joined = {name: join(left.factors.get(name), right.factors.get(name)) for name in order}
    factors = {name: factor for name, factor in joined.items() if factor is not None}
    return Affine(join(left.constant, right.constant), factors)
