"""Neurons without equations: spikes at random with given rates, or at given times."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.codegen.tasks import Generate, Threshold
from spikeq.dimension import HERTZ, SECOND
from spikeq.errors import (
    DimensionError,
    KindError,
    ShapeError,
    SpikeqError,
    SpikeqWarning,
    ValueRangeError,
)
from spikeq.language.check import check_dimension
from spikeq.language.expression import Expression
from spikeq.language.statements import outer_expressions
from spikeq.network.clock import seconds
from spikeq.network.neuron_tasks import event_key
from spikeq.network.population import Population
from spikeq.network.scope import Scope
from spikeq.network.variables import Variable
from spikeq.network.views import Integers
from spikeq.units import dimension_of, magnitude, with_dimension

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly

_CONDITION = "rand() < rates*dt"
_LAST_STEP = 2.0**53  # no run comes that far
_SHIFT = 1e-3  # of a step: a time this little before a step belongs to it


class PoissonGroup(Population):
    """``N`` neurons that spike at random, each in every step with the probability ``rates*dt`` (1 if it is more).

    rates: in Hz, one number, ``[n]``, or a string that is evaluated in every step and may use ``t``, ``i`` and
    functions of time. ``P.rates`` reads as a quantity and, unless it is a string, can be assigned to.
    Raises DimensionError for other units, ValueRangeError for rates that are negative or NaN.
    """

    default_name = "poissongroup"

    def __init__(
        self,
        N: int,  # noqa: N803 - Brian2's name
        rates: Any,
        dt: Any = None,
        clock: Any = None,
        when: str = "thresholds",
        order: int = 0,
        namespace: Mapping[str, Any] | None = None,
        name: str | None = None,
        codeobj_class: Any = None,
    ) -> None:
        super().__init__(N, name, clock if clock is not None else dt, namespace, order, when)
        self.events["spike"] = _CONDITION
        self._condition = self.parsed(_CONDITION, self.title)
        text = rates if isinstance(rates, str) else None
        expression = None if text is None else self.parsed(text, f"{self.title}, rates")
        self._variables["rates"] = Variable("rates", HERTZ, expression=expression, source=text)
        self._rates = rates
        if text is None:
            self._values["rates"] = np.zeros(self._n)
        self._ready_for_use()
        if text is None:
            self._set("rates", rates, 1)

    @property
    def _rates_expression(self) -> Expression | None:
        return self._variables["rates"].expression

    def write(self, name: str, index: Integers | None, values: NDArray[Any]) -> None:
        """Store rates. Raises ValueRangeError for negative ones and NaN."""
        self._require_rates(values)
        super().write(name, index, values)

    def _require_rates(self, values: NDArray[Any]) -> None:
        wrong = ~(values >= 0)
        if wrong.any():
            raise ValueRangeError(
                f"A rate cannot be {np.asarray(values)[wrong].flat[0]} Hz.", "Give rates of at least 0 Hz."
            ).located(f"{self.title}, rates")

    def _require_chances(self, chances: NDArray[Any]) -> None:
        self._require_rates(chances / self.clock.dt_)

    # -- for the compiler ---------------------------------------------------------------------------------------------

    def make_scope(self, assembly: Assembly) -> Scope:
        """What the names of the group's strings mean in this run."""
        codes = [regular.code for regular in self.regular]
        used = [self._condition]
        for code in codes:
            used += outer_expressions(code, self._variables.__contains__)
        used += [self._rates_expression] if self._rates_expression is not None else []
        return Scope(assembly, self, assembly.outside_of(self, used))

    def contribute(self, assembly: Assembly) -> None:
        """Add the drawing of spikes to the step."""
        scope = assembly.scope_of(self)
        if self._rates_expression is not None:
            self._check_rates(scope, self._rates_expression)
        clock, space = assembly.clock(self.clock), assembly.space(self)
        self.contribute_regular(assembly)
        slot = assembly.slot(self.when, self.order, f"{self.name}_spike_thresholder")
        assembly.chances[slot.name] = self._require_chances
        assembly.add(Threshold(slot, clock, space, event_key(self, "spike"), scope.resolve(self._condition)))

    def _check_rates(self, scope: Scope, expression: Expression) -> None:
        owner, text = f"{self.title}, rates", self._variables["rates"].source
        checked = scope.checked(expression, text, owner)
        try:
            check_dimension(expression, checked, HERTZ, "rates")
        except SpikeqError as error:
            raise error.located(owner, text) from None

    def __repr__(self) -> str:
        return f"PoissonGroup({self._n}, rates={self._rates!r}, name={self.name!r})"


