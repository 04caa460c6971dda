"""What emitted code asks of the host: constants, columns of time, random numbers, and memory for results on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from spikeq.codegen.tasks import Assign, Space
from spikeq.language.expression import Expression, Kind, to_text


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that the host computes before a run, in float64, from what does not change during it."""

    name: str
    expression: Expression
    clock: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A value that depends on time alone, computed by the host for every step of a call."""

    name: str
    expression: Expression
    clock: str
    kind: Kind
    wide: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """Random numbers of one place in the code: ``function`` of the words at (step, row, element).

    ``below`` holds p for a stream of truth values ``rand() < p``, ``timed`` says that p changes with time;
    ``arguments`` are those of poisson and binomial where the host can know them before a call, and ``kind`` is what
    their numbers are wanted as; ``events`` marks numbers drawn for the elements of an event list instead of for all;
    ``shared`` numbers are one for the whole space, ``[batch, 1]``.
    """

    name: str
    function: str
    clock: str
    space: Space
    code: str
    below: Expression | None = None
    events: bool = False
    timed: bool = False
    arguments: tuple[Expression, ...] = ()
    kind: Kind = "integer"
    shared: bool = False


_INITIAL = {"real": "r", "integer": "n", "boolean": "b", "step": "s"}


@dataclass
class Buffers:
    """Memory for intermediate results, by space and shape; freed ones are taken again."""

    declared: dict[str, tuple[str, str, bool, bool]] = field(default_factory=dict)
    free: dict[tuple[str, str, bool, bool], list[str]] = field(default_factory=dict)

    def take(self, space: str, kind: str, rows: bool, wide: bool) -> str:
        waiting = self.free.setdefault((space, kind, rows, wide), [])
        if waiting:
            return waiting.pop()
        name = f"{_INITIAL[kind]}{len(self.declared)}"
        self.declared[name] = (space, kind, rows, wide)
        return name

    def give(self, name: str) -> None:
        space, kind, rows, wide = self.declared[name]
        self.free[(space, kind, rows, wide)].append(name)


@dataclass(frozen=True, slots=True)
class Addition:
    """An addition in fixed point: the code and synapses that make it, and the statement."""

    code: str
    space: str
    assign: Assign


@dataclass
class Requests:
    """What the emitted code asks of the host.

    ``listed`` are streams wanted as lists of events, with their masks; ``steps`` are clocks whose dt is wanted;
    ``tables`` are functions of time that the host's code looks up, ``grids`` the memory of those that kernels look up.
    ``again`` are the streams of code that is written once more, which asks for the same numbers. ``additions`` are
    those in fixed point, whose limits are asked for.
    """

    constants: list[Constant] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    grids: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    steps: set[str] = field(default_factory=set)
    calls: dict[tuple[str, str], int] = field(default_factory=dict)
    again: list[Stream] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)

    def addition(self, code: str, space: str, assign: Assign) -> int:
        """The number of an addition in fixed point."""
        one = Addition(code, space, assign)
        if one not in self.additions:
            self.additions.append(one)
        return self.additions.index(one)

    def constant(self, expression: Expression, clock: str, kind: Kind) -> str:
        text = to_text(expression)
        for known in self.constants:
            if to_text(known.expression) == text and known.clock == clock and known.kind == kind:
                return known.name
        self.constants.append(Constant(f"c{len(self.constants)}", expression, clock, kind))
        return self.constants[-1].name

    def number(self, scalar: str) -> str:
        """The name of a single value as a Python number."""
        return self.numbers.setdefault(scalar, f"i{len(self.numbers)}")

    def column(self, expression: Expression, clock: str, kind: Kind, wide: bool) -> str:
        text = to_text(expression)
        for known in self.columns:
            if to_text(known.expression) == text and known.clock == clock and known.kind == kind:
                return known.name
        self.columns.append(Column(f"t{len(self.columns)}", expression, clock, kind, wide))
        return self.columns[-1].name

    def stream(
        self,
        function: str,
        clock: str,
        space: Space,
        code: str,
        below: Expression | None,
        events: bool = False,
        **further: Any,
    ) -> Stream:
        """Ask for random numbers; each place in the code has its own."""
        if self.again:
            return self.again.pop(0)
        number = self.calls[(space.name, code)] = self.calls.get((space.name, code), -1) + 1
        name = f"u{len(self.streams)}"
        self.streams.append(Stream(name, function, clock, space, f"{code}.{number}", below, events, **further))
        return self.streams[-1]
