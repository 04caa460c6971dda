"""A group whose elements are neurons: numbered, and with parts that can be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from spikeq.errors import ShapeError
from spikeq.network.moments import checked_when
from spikeq.network.regular import RunsRegularly
from spikeq.network.subgroup import Subgroup, part_bounds


class Population(RunsRegularly):
    """``N`` neurons, parts of which can be taken, and statements that run regularly for them."""

    def __init__(
        self,
        N: int,  # noqa: N803 - Brian2's name
        name: str | None,
        dt: Any,
        namespace: Mapping[str, Any] | None,
        order: int,
        when: str,
    ) -> None:
        super().__init__(name, dt, namespace, order, checked_when(when))
        self._n = checked_size(N, self.title)
        self.events: dict[str, str] = {}

    def __len__(self) -> int:
        return self._n

    @property
    def start(self) -> int:
        """The first element: 0."""
        return 0

    @property
    def stop(self) -> int:
        """One past the last element."""
        return self._n

    @property
    def i(self) -> NDArray[np.int32]:
        """The numbers of the neurons, ``[n]``."""
        return np.arange(self._n, dtype=np.int32)

    @property
    def whole(self) -> Self:
        """The group itself, as a part of which it can stand."""
        return self

    def __getitem__(self, item: Any) -> Subgroup:
        return Subgroup(self, *part_bounds(item, self._n, self.title))

    def schedule(self, event: str, what: str) -> tuple[str, int]:
        """The slot and order of the spikes."""
        return self.when, self.order


def checked_size(n: Any, owner: str) -> int:
    """A number of elements. Raises ShapeError unless it is a whole number of at least 1."""
    whole = isinstance(n, int | np.integer) and not isinstance(n, bool)
    if not whole and isinstance(n, float) and n.is_integer():
        n, whole = int(n), True
    if not whole or n < 1:
        raise ShapeError(f"The number of neurons must be a whole number of at least 1, not {n!r:.60}.").located(owner)
    if n >= 2**31:
        raise ShapeError(f"{n} neurons are more than spikeq can number.", "Use several groups.").located(owner)
    return int(n)
