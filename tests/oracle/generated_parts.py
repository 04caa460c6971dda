"""What a generated model is made of: dice that give readable numbers, and pieces of script that can be left out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.oracle.script import Script

T = TypeVar("T")

# Plain string order is not the order of numbers, of the alphabet, or of creation.
NAMES = (
    "S_10", "S_2", "S_1", "s_1", "Zeta", "zeta", "alpha", "Alpha_2", "b", "B", "a_9", "a_10", "M", "m_b", "x9", "x10",
    "Late", "early", "k_", "K", "q_1", "Q_0", "n_7", "N_70", "w_w", "Wide", "y_2", "Y_11", "o_o", "O_1", "u_3", "U_20",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Lines of a script that stay or go together; ``needs`` names the parts without which they mean nothing."""

    name: str
    text: str
    needs: frozenset[str] = frozenset()


@dataclass
class Dice:
    """Choices of one seed.

    In an ``exact`` model every number is a small multiple of 1/8, so that sums stay exact. A ``plain`` model has
    nothing that depends on the order of synapses, and no delays of single synapses: it runs on any device.
    """

    seed: int
    exact: bool = False
    plain: bool = False
    random: random.Random = field(init=False)
    _names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.exact = self.exact or self.chance(0.25)
        self.plain = self.plain or self.chance(0.4)
        self._names = list(NAMES)
        self.random.shuffle(self._names)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.random.random() < probability

    def choose(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self.random.choice(options)

    def whole(self, low: int, high: int) -> int:
        """An integer, both ends included."""
        return self.random.randint(low, high)

    def number(self, low: float, high: float) -> float:
        """A short decimal number; in an exact model a multiple of 1/8."""
        if self.exact:
            return self.whole(round(low * 8), round(high * 8)) / 8
        return round(self.random.uniform(low, high), 3)

    def name(self) -> str:
        """A name for an object that no other object has."""
        return self._names.pop()


@dataclass(frozen=True)
class Time:
    """The scale of a model: its unit of time and its step in that unit."""

    unit: str
    dt: float

    def span(self, amount: float) -> str:
        """So much time, as text."""
        return f"{amount:.6g}*{self.unit}"

    def steps(self, count: float, dt: float | None = None) -> str:
        """So many steps, as text."""
        return self.span(count * (self.dt if dt is None else dt))


@dataclass(frozen=True)
class Group:
    """What the rest of a model must know of a population."""

    name: str
    size: int
    dt: float
    unit: str = "1"
    one: str = "1"  # the size of a typical value, in its unit
    variables: tuple[str, ...] = ()
    refractory: bool = False
    events: tuple[str, ...] = ()
    sliced: bool = True  # whether Brian2 lets a part of it stand for itself
    total: str = ""  # whether it has a subexpression of this name: computed when read, or stored
    guarded: frozenset[str] = frozenset()  # what is not written while refractory
    sinks: list[str] = field(default_factory=list)  # parameters that synapses may still sum into

    def amount(self, number: float | str) -> str:
        """A number of the group's unit, as text."""
        return str(number) if self.one == "1" else f"{number}*{self.one}"


@dataclass(frozen=True)
class Model:
    """A whole generated model."""

    seed: int
    exact: bool
    plain: bool
    head: str
    parts: tuple[Part, ...]

    @property
    def script(self) -> Script:
        """The script, complete."""
        text = "\n".join([self.head, *(part.text for part in self.parts)]) + "\n"
        return Script(f"generated_{self.seed}", text)

    def without(self, *names: str) -> Model:
        """The model without these parts and without all that needs them."""
        gone = set(names)
        while more := {part.name for part in self.parts if part.needs & gone} - gone:
            gone |= more
        kept = tuple(part for part in self.parts if part.name not in gone)
        return Model(self.seed, self.exact, self.plain, self.head, kept)
