"""Values of variables: NumPy arrays of their own until a network places them in its memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.codegen.extents import Reduction
from spikeq.errors import ClockError
from spikeq.network.member import Member
from spikeq.network.variables import Variable
from spikeq.network.views import DTYPES, Integers

Values = NDArray[Any]
NO_SPIKE = -(10**4)  # seconds: the last spike of a neuron that has not spiked
_TOLERANCE = 1e-3  # of a step, as in Brian2's timestep


class Holder(Member, ABC):
    """Holds an array for each stored variable: ``[n]``, ``[1]`` if shared; with rows ``[batch, n]``, ``[batch, 1]``."""

    def __init__(self, name: str | None) -> None:
        super().__init__(name)
        self._variables: dict[str, Variable] = {}
        self._values: dict[str, Values | torch.Tensor] = {}
        self._step_dt = 0.0

    @abstractmethod
    def __len__(self) -> int:
        """The number of elements."""

    def shown(self, name: str) -> str:
        """What messages call a variable."""
        return name

    def size_of(self, name: str) -> int:
        """The number of values of a variable, not counting rows."""
        return 1 if self._variables[name].scalar else len(self)

    def _stored(self, name: str) -> Values:
        """A stored variable as NumPy, its rows shown only where the network has a batch."""
        stored = self._values[name]
        values = stored.detach().cpu().numpy() if isinstance(stored, torch.Tensor) else stored
        if values.dtype == np.float32:
            values = values.astype(np.float64)
        if values.ndim == 2:
            values = values if self.batch is not None else values[0]
        if self._variables[name].scalar:
            values = values.reshape(values.shape[:-1] if values.ndim else ())
        elif values.shape[-1:] == (1,) and values.ndim == 2:
            values = np.broadcast_to(values, (values.shape[0], self.size_of(name)))
        return values

    def _store(self, name: str, index: Integers | None, values: Values) -> None:
        stored = self._values[name]
        if index is None and not isinstance(stored, torch.Tensor):
            self._values[name] = self._whole(name, values)
            return
        if isinstance(stored, np.ndarray) and stored.dtype == np.float32:
            stored = self._values[name] = stored.astype(np.float64)
        if values.ndim == 2 and stored.ndim < 2:
            stored = self._values[name] = self._with_rows(stored, values.shape[0])
        elif stored.ndim == 2 and stored.shape[-1] == 1 != self.size_of(name):
            stored = self._values[name] = self._widened(stored, self.size_of(name))
        if isinstance(stored, torch.Tensor):
            new: Any = torch.from_numpy(np.ascontiguousarray(values)).to(stored.device, stored.dtype)
        else:
            new = values
        if self._variables[name].scalar:
            stored[...] = new.reshape(-1, 1) if new.ndim == 1 and stored.ndim == 2 else new
        elif index is None:
            stored[...] = new
        else:
            where: Any = torch.from_numpy(index).to(stored.device) if isinstance(stored, torch.Tensor) else index
            stored[..., where] = new

    def _whole(self, name: str, values: Values) -> Values:
        """A new array for all elements; float32 arrays are kept as they are."""
        variable = self._variables[name]
        if variable.scalar:
            return values.reshape(-1, 1) if values.ndim else values.reshape(1)
        if values.ndim == 2:
            return values.copy()
        return np.array(np.broadcast_to(values, (len(self),)))

    @staticmethod
    def _with_rows(stored: Any, batch: int) -> Any:
        if isinstance(stored, torch.Tensor):
            return stored.expand(batch, *stored.shape).clone()
        return np.array(np.broadcast_to(stored, (batch, *stored.shape)))

    @staticmethod
    def _widened(stored: Any, size: int) -> Any:
        if isinstance(stored, torch.Tensor):
            return stored.expand(stored.shape[0], size).clone()
        return np.array(np.broadcast_to(stored, (stored.shape[0], size)))

    def _array_of(self, name: str) -> str:
        """The name under which the values of a variable lie."""
        return name

    def elements_of(self, name: str) -> Integers | None:
        """The values of a variable that something stands for; None for all."""
        return None

    def element_of(self, name: str, place: int) -> tuple[str, int]:
        """What messages call the value at a place of a variable: the variable's name, and which element has it."""
        return name, place

    def ensure_stored(self, name: str) -> None:
        """Make room for the values of a subexpression that is computed once a step."""
        if name not in self._values:
            self._values[name] = np.zeros(self.size_of(name), DTYPES[self._variables[name].kind])

    def is_per_row(self, name: str) -> bool:
        """Whether a variable that code changes has a value for each row of the batch."""
        return True

    def reduction_of(self, name: str) -> Reduction:
        """How changes that the rows of a batch make to a variable that they share become one."""
        return "sum"

    def has_rows(self, name: str) -> bool:
        """Whether the values that are stored differ between rows."""
        stored = self._values.get(name)
        return stored is not None and stored.ndim == 2

    def placed(self, name: str, rows: bool, batch: int, device: torch.device, real: torch.dtype) -> torch.Tensor:
        """The memory of a variable on a device, ``[n]`` or ``[batch, n]``; from here on it holds the values."""
        variable = self._variables[name]
        if variable.step:
            self._count_in_steps_of_the_clock()
            self._values[name] = self._in_steps_of_the_clock(name, torch.as_tensor(self._values[name]))
        stored = self._values[name]
        tensor = stored if isinstance(stored, torch.Tensor) else torch.from_numpy(np.ascontiguousarray(stored))
        tensor = tensor.to(device, real) if variable.kind == "real" and not variable.step else tensor.to(device)
        size = self.size_of(name)
        if rows:
            if tensor.ndim == 1:
                tensor = tensor.expand(batch, size)
            tensor = tensor.expand(batch, size).contiguous() if tensor.shape[-1] != size else tensor.contiguous()
        self._values[name] = tensor
        return tensor

    @property
    def step_dt(self) -> float:
        """The length of the steps in which times are stored, in seconds."""
        return self._step_dt or self.clock.dt_

    def _count_in_steps_of_the_clock(self) -> None:
        if self.step_dt != self.clock.dt_:
            steps = [name for name, variable in self._variables.items() if variable.step and name in self._values]
            self._values |= {n: self._in_steps_of_the_clock(n, torch.as_tensor(self._values[n])) for n in steps}
        self._step_dt = self.clock.dt_

    def fits_the_clock(self, stored: torch.Tensor) -> bool:
        """Whether stored steps are whole numbers of those of the clock as it is now."""
        exact = stored.double() * (self.step_dt / self.clock.dt_)
        return bool(((exact - exact.round()).abs() <= _TOLERANCE).all())

    def _in_steps_of_the_clock(self, name: str, stored: torch.Tensor) -> torch.Tensor:
        """Stored steps, counted in those of the clock as it is now.

        Where the step became longer, refractoriness compares whole steps since the spike, rounded down as in Brian2.
        Raises ClockError where synapses were updated at times that the clock cannot count any more.
        """
        ratio, never = self.step_dt / self.clock.dt_, stored <= np.iinfo(np.int64).min // 4
        if ratio != 1.0:
            exact = stored.double() * ratio
            at_synapses = name == "lastupdate" or self._variables[name].side is not None
            if at_synapses and not self.fits_the_clock(stored):
                raise ClockError(
                    f"dt cannot become {self.clock.dt_} s: synapses were updated at times that are no multiple of it.",
                    "Choose a dt of which the earlier one is a multiple.",
                ).located(self.title)
            stored = torch.ceil(exact - _TOLERANCE).to(torch.int64)
        return torch.where(never, round(NO_SPIKE / self.clock.dt_), stored)
