"""What all monitors share: a source, a place in the step, and rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.errors import KindError
from spikeq.network.member import Member
from spikeq.network.moments import checked_order, checked_when
from spikeq_kernels.packed_bits import n_words

if TYPE_CHECKING:
    from spikeq.network.rooms import Shape
    from spikeq.network.runner import Runner


class Record(Member):
    """Something that records a group or a part of one."""

    default_name = "monitor"
    clock_name = ""
    record_variables: tuple[str, ...] = ()
    t_: Any

    def __init__(self, source: Any, name: str | None, when: str, order: int) -> None:
        self.source = source
        super().__init__(name)
        self.whole = getattr(source, "whole", source)
        if isinstance(source, Record) or not hasattr(self.whole, "_variables"):
            raise KindError(
                f"{type(source).__name__} cannot be recorded.", "Give a group, a part of one, or synapses."
            ).located(self.title)
        self.when, self.order = checked_when(when), checked_order(order)
        self.active = True

    @property
    def key(self) -> str:
        """The name of its record in the plan."""
        return f"{self.name}:record"

    @property
    def rows(self) -> int:
        """The number of rows: at least 1."""
        return self.batch or 1

    @property
    def N(self) -> int:  # noqa: N802 - Brian2's name
        """The number of samples or events."""
        return len(self.t_)

    def __len__(self) -> int:
        return int(self.N)

    def __repr__(self) -> str:
        recorded = ", ".join((self.source.name, *self.record_variables))
        return f"{type(self).__name__}({recorded}, name={self.name!r})"

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.record_variables, *(f"{name}_" for name in self.record_variables)})

    @property
    def _states(self) -> tuple[str, ...]:
        return ("N", "t", *self.record_variables)

    def _state(self, name: str) -> Any:
        return getattr(self, name)

    def get_states(self, vars: Any = None, units: bool = True, level: int = 0) -> dict[str, Any]:
        """What was recorded (all of it, or what is named), by name."""
        found = {}
        for name in self._states if vars is None else vars:
            found[name] = self._state(name if units or name in ("N", "i", "count") else f"{name}_")
        return found

    def _room(self, key: str, runner: Runner) -> dict[str, Shape]:
        """What a step takes on the device, by name: shape and type."""
        return {}


def part_range(source: Any) -> tuple[int, int]:
    """First and one past the last element of a part; (0, -1) for a whole group."""
    whole = getattr(source, "whole", source)
    return (0, -1) if whole is source else (source.start, source.stop)


def whole_range(source: Any) -> tuple[int, int]:
    """The same as two numbers of elements."""
    whole = getattr(source, "whole", source)
    return (0, len(whole)) if whole is source else (source.start, source.stop)


def tables_of_bits(elements: Any, n: int) -> dict[str, Callable[[], Any]]:
    """Which of n elements are among the given ones, ascending: a bit for each, and how many there are before a word."""
    return {" bits": partial(_bits, elements, n), " ranks": partial(_ranks, elements, n)}


def _bits(elements: Any, n: int) -> Any:
    chosen = np.zeros(32 * n_words(n), bool)
    chosen[elements] = True
    return np.packbits(chosen, bitorder="little").view("<i4")


def _ranks(elements: Any, n: int) -> Any:
    return np.searchsorted(elements, 32 * np.arange(n_words(n))).astype(np.int32)
