"""exp(A) for stacks of small float64 matrices: the host's part of exact solutions without a closed form."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Matrices = NDArray[np.float64]

# Numerator of the [13/13] Pade approximant and the 1-norm up to which it is exact in float64
# (Higham 2005, SIAM J. Matrix Anal. Appl. 26, 1179-1193, table 2.3).
_COEFFICIENTS = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)
_LARGEST_NORM = 5.371920351148152
_SWEEPS = 40


def expm(matrices: ArrayLike) -> _Matrices:
    """The exponential of each matrix, ``[..., k, k]`` -> ``[..., k, k]``.

    Balanced by powers of two (Parlett & Reinsch 1969), then scaling and squaring with the [13/13] Pade approximant
    (Higham 2005, algorithm 2.3). A matrix with entries that are not finite gives NaN. Raises ``ValueError`` unless
    the last two axes are equal.
    """
    given = np.asarray(matrices, dtype=np.float64)
    if given.ndim < 2 or given.shape[-1] != given.shape[-2]:
        raise ValueError(f"square matrices are needed, not shape {given.shape}")
    if given.size == 0:
        return given.copy()
    stack = given.reshape(-1, *given.shape[-2:])
    finite = np.asarray(np.isfinite(stack).all(axis=(1, 2)))
    balanced, scale = _balance(np.where(finite[:, None, None], stack, 0.0))
    with np.errstate(over="ignore", invalid="ignore"):
        result = _squared(balanced) * scale[:, :, None] / scale[:, None, :]
    result[~finite] = np.nan
    return result.reshape(given.shape)


def _balance(stack: _Matrices) -> tuple[_Matrices, _Matrices]:
    """Powers of two d with ``stack = d * balanced / d``, rows and columns of ``balanced`` of like size.

    Off-diagonal sums below the largest rate on the diagonal count as that rate, so that a variable which only drives
    others, or is only driven, is scaled too.
    """
    size = stack.shape[-1]
    scale = np.ones(stack.shape[:2])
    diagonal = np.eye(size, dtype=bool)
    floor = np.abs(stack[:, diagonal]).max(axis=1)
    for _ in range(_SWEEPS):
        before = scale.copy()
        for index in range(size):
            off = np.where(diagonal, 0.0, np.abs(stack) * scale[:, None, :] / scale[:, :, None])
            row = np.maximum(off[:, index, :].sum(axis=1), floor)
            column = np.maximum(off[:, :, index].sum(axis=1), floor)
            usable = (row > 0) & (column > 0)
            ratio = np.where(usable, row, 1.0) / np.where(usable, column, 1.0)
            scale[:, index] *= np.exp2(np.round(0.5 * np.log2(ratio)))
        if np.array_equal(before, scale):
            break
    return stack * scale[:, None, :] / scale[:, :, None], scale


def _squared(stack: _Matrices) -> _Matrices:
    norm = np.abs(stack).sum(axis=1).max(axis=1)
    halvings = np.ceil(np.log2(np.maximum(norm / _LARGEST_NORM, 1.0))).astype(np.int64)
    result = _pade(np.ldexp(stack, -halvings[:, None, None]))
    for step in range(int(halvings.max())):
        todo = halvings > step
        result[todo] = result[todo] @ result[todo]
    return result


def _pade(a: _Matrices) -> _Matrices:
    b = _COEFFICIENTS
    one = np.eye(a.shape[-1])
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    odd = a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one
    even = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    odd = a @ odd
    return np.asarray(np.linalg.solve(even - odd, even + odd), np.float64)
