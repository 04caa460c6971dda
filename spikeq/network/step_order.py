"""Which task of a step reads a variable before, and which after, another writes it: facts from the list of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from spikeq.codegen.tasks import (
    Deliver,
    Generate,
    Host,
    RecordEvents,
    RecordRate,
    Statements,
    Task,
    Threshold,
    bodies,
    read,
    written,
)
from spikeq.language.expression import Access, walk

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly

_FEW = 3  # so many tasks are named where another line speaks of them; more are numbers


class StepOrder:
    """The tasks of a step in order, each with its number from 1, and the variables that they read and write."""

    def __init__(self, tasks: tuple[Task, ...], assembly: Assembly) -> None:
        self.tasks, self._assembly = tasks, assembly
        self.reads = [read(task) & assembly.variables.keys() for task in tasks]
        self.writes = [written(task) & assembly.variables.keys() for task in tasks]

    def name(self, place: int) -> str:
        """What a task is called in the text: ``2 cells_spike_thresholder``."""
        return f"{place + 1} {self.tasks[place].slot.name}"

    def role(self, place: int) -> str:
        """How other tasks' lines speak of a task: ``the reset (8)``."""
        task = self.tasks[place]
        name = task.slot.name
        match task:
            case Statements(event=None) if name == f"{task.space.name}_stateupdater":
                name = "the equations"
            case Statements(event=str() as event) | Threshold(event=str() as event):
                plain = event.partition(":")[2]
                usual = "the reset" if isinstance(task, Statements) else "the threshold"
                other = "the code at" if isinstance(task, Statements) else "the condition of"
                name = usual if plain == "spike" else f"{other} {plain!r}"
        return f"{name} ({place + 1})"

    def writers(self, key: str) -> list[int]:
        """The places of the tasks that write a variable."""
        return [place for place, keys in enumerate(self.writes) if key in keys]

    def readers(self, key: str) -> list[int]:
        """The places of the tasks that read a variable."""
        return [place for place, keys in enumerate(self.reads) if key in keys]

    def sees(self, key: str, place: int) -> str:
        """Which value of a variable a task meets; empty where no other task writes it."""
        writers = self.writers(key)
        few = len(writers) <= _FEW
        earlier = self._roles([one for one in writers if one < place], few)
        later = self._roles([one for one in writers if one > place], few)
        parts = [f"after {earlier}"] if earlier else ["as the step begins"] if later else []
        parts += [f"before {later}"] if later else []
        return ", ".join(parts)

    def _roles(self, places: list[int], few: bool) -> str:
        """The tasks at some places, by their roles or only by their numbers."""
        return joined(self.role(one) if few else str(one + 1) for one in places) if places else ""

    # -- events -------------------------------------------------------------------------------------------------------

    def makers(self, event: str) -> list[int]:
        """The places of the tasks that find an event."""
        kinds = (Threshold, Generate)
        return [place for place, task in enumerate(self.tasks) if isinstance(task, kinds) and task.event == event]

    def users(self, event: str) -> list[int]:
        """The places of the tasks that act on an event."""
        kinds = (Statements, Deliver, RecordEvents, RecordRate)
        return [place for place, task in enumerate(self.tasks) if isinstance(task, kinds) and task.event == event]

    def is_late(self, event: str, place: int) -> bool:
        """Whether a task stands before its events are found, so that it meets those of the step before."""
        return all(maker > place for maker in self.makers(event))

    def events(self) -> Iterator[str]:
        """For each event who finds it and who acts on it."""
        for event in dict.fromkeys(task.event for task in self.tasks if isinstance(task, Threshold | Generate)):
            group, _, plain = event.partition(":")
            noun = "spikes" if plain == "spike" else f"events {plain!r}"
            yield f"{noun} of {group}, found by {joined(map(self.role, self.makers(event)))}"
            for place in self.users(event):
                task = self.tasks[place]
                age = "of the step before" if self.is_late(event, place) else "of this step"
                sent = isinstance(task, Deliver) and (task.delayed or task.spread)
                does = f"sends out those {age}, and acts on those that arrive now" if sent else f"acts on those {age}"
                yield f"  {self.name(place)} {does}"

    # -- variables ----------------------------------------------------------------------------------------------------

    def variables(self) -> Iterator[str]:
        """For each variable that one task writes and another reads: who meets it before and who after."""
        found = dict.fromkeys(key for keys in self.writes for key in sorted(keys))
        for key in found:
            writers, readers = self.writers(key), self.readers(key)
            if len({*writers, *readers}) < 2:
                continue
            yield self.label(key)
            places = sorted({*writers, *readers})
            width = max(len(self.name(place)) for place in places)
            for place in places:
                does = f"{'reads' if place in readers else '':5} {'writes' if place in writers else '':6}"
                yield f"  {self.name(place):<{width}}  {does}  {self.sees(key, place)}".rstrip()
            yield from (f"  {fact}" for fact in self._facts(key))

    def constants(self) -> list[str]:
        """What tasks read and none writes."""
        every = set().union(*self.reads) if self.reads else set()
        return sorted(self.label(key) for key in every if not self.writers(key))

    def label(self, key: str) -> str:
        """``v of cells``."""
        group, name = self._assembly.variables[key]
        variable = group._variables[name]
        return f"{name if variable.side is None else f'{variable.shown}_{variable.side}'} of {group.name}"

    def _facts(self, key: str) -> Iterator[str]:
        thresholds = [p for p, task in enumerate(self.tasks) if isinstance(task, Threshold) and key in self.reads[p]]
        arrivals = [p for p in self.writers(key) if isinstance(self.tasks[p], Deliver)]
        for place in thresholds:
            task = self.tasks[place]
            late = [one for one in arrivals if one > place]
            if isinstance(task, Threshold) and late:
                noun = event_noun(task.event.partition(":")[2])
                what = f"What {self._roles(late, len(late) <= _FEW)} {'does' if len(late) == 1 else 'do'} to it"
                yield (
                    f"{what} comes after "
                    f"{self.role(place)}, so it can cause {a(noun)} in the next step at the earliest."
                )
        for place in (p for p in self.writers(key) if self._sets(p, key)):
            yield from self._lost(key, place, [one for one in arrivals if one < place])

    def _sets(self, place: int, key: str) -> bool:
        """Whether a task gives elements with an event a value that does not depend on the old one."""
        task = self.tasks[place]
        if not isinstance(task, Statements) or task.event is None:
            return False
        own = [one for one in task.body if isinstance(one.target, Access) and one.target.key == key]
        return any(one.op == "=" and not _mentions(one.value, key) for one in own)

    def _lost(self, key: str, place: int, arrivals: list[int]) -> Iterator[str]:
        """What a reset does to what arrived before it in the same step."""
        task = self.tasks[place]
        assert isinstance(task, Statements) and task.event is not None
        finders = [p for p in self.makers(task.event)]
        for one in arrivals:
            noun, gated = event_noun(task.event.partition(":")[2]), self._is_gated(one, key, finders)
            if gated:
                yield f"{self.role(one)} leaves neurons alone that had {a(noun)} in this step: they are refractory."
            elif any(finder < one for finder in finders):
                yield (
                    f"In neurons that have {a(noun)} in this step {self.role(place)} sets it after {self.role(one)}: "
                    "what arrived there in this step is lost."
                )

    def _is_gated(self, place: int, key: str, finders: Iterable[int]) -> bool:
        """Whether refractoriness that begins earlier in the step keeps a task from a variable."""
        begun = {
            task.not_refractory.key
            for finder in finders
            if finder < place and isinstance(task := self.tasks[finder], Threshold) and task.not_refractory is not None
        }
        own = [a for a in bodies(self.tasks[place]) if isinstance(a.target, Access) and a.target.key == key]
        return bool(own) and all(a.guard is not None and any(_mentions(a.guard, one) for one in begun) for a in own)

    def hosts(self) -> list[str]:
        """Python functions, which may read and change anything."""
        return [self.name(place) for place, task in enumerate(self.tasks) if isinstance(task, Host)]


def _mentions(expression: object, key: str) -> bool:
    return any(isinstance(node, Access) and node.key == key for node in walk(expression))  # type: ignore[arg-type]


def joined(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *first, last = list(words)
    return f"{', '.join(first)} and {last}" if first else last


def a(noun: str) -> str:
    """A noun with its article: ``an event``."""
    return f"an {noun}" if noun[0] in "aeiouAEIOU" else f"a {noun}"


def event_noun(event: str) -> str:
    """A spike, or what a custom event is called."""
    return "spike" if event == "spike" else f"event {event!r}"
