"""Normal, Poisson and binomial numbers as fixed functions of Philox words: the same words give the same numbers.

Every element is computed on its own, by operations whose result does not depend on where in a tensor the element lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from spikeq_kernels.philox import Stream, word_at

_LARGE_MEAN = 10.0  # from here on rejection, below it inversion
_INVERSION_TERMS = 48  # a mean below 10 exceeds 48 with a probability far below the 2**-33 of one word
_ATTEMPTS = 16  # an attempt fails with a probability below 1/3; after the last one the mean is taken

# Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988), PPND16.
# Numerator and denominator, highest power first. Its third region, p < exp(-25), is never reached by p >= 2**-33.
_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_TAIL = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
     3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0),
)  # fmt: skip


def normal(words: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """``randn()``: one normal number per word, of the same shape.

    With m the low 31 bits, p = (m + ½)·2⁻³² lies in (0, ½) and the value is the inverse of the normal distribution
    function at p: negative where the top bit is set, mirrored to the positive side where it is not. float64 is right
    to 1e-15 relative; float32 is the float64 number rounded once.
    """
    odd = ((words & 0x7FFFFFFF) << 1) | 1  # p = odd / 2**33, and q = ½ - p is exact
    q = (2**32 - odd).to(torch.float64).mul_(2.0**-33)
    inner = 0.180625 - q * q
    centre = _ratio(inner, *_CENTRE).mul_(q)
    root = odd.to(torch.float64).mul_(2.0**-33).log_().neg_().sqrt_().sub_(1.6)
    size = torch.where(inner >= 0.0, centre, _ratio(root, *_TAIL)).to(dtype)
    return torch.where(words >= 2**31, -size, size)


def normals(stream: Stream, dtype: torch.dtype = torch.float32, out: Tensor | None = None) -> Tensor:
    """``normal`` of every word of a stream, ``[draws, rows, n]``."""
    out = torch.empty(stream.shape, dtype=dtype, device=stream.device) if out is None else out
    for place, found in stream.chunks():
        out[place] = normal(found, out.dtype)
    return out


def poisson(stream: Stream, mean: Tensor | float) -> Tensor:
    """Poisson numbers of the given mean (broadcast to ``[draws, rows, n]``), int64.

    Below a mean of 10 by inversion of one 32-bit word, so probabilities under 2⁻³³ do not occur; above by PTRS of
    Hörmann, "The transformed rejection method for generating Poisson random variables" (1993).
    Raises ValueError for a negative, infinite or NaN mean on the CPU; on CUDA they count as 0, unasked.
    """
    means = _numbers(stream, mean)
    _refuse(means, (means >= 0.0) & (means < math.inf), "a Poisson mean must be finite and not negative")
    means = means.nan_to_num(0.0, 0.0, 0.0).clamp(min=0.0)
    few = torch.where(means < _LARGE_MEAN, means, 0.0)
    small = _invert(stream, torch.exp(-few), lambda j: few / j)
    return _combine(stream, means >= _LARGE_MEAN, small, _poisson_attempt, means)


def binomial(stream: Stream, count: Tensor | int, p: Tensor | float) -> Tensor:
    """Binomial numbers: how many of ``count`` trials of probability p succeed (both broadcast), int64.

    Where count·min(p, 1-p) is below 10 by inversion of one 32-bit word, above by BTRS of Hörmann, "The generation of
    binomial random variates" (1993).
    Raises ValueError for a negative count or a p outside [0, 1] on the CPU; on a CUDA device both are clamped.
    """
    counts, chances = _numbers(stream, count), _numbers(stream, p)
    _refuse(counts, (counts >= 0.0) & (counts < math.inf), "a binomial count must not be negative")
    _refuse(chances, (chances >= 0.0) & (chances <= 1.0), "a binomial probability must lie in [0, 1]")
    counts = counts.clamp(min=0.0)
    chances = chances.nan_to_num(0.0).clamp(0.0, 1.0)
    rare = torch.where(chances > 0.5, 1.0 - chances, chances)
    large = counts * rare >= _LARGE_MEAN
    few = torch.where(large, 0.0, rare)
    odds = few / (1.0 - few)
    start = torch.exp(counts * torch.log1p(-few))
    small = _invert(stream, start, lambda j: (counts - (j - 1)).clamp_(min=0.0) * odds / j)
    found = _combine(stream, large, small, _binomial_attempt, counts, rare)
    return torch.where(chances > 0.5, counts.to(torch.int64) - found, found)


def log_factorial(k: Tensor) -> Tensor:
    """log(k!) of whole float64 numbers k ≥ 0: a table below 10, Stirling's series above (to 1e-15 relative)."""
    table = torch.tensor([math.lgamma(j + 1.0) for j in range(10)], dtype=torch.float64, device=k.device)
    x = k.clamp(min=10.0) + 1.0
    inverse = 1.0 / x
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188)))))
    stirling = (x - 0.5) * torch.log(x) - x + 0.5 * math.log(2.0 * math.pi) + series
    return torch.where(k < 10.0, table[k.clamp(0.0, 9.0).to(torch.int64)], stirling)


