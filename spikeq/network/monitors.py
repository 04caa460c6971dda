"""Monitors of variables and rates: what happens to a network, kept for the user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.codegen.tasks import RecordRate, RecordState
from spikeq.dimension import HERTZ, SECOND
from spikeq.errors import KindError, NetworkError, ShapeError, UnknownAttributeError, UnknownNameError, ValueRangeError
from spikeq.language.binding import caller_namespace
from spikeq.network.arrays import EVERYTHING
from spikeq.network.clock import Clock, seconds, step_length
from spikeq.network.neuron_tasks import event_key
from spikeq.network.outside import looking_in
from spikeq.network.record import Record, part_range, tables_of_bits, whole_range
from spikeq.network.subgroup import Subgroup
from spikeq.units import magnitude, with_dimension

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.rooms import Shape
    from spikeq.network.runner import Runner

Values = NDArray[Any]


class StateMonitor(Record):
    """Records variables of a group: ``M.v`` is ``[recorded, time]`` (``[batch, recorded, time]`` in a batch).

    variables: a name, several, or True for all. record: True for all elements, or indices. dt: how often (the
    group's own step). when, order: at which place in a step, by default its start, before anything changes.
    ``M.t`` are the times ``[time]``; ``M[3].v`` is the trace of element 3.
    """

    default_name = "statemonitor"

    def __init__(
        self,
        source: Any,
        variables: Any,
        record: Any,
        dt: Any = None,
        clock: Any = None,
        when: str = "start",
        order: int = 0,
        name: str | None = None,
        codeobj_class: Any = None,
    ) -> None:
        super().__init__(source, name, when, order)
        self._dt = None if dt is None or isinstance(dt, Clock) else step_length(dt)
        given = clock if clock is not None else dt
        self._clock = given if isinstance(given, Clock) else None
        if self._dt is not None:
            self._clock = Clock(with_dimension(self._dt, SECOND))
        self.record_variables = self._names(variables)
        self._chosen = self._indices(record)
        self._times: list[Values] = []
        self._parts: dict[str, list[Values]] = {name: [] for name in self.record_variables}

    def _names(self, variables: Any) -> tuple[str, ...]:
        if variables is True:
            return tuple(sorted(name for name in self.whole._variables if not name.startswith("_")))
        if not isinstance(variables, str | Iterable):
            raise KindError(f"{variables!r} is not the name of a variable.", "Give names such as 'v'.").located(
                self.title
            )
        found = (variables,) if isinstance(variables, str) else tuple(variables)
        for name in found:
            if not isinstance(name, str):
                raise KindError(f"{name!r} is not the name of a variable.", "Give names such as 'v'.").located(
                    self.title
                )
            if name not in ("i",) and self.whole.symbol(name) is None:
                raise UnknownNameError(self.whole._no_variable(name)).located(self.title)
        return found

    def _indices(self, record: Any) -> Values | None:
        """The recorded elements of the whole group; None for all of it."""
        if record is True:
            return None if self.source is self.whole else np.arange(self.source.start, self.source.stop)
        if record is False:
            return np.empty(0, np.int64)
        if isinstance(record, Subgroup):
            record = np.arange(record.start, record.stop) - getattr(self.source, "start", 0)
        if isinstance(record, str):
            raise KindError("record takes indices, not a string.", "Write record=G.i[:5] or a list.").located(
                self.title
            )
        chosen = np.asarray(magnitude(record))
        if chosen.size and chosen.dtype.kind not in "iub":
            raise KindError("record takes True or whole numbers.", "Write record=[0, 1].").located(self.title)
        chosen = np.flatnonzero(chosen) if chosen.dtype.kind == "b" else np.atleast_1d(chosen).astype(np.int64)
        size = len(self.source)
        if chosen.size and (chosen.min() < 0 or chosen.max() >= size):
            wrong = int(chosen.max() if chosen.max() >= size else chosen.min())
            raise ShapeError(
                f"Element {wrong} cannot be recorded: {self.source.name} has {size}.", "Elements count from 0."
            ).located(self.title)
        return chosen + getattr(self.source, "start", 0)

    @property
    def clock(self) -> Clock:
        """The clock of the monitor."""
        clock: Clock = self._clock or self.whole.clock
        return clock

    @property
    def record(self) -> Values:
        """The recorded elements, counted inside a subgroup."""
        everything = np.arange(len(self.whole)) if self._chosen is None else self._chosen
        return (everything - getattr(self.source, "start", 0)).astype(np.int32)

    @property
    def n_recorded(self) -> int:
        """How many elements are recorded."""
        return len(self.whole) if self._chosen is None else len(self._chosen)

    # -- for the compiler ---------------------------------------------------------------------------------------------

    def contribute(self, assembly: Assembly) -> None:
        """Add the recording to the step."""
        scope = assembly.scope_of(self.whole)
        self.clock_name = assembly.clock(self.clock)
        variables = tuple((name, scope.access(name)) for name in self.record_variables)
        indices, self._places, self._kept_elements = None, None, len(self.whole)
        if self._chosen is not None:
            elements, self._places = np.unique(self._chosen, return_inverse=True)
            indices, self._kept_elements = f"{self.name}.record", len(elements)
            assembly.sizes[self.name] = len(elements)
            tables = {"": elements, **tables_of_bits(elements, len(self.whole))}
            for name, values in tables.items():
                assembly.supply(indices + name, values, "integer", self.name)
        assembly.records[self.key] = self
        slot = assembly.slot(self.when, self.order, self.name)
        space = assembly.space(self.whole, self.whole.is_edges)
        assembly.add(RecordState(slot, self.clock_name, self.key, space, variables, indices))

    def _room(self, key: str, runner: Runner) -> dict[str, Shape]:
        """A number for each recorded element, by variable."""
        found: dict[str, Shape] = {}
        for name in self.record_variables:
            variable, kind = self.whole._variables.get(name), self.whole.symbol(name).kind
            dtype = runner.real if kind == "real" else {"integer": torch.int32, "boolean": torch.bool}[kind]
            dtype = torch.float64 if variable is not None and variable.step else dtype
            width = 1 if variable is not None and variable.scalar else self._kept_elements
            found[f"{key}.{name}"] = ((runner.rows, width), dtype)
        return found

    def _take(self, key: str, due: range, events: Any, rooms: dict[str, torch.Tensor]) -> None:
        """Keep the samples of one call."""
        if not len(due):
            return
        steps = np.arange(due.start, due.stop)
        self._times.append(steps * self.clock.dt_)
        for name in self.record_variables:
            values = rooms[f"{key}.{name}"].permute(1, 2, 0).contiguous().cpu().numpy()
            values = np.array(values, np.float64 if values.dtype == np.float32 else None)  # the room is used again
            variable = self.whole._variables.get(name)
            whole = self._places is None or (variable is not None and variable.scalar)
            self._parts[name].append(values if whole else values[:, self._places])

    def record_single_timestep(self) -> None:
        """Record the values as they are now, for example at the end of a run: ``M.t`` gains the present time.

        Raises NetworkError where there is no time yet.
        """
        if self._network is None:
            raise NetworkError("There is no present time yet.", "Add it to a Network first.").located(self.title)
        with looking_in(caller_namespace(1)):
            for name in self.record_variables:
                now = np.asarray(self.whole.value_of(name, None))
                wide = np.broadcast_to(now, (*now.shape[:-1], max(now.shape[-1:], default=1)))
                chosen = wide if self._chosen is None or wide.shape[-1] == 1 else wide[..., self._chosen]
                width = self._width_of(name)
                self._parts[name].append(np.array(np.broadcast_to(chosen, (self.rows, width)))[..., None])
        self._times.append(np.array([self._network.t_]))

    def _width_of(self, name: str) -> int:
        variable = self.whole._variables.get(name)
        return 1 if variable is not None and variable.scalar else self.n_recorded

    # -- results ------------------------------------------------------------------------------------------------------

    def values(self, name: str) -> Values:
        """Plain SI values, ``[recorded, time]`` or with a leading batch; the record itself."""
        parts = self._parts[name]
        joined = np.concatenate(parts, axis=-1) if parts else np.empty((self.rows, self._width_of(name), 0))
        self._parts[name] = [joined]
        return joined if self.batch is not None else joined[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "_parts" not in self.__dict__:
            raise AttributeError(name)
        return self.recorded(name, EVERYTHING)

    def recorded(self, name: str, positions: Any) -> Any:
        """A copy of what was recorded of a variable (``v``, or ``v_`` without units) at some places."""
        plain = name if name in self._parts else name.removesuffix("_")
        if plain not in self._parts:
            raise UnknownAttributeError(
                f"{self.name} does not record {name!r}.", f"It records {', '.join(self._parts) or 'nothing'}."
            ).located(self.title)
        values = self.values(plain)
        values = np.broadcast_to(values, (*values.shape[:-2], self.n_recorded, values.shape[-1]))
        values = values[..., positions, :].copy()
        return values if plain != name else with_dimension(values, self.whole.symbol(plain).dimension)

    @property
    def t_(self) -> Values:
        """The times of the samples in seconds, ``[time]``."""
        self._times = [np.concatenate(self._times)] if self._times else []
        return self._times[0] if self._times else np.empty(0)

    @property
    def t(self) -> Any:
        """The times of the samples, ``[time]``."""
        return with_dimension(self.t_, SECOND)

    def __getitem__(self, item: Any) -> MonitoredElement:
        """What was recorded of some elements, by their numbers in the group."""
        return MonitoredElement(self, self._positions(item))

    def _positions(self, item: Any) -> Any:
        recorded = self.record
        wanted = np.arange(len(self.source))[item] if isinstance(item, slice) else np.asarray(item)
        if wanted.dtype.kind not in "iu":
            raise KindError(f"{item!r} is not an element number.", "Write M[3].v.").located(self.title)
        where = np.searchsorted(recorded, wanted, sorter=np.argsort(recorded))
        order = np.argsort(recorded)
        bad = (where >= len(recorded)) | (recorded[order[np.minimum(where, len(recorded) - 1)]] != wanted)
        if np.any(bad):
            raise ShapeError(f"Element {np.atleast_1d(wanted)[np.atleast_1d(bad)][0]} was not recorded.").located(
                self.title
            )
        return order[where]

    def _state(self, name: str) -> Any:
        """As Brian2 stores it: ``[time, recorded]``."""
        return np.moveaxis(getattr(self, name), -1, -2) if name not in ("N", "t", "t_") else getattr(self, name)

    def _restart(self) -> None:
        """Forget everything that was recorded."""
        self._times = []
        self._parts = {name: [] for name in self.record_variables}

    def _kept(self) -> Any:
        """A copy of what was recorded, for ``store``."""
        return list(self._times), {name: list(parts) for name, parts in self._parts.items()}

    def _return_to(self, kept: Any) -> None:
        """Go back to what ``kept`` gave."""
        self._times, self._parts = list(kept[0]), {name: list(parts) for name, parts in kept[1].items()}


class MonitoredElement:
    """One or some elements of a StateMonitor: ``M[3].v`` is ``[time]``."""

    def __init__(self, monitor: StateMonitor, positions: Any) -> None:
        self._monitor, self._positions = monitor, positions

    def __getattr__(self, name: str) -> Any:
        monitor = self.__dict__["_monitor"]
        if name in ("t", "t_"):
            return getattr(monitor, name)
        return monitor.recorded(name, self.__dict__["_positions"])


class PopulationRateMonitor(Record):
    """The rate of a group in every step: ``M.rate`` is ``[time]`` in Hz (``[batch, time]`` in a batch)."""

    default_name = "ratemonitor"
    record_variables = ("rate",)

    def __init__(self, source: Any, name: str | None = None, codeobj_class: Any = None, dtype: Any = None) -> None:
        super().__init__(source, name, "end", 0)
        if not hasattr(self.whole, "events") or "spike" not in self.whole.events:
            raise UnknownNameError(f"{source.name} has no spikes to count.", "Give the group a threshold.").located(
                self.title
            )
        self._rates: list[Values] = []
        self._times: list[Values] = []

    @property
    def clock(self) -> Clock:
        """The clock of the group."""
        clock: Clock = self.whole.clock
        return clock

    def contribute(self, assembly: Assembly) -> None:
        """Add the counting to the step."""
        self.clock_name = assembly.clock(self.clock)
        assembly.records[self.key] = self
        slot, space = assembly.slot("end", 0, self.name), assembly.space(self.whole)
        event, (start, stop) = event_key(self.whole, "spike"), whole_range(self.source)
        assembly.sizes |= {f"{self.key} start": start, f"{self.key} stop": stop}
        assembly.add(RecordRate(slot, self.clock_name, self.key, space, event, part_range(self.source)))

    def _room(self, key: str, runner: Runner) -> dict[str, Shape]:
        """On a device that runs ahead: a count for each row."""
        return {f"{key}:count": ((runner.rows,), torch.int64)} if runner.ahead else {}

    def _take(self, key: str, due: range, events: Any, rooms: dict[str, torch.Tensor]) -> None:
        """Keep the counts of one call."""
        if not len(due):
            return
        if rooms:
            counts = rooms[f"{key}:count"].cpu().numpy()
        else:
            counts = np.array([one if isinstance(one, int) else one.cpu().numpy() for one in events]).reshape(
                len(due), -1
            )
            events.clear()
        self._rates.append(counts.T / (len(self.source) * self.clock.dt_))
        self._times.append(np.arange(due.start, due.stop) * self.clock.dt_)

    @property
    def t_(self) -> Values:
        """The times in seconds, ``[time]``."""
        return np.concatenate(self._times) if self._times else np.empty(0)

    @property
    def t(self) -> Any:
        """The times, ``[time]``."""
        return with_dimension(self.t_, SECOND)

    @property
    def rate_(self) -> Values:
        """Spikes per neuron and second, in Hz."""
        rates = np.concatenate(self._rates, axis=-1) if self._rates else np.empty((self.rows, 0))
        return rates if self.batch is not None else rates[0]

    @property
    def rate(self) -> Any:
        """Spikes per neuron and second."""
        return with_dimension(self.rate_, HERTZ)

    def smooth_rate(self, window: Any = "gaussian", width: Any = None) -> Any:
        """The rate smoothed with a 'flat' or 'gaussian' window of a width (a time), or with an array of weights.

        Raises ValueRangeError for another window, or a flat one that is not an odd number of steps after rounding up.
        """
        weights = self._window(window, width)
        rates = np.atleast_2d(self.rate_)
        smooth = np.array([np.convolve(row, weights / weights.sum(), mode="same") for row in rates])
        return with_dimension(smooth if self.batch is not None else smooth[0], HERTZ)

    def _window(self, window: Any, width: Any) -> Values:
        if not isinstance(window, str):
            return np.asarray(window, np.float64)
        if width is None:
            raise ValueRangeError("smooth_rate needs the width of its window.", "Write width=5*ms.").located(self.title)
        steps = seconds(width, "width") / self.clock.dt_
        if window == "gaussian":
            reach = int(np.round(2 * steps))
            return np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * steps**2))
        if window == "flat":
            return np.ones(int(steps / 2) * 2 + 1)
        raise ValueRangeError(f"There is no window {window!r}.", "Use 'flat' or 'gaussian'.").located(self.title)

    def _restart(self) -> None:
        """Forget everything that was recorded."""
        self._rates, self._times = [], []

    def _kept(self) -> Any:
        """A copy of what was recorded, for ``store``."""
        return list(self._rates), list(self._times)

    def _return_to(self, kept: Any) -> None:
        """Go back to what ``kept`` gave."""
        self._rates, self._times = list(kept[0]), list(kept[1])