class SpikeGeneratorGroup(Population):
    """``N`` neurons that spike at given times.

    indices, times: which neuron spikes when, both ``[spikes]``; a time belongs to the step that it lies in (a time
    less than a thousandth of a step before a step to that step). period: repeats the spikes, 0 s does not. In a
    batch all rows have the same spikes. sorted: promises that they are sorted by time, then by neuron.
    Raises ShapeError, KindError, DimensionError, and ValueRangeError for negative times, times beyond the period,
    a period that is no multiple of dt and two spikes of one neuron in one step; the last two when the network runs.
    """

    default_name = "spikegeneratorgroup"

    def __init__(
        self,
        N: int,  # noqa: N803 - Brian2's name
        indices: Any,
        times: Any,
        dt: Any = None,
        clock: Any = None,
        period: Any = None,
        when: str = "thresholds",
        order: int = 0,
        sorted: bool = False,  # noqa: A002 - Brian2's name
        name: str | None = None,
        codeobj_class: Any = None,
    ) -> None:
        super().__init__(N, name, clock if clock is not None else dt, None, order, when)
        self.events["spike"] = ""
        self._take(indices, times, period, sorted)
        self._ready_for_use()

    def set_spikes(
        self,
        indices: Any,
        times: Any,
        period: Any = None,
        sorted: bool = False,  # noqa: A002 - Brian2's name
    ) -> None:
        """Give other spikes, for the time to come. Errors as for a new group."""
        self._take(indices, times, period, sorted)
        if self._network is not None:
            self._warn_of_the_past(self.clock.steps)
            self._network.renew()

    def _take(self, indices: Any, times: Any, period: Any, is_sorted: bool) -> None:
        try:
            neurons, moments = _neurons(indices, self._n), _moments(times)
            length = _period(period)
            if len(neurons) != len(moments):
                raise ShapeError(f"There are {len(neurons)} indices, but {len(moments)} times.", "Give one each.")
            if length and moments.max(initial=0.0) >= length:
                raise ValueRangeError(
                    f"The period of {length} s is no longer than the latest spike time, {moments.max()} s.",
                    "Give a period that all times lie in.",
                )
            if is_sorted and _is_unsorted(moments, neurons):
                raise ValueRangeError("The spikes are not sorted by time, then by neuron.", "Leave out sorted=True.")
        except SpikeqError as error:
            raise error.located(self.title) from None
        if not is_sorted:
            order = np.lexsort((neurons, moments))
            neurons, moments = neurons[order], moments[order]
        self._indices, self._times, self._length = neurons, moments, length
        self._binned: tuple[float, Integers, Integers, int] | None = None
        self._held: tuple[Any, torch.Tensor] | None = None

    # -- use ----------------------------------------------------------------------------------------------------------

    @property
    def period(self) -> Any:
        """After what time the spikes are repeated, 0 s for never."""
        return with_dimension(self._length, SECOND)

    @property
    def neuron_index(self) -> NDArray[np.int32]:
        """The neurons of the spikes, sorted by time, ``[spikes]``."""
        return self._indices.astype(np.int32)

    @property
    def spike_time(self) -> Any:
        """The times of the spikes, sorted, ``[spikes]``."""
        return with_dimension(self._times, SECOND)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _bins(self) -> tuple[Integers, Integers, int]:
        """Steps and neurons of the spikes in order of time, and the period in steps (0 for none)."""
        dt = self.clock.dt_
        if self._binned is None or self._binned[0] != dt:
            steps = np.minimum((self._times + _SHIFT * dt) / dt, _LAST_STEP).astype(np.int64)
            order = np.lexsort((self._indices, steps))
            self._require_single(steps[order], self._indices[order], dt)
            self._binned = (dt, steps, self._indices, self._period_steps(steps, dt))
            self._held = None
        return self._binned[1:]

    def _require_single(self, steps: Integers, neurons: Integers, dt: float) -> None:
        twice = np.flatnonzero((np.diff(steps) == 0) & (np.diff(neurons) == 0))
        if len(twice):
            raise ValueRangeError(
                f"Neuron {neurons[twice[0]]} spikes more than once in the step at {steps[twice[0]] * dt:.6g} s.",
                f"Give it one spike in each step of {dt} s, or the group a smaller dt=.",
            ).located(self.title)

    def _period_steps(self, steps: Integers, dt: float) -> int:
        if not self._length:
            return 0
        count = round(self._length / dt)
        if self._length < dt or abs(count * dt - self._length) > 1e-9 * self._length:
            raise ValueRangeError(
                f"The period of {self._length} s is no whole multiple of the group's dt of {dt} s.",
                "Change the period or dt=.",
            ).located(self.title)
        if steps.max(initial=0) >= count:
            raise ValueRangeError(
                f"The last spike lies in the step that begins the next period of {self._length} s.",
                "Give a period that is longer.",
            ).located(self.title)
        return count

    def spikes(self, due: range, rows: int, device: torch.device) -> list[torch.Tensor]:
        """The spikes of each of the group's steps: row·n + neuron, row by row in order of time, int64."""
        steps, neurons, period = self._bins()
        phases = np.arange(due.start, due.stop)
        phases = phases % period if period else phases
        first, last = np.searchsorted(steps, phases, "left"), np.searchsorted(steps, phases, "right")
        flat = self._flat(neurons, rows, device)
        empty = flat[:, :0].reshape(-1)
        return [
            flat[:, a:b].reshape(-1) if a < b else empty for a, b in zip(first.tolist(), last.tolist(), strict=True)
        ]

    def _flat(self, neurons: Integers, rows: int, device: torch.device) -> torch.Tensor:
        if self._held is None or self._held[0] != (rows, device):
            row = torch.arange(rows, device=device).unsqueeze(1) * self._n
            self._held = ((rows, device), row + torch.from_numpy(neurons).to(device))
        return self._held[1]

    def _warn_of_the_past(self, now: int) -> None:
        steps, _, period = self._bins()
        if not period and len(steps) and steps[0] < now:
            warnings.warn(
                f"{self.name}: spikes before t = {now * self.clock.dt_:.6g} s are left out.",
                SpikeqWarning,
                stacklevel=4,
            )

    # -- for the compiler ---------------------------------------------------------------------------------------------

    def make_scope(self, assembly: Assembly) -> Scope:
        """What the names of strings about the group mean in this run."""
        return Scope(assembly, self, assembly.outside_of(self, []))

    def contribute(self, assembly: Assembly) -> None:
        """Add the emission of spikes to the step. Raises ValueRangeError for what does not fit the time step."""
        self._bins()
        clock = assembly.clock(self.clock)
        key = event_key(self, "spike")
        assembly.generators[key] = (self, clock)
        assembly.add(Generate(assembly.slot(self.when, self.order, self.name), clock, assembly.space(self), key))

    def _kept(self) -> Any:
        """The spikes, for ``store``."""
        return self._indices, self._times, self._length

    def _return_to(self, kept: Any) -> None:
        """Go back to what ``kept`` gave."""
        self._indices, self._times, self._length = kept
        self._binned = self._held = None

    def __repr__(self) -> str:
        return f"SpikeGeneratorGroup({self._n}, {len(self._indices)} spikes, name={self.name!r})"


