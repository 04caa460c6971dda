"""Events of the last steps in the memory of Triton kernels, and spikes on their way between runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from spikeq.codegen.tasks import Deliver, Generate, Task, Threshold
from spikeq.errors import UnsupportedError
from spikeq_kernels import launch_triton as launch


@dataclass
class EventsInMemory:
    """Who had each event, by step modulo the number of steps that are kept: as bytes and as lists in segments."""

    tasks: tuple[Task, ...]
    queues: dict[str, Any]
    sizes: dict[str, int]
    rows: int
    device: torch.device
    memory: dict[str, torch.Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.depths = {event: 1 for event in self.events()}
        for task in self.delayed():
            self.depths[task.event] = max(self.depths[task.event], self._age(task) + 1)
        for event, space in self.events().items():
            self._add(event, self.sizes[space])

    def events(self) -> dict[str, str]:
        """The events that tasks make or react to, and the groups of their elements."""
        found: dict[str, str] = {}
        for task in self.tasks:
            if isinstance(task, Deliver):
                found[task.event] = task.sources.name
            elif getattr(task, "event", None):
                found[task.event] = task.space.name  # type: ignore[attr-defined]
        return found

    def delayed(self) -> Iterator[Deliver]:
        """The pathways that react later."""
        return (task for task in self.tasks if isinstance(task, Deliver) and task.delayed and not task.spread)

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

    def _queue(self, task: Deliver) -> Any:
        return self.queues[f"{task.space.name}.{task.pathway} queue"]

    def _is_late(self, task: Deliver) -> bool:
        """Whether a pathway comes before its event in the step, and so sees that of the step before."""
        makers = (t for t in self.tasks if isinstance(t, Threshold | Generate) and t.event == task.event)
        return any(self.tasks.index(task) < self.tasks.index(maker) for maker in makers)

    def _age(self, task: Deliver) -> int:
        delay: int = self._queue(task).delay
        return delay + self._is_late(task)

    # -- between runs -------------------------------------------------------------------------------------------------

    def take(self, now: dict[str, int]) -> None:
        """Put spikes that are on their way where kernels look for them; ``now`` are the next steps of the clocks.

        Raises UnsupportedError where the pathways of one event disagree on what happened in a step.
        """
        known: dict[tuple[str, int], list[int]] = {}
        for task in self.delayed():
            queue, age, next_step = self._queue(task), self._age(task), now[task.clock]
            window = range(next_step - age, next_step)
            arriving = {step - age: torch.cat(list(parts)).tolist() for step, parts in queue.waiting.items() if parts}
            for step in {*window, *arriving}:
                flat = sorted(arriving.get(step, []))
                if (
                    step not in window
                    or len(set(flat)) < len(flat)
                    or known.setdefault((task.event, step), flat) != flat
                ):
                    raise UnsupportedError(
                        f"The spikes on their way in {task.slot.name} do not fit its delay, or other pathways.",
                        "Change delays before the first run, or use backend='torch'.",
                    )
        for (event, step), flat in known.items():
            if flat:
                self._put(event, step, torch.tensor(flat, device=self.device))

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
        for task in self.delayed():
            queue, age, next_step = self._queue(task), self._age(task), now[task.clock]
            queue.waiting = {}
            for step in range(max(0, next_step - age), next_step):
                flat = self.memory[f"{task.event} mask"][step % self.depths[task.event]].view(-1).nonzero().view(-1)
                if flat.numel():
                    queue.waiting[step + age] = [flat]
