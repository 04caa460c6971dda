"""What the rows of a batch share: how the changes that they make to it in one step become one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from spikeq.codegen.events import merged_number
from spikeq.codegen.extents import Reduction
from spikeq.codegen.tasks import Assign
from spikeq.errors import KindError, ModelError, UnknownNameError
from spikeq.language.equations import Equations
from spikeq.language.expression import Access, Binary, Expression, Name, rewrite
from spikeq.language.model import Code
from spikeq.network.bounds import within_bounds
from spikeq.network.connected import Connected
from spikeq.network.draws import Draws
from spikeq.network.holder import Values
from spikeq.network.views import Integers

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.bounds import Bounds
    from spikeq.network.synapses import Synapses

_WAYS: tuple[Reduction, ...] = get_args(Reduction)


class SharesByRows(Connected):
    """Which values the rows of a batch share, how they change them, and between which bounds values lie."""

    equations: Equations
    assigned_from_outside: set[str]
    _reduction: dict[str, Reduction]
    _bounds: dict[str, Bounds]

    def is_per_row(self, name: str) -> bool:
        """A synaptic parameter is one value, shared by the rows of a batch, unless it is declared "(per row)".

        What changes by an equation, or by other synapses, has a value a row.
        """
        variable = self._variables[name]
        follows = variable.step or variable.side is not None or variable.expression is not None
        by_row = self._draws_by_row(name) or name in self.assigned_from_outside
        return variable.scalar or follows or by_row

    def _draws_by_row(self, name: str) -> bool:
        equation = self.equations.get(name)
        return equation is not None and (equation.type == "differential" or "per row" in equation.flags)

    def draws_of(self, name: str) -> Draws:
        """Where the random numbers of a string come from: those of a variable with a value a row differ by row."""
        return self._network.draws if self._network is not None and self._draws_by_row(name) else self.draws

    def reduction_of(self, name: str) -> Reduction:
        """How changes that the rows of a batch make to a parameter that they share become one."""
        return self._reduction.get(name, "sum")

    @property
    def _codes(self) -> list[tuple[str, Code]]:
        """Every block of statements, and what messages call it."""
        raise NotImplementedError

    @property
    def reductions(self) -> dict[str, Reduction]:
        """The parameters that code changes and that the rows of a batch share, each with "sum" or "mean"."""
        written = {statement.target for _, code in self._codes for statement in code.statements}
        shared = (name for name in written if name in self._reduction and not self.has_rows(name))
        return {name: self._reduction[name] for name in shared if not self.is_per_row(name)}

    @property
    def bounds(self) -> dict[str, tuple[Any, Any]]:
        """The declared bounds of each variable, as they were given."""
        return {name: (one.lower.given, one.upper.given) for name, one in self._bounds.items()}

    def finished_block(self, assembly: Assembly, body: tuple[Assign, ...]) -> tuple[Assign, ...]:
        """What runs regularly: in the rows of a batch on values of their own, and within the bounds."""
        return (*whole_block(self, body), *within_bounds(assembly, body))

    def write(self, name: str, index: Integers | None, values: Values) -> None:
        """Store SI values; those of variables with bounds are checked before the next step."""
        super().write(name, index, values)
        if name in self._bounds and self._network is not None:
            self._network.renew()


def checked_reduction(synapses: Synapses, given: Any) -> dict[str, Reduction]:
    """How changes of each parameter that rows share are merged.

    Raises KindError for what is no reduction, UnknownNameError and ModelError for names of anything else.
    """
    shared = [name for name in synapses.equations if is_shared_by_rows(synapses, name)]
    if not isinstance(given, Mapping):
        way = _checked_way(synapses, given)
        return dict.fromkeys(shared, way)
    for name in given:
        if name not in synapses.equations:
            known = f"There are: {', '.join(shared)}." if shared else "There is none: leave reduction= out."
            raise UnknownNameError(f"reduction= names {name!r}, which is no parameter.", known).located(synapses.title)
        if name not in shared:
            raise ModelError(
                f"reduction= names {name}, of which the rows of a batch have nothing to merge.",
                "Name parameters that are real numbers, without the flags 'per row', 'shared' and 'constant'.",
                synapses.equations[name].span,
            ).located(synapses.title, synapses.equations[name].text)
    return {name: _checked_way(synapses, given.get(name, "sum")) for name in shared}


def _checked_way(synapses: Synapses, given: Any) -> Reduction:
    for way in _WAYS:
        if isinstance(given, str) and given == way:
            return way
    raise KindError(
        f"There is no reduction {given!r}.", "Write reduction='sum' or 'mean', or {'w': 'mean'} for one parameter."
    ).located(synapses.title)


def is_shared_by_rows(synapses: Synapses, name: str) -> bool:
    """Whether the rows of a batch may change a value of the model together: that of a plain parameter."""
    equation = synapses.equations[name]
    return (
        equation.type == "parameter"
        and equation.kind == "real"
        and not equation.flags & {"per row", "shared", "constant"}
    )


def require_numbers(synapses: Synapses, body: tuple[Assign, ...], owner: str) -> None:
    """Raise UnsupportedError where rows would merge truth values or whole numbers that they share."""
    if (synapses.batch or 1) == 1:
        return
    for target in (one.target for one in body if isinstance(one.target, Access)):
        if target.kind != "real" and target.key.startswith(f"{synapses.name}.") and _is_merged(synapses, target):
            raise merged_number(target.key, target.kind).located(owner)


def whole_block(synapses: SharesByRows, body: tuple[Assign, ...]) -> tuple[Assign, ...]:
    """A block that runs for all synapses, so that each row of a batch runs all of it on values of its own.

    What rows share is written at the end of the block; until then its new value is a temporary.
    """
    if (synapses.batch or 1) == 1:
        return body
    made: dict[str, Assign] = {}
    private: list[Assign] = []
    for one in body:
        value = _with_temporaries(one.value, made)
        target = one.target
        if not isinstance(target, Access) or target.kind != "real" or not _is_merged(synapses, target):
            private.append(replace(one, value=value))
            continue
        if one.op != "=":
            value = Binary(one.op.removesuffix("="), _with_temporaries(target, made), value)  # type: ignore[arg-type]
        temporary = Name(f"_row_{target.key.removeprefix(f'{synapses.name}.')}")
        private.append(Assign(temporary, "=", value))
        made[target.key] = Assign(target, "=", temporary)
    return (*private, *made.values())


def _is_merged(synapses: SharesByRows, target: Access) -> bool:
    name = target.key.removeprefix(f"{synapses.name}.")
    return target.index == "own" and not synapses.is_per_row(name) and not synapses.has_rows(name)


def _with_temporaries(expression: Expression, made: Mapping[str, Assign]) -> Expression:
    def change(node: Expression) -> Expression:
        if isinstance(node, Access) and node.index == "own" and node.key in made:
            return made[node.key].value
        return node

    return rewrite(expression, change)
