"""What a set of equations must fulfil before any outside name is known: names, flags, order, noise."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from spikeq.errors import KindError, LimitError, ModelError, NameConflictError, SpikeqError
from spikeq.language.expression import (
    Binary,
    Call,
    Comparison,
    Expression,
    Literal,
    Logical,
    Name,
    Unary,
    fold,
    names,
    rewrite,
    substitute,
    walk,
    with_children,
)
from spikeq.language.functions import FUNCTIONS, check_variable_name, is_noise
from spikeq.language.model import Equation, EquationType
from spikeq.language.wording import PER_ROW_ANYWAY

LARGEST_EXPRESSION = 100_000  # nodes, after subexpressions were put in

# The flags that an equation can have at all; each kind of group allows some of them.
FLAGS: Mapping[EquationType, frozenset[str]] = MappingProxyType(
    {
        "differential": frozenset({"unless refractory", "event-driven", "clock-driven"}),
        "subexpression": frozenset({"shared", "constant over dt", "summed"}),
        "parameter": frozenset({"constant", "shared", "linked", "per row"}),
    }
)
_EXCLUSIVE = (
    frozenset({"event-driven", "clock-driven"}),
    frozenset({"summed", "shared"}),
    frozenset({"summed", "constant over dt"}),
    frozenset({"linked", "constant"}),
    frozenset({"linked", "shared"}),
    frozenset({"linked", "per row"}),
    frozenset({"per row", "shared"}),
)


def at(equation: Equation, error: SpikeqError) -> SpikeqError:
    """The error with the equation's place, where it has none of its own, and its text."""
    error.span = error.span or equation.span
    return error.located("", equation.text)


def check_name(equation: Equation) -> None:
    """Raise NameConflictError unless the equation may define its name. Sums go into ``x_pre`` or ``x_post``."""
    name = equation.name
    if "summed" in equation.flags:
        name = name.removesuffix("_post").removesuffix("_pre")
    try:
        check_variable_name(name, equation.span)
    except NameConflictError as error:
        raise at(equation, error) from None


def check_kind(equation: Equation) -> None:
    """Raise KindError for a differential equation of an integer or a truth value."""
    if equation.type == "differential" and equation.kind != "real":
        message = f"{equation.name} is {equation.kind}, so it cannot follow a differential equation."
        raise at(equation, KindError(message, "Give it a unit, for example ': 1'.", equation.span))


def check_flags(equation: Equation, allowed: Collection[str], where: str = "") -> None:
    """Raise ModelError for a flag that is not ``allowed`` on this equation, or two that exclude each other."""
    sort = {"differential": "differential equation"}.get(equation.type, equation.type)
    for flag in sorted(equation.flags - set(allowed)):
        help = f"Allowed here: {', '.join(sorted(allowed))}." if allowed else "No flag is allowed here."
        help = PER_ROW_ANYWAY if flag == "per row" else help
        message = f"The {sort} of {equation.name} cannot be '{flag}'{where}."
        raise at(equation, ModelError(message, help, equation.span))
    for pair in _EXCLUSIVE:
        if pair <= equation.flags:
            first, second = sorted(pair)
            message = f"{equation.name} cannot be '{first}' and '{second}' at once."
            raise at(equation, ModelError(message, "Keep one of the two flags.", equation.span))


def check_shared(equations: Mapping[str, Equation]) -> None:
    """Raise ModelError for a shared subexpression that reads something that differs between neurons."""
    for equation in equations.values():
        if equation.type != "subexpression" or "shared" not in equation.flags or equation.expression is None:
            continue
        for node in walk(equation.expression):
            if isinstance(node, Name) and _varies(node.name, equations):
                message = f"{equation.name} is shared by all, but {node.name} differs between them."
                help = f"Drop the flag 'shared', or declare {node.name} as '(shared)'."
                raise at(equation, ModelError(message, help, node.span))
            if isinstance(node, Call) and _is_stateful(node):
                message = f"{equation.name} is shared by all, but {node.function}() draws a number for each."
                raise at(equation, ModelError(message, "Drop the flag 'shared'.", node.span))


def _varies(name: str, equations: Mapping[str, Equation]) -> bool:
    equation = equations.get(name)
    if equation is None:
        return name in ("i", "not_refractory", "lastspike")
    return not equation.flags & {"shared", "linked"}  # what a linked variable stands for is not known yet


def _is_stateful(node: Call) -> bool:
    return node.function in FUNCTIONS and FUNCTIONS[node.function].stateful


def check_draws(equation: Equation) -> None:
    """Raise ModelError for a subexpression that would give another random number wherever it is read."""
    if equation.type != "subexpression" or "constant over dt" in equation.flags or equation.expression is None:
        return
    for node in walk(equation.expression):
        if isinstance(node, Call) and _is_stateful(node):
            message = f"{equation.name} would be another random number at each use of {node.function}()."
            raise at(equation, ModelError(message, "Add the flag '(constant over dt)'.", node.span))


