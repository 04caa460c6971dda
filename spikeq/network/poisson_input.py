"""Many Poisson sources with one rate and one weight, summed: a binomial number in every step instead of synapses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.tasks import Assign, Statements
from spikeq.dimension import HERTZ
from spikeq.errors import DimensionError, KindError, ModelError, ShapeError, SpikeqError, ValueRangeError
from spikeq.language.check import check_assignable, check_dimension
from spikeq.language.expression import Access, Binary, Call, Comparison, Expression, Literal, Logical, Name, substitute
from spikeq.language.parse import parse_expression
from spikeq.network.member import Member
from spikeq.network.moments import checked_order, checked_when
from spikeq.network.scope import Scope
from spikeq.units import dimension_of, magnitude, with_dimension

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.clock import Clock


class PoissonInput(Member):
    """Adds ``weight*binomial(N, rate*dt)`` to a variable of each neuron in every step.

    target: a group or a part of one. target_var: the name of the variable. N: the number of sources of each neuron.
    rate: of each source, in Hz. weight: a number or quantity in the variable's unit, or a string in the target's
    names. when, order: at which place in the step.
    Raises DimensionError, KindError, ShapeError, ModelError, and ValueRangeError for a rate that is negative or more
    than one spike a step.
    """

    default_name = "poissoninput"

    def __init__(
        self,
        target: Any,
        target_var: str,
        N: int,  # noqa: N803 - Brian2's name
        rate: Any,
        weight: Any,
        when: str = "synapses",
        order: int = 0,
        name: str | None = None,
    ) -> None:
        super().__init__(name)
        self.target = target
        self.whole = getattr(target, "whole", target)
        self.target_var, self.N = target_var, int(N) if isinstance(N, float) and N % 1 == 0 else N
        self.when, self.order, self.active = checked_when(when), checked_order(order), True
        try:
            self._check_target()
            self._check_number()
            self.rate_ = _checked_rate(rate)
            self.weight = weight
            self._expression = self._weight_expression()
        except SpikeqError as error:
            raise error.located(self.title) from None

    def _check_target(self) -> None:
        if not hasattr(self.whole, "_variables") or self.whole.is_edges:
            raise KindError(
                f"{type(self.target).__name__} cannot be the target of a PoissonInput.", "Give a group of neurons."
            )
        variable = self.whole.variable(self.target_var)
        if variable.kind == "boolean":
            raise KindError(f"{self.target_var} is boolean: nothing can be added to it.", "Give a number's name.")
        if variable.scalar:
            raise ModelError(
                f"{self.target_var} is shared, but each neuron gets input of its own.",
                "Give a variable of the neurons.",
            )

    def _check_number(self) -> None:
        if isinstance(self.N, bool) or not isinstance(self.N, int | np.integer):
            raise KindError(f"N must be a whole number of sources, not {self.N!r}.", "Write for example N=1000.")
        if self.N < 0:
            raise ValueRangeError(f"There cannot be {self.N} sources.", "Give a number of at least 0.")

    def _weight_expression(self) -> Expression | None:
        """A string's expression. Raises DimensionError for a quantity that does not fit the variable."""
        if isinstance(self.weight, str):
            try:
                return parse_expression(self.weight)
            except SpikeqError as error:
                raise error.located(f"{self.title}, weight", self.weight) from None
        dimension, wanted = dimension_of(self.weight), self.whole.variable(self.target_var).dimension
        if dimension != wanted:
            raise DimensionError(
                f"The weight must be in {wanted}, as {self.target_var} is, but it is in {dimension}.",
                f"Give it a unit of {wanted}." if not wanted.is_dimensionless else "Give a plain number.",
            )
        number = np.asarray(magnitude(self.weight))
        if number.ndim:
            raise ShapeError(
                f"The weight must be one value, not {list(number.shape)}.",
                "For a weight of each neuron declare a parameter and name it: weight='w'.",
            )
        if not np.isfinite(number):
            raise ValueRangeError(f"The weight cannot be {number}.", "Give a finite number.")
        return None

    @property
    def rate(self) -> Any:
        """The rate of each source."""
        return with_dimension(self.rate_, HERTZ)

    @property
    def clock(self) -> Clock:
        """The clock of the target."""
        clock: Clock = self.whole.clock
        return clock

    # -- for the compiler -------------------------------------------------------------------------------------------

    def changes(self) -> set[tuple[str, str]]:
        """The variable that receives the input."""
        return {(self.whole.name, self.target_var)}

    def contribute(self, assembly: Assembly) -> None:
        """Add the input to the step. Raises the errors of the weight's text."""
        scope = Scope(
            assembly, self.whole, assembly.outside_of(self.whole, [self._expression or Name(self.target_var)])
        )
        try:
            weight = self._weight(assembly, scope)
            target = scope.target(self.target_var)
            assert target is not None
            access, _, gate = target
            reason = scope.read_only(self.target_var)
            if reason:
                raise ModelError(f"{self.target_var} cannot receive input: it is {reason}.", "Choose another variable.")
        except SpikeqError as error:
            raise error.located(
                f"{self.title}, weight", self.weight if self._expression is not None else None
            ) from None
        spikes = Call("binomial", (self._supplied(assembly, "N", self.N, "integer"), self._chance(assembly)))
        body = Assign(access, "+=", Binary("*", spikes, weight), self._guard(assembly, gate))
        slot = assembly.slot(self.when, self.order, self.name)
        assembly.add(Statements(slot, assembly.clock(self.clock), assembly.space(self.whole), (body,)))

    def _weight(self, assembly: Assembly, scope: Scope) -> Expression:
        symbol = self.whole.symbol(self.target_var)
        expression = self._expression
        if expression is None:
            return self._supplied(assembly, "weight", float(magnitude(self.weight)), "real")
        checked = scope.checked(expression, self.weight, f"{self.title}, weight")
        check_dimension(expression, checked, symbol.dimension, self.target_var)
        check_assignable(self.target_var, symbol, checked, "+=", expression.span)
        if self.target is not self.whole:  # i counts inside the part
            shifted = Binary("-", Name("i"), Literal(self.target.start))
            expression = substitute(expression, {"i": shifted, "N": Literal(len(self.target))})
        return scope.resolve(expression)

    def _chance(self, assembly: Assembly) -> Expression:
        chance = self.rate_ * self.clock.dt_
        if chance > 1:
            raise ValueRangeError(
                f"Sources of {self.rate_:g} Hz would spike more than once in a step of {self.clock.dt_:g} s.",
                "Choose a smaller dt, or more sources with a lower rate.",
            ).located(self.title)
        return self._supplied(assembly, "chance", chance, "real")

    def _supplied(self, assembly: Assembly, what: str, value: float, kind: Any) -> Expression:
        key = assembly.supply(f"{self.name}:{what}", np.asarray(value), kind, None)
        return Access(key, "scalar", kind)

    def _guard(self, assembly: Assembly, gate: Expression | None) -> Expression | None:
        """Refractoriness, and for a part of a group its bounds."""
        if self.target is self.whole:
            return gate
        number = assembly.element(self.whole, "i")
        start = self._supplied(assembly, "start", self.target.start, "integer")
        stop = self._supplied(assembly, "stop", self.target.stop, "integer")
        inside = Logical("and", Comparison(">=", number, start), Comparison("<", number, stop))
        return inside if gate is None else Logical("and", gate, inside)

    def __repr__(self) -> str:
        return f"PoissonInput({self.target.name}.{self.target_var}, N={self.N}, rate={self.rate}, name={self.name!r})"


def _checked_rate(rate: Any) -> float:
    if isinstance(rate, str):
        raise KindError("The rate of a PoissonInput is a number in Hz, not a string.", "Write for example rate=10*Hz.")
    if dimension_of(rate) != HERTZ:
        raise DimensionError(f"rate must be in Hz, but it is in {dimension_of(rate)}.", "Write for example 10*Hz.")
    number = np.asarray(magnitude(rate))
    if number.ndim:
        raise ShapeError(f"rate must be one value, not {list(number.shape)}.", "Use one PoissonInput for each rate.")
    if not (np.isfinite(number) and number >= 0):
        raise ValueRangeError(f"A rate cannot be {number} Hz.", "Give a rate of at least 0 Hz.")
    return float(number)
