"""Events of the last steps in the memory of Triton kernels, and spikes on their way between runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from spikeq.codegen.tasks import Deliver, Generate, Task, Threshold
from spikeq.errors import UnsupportedError
from spikeq.network.on_the_way import OnTheWay
from spikeq_kernels import launch_triton as launch


@dataclass
class EventsInMemory:
    """Who had each event, by step modulo the number of steps that are kept: as bytes and as lists in segments.

    ``further``: how many steps of an event are kept beside those of its delays, where that is more than one.
    """

    tasks: tuple[Task, ...]
    queues: dict[str, Any]
    supplied: dict[str, Any]
    sizes: dict[str, int]
    rows: int
    device: torch.device
    further: Mapping[str, int]
    memory: dict[str, torch.Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ways = list(self._ways())
        self.depths = self._depths()
        for event, space in self.events().items():
            self._add(event, self.sizes[space])

    def _depths(self) -> dict[str, int]:
        """How many steps each event is kept."""
        longest = dict.fromkeys(self.events(), 0)
        for way in self.ways:
            longest[way.task.event] = max(longest[way.task.event], way.queue.longest())
        return {event: delay + self.further.get(event, 1) for event, delay in longest.items()}

    def renew(self, supplied: dict[str, Any], now: dict[str, int]) -> bool:
        """Forget all events, and take those that are on their way; whether they fit into what there is."""
        self.supplied = supplied
        self.ways = list(self._ways())
        if self._depths() != self.depths:
            return False
        for memory in self.memory.values():
            memory.zero_()
        self.take(now)
        return True

    def events(self) -> dict[str, str]:
        """The events that tasks make or react to, and the groups of their elements."""
        found: dict[str, str] = {}
        for task in self.tasks:
            if isinstance(task, Deliver):
                found[task.event] = task.sources.name
            elif getattr(task, "event", None):
                found[task.event] = task.space.name  # type: ignore[attr-defined]
        return found

    def numbers(self) -> dict[str, float]:
        """The numbers that code asks for: how many steps are kept, delays, the shapes of lists."""
        found: dict[str, float] = {key: queue.delay for key, queue in self.queues.items()}
        for event, space in self.events().items():
            n = self.sizes[space]
            found |= {f"{event} depth": self.depths[event], f"{event} segments": launch.segments(n)}
            found[f"{event} block"] = launch.block_of(n)
        return found

    def _add(self, event: str, n: int) -> None:
        lists = (self.depths[event], self.rows, launch.segments(n))
        self.memory[f"{event} mask"] = torch.zeros((*lists[:2], n), dtype=torch.int8, device=self.device)
        self.memory[f"{event} list"] = torch.zeros((*lists, launch.block_of(n)), dtype=torch.int32, device=self.device)
        self.memory[f"{event} counts"] = torch.zeros(lists, dtype=torch.int32, device=self.device)

    def _is_late(self, task: Deliver) -> bool:
        """Whether a pathway comes before its event in the step, and so sees that of the step before."""
        makers = (t for t in self.tasks if isinstance(t, Threshold | Generate) and t.event == task.event)
        return any(self.tasks.index(task) < self.tasks.index(maker) for maker in makers)

    def _ways(self) -> Iterator[OnTheWay]:
        for task in self.tasks:
            if isinstance(task, Deliver) and task.delayed:
                name = f"{task.space.name}.{task.pathway}"
                tables = (
                    (self.supplied[f"{name} {one}"].now() for one in ("in order", "bundles")) if task.spread else ()
                )
                yield OnTheWay(
                    task, self.queues[f"{name} queue"], int(self._is_late(task)), self.sizes[task.sources.name], *tables
                )

    # -- between runs -------------------------------------------------------------------------------------------------

    def take(self, now: dict[str, int]) -> None:
        """Put spikes that are on their way where kernels look for them; ``now`` are the next steps of the clocks.

        Raises UnsupportedError where no events of the last steps explain what is on its way.
        """
        known: dict[str, dict[int, set[int]]] = {event: {} for event in self.depths}
        for way in self.ways:
            for step, events in way.emitted().items():
                known[way.task.event].setdefault(step, set()).update(events)
        for way in self.ways:
            next_step, arriving = now[way.task.clock], dict[int, list[int]]()
            for step, events in known[way.task.event].items():
                for arrival, flat in way.arriving(step, events, next_step).items():
                    arriving[arrival] = sorted([*arriving.get(arrival, []), *flat.tolist()])
            steps = way.emitted()
            if arriving != way.waiting or not all(next_step - way.age <= step < next_step for step in steps):
                raise UnsupportedError(
                    f"The spikes on their way in {way.task.slot.name} do not fit its delays, or other pathways.",
                    "Change delays before the first run, or use backend='torch'.",
                )
        for event, steps_of_event in known.items():
            for step, events in steps_of_event.items():
                self._put(event, step, torch.tensor(sorted(events), device=self.device))

    def _put(self, event: str, step: int, flat: torch.Tensor) -> None:
        slot = step % self.depths[event]
        mask = self.memory[f"{event} mask"][slot]
        mask.view(-1).index_fill_(0, flat, 1)
        block = self.memory[f"{event} list"].shape[-1]
        for row, events in enumerate(mask):
            found = events.nonzero().view(-1)
            for segment in found.div(block, rounding_mode="floor").unique().tolist():
                part = found[found.div(block, rounding_mode="floor") == segment]
                self.memory[f"{event} list"][slot, row, segment, : len(part)] = part.to(torch.int32)
                self.memory[f"{event} counts"][slot, row, segment] = len(part)

    def give(self, now: dict[str, int]) -> None:
        """Hand spikes that are on their way back to their pathways."""
        for way in self.ways:
            next_step, event = now[way.task.clock], way.task.event
            way.queue.waiting = {}
            for step in range(max(0, next_step - way.age), next_step):
                happened = self.memory[f"{event} mask"][step % self.depths[event]].view(-1).nonzero().view(-1)
                for arrival, flat in way.arriving(step, happened.tolist(), next_step).items():
                    way.queue.waiting.setdefault(arrival, []).append(torch.from_numpy(flat).to(self.device))
