"""Triton's interpreter made to fuse products and sums, as a compiler may: the two roundings become one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from triton.runtime import interpreter

WIDER = {np.dtype(np.float32): np.float64, np.dtype(np.float64): np.longdouble}


def fused(lhs: Any, rhs: Any, sign: int) -> Any:
    """lhs + sign · rhs with one of them unrounded where it is a product; nothing where neither is."""
    first, second = getattr(lhs, "product", None), getattr(rhs, "product", None)
    if first is None and second is None:
        return None
    if first is not None:
        return first + sign * rhs.data.astype(first.dtype)
    return lhs.data.astype(second.dtype) + sign * second


@contextmanager
def fusing() -> Iterator[list[int]]:
    """Within, sums swallow the products that they add; yields a list with one entry for each time."""
    builder, plain = interpreter.InterpreterBuilder, {}
    times: list[int] = []
    for name in ("create_fmul", "create_fadd", "create_fsub"):
        plain[name] = getattr(builder, name)

    def multiply(self: Any, lhs: Any, rhs: Any) -> Any:
        made = plain["create_fmul"](self, lhs, rhs)
        wider = WIDER[made.data.dtype]
        made.product = lhs.data.astype(wider) * rhs.data.astype(wider)
        return made

    def sum_by(name: str, sign: int) -> Any:
        def added(self: Any, lhs: Any, rhs: Any) -> Any:
            made = plain[name](self, lhs, rhs)
            exact = fused(lhs, rhs, sign)
            if exact is not None:
                times.append(made.data.size)
                made = interpreter.TensorHandle(exact.astype(made.data.dtype), made.dtype)
            return made

        return added

    builder.create_fmul = multiply
    builder.create_fadd, builder.create_fsub = sum_by("create_fadd", 1), sum_by("create_fsub", -1)
    try:
        yield times
    finally:
        for name, function in plain.items():
            setattr(builder, name, function)
