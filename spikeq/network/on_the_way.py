"""Spikes that are on their way between two runs: when each was emitted, and what of it has still to arrive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from spikeq.codegen.tasks import Deliver, Generate, Task, Threshold

Numbers = Any  # int64 arrays


@dataclass(frozen=True)
class OnTheWay:
    """The waiting spikes of one pathway: numbers row·n + neuron, or row·n + synapse where delays differ.

    ``late`` is 1 where the pathway comes before its event in a step, so that all arrives a step later. ``order`` and
    ``bundles`` are the synapses by neuron and delay.
    """

    task: Deliver
    queue: Any
    late: int
    n: int
    order: Numbers = None
    bundles: Numbers = None

    @property
    def age(self) -> int:
        """After how many steps everything has arrived."""
        longest: int = self.queue.longest()
        return longest + self.late

    @property
    def waiting(self) -> dict[int, list[int]]:
        """What arrives in each step to come, sorted."""
        return {step: sorted(torch.cat(list(parts)).tolist()) for step, parts in self.queue.waiting.items() if parts}

    def emitted(self) -> dict[int, set[int]]:
        """Who had the event in which step, as far as what is waiting tells."""
        found: dict[int, set[int]] = {}
        if self.order is None:
            return {step - self.age: set(flat) for step, flat in self.waiting.items()}
        delays = self.queue.longest() + 1
        places = np.empty(len(self.order), np.int64)
        places[self.order] = np.repeat(np.arange(len(self.bundles) - 1), np.diff(self.bundles))
        for step, flat in self.waiting.items():
            row, edge = np.divmod(np.array(flat), len(self.order))
            source, delay = np.divmod(places[edge], delays)
            for one, of_step in zip(row * self.n + source + self._first, step - self.late - delay, strict=True):
                found.setdefault(int(of_step), set()).add(int(one))
        return found

    def arriving(self, step: int, events: Iterable[int], now: int) -> dict[int, Numbers]:
        """What the events of a step bring, from the step ``now`` on."""
        flat = np.array(sorted(events), np.int64)
        if self.order is None:
            return {step + self.age: flat} if step + self.age >= now and len(flat) else {}
        found: dict[int, Numbers] = {}
        delays, (row, source) = self.queue.longest() + 1, np.divmod(flat, self.n)
        inside = (source >= self._first) & (source - self._first < (len(self.bundles) - 1) // delays)
        for delay in range(max(0, now - step - self.late), delays):
            places = (source[inside] - self._first) * delays + delay
            parts = [self.order[self.bundles[place] : self.bundles[place + 1]] for place in places]
            edges = [
                r * len(self.order) + np.asarray(part, np.int64) for r, part in zip(row[inside], parts, strict=True)
            ]
            if any(map(len, edges)):
                found[step + self.late + delay] = np.concatenate(edges)
        return found

    @property
    def _first(self) -> int:
        assert self.task.space.ends is not None
        return self.task.space.ends.first(self.task.trigger)


def ways_of(
    tasks: tuple[Task, ...], queues: Mapping[str, Any], supplied: Mapping[str, Any], sizes: Mapping[str, int]
) -> Iterator[OnTheWay]:
    """What is on its way in each pathway with a delay; ``tasks`` in the order of a step."""
    for task in tasks:
        if isinstance(task, Deliver) and task.delayed:
            name = f"{task.space.name}.{task.pathway}"
            tables = (supplied[f"{name} {one}"].now() for one in ("in order", "bundles")) if task.spread else ()
            late = int(is_late(tasks, task))
            yield OnTheWay(task, queues[f"{name} queue"], late, sizes[task.sources.name], *tables)


def is_late(tasks: tuple[Task, ...], task: Deliver) -> bool:
    """Whether a pathway comes before its event in the step, and so sees that of the step before."""
    makers = (t for t in tasks if isinstance(t, Threshold | Generate) and t.event == task.event)
    return any(tasks.index(task) < tasks.index(maker) for maker in makers)


def known_events(ways: Iterable[OnTheWay]) -> dict[str, dict[int, set[int]]]:
    """Who had each event in which step, as far as what is waiting tells."""
    known: dict[str, dict[int, set[int]]] = {}
    for way in ways:
        for step, events in way.emitted().items():
            known.setdefault(way.task.event, {}).setdefault(step, set()).update(events)
    return known
