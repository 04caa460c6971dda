"""The functions of the language for Triton, under the names of ``special``: device functions that kernels inline.

They take float32 or float64 blocks of any shape (integers where their docstring says so), use Triton's core alone,
so that they also run interpreted, and do the same operations there and compiled. Stated errors are in ulp of the
result's type, against the exact result, and hold whether or not products and sums are fused. Subnormal arguments and
results count in full everywhere. ``/`` of the language is ``divide``: rounded to nearest, as torch divides.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.arithmetic_triton import (
    alike,
    ceil_int,
    clip,
    floor_divide,
    floor_int,
    int_,
    modulo,
    sign,
    timestep,
    whole_steps,
)
from spikeq_kernels.bits_triton import divide, sqrt
from spikeq_kernels.circular_triton import arccos, arcsin, arctan, cos, sin, tan
from spikeq_kernels.exponential_triton import cosh, exp, expm1, exprel, sinh, tanh
from spikeq_kernels.logarithm_triton import log, log1p, log10
from spikeq_kernels.power_triton import integer_power, real_power, whole_power

__all__ = [
    "abs",
    "arccos",
    "arcsin",
    "arctan",
    "ceil_int",
    "clip",
    "cos",
    "cosh",
    "divide",
    "exp",
    "expm1",
    "exprel",
    "floor_divide",
    "floor_int",
    "int_",
    "integer_power",
    "log",
    "log10",
    "log1p",
    "modulo",
    "power",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "timestep",
    "whole_steps",
]


@triton.jit
def abs(x: tl.tensor) -> tl.tensor:  # noqa: A001  (the language's own name)
    """The absolute value, exact; that of the int32 -2**31 wraps."""
    return tl.abs(x)


@triton.jit
def power(x: tl.tensor, y: tl.tensor) -> tl.tensor:
    """``x ** y``: floats to 2 ulp; int32 ** int32 wraps, of negative exponents only 1 and -1 keep their powers."""
    x, y = alike(x, y)
    if x.dtype.is_floating():
        return real_power(x, y)
    else:
        return whole_power(x, y)
