"""Declared bounds of synaptic variables: what a block of code leaves behind lies between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spikeq.codegen.tasks import Assign
from spikeq.errors import (
    DimensionError,
    KindError,
    ModelError,
    Span,
    SpikeqError,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.language.check import check_dimension
from spikeq.language.expression import Access, Call, Expression, Literal, Name, calls, names, walk
from spikeq.language.functions import FUNCTIONS
from spikeq.language.wording import in_units
from spikeq.units import dimension_of, magnitude

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.runner import Runner
    from spikeq.network.synapses import Synapses

_SIDES = ("lower", "upper")
_WIDEST = {"real": (-np.inf, np.inf), "integer": (-(2**31), 2**31 - 1)}


@dataclass(frozen=True, slots=True)
class Bound:
    """One side as it was given, and the expression that it is. ``text`` is None for a number."""

    given: Any
    expression: Expression
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one variable."""

    name: str
    lower: Bound
    upper: Bound

    @property
    def sides(self) -> tuple[tuple[str, Bound], ...]:
        """``("lower", ...)`` and ``("upper", ...)``."""
        return tuple(zip(_SIDES, (self.lower, self.upper), strict=True))


def checked_bounds(synapses: Synapses, given: Any) -> dict[str, Bounds]:
    """The bounds of ``Synapses(bounds=...)``. Raises KindError, UnknownNameError, ModelError, DimensionError."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise KindError(
            f"bounds must be a dictionary, not {type(given).__name__}.", "Write bounds={'w': (0, 1)}."
        ).located(synapses.title)
    found = {}
    for name, pair in given.items():
        _check_bounded(synapses, name)
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            message = f"The bounds of {name} must be two values, not {pair!r}."
            raise KindError(message, "Write (lower, upper); None leaves one side open.").located(synapses.title)
        lower, upper = (_bound(synapses, name, value, side) for side, value in enumerate(pair))
        found[name] = Bounds(name, lower, upper)
        if lower.text is None and upper.text is None and _number(lower) > _number(upper):
            raise _crossed(synapses, name, _number(lower), _number(upper))
    return found


def _check_bounded(synapses: Synapses, name: Any) -> None:
    equation = synapses.equations.get(name) if isinstance(name, str) else None
    if equation is None:
        known = ", ".join(n for n, e in synapses.equations.items() if e.type != "subexpression") or "none"
        raise UnknownNameError(
            f"bounds= names {name!r}, which is no variable of the model.", f"There are: {known}."
        ).located(synapses.title)
    if equation.type == "subexpression" or equation.flags & {"constant", "shared"} or equation.kind == "boolean":
        what = "a truth value" if equation.kind == "boolean" else "nothing that code changes"
        raise ModelError(
            f"{name} cannot have bounds: it is {what}.",
            "Bounds are for parameters and for variables with a differential equation.",
            equation.span,
        ).located(synapses.title, equation.text)


def _owner(synapses: Synapses, name: str) -> str:
    return f"{synapses.title}, bounds of {name}"


def _bound(synapses: Synapses, name: str, given: Any, side: int) -> Bound:
    equation = synapses.equations[name]
    if given is None:
        return Bound(None, Literal(_WIDEST[equation.kind][side]))
    if isinstance(given, str):
        expression = synapses.parsed(given, _owner(synapses, name))
        _check_names(synapses, name, expression, given)
        return Bound(given, expression, given)
    try:
        dimension, value = dimension_of(given), np.asarray(magnitude(given))
    except SpikeqError as error:
        raise error.located(_owner(synapses, name)) from None
    if value.ndim or value.dtype.kind not in "iuf" or np.isnan(value):
        raise KindError(
            f"The {_SIDES[side]} bound of {name} must be a number, a quantity or a string, not {given!r}.",
            "For a bound of each synapse name a parameter: (0, 'w_max').",
        ).located(synapses.title)
    if dimension != equation.dimension and not (dimension.is_dimensionless and value == 0):
        raise DimensionError(
            f"{name} is {in_units(equation.dimension)}, but its {_SIDES[side]} bound is {in_units(dimension)}.",
            f"Give a value in {equation.dimension}." if not equation.dimension.is_dimensionless else "Give a number.",
        ).located(synapses.title)
    if equation.kind == "integer":
        if value != np.trunc(value):
            raise _fraction(name, _SIDES[side]).located(synapses.title)
        return Bound(given, Literal(int(np.clip(value, *_WIDEST["integer"]))))
    return Bound(given, Literal(float(value)))


def _fraction(name: str, side: str) -> KindError:
    return KindError(f"{name} is an integer, but its {side} bound is a real number.", "Give a whole number.")


def _check_names(synapses: Synapses, name: str, expression: Expression, text: str) -> None:
    """Bounds are read from outside and from parameters: from nothing that differs between steps."""
    for one in sorted(names(expression)):
        if synapses.symbol(one) is None or (one in synapses.equations and synapses.equations[one].type == "parameter"):
            continue
        raise ModelError(
            f"The bounds of {name} cannot read {one}, which is no parameter of the synapses.",
            "Use numbers, names from outside and the synapses' own parameters.",
            _span(expression, one),
        ).located(_owner(synapses, name), text)
    drawn = sorted(f for f in calls(expression) if f in FUNCTIONS and FUNCTIONS[f].stateful)
    if drawn:
        raise ModelError(
            f"The bounds of {name} cannot be random: {drawn[0]}().", "Draw the values once: S.w_max = 'rand()'."
        ).located(_owner(synapses, name), text)


def _span(expression: Expression, name: str) -> Span | None:
    return next(node.span for node in walk(expression) if isinstance(node, Name) and node.name == name)


def _number(bound: Bound) -> float:
    assert isinstance(bound.expression, Literal)
    return float(bound.expression.value)


def _crossed(synapses: Synapses, name: str, lower: float, upper: float) -> ValueRangeError:
    message = f"The lower bound of {name}, {lower:.6g}, is above the upper, {upper:.6g}."
    return ValueRangeError(message, "Write (lower, upper).").located(synapses.title)


def bound_texts(synapses: Synapses) -> list[tuple[str, str, Expression]]:
    """The bounds that are strings, with their texts and what messages call them."""
    every = [(name, side) for name, bounds in synapses._bounds.items() for _, side in bounds.sides]
    return [(_owner(synapses, name), side.text, side.expression) for name, side in every if side.text is not None]


# -- in a run ---------------------------------------------------------------------------------------------------------


def contribute_bounds(synapses: Synapses, assembly: Assembly) -> None:
    """Resolve the bounds for a run, and have them and the values checked before its first step."""
    for bounds in synapses._bounds.values():
        lower, upper = (_resolved(synapses, assembly, bounds.name, side, one) for side, one in bounds.sides)
        target = Access(assembly.key(synapses, bounds.name), "own", synapses._variables[bounds.name].kind)
        assembly.bounds[target.key] = Assign(target, "=", Call("clip", (target, lower, upper)))
        assembly.checks.append(_check_of(synapses, bounds.name, target, (lower, upper)))


def within_bounds(assembly: Assembly, body: tuple[Assign, ...] | list[Assign]) -> tuple[Assign, ...]:
    """What clips, at the end of a block, the variables with bounds that it assigned to."""
    written = dict.fromkeys(one.target.key for one in body if isinstance(one.target, Access))
    return tuple(assembly.bounds[key] for key in written if key in assembly.bounds)


def _resolved(synapses: Synapses, assembly: Assembly, name: str, side: str, bound: Bound) -> Expression:
    if bound.text is None:
        return bound.expression
    scope, owner = assembly.scope_of(synapses), _owner(synapses, name)
    checked = scope.checked(bound.expression, bound.text, owner)
    variable = synapses._variables[name]
    try:
        check_dimension(bound.expression, checked, variable.dimension, name)
        if checked.kind == "boolean":
            raise KindError(f"The {side} bound of {name} is true or false.", "Give a number.")
        if variable.kind == "integer" and checked.kind != "integer":
            raise _fraction(name, side)
        for one in sorted(names(bound.expression)):
            if (synapses.name, one) in assembly.changed:
                raise ModelError(
                    f"{one} is a bound of {name}, but code changes it during a run.",
                    f"Write clip({name}, ...) in the statements instead.",
                    _span(bound.expression, one),
                )
        if any(scope.outside.is_table(function) for function in calls(bound.expression)):
            raise ModelError(f"The {side} bound of {name} changes with time.", "Write clip(...) in the statements.")
    except SpikeqError as error:
        raise error.located(owner, bound.text) from None
    return scope.resolve(bound.expression)


def _check_of(
    synapses: Synapses, name: str, target: Access, bounds: tuple[Expression, Expression]
) -> Callable[[Runner], None]:
    """What looks, before the first step and after every assignment during a run, at the bounds and the values."""

    def check(runner: Runner) -> None:
        values = runner.arrays[target.key]
        clock = next(iter(runner.every))
        lower, upper = (runner.constant(bound, clock, target.kind) for bound in bounds)
        if lower.is_floating_point() and (bool(lower.isnan().any()) or bool(upper.isnan().any())):
            raise ValueRangeError(f"A bound of {name} is NaN.", "Give a number.").located(synapses.title)
        if values.dim() < 2 and max(lower.dim(), upper.dim()) == 2 and runner.rows > 1:
            raise ModelError(
                f"{name} is shared by the rows of the batch, but its bounds have a value for each row.",
                f"Declare {name} as '(per row)', or give it one pair of bounds.",
            ).located(synapses.title)
        crossed = lower > upper
        if bool(crossed.any()):
            raise _crossed(synapses, name, *(float(one.expand_as(crossed)[crossed][0]) for one in (lower, upper)))
        for side, outside, bound in (("above", values > upper, upper), ("below", values < lower, lower)):
            if bool(outside.any()):
                raise _outside(synapses, name, values, outside, bound, side)

    return check


def _outside(synapses: Synapses, name: str, values: Any, outside: Any, bound: Any, side: str) -> ValueRangeError:
    place = tuple(torch.nonzero(outside)[0].tolist())
    value, limit = float(values.expand_as(outside)[place]), float(bound.expand_as(outside)[place])
    row = f" in row {place[0]}" if len(place) == 2 and synapses.batch is not None else ""
    which = "upper" if side == "above" else "lower"
    return ValueRangeError(
        f"{synapses.name}.{name} of synapse {place[-1]}{row} is {value:.6g}, {side} its {which} bound {limit:.6g}.",
        f"Assign values within the bounds, for example S.{name} = 'clip({name}, low, high)'.",
    ).located(synapses.title)
