"""Flows as a linear system dX/dt = A*X + b, and which variables depend on which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from spikeq.discretise.affine import affine
from spikeq.discretise.flow import Facts, Flow, names_of
from spikeq.discretise.noise import refuse_noise
from spikeq.errors import MethodError
from spikeq.language.expression import Expression


@dataclass(frozen=True, slots=True)
class LinearSystem:
    """Coefficients that do not change during a step; what is not in the tables is zero.

    ``inputs[x]`` is the constant part of dx/dt; ``factors[x][y]`` multiplies y there.
    """

    variables: tuple[str, ...]
    factors: dict[str, dict[str, Expression]]
    inputs: dict[str, Expression]
    _known: dict[str, list[str]] = field(default_factory=dict, init=False, compare=False, repr=False)

    def without(self, held: frozenset[str]) -> LinearSystem:
        """The system while some variables stand still."""
        factors = {name: {} if name in held else row for name, row in self.factors.items()}
        inputs = {name: part for name, part in self.inputs.items() if name not in held}
        return LinearSystem(self.variables, factors, inputs)

    def rate(self, name: str) -> Expression | None:
        """The variable's factor in its own equation, None for zero."""
        return self.factors[name].get(name)

    def sources(self, name: str) -> list[str]:
        """The other variables that its equation reads."""
        return [other for other in self.factors[name] if other != name]

    def ancestors(self, name: str) -> list[str]:
        """The variables that it depends on through any number of equations, itself included, in order."""
        if name in self._known:
            return self._known[name]
        found, todo = {name}, [name]
        while todo:
            new = [other for other in self.sources(todo.pop()) if other not in found]
            found.update(new)
            todo.extend(new)
        self._known[name] = [other for other in self.variables if other in found]
        return self._known[name]

    def loop(self, name: str) -> tuple[str, ...]:
        """The variables that it depends on and that depend on it, itself included, in order."""
        return tuple(other for other in self.ancestors(name) if name in self.ancestors(other))


def linear_system(flows: Sequence[Flow], facts: Facts) -> LinearSystem:
    """The coefficients. Raises ``MethodError`` for noise, for non-linear equations and for changing coefficients."""
    refuse_noise(flows, "exact")
    variables = names_of(flows)
    factors: dict[str, dict[str, Expression]] = {}
    inputs: dict[str, Expression] = {}
    for flow in flows:
        form = affine(flow.expression, variables)
        if form is None:
            raise MethodError(
                f"exact cannot integrate d{flow.name}/dt: it is not linear in {_listed(variables)}.",
                "Use method='exponential_euler', 'rk4' or 'euler'.",
                flow.expression.span,
            )
        factors[flow.name] = form.factors
        if form.constant is not None:
            inputs[flow.name] = form.constant
        for part in (form.constant, *form.factors.values()):
            _require_constant(flow, part, variables, facts)
    return LinearSystem(variables, factors, inputs)


def _require_constant(flow: Flow, part: Expression | None, variables: Sequence[str], facts: Facts) -> None:
    changing = sorted(facts.changing(part, variables)) if part is not None else []
    if changing:
        raise MethodError(
            f"exact cannot integrate d{flow.name}/dt: {_listed(changing)} may change during a step.",
            "Use method='exponential_euler' or 'euler'.",
            flow.expression.span,
        )


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
