"""A group whose elements are neurons: numbered, and with parts that can be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.tasks import Statements
from spikeq.errors import KindError, ShapeError, SpikeqError
from spikeq.language.model import Code
from spikeq.language.parse import parse_statements
from spikeq.network.group import Group
from spikeq.network.moments import checked_when
from spikeq.network.regular import RunRegularly
from spikeq.network.subgroup import Subgroup, part_bounds

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly


class Population(Group):
    """``N`` neurons, parts of which can be taken, and statements that run regularly for them."""

    def __init__(
        self,
        N: int,  # noqa: N803 - Brian2's name
        name: str | None,
        dt: Any,
        namespace: Mapping[str, Any] | None,
        order: int,
        when: str,
    ) -> None:
        super().__init__(name, dt, namespace, order, checked_when(when))
        self._n = checked_size(N, self.title)
        self.events: dict[str, str] = {}
        self.regular: list[RunRegularly] = []

    def __len__(self) -> int:
        return self._n

    @property
    def start(self) -> int:
        """The first element: 0."""
        return 0

    @property
    def stop(self) -> int:
        """One past the last element."""
        return self._n

    @property
    def i(self) -> NDArray[np.int32]:
        """The numbers of the neurons, ``[n]``."""
        return np.arange(self._n, dtype=np.int32)

    @property
    def whole(self) -> Self:
        """The group itself, as a part of which it can stand."""
        return self

    def __getitem__(self, item: Any) -> Subgroup:
        return Subgroup(self, *part_bounds(item, self._n, self.title))

    def schedule(self, event: str, what: str) -> tuple[str, int]:
        """The slot and order of the spikes."""
        return self.when, self.order

    # -- statements ---------------------------------------------------------------------------------------------------

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
    ) -> RunRegularly:
        """Run statements in every step of a clock: ``G.run_regularly('v = rand()*mV', dt=10*ms)``."""
        given = clock if clock is not None else dt
        made = RunRegularly(self, self.statements(code, "run_regularly"), given, when, order, name)
        self.regular.append(made)
        return made

    @property
    def parts(self) -> list[Any]:
        """Objects that belong to the group and run with it."""
        return list(self.regular)

    def changes(self) -> set[tuple[str, str]]:
        """The variables that the group's own statements assign to."""
        return {(self.name, statement.target) for one in self.regular for statement in one.code.statements}

    def contribute_regular(self, assembly: Assembly) -> None:
        """Add what runs regularly to the step."""
        for one in self.regular:
            if one.active:
                body = assembly.statements(assembly.scope_of(self), one.code, f"{self.title}, run_regularly")
                slot = assembly.slot(one.when, one.order, one.name)
                assembly.add(Statements(slot, assembly.clock(one.clock), assembly.space(self), body))


def checked_size(n: Any, owner: str) -> int:
    """A number of elements. Raises ShapeError unless it is a whole number of at least 1."""
    whole = isinstance(n, int | np.integer) and not isinstance(n, bool)
    if not whole and isinstance(n, float) and n.is_integer():
        n, whole = int(n), True
    if not whole or n < 1:
        raise ShapeError(f"The number of neurons must be a whole number of at least 1, not {n!r}.").located(owner)
    if n >= 2**31:
        raise ShapeError(f"{n} neurons are more than spikeq can number.", "Use several groups.").located(owner)
    return int(n)


def require_text(text: Any, what: str, owner: str) -> None:
    """Raise KindError for what is no string."""
    if not isinstance(text, str):
        raise KindError(f"{what} must be a string, not {type(text).__name__}.", "Write the code in quotes.").located(
            owner
        )
