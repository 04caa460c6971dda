"""The functions of the language, element by element, where torch alone would not give Brian2's (NumPy's) answer.

Three faults of torch on the CPU are mended here besides the meaning. Its vectorised ``sinh``, ``cosh`` and ``pow``
round differently from the scalar code that it uses for the last elements of an array, so a result would depend
on where in the tensor an element lies; its vectorised ``fmod`` gives NaN where the quotient overflows. Integer
division by zero raises, and -2**31 // -1 ends the process.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

_INT32_MIN, _INT32_MAX = -(2**31), 2**31 - 1
_EXPREL_SMALL, _EXPREL_LARGE = 1e-16, 717.0  # Brian2's limits, after scipy.special.exprel

# Torch agrees with NumPy on these, as the tests assert: one spelling for each of the language's names.
exp, expm1 = torch.exp, torch.expm1
log, log10, log1p = torch.log, torch.log10, torch.log1p
sqrt = torch.sqrt
sin, cos, tan, tanh = torch.sin, torch.cos, torch.tan, torch.tanh
arcsin, arccos, arctan = torch.asin, torch.acos, torch.atan
abs = torch.abs  # noqa: A001  (the language's own name)


def sinh(x: Tensor, out: Tensor | None = None) -> Tensor:
    """Hyperbolic sine, the same bits at every place of a tensor."""
    return _one_path(torch.sinh, x, out=out)


def cosh(x: Tensor, out: Tensor | None = None) -> Tensor:
    """Hyperbolic cosine, the same bits at every place of a tensor."""
    return _one_path(torch.cosh, x, out=out)


def exprel(x: Tensor, out: Tensor | None = None) -> Tensor:
    """(exp(x) - 1)/x, which is 1 at 0; infinite above 717, as in Brian2. Integers count as float64."""
    x = x if x.is_floating_point() else x.to(torch.float64)
    ratio = torch.expm1(x).div_(x)
    ratio = ratio.masked_fill_(x.abs() < _EXPREL_SMALL, 1.0).masked_fill_(x > _EXPREL_LARGE, torch.inf)
    return ratio if out is None else out.copy_(ratio)


def clip(x: Tensor, low: Tensor | float, high: Tensor | float, out: Tensor | None = None) -> Tensor:
    """min(max(x, low), high): ``high`` wins where the bounds cross, a NaN anywhere gives NaN."""
    low, high = (torch.as_tensor(bound, device=x.device, dtype=_dtype_of(bound, x)) for bound in (low, high))
    return torch.minimum(torch.maximum(x, low), high, out=out)


def sign(x: Tensor, out: Tensor | None = None) -> Tensor:
    """-1, 0 or 1 in the type of x; NaN stays NaN (torch's own sign makes it 0)."""
    signs = torch.sign(x, out=out)
    return signs.masked_fill_(x.isnan(), torch.nan) if x.is_floating_point() else signs


def int_(x: Tensor, out: Tensor | None = None) -> Tensor:
    """``int(x)``: int32, cut off towards zero; booleans become 0 and 1.

    Floats beyond int32 give its nearest end and NaN gives 0, as CUDA converts (NumPy leaves both undefined).
    Wider integers wrap.
    """
    if x.is_floating_point():
        wide = x.nan_to_num(0.0, torch.inf, -torch.inf).clamp_(_INT32_MIN, 2.0**31).to(torch.int64)
        x = wide.clamp_(max=_INT32_MAX)
    return x.to(torch.int32) if out is None else out.copy_(x)


def floor_int(x: Tensor, out: Tensor | None = None) -> Tensor:
    """``floor(x)`` as int32, with the limits of ``int_``."""
    return int_(torch.floor(x) if x.is_floating_point() else x, out)


def ceil_int(x: Tensor, out: Tensor | None = None) -> Tensor:
    """``ceil(x)`` as int32, with the limits of ``int_``."""
    return int_(torch.ceil(x) if x.is_floating_point() else x, out)


def floor_divide(a: Tensor, b: Tensor) -> Tensor:
    """``a // b``, rounded down. Integers: x // 0 is 0 and overflow wraps, as in NumPy."""
    if _any_float(a, b):
        return torch.div(a, b, rounding_mode="floor")
    a, b = _same_integers(a, b)
    quotient = torch.div(a, b.masked_fill((b == 0) | (b == -1), 1), rounding_mode="floor")
    return torch.where(b == -1, -a, quotient).masked_fill_(b == 0, 0)


def modulo(a: Tensor, b: Tensor) -> Tensor:
    """``a % b``, with the sign of b. Integers: x % 0 is 0, as in NumPy; floats: NaN."""
    if _any_float(a, b):
        return _float_modulo(a, b)
    a, b = _same_integers(a, b)
    return torch.remainder(a, b.masked_fill((b == 0) | (b == -1), 1)).masked_fill_(b == 0, 0)


def power(x: Tensor, y: Tensor, out: Tensor | None = None) -> Tensor:
    """``x ** y``, the same bits at every place of a tensor.

    int32 ** int32 wraps like NumPy; where NumPy (and Brian2) refuse a negative exponent, 1 and -1 keep their powers
    and every other base gives 0.
    """
    if _any_float(x, y):
        return _one_path(torch.pow, x, y, out=out)
    return torch.pow(*_same_integers(x, y), out=out)


def integer_power(x: Tensor, n: int) -> Tensor:
    """``x ** n`` of floats for a small constant n by repeated squaring: faster than ``power``, n/2 ulp from it."""
    if n < 0:
        return torch.reciprocal(integer_power(x, -n))
    result = torch.ones_like(x) if n == 0 else x
    for bit in bin(n)[3:]:
        result = result * result
        if bit == "1":
            result = result * x
    return result


def timestep(t: Tensor, dt: Tensor | float) -> Tensor:
    """The step that the time t falls into, int64: int((t + 1e-3·dt)/dt), Brian2's rule. Both in float64 seconds."""
    return ((t + 1e-3 * dt) / dt).to(torch.int64)


def whole_steps(t: Tensor, dt: float) -> Tensor:
    """``timestep`` as int32: what is longer than 2**31 - 1 steps, infinite times among it, counts as that."""
    return ((t + 1e-3 * dt) / dt).clamp_(max=_INT32_MAX).to(torch.int32)


def _one_path(function: Callable[..., Tensor], *arguments: Tensor, out: Tensor | None) -> Tensor:
    """Run torch's function through its scalar code for every element, by writing to a strided target on the CPU."""
    dtype = torch.result_type(*arguments) if len(arguments) == 2 else arguments[0].dtype
    dtype = dtype if dtype.is_floating_point else torch.get_default_dtype()
    shape = np.broadcast_shapes(*(argument.shape for argument in arguments))
    arguments = tuple(argument.to(dtype).expand(shape) for argument in arguments)
    if arguments[0].device.type != "cpu":
        return function(*arguments, out=out)
    strided = torch.empty((*shape, 2), dtype=dtype)[..., 0]
    function(*arguments, out=strided)
    return strided.contiguous() if out is None else out.copy_(strided)


def _float_modulo(a: Tensor, b: Tensor) -> Tensor:
    """fmod moved to the sign of b, NumPy's way: unlike a - b·floor(a/b) exact, also for an infinite b."""
    rest = _one_path(torch.fmod, a, b, out=None)
    rest = torch.where((rest != 0) & ((b < 0) != (rest < 0)), rest + b, rest)
    return torch.where(rest == 0, torch.copysign(rest, b), rest)


def _any_float(a: Tensor, b: Tensor) -> bool:
    return a.is_floating_point() or b.is_floating_point()


def _same_integers(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    dtype = torch.promote_types(torch.promote_types(a.dtype, b.dtype), torch.int32)
    return a.to(dtype), b.to(dtype)


def _dtype_of(bound: Tensor | float, x: Tensor) -> torch.dtype | None:
    """A plain number takes x's type, unless it is a float beside an integer tensor."""
    if isinstance(bound, Tensor):
        return None
    return torch.float64 if isinstance(bound, float) and not x.is_floating_point() else x.dtype
