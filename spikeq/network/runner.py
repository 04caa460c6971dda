"""Runs a compiled step: gives it memory, makes what the host owes it for each call, and collects what it recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from spikeq.codegen.extents import CLOCK_DT, CLOCK_REAL, CLOCK_STEP, TIMED
from spikeq.codegen.requests import Column, Requests, Stream
from spikeq.codegen.tasks import RecordEvents, RecordRate, RecordState
from spikeq.compiler import Compiled
from spikeq.errors import NetworkError
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import Call, Expression
from spikeq.network.assembly import Assembly
from spikeq.network.fixed_sums import room_for_sums, set_limits
from spikeq.network.needs import explained, require_room
from spikeq.network.rooms import Rooms
from spikeq_kernels import distributions, philox

DTYPES = {"integer": torch.int32, "boolean": torch.bool, "step": torch.int64}
_NUMBERS_PER_CALL = 2**22  # of one stream or record: bounds the memory of a call
RECORDS = (RecordEvents, RecordRate, RecordState)


class Runner:
    """One compiled network, bound to its memory."""

    ahead = False  # whether code runs ahead of the host, so that events are masks and not lists
    packs = False  # whether it records them as bits
    longest = 1000  # steps in a call

    def __init__(self, assembly: Assembly, compiled: Compiled, every: dict[str, int], rows: int) -> None:
        self.assembly, self.compiled, self.every, self.rows = assembly, compiled, every, rows
        self.network = assembly.network
        self.device, self.real = self.network.device, self.network.real_type
        self.requests: Requests = compiled.source.requests  # type: ignore[assignment]
        self.rooms = Rooms.of(self)
        require_room(self)
        with explained(self):
            self.arrays = self._arrays()
            self.lists = self._lists()
            self.buffers = {name: self._buffer(*spec) for name, spec in compiled.source.buffers.items()}
            self.look_ups = {name: self._look_up(name) for name in self.requests.tables}
            self.seed = self.network.draws.seed
            self.bind()

    def renew(self, assembly: Assembly, compiled: Compiled, every: dict[str, int]) -> bool:
        """Whether this runner goes on with what its network has become, which it has then taken over."""
        return False

    def rebind(self) -> None:
        """Take over constants that were changed during a run."""
        for compute in self.assembly.computed:
            compute()
        for key, one in self.assembly.supplied.items():
            if key in self.arrays and one.computed:
                self.arrays[key].copy_(self._tensor(one.now(), one.kind))
        self.bind()

    def is_constant(self, group: Any, name: str) -> bool:
        """Whether a variable that was changed during a run is part of what was computed before.

        Raises NetworkError where its new values do not fit into the memory of the run.
        """
        name = group._array_of(name)
        key = f"{group.name}.{name}"
        if key not in self.arrays:
            return bool(self.assembly.computed)
        stored = group._values[name]
        if not isinstance(stored, torch.Tensor) or stored.data_ptr() != self.arrays[key].data_ptr():
            raise NetworkError(
                f"{key} cannot be given values of its own for each row or element while the network runs.",
                "Give it values of that shape before the run.",
            )
        return not self.compiled.plan.arrays[key].written

    # -- memory -------------------------------------------------------------------------------------------------------

    def bind(self) -> None:
        """Compute the constants and hand everything to the emitted code (again, if a constant array changed)."""
        self.constants = {c.name: self.constant(c.expression, c.clock, c.kind) for c in self.requests.constants}
        self.limits = {s.name: self._limits(s) for s in self.requests.streams if s.below is not None and not s.timed}
        self.means = {s.name: self._means(s) for s in self.requests.streams if s.arguments}
        types = (self.real, torch.int32, torch.bool)
        self.segments = self.compiled.bind(self.arrays, self.constants, self.buffers, self.lists, self.sizes(), types)
        for check in (set_limits, *self.assembly.checks):
            check(self)

    def sizes(self) -> dict[str, float]:
        """The numbers that emitted code asks for: of elements, of rows, and the steps of the clocks."""
        sizes = self.assembly.sizes | {f"dt {clock}": self._dt(clock) for clock in self.every}
        return {"the batch": self.rows, **sizes} | {f"every {clock}": count for clock, count in self.every.items()}

    def _arrays(self) -> dict[str, torch.Tensor]:
        found: dict[str, torch.Tensor] = {}
        for key, array in self.compiled.plan.arrays.items():
            if key not in self.assembly.variables and key not in self.compiled.source.arrays:
                continue
            if key in self.assembly.variables:
                group, name = self.assembly.variables[key]
                tensor = group.placed(name, array.rows, self.rows, self.device, self.real)
            else:
                tensor = self._tensor(self.assembly.supplied[key].now(), array.kind)
            narrow = array.space is None and not array.rows
            found[key] = tensor.view(()) if narrow and tensor.numel() == 1 else tensor
        return found

    def _tensor(self, values: Any, kind: str) -> torch.Tensor:
        if np.ndim(values) and values.dtype == np.uint16:
            values = values.view(np.int16)  # torch has few operations for the other; code takes the sign off
        tensor = (
            torch.from_numpy(np.require(values, requirements=["C", "W"]))
            if np.ndim(values)
            else torch.tensor(np.asarray(values)[()])
        )
        if kind == "integer" and tensor.dtype in (torch.int64, torch.int16):
            return tensor.to(self.device)
        return tensor.to(self.device, self.real if kind == "real" else DTYPES[kind])

    def _buffer(self, space: str, kind: str, rows: bool, wide: bool) -> torch.Tensor:
        dtype = self.real if kind == "real" else DTYPES[kind]
        shape = ((self.rows,) if rows else ()) + ((self._size(space),) if wide else ())
        if rows and not wide:
            shape = (self.rows, 1)
        return torch.zeros(shape, dtype=dtype, device=self.device)

    def _size(self, space: str) -> int:
        return self.assembly.sizes[space]

    def _width(self, stream: Stream) -> int:
        return 1 if stream.shared else self._size(stream.space.name)

    def _lists(self) -> dict[str, Any]:
        found: dict[str, Any] = room_for_sums(self)
        for key in self._list_keys():
            if key in self.assembly.queues:
                found[key] = self.assembly.queues[key]
            elif key in self.assembly.records:
                found[key] = []
            else:
                found[key] = [torch.empty(0, dtype=torch.int64, device=self.device)]
        return found

    def bytes_of_lists(self) -> dict[str, float]:
        """What events, what the host makes and what is recorded take at least, by name."""
        return {}

    def _list_keys(self) -> list[str]:
        return [*self.assembly.queues, *self.assembly.records, *self._events()]

    def _events(self) -> set[str]:
        return {task.event for task in self.compiled.plan.tasks if getattr(task, "event", None)}  # type: ignore[attr-defined]

    # -- what the host computes ---------------------------------------------------------------------------------------

    def _lookup(self, clock: str, times: Any = None, steps: Any = None) -> Callable[[str], Any]:
        def lookup(key: str) -> Any:
            name, _, other = key.partition("@")
            if name == CLOCK_DT:
                return self._dt(other or clock)
            if name in (CLOCK_REAL, CLOCK_STEP) and other:
                there = -(-steps * self.every[clock] // self.every[other])
                return there if name == CLOCK_STEP else there * self._dt(other)
            if name in (CLOCK_REAL, CLOCK_STEP):
                return times if name == CLOCK_REAL else steps
            if key in self.assembly.supplied:
                return self.assembly.supplied[key].now()
            values = self.arrays[key].cpu().numpy()
            return values.astype(np.float64) if values.dtype == np.float32 else values

        return lookup

    def _call(self, clock: str) -> Callable[[str, tuple[Any, ...], Call], Any]:
        def call(name: str, arguments: tuple[Any, ...], node: Call) -> Any:
            if name.startswith(TIMED):
                key, _, row = name.removeprefix(TIMED).partition(":")
                table = self.assembly.tables[key]
                return (table.rows if row else table.at)(*arguments, group_dt=self._dt(clock))
            dt = self._dt(clock)
            if name == "_steps":
                steps = (np.asarray(arguments[0]) + 1e-3 * dt) / dt
                return np.minimum(steps, np.iinfo(np.int32).max).astype(np.int64).astype(np.int32)
            if name in ("_time", "_between"):  # of stored steps that no event changes
                return np.asarray(arguments[-2] - (0 if name == "_time" else arguments[0])) * arguments[-1]
            if name == "_latest":
                return np.maximum(*arguments)
            raise AssertionError(name)

        return call

    def _dt(self, clock: str) -> float:
        return self.assembly.clocks[clock].dt_

    def constant(self, expression: Expression, clock: str, kind: str) -> torch.Tensor:
        """The value of an expression that does not change during a run, on the device."""
        values = evaluate(expression, self._lookup(clock), self._call(clock))
        return self._tensor(np.asarray(values, np.int32) if kind == "integer" else values, kind)

    def _limits(self, stream: Stream, due: range | None = None) -> torch.Tensor:
        """What the words of ``rand() < p`` are compared with, for a p that changes for each of the due steps."""
        assert stream.below is not None
        p = np.asarray(self._valued(stream.below, stream.clock, due), np.float64)
        check = self.assembly.chances.get(stream.code.rpartition(".")[0])
        if check is not None:
            check(p)
        limits = philox.thresholds(torch.from_numpy(np.array(p))).to(self.device)
        return limits if due is None else limits.view(-1, 1, limits.shape[-1])

    def _valued(self, expression: Expression, clock: str, due: range | None = None) -> Any:
        """A value in float64; with ``due``, one that changes with time at these steps, ``[steps, 1 or n]``."""
        if due is None:
            return evaluate(expression, self._lookup(clock), self._call(clock))
        steps = np.arange(due.start, due.stop, dtype=np.int64)[:, None]
        found = evaluate(expression, self._lookup(clock, steps * self._dt(clock), steps), self._call(clock))
        return np.broadcast_to(found, (len(due), np.shape(found)[-1]))

    def value_at(self, expression: Expression, clock: str, step: int) -> Any:
        """A value in float64 as it is before a base step, from the variables as they are."""
        now = -(-step // self.every[clock])
        return evaluate(expression, self._lookup(clock, now * self._dt(clock), now), self._call(clock))

    def _means(self, stream: Stream) -> list[torch.Tensor]:
        """The arguments of poisson or binomial, for all steps."""
        found = [np.asarray(self._valued(a, stream.clock), np.float64) for a in stream.arguments]
        return [torch.from_numpy(np.array(value)) for value in found]

    # -- calls --------------------------------------------------------------------------------------------------------

    def longest_call(self) -> int:
        """How many base steps one call may make, so that what it draws and records fits."""
        return max(1, min(self.longest, _NUMBERS_PER_CALL // max(self._widths(), default=1)))

    def _widths(self) -> list[int]:
        """How many numbers each thing that the host makes or keeps for a call has in a step."""
        widths = [self.rows * self._width(s) for s in self.requests.streams if not s.events]
        widths += [self.rows * (self._widest() if c.wide else 1) for c in self.requests.columns]
        return [*widths, *self.rooms.numbers(), 1]

    def _widest(self) -> int:
        return max(self.assembly.sizes.values(), default=1)

    def steps_to_host(self, first: int) -> int | None:
        """How many base steps from ``first`` on need no host function; None for all."""
        hosts = [segment.host for segment in self.compiled.plan.segments if segment.host is not None]
        return min((-first % self.every[host.clock] for host in hosts), default=None)

    def advance(self, first: int, count: int, draw: int) -> None:
        """Run ``count`` base steps from base step ``first``, in none of which a host function is due."""
        rooms = self.rooms.allocate(first, count)
        self.segments[-1](first, count, self.tables(first, count, draw) | self._by_step(rooms))
        self.rooms.collect(first, count, rooms, None)

    def step(self, first: int, draw: int) -> None:
        """Run one base step, host functions in their places; what they change holds from there on."""
        rooms = self.rooms.allocate(first, 1)
        tables = self.tables(first, 1, draw) | self._by_step(rooms)
        for number, segment in enumerate(self.compiled.plan.segments):
            self.segments[number](first, 1, tables)
            self.rooms.collect(first, 1, rooms, {t.monitor for t in segment.tasks if isinstance(t, RECORDS)})
            if segment.host is not None and first % self.every[segment.host.clock] == 0:
                self.assembly.host[segment.host.key]()
                if self.network.take_changes():
                    tables |= self.tables(first, 1, draw)

    def _due(self, clock: str, first: int, count: int) -> range:
        """The clock's own steps that fall due in a call."""
        every = self.every[clock]
        return range(-(-first // every), -(-(first + count) // every))

    def tables(self, first: int, count: int, draw: int) -> dict[str, Any]:
        """Everything that the emitted code reads by step: times, random numbers, spikes, room for records."""
        found: dict[str, Any] = {
            c.name: self.by_step(self._column_block(c, self._due(c.clock, first, count))) for c in self.requests.columns
        }
        for stream in self.requests.streams:
            found[stream.name] = self._stream(stream, first, count, draw)
        for key, (generator, clock) in self.assembly.generators.items():
            found[key] = generator.spikes(self._due(clock, first, count), self.rows, self.device)
        for name in self.requests.tables:
            found[name] = self.look_ups[name]
        return found

    def _by_step(self, rooms: dict[str, torch.Tensor]) -> dict[str, Any]:
        return {name: self.by_step(room) for name, room in rooms.items()}

    def by_step(self, block: torch.Tensor) -> Any:
        """A block over the steps of a call as emitted code finds a step in it."""
        return block.unbind(0)

    def _column_block(self, column: Column, due: range) -> torch.Tensor:
        steps = np.arange(due.start, due.stop, dtype=np.int64)
        steps, times = (
            (steps[:, None], steps[:, None] * self._dt(column.clock))
            if column.wide
            else (steps, steps * self._dt(column.clock))
        )
        values = evaluate(column.expression, self._lookup(column.clock, times, steps), self._call(column.clock))
        values = np.broadcast_to(np.asarray(values), (len(due), *np.shape(values)[1:]))
        return self._tensor(values, column.kind)

    def _look_up(self, name: str) -> Callable[..., torch.Tensor]:
        """The function that emitted code calls for ``timed:<table>:row`` or ``timed:<table>:<clock>``."""
        key, _, clock = name.removeprefix(TIMED).partition(":")
        step = None if clock == "row" else self._dt(clock)
        found: Callable[..., torch.Tensor] = self.assembly.tables[key].on_device(self.device, self.real, step)
        return found

    def _stream(self, stream: Stream, first: int, count: int, draw: int) -> Any:
        due = self._due(stream.clock, first, count)
        draws = range(
            draw + due.start * self.every[stream.clock] - first,
            draw + due.stop * self.every[stream.clock] - first,
            self.every[stream.clock],
        )
        high, low = (draws.start >> 32, draws.start & 0xFFFFFFFF) if len(draws) else (0, 0)
        draws = range(low, low + len(draws) * draws.step, draws.step)
        key = philox.hash_key(self.seed, stream.space.name, stream.code, high)
        if stream.events:
            return self._at_events(stream, key, draws)
        numbers = philox.Stream(key, draws, self.rows, self._width(stream), device=self.device)
        if stream.function == "below":
            limits = self._limits(stream, due) if stream.timed else self.limits[stream.name]
            chosen = numbers.decisions(limits)
            return _listed(chosen) if stream.name in self.requests.listed else chosen.unbind(0)
        if stream.function == "rand":
            return numbers.uniforms(self.real).unbind(0)
        if stream.function == "randn":
            return distributions.normals(numbers, self.real).unbind(0)
        if stream.arguments:
            sample = distributions.poisson if stream.function == "poisson" else distributions.binomial
            dtype = self.real if stream.kind == "real" else DTYPES[stream.kind]
            return sample(numbers, *self.means[stream.name]).to(dtype).unbind(0)
        return self._sampled(stream, key, draws)

    def _sampled(self, stream: Stream, key: philox.Key, draws: range) -> Callable[..., torch.Tensor]:
        sample = distributions.poisson if stream.function == "poisson" else distributions.binomial
        n = self._width(stream)

        def drawn(k: int, *arguments: torch.Tensor) -> torch.Tensor:
            one = philox.Stream(key, range(draws[k], draws[k] + 1), self.rows, n, device=self.device)
            return sample(one, *(a.double() for a in arguments))[0]

        return drawn

    def _at_events(self, stream: Stream, key: philox.Key, draws: range) -> Callable[..., torch.Tensor]:
        if stream.function in ("poisson", "binomial"):
            return self._sampled_at_events(stream, key, draws)

        def drawn(k: int, row: torch.Tensor, element: torch.Tensor, *arguments: torch.Tensor) -> torch.Tensor:
            words = philox.word_at(key, element, draws[k], row)
            if stream.function == "rand":
                return philox.uniform(words, self.real)
            return distributions.normal(words, self.real)

        return drawn

    def _sampled_at_events(self, stream: Stream, key: philox.Key, draws: range) -> Callable[..., torch.Tensor]:
        """Numbers of a distribution for the elements of an event list; drawn for all elements, then chosen."""
        n, sampled = self._size(stream.space.name), self._sampled(stream, key, draws)

        def drawn(k: int, row: torch.Tensor, element: torch.Tensor, *arguments: torch.Tensor) -> torch.Tensor:
            flat = row * n + element
            whole = [torch.zeros(self.rows * n, dtype=torch.float64, device=self.device) for _ in arguments]
            for values, given in zip(whole, arguments, strict=True):
                values[flat] = given.double()
            spread = [values.view(self.rows, n) for values in whole]
            return sampled(k, *spread).view(-1)[flat].to(torch.int32)

        return drawn

    def settle(self, step: int) -> None:
        """A run has ended before a base step: hand back what is on its way."""

    def not_finite(self) -> tuple[Any, str, int, int] | None:
        """The first state variable with a value that is not finite: group, name, element and row."""
        for key, array in self.compiled.plan.arrays.items():
            if not array.written or array.kind != "real" or key not in self.assembly.variables:
                continue
            finite = torch.isfinite(self.arrays[key])
            if not bool(finite.all()):
                group, name = self.assembly.variables[key]
                used = group.elements_of(name)
                if used is not None:
                    unused = torch.from_numpy(np.setdiff1d(np.arange(finite.shape[-1]), used))
                    finite = finite.index_fill(-1, unused.to(finite.device), True)
                for place in torch.nonzero(~finite.view(-1))[:1]:
                    row, element = divmod(int(place), finite.shape[-1])
                    return (group, *group.element_of(name, element), row)
        return None


def _listed(chosen: torch.Tensor) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """For each step the events of a block ``[steps, batch, n]`` as flat numbers, and their mask."""
    steps, flat = chosen.flatten(1).nonzero(as_tuple=True)
    counts = torch.bincount(steps, minlength=len(chosen)).tolist()
    return list(zip(torch.split(flat, counts), chosen.unbind(0), strict=True))
