"""What earlier runs have sent on its way and this run's delays do not explain, in the memory of Triton kernels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Deliver, Task
from spikeq.codegen.triton_pathway_kernel import earlier_of
from spikeq.network.on_the_way import OnTheWay, is_late, known_events, ways_of
from spikeq_kernels import launch_triton as launch

Parts = dict[int, list[torch.Tensor]]


@dataclass(frozen=True, slots=True)
class Edges:
    """The synapses of a pathway: how many there are, and those of each neuron as they are supplied to code."""

    task: Deliver
    count: int
    supplied: Mapping[str, Any]

    def reached(self, row: Any, source: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """The synapses of some neurons of some rows, neuron by neuron."""
        ends, side = self.task.space.ends, self.task.trigger
        assert ends is not None
        start, stop = self.task.source_range
        inside = (source >= start) & ((stop < 0) | (source < stop))
        row, source = row[inside], source[inside] - ends.first(side)
        if ends.form == "one_to_one":
            parts = [np.array([one]) for one in source]
        elif ends.form == "dense":
            numbers = np.arange(ends.n_pre * ends.n_post).reshape(ends.n_pre, ends.n_post)
            parts = [numbers[one] if side == "pre" else numbers[:, one] for one in source]
        else:
            name = self.task.space.name
            offsets = self.supplied[f"{name}._{side}_offsets"].now()
            order = np.arange(self.count) if self.task.sorted else self.supplied[f"{name}._{side}_order"].now()
            parts = [order[offsets[one] : offsets[one + 1]] for one in source]
        rows = np.repeat(row, [len(part) for part in parts]).astype(np.int64)
        edges = np.concatenate([np.empty(0, np.int64), *(part.astype(np.int64) for part in parts)])
        return torch.from_numpy(rows), torch.from_numpy(edges)


class EarlierRuns:
    """The arrivals of one pathway by step: spikes as events, or synapses as lists; then a step without any.

    In each step stand as many rounds as some of it arrives several times at once; one after the other. ``block``: of
    how many elements a segment lists the events.
    """

    def __init__(
        self, way: OnTheWay, plan: Plan, edges: Edges | None, rows: int, device: torch.device, block: int
    ) -> None:
        self.way, self.rows, self.device, self.edges, self.block = way, rows, device, edges, block
        self.waiting: Parts = {step: list(parts) for step, parts in way.queue.waiting.items() if parts}
        self.first = min(self.waiting, default=0)
        self.depth = max(self.waiting, default=self.first - 1) - self.first + 2
        self.events = [task.event for task in earlier_of(way.task, plan)]
        self.memory: dict[str, torch.Tensor] = {}
        self.numbers: dict[str, float] = {}
        for event in self.events:
            self.numbers[f"{event} depth"] = self.depth
            self.memory[f"{event} moments"] = torch.zeros(2, dtype=torch.int64, device=device)
            self._add_event(event) if edges is None else self._add_lists(event)

    def _add_event(self, event: str) -> None:
        segments, block = launch.count(self.way.n, self.block), self.block
        self.numbers |= {f"{event} segments": segments, f"{event} block": block}
        lists = (self.depth, self.rows, segments)
        self.memory[f"{event} mask"] = torch.zeros((*lists[:2], self.way.n), dtype=torch.int8, device=self.device)
        self.memory[f"{event} list"] = torch.zeros((*lists, block), dtype=torch.int32, device=self.device)
        self.memory[f"{event} counts"] = torch.zeros(lists, dtype=torch.int32, device=self.device)

    def _add_lists(self, event: str) -> None:
        found = [self._rows_and_edges(one)[0] for step in self.waiting for one in self._rounds(step)]
        rounds, places = (
            self.way.task.apart,
            max((int(torch.bincount(row).max()) for row in found if len(row)), default=1),
        )
        self.numbers |= {f"{event} rounds": rounds, f"{event} places": places}
        lists = (self.depth, self.rows, rounds)
        self.memory[f"{event} edges"] = torch.zeros((*lists, places), dtype=torch.int32, device=self.device)
        self.memory[f"{event} counts"] = torch.zeros(lists, dtype=torch.int32, device=self.device)

    def _rows_and_edges(self, flat: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The rows and numbers of synapses: of those that are on their way, or of those of spikes that are."""
        assert self.edges is not None
        if self.way.task.spread:
            return flat // self.edges.count, flat % self.edges.count
        row, source = flat // self.way.n, flat % self.way.n
        return self.edges.reached(row.cpu().numpy(), source.cpu().numpy())

    def _rounds(self, step: int) -> list[torch.Tensor]:
        """What arrives in a step, in rounds."""
        return rounds_of(self.way.task, self.waiting[step])

    def take(self, now: int) -> None:
        """Fill the memory; ``now`` is the first step of this run."""
        for event in self.events:
            self.memory[f"{event} moments"].copy_(torch.tensor([now, self.first]))
        for step in self.waiting:
            for number, flat in enumerate(self._rounds(step)):
                if self.edges is not None:
                    self._put_edges(step - self.first, number, flat)
                else:
                    put(self.memory, self.events[number], step - self.first, flat)

    def _put_edges(self, slot: int, number: int, flat: torch.Tensor) -> None:
        (event,) = self.events
        row, edges = self._rows_and_edges(flat)
        for one in sorted(set(row.tolist())):
            part = edges[row == one]
            self.memory[f"{event} edges"][slot, one, number, : len(part)] = part.to(torch.int32)
            self.memory[f"{event} counts"][slot, one, number] = len(part)

    def still_waiting(self, now: int) -> Parts:
        """What has not arrived before a step."""
        return {step: list(parts) for step, parts in self.waiting.items() if step >= now}


