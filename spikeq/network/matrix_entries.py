"""Matrices of other libraries as lists of synapses: scipy's and torch's sparse ones, and dense arrays of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import KindError, ShapeError, UnsupportedError
from spikeq.units import dimension_of, magnitude

Values = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a matrix, row by row and ascending in each, int64 ``[k]``; their values ``[k]`` in SI units."""

    i: Values
    j: Values
    values: Values
    dimension: Dimension = DIMENSIONLESS


def is_matrix(value: Any) -> bool:
    """Whether something is meant as a matrix: a sparse one, or an array, tensor or list with axes."""
    if isinstance(value, str | bool | None):
        return False
    if _is_scipy(value) or isinstance(value, torch.Tensor):
        return True
    try:
        return isinstance(value, list | tuple | np.ndarray) and np.ndim(magnitude(value)) > 1
    except ValueError:  # rows of different lengths
        return True


def entries(matrix: Any, n_pre: int, n_post: int) -> Entries:
    """What a matrix ``[n_pre, n_post]`` holds.

    Of a sparse matrix every entry that it stores, zeros too; entries of one pair are added up, as its library does.
    Of a dense one whatever is neither 0 nor NaN. Raises ShapeError, KindError, UnsupportedError.
    """
    if _is_scipy(matrix):
        _require_shape(matrix.shape, n_pre, n_post)
        listed = matrix.tocoo()
        return _sorted(np.asarray(listed.row), np.asarray(listed.col), np.asarray(listed.data), n_post)
    if isinstance(matrix, torch.Tensor):
        return _of_tensor(matrix.detach(), n_pre, n_post)
    return _of_array(matrix, n_pre, n_post)


def _is_scipy(value: Any) -> bool:
    return hasattr(value, "tocoo") and hasattr(value, "nnz")


def _of_tensor(matrix: torch.Tensor, n_pre: int, n_post: int) -> Entries:
    _require_shape(matrix.shape, n_pre, n_post)
    matrix = matrix.cpu()
    if matrix.layout == torch.strided:
        matrix = matrix.float() if matrix.dtype in (torch.float16, torch.bfloat16) else matrix
        return _of_array(matrix.resolve_conj().resolve_neg().numpy(), n_pre, n_post)
    try:
        listed = matrix if matrix.layout == torch.sparse_coo else matrix.to_sparse(layout=torch.sparse_coo)
    except (RuntimeError, NotImplementedError):
        raise UnsupportedError(
            f"A tensor of the layout {matrix.layout} cannot be read.", "Convert it by to_sparse_coo()."
        ) from None
    values = listed._values()
    if values.ndim > 1:
        raise ShapeError("The entries of the tensor are tensors themselves.", "Give one number for each pair.")
    values = values.float() if values.dtype in (torch.float16, torch.bfloat16) else values
    i, j = (one.numpy() for one in listed._indices())
    return _sorted(i, j, values.numpy(), n_post)


def _of_array(matrix: Any, n_pre: int, n_post: int) -> Entries:
    try:
        dimension = dimension_of(matrix)
        values = np.asarray(magnitude(np.ma.filled(matrix, 0) if isinstance(matrix, np.ma.MaskedArray) else matrix))
    except ValueError:
        raise ShapeError("The rows of the matrix have different lengths.", "Give [n_pre, n_post] numbers.") from None
    _require_numbers(values)
    _require_shape(values.shape, n_pre, n_post)
    there = values != 0
    if values.dtype.kind == "f":
        there &= ~np.isnan(values)
    i, j = np.nonzero(there)
    return Entries(i, j, values[i, j], dimension)


def _sorted(i: Values, j: Values, values: Values, n_post: int) -> Entries:
    """Entries in any order, with those of one pair added up."""
    _require_numbers(values)
    pair = i.astype(np.int64) * n_post + j
    if (pair[1:] < pair[:-1]).any():
        order = np.argsort(pair, kind="stable")
        pair, values = pair[order], values[order]
    first = np.ones(len(pair), np.bool_)
    first[1:] = pair[1:] != pair[:-1]
    if not first.all():
        whole = values.astype(np.int64) if values.dtype.kind in "iu" else values
        pair, values = pair[first], np.add.reduceat(whole, np.flatnonzero(first))
    return Entries(pair // n_post, pair % n_post, values)


def _require_numbers(values: Values) -> None:
    if values.dtype.kind not in "biuf":
        raise KindError(f"A matrix of synapses holds real numbers, not {values.dtype}.", "Take .real, or abs().")


def _require_shape(shape: Any, n_pre: int, n_post: int) -> None:
    if tuple(shape) == (n_pre, n_post):
        return
    turned = tuple(shape) == (n_post, n_pre)
    raise ShapeError(
        f"The matrix has the shape {list(shape)}, but there are {n_pre} presynaptic and {n_post} postsynaptic neurons.",
        "Rows are presynaptic neurons: give matrix.T." if turned else f"Give a matrix [{n_pre}, {n_post}].",
    )