def _ratio(x: Tensor, numerator: tuple[float, ...], denominator: tuple[float, ...]) -> Tensor:
    return _horner(x, numerator).div_(_horner(x, denominator))


def _horner(x: Tensor, coefficients: tuple[float, ...]) -> Tensor:
    total = x * coefficients[0]
    for coefficient in coefficients[1:-1]:
        total.add_(coefficient).mul_(x)
    return total.add_(coefficients[-1])


def _open_uniform(words: Tensor) -> Tensor:
    """float64 in (0, 1): the middle of each word's interval."""
    return words.to(torch.float64).add_(0.5).mul_(2.0**-32)


def _numbers(stream: Stream, value: Tensor | float) -> Tensor:
    """A parameter in float64: ``[1, 1, 1]`` for one number, else contiguous ``[draws, rows, n]``.

    Never without axes and never strided: such tensors may round differently.
    """
    values = torch.as_tensor(value, device=stream.device).to(torch.float64)
    return values.reshape(1, 1, 1) if values.numel() == 1 else values.expand(stream.shape).contiguous()


def _may_read_back(values: Tensor) -> bool:
    """Whether the host may look at values without waiting for a device."""
    return values.device.type == "cpu"


def _refuse(values: Tensor, good: Tensor, message: str) -> None:
    if _may_read_back(values) and not bool(good.all()):
        raise ValueError(f"{message}, not {values[~good][0].item()}")


def _invert(stream: Stream, start: Tensor, ratio: Callable[[int], Tensor]) -> Tensor:
    """Count the terms of a distribution that lie below a uniform number: term j = term j-1 · ratio(j)."""
    target = _open_uniform(stream.words())
    if start.numel() == 1:
        return torch.searchsorted(_totals(start, ratio), target)
    term, total = start.clone(), start.clone()
    count = torch.zeros(stream.shape, dtype=torch.int64, device=start.device)
    for j in range(1, _INVERSION_TERMS):
        more = target > total
        if _may_read_back(more) and not bool(more.any()):
            break
        count += more
        term *= ratio(j)
        total += term
    return count


def _totals(start: Tensor, ratio: Callable[[int], Tensor]) -> Tensor:
    """The sums of the first terms of one distribution, until they reach every uniform number."""
    term, totals = start.flatten(), [start.flatten()]
    for j in range(1, _INVERSION_TERMS - 1):
        if _may_read_back(term) and bool(totals[-1] >= 1.0 - 2.0**-33):
            break
        term = term * ratio(j).flatten()
        totals.append(totals[-1] + term)
    return torch.cat(totals)


Attempt = Callable[..., tuple[Tensor, Tensor, Tensor]]


