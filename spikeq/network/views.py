"""What ``G.v`` and ``S.w`` give: a window onto one variable of a group that reads as a quantity and takes assignments.

The view holds no values. It checks items, units, kinds and shapes and leaves the rest to its owner (``Owner``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import DimensionError, KindError, NetworkError, ShapeError, SpikeqError, ValueRangeError
from spikeq.language.expression import Kind
from spikeq.language.wording import in_units
from spikeq.network.arrays import EVERYTHING, ActsAsArray
from spikeq.units import dimension_of, get_unit, magnitude, with_dimension

Integers = NDArray[np.int64]
_SMALL = (torch.float16, torch.bfloat16)
DTYPES: dict[Kind, type[np.generic]] = {"real": np.float64, "integer": np.int32, "boolean": np.bool_}


@dataclass(frozen=True, slots=True)
class VariableInfo:
    """What a view must know of a variable. ``scalar``: one value for the whole group (a shared variable).

    ``by_row``: shown with a value for each row of a batch; what rows share by nature is not.

    ``read_only`` variables cannot be assigned to; ``reason_read_only`` completes the sentence "because it is ...".
    """

    name: str
    dimension: Dimension
    kind: Kind = "real"
    scalar: bool = False
    read_only: bool = False
    reason_read_only: str = ""
    is_expression: bool = False
    by_row: bool = True


class Owner(Protocol):
    """What a group offers to its views.

    ``namespace_level``: ``sys._getframe(namespace_level + 1)``, called in the body of the owner's method, is the
    frame of the user, where the names of strings are looked up.
    """

    @property
    def name(self) -> str:
        """The name of the group."""

    def __len__(self) -> int:
        """The number of elements."""

    @property
    def batch(self) -> int | None:
        """The number of rows, None in a network without ``batch=``."""

    def variable(self, name: str) -> VariableInfo:
        """Describe a variable."""

    def read(self, name: str, namespace_level: int) -> NDArray[Any]:
        """Return the current SI values, ``[n]`` or ``[batch, n]``; ``[]`` or ``[batch]`` if scalar."""

    def write(self, name: str, index: Integers | None, values: NDArray[Any]) -> None:
        """Store SI values that broadcast to ``[n]``, ``[len(index)]`` or with a leading ``batch`` (None: all)."""

    def write_expression(
        self, name: str, index: Integers | None, text: str, namespace_level: int, *, raw: bool = False
    ) -> None:
        """Evaluate a string for the elements of ``index`` (None: all) and store the result; ``raw``: of any unit."""

    def indices_where(self, text: str, namespace_level: int) -> Integers:
        """Return the numbers of the elements for which a string condition holds."""

    def indices_of_item(self, item: Any) -> Integers:
        """Turn what stood between the brackets into element numbers; an integer gives an array of shape ``[]``."""


def indices_of_item(item: Any, size: int, owner: str = "the group") -> Integers:
    """Turn an integer, slice, list, integer array or mask into the element numbers of a group of ``size`` elements.

    An integer gives an array of shape ``[]``, everything else one of shape ``[k]``. Negative numbers count from the
    end. Raises ShapeError for numbers out of range, masks of another length and more than one index, KindError for
    anything that is no index.
    """
    if isinstance(item, slice):
        return np.arange(*_slice_bounds(item, size), dtype=np.int64)
    if isinstance(item, tuple):
        raise ShapeError(
            f"{owner} has one index, but {len(item)} were given.",
            "Write one index; where there is a batch, [:] gives [batch, n] and a row is chosen from that.",
        )
    try:
        index = np.asarray(item)
    except (TypeError, ValueError):
        index = np.empty((), dtype=object)
    if index.dtype == bool:
        return _indices_of_mask(index, size, owner)
    if index.size == 0 and index.ndim == 1:
        return np.empty(0, dtype=np.int64)
    if index.dtype.kind not in "iu":
        raise KindError(
            f"{item!r:.60} is not an index of {owner}.",
            "Use an integer, a slice, a list of integers, a boolean mask or a condition in a string.",
        )
    if index.ndim > 1:
        raise ShapeError(f"An index of {owner} must have one axis, not {index.ndim}.", "Flatten the index array first.")
    index = index.astype(np.int64)
    wrong = (index < -size) | (index >= size)
    if wrong.any():
        first = int(index[wrong][0]) if index.ndim else int(index)
        raise ShapeError(f"Index {first} is out of range: {owner} has {size} elements.", "Elements count from 0.")
    return np.where(index < 0, index + size, index)


def _slice_bounds(item: slice, size: int) -> tuple[int, int, int]:
    try:
        return item.indices(size)
    except (TypeError, ValueError) as error:
        raise KindError(
            f"{item} is not a slice of elements: {error}.", "Give start, stop and step as integers."
        ) from None


def _indices_of_mask(mask: NDArray[np.bool_], size: int, owner: str) -> Integers:
    if mask.shape != (size,):
        raise ShapeError(
            f"The mask has shape {mask.shape}, but {owner} has {size} elements.",
            "A mask holds one truth value for each element.",
        )
    return np.flatnonzero(mask)


def indices_of_synapses(
    item: Any,
    endpoints: tuple[NDArray[Any], NDArray[Any]],
    sizes: tuple[int, int],
    copies: NDArray[Any] | None = None,
    owner: str = "the synapses",
) -> Integers:
    """Turn ``[i, j]`` or ``[i, j, k]`` into the numbers of the synapses between these neurons, ascending.

    ``endpoints``: the pre- and postsynaptic neuron of each synapse, ``[synapses]``; ``sizes``: the numbers of neurons;
    ``copies``: which of several synapses of a pair each one is, None if that is not counted. Any item that is no tuple
    counts synapses themselves. Raises ShapeError and KindError.
    """
    if not isinstance(item, tuple):
        return indices_of_item(item, len(endpoints[0]), owner)
    if len(item) not in (2, 3):
        raise ShapeError(f"{owner} has 2 or 3 indices, but {len(item)} were given.", "Write [i, j] or [i, j, k].")
    found = np.ones(len(endpoints[0]), dtype=bool)
    for one, neurons, size, side in zip(item, endpoints, sizes, ("pre", "post"), strict=False):
        if not _is_everything(one):
            chosen = np.zeros(size, dtype=bool)
            chosen[indices_of_item(one, size, f"the {side}synaptic side of {owner}")] = True
            found &= chosen[neurons]
    if len(item) == 3 and not _is_everything(item[2]):
        if copies is None:
            raise ShapeError(f"{owner} does not count copies.", "Make Synapses(..., multisynaptic_index='k').")
        chosen = np.zeros(int(copies.max(initial=-1)) + 1, dtype=bool)
        chosen[indices_of_item(item[2], len(chosen), f"the third index of {owner}")] = True
        found &= chosen[copies]
    return np.flatnonzero(found)


def _is_everything(item: Any) -> bool:
    """Whether an item is ``[:]`` or ``[...]``."""
    if isinstance(item, slice):
        return item.start is None and item.stop is None and item.step is None
    return item is Ellipsis


def _without_ellipsis(item: Any) -> Any:
    """``[..., k]`` means ``[k]``: an index always applies to the last axis."""
    if isinstance(item, tuple) and len(item) > 1 and item[0] is Ellipsis:
        return item[1] if len(item) == 2 else item[1:]
    return item


class VariableView(ActsAsArray):
    """One variable of a group, as ``G.v`` (with its unit) or ``G.v_`` (``raw``: plain SI numbers).

    Reading gives a copy: ``[n]``, with a leading ``batch`` axis where the network has one; shared variables give a
    single number (``[batch]``). A dimensionless variable reads as a plain array.
    """

    def __init__(self, owner: Owner, name: str, raw: bool = False) -> None:
        self.owner = owner
        self.name = name
        self.raw = raw

    # -- reading ----------------------------------------------------------------------------------------------------

    def get_item(self, item: Any, level: int = 0) -> Any:
        """Return the values of an item: an index, slice, list, mask, or a string condition.

        ``level``: how many Python frames above the caller the names of a string condition are looked up.
        Raises ShapeError for indices out of range and for any index but ``[:]`` on a shared variable.
        """
        info = self.owner.variable(self.name)
        if isinstance(item, tuple) and len(item) == 2 and _is_everything(item[0]) and item[1] is None:
            return self.get_item(EVERYTHING, level + 1)[..., None]
        index = None if _is_everything(item) else self._indices(info, item, level + 1)
        values = self.owner.read(self.name, level + 1)
        if self.owner.batch is not None and info.by_row:
            values = np.broadcast_to(values, (self.owner.batch, *(() if info.scalar else values.shape[-1:])))
        values = (values.copy() if index is None else values[..., index])[()]
        return values if self.raw else with_dimension(values, info.dimension)

    def _indices(self, info: VariableInfo, item: Any, level: int) -> Integers:
        if info.scalar:
            raise ShapeError(
                f"{self._title} is shared: it has one value for the whole group and no index {item!r}.",
                f"Use {self.name}[:] or {self.name} itself.",
            )
        if isinstance(item, str):
            return self.owner.indices_where(item, level + 1)
        return self.owner.indices_of_item(_without_ellipsis(item))

    # -- writing ----------------------------------------------------------------------------------------------------

    def set_item(self, item: Any, value: Any, level: int = 0) -> None:
        """Assign a number, quantity, array, view or string expression to an item.

        Values broadcast: one, one for each element of the index ``[k]``, and with a batch ``[batch, k]`` or
        ``[batch, 1]``. A real number stored in an integer variable is truncated towards zero, as in Brian2.
        ``level`` as in ``get_item``. Raises NetworkError for what cannot be assigned to, DimensionError, ShapeError,
        KindError, and ValueRangeError for NaN.
        """
        info = self.owner.variable(self.name)
        self._require_writable(info)
        everything = _is_everything(item) or (isinstance(item, str) and item.strip() == "True")
        if isinstance(value, VariableView):
            if everything and value.owner is self.owner and value.name == self.name:
                return
            value = value.get_item(EVERYTHING, level + 1)
        index = None if everything else np.atleast_1d(self._indices(info, item, level + 1))
        if isinstance(value, str):
            self.owner.write_expression(self.name, index, value, level + 1, raw=self.raw)
            return
        self.owner.write(self.name, index, self._shaped(info, index, self._converted(info, value)))

    def _require_writable(self, info: VariableInfo) -> None:
        if info.is_expression:
            raise NetworkError(
                f"{self._title} is a subexpression and cannot be assigned to.",
                "Assign to the variables that it is computed from.",
            )
        if info.read_only:
            reason = f", because it is {info.reason_read_only}" if info.reason_read_only else ""
            raise NetworkError(f"{self._title} cannot be assigned to{reason}.", "Read-only values are set by spikeq.")

    def _converted(self, info: VariableInfo, value: Any) -> NDArray[Any]:
        """SI numbers of the variable's type, after the checks of unit, kind and range."""
        if isinstance(value, torch.Tensor) and value.layout == torch.strided:
            value = value.detach().to("cpu", torch.float32 if value.dtype in _SMALL else value.dtype).numpy()
        try:
            dimension = dimension_of(value)
            single = isinstance(value, np.ndarray) and value.dtype == np.float32  # large weights are not held twice
            numbers = value if single else np.asarray(magnitude(value))
        except SpikeqError as error:
            raise error.located(self._title) from None
        if numbers.dtype.kind not in "biuf":
            raise KindError(f"{self._title} takes numbers, not {type(value).__name__}.", "Give numbers or a string.")
        if not self.raw and dimension != info.dimension and (not dimension.is_dimensionless or numbers.any()):
            raise DimensionError(
                f"{self._title} is {in_units(info.dimension)}, but the value is {in_units(dimension)}.",
                f"Give a value in {info.dimension}, or assign plain SI numbers to {self._title}_."
                if not info.dimension.is_dimensionless
                else f"Divide the value by a unit of {dimension}.",
            )
        if np.isnan(numbers).any():
            raise ValueRangeError(f"The value for {self._title} contains NaN.", "Replace it by a number.")
        if info.kind == "integer":
            self._require_int32(numbers)
        return numbers if single and info.kind == "real" else numbers.astype(DTYPES[info.kind])

    def _require_int32(self, numbers: NDArray[Any]) -> None:
        limits = np.iinfo(np.int32)
        if numbers.size and (numbers.max() > limits.max or numbers.min() < limits.min):
            raise ValueRangeError(
                f"The value for {self._title} does not fit into an integer of 32 bits.",
                "Declare the variable as a real number (': 1').",
            )

    def _shaped(self, info: VariableInfo, index: Integers | None, numbers: NDArray[Any]) -> NDArray[Any]:
        """The numbers, if their shape fits; those of a shared variable as ``[]`` or ``[batch]``."""
        batch = self.owner.batch
        if numbers.ndim == 0:
            return numbers
        count = 1 if info.scalar else self.size_of_row if index is None else len(index)
        if info.scalar:
            if numbers.size == 1 and numbers.ndim <= 1:
                return numbers.reshape(())
            if numbers.shape in ((batch,), (batch, 1)):
                return numbers.reshape(-1)
        elif numbers.shape[-1] in (1, count) and numbers.shape[:-1] in ((), (batch,)):
            return numbers
        allowed = "one value" if info.scalar or count == 1 else f"one value or {count}"
        if batch is not None:
            allowed += f", [{batch}, 1]" + ("" if count == 1 else f" or [{batch}, {count}]")
        help = "Give one value for all elements or one for each."
        if info.scalar:
            help = "The variable is shared by all elements."
        if batch is None and numbers.ndim == 2:
            help = f"For a value per row, add the group to a Network(..., batch={len(numbers)}), then assign."
        raise ShapeError(f"{self._title} takes {allowed} here, but the value has shape {list(numbers.shape)}.", help)

    # -- as an array ------------------------------------------------------------------------------------------------

    @property
    def _title(self) -> str:
        return f"{self.owner.name}.{getattr(self.owner, 'shown', str)(self.name)}"

    @property
    def dimension(self) -> Dimension:
        """The physical dimension of the variable."""
        return self.owner.variable(self.name).dimension

    @property
    def dim(self) -> Dimension:
        """The physical dimension of the variable, as Brian2 calls it."""
        return self.dimension

    @property
    def unit(self) -> Any:
        """The base unit of the variable."""
        return get_unit(self.dimension)

    @property
    def size_of_row(self) -> int:
        """The number of elements, not counting the batch."""
        if self.owner.variable(self.name).scalar:
            return 1
        return len(self.owner)

    @property
    def shape(self) -> tuple[int, ...]:
        """``(n,)`` or ``(batch, n)``; ``()`` or ``(batch,)`` for shared variables."""
        info = self.owner.variable(self.name)
        rows = (self.owner.batch,) if self.owner.batch is not None and info.by_row else ()
        return rows if info.scalar else (*rows, self.size_of_row)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return int(np.prod(self.shape))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values as they are read."""
        return self.owner.read(self.name, 1).dtype

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError(f"{self._title} is a single value and has no length")
        return self.shape[0]

    def __repr__(self) -> str:
        values = self.get_item(EVERYTHING, 1)
        text = repr(values) if self.shape or not (self.raw or self.dimension.is_dimensionless) else str(values)
        return f"<{self._title}{'_' if self.raw else ''}: {text}>"

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        """Copies and pickles hold the values: the variable itself belongs to its group."""
        return with_dimension, (self.get_item(EVERYTHING, 1), DIMENSIONLESS if self.raw else self.dimension)

    def __hash__(self) -> int:
        return hash((id(self.owner), self.name, self.raw))
