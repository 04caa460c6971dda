"""A set of equations, with the interface of Brian2's ``Equations``: immutable, checked as far as it can be alone."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from typing import Literal as OneOf

from spikeq.dimension import BASE_UNITS, DIMENSIONLESS, NAMED, SECOND, Dimension
from spikeq.errors import (
    DimensionError,
    KindError,
    NameConflictError,
    SpikeqError,
    SpikeqWarning,
)
from spikeq.language import equation_checks as checks
from spikeq.language.check import Checked, FunctionLookup, Lookup, Symbol, infer
from spikeq.language.expression import (
    Binary,
    Call,
    Expression,
    Literal,
    Name,
    Unary,
    calls,
    names,
    rewrite,
    to_text,
)
from spikeq.language.functions import check_variable_name, is_noise
from spikeq.language.model import Equation, EquationType
from spikeq.language.parse import parse_equations, parse_expression
from spikeq.language.wording import in_units, short, unit_help
from spikeq.units.reading import dimension_of, magnitude

NOISE = Symbol(DIMENSIONLESS / SECOND**0.5)
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class Equations(Mapping[str, Equation]):
    """Differential equations, subexpressions and parameters.

    ``Equations("dv/dt = -v/tau : volt", tau="tau_m")`` replaces names by names, numbers or quantities, also on the
    left of ``=``. ``a + b`` joins equations and strings. A sequence of ``Equation`` records is taken as it is,
    without a look at the names. Raises EquationSyntaxError, NameConflictError, ModelError, KindError, LimitError.
    """

    __slots__ = ("_equations", "_order", "_substituted", "_stochastic_type")

    def __init__(self, text: str | Iterable[Equation], **substitutions: Any) -> None:
        if isinstance(text, str):
            equations: Iterable[Equation] = _parsed(text)
        else:
            equations = _listed(text)
        self._equations = _by_name(_replaced(equations, substitutions) if substitutions else equations)
        for equation in self._equations.values():
            checks.check_kind(equation)
            checks.check_flags(equation, checks.FLAGS[equation.type])
            checks.check_draws(equation)
        checks.check_noise_names(self._equations.values())
        checks.check_shared(self._equations)
        self._order = checks.order_subexpressions(self._equations)
        self._substituted = checks.substitute_subexpressions(self._equations, self._order)
        self._stochastic_type = self._noise()

    def __getitem__(self, name: str) -> Equation:
        return self._equations[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._equations)

    def __len__(self) -> int:
        return len(self._equations)

    def __add__(self, other: Equations | str) -> Equations:
        if not isinstance(other, Equations | str):
            return NotImplemented
        return Equations([*self.values(), *_records(other)])

    def __radd__(self, other: str) -> Equations:
        return Equations([*_records(other), *self.values()]) if isinstance(other, str) else NotImplemented

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Equations):
            return NotImplemented
        return sorted(map(equation_text, self.values())) == sorted(map(equation_text, other.values()))

    def __hash__(self) -> int:
        return hash(frozenset(map(equation_text, self.values())))

    def __str__(self) -> str:
        return "\n".join(equation_text(equation) for equation in self.ordered)

    def __repr__(self) -> str:
        return f"Equations('''\n{self}\n''')"

    @property
    def ordered(self) -> list[Equation]:
        """Subexpressions, each after those that it reads; then differential equations; then parameters."""
        rest = (self._of("differential"), self._of("parameter"))
        return [self[name] for name in [*self._order, *(name for group in rest for name in sorted(group))]]

    @property
    def names(self) -> set[str]:
        """All names that are defined here."""
        return set(self)

    @property
    def diff_eq_names(self) -> set[str]:
        """The variables with a differential equation."""
        return self._of("differential")

    @property
    def subexpr_names(self) -> set[str]:
        """The subexpressions."""
        return self._of("subexpression")

    @property
    def eq_names(self) -> set[str]:
        """Everything that has a right-hand side."""
        return self.diff_eq_names | self.subexpr_names

    @property
    def parameter_names(self) -> set[str]:
        """The parameters."""
        return self._of("parameter")

    @property
    def dimensions(self) -> dict[str, Dimension]:
        """The dimension of every variable."""
        return {name: equation.dimension for name, equation in self.items()}

    @property
    def identifiers(self) -> set[str]:
        """Every name that is read or called and not defined here, units and functions among them."""
        used = (e.expression for e in self.values() if e.expression is not None)
        return {name for expression in used for name in names(expression) | calls(expression)} - self.names

    @property
    def stochastic_variables(self) -> set[str]:
        """``xi`` and names that begin with ``xi_``."""
        return {name for name in self.identifiers if is_noise(name)}

    @property
    def is_stochastic(self) -> bool:
        """Whether there is white noise."""
        return bool(self.stochastic_variables)

    @property
    def stochastic_type(self) -> OneOf["additive", "multiplicative"] | None:
        """``"multiplicative"`` if noise is multiplied by a variable with an equation, or by the time.

        Decided by which names stand in the factors of noise, as written.
        """
        return self._stochastic_type

    def get_substituted_expressions(self, include_subexpressions: bool = False) -> list[tuple[str, Expression]]:
        """Name and right-hand side of each differential equation, its subexpressions put in.

        Subexpressions '(constant over dt)' are stored values and stay names. With ``include_subexpressions`` those
        come first, in an order in which they can be computed.
        """
        wanted = [*(self._order if include_subexpressions else ()), *self._differential()]
        return [(name, self._substituted[name]) for name in wanted]

    def symbols(self) -> dict[str, Symbol]:
        """What the variables' names stand for, white noise among them."""
        own = {name: Symbol(equation.dimension, equation.kind) for name, equation in self.items()}
        return own | {name: NOISE for name in self.stochastic_variables}

    def check_flags(self, allowed: Mapping[EquationType, Collection[str]], where: str = "") -> None:
        """Raise ModelError for a flag that the owner does not allow; ``where`` ends the message: `` in a group``."""
        for equation in self.values():
            checks.check_flags(equation, allowed.get(equation.type, ()), where)

    def check_units(self, lookup: Lookup, lookup_function: FunctionLookup | None = None) -> dict[str, Checked]:
        """Check every right-hand side, when outside names are known to ``lookup``. Returns what each one is.

        Raises DimensionError, KindError, UnknownNameError or ValueRangeError, with the equations' text.
        """
        own = self.symbols()
        found: dict[str, Checked] = {}
        for name, equation in self.items():
            if equation.expression is None:
                continue
            try:
                found[name] = infer(equation.expression, lambda n: own[n] if n in own else lookup(n), lookup_function)
                _check_right_side(equation, equation.expression, found[name])
            except SpikeqError as error:
                raise error.located("", equation.text) from None
        return found

    def _of(self, type: EquationType) -> set[str]:
        return {name for name, equation in self.items() if equation.type == type}

    def _differential(self) -> list[str]:
        return [name for name, equation in self.items() if equation.type == "differential"]

    def _noise(self) -> OneOf["additive", "multiplicative"] | None:
        state = self.diff_eq_names
        found: list[bool] = []
        for name in self._differential():
            try:
                factor = checks.noise_factor(self._substituted[name], state)
            except SpikeqError as error:
                raise checks.at(self[name], error) from None
            found.extend([] if factor is None else [factor])
        return None if not found else ("multiplicative" if any(found) else "additive")