def rounds_of(task: Deliver, parts: list[torch.Tensor]) -> list[torch.Tensor]:
    """Arrivals of one step, emission by emission; synapses at once where none is reached twice."""
    together = torch.cat(parts)
    return [together] if task.spread and len(set(together.tolist())) == len(together) else parts


def put(memory: dict[str, torch.Tensor], event: str, slot: int, flat: torch.Tensor) -> None:
    """Write an event of the elements ``flat``, numbers row·n + element, into a slot of its memory."""
    mask = memory[f"{event} mask"][slot]
    mask.view(-1).index_fill_(0, flat.to(mask.device), 1)
    block = memory[f"{event} list"].shape[-1]
    for row, events in enumerate(mask):
        found = events.nonzero().view(-1)
        for segment in found.div(block, rounding_mode="floor").unique().tolist():
            part = found[found.div(block, rounding_mode="floor") == segment]
            memory[f"{event} list"][slot, row, segment, : len(part)] = part.to(torch.int32)
            memory[f"{event} counts"][slot, row, segment] = len(part)


def kept_apart(tasks: tuple[Task, ...], assembly: Any, now: dict[str, int]) -> list[Task]:
    """The tasks, with those pathways marked whose waiting spikes no events of the last steps explain.

    tasks: in the order of a step; now: the next steps of the clocks. Delays may have been changed, or pathways added.
    """
    ways = list(ways_of(tasks, assembly.queues, assembly.supplied, assembly.sizes))
    fitting = ways if any(way.queue.waiting for way in ways) else []
    heard = {task.event for task in tasks if isinstance(task, Deliver) and not task.delayed and is_late(tasks, task)}
    apart: dict[int, int] = {}
    while wrong := _not_explained(fitting, now, heard):
        fitting = [way for way in fitting if way not in wrong]
        apart |= {id(way.task): _times(way) for way in wrong}
    return [replace(task, apart=apart[id(task)]) if id(task) in apart else task for task in tasks]  # type: ignore[call-arg]


def _times(way: OnTheWay) -> int:
    waiting = (parts for parts in way.queue.waiting.values() if parts)
    return max((len(rounds_of(way.task, parts)) for parts in waiting), default=1)


def _not_explained(ways: list[OnTheWay], now: dict[str, int], heard: set[str]) -> list[OnTheWay]:
    """The pathways in which not just that is on its way which the events that all together tell of would bring.

    And those that tell of the last step of an event in ``heard``, which undelayed pathways would take in the next one.
    """
    known, wrong = known_events(ways), []
    for way in ways:
        next_step, arriving = now[way.task.clock], dict[int, list[int]]()
        for step, events in known.get(way.task.event, {}).items():
            for arrival, flat in way.arriving(step, events, next_step).items():
                arriving[arrival] = sorted([*arriving.get(arrival, []), *flat.tolist()])
        last = next_step - 1 - (way.task.event in heard)
        if arriving != way.waiting or not all(next_step - way.age <= step <= last for step in way.emitted()):
            wrong.append(way)
    return wrong
