"""Parts of groups: a run of neurons that can be connected, recorded and assigned to like a group."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.errors import ShapeError, UnknownAttributeError, UnsupportedError
from spikeq.network.member import cannot_be_copied
from spikeq.network.states import States
from spikeq.network.tensors import tensor_of
from spikeq.network.views import Integers, VariableInfo, VariableView, indices_of_item


class Subgroup(States):
    """A run of neurons of a group: ``G[10:20]``. Its elements count from 0; its variables are the group's."""

    is_edges = False

    def __init__(self, group: Any, start: int, stop: int) -> None:
        object.__setattr__(self, "whole", group)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "stop", stop)

    @property
    def name(self) -> str:
        """The name in messages."""
        return f"{self.whole.name}[{self.start}:{self.stop}]"

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"{type(self.whole).__name__} {self.name!r}"

    @property
    def source(self) -> Any:
        """The group that it is a part of."""
        return self.whole

    def __len__(self) -> int:
        return int(self.stop - self.start)

    @property
    def N(self) -> int:  # noqa: N802 - the field's name
        """The number of neurons."""
        return len(self)

    @property
    def i(self) -> NDArray[np.int32]:
        """The numbers of the neurons inside the subgroup, ``[n]``."""
        return np.arange(len(self), dtype=np.int32)

    def __getitem__(self, item: Any) -> Subgroup:
        start, stop = part_bounds(item, len(self), self.title)
        return Subgroup(self.whole, self.start + start, self.start + stop)

    def __getattr__(self, name: str) -> Any:
        whole = self.__dict__["whole"]
        if name in whole._variables:
            return VariableView(self, name)
        if name.endswith("_") and name[:-1] in whole._variables:
            return VariableView(self, name[:-1], raw=True)
        return getattr(whole, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raw = name.endswith("_") and name[:-1] in self.whole._variables
        if not raw and name not in self.whole._variables:
            raise UnknownAttributeError(self.whole._no_variable(name)).located(self.title)
        VariableView(self, name[:-1] if raw else name, raw).set_item(slice(None), value, level=1)

    def run_regularly(self, code: str, *args: Any, **options: Any) -> Any:
        """Run statements for the neurons of the part in every step of a clock; see ``NeuronGroup.run_regularly``."""
        return self.whole.run_regularly(code, *args, **options, part=(self.start, self.stop))

    def run_on_event(self, *_: Any, **__: Any) -> None:
        """Refused: events are the whole group's. Raises UnsupportedError."""
        raise UnsupportedError(
            "Code at events runs for the whole group.", "Call run_on_event of the group, and test i in the code."
        ).located(self.title)

    set_event_schedule = run_on_event

    @property
    def stored_names(self) -> list[str]:
        """The variables of the group that hold values."""
        names: list[str] = self.whole.stored_names
        return names

    # -- what views ask -----------------------------------------------------------------------------------------------

    @property
    def batch(self) -> int | None:
        """The number of rows of the network's batch, None without one."""
        batch: int | None = self.whole.batch
        return batch

    def variable(self, name: str) -> VariableInfo:
        """Describe a variable of the group."""
        info: VariableInfo = self.whole.variable(name)
        return info

    def read(self, name: str, namespace_level: int = 0) -> NDArray[Any]:
        """The values of the part, ``[n]`` or ``[batch, n]``."""
        values: NDArray[Any] = self.whole.read(name, namespace_level + 1)
        return values if self.variable(name).scalar else values[..., self.start : self.stop]

    def _shifted(self, name: str, index: Integers | None) -> Integers | None:
        if self.variable(name).scalar:
            return None
        return np.arange(self.start, self.stop) if index is None else index + self.start

    def write(self, name: str, index: Integers | None, values: NDArray[Any]) -> None:
        """Store SI values of the part."""
        self.whole.write(name, self._shifted(name, index), values)

    def write_expression(
        self, name: str, index: Integers | None, text: str, namespace_level: int, *, raw: bool = False
    ) -> None:
        """Assign a string, in which ``i`` counts from the first neuron of the part."""
        part = (self.start, len(self))
        self.whole.write_expression(name, self._shifted(name, index), text, namespace_level + 1, part, raw)

    def indices_where(self, text: str, namespace_level: int) -> Integers:
        """The elements of the part for which a condition holds."""
        found: Integers = self.whole.indices_where(text, namespace_level + 1, (self.start, len(self)))
        return found

    def indices_of_item(self, item: Any) -> Integers:
        """Element numbers, counted inside the part."""
        return indices_of_item(item, len(self), self.name)

    def tensor(self, name: str) -> torch.Tensor:
        """The part of the group's ``tensor``."""
        values = tensor_of(self.whole, name, level=1)
        return values if self.variable(name).scalar else values[..., self.start : self.stop]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self.whole)})

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise cannot_be_copied(self.title)

    def __repr__(self) -> str:
        return f"<Subgroup {self.name} of {self.whole!r}>"


def part_bounds(item: Any, n: int, owner: str) -> tuple[int, int]:
    """Start and stop of a contiguous part. Raises ShapeError for anything else."""
    if isinstance(item, int | np.integer):
        item = slice(int(item), int(item) + 1 if item != -1 else None)
    if isinstance(item, list | np.ndarray | range):
        array = np.asarray(item)
        if array.ndim == 1 and array.size and array.dtype.kind in "iu" and (np.diff(array) == 1).all():
            item = slice(int(array[0]), int(array[-1]) + 1)
    if not isinstance(item, slice) or item.step not in (None, 1):
        raise ShapeError("A subgroup is a run of neurons.", "Write a slice such as G[10:20].").located(owner)
    out = any(isinstance(b, int | np.integer) and not -n <= b <= n for b in (item.start, item.stop))
    start, stop, _ = item.indices(n)
    if out or stop <= start:
        raise ShapeError(
            f"The subgroup [{item.start}:{item.stop}] is empty or out of range: there are {n} neurons.",
            "Choose a range inside the group.",
        ).located(owner)
    return start, stop
