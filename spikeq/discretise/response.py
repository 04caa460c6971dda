"""How a chain of first-order processes answers after one step, in forms without 0/0 and without overflow.

The response of rates a, b, c, ... is the divided difference of exp over a*h, b*h, c*h, ... times h once per rate
after the first: exp(a*h); (exp(a*h) - exp(b*h))/(a - b); and so on (Opitz 1964; de Boor 2005, Surveys in
Approximation Theory 1, 46-69). Its limit at equal rates is finite, the quotient itself is not.
"""

from __future__ import annotations

import math

from spikeq.discretise.arithmetic import ONE, add, call, divide, multiply, over_step, product, subtract
from spikeq.discretise.flow import Locals
from spikeq.language.expression import Binary, Comparison, Expression, Literal, Name, Unary

Rate = Expression | None
_TWO = Literal(2)
# Gauss-Legendre points and weights on [0, 1]; seven integrate exp over a unit interval to the last bit.
_POINTS = 7


def one(rate: Rate, step: Expression) -> Expression:
    """exp(rate*step)."""
    return ONE if rate is None else call("exp", over_step(rate, step))


def equal(rate: Rate, count: int, step: Expression) -> Expression:
    """The response of ``count`` equal rates: step**(count - 1)/(count - 1)!*exp(rate*step)."""
    power = step if count == 2 else Binary("**", step, Literal(count - 1))
    share = power if count == 2 else Binary("/", power, Literal(math.factorial(count - 1)))
    return product(share, one(rate, step))


def two(first: Rate, second: Rate, step: Expression, local: Locals, *words: str) -> Expression:
    """The response of two rates: step*exp(larger*step)*exprel(-|difference|*step)."""
    if first == second:
        return equal(first, 2, step)
    if first is None or second is None:
        rate = first if second is None else second
        return product(step, call("exprel", over_step(rate, step))) if rate is not None else step
    spread = Unary("-", product(call("abs", Binary("-", first, second)), step))
    growth = call("exp", product(_maximum(first, second), step))
    return local.add(product(step, growth, call("exprel", spread)), *words)


def three(rates: tuple[Rate, Rate, Rate], step: Expression, local: Locals, *words: str) -> Expression:
    """The response of three rates, by the quotient where they lie apart and by quadrature where they are close."""
    x, y, z = (local.add(Literal(0.0) if rate is None else over_step(rate, step), "rate", *words) for rate in rates)
    low, high = local.add(_minimum(y, z), "low", *words), local.add(_maximum(y, z), "high", *words)
    middle = local.add(call("clip", x, low, high), "middle", *words)
    top = local.add(_maximum(x, high), "top", *words)
    near = local.add(Binary("-", middle, top), "near", *words)
    far = local.add(Binary("-", _minimum(x, low), top), "far", *words)
    close = local.add(call("int", Comparison("<", Unary("-", far), Literal(1))), "close", *words)
    inner = product(call("exp", near), call("exprel", Binary("-", far, near)))
    quotient = Binary("/", Binary("-", call("exprel", near), inner), Binary("+", Unary("-", far), close))
    shape = Binary("+", product(close, _integral(near, far)), product(Binary("-", ONE, close), quotient))
    scale = product(step, step, call("exp", top))
    return local.add(Binary("*", scale, shape), *words)


def _integral(near: Expression, far: Expression) -> Expression:
    """The integral over s in [0, 1] of s*exp(s*near)*exprel(s*(far - near)) (Hermite and Genocchi)."""
    import numpy as np

    points, weights = np.polynomial.legendre.leggauss(_POINTS)
    spread = Binary("-", far, near)
    total: Expression | None = None
    for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
        place, share = Literal(float(point)), Literal(float(point * weight))
        term = product(share, call("exp", product(place, near)), call("exprel", product(place, spread)))
        total = term if total is None else Binary("+", total, term)
    assert total is not None
    return total


def pair(
    matrix: tuple[tuple[Rate, Rate], tuple[Rate, Rate]], step: Expression, local: Locals, *words: str
) -> tuple[tuple[Rate, Rate], tuple[Rate, Rate]]:
    """exp(matrix*step) for two variables that depend on each other, decaying or oscillating.

    Formula: Bernstein & So 1993, IEEE Trans. Autom. Control 38, 1228-1232: with m and r**2 the mean of
    the diagonal and the discriminant, exp(m)*(cosh(r)*I + sinh(r)/r*(A - m*I)), where r may be imaginary.
    """
    (a, b), (c, d) = matrix
    left, right = (None if rate is None else over_step(rate, step) for rate in (a, d))
    there, back = (None if rate is None else over_step(rate, step) for rate in (b, c))
    half = _kept(divide(subtract(left, right), _TWO), local, "half", *words)
    mean = _kept(divide(add(left, right), _TWO), local, "mean", *words)
    square = _kept(add(multiply(half, half), multiply(there, back)), local, "square", *words) or Literal(0.0)
    decays = local.add(call("int", Comparison(">=", square, Literal(0.0))), "decays", *words)
    root = local.add(call("sqrt", call("abs", square)), "root", *words)
    apart = local.add(product(Unary("-", _TWO), root, decays), "apart", *words)
    growth = local.add(call("exp", subtract(mean, Binary("/", apart, _TWO)) or apart), "growth", *words)
    even = local.add(_either(decays, _cosine(apart), call("cos", root)), "even", *words)
    odd = local.add(_either(decays, call("exprel", apart), _sine(root)), "odd", *words)
    lean = multiply(odd, half)
    return (
        (multiply(growth, add(even, lean)), multiply(product(growth, odd), there)),
        (multiply(product(growth, odd), back), multiply(growth, subtract(even, lean))),
    )


def _kept(expression: Rate, local: Locals, *words: str) -> Rate:
    return None if expression is None else local.add(expression, *words)


def _either(condition: Name, yes: Expression, no: Expression) -> Expression:
    return Binary("+", product(condition, yes), product(Binary("-", ONE, condition), no))


def _cosine(apart: Expression) -> Expression:
    """cosh(r)/exp(r) for apart = -2*r."""
    return Binary("/", Binary("+", ONE, call("exp", apart)), _TWO)


def _sine(root: Expression) -> Expression:
    return Binary("/", call("sin", root), Binary("+", root, call("int", Comparison("==", root, Literal(0.0)))))


def _maximum(left: Expression, right: Expression) -> Expression:
    return _chosen(left, right, ">=", "<")


def _minimum(left: Expression, right: Expression) -> Expression:
    return _chosen(left, right, "<=", ">")


def _chosen(left: Expression, right: Expression, first: str, second: str) -> Expression:
    """The first where the first comparison holds, the second where the second does: exact, and no function needed."""
    ordered = call("int", Comparison(first, left, right))  # type: ignore[arg-type]
    reversed_ = call("int", Comparison(second, left, right))  # type: ignore[arg-type]
    return Binary("+", product(left, ordered), product(right, reversed_))
