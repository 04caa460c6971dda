"""Statements that run in every step of a clock of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spikeq.codegen.tasks import Assign, Statements
from spikeq.dimension import SECOND
from spikeq.errors import KindError, SpikeqError
from spikeq.language.expression import Access, Binary, Comparison, Expression, Literal, Logical, Name, substitute
from spikeq.language.model import Code
from spikeq.language.parse import parse_statements
from spikeq.network.clock import Clock, step_length
from spikeq.network.group import Group
from spikeq.network.member import checked_name
from spikeq.network.moments import checked_order, checked_when
from spikeq.units import with_dimension

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly


class RunRegularly:
    """What ``G.run_regularly`` made: ``code`` runs for every neuron in each step of the clock."""

    def __init__(
        self,
        group: Group,
        code: Code,
        dt: Any,
        when: str,
        order: int,
        name: str | None,
        part: tuple[int, int] | None = None,
    ) -> None:
        self.group, self.code, self.part = group, code, part
        self.when, self.order = checked_when(when), checked_order(order)
        self._given_name = checked_name(name)
        self._clock: Clock | None = dt if isinstance(dt, Clock) else None
        self._dt = None if dt is None or isinstance(dt, Clock) else step_length(dt)
        if self._dt is not None:
            self._clock = Clock(with_dimension(self._dt, SECOND))
        self.number = len(getattr(group, "regular", ()))
        self.active = True

    @property
    def name(self) -> str:
        """The name that orders it among what happens in the same slot."""
        suffix = "" if self.number == 0 else f"_{self.number}"
        part = "" if self.part is None else "_subgroup"
        return self._given_name or f"{self.group.name}{part}_run_regularly{suffix}"

    @property
    def clock(self) -> Clock:
        """Its own clock, or the group's."""
        return self._clock or self.group.clock


class RunsRegularly(Group):
    """A group with statements that run for each of its elements, and not at events."""

    def __init__(self, name: str | None, dt: Any, namespace: Mapping[str, Any] | None, order: int, when: str) -> None:
        super().__init__(name, dt, namespace, order, when)
        self.regular: list[RunRegularly] = []

    def statements(self, text: str, what: str) -> Code:
        """A block of statements. Raises EquationSyntaxError that names its owner."""
        require_text(text, what, self.title)
        try:
            return parse_statements(text)
        except SpikeqError as error:
            raise error.located(f"{self.title}, {what}", text) from None

    def run_regularly(
        self,
        code: str,
        dt: Any = None,
        clock: Any = None,
        when: str = "start",
        order: int = 0,
        name: str | None = None,
        codeobj_class: Any = None,
        part: tuple[int, int] | None = None,
    ) -> RunRegularly:
        """Run statements in every step of a clock: ``G.run_regularly('v = rand()*mV', dt=10*ms)``.

        ``part``: the first element and one past the last of those for which they run; a subgroup gives its own.
        """
        given = clock if clock is not None else dt
        made = RunRegularly(self, self.statements(code, "run_regularly"), given, when, order, name, part)
        self.regular.append(made)
        return made

    @property
    def parts(self) -> list[Any]:
        """Objects that belong to the group and run with it."""
        return list(self.regular)

    def changes(self) -> set[tuple[str, str]]:
        """The variables that the group's own statements assign to."""
        return {(self.name, statement.target) for one in self.regular for statement in one.code.statements}

    def finished_block(self, assembly: Assembly, body: tuple[Assign, ...]) -> tuple[Assign, ...]:
        """A block that runs for all elements, with what follows at its end."""
        return body

    def contribute_regular(self, assembly: Assembly) -> None:
        """Add what runs regularly to the step."""
        for one in self.regular:
            if one.active:
                code = one.code if one.part is None else _counted_inside(one.code, one.part)
                body = assembly.statements(assembly.scope_of(self), code, f"{self.title}, run_regularly")
                if one.part is not None:
                    body = _guarded(body, one.part, assembly.element(self, "i"))
                body = self.finished_block(assembly, body)
                slot, space = assembly.slot(one.when, one.order, one.name), assembly.space(self, self.is_edges)
                assembly.add(Statements(slot, assembly.clock(one.clock), space, body))


def _counted_inside(code: Code, part: tuple[int, int]) -> Code:
    """Statements in which ``i`` counts from the first element of the part and ``N`` is its size."""
    start, stop = part
    inside: dict[str, Expression] = {"i": Binary("-", Name("i"), Literal(start)), "N": Literal(stop - start)}
    return replace(
        code, statements=tuple(replace(one, expression=substitute(one.expression, inside)) for one in code.statements)
    )


def _guarded(body: tuple[Assign, ...], part: tuple[int, int], element: Expression) -> tuple[Assign, ...]:
    """The assignments, for the elements of the part only."""
    inside = Logical("and", Comparison(">=", element, Literal(part[0])), Comparison("<", element, Literal(part[1])))
    found = []
    for one in body:
        if isinstance(one.target, Access) and one.target.index != "scalar":
            one = replace(one, guard=inside if one.guard is None else Logical("and", one.guard, inside))
        found.append(one)
    return tuple(found)


def require_text(text: Any, what: str, owner: str) -> None:
    """Raise KindError for what is no string."""
    if not isinstance(text, str):
        raise KindError(f"{what} must be a string, not {type(text).__name__}.", "Write the code in quotes.").located(
            owner
        )
