"""One launcher for every elementwise device function: it gives ``special_triton`` the signatures of ``special``."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl
from torch import Tensor


@triton.jit
def of_one(x_ptr: tl.tensor, out_ptr: tl.tensor, n: tl.tensor, FUNCTION: tl.constexpr, BLOCK: tl.constexpr) -> None:
    """out[i] = FUNCTION(x[i])."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + i, mask=i < n, other=0)
    tl.store(out_ptr + i, FUNCTION(x), mask=i < n)


@triton.jit
def of_two(
    x_ptr: tl.tensor,
    y_ptr: tl.tensor,
    out_ptr: tl.tensor,
    n: tl.tensor,
    FUNCTION: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    """out[i] = FUNCTION(x[i], y[i])."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + i, mask=i < n, other=0)
    y = tl.load(y_ptr + i, mask=i < n, other=0)
    tl.store(out_ptr + i, FUNCTION(x, y), mask=i < n)


@triton.jit
def of_three(
    x_ptr: tl.tensor,
    y_ptr: tl.tensor,
    z_ptr: tl.tensor,
    out_ptr: tl.tensor,
    n: tl.tensor,
    FUNCTION: tl.constexpr,
    BLOCK: tl.constexpr,
) -> None:
    """out[i] = FUNCTION(x[i], y[i], z[i])."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    x = tl.load(x_ptr + i, mask=i < n, other=0)
    y = tl.load(y_ptr + i, mask=i < n, other=0)
    z = tl.load(z_ptr + i, mask=i < n, other=0)
    tl.store(out_ptr + i, FUNCTION(x, y, z), mask=i < n)


KERNELS = (of_one, of_two, of_three)


def apply(function: Any, *arguments: Tensor, dtype: torch.dtype | None = None, block: int = 512) -> Tensor:
    """A device function of one to three arguments, element by element; the arguments broadcast.

    dtype: of the result, where it is not that of the first argument; block: elements of one program.
    """
    spread = [argument.contiguous() for argument in torch.broadcast_tensors(*arguments)]  # type: ignore[no-untyped-call]
    out = torch.empty(spread[0].shape, dtype=dtype or spread[0].dtype, device=spread[0].device)
    n = out.numel()
    KERNELS[len(spread) - 1][(triton.cdiv(n, block),)](
        *spread, out, n, FUNCTION=function, BLOCK=block, enable_fp_fusion=False
    )
    return out
