"""Synapses as matrices ``[n_pre, n_post]``: made from those of scipy, torch and NumPy, and read as such."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import torch

from spikeq.dimension import DIMENSIONLESS
from spikeq.errors import (
    ConnectionError,
    DataError,
    DimensionError,
    KindError,
    LimitError,
    ShapeError,
    SpikeqError,
    UnknownNameError,
)
from spikeq.language.wording import in_units
from spikeq.network.arrays import EVERYTHING
from spikeq.network.connected import Connected
from spikeq.network.layouts.dense import Dense
from spikeq.network.matrix_entries import Entries, Values, entries
from spikeq.network.options import checked_truth
from spikeq.network.views import VariableView
from spikeq.units import dimension_of, magnitude, with_dimension

SEVERAL = ("error", "sum")


class Matrices(Connected):
    """Synapses that can be made from matrices and be read as such."""

    def connect_from(self, matrix: Any, name: str, unit: Any = None, level: int = 0) -> None:
        """Make a synapse for each entry of a matrix ``[n_pre, n_post]`` and give the variable ``name`` its value.

        matrix: of scipy (any sparse array or matrix) or torch (any layout), where every stored entry makes a synapse,
        a stored zero too, and entries of the same pair are added up; or a dense array, where 0 and NaN make none.
        unit: what the numbers count in, such as ``nS``; a dense matrix may have its own. ``"w_"`` means SI numbers.
        The synapses come row by row. A second call adds others; for new values of those that are there, assign
        ``S.w = dense[S.i, S.j]``. Where values differ between rows of a batch, each row gets these. Raises
        ShapeError, DimensionError, KindError, ValueRangeError, ConnectionError; then nothing is connected.
        """
        try:
            found = entries(matrix, len(self._source), len(self._target))
        except SpikeqError as error:
            raise error.located(f"{self.title}, connect_from") from None
        view, values = self._view_of(name), self._in_units(found, unit)
        first = len(self)
        before = self._layout, self._connect_called, dict(self._variables), dict(self._values)
        try:
            self.connect(i=found.i, j=found.j, level=level + 1)
            if name == "delay":
                self._pathway("pre").own_delays()
            view.set_item(EVERYTHING if not first else np.arange(first, len(self)), values, level + 1)
        except SpikeqError:
            self._layout, self._connect_called, self._variables, self._values = before
            raise

    def _pathway(self, name: str) -> Any:
        raise NotImplementedError

    def _in_units(self, found: Entries, unit: Any) -> Any:
        if unit is not None and (isinstance(unit, str) or np.ndim(magnitude(unit))):
            raise KindError("unit must be one unit or number.", "Write unit=nS.").located(f"{self.title}, connect_from")
        if unit is not None and found.dimension != DIMENSIONLESS != dimension_of(unit):
            raise DimensionError(
                f"The matrix has a unit already: {in_units(found.dimension)}.", "Leave unit= out."
            ).located(f"{self.title}, connect_from")
        values = with_dimension(found.values, found.dimension)
        return values if unit is None else values * unit

    def _view_of(self, name: Any) -> VariableView:
        if isinstance(name, str) and name == "delay":
            return self.view(self._pathway("pre").variable)
        if not isinstance(name, str):
            raise UnknownNameError(self._no_variable(name)).located(self.title)
        raw = name.endswith("_") and name not in self._variables
        plain = name[:-1] if raw else name
        self.variable(plain)
        return self.view(plain, raw)

    def get(self, name: str, as_matrix: bool = False, several: str = "error", fill: Any = None, level: int = 0) -> Any:
        """The values of a variable for each synapse, or as a matrix ``[n_pre, n_post]`` (with rows
        ``[batch, n_pre, n_post]``).

        Where there is no synapse the matrix holds NaN, which makes real numbers of integers and truth values;
        ``fill=0`` (in SI units) keeps their type. several: what happens where a pair has several synapses: an
        ``"error"``, or their ``"sum"``. ``"w_"`` reads without a unit, ``"delay"`` the delays of ``on_pre``. Raises
        UnknownNameError, ConnectionError, KindError.
        """
        view = self._view_of(name)
        if not checked_truth(as_matrix, "as_matrix"):
            return view.get_item(EVERYTHING, level + 1)
        values = self._values_of(view, level + 1)
        matrix = self._matrix(values, several, fill)
        return matrix if view.raw else with_dimension(matrix, view.dimension)

    def _values_of(self, view: VariableView, level: int) -> Values:
        """SI values of every synapse, ``[synapses]`` or ``[batch, synapses]``."""
        values = np.asarray(magnitude(view.get_item(EVERYTHING, level + 1)))
        return np.broadcast_to(values[..., None], (*values.shape, len(self))) if self._is_single(view) else values

    def _is_single(self, view: VariableView) -> bool:
        return self.variable(view.name).scalar

    def _matrix(self, values: Values, several: str, fill: Any) -> Values:
        self._require_single(several)
        shape, layout = (*values.shape[:-1], self.layout.n_pre, self.layout.n_post), self.layout
        if isinstance(layout, Dense):
            return np.array(values).reshape(shape)
        fill = np.nan if fill is None else fill
        if not isinstance(fill, int | float | np.number) or isinstance(fill, bool):
            raise KindError(f"fill must be a number, not {fill!r}.", "Write fill=0.").located(f"{self.title}, get")
        whole = float(fill).is_integer()
        try:
            matrix = np.full(shape, fill, values.dtype if whole else np.result_type(values.dtype, np.float64))
        except MemoryError:
            raise LimitError(
                f"A matrix of {list(shape)} numbers does not fit into memory.", "Take a sparse one: to_scipy."
            ).located(self.title) from None
        i, j = layout.i, layout.j
        if layout.has_copies:
            matrix[..., i, j] = 0
            for one, own in zip(matrix.reshape(-1, *shape[-2:]), values.reshape(-1, layout.count), strict=True):
                np.add.at(one, (i, j), own)
        else:
            matrix[..., i, j] = values
        return matrix

    def _require_single(self, several: str) -> None:
        if several not in SEVERAL:
            raise KindError(f"several must be 'error' or 'sum', not {several!r}.").located(self.title)
        if several == "error" and self.layout.has_copies:
            raise ConnectionError(
                "Some pairs have several synapses, and a matrix has one place for each pair.",
                "Say several='sum' to add them up, or read S.i, S.j and the values of each synapse.",
            ).located(self.title)

    # -- other libraries ----------------------------------------------------------------------------------------------

    def to_scipy(
        self, name: str, format: str = "csr", several: str = "error", row: int | None = None, unit: Any = None
    ) -> Any:
        """A variable as scipy's sparse array ``[n_pre, n_post]``, an entry for each synapse, zeros too.

        format: ``"csr"``, ``"csc"``, ``"coo"`` or another of scipy's. several: as in ``get``. row: which row of the
        batch, where rows have values of their own. unit: what the numbers count in, such as ``mV``; SI without it.
        Raises DataError where scipy is not installed, KindError, DimensionError, ConnectionError, ShapeError.
        """
        try:
            sparse = import_module("scipy.sparse")
        except ImportError:
            raise DataError("to_scipy needs scipy.", "pip install scipy") from None
        values = self._counted_in(name, unit, row, "to_scipy")
        self._require_single(several)
        i, j = self.layout.i, self.layout.j
        made = sparse.coo_array((np.array(values), (i, j)), (self.layout.n_pre, self.layout.n_post))
        if self.layout.has_copies:
            made.sum_duplicates()
        try:
            return made.asformat(str(format))
        except (ValueError, TypeError, AttributeError):
            raise KindError(f"scipy has no sparse format {format!r}.", "Write 'csr', 'csc' or 'coo'.").located(
                self.title
            ) from None

    def to_torch(
        self, name: str, layout: str = "coo", several: str = "error", row: int | None = None, unit: Any = None
    ) -> torch.Tensor:
        """A variable as a tensor ``[n_pre, n_post]``, on the network's device and in its number type.

        layout: ``"coo"`` (coalesced), ``"csr"``, or ``"dense"``, which has 0 where there is no synapse. several, row
        and unit: as in ``to_scipy``. Raises KindError, DimensionError, ConnectionError, ShapeError.
        """
        if not isinstance(layout, str) or layout not in ("coo", "csr", "dense"):
            raise KindError(f"There is no layout {layout!r}.", "Write 'coo', 'csr' or 'dense'.").located(self.title)
        values = self._counted_in(name, unit, row, "to_torch")
        self._require_single(several)
        network, shape = self._network, (self.layout.n_pre, self.layout.n_post)
        device = torch.device("cpu") if network is None else network.device
        real = torch.float64 if network is None else network.real_type
        ends = torch.from_numpy(np.stack([self.layout.i, self.layout.j]).astype(np.int64)).to(device)
        numbers = torch.from_numpy(np.array(values)).to(device)
        numbers = numbers.to(real) if numbers.is_floating_point() else numbers
        made = torch.sparse_coo_tensor(ends, numbers, shape, check_invariants=False).coalesce()
        return made if layout == "coo" else made.to_sparse_csr() if layout == "csr" else made.to_dense()

    def _counted_in(self, name: str, unit: Any, row: int | None, what: str) -> Values:
        """The numbers of one row of the batch, in a unit."""
        view = self._view_of(name)
        values = self._of_row(self._values_of(view, 2), row)
        if unit is None:
            return values
        if isinstance(unit, str) or np.ndim(magnitude(unit)):
            raise KindError("unit must be one unit or number.", "Write unit=nS.").located(f"{self.title}, {what}")
        if dimension_of(unit) != view.dimension:
            raise DimensionError(
                f"{name} is {in_units(view.dimension)}, but the unit is {in_units(dimension_of(unit))}.",
                "Give a unit of the variable, or leave unit= out for SI numbers.",
            ).located(f"{self.title}, {what}")
        return np.asarray(values / magnitude(unit))

    def _of_row(self, values: Values, row: int | None) -> Values:
        """The values of one row of the batch, ``[synapses]``."""
        if values.ndim == 1:
            return values
        if not isinstance(row, int | np.integer) or isinstance(row, bool) or not -len(values) <= row < len(values):
            raise ShapeError(
                f"There are {len(values)} rows, each with values of its own.",
                f"Say which: row=0 .. row={len(values) - 1}.",
            ).located(self.title)
        return np.asarray(values[row])
