"""Synaptic values scaled so that the absolute values of each neuron's synapses have a given sum, in place.

Sums are formed in float64; on the CPU synapse by synapse in the order of their numbers, so that a matrix and the list
of the same synapses give the same bits, with any number of threads. A neuron is left as it is where its sum is 0 or
not finite, and where the total that it should get is negative or not finite.
"""

from __future__ import annotations

import torch
from torch import Tensor

_BLOCK = 1 << 18  # values that are widened to float64 at once


def normalise(values: Tensor, ends: Tensor, total: Tensor | float, n: int, first: int = 0) -> Tensor:
    """``values`` ``[synapses]`` or ``[batch, synapses]``, of which synapse e belongs to neuron ``first + ends[e]`` < n.

    ends: integers of 32 bits or more, or all 16 bits of shorter ones (-1 stands for 65,535).
    total: the sum of absolute values that each neuron gets, ``[]``, ``[n]`` or ``[batch, n]``.
    """
    rows = values if values.dim() == 2 else values.unsqueeze(0)
    for row, wanted in zip(rows, _wanted(total, len(rows), n, values.device), strict=True):
        sums = torch.zeros(n, dtype=torch.float64, device=values.device)
        pieces = list(zip(torch.split(row, _BLOCK), torch.split(ends, _BLOCK), strict=True))
        for piece, end in pieces:
            _add(sums, _neurons(end, first), piece.abs().double())
        factors = _factors(sums, wanted)
        for piece, end in pieces:
            _scale(piece, factors[_neurons(end, first)])
    return values


def normalise_dense(values: Tensor, total: Tensor | float, by: str) -> Tensor:
    """The same for a matrix ``[n_pre, n_post]`` or ``[batch, n_pre, n_post]``.

    by: ``"post"``, a total for each column, or ``"pre"``, one for each row of the matrix.
    """
    matrices = values if values.dim() == 3 else values.unsqueeze(0)
    if by == "pre":
        matrices = matrices.transpose(1, 2)
    others, n = matrices.shape[1:]
    for matrix, wanted in zip(matrices, _wanted(total, len(matrices), n, values.device), strict=True):
        sums = torch.zeros(n, dtype=torch.float64, device=values.device)
        pieces = torch.split(matrix, max(1, _BLOCK // max(n, 1))) if others else ()
        for piece in pieces:
            _add_rows(sums, piece.abs().double())
        factors = _factors(sums, wanted)
        for piece in pieces:
            _scale(piece, factors)
    return values


def _wanted(total: Tensor | float, rows: int, n: int, device: torch.device) -> Tensor:
    """The totals in float64, ``[rows, n]``."""
    return torch.as_tensor(total, device=device).double().expand(rows, n)


def _neurons(ends: Tensor, first: int) -> Tensor:
    numbers = ends.int().bitwise_and_(0xFFFF) if ends.dtype == torch.int16 else ends
    return numbers + first if first else numbers


def _add(sums: Tensor, ends: Tensor, amounts: Tensor) -> None:
    if sums.device.type == "cpu":
        sums.index_add_(0, ends, amounts)
    else:  # sorted first: the same order in every call
        sums.index_put_((ends.long(),), amounts, accumulate=True)


def _add_rows(sums: Tensor, amounts: Tensor) -> None:
    if sums.device.type == "cpu":
        sums.unsqueeze(0).index_add_(0, torch.zeros(len(amounts), dtype=torch.int64), amounts)
    else:
        sums.add_(amounts.sum(0))


def _factors(sums: Tensor, wanted: Tensor) -> Tensor:
    """What each neuron's values are multiplied by; 1 where nothing may change."""
    factors = wanted / sums
    return torch.where((sums > 0) & torch.isfinite(sums) & torch.isfinite(factors) & (factors >= 0), factors, 1.0)


def _scale(values: Tensor, factors: Tensor) -> None:
    values.copy_(values.double() * factors)
