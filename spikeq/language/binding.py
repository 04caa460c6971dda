"""Names from outside: what each one means when a model is bound, and with what value.

A binding's kind and dimension shape the compiled program; its value is an argument of it.
"""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import FrameType
from typing import Any
from typing import Literal as OneOf

import numpy as np

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import (
    KindError,
    ShapeError,
    Span,
    SpikeqError,
    SpikeqWarning,
    UnknownNameError,
    UnsupportedError,
    ValueRangeError,
)
from spikeq.language.check import FunctionLookup, Lookup, Symbol
from spikeq.language.expression import Call, Expression, Kind, Name, walk
from spikeq.language.functions import CONSTANTS, FUNCTIONS, Function
from spikeq.language.user_function import UserFunction, inline_functions
from spikeq.unit_table import UNITS
from spikeq.units.reading import dimension_of, magnitude, own_dimension, resolved

BindingKind = OneOf["number", "array", "sweep", "timed_array", "function"]


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """What a name from outside stands for.

    ``value`` in SI: a float, int or bool for ``number``; an array ``[n]`` (``array``) or ``[batch, 1]`` (``sweep``)
    of float64, int32 or bool; the object itself for ``timed_array`` (anything with a ``Function`` record as its
    ``signature``) and ``function`` (a ``Function`` record if it is built in, otherwise a ``UserFunction``).
    ``value_kind`` and ``dimension`` are those of the values.
    """

    name: str
    kind: BindingKind
    dimension: Dimension
    value: Any = field(repr=False)
    value_kind: Kind = "real"


Layer = tuple[str, Mapping[str, Any]]
OF_THE_MODEL = "the model's parameters"  # a layer whose names the user did not choose


def caller_namespace(level: int = 0) -> dict[str, Any]:
    """The names that the caller's code sees: globals, then locals over them.

    Level 0 is the function that calls this one; every further call in between adds 1.
    """
    frame = sys._getframe(level + 1)
    return {**frame.f_globals, **frame.f_locals}


def outside_names(expressions: Iterable[Expression], own: Collection[str] = ()) -> dict[str, Span | None]:
    """The names and functions that are used and not ``own``, each with the place of its first use."""
    found: dict[str, Span | None] = {}
    for expression in expressions:
        for node in walk(expression):
            if isinstance(node, Name | Call):
                name = node.name if isinstance(node, Name) else node.function
                if name not in own:
                    found.setdefault(name, node.span)
    return found


def resolve(
    names: Collection[str], layers: Sequence[Layer], known: Collection[str] = (), owner: str = ""
) -> dict[str, Binding]:
    """Find out what names mean: constants, units and functions first, then the layers in their order.

    ``names`` may be a mapping to the places of their use. A layer is a description (``the group's namespace``) and a
    mapping of names to values. Objects that are no values are passed over. The first match wins; a later one with
    another value gives one SpikeqWarning. ``known`` are further names to suggest, ``owner`` who asks.
    Raises UnknownNameError, KindError, ValueRangeError, ShapeError or UnsupportedError, with the place of use.
    """
    places: Mapping[str, Span | None] = names if isinstance(names, Mapping) else dict.fromkeys(names)
    found: dict[str, Binding] = {}
    for name in sorted(places):
        try:
            found[name] = _resolve_one(name, layers, known, owner)
        except SpikeqError as error:
            error.span = error.span or places[name]
            raise
    return found


def bind(
    expressions: Sequence[Expression], own: Collection[str], layers: Sequence[Layer], owner: str = ""
) -> tuple[list[Expression], dict[str, Binding]]:
    """Write out user functions and resolve every outside name. Returns the expressions and the bindings left."""
    bindings: dict[str, Binding] = {}
    while True:
        wanted = outside_names(expressions, own)
        bindings |= resolve({n: s for n, s in wanted.items() if n not in bindings}, layers, own, owner)
        functions = {n: b.value for n, b in bindings.items() if isinstance(b.value, UserFunction)}
        inner = {name: None for f in functions.values() for name in outside_names([f.expression], f.parameters)}
        unseen = [name for name in inner if name not in bindings and name not in own]
        if not unseen:
            break
        bindings |= resolve(unseen, layers, own, owner)
    written = [inline_functions(expression, functions) for expression in expressions]
    left = outside_names(written, own)
    return written, {name: bindings[name] for name in left}


def lookups(own: Mapping[str, Symbol], bindings: Mapping[str, Binding]) -> tuple[Lookup, FunctionLookup]:
    """The two arguments of ``infer`` for a model's own symbols and the bindings of everything else."""

    def lookup(name: str) -> Symbol:
        if name in own:
            return own[name]
        if name not in bindings:
            raise _unknown(name, (*own, *bindings))
        binding = bindings[name]
        if binding.kind in ("function", "timed_array"):
            raise KindError(f"{name} is a function of {_arguments(binding)}.", f"Call it: '{name}(...)'.")
        value = float(binding.value) if binding.kind == "number" else None
        return Symbol(binding.dimension, binding.value_kind, value)

    def lookup_function(name: str) -> Function | None:
        binding = bindings.get(name)
        if binding is None or binding.kind not in ("function", "timed_array"):
            return None
        signature = binding.value if isinstance(binding.value, Function) else _signature(binding.value)
        return None if signature is None else replace(signature, name=name)

    return lookup, lookup_function


def _arguments(binding: Binding) -> str:
    return "time" if binding.kind == "timed_array" else "its arguments"