def _neurons(indices: Any, n: int) -> Integers:
    found = np.asarray(magnitude(indices))
    if not dimension_of(indices).is_dimensionless:
        raise DimensionError("indices are numbers of neurons and have no unit.", "Give whole numbers.")
    if found.ndim != 1:
        help = "Give a list of neurons."
        if found.ndim == 2:
            help = "The rows of a batch have the same spikes; PoissonGroup takes rates [batch, n]."
        raise ShapeError(f"indices must be [spikes], not {list(found.shape)}.", help)
    if found.dtype.kind == "b" or (found.dtype.kind not in "iu" and not np.array_equal(found, np.trunc(found))):
        raise KindError("indices must be whole numbers.", "Give the numbers of neurons, counted from 0.")
    if len(found) and (found.min() < 0 or found.max() >= n):
        wrong = found.max() if found.max() >= n else found.min()
        raise ShapeError(f"There is no neuron {wrong}: the group has {n}.", "Neurons count from 0.")
    return found.astype(np.int64)


def _moments(times: Any) -> NDArray[np.float64]:
    found = np.asarray(magnitude(times))
    if found.dtype.kind not in "biuf":
        raise KindError(f"times must be numbers with a unit, not {type(times).__name__}.", "Write [1, 2]*ms.")
    found = found.astype(np.float64)
    if found.size and dimension_of(times) != SECOND:
        raise DimensionError(f"times must be in second, but they are in {dimension_of(times)}.", "Write [1, 2]*ms.")
    if found.ndim != 1:
        raise ShapeError(f"times must be [spikes], not {list(found.shape)}.", "Give a list of times.")
    wrong = ~((found >= 0) & np.isfinite(found))
    if wrong.any():
        raise ValueRangeError(f"A spike cannot be at {found[wrong][0]} s.", "Give times of at least 0 s.")
    return found


def _period(period: Any) -> float:
    if period is None or (not isinstance(period, str) and dimension_of(period).is_dimensionless and not period):
        return 0.0
    length = seconds(period, "The period")
    if not length >= 0:
        raise ValueRangeError(f"The period cannot be {length} s.", "Give a time, or 0*second for no repetition.")
    return 0.0 if length == float("inf") else length


def _is_unsorted(moments: NDArray[Any], neurons: Integers) -> bool:
    step, same = np.diff(moments), np.diff(neurons)
    return bool(((step < 0) | ((step == 0) & (same < 0))).any())
