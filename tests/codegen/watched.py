"""Watches the kernels of networks: everything ``tests.kernels.watch`` looks for, in memory that promises nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from spikeq.network.events_in_memory import EventsInMemory
from tests.kernels.watch import Watch, unwritten

# Memory that is made of zeros though nobody is promised any: what counts do not reach.
SCRATCH = (" list",)


@contextmanager
def watched(order: str | int = "given") -> Iterator[Watch]:
    """Watch what is launched; programs run in the given order (see ``Watch``)."""
    add = EventsInMemory._add

    def filled(self: EventsInMemory, *arguments: Any) -> None:
        add(self, *arguments)
        for key in self.memory.keys():
            if key.endswith(SCRATCH) and not self.memory[key].any():
                unwritten(self.memory[key])

    with patch.object(EventsInMemory, "_add", filled), Watch(order) as watch:
        yield watch
