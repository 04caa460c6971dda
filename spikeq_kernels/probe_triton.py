"""Whether Triton works on a GPU at all: a small kernel is compiled and launched, and its result looked at."""

from __future__ import annotations

import torch
import triton
import triton.language as tl

OLDEST = (3, 6)


def installed() -> str:
    """The version of Triton that is installed."""
    return str(triton.__version__)


def is_too_old() -> bool:
    """Whether it lacks what the kernels of this folder need."""
    return tuple(map(int, installed().split(".")[:2])) < OLDEST


@triton.jit
def double_kernel(p_values: tl.tensor, BLOCK: tl.constexpr) -> None:
    """A program for all values."""
    i = tl.arange(0, BLOCK)
    tl.store(p_values + i, 2 * tl.load(p_values + i))


def probe(device: torch.device) -> None:
    """Raise what Triton raises where it cannot compile or launch, RuntimeError where a result is wrong."""
    values = torch.arange(32, dtype=torch.int32, device=device)
    with torch.cuda.device(device):
        double_kernel[(1,)](values, BLOCK=32, num_warps=1)
    if values.tolist() != list(range(0, 64, 2)):
        raise RuntimeError("a kernel gave wrong results")
