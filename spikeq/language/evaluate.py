"""The interpreter: values of expressions over NumPy, for strings that are executed outside a simulation.

Arithmetic as Brian2's numpy target does it: float64, int32 that wraps, bool; ``/`` is true division, ``%`` has the
sign of the divisor. It is also what compiled steps are tested against.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from spikeq.language.expression import (
    Access,
    Binary,
    Call,
    Comparison,
    Expression,
    Literal,
    Logical,
    Name,
    Unary,
    fold,
)
from spikeq.language.literals import arithmetic, number

Array = npt.NDArray[Any]
# Numbers of the text stay Python's, so that they take the type of what they meet; everything else is an array.
Value = bool | int | float | Array
Lookup = Callable[[str], Any]
CallBack = Callable[[str, tuple[Value, ...], Call], Any]


def evaluate(expression: Expression, lookup: Lookup, call: CallBack | None = None) -> Value:
    """The value of an expression that ``infer`` has accepted.

    ``lookup(name)`` gives SI numbers or arrays that broadcast against each other; float64, int32 (int64 stays) and
    bool are kept, other types become float64. ``call(name, arguments, node)`` evaluates stateful functions, tables
    over time and whatever else is not built in. Never warns: division by zero gives inf, NaN or, for integers, 0.
    """

    def combine(node: Expression, operands: tuple[Value, ...]) -> Value:
        match node:
            case Literal(value=bool() as truth):
                return truth
            case Literal(value=value):
                return number(value)
            case Name(name=name) | Access(key=name):
                return _array(lookup(name))
            case Unary(op=op):
                return _unary(op, operands[0])
            case Binary(op=op):
                return binary(op, operands[0], operands[1])
            case Comparison(op=op):
                return _COMPARISONS[op](operands[0], operands[1])
            case Logical(op=op):
                return _LOGIC[op](operands[0], operands[1])
            case _:
                return _call(node, operands, call)

    with np.errstate(all="ignore"):
        return fold(expression, combine)


def binary(op: str, left: Value, right: Value) -> Value:
    """``left op right`` for an arithmetic operator; truth values count as 0 and 1."""
    a, b = _number(left), _number(right)
    if isinstance(a, int | float) and isinstance(b, int | float) and not _is_array(a) and not _is_array(b):
        return arithmetic(op, a, b)
    if op == "**" and _is_integer(a) and _is_integer(b):
        return _integer_power(a, b)
    return _ARITHMETIC[op](a, b)


def exprel(x: Value) -> Array:
    """``expm1(x)/x``, 1 at 0 (to 1e-16) and inf where the exponential overflows."""
    x = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        ratio = np.expm1(x) / x
    return np.where(np.abs(x) < 1e-16, 1.0, np.where(x > 717, np.inf, ratio))


def timestep(time: Value, dt: Value) -> Array:
    """The step that a time belongs to, as int64: shifted by a thousandth of a step, then truncated."""
    return np.asarray((np.asarray(time) + 1e-3 * np.asarray(dt)) / dt).astype(np.int64)


def _array(value: Any) -> Array:
    array = np.asarray(value)
    if array.dtype == np.int32 or array.dtype == np.int64 and isinstance(value, np.ndarray | np.generic):
        return array
    if array.dtype.kind in "iu" and np.all((array >= -(2**31)) & (array < 2**31)):
        return array.astype(np.int32)
    return array if array.dtype == np.bool_ else array.astype(np.float64)


def _is_array(value: Value) -> bool:
    return isinstance(value, np.ndarray | np.generic)  # np.float64 is a float as well


def _number(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return value.astype(np.int32) if _is_array(value) and value.dtype == np.bool_ else value


def _is_integer(value: Any) -> bool:
    return bool(value.dtype.kind == "i") if _is_array(value) else isinstance(value, int)


def _integer_power(base: Any, exponent: Any) -> Array:
    """An integer power that stays an integer: exponents below 0 truncate towards 0, written ones give a real."""
    if isinstance(exponent, int):
        return np.asarray(np.float64(base) ** exponent if exponent < 0 else base**exponent)
    powers = np.asarray(base ** np.maximum(exponent, 0))
    units = np.where(np.equal(base, 1), 1, np.where(np.equal(base, -1), 1 - 2 * (exponent % 2), 0))
    return np.where(exponent < 0, units.astype(powers.dtype), powers)


def _unary(op: str, operand: Value) -> Value:
    if op == "not":
        return np.logical_not(operand)
    value: Value = _number(operand)
    if op == "-":
        value = -value if isinstance(value, np.ndarray | np.generic) else number(-value)
    return value


def _call(node: Expression, arguments: tuple[Value, ...], call: CallBack | None) -> Value:
    assert isinstance(node, Call)
    implementation = _FUNCTIONS.get(node.function)
    if implementation is not None:
        return implementation(*(_array(_number(argument)) for argument in arguments))
    if call is None:
        raise LookupError(f"no value for {node.function}")
    return _array(call(node.function, arguments, node))


def _clip(x: Value, low: Value, high: Value) -> Array:
    return np.asarray(np.minimum(np.maximum(x, low), high))


def _to_int32(x: Value) -> Array:
    return np.asarray(x).astype(np.int32)


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Array]] = MappingProxyType(
    {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "//": lambda a, b: a // b,
        "%": lambda a, b: a % b,
        "**": lambda a, b: a**b,
    }
)
_COMPARISONS: Mapping[str, Callable[[Any, Any], Array]] = MappingProxyType(
    {
        "<": np.less,
        "<=": np.less_equal,
        ">": np.greater,
        ">=": np.greater_equal,
        "==": np.equal,
        "!=": np.not_equal,
    }
)
_LOGIC: Mapping[str, Callable[[Any, Any], Array]] = MappingProxyType({"and": np.logical_and, "or": np.logical_or})
_SAME_IN_NUMPY = (
    "exp log log10 expm1 log1p sqrt sin cos tan arcsin arccos arctan sinh cosh tanh abs sign"  # ufuncs
).split()
_FUNCTIONS: Mapping[str, Callable[..., Array]] = MappingProxyType(
    {
        **{name: getattr(np, name) for name in _SAME_IN_NUMPY},
        "exprel": exprel,
        "ceil": lambda x: _to_int32(np.ceil(x)),
        "floor": lambda x: _to_int32(np.floor(x)),
        "int": _to_int32,
        "clip": _clip,
        "timestep": timestep,
    }
)