def _combine(stream: Stream, large: Tensor, small: Tensor, attempt: Attempt, *parameters: Tensor) -> Tensor:
    """Rejection where ``large``, else ``small``. On the CPU only the large elements are worked on."""
    if large.numel() == 1 and _may_read_back(large) and not bool(large):
        return small
    flat = large.expand(stream.shape).flatten()
    values = tuple(parameter.expand(stream.shape).flatten() for parameter in parameters)
    if not _may_read_back(large):
        chosen = torch.arange(flat.numel(), device=flat.device)
        harmless = (40.0, 0.25)  # a large mean for the elements that are not chosen
        values = tuple(torch.where(flat, value, number) for value, number in zip(values, harmless, strict=False))
        found = _reject(stream, chosen, attempt, values).to(torch.int64)
        return torch.where(flat, found, small.flatten()).view(stream.shape)
    chosen = flat.nonzero().squeeze(1)
    if not chosen.numel():
        return small
    found = _reject(stream, chosen, attempt, tuple(value[chosen] for value in values)).to(torch.int64)
    return small.flatten().index_copy_(0, chosen, found).view(stream.shape)


def _reject(stream: Stream, chosen: Tensor, attempt: Attempt, parameters: tuple[Tensor, ...]) -> Tensor:
    """Attempts with the words of trials 2a and 2a + 1 until one is accepted; the CPU drops finished elements."""
    _, n_rows, n = stream.shape
    element, pair = chosen % n, torch.div(chosen, n, rounding_mode="floor")
    draw = stream.draw_numbers()[torch.div(pair, n_rows, rounding_mode="floor")]
    row = stream.row_numbers()[pair % n_rows]
    result = torch.empty(len(chosen), dtype=torch.float64, device=chosen.device)
    done = torch.zeros(len(chosen), dtype=torch.bool, device=chosen.device)
    place = torch.arange(len(chosen), device=chosen.device)
    for a in range(_ATTEMPTS):
        u = _open_uniform(word_at(stream.key, element, draw, row, 2 * a)).sub_(0.5)
        v = _open_uniform(word_at(stream.key, element, draw, row, 2 * a + 1))
        accepted, value, fallback = attempt(u, v, *parameters)
        if a == 0:
            result = fallback
        if not _may_read_back(chosen):
            result = torch.where(accepted & ~done, value, result)
            done |= accepted
            continue
        result[place[accepted]] = value[accepted]
        left = (~accepted).nonzero().squeeze(1)
        if not left.numel():
            break
        place, element, draw, row = place[left], element[left], draw[left], row[left]
        parameters = tuple(p[left] for p in parameters)
    return result


def _poisson_attempt(u: Tensor, v: Tensor, mean: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """PTRS, Hörmann (1993): accepted?, the number, and what stands in for it when no attempt is accepted."""
    b = 0.931 + 2.53 * torch.sqrt(mean)
    a = -0.059 + 0.02483 * b
    edge = 0.5 - u.abs()
    k = torch.floor((2.0 * a / edge + b) * u + mean + 0.43)
    quick = (edge >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2.0))
    possible = (k >= 0.0) & ((edge >= 0.013) | (v <= edge))
    scaled = torch.log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (edge * edge) + b))
    k = k.clamp(min=0.0)
    exact = scaled <= k * torch.log(mean) - mean - log_factorial(k)
    return quick | (possible & exact), k, torch.floor(mean)


def _binomial_attempt(u: Tensor, v: Tensor, count: Tensor, p: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """BTRS, Hörmann (1993), for p ≤ ½: accepted?, the number, and what stands in when no attempt is accepted."""
    spread = torch.sqrt(count * p * (1.0 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    edge = 0.5 - u.abs()
    k = torch.floor((2.0 * a / edge + b) * u + count * p + 0.5)
    quick = (edge >= 0.07) & (v <= 0.92 - 4.2 / b)
    possible = (k >= 0.0) & (k <= count)
    k = torch.minimum(k.clamp(min=0.0), count)
    mode = torch.floor((count + 1.0) * p)
    scaled = torch.log(v * ((2.83 + 5.1 / b) * spread) / (a / (edge * edge) + b))
    ways = log_factorial(mode) + log_factorial(count - mode) - log_factorial(k) - log_factorial(count - k)
    exact = scaled <= ways + (k - mode) * torch.log(p / (1.0 - p))
    return possible & (quick | exact), k, torch.floor(count * p)
