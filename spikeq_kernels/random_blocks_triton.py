"""Blocks of random numbers ``[draws, rows, n]`` by Triton: the launchers that give the device functions of
``philox_triton`` and ``distributions_triton`` the signatures of ``Stream``'s methods and of ``distributions``.
"""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor

from spikeq_kernels import distributions_triton, philox_triton
from spikeq_kernels.philox import Stream


@triton.jit
def block_kernel(
    out_ptr: tl.tensor,
    first_ptr: tl.tensor,
    second_ptr: tl.tensor,
    numbers_ptr: tl.tensor,
    n: tl.tensor,
    trial: tl.tensor,
    KIND: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    """A program for each (block, row, draw). numbers: the key, the numbers of the rows, the numbers of the draws."""
    i_row, i_draw = tl.program_id(1), tl.program_id(2)
    n_rows = tl.num_programs(1)
    key0, key1 = tl.load(numbers_ptr), tl.load(numbers_ptr + 1)
    row, draw = tl.load(numbers_ptr + 2 + i_row), tl.load(numbers_ptr + 2 + n_rows + i_draw)
    start = tl.program_id(0) * BLOCK
    i = start + tl.arange(0, BLOCK)
    place = (i_draw.to(tl.int64) * n_rows + i_row) * n + i
    word = philox_triton.words_of_block(key0, key1, start, draw, row, trial, BLOCK)
    if KIND == "words":
        found = word.to(tl.int64)
    elif KIND == "uniforms":
        found = philox_triton.uniform(word, out_ptr.dtype.element_ty)
    elif KIND == "normals":
        found = distributions_triton.normal(word, out_ptr.dtype.element_ty)
    else:
        first = tl.load(first_ptr + place, mask=i < n, other=0)
        if KIND == "decisions":
            found = philox_triton.below(word, first)
        elif KIND == "poisson":
            found = distributions_triton.poisson(word, first, key0, key1, i, draw, row)
        else:
            second = tl.load(second_ptr + place, mask=i < n, other=0)
            found = distributions_triton.binomial(word, first, second, key0, key1, i, draw, row)
    tl.store(out_ptr + place, found, mask=i < n)


def words(stream: Stream, trial: int = 0) -> Tensor:
    """``Stream.words``."""
    return _launch("words", stream, torch.int64, trial=trial)


def uniforms(stream: Stream, dtype: torch.dtype = torch.float32) -> Tensor:
    """``Stream.uniforms``."""
    return _launch("uniforms", stream, dtype)


def decisions(stream: Stream, threshold: Tensor) -> Tensor:
    """``Stream.decisions``."""
    return _launch("decisions", stream, torch.bool, threshold)


def normals(stream: Stream, dtype: torch.dtype = torch.float32) -> Tensor:
    """``distributions.normals``."""
    return _launch("normals", stream, dtype)


def poisson(stream: Stream, mean: Tensor | float) -> Tensor:
    """``distributions.poisson``."""
    return _launch("poisson", stream, torch.int64, mean)


def binomial(stream: Stream, count: Tensor | int, p: Tensor | float) -> Tensor:
    """``distributions.binomial``."""
    return _launch("binomial", stream, torch.int64, count, p)


def _launch(kind: str, stream: Stream, dtype: torch.dtype, *values: Any, trial: int = 0, block: int = 512) -> Tensor:
    out = torch.empty(stream.shape, dtype=dtype, device=stream.device)
    spread = [torch.as_tensor(value, device=out.device).expand(out.shape).contiguous() for value in values]
    key = torch.tensor(stream.key, device=out.device)
    numbers = torch.cat([key, stream.row_numbers(), stream.draw_numbers()])
    grid = (triton.cdiv(stream.n, block), out.shape[1], out.shape[0])
    first, second = (*spread, numbers, numbers)[:2]
    block_kernel[grid](out, first, second, numbers, stream.n, trial, KIND=kind, BLOCK=block, enable_fp_fusion=False)
    return out
