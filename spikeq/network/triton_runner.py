"""Runs a step of the Triton backend: memory that stays where it is, which the host fills before each call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

from spikeq.codegen.extents import TIMED
from spikeq.codegen.launch import block_of
from spikeq.codegen.tasks import Generate
from spikeq.codegen.triton_pathway_kernel import changed_in_turn
from spikeq.compiler import Compiled
from spikeq.errors import KernelError, SpikeqError, UnsupportedError
from spikeq.network.assembly import Assembly
from spikeq.network.device_memory import bytes_of_a_call
from spikeq.network.events_in_memory import EventsInMemory
from spikeq.network.fixed_sums import room_for_sums, set_limits
from spikeq.network.launching import launch_choice
from spikeq.network.needs import bytes_of_constant, is_out_of_memory
from spikeq.network.renewing import connections, renewed
from spikeq.network.runner import RECORDS, Runner
from spikeq_kernels import launch_triton as launch
from spikeq_kernels import philox

_MOST_ROWS = 65_535  # programs in the second dimension of a grid


class TritonRunner(Runner):
    """One compiled network whose kernels draw their own random numbers and find everything at fixed places."""

    ahead = True
    packs = True

    def __init__(self, assembly: Assembly, compiled: Compiled, every: dict[str, int], rows: int) -> None:
        if assembly.network.device.type != "cuda" and not launch.IS_INTERPRETED:
            raise UnsupportedError(
                "The Triton backend runs on an NVIDIA GPU, and this network is on the CPU.",
                "Write Network(..., device='cuda') on a machine that has one, or use backend='torch'.",
            )
        self.asked, self.choice = assembly.network.launch, launch_choice(assembly, compiled)
        if rows > _MOST_ROWS and self.choice.form == "steps":
            raise UnsupportedError(
                f"Triton launches at most {_MOST_ROWS} rows at once, and this network has {rows}.",
                "Run them as several batches, or use backend='torch'.",
            )
        super().__init__(assembly, compiled, every, rows)
        self.connections = connections(assembly)
        self.placed: dict[str, Any] = {
            key: group._values[name] for key, (group, name) in assembly.variables.items() if key in self.arrays
        }

    def block_of(self, n: int) -> int:
        """How many of n elements one program works on."""
        return block_of(n, self.choice.form)

    def renew(self, assembly: Assembly, compiled: Compiled, every: dict[str, int]) -> bool:
        """Go on with the memory, kernels and graphs of the last run; whether only values have changed since."""
        return renewed(self, assembly, compiled, every)

    def renew_lists(self) -> bool:
        """Begin anew with what only kernels use: spikes on their way, random numbers, tables; whether all fit."""
        self._high = -1
        if not self.events.renew(self.assembly.supplied, self._now(self.network.steps)):
            return False
        for name in self.requests.grids:
            table = self._grid(*name.removeprefix(TIMED).split(":"))
            if table.shape != self.lists[name].shape:
                return False
            self.lists[name].copy_(table)
        for key in changed_in_turn(self.compiled.plan):
            self.lists[f"{key} changes"].zero_()
        for buffer in self.buffers.values():
            buffer.zero_()
        self.look_ups = {name: self._look_up(name) for name in self.requests.tables}
        return True

    def renew_constants(self) -> bool:
        """Write constants and what random numbers need into their places; whether all fit."""
        found = {c.name: self.constant(c.expression, c.clock, c.kind) for c in self.requests.constants}
        blocks = {name: block for stream in self.requests.streams for name, block in self._of_stream(stream)}
        for new, old in ((found, self.constants), (blocks, self.lists)):
            if any(new[name].shape != old[name].shape for name in new):
                return False
            for name, value in new.items():
                old[name].copy_(value)
        launch.pack_again(self.constants)
        set_limits(self)
        for check in self.assembly.checks:
            check(self)
        return True

    def _tensor(self, values: Any, kind: str) -> torch.Tensor:
        made = super()._tensor(values, kind)
        return made.clone() if made.device.type == "cpu" else made  # memory of our own, which is written again

    def _lists(self) -> dict[str, Any]:
        """The memory of events, of tables over the steps of a call and of records."""
        fitting = bytes_of_a_call(self.device) // max(1, sum(self.bytes_by_step().values()))
        self.capacity = int(max(1, min(self.longest, fitting)))
        self.recorded = self.rooms.allocate(0, self.capacity)
        found: dict[str, Any] = {"clock": torch.zeros(3, dtype=torch.int64, device=self.device)}
        found["keys"] = torch.zeros(2 * max(1, len(self.requests.streams)), dtype=torch.int64, device=self.device)
        for column in self.requests.columns:
            found[column.name] = self._column_block(column, self._due(column.clock, 0, self.capacity)).clone()
        for stream in self.requests.streams:
            found |= {name: block.clone() for name, block in self._of_stream(stream)}
        found |= {name: self._grid(*name.removeprefix(TIMED).split(":")) for name in self.requests.grids}
        self._high = -1
        self.events = self._events_on(self.device)
        self.events.take(self._now(self.network.steps))
        found |= {f"{key} changes": torch.zeros_like(self.arrays[key]) for key in changed_in_turn(self.compiled.plan)}
        return found | self.events.memory | self._given() | self.recorded | room_for_sums(self)

    def _grid(self, key: str, part: str) -> torch.Tensor:
        """The values of a function of time, or how it rounds times for a clock."""
        table = self.assembly.tables[key]
        if part == "values":
            return torch.from_numpy(table.values).to(self.device, self.real)
        return torch.tensor(table.grid(self._dt(part)), dtype=torch.float64, device=self.device)

    def _events_on(self, device: torch.device) -> EventsInMemory:
        made, plan = self.assembly, self.compiled.plan
        further = self.compiled.source.depths
        return EventsInMemory(plan, made.queues, made.supplied, made.sizes, self.rows, device, further, self.block_of)

    def bytes_of_lists(self) -> dict[str, float]:
        """What a step takes, the events of steps that are kept, and changes of what rows share."""
        found = self.bytes_by_step()
        found |= {name: float(one.nbytes) for name, one in self._events_on(torch.device("meta")).memory.items()}
        for stream in self.requests.streams:
            given = {} if stream.below is None or stream.timed else {"limit": stream.below}
            given |= {f"argument {number}": one for number, one in enumerate(stream.arguments)}
            found |= {f"{stream.name} {what}": bytes_of_constant(self, one, "step") for what, one in given.items()}
        for key in changed_in_turn(self.compiled.plan):
            group, name = self.assembly.variables[key]
            found[f"{key} changes"] = group.size_of(name) * self.real.itemsize
        return found

    def bind(self) -> None:
        """As for torch; what the host has computed for random numbers may have changed."""
        for stream in self.requests.streams:
            for name, block in self._of_stream(stream):
                self.lists[name].copy_(block)
        super().bind()

    def _of_stream(self, stream: Any) -> Iterator[tuple[str, torch.Tensor]]:
        """What the host computes for random numbers: limits of ``rand() < p``, arguments of poisson and binomial."""
        if stream.below is not None:
            yield f"{stream.name} limit", self._limits(stream, self._timed_due(stream))
        for number, block in enumerate(self._means(stream)):
            yield f"{stream.name} argument {number}", block.to(self.device)

    def _timed_due(self, stream: Any) -> range | None:
        return self._due(stream.clock, 0, self.capacity) if stream.timed else None

    def _given(self) -> dict[str, Any]:
        """Room for the events of generators, for the steps of a call."""
        found: dict[str, Any] = {}
        for key, (_, clock) in self.assembly.generators.items():
            shape = (len(self._due(clock, 0, self.capacity)), self.rows, self._size(self.events.events()[key]))
            found[f"{key} given"] = torch.zeros(shape, dtype=torch.int8, device=self.device)
        return found

    def sizes(self) -> dict[str, float]:
        """As for torch, and those of events."""
        arrays = self.compiled.plan.arrays
        held = (key for key in self.assembly.variables if key in self.arrays and arrays[key].space is not None)
        found: dict[str, float] = {str(arrays[key].space): self.arrays[key].shape[-1] for key in held}
        found |= super().sizes() | self.events.numbers()
        found |= {f"shared {name}": number for name, number in launch.numbers().items()}  # no group has such a name
        found["is persistent"] = self.choice.form == "persistent"
        found |= {f"{space} block": self.block_of(int(n)) for space, n in found.items()}
        for key, table in self.assembly.tables.items():
            found |= {f"{TIMED}{key} times": len(table.values), f"{TIMED}{key} columns": table.values.shape[-1]}
        return found

    def settle(self, step: int) -> None:
        """A run has ended before a base step: hand back what is on its way."""
        self.events.give(self._now(step))

    def _now(self, step: int) -> dict[str, int]:
        return {clock: -(-step // every) for clock, every in self.every.items()}

    def longest_call(self) -> int:
        """How many base steps one call may make."""
        return self.capacity

    def bytes_by_step(self) -> dict[str, float]:
        """What the host makes for a base step, and what is recorded in it, by name."""
        found = {c.name: 8.0 * (self._widest() if c.wide else 1) for c in self.requests.columns}
        found |= {f"{s.name} limit": 8.0 * self._width(s) for s in self.requests.streams if s.timed}
        for task in self.compiled.plan.tasks:
            if isinstance(task, Generate):
                found[f"{task.event} given"] = self.rows * self._size(task.space.name) / self.every[task.clock]
        return found | self.rooms.bytes_by_step()

    def by_step(self, block: torch.Tensor) -> Any:
        """Kernels find a step in the block themselves."""
        return block

    def advance(self, first: int, count: int, draw: int) -> None:
        """Run ``count`` base steps from base step ``first``, in none of which a host function is due."""
        self._fill(first, count, draw)
        with self._failing():
            self.segments[-1](count)
            self.rooms.collect(first, count, self.recorded, None)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Raise KernelError where a kernel cannot be compiled or launched, or fails, of which a device tells later."""
        try:
            yield
        except Exception as error:
            if is_out_of_memory(error) or isinstance(error, SpikeqError):
                raise
            raise KernelError(
                f"A Triton kernel of this network failed: {str(error).strip().partition(chr(10))[0]}.",
                "Use backend='torch', which needs no Triton, and report this, please.",
            ) from error

    def step(self, first: int, draw: int) -> None:
        """Run one base step, host functions in their places."""
        self._fill(first, 1, draw)
        for number, segment in enumerate(self.compiled.plan.segments):
            recorded_here = {t.monitor for t in segment.tasks if isinstance(t, RECORDS)}
            with self._failing():
                self.segments[number](1)
                self.lists["clock"][0] = first
                self.rooms.collect(first, 1, self.recorded, recorded_here)
            if segment.host is not None and first % self.every[segment.host.clock] == 0:
                self.assembly.host[segment.host.key]()
                if self.network.take_changes():
                    self._fill(first, 1, draw)

    def _fill(self, first: int, count: int, draw: int) -> None:
        """Write what the kernels read by step into its places."""
        clock = torch.tensor([first, first, (draw & 0xFFFFFFFF) - first], dtype=torch.int64)
        self.lists["clock"].copy_(clock)
        self._fill_keys(draw)
        for column in self.requests.columns:
            self._put(column.name, self._column_block(column, self._due(column.clock, first, count)))
        for stream in self.requests.streams:
            if stream.below is not None and stream.timed:
                self._put(f"{stream.name} limit", self._limits(stream, self._due(stream.clock, first, count)))
        for key, (generator, clock_name) in self.assembly.generators.items():
            self._put_given(
                f"{key} given", generator.spikes(self._due(clock_name, first, count), self.rows, self.device)
            )
        for key, room in self.recorded.items():
            if key.endswith(":count"):
                room.zero_()

    def _put(self, name: str, block: torch.Tensor) -> None:
        self.lists[name][: len(block)].copy_(block)

    def _put_given(self, name: str, lists: list[torch.Tensor]) -> None:
        given = self.lists[name][: len(lists)]
        given.zero_()
        width = given[0].numel() if len(given) else 0
        places = [spikes + place * width for place, spikes in enumerate(lists) if spikes.numel()]
        if places:
            given.view(-1).index_fill_(0, torch.cat(places), 1)

    def _fill_keys(self, draw: int) -> None:
        """The keys of all streams; the higher bits of a draw are part of them."""
        if draw >> 32 == self._high:
            return
        self._high = draw >> 32
        keys = [philox.hash_key(self.seed, s.space.name, s.code, self._high) for s in self.requests.streams]
        if keys:
            self.lists["keys"].copy_(torch.from_numpy(np.array(keys, np.int64).reshape(-1)))