def equation_text(equation: Equation) -> str:
    """One equation in the language itself."""
    left = f"d{equation.name}/dt" if equation.type == "differential" else equation.name
    right = "" if equation.expression is None else f" = {to_text(equation.expression)}"
    unit = str(equation.dimension) if equation.kind == "real" else equation.kind
    flags = f" ({', '.join(sorted(equation.flags))})" if equation.flags else ""
    return f"{left}{right} : {unit}{flags}"


def _records(equations: Equations | str) -> Iterable[Equation]:
    return _parsed(equations) if isinstance(equations, str) else equations.values()


def _listed(value: object) -> tuple[Equation, ...]:
    found = tuple(value) if isinstance(value, Iterable) else (value,)
    if not all(isinstance(one, Equation) for one in found):
        raise KindError(f"Equations need a string, not {type(value).__name__}.", "Write the equations in quotes.")
    return found


def _parsed(text: str) -> tuple[Equation, ...]:
    try:
        equations = parse_equations(text)
    except SpikeqError as error:
        raise error.located("", text) from None
    for equation in equations:
        checks.check_name(equation)
    return equations


def _by_name(equations: Iterable[Equation]) -> dict[str, Equation]:
    found: dict[str, Equation] = {}
    for equation in equations:
        if equation.name in found:
            error = NameConflictError(f"{equation.name} is defined twice.", "Delete or rename one.", equation.span)
            raise checks.at(equation, error)
        found[equation.name] = equation
    return found


