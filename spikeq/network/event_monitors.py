"""Monitors of events: which element had one, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.codegen.tasks import RecordEvents
from spikeq.dimension import SECOND
from spikeq.errors import KindError, UnknownAttributeError, UnknownNameError
from spikeq.network.neuron_tasks import event_key
from spikeq.network.record import Record, part_range, whole_range
from spikeq.units import magnitude, with_dimension
from spikeq_kernels.packed_bits import n_words, set_bits, set_truths

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.clock import Clock
    from spikeq.network.rooms import Shape
    from spikeq.network.runner import Runner

Values = NDArray[Any]


class EventMonitor(Record):
    """Records an event of a group: ``M.i`` are the elements and ``M.t`` the times, both ``[events]``.

    variables: further variables to record at the events, as ``M.v`` ``[events]``. record: False only counts.
    No event is kept then. ``M.count`` is ``[n]``. In a batch ``M.row`` says in which row each event was and ``count``
    is ``[batch, n]``.
    """

    default_name = "eventmonitor"

    def __init__(
        self,
        source: Any,
        event: str,
        variables: Any = None,
        record: Any = True,
        when: str | None = None,
        order: int | None = None,
        name: str | None = None,
        codeobj_class: Any = None,
    ) -> None:
        super().__init__(source, name, when or "start", order or 0)
        self.event = event
        if not isinstance(event, str):
            raise KindError(f"event must be a name, not {event!r}.", "Write for example 'spike'.").located(self.title)
        if event not in getattr(self.whole, "events", {}):
            raise UnknownNameError(
                f"{self.whole.name} has no event {event!r}.",
                "Give the group a threshold." if event == "spike" else "Give it as events= of the group.",
            ).located(self.title)
        self._when, self._order = when, order
        self.recording = record is not False
        named = (variables,) if isinstance(variables, str) else tuple(variables or ())
        for one in named:
            if self.whole.symbol(one) is None:
                raise UnknownNameError(self.whole._no_variable(one)).located(self.title)
        self.record_variables = named
        self._restart()

    def _restart(self) -> None:
        """Forget everything that was recorded."""
        self._seconds: list[Values] = []
        self._flat: list[Values] = []
        self._values: dict[str, list[Values]] = {name: [] for name in self.record_variables}
        self._counts: Values | None = None  # of those that are counted and not kept

    @property
    def clock(self) -> Clock:
        """The clock of the group."""
        clock: Clock = self.whole.clock
        return clock

    def contribute(self, assembly: Assembly) -> None:
        """Add the recording to the step."""
        self.clock_name = assembly.clock(self.clock)
        scope = assembly.scope_of(self.whole)
        usual, order = self.whole.schedule(self.event, "condition")
        when = self._when or usual
        order = self._order if self._order is not None else order + 1
        assembly.records[self.key] = self
        variables = tuple((name, scope.access(name)) for name in self.record_variables)
        slot, space = assembly.slot(when, order, self.name), assembly.space(self.whole)
        event, (start, stop) = event_key(self.whole, self.event), whole_range(self.source)
        assembly.sizes |= {f"{self.key} start": start, f"{self.key} stop": stop, f"{self.key} width": stop - start}
        assembly.sizes[f"{self.key} words"] = n_words(stop) - start // 32
        assembly.add(RecordEvents(slot, self.clock_name, self.key, space, event, part_range(self.source), variables))

    def _room(self, key: str, runner: Runner) -> dict[str, Shape]:
        """On a device that runs ahead: who had the event, and values of all elements."""
        if not runner.ahead:
            return {}
        start, stop = whole_range(self.source)
        shape = (runner.rows, stop - start)
        found: dict[str, Shape] = {f"{key}:mask": (shape, torch.bool)}
        if runner.packs:
            found = {f"{key}:bits": ((runner.rows, n_words(stop) - start // 32), torch.int32)}
        for name in self.record_variables:
            kind = self.whole.symbol(name).kind
            found[f"{key}.{name}"] = (shape, {"real": runner.real, "integer": torch.int32, "boolean": torch.bool}[kind])
        return found

    def _happened(self, key: str, rooms: dict[str, torch.Tensor]) -> Iterator[tuple[Values, Values, list[Values]]]:
        """In pieces: the step of the call times the rows plus the row, the element, and values of variables."""
        start, _ = whole_range(self.source)
        if f"{key}:bits" in rooms:
            first = start // 32 * 32 - start
            pieces: Any = ((slot, bit + first) for slot, bit in set_bits(rooms[f"{key}:bits"].flatten(0, 1)))
        else:
            pieces = set_truths(rooms[f"{key}:mask"].flatten(0, 1))
        for slot, element in pieces:
            values = [rooms[f"{key}.{name}"].flatten(0, 1)[slot, element] for name in self.record_variables]
            yield slot.cpu().numpy(), element.cpu().numpy() + start, [one.cpu().numpy() for one in values]

    def _listed(
        self, key: str, due: range, events: Any, rooms: dict[str, torch.Tensor]
    ) -> Iterator[tuple[Values, Values, list[Values]]]:
        """In pieces: the steps of the events, their numbers row·n + i, and values of variables."""
        if rooms:
            for slot, element, values in self._happened(key, rooms):
                step, row = np.divmod(slot, self.rows)
                yield due.start + step, row * len(self.whole) + element, values
        elif events:
            steps = np.repeat(np.array([one[0] for one in events], np.int64), [len(one[1]) for one in events])
            flat, *values = (torch.cat(parts).cpu().numpy() for parts in list(zip(*events, strict=True))[1:])
            yield steps, flat, values
            events.clear()

    def _take(self, key: str, due: range, events: Any, rooms: dict[str, torch.Tensor]) -> None:
        """Keep the events of one call."""
        for steps, flat, values in self._listed(key, due, events, rooms):
            if not len(flat):
                continue
            if not self.recording:
                self._add_to_counts(flat)
                continue
            self._seconds.append(steps * self.clock.dt_)
            self._flat.append(flat)
            for name, one in zip(self.record_variables, values, strict=True):
                self._values[name].append(one.astype(np.float64) if one.dtype == np.float32 else one)

    def _add_to_counts(self, flat: Values) -> None:
        row, element = np.divmod(flat, len(self.whole))
        if self._counts is None:
            self._counts = np.zeros((self.rows, len(self.source)), np.int32)
        np.add.at(self._counts, (row, element - getattr(self.source, "start", 0)), 1)

    # -- results ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _joined(parts: list[Values], dtype: Any = np.float64) -> Values:
        if len(parts) > 1:
            parts[:] = [np.concatenate(parts)]
        return parts[0] if parts else np.empty(0, dtype)

    @property
    def _elements(self) -> Values:
        return self._joined(self._flat, np.int64) % len(self.whole) - getattr(self.source, "start", 0)

    @property
    def i(self) -> Values:
        """The elements that had the event, ``[events]`` (counted inside a subgroup)."""
        return self._elements.astype(np.int32)

    @property
    def row(self) -> Values:
        """The rows of the batch, ``[events]``."""
        return (self._joined(self._flat, np.int64) // len(self.whole)).astype(np.int32)

    @property
    def t_(self) -> Values:
        """The times in seconds, ``[events]``."""
        return self._joined(self._seconds).copy()

    @property
    def t(self) -> Any:
        """The times, ``[events]``."""
        return with_dimension(self.t_, SECOND)

    @property
    def it_(self) -> tuple[Values, Values]:
        """Elements, and times in seconds."""
        return self.i, self.t_

    @property
    def it(self) -> tuple[Values, Any]:
        """Elements and times."""
        return self.i, self.t

    @property
    def num_events(self) -> int:
        """The number of events, over all elements and rows."""
        return len(self._joined(self._flat, np.int64)) if self._counts is None else int(self._counts.sum())

    @property
    def N(self) -> int:  # noqa: N802 - Brian2's name
        """The number of events."""
        return self.num_events

    @property
    def count(self) -> Values:
        """The number of events of each element, ``[n]`` or ``[batch, n]``."""
        n = len(self.source)
        if self._counts is not None:
            return self._counts.copy() if self.batch is not None else self._counts[0].copy()
        row = self._joined(self._flat, np.int64) // len(self.whole)
        counts = np.bincount(row * n + self._elements, minlength=self.rows * n).reshape(self.rows, n).astype(np.int32)
        return counts if self.batch is not None else counts[0]

    def values(self, name: str, row: int = 0) -> dict[int, Any]:
        """A variable's values at the events of each element (of one row of a batch)."""
        if name == "t":
            data: Any = self.t
        elif name in self._values:
            data = self._recorded(name)
        else:
            raise UnknownNameError(f"{self.name} does not record {name!r}.").located(self.title)
        here = self.row == row
        order = np.argsort(self.i[here], kind="stable")
        bounds = np.searchsorted(self.i[here][order], np.arange(len(self.source) + 1))
        sorted_ = data[here][order] if len(self.i) else data
        return {k: sorted_[bounds[k] : bounds[k + 1]] for k in range(len(self.source))}

    def all_values(self, row: int = 0) -> dict[str, dict[int, Any]]:
        """For "t" and each recorded variable what ``values`` gives."""
        return {name: self.values(name, row) for name in (*self.record_variables, "t")}

    @property
    def _states(self) -> tuple[str, ...]:
        return (*super()._states, "i", "count")

    def event_trains(self, row: int = 0) -> dict[int, Any]:
        """The times of each element's events."""
        return self.values("t", row)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "record_variables" not in self.__dict__:
            raise AttributeError(name)
        if name in self.record_variables:
            return self._recorded(name)
        if name.removesuffix("_") in self.record_variables:
            return magnitude(self._recorded(name.removesuffix("_")))
        raise UnknownAttributeError(
            f"{self.name} does not record {name!r}.", f"Make it with variables={name!r}."
        ).located(self.title)

    def _recorded(self, name: str) -> Any:
        variable = self.whole.symbol(name)
        dtype = {"real": np.float64, "integer": np.int32, "boolean": bool}[variable.kind]
        return with_dimension(self._joined(self._values[name], dtype).copy(), variable.dimension)

    def _kept(self) -> Any:
        """A copy of what was recorded, for ``store``."""
        counts = None if self._counts is None else self._counts.copy()
        return list(self._seconds), list(self._flat), {n: list(v) for n, v in self._values.items()}, counts

    def _return_to(self, kept: Any) -> None:
        """Go back to what ``kept`` gave."""
        self._seconds, self._flat = list(kept[0]), list(kept[1])
        self._values = {name: list(parts) for name, parts in kept[2].items()}
        self._counts = None if kept[3] is None else kept[3].copy()


class SpikeMonitor(EventMonitor):
    """Records spikes: ``M.i`` which neuron, ``M.t`` when, both ``[spikes]``; ``spike_trains()`` the times by neuron."""

    default_name = "spikemonitor"

    def __init__(
        self,
        source: Any,
        variables: Any = None,
        record: Any = True,
        when: str | None = None,
        order: int | None = None,
        name: str | None = None,
        codeobj_class: Any = None,
    ) -> None:
        super().__init__(source, "spike", variables, record, when, order, name)

    @property
    def num_spikes(self) -> int:
        """The number of spikes, over all neurons and rows."""
        return self.num_events

    def spike_trains(self, row: int = 0) -> dict[int, Any]:
        """The spike times of each neuron (of one row of a batch)."""
        return self.event_trains(row)