def _resolve_one(name: str, layers: Sequence[Layer], known: Collection[str], owner: str) -> Binding:
    first = _built_in(name)
    where = "a name of the language"
    passed_over: list[Any] = []
    for description, mapping in layers:
        if name not in mapping:
            continue
        value = mapping[name]
        if not _is_value(value):
            passed_over.append(value)
        elif first is None:
            first, where = binding_of(name, value), description
        elif where == OF_THE_MODEL:  # no name of the user's
            break
        elif not _agrees(first, value):
            here = f"{owner}: the" if owner else "The"
            message = f"{here} name {name!r} is taken from {where}, though {description} has another value for it."
            warnings.warn(f"{message} Rename one of them.", SpikeqWarning, stacklevel=5)
            break
    if first is not None:
        return first
    if passed_over:
        raise _no_value(name, passed_over[0])
    raise _unknown(name, {*known, *(key for _, mapping in layers for key in mapping if isinstance(key, str))})


def _built_in(name: str) -> Binding | None:
    if name in CONSTANTS:
        return Binding(name, "number", DIMENSIONLESS, CONSTANTS[name])
    if name in UNITS:
        factor, dimension = UNITS[name]
        return Binding(name, "number", dimension, factor)
    if name in FUNCTIONS:
        return Binding(name, "function", DIMENSIONLESS, FUNCTIONS[name])
    return None


def _is_value(value: Any) -> bool:
    """Numbers, quantities, arrays and function records; not strings, modules, classes, lists, Python functions."""
    if isinstance(value, type | Dimension):
        return False
    if isinstance(value, bool | int | float | complex | UserFunction) or _signature(value) is not None:
        return True
    return hasattr(value, "__array__") or own_dimension(resolved(value)) is not None


def _signature(value: Any) -> Function | None:
    signature = getattr(value, "signature", None)
    return signature if isinstance(signature, Function) else None


def _agrees(first: Binding, value: Any) -> bool:
    if first.kind in ("function", "timed_array"):
        return value is first.value or (isinstance(value, UserFunction) and value == first.value)
    try:
        other = binding_of(first.name, value)
    except SpikeqError:
        return False
    return other.dimension == first.dimension and bool(np.array_equal(other.value, first.value))


def binding_of(name: str, value: Any) -> Binding:
    """What a Python object means under a name. Raises if it means nothing to the language."""
    if isinstance(value, UserFunction):
        return Binding(name, "function", DIMENSIONLESS, value)
    signature = _signature(value)
    if signature is not None:
        dimension = signature.dimension if isinstance(signature.dimension, Dimension) else DIMENSIONLESS
        return Binding(name, "timed_array", dimension, value)
    if not _is_value(value):
        raise _no_value(name, value)
    dimension = dimension_of(value)
    array, kind = _numbers(name, value, dimension)
    if array.ndim == 0:
        return Binding(name, "number", dimension, array.item(), kind)
    if array.ndim == 1:
        return Binding(name, "array", dimension, array, kind)
    if array.ndim == 2 and array.shape[1] == 1:
        return Binding(name, "sweep", dimension, array, kind)
    help = "A name stands for a number, an array [n] or a sweep [batch, 1]."
    raise ShapeError(f"{name} has the shape {list(array.shape)}.", help)


def _numbers(name: str, value: Any, dimension: Dimension) -> tuple[np.ndarray[Any, Any], Kind]:
    array = np.asarray(magnitude(value))
    if array.dtype.kind == "c":
        raise KindError(f"{name} is complex.", "Give real numbers.")
    if np.isnan(array).any():
        raise ValueRangeError(f"{name} is NaN.", "Give it a number.")
    if dimension.is_dimensionless and array.dtype.kind == "b":
        return array, "boolean"
    small = array.size == 0 or -(2.0**31) <= array.min() and array.max() < 2.0**31
    if dimension.is_dimensionless and array.dtype.kind in "iu" and small:
        return array.astype(np.int32), "integer"
    return array.astype(np.float64), "real"


def _no_value(name: str, value: Any) -> SpikeqError:
    if callable(value) and not isinstance(value, type):
        help = f"Write it in the language: {name} = Function('{name}(x) = x**2'), or use a TimedArray."
        return UnsupportedError(f"{name} is a Python function, which strings cannot call.", help)
    help = "Give a number, a quantity, an array, a TimedArray or a Function."
    return KindError(f"{name} is {_type(value)}, which has no value in a string.", help)


def _type(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _unknown(name: str, known: Iterable[str]) -> UnknownNameError:
    candidates = sorted({*known, *CONSTANTS, *FUNCTIONS} - UNITS.keys())
    near = difflib.get_close_matches(name, [c for c in candidates if not c.startswith("_")], 3)
    near = near or difflib.get_close_matches(name, UNITS, 3, cutoff=0.75)
    help = f"Did you mean {' or '.join(near)}?" if near else "Define it as a parameter, in Python or in namespace=."
    return UnknownNameError(f"Nothing is called {name[:60]!r}.", _seen_from_outside(name) or help)


def _seen_from_outside(name: str) -> str:
    """Where a name is known to a caller further out, which is not looked at: what to do about it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        ours = str(frame.f_globals.get("__name__", "")).partition(".")[0] == "spikeq"
        if not ours and name in frame.f_locals and _is_value(frame.f_locals[name]):
            code = frame.f_code.co_name
            place = f"The function {code}" if code.isidentifier() else "A module further out"
            help = f"{place} has one, but names are looked up where the call stands"
            return f"{help}; pass namespace={{{name!r}: {name}}}."
        frame = frame.f_back
    return ""
