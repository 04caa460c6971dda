"""One normalisation: which variable of which synapses gets which total, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spikeq.codegen.ends import Side
from spikeq.codegen.extents import STATEFUL
from spikeq.codegen.tasks import Normalise
from spikeq.dimension import Dimension
from spikeq.errors import (
    ClockError,
    DimensionError,
    KindError,
    ModelError,
    ShapeError,
    SpikeqError,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.language.expression import Access, Call, Expression, walk
from spikeq.language.wording import in_units
from spikeq.network.clock import rational, seconds
from spikeq.network.layouts.dense import Dense
from spikeq.network.layouts.layout import Layout
from spikeq.network.layouts.sparse import Sparse
from spikeq.network.member import checked_name
from spikeq.network.moments import checked_order, checked_when
from spikeq.network.pending import Held
from spikeq.network.synapse_tasks import supply_order
from spikeq.network.variables import Variable
from spikeq.units import dimension_of, magnitude
from spikeq_kernels.normalise import normalise, normalise_dense

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly

_MOST_STEPS = 2**53
AT_END, NOW = "end of run", "now"


def scale(layout: Layout, by: Side, values: torch.Tensor, total: torch.Tensor) -> None:
    """Give the absolute values ``[synapses]`` or ``[batch, synapses]`` of each neuron of one side their total."""
    if isinstance(layout, Dense):
        normalise_dense(values.view(*values.shape[:-1], layout.n_pre, layout.n_post), total, by)
        return
    ends = layout.stored(by) if isinstance(layout, Sparse) else layout.ends(by)
    ends = np.require(ends.view(np.int16) if ends.dtype == np.uint16 else ends, requirements=["W"])
    normalise(values, torch.from_numpy(ends).to(values.device), total, layout.size(by))


class Normaliser:
    """What ``S.normalise`` made. ``active = False`` switches it off, ``now()`` normalises at once."""

    def __init__(
        self,
        synapses: Any,
        variable: str,
        total: Any,
        every: Any,
        by: str,
        when: str | None,
        order: int,
        name: str | None,
    ) -> None:
        self.synapses, self.variable = synapses, variable
        self._given_name = checked_name(name)
        self.active, self.number = True, 0
        try:
            self._check_variable()
            if not isinstance(by, str) or by not in ("post", "pre"):
                raise UnknownNameError(f"by must be 'post' or 'pre', not {by!r}.", "by='post' sums what arrives.")
            self.by: Side = "post" if by == "post" else "pre"
            self.total = self._checked_total(total)
            self.every = self._checked_every(every)
            self.when, self.order = self._checked_moment(when), checked_order(order)
        except SpikeqError as error:
            raise error.located(self.title) from None

    # -- names --------------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The name that orders it among what happens in the same slot."""
        suffix = "" if self.number == 0 else f"_{self.number}"
        return self._given_name or f"{self.synapses.name}_normalise_{self.variable}{suffix}"

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"{self.synapses.title}, normalise({self.variable!r})"

    @property
    def side(self) -> Any:
        """The group, or part of one, each of whose neurons gets the total."""
        return self.synapses.target if self.by == "post" else self.synapses.source

    @property
    def whole(self) -> Any:
        """The whole group of that side."""
        return getattr(self.side, "whole", self.side)

    # -- checks -------------------------------------------------------------------------------------------------------

    def _check_variable(self) -> None:
        synapses, name = self.synapses, self.variable
        variable: Variable | None = synapses._variables.get(name) if isinstance(name, str) else None
        if variable is None or name.startswith("_"):
            if isinstance(name, str) and not name.startswith("_") and synapses.symbol(name) is not None:
                raise ModelError(f"{name} is not a variable of the synapses.", "Name a variable of their own model.")
            raise UnknownNameError(synapses._no_variable(name), "Name a variable of the synapses, such as 'w'.")
        equation = synapses.equations.get(name)
        if variable.kind != "real":
            raise KindError(f"{name} is {variable.kind}, and scaling gives real numbers.", f"Declare '{name} : 1'.")
        if variable.scalar:
            raise ModelError(f"{name} is shared: there is only one value.", "Drop the flag 'shared'.")
        if equation is not None and "event-driven" in equation.flags:
            raise ModelError(
                f"{name} is event-driven: its values belong to the times of the synapses' last events, so that their "
                "sum means nothing.",
                "Make it clock-driven, or normalise a parameter.",
            )
        if variable.expression is not None or variable.link is not None or variable.linked or variable.step:
            raise ModelError(f"{name} cannot be assigned to, so it cannot be scaled.", "Name a parameter.")

    def _checked_total(self, total: Any) -> Any:
        """A name, or SI values ``[]`` or ``[n]``."""
        dimension = self.synapses._variables[self.variable].dimension
        if isinstance(total, str):
            return self._checked_name_of_total(total, dimension)
        if isinstance(total, bool) or np.asarray(magnitude(total)).dtype.kind not in "iuf":
            raise KindError(f"total must be a number, not {total!r:.60}.", "Write for example total=78.4.")
        given = dimension_of(total)
        if given != dimension:
            raise DimensionError(
                f"total must be {in_units(dimension)}, as {self.variable} is, but it is {in_units(given)}.",
                "Give a plain number." if dimension.is_dimensionless else f"Give it a unit of {dimension}.",
            )
        values = np.array(magnitude(total), np.float64)
        if values.ndim and values.shape != (len(self.side),):
            raise ShapeError(
                f"total has the shape {list(values.shape)}, but {self.side.name} has {len(self.side)} neurons.",
                "Give one number, or one for each neuron.",
            )
        if not (np.isfinite(values) & (values >= 0)).all():
            wrong = values[~(np.isfinite(values) & (values >= 0))].flat[0]
            raise ValueRangeError(
                f"The absolute values of {self.variable} cannot have the sum {wrong:g}.", "Give a total of at least 0."
            )
        return values

    def _checked_name_of_total(self, total: str, dimension: Dimension) -> str:
        plain = total.removesuffix(f"_{self.by}")
        variable: Variable | None = self.whole._variables.get(plain)
        if variable is None:
            raise UnknownNameError(self.whole._no_variable(plain), "Name a variable of the neurons, or give a number.")
        if variable.kind == "boolean":
            raise KindError(f"{plain} is boolean, and a total is a number.", "Name a variable that is a number.")
        given = variable.dimension
        if given != dimension:
            raise DimensionError(
                f"The total must be {in_units(dimension)}, as {self.variable} is, but {plain} is {in_units(given)}.",
                "Declare the same unit on both sides.",
            )
        return plain

    def _checked_every(self, every: Any) -> int | float | None:
        """A number of steps, or a time in seconds."""
        if every is None:
            return None
        if isinstance(every, int | np.integer) and not isinstance(every, bool):
            number: int | float = int(every)
        elif isinstance(every, str) or np.ndim(magnitude(every)) or dimension_of(every).is_dimensionless:
            raise KindError(
                f"every must be a whole number of steps or a time, not {every!r:.60}.", "Write every=100 or 350*ms."
            )
        else:
            number = seconds(every, "every")
        if not 0 < number < float("inf"):
            raise ValueRangeError(f"every must be positive, but it is {every}.", "Write for example every=100.")
        if self.synapses._known_step is not None:
            _steps_of(number, self.synapses._known_step)
        return number

    def _checked_moment(self, when: str | None) -> str:
        if self.every is None:
            if when is not None and (not isinstance(when, str) or when not in (AT_END, NOW)):
                raise ModelError(
                    f"when={when!r} is a place in a step, but every= does not say in which steps.",
                    f"Give every=, or when={AT_END!r} or {NOW!r}.",
                )
            return when or AT_END
        if isinstance(when, str) and when in (AT_END, NOW):
            raise ModelError(f"when={when!r} and every={self.every} contradict each other.", "Leave one of them out.")
        return checked_when("end" if when is None else when)

    # -- at once ------------------------------------------------------------------------------------------------------

    def now(self, level: int = 0) -> None:
        """Normalise at once. Raises ConnectionError before ``connect``."""
        synapses = self.synapses
        synapses._require_synapses(self.variable)
        computed = isinstance(self.total, str) and self.whole._variables[self.total].expression is not None
        if synapses._pending and not computed:
            synapses._pending.append(Waiting(self))
        else:
            self.apply(level + 1)

    def apply(self, level: int = 0) -> None:
        """Scale the values, whatever may wait."""
        synapses, total = self.synapses, self.total
        values = torch.from_numpy(np.array(synapses.read(self.variable)))
        if isinstance(total, str):
            waiting = (self.whole, total) in synapses._held
            total = synapses.read_end(self.whole, total) if waiting else self.whole.read(total, level + 1)
            shared = self.whole._variables[self.total].scalar
            total = total[..., None] if shared else total[..., self._part]
        if np.ndim(total) == 2 and values.ndim == 1:
            raise rows_differ(self.title, self.variable)
        scale(synapses.layout, self.by, values, torch.as_tensor(np.array(total)))
        synapses.write(self.variable, None, values.numpy())

    @property
    def _part(self) -> slice:
        start = getattr(self.side, "start", 0)
        return slice(start, start + len(self.side))

    # -- for the compiler -------------------------------------------------------------------------------------------

    def contribute(self, assembly: Assembly) -> None:
        """Add it to the step, or to what follows the last step of a run. Raises ClockError, ModelError."""
        synapses, whole = self.synapses, self.whole
        if self.every is not None and synapses._variables[self.variable].constant:
            raise ModelError(
                f"{self.variable} is declared (constant), but it would change during the run.",
                "Drop the flag, or leave out every=: then it changes at the end of each run.",
            ).located(self.title)
        part = (0, -1) if whole is self.side else (self.side.start, self.side.stop)
        key = assembly.key(synapses, self.variable)
        task = Normalise(
            assembly.slot(self.when, self.order, self.name),
            assembly.clock(synapses.clock),
            assembly.space(synapses, edges=True),
            Access(key, "own", "real"),
            self._total(assembly),
            self.by,
            assembly.space(whole),
            part,
            self._period(assembly),
            tuple(assembly.bounds[key] for key in (key,) if key in assembly.bounds),
        )
        if task.every is None:
            self._require_plain(task.total)
            assembly.ending.append(task)
        else:
            supply_order(synapses, assembly, self.by)
            assembly.add(task)

    def _total(self, assembly: Assembly) -> Expression:
        if isinstance(self.total, str):
            return assembly.scope_of(self.whole).own_access(self.total)
        key = f"{self.name}:total"
        if not self.total.ndim:
            return Access(assembly.supply(key, self.total, "real", None), "scalar", "real")
        values = np.zeros(len(self.whole))
        values[self._part] = self.total
        return Access(assembly.supply(key, values, "real", self.whole.name), "own", "real")

    def _period(self, assembly: Assembly) -> Access | None:
        if self.every is None:
            return None
        try:
            steps = _steps_of(self.every, self.synapses.clock.dt_)
        except SpikeqError as error:
            raise error.located(self.title) from None
        key = assembly.supply(f"{self.name}:every", np.int64(steps), "integer", None)
        return Access(key, "scalar", "integer")

    def _require_plain(self, total: Expression) -> None:
        """At the end of a run the total is computed outside the compiled step, which some values need."""
        for node in walk(total):
            drawn = isinstance(node, Call) and (node.function in STATEFUL or node.function.startswith("_"))
            if drawn or (isinstance(node, Access) and node.index not in ("own", "scalar")):
                raise ModelError(
                    f"{self.total} depends on random numbers, spike times or links, which have no value after a run.",
                    "Name a parameter, or give every=.",
                ).located(self.title)

    def __repr__(self) -> str:
        every = "at the end of a run" if self.every is None else f"every={self.every}"
        return f"Normaliser({self.synapses.name}.{self.variable}, {every}, name={self.name!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A normalisation that must come after what waits for random numbers."""

    normaliser: Normaliser
    held: Held = field(default_factory=dict)

    @property
    def words(self) -> set[str]:
        """The names that it reads."""
        total = self.normaliser.total
        return {f"{total}_{self.normaliser.by}"} if isinstance(total, str) else set()


def rows_differ(owner: str, variable: str) -> SpikeqError:
    """The error where rows that share values would want different totals."""
    return ModelError(
        f"The total differs between the rows of the batch, but they share {variable}.",
        "Give a total that is the same in all rows, or give the synapses values for each row.",
    ).located(owner)


def _steps_of(every: int | float, dt: float) -> int:
    """A number of steps, or a time in seconds as steps. Raises ClockError for no whole number of them."""
    ratio = Fraction(every) if isinstance(every, int) else rational(every) / rational(dt)
    if ratio.denominator != 1:
        raise ClockError(
            f"every = {every:g} s is no whole number of steps of {dt:g} s.", "Choose a multiple of dt, or a smaller dt."
        )
    if ratio >= _MOST_STEPS:
        raise ClockError(f"every = {every:g} is more steps than can be counted.", "Choose a smaller number.")
    return int(ratio)
