"""The plan of a network: its tasks in order, its clocks and arrays, and where the step is cut for the host."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from spikeq.codegen.extents import Array
from spikeq.codegen.launch import Outline
from spikeq.codegen.tasks import Host, Task


@dataclass(frozen=True, slots=True)
class Segment:
    """Tasks between two host functions. ``host`` names the function that follows, None at the end of the step."""

    tasks: tuple[Task, ...]
    host: Host | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a backend needs to write the code of one step.

    ``clocks`` lists the clocks' names, ``batched`` says whether there is more than one row, ``single`` whether real
    numbers are float32 (then the sum of a pathway in one step may be formed before it is added). ``deterministic``:
    what synapses add to neurons in any order is summed in fixed point.
    """

    segments: tuple[Segment, ...]
    arrays: Mapping[str, Array]
    clocks: tuple[str, ...]
    batched: bool
    single: bool
    deterministic: bool = False

    @property
    def tasks(self) -> tuple[Task, ...]:
        """All tasks of a step in order, host functions among them."""
        found: list[Task] = []
        for segment in self.segments:
            found += segment.tasks
            found += [segment.host] if segment.host is not None else []
        return tuple(found)


def make_plan(
    tasks: tuple[Task, ...],
    arrays: Mapping[str, Array],
    clocks: tuple[str, ...],
    batched: bool,
    single: bool,
    deterministic: bool = False,
) -> Plan:
    """Cut the ordered tasks of a step at host functions."""
    segments: list[Segment] = []
    waiting: list[Task] = []
    for task in tasks:
        if isinstance(task, Host):
            segments.append(Segment(tuple(waiting), task))
            waiting = []
        else:
            waiting.append(task)
    segments.append(Segment(tuple(waiting), None))
    return Plan(tuple(segments), arrays, clocks, batched, single, deterministic)


@dataclass(frozen=True, slots=True)
class Source:
    """Emitted code and what it asks of the host; ``arrays`` are the keys of those that it names.

    ``is_filed``: the text must be in a file to be run. ``launches`` tells the launches of each form of a step,
    ``outline`` what they do, and ``depths`` how many steps of an event are kept beside those of its delays.
    """

    text: str
    requests: object
    buffers: Mapping[str, tuple[str, str, bool, bool]]
    segments: tuple[str, ...]
    arrays: tuple[str, ...]
    is_filed: bool = False
    launches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    depths: Mapping[str, int] = field(default_factory=dict)
    outline: Outline = field(default_factory=Outline)

    @property
    def digest(self) -> str:
        """A name for this text: equal text, equal digest."""
        return hashlib.blake2b(self.text.encode(), digest_size=12).hexdigest()
