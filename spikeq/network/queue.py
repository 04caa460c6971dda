"""Spikes on their way: what was emitted and when it arrives."""

from __future__ import annotations

import numpy as np
import torch


class DelayQueue:
    """Spikes of one pathway, by the step in which they arrive; in each row of a batch earlier emissions come first."""

    def __init__(self) -> None:
        self.delay = 0
        self._dt = 0.0
        self._last_of_earlier_runs = -1  # the step in which the last of them arrives
        self.waiting: dict[int, list[torch.Tensor]] = {}
        self.delays: torch.Tensor | None = None
        self.size: int | None = None  # how many numbers a row of the batch has; None where there is one row
        self.holds_edges = False  # whether synapses are on their way, each after its own delay, instead of spikes

    def exchange(self, now: int, spikes: torch.Tensor) -> list[torch.Tensor]:
        """Take the spikes of this step, and give those that arrive in it, as ``_arrived`` does."""
        if spikes.numel():
            self.waiting.setdefault(now + self.delay, []).append(spikes)
        return self._arrived(now)

    def _arrived(self, now: int) -> list[torch.Tensor]:
        """What arrives in this step, rows ascending: all at once, or emission by emission where some come twice.

        So they do where a delay was made shorter while a spike was on its way, and the next one catches up with it.
        """
        parts = self.waiting.pop(now, [])
        if len(parts) < 2:
            return parts
        arrived = torch.cat(parts)
        if now <= self._last_of_earlier_runs and torch.unique(arrived).numel() < arrived.numel():
            return parts
        if self.size is None:
            return [arrived]
        return [arrived[torch.argsort(torch.div(arrived, self.size, rounding_mode="floor"), stable=True)]]

    def spread(self, now: int, edges: torch.Tensor) -> list[torch.Tensor]:
        """Take synapses whose neurons spiked in this step, as numbers row·n + edge, and give those that are reached."""
        if edges.numel():
            assert self.delays is not None
            steps = self.delays[edges % len(self.delays)]
            order = torch.argsort(steps, stable=True)
            lengths, counts = torch.unique_consecutive(steps[order], return_counts=True)
            for length, part in zip(lengths.tolist(), torch.split(edges[order], counts.tolist()), strict=True):
                self.waiting.setdefault(now + length, []).append(part)
        return self._arrived(now)

    def set_delays(self, steps: np.ndarray | None, delay: int, edges: int) -> None:
        """One delay for all, or ``steps`` for each synapse; a queue that holds synapses goes on holding them."""
        self.delay, self._last_of_earlier_runs = delay, max(self.waiting, default=-1)
        if steps is None and self.holds_edges and self.waiting:
            steps = np.full(edges, delay)
        self.delays = None if steps is None else torch.from_numpy(steps.astype(np.int32))
        self.holds_edges = self.delays is not None

    def longest(self) -> int:
        """The longest delay, in steps."""
        return self.delay if self.delays is None else int(self.delays.max())

    def exchange_masks(self, now: int, spiking: torch.Tensor) -> list[torch.Tensor]:
        """The same for masks ``[batch, n]``, one for each emission, without asking how many spikes there are."""
        self.waiting.setdefault(now + self.delay, []).append(spiking.clone())
        return self.waiting.pop(now, [])

    def hold_lists(self) -> None:
        """Hold numbers row·n + i, as ``exchange`` and ``spread`` do."""
        self.waiting = {step: [listed(one) for one in spikes] for step, spikes in self.waiting.items()}

    def hold_masks(self, rows: int, n: int) -> None:
        """Hold masks ``[batch, n]``, as ``exchange_masks`` does."""
        self.waiting = {step: [_mask(one, rows, n) for one in spikes] for step, spikes in self.waiting.items()}

    def count_in(self, dt: float) -> None:
        """Count in steps of dt seconds from here on; arrivals keep their time, to the nearest step."""
        if self.waiting and dt != self._dt:
            self.waiting = {round(step * self._dt / dt): spikes for step, spikes in self.waiting.items()}
        self._dt = dt


def listed(spikes: torch.Tensor) -> torch.Tensor:
    """Spikes as numbers row·n + i, ascending."""
    return spikes.reshape(-1).nonzero().view(-1) if spikes.dtype == torch.bool else spikes


def _mask(spikes: torch.Tensor, rows: int, n: int) -> torch.Tensor:
    if spikes.dtype == torch.bool:
        return spikes
    mask = torch.zeros(rows * n, dtype=torch.bool, device=spikes.device)
    return mask.index_fill_(0, spikes, True).view(rows, n)