def _check_right_side(equation: Equation, expression: Expression, checked: Checked) -> None:
    name, wanted = equation.name, equation.dimension
    if equation.type == "differential":
        name, wanted = f"d{name}/dt", wanted / SECOND
        if checked.kind == "boolean":
            raise KindError(f"{name} must be a number, but {short(expression)} is true or false.", "", expression.span)
    if checked.dimension != wanted:
        help = unit_help(wanted, checked.literal)
        if equation.type == "differential" and checked.dimension == equation.dimension:
            help = "Divide by a time constant, for example (v_rest - v)/tau."
        message = f"{name} must be {in_units(wanted)}, but its right side is {in_units(checked.dimension)}."
        raise DimensionError(message, help, expression.span)
    if equation.kind == "boolean" and checked.kind != "boolean":
        message = f"{name} is boolean, but {short(expression)} is a number."
        raise KindError(message, "Compare it with something, or declare the unit of the number.", expression.span)
    if equation.kind == "integer" and checked.kind == "real":
        message = f"{name} is an integer, but {short(expression)} is a real number."
        raise KindError(message, "Write int(...) around it, or declare ': 1'.", expression.span)


def _replaced(equations: Iterable[Equation], substitutions: Mapping[str, Any]) -> list[Equation]:
    """Equations with names replaced, all at the same time."""
    replacements = {name: _replacement(name, value) for name, value in substitutions.items()}
    results: list[Equation] = []
    used: set[str] = set()
    for equation in equations:
        expression, name = equation.expression, equation.name
        if expression is not None:
            used |= names(expression) | calls(expression)
            expression = rewrite(expression, lambda node: _replace_node(node, replacements))
        if name in replacements:
            used.add(name)
            name = _new_name(name, replacements[name])
        results.append(replace(equation, name=name, expression=expression))
    for name in sorted(set(substitutions) - used):
        warnings.warn(f"Nothing to replace: the equations have no {name!r}.", SpikeqWarning, stacklevel=4)
    return results


def _new_name(name: str, replacement: Expression) -> str:
    if not isinstance(replacement, Name):
        raise KindError(f"The variable {name} can only be replaced by another name.", f"Give {name}='other_name'.")
    check_variable_name(replacement.name)
    return replacement.name


def _replace_node(node: Expression, replacements: Mapping[str, Expression]) -> Expression:
    if isinstance(node, Name) and node.name in replacements:
        span = node.span
        return rewrite(replacements[node.name], lambda part: replace(part, span=span))
    if isinstance(node, Call) and node.function in replacements:
        other = replacements[node.function]
        if isinstance(other, Name):
            return replace(node, function=other.name)
        raise KindError(f"The function {node.function} can only be replaced by the name of another.", "", node.span)
    return node


def _replacement(name: str, value: Any) -> Expression:
    if isinstance(value, str):
        if _IDENTIFIER.fullmatch(value):
            return Name(value)
        try:
            return parse_expression(value)
        except SpikeqError as error:
            raise error.located(f"replacement of {name}", value) from None
    dimension, number = dimension_of(value), magnitude(value)
    if getattr(number, "shape", ()) != ():
        raise KindError(f"{name} can only be replaced by a name or a single number.", "Make it a parameter.")
    if isinstance(value, bool | int) and dimension.is_dimensionless:
        return _signed(value)
    written = _signed(float(number))
    return written if dimension.is_dimensionless else Binary("*", written, unit_expression(dimension))


def _signed(value: bool | int | float) -> Expression:
    return Unary("-", Literal(-value)) if value < 0 else Literal(value)


def unit_expression(dimension: Dimension) -> Expression:
    """A product of unit names that has this dimension and the factor 1."""
    named = NAMED.get(dimension, "")
    if named.isidentifier():
        return Name(named)
    result: Expression | None = None
    for unit, exponent in zip(BASE_UNITS, dimension.exponents, strict=True):
        if exponent:
            part: Expression = Name(unit)
            if exponent != 1:
                part = Binary("**", part, _ratio(exponent.numerator, exponent.denominator))
            result = part if result is None else Binary("*", result, part)
    return result or Literal(1)


def _ratio(numerator: int, denominator: int) -> Expression:
    top = _signed(numerator)
    return top if denominator == 1 else Binary("/", top, Literal(denominator))
