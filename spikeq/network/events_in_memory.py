"""Events of the last steps in the memory of Triton kernels, and spikes on their way between runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Deliver
from spikeq.codegen.triton_pathway_kernel import is_listed
from spikeq.network.earlier_runs import EarlierRuns, Edges, put
from spikeq.network.on_the_way import OnTheWay, known_events, ways_of
from spikeq_kernels import launch_triton as launch


@dataclass
class EventsInMemory:
    """Who had each event, by step modulo the number of steps that are kept: as bytes and as lists in segments.

    ``further``: how many steps of an event are kept beside those of its delays, where that is more than one.
    ``block``: of how many elements a segment lists the events, by the number of all.
    """

    plan: Plan
    queues: dict[str, Any]
    supplied: dict[str, Any]
    sizes: dict[str, int]
    rows: int
    device: torch.device
    further: Mapping[str, int]
    block: Callable[[int], int]
    memory: dict[str, torch.Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ways = list(self._ways())
        self.depths, self.begun = self._depths(), dict[str, int]()
        self.earlier = {way.task.slot: self._kept_apart(way) for way in self.ways if way.task.apart}
        for event, space in self.events().items():
            self._add(event, self.sizes[space])
        for one in self.earlier.values():
            self.memory |= one.memory

    def _ways(self) -> Iterator[OnTheWay]:
        return ways_of(self.plan.tasks, self.queues, self.supplied, self.sizes)

    def _kept_apart(self, way: OnTheWay) -> EarlierRuns:
        edges = Edges(way.task, self.sizes[way.task.space.name], self.supplied)
        listed = is_listed(way.task, self.plan)
        return EarlierRuns(way, self.plan, edges if listed else None, self.rows, self.device, self.block(way.n))

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
        if self.earlier or self._depths() != self.depths:
            return False
        for memory in self.memory.values():
            memory.zero_()
        self.take(now)
        return True

    def events(self) -> dict[str, str]:
        """The events that tasks make or react to, and the groups of their elements."""
        found: dict[str, str] = {}
        for task in self.plan.tasks:
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
            found |= {f"{event} depth": self.depths[event], f"{event} segments": launch.count(n, self.block(n))}
            found[f"{event} block"] = self.block(n)
        for one in self.earlier.values():
            found |= one.numbers
        return found

    def _add(self, event: str, n: int) -> None:
        """Memory for an event; where some pathways take no event of earlier runs, with a slot that stays empty."""
        empty = any(way.task.apart and way.task.event == event for way in self.ways)
        lists = (self.depths[event] + empty, self.rows, launch.count(n, self.block(n)))
        self.memory[f"{event} mask"] = torch.zeros((*lists[:2], n), dtype=torch.int8, device=self.device)
        self.memory[f"{event} list"] = torch.zeros((*lists, self.block(n)), dtype=torch.int32, device=self.device)
        self.memory[f"{event} counts"] = torch.zeros(lists, dtype=torch.int32, device=self.device)

    # -- between runs -------------------------------------------------------------------------------------------------

    def take(self, now: dict[str, int]) -> None:
        """Put spikes that are on their way where kernels look for them; ``now`` are the next steps of the clocks."""
        self.begun = now
        for event, steps in known_events(way for way in self.ways if not way.task.apart).items():
            for step, events in steps.items():
                self._put(event, step, torch.tensor(sorted(events), device=self.device))
        for one in self.earlier.values():
            one.take(now[one.way.task.clock])

    def _put(self, event: str, step: int, flat: torch.Tensor) -> None:
        put(self.memory, event, step % self.depths[event], flat)

    def give(self, now: dict[str, int]) -> None:
        """Hand spikes that are on their way back to their pathways.

        A pathway before its event in a step has not taken that of the last step, which no run will show it.
        """
        for way in self.ways:
            next_step, event = now[way.task.clock], way.task.event
            earlier = self.earlier.get(way.task.slot)
            first = 0 if earlier is None else self.begun[way.task.clock]
            way.queue.waiting = {} if earlier is None else earlier.still_waiting(next_step)
            for step in range(max(first, next_step - way.age), next_step - way.late):
                happened = self.memory[f"{event} mask"][step % self.depths[event]].view(-1).nonzero().view(-1)
                for arrival, flat in way.arriving(step, happened.tolist(), next_step).items():
                    way.queue.waiting.setdefault(arrival, []).append(torch.from_numpy(flat).to(self.device))
