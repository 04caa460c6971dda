"""What a method is given: differential equations, and what is known about the names in them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from spikeq.discretise.arithmetic import DT, TIME, call
from spikeq.language.expression import Binary, Call, Expression, Name, fold, substitute
from spikeq.language.functions import FUNCTIONS

STATEFUL = frozenset(function.name for function in FUNCTIONS.values() if function.stateful)
GATE = call("int", Name("not_refractory"))


def never(name: str) -> bool:
    """Nothing is known about the name."""
    return False


@dataclass(frozen=True, slots=True)
class Flow:
    """One equation dx/dt, its subexpressions replaced by what they stand for.

    ``guarded`` is "(unless refractory)": the whole right-hand side, noise included, counts as zero while
    ``not_refractory`` is false. ``expression`` is written without that factor.
    """

    name: str
    expression: Expression
    guarded: bool = False

    @property
    def right_side(self) -> Expression:
        """The right-hand side with the refractory factor."""
        return self.gated(self.expression)

    def gated(self, part: Expression) -> Expression:
        """A part of the right-hand side with the refractory factor."""
        return Binary("*", GATE, part) if self.guarded else part


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about names.

    ``constants(name)``: does not change while one step is integrated. ``frozen(name)``: does not change during a
    run. ``held(function)``: a function of time that keeps its value during a step (a ``TimedArray`` whose own
    step is a multiple of the clock's). ``step``: the time that ``exact`` integrates over.
    """

    constants: Callable[[str], bool]
    frozen: Callable[[str], bool] = never
    held: Callable[[str], bool] = never
    step: Expression = DT

    def changing(self, expression: Expression, flows: Collection[str]) -> frozenset[str]:
        """The names in an expression, random functions among them, that change during a step."""

        def combine(node: Expression, operands: tuple[frozenset[str], ...]) -> frozenset[str]:
            found = frozenset[str]().union(*operands)
            if isinstance(node, Name):
                known = node.name == "dt" or (node.name not in flows and self.constants(node.name))
                return frozenset() if known and node.name != "t" else frozenset({node.name})
            if isinstance(node, Call):
                found = found - {"t"} if self.held(node.function) else found
                return found | {node.function} if node.function in STATEFUL else found
            return found

        return fold(expression, combine)

    def thawed(self, expression: Expression) -> frozenset[str]:
        """The names in an expression, random functions among them, that may change during a run."""

        def combine(node: Expression, operands: tuple[frozenset[str], ...]) -> frozenset[str]:
            found = frozenset[str]().union(*operands)
            if isinstance(node, Name):
                known = node.name == "dt" or (node.name != "t" and self.frozen(node.name))
                return frozenset() if known else frozenset({node.name})
            if isinstance(node, Call) and node.function in STATEFUL:
                return found | {node.function}
            return found

        return fold(expression, combine)


def at(expression: Expression, points: dict[str, Expression], time: Expression | None = None) -> Expression:
    """A right-hand side at other values of its variables, and at another time if one is given."""
    return substitute(expression, points if time is None else {**points, "t": time})


def later(fraction: Expression) -> Expression:
    """``t + fraction``."""
    return Binary("+", TIME, fraction)


class Locals:
    """Local variables in the making, their names kept apart."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Expression]] = []
        self._taken: set[str] = set()

    def name(self, *words: str) -> str:
        """A name that no other local has: ``_k1_v``."""
        wanted = "_" + "_".join(words)
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name

    def add(self, expression: Expression, *words: str) -> Name:
        """Define a local variable and return the name to read it by."""
        name = self.name(*words)
        self.made.append((name, expression))
        return Name(name)


def names_of(flows: Sequence[Flow]) -> tuple[str, ...]:
    """The variables, in order."""
    return tuple(flow.name for flow in flows)