def check_noise_names(equations: Iterable[Equation]) -> None:
    """Raise ModelError for ``xi`` outside differential equations, or in two of them."""
    user: Equation | None = None
    for equation in equations:
        if equation.expression is None:
            continue
        for node in walk(equation.expression):
            if not isinstance(node, Name) or node.name != "xi":
                continue
            if equation.type != "differential":
                message = f"xi is white noise and cannot stand in {equation.name}, which is no differential equation."
                raise at(equation, ModelError(message, "Move it into the differential equation.", node.span))
            if user is not None and user is not equation:
                message = f"xi stands in the equations of {user.name} and {equation.name}."
                help = "Name it: xi_a and xi_b for independent noise, xi_a in both for the same."
                raise at(equation, ModelError(message, help, node.span))
            user = equation


def order_subexpressions(equations: Mapping[str, Equation]) -> list[str]:
    """The subexpressions' names, each after those that it reads. Raises ModelError that names a cycle."""
    reads = {
        equation.name: sorted(
            name for name in names(equation.expression) if name in equations and equations[name].type == "subexpression"
        )
        for equation in equations.values()
        if equation.type == "subexpression" and equation.expression is not None
    }
    ordered: list[str] = []
    done: set[str] = set()
    for root in sorted(reads):
        path: dict[str, None] = {}
        stack = [(root, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                del path[name]
                done.add(name)
                ordered.append(name)
            elif name in path:
                raise _cycle(equations[name], list(path))
            elif name not in done:
                path[name] = None
                stack.append((name, True))
                stack.extend((other, False) for other in reversed(reads[name]))
    return ordered


def _cycle(equation: Equation, path: list[str]) -> SpikeqError:
    cycle = [*path[path.index(equation.name) :], equation.name]
    shown = " -> ".join(cycle if len(cycle) <= 8 else [*cycle[:5], "...", *cycle[-2:]])
    message = f"{equation.name} is defined by itself: {shown}."
    return at(equation, ModelError(message, "Make one of them a parameter or a differential equation."))


def substitute_subexpressions(equations: Mapping[str, Equation], order: list[str]) -> dict[str, Expression]:
    """Every right-hand side with the subexpressions put in; those '(constant over dt)' are stored and stay names.

    Parts that several right-hand sides have in common are the same objects. Raises LimitError beyond
    ``LARGEST_EXPRESSION`` nodes.
    """
    sizes: dict[str, int] = {}
    replacements: dict[str, Expression] = {}
    conditions: set[str] = set()
    results: dict[str, Expression] = {}
    for name in [*order, *(name for name in equations if equations[name].type == "differential")]:
        equation = equations[name]
        assert equation.expression is not None
        sizes[name] = sum(sizes.get(n.name, 1) if isinstance(n, Name) else 1 for n in walk(equation.expression))
        if sizes[name] > LARGEST_EXPRESSION:
            message = f"{name} has more than {LARGEST_EXPRESSION} parts once its subexpressions are put in."
            raise at(equation, LimitError(message, "Mark a subexpression that is used often '(constant over dt)'."))
        results[name] = substitute(_as_numbers(equation.expression, conditions), replacements)
        if equation.type != "subexpression":
            continue
        if "constant over dt" in equation.flags:
            sizes[name] = 1
        elif _is_condition(results[name]) and equation.kind != "boolean":
            replacements[name] = Call("int", (results[name],), equation.expression.span)
        else:
            replacements[name] = results[name]
            conditions.update([name] if _is_condition(results[name]) else [])
    return results


def _is_condition(node: Expression) -> bool:
    if isinstance(node, Literal):
        return isinstance(node.value, bool)
    return isinstance(node, Comparison | Logical) or (isinstance(node, Unary) and node.op == "not")


def _as_numbers(expression: Expression, conditions: set[str]) -> Expression:
    """Write ``int(b)`` where the boolean subexpression b counts as 0 or 1: a condition itself may not stand there."""

    def change(node: Expression) -> Expression:
        if not isinstance(node, Binary | Comparison):
            return node
        sides = (node.left, node.right)
        counted = [isinstance(side, Name) and side.name in conditions for side in sides]
        if isinstance(node, Comparison) and all(c or _is_condition(s) for c, s in zip(counted, sides, strict=True)):
            return node
        numbers = (Call("int", (s,), s.span) if c else s for c, s in zip(counted, sides, strict=True))
        return with_children(node, tuple(numbers)) if any(counted) else node

    return rewrite(expression, change) if conditions else expression


def noise_factor(expression: Expression, state: Collection[str]) -> bool | None:
    """Whether white noise in the expression is multiplied by a variable in ``state`` or by the time.

    None without noise. Raises ModelError where the noise does not enter linearly.
    """

    def combine(node: Expression, operands: tuple[tuple[bool, bool | None], ...]) -> tuple[bool, bool | None]:
        if isinstance(node, Name):
            return (False, False) if is_noise(node.name) else (node.name in state or node.name == "t", None)
        depends = any(varies for varies, _ in operands)
        noisy = [factor for _, factor in operands if factor is not None]
        if not noisy:
            return depends, None
        match node:
            case Unary(op="+" | "-") | Binary(op="+" | "-"):
                return depends, any(noisy)
            case Binary(op="*") if len(noisy) == 1:
                other = operands[0] if operands[0][1] is None else operands[1]
                return depends, noisy[0] or other[0]
            case Binary(op="/") if operands[1][1] is None:
                return depends, noisy[0] or operands[1][0]
        raise ModelError(
            "White noise xi may only be added, and multiplied or divided by something that has no noise.",
            "Write the right side as f + g*xi.",
            node.span,
        )

    return fold(expression, combine)[1]
