"""What groups and parts of groups offer beside their variables one by one: many at once, and numbers of elements."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikeq.network.arrays import EVERYTHING
from spikeq.network.views import Integers, Owner, VariableView


class ElementNumbers:
    """``G.indices``: the numbers of the elements that stand between the brackets."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner

    def __getitem__(self, item: Any) -> Integers:
        if isinstance(item, str):
            return self.owner.indices_where(item, 1)
        return self.owner.indices_of_item(item)

    def __array__(self, dtype: Any = None, copy: Any = None) -> NDArray[Any]:
        return np.asarray(self[EVERYTHING], dtype)

    def __len__(self) -> int:
        return len(self[EVERYTHING])


class States(ABC):
    """A group or a part of one, to which views of variables belong."""

    @abstractmethod
    def variable(self, name: str) -> Any:
        """Describe a variable. Raises UnknownNameError."""

    @property
    @abstractmethod
    def stored_names(self) -> Iterable[str]:
        """The variables that hold values."""

    def view(self, name: str, raw: bool = False) -> VariableView:
        """The view of a variable, as ``G.v`` gives it."""
        return VariableView(self, name, raw)  # type: ignore[arg-type]

    def state(self, name: str, use_units: bool = True) -> VariableView:
        """The view of a variable whose name stands in a string: ``G.state("v")`` is ``G.v``."""
        self.variable(name)
        return self.view(name, raw=not use_units)

    @property
    def indices(self) -> ElementNumbers:
        """The numbers of elements: ``G.indices[:]``, ``G.indices['v > 1']``, ``S.indices[2, :]``."""
        return ElementNumbers(self)  # type: ignore[arg-type]

    def get_states(self, vars: Any = None, units: bool = True, level: int = 0) -> dict[str, Any]:
        """The values of variables (all that are stored, or those named), by name."""
        found = {}
        for name in self.stored_names if vars is None else vars:
            self.variable(name)
            found[name] = self.view(name, raw=not units).get_item(EVERYTHING, level + 1)
        return found

    def set_states(self, values: Mapping[str, Any], units: bool = True, level: int = 0) -> None:
        """Assign several variables: ``G.set_states({"v": -65*mV})``."""
        for name, value in values.items():
            self.variable(name)
            self.view(name, raw=not units).set_item(EVERYTHING, value, level + 1)
