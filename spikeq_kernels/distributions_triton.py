"""Normal, Poisson and binomial numbers for Triton: the functions of Philox words that ``distributions`` defines.

Poisson and binomial numbers are computed in float64 whatever the type of their parameters, so that they are the same
integers everywhere: where a rejection or a sum comes within 1e-15 of a limit, which no test will see, another may
result. Parameters out of range are clamped, as ``distributions`` does on CUDA.
"""

from __future__ import annotations

import triton
import triton.language as tl

from spikeq_kernels.bits_triton import sqrt
from spikeq_kernels.exponential_triton import exp
from spikeq_kernels.logarithm_triton import log, log1p
from spikeq_kernels.philox_triton import word_at


@triton.jit
def central_ratio(z: tl.tensor) -> tl.tensor:
    """Wichura's approximation for p within 0.425 of 1/2 (AS 241, PPND16)."""
    top = z * 2.5090809287301226727e3 + 3.3430575583588128105e4
    top = top * z + 6.7265770927008700853e4
    top = top * z + 4.5921953931549871457e4
    top = top * z + 1.3731693765509461125e4
    top = top * z + 1.9715909503065514427e3
    top = top * z + 1.3314166789178437745e2
    top = top * z + 3.3871328727963666080
    low = z * 5.2264952788528545610e3 + 2.8729085735721942674e4
    low = low * z + 3.9307895800092710610e4
    low = low * z + 2.1213794301586595867e4
    low = low * z + 5.3941960214247511077e3
    low = low * z + 6.8718700749205790830e2
    low = low * z + 4.2313330701600911252e1
    return top / (low * z + 1.0)


@triton.jit
def tail_ratio(z: tl.tensor) -> tl.tensor:
    """The same for smaller p, with z = sqrt(-log p) - 1.6."""
    top = z * 7.74545014278341407640e-4 + 2.27238449892691845833e-2
    top = top * z + 2.41780725177450611770e-1
    top = top * z + 1.27045825245236838258
    top = top * z + 3.64784832476320460504
    top = top * z + 5.76949722146069140550
    top = top * z + 4.63033784615654529590
    top = top * z + 1.42343711074968357734
    low = z * 1.05075007164441684324e-9 + 5.47593808499534494600e-4
    low = low * z + 1.51986665636164571966e-2
    low = low * z + 1.48103976427480074590e-1
    low = low * z + 6.89767334985100004550e-1
    low = low * z + 1.67638483018380384940
    low = low * z + 2.05319162663775882187
    return top / (low * z + 1.0)


@triton.jit
def wide_normal(p: tl.tensor, q: tl.tensor) -> tl.tensor:
    """The size of the normal number of float64 p < 1/2 and q = 1/2 - p, as ``distributions`` computes it."""
    inner = 0.180625 - q * q
    return tl.where(inner >= 0.0, q * central_ratio(inner), tail_ratio(tl.sqrt(-log(p)) - 1.6))


@triton.jit
def narrow_normal(p: tl.tensor, q: tl.tensor) -> tl.tensor:
    """The same of float32: Chebyshev approximations in w = -log(4p(1 - p)), after the idea of Giles, "Approximating
    the erfinv function", GPU Computing Gems 2 (2011); z/q up to w = 5, above it z in sqrt(w).
    """
    w = -log(4.0 * p * (0.5 + q))
    centre = w * -2.526330169e-8 + 6.344283706e-7
    centre = centre * w - 5.68024913e-6
    centre = centre * w + 1.173984848e-5
    centre = centre * w + 0.000124588833
    centre = centre * w - 0.0003579076815
    centre = centre * w - 0.006605142694
    centre = centre * w + 0.03266597188
    centre = centre * w + 0.6562338785
    centre = centre * w + 2.506628271
    t = sqrt(w) - 2.25
    tail = t * 3.878717605e-6 - 5.366829618e-5
    tail = tail * t + 0.0003181660107
    tail = tail * t - 0.001017693998
    tail = tail * t + 0.001624737665
    tail = tail * t + 0.0004853657184
    tail = tail * t - 0.009749419909
    tail = tail * t + 0.02661535914
    tail = tail * t + 1.392224905
    tail = tail * t + 2.950764818
    return tl.where(w < 5.0, q * centre, tail)


@triton.jit
def normal(word: tl.tensor, dtype: tl.constexpr) -> tl.tensor:
    """``randn()`` of uint32 words, in the arithmetic of its type.

    float32 lies within 4 ulp of ``distributions.normal``, float64 within 8: each of the two is right to 1e-15.
    """
    odd = (word << 1) | 1  # p = odd / 2**33
    p = odd.to(dtype) * 1.1641532182693481e-10
    q = (0 - odd).to(dtype) * 1.1641532182693481e-10  # 1/2 - p
    size = wide_normal(p, q) if dtype == tl.float64 else narrow_normal(p, q)
    return tl.where(word >= 2147483648, -size, size)


@triton.jit
def any_of(condition: tl.tensor) -> tl.tensor:
    """Whether a condition holds anywhere in a block; a scalar is its own."""
    if len(condition.shape) > 0:
        return tl.max(condition.to(tl.int32)) > 0
    else:
        return condition


@triton.jit
def open_uniform(word: tl.tensor) -> tl.tensor:
    """float64 in (0, 1): the middle of each word's interval."""
    return (word.to(tl.float64) + 0.5) * 2.3283064365386963e-10


@triton.jit
def log_factorial(k: tl.tensor) -> tl.tensor:
    """log(k!) of whole float64 k >= 0: a table below 10, Stirling's series above (to 1e-15 relative)."""
    x = tl.where(k < 10.0, 10.0, k) + 1.0
    inverse = 1.0 / x
    z = inverse * inverse
    series = inverse * (1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188)))))
    found = (x - 0.5) * log(x) - x + 0.9189385332046727 + series
    found = tl.where(k < 2.0, 0.0, found)
    found = tl.where(k == 2.0, 0.6931471805599453, found)
    found = tl.where(k == 3.0, 1.791759469228055, found)
    found = tl.where(k == 4.0, 3.178053830347946, found)
    found = tl.where(k == 5.0, 4.787491742782046, found)
    found = tl.where(k == 6.0, 6.579251212010101, found)
    found = tl.where(k == 7.0, 8.525161361065415, found)
    found = tl.where(k == 8.0, 10.604602902745251, found)
    return tl.where(k == 9.0, 12.801827480081469, found)


@triton.jit
def poisson_attempt(u: tl.tensor, v: tl.tensor, mean: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """PTRS, Hörmann (1993): (accepted?, the number)."""
    b = 0.931 + 2.53 * tl.sqrt(mean)
    a = -0.059 + 0.02483 * b
    edge = 0.5 - tl.abs(u)
    k = tl.floor((2.0 * a / edge + b) * u + mean + 0.43)
    quick = (edge >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2.0))
    possible = (k >= 0.0) & ((edge >= 0.013) | (v <= edge))
    scaled = log(v * (1.1239 + 1.1328 / (b - 3.4)) / (a / (edge * edge) + b))
    k = tl.where(k < 0.0, 0.0, k)
    exact = scaled <= k * log(mean) - mean - log_factorial(k)
    return quick | (possible & exact), k


@triton.jit
def binomial_attempt(u: tl.tensor, v: tl.tensor, count: tl.tensor, p: tl.tensor) -> tuple[tl.tensor, tl.tensor]:
    """BTRS, Hörmann (1993), for p <= 1/2: (accepted?, the number)."""
    deviation = tl.sqrt(count * p * (1.0 - p))
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    edge = 0.5 - tl.abs(u)
    k = tl.floor((2.0 * a / edge + b) * u + count * p + 0.5)
    quick = (edge >= 0.07) & (v <= 0.92 - 4.2 / b)
    possible = (k >= 0.0) & (k <= count)
    k = tl.where(k < 0.0, 0.0, tl.where(k > count, count, k))
    mode = tl.floor((count + 1.0) * p)
    scaled = log(v * ((2.83 + 5.1 / b) * deviation) / (a / (edge * edge) + b))
    ways = log_factorial(mode) + log_factorial(count - mode) - log_factorial(k) - log_factorial(count - k)
    exact = scaled <= ways + (k - mode) * log(p / (1.0 - p))
    return possible & (quick | exact), k


@triton.jit
def poisson(
    word: tl.tensor,
    mean: tl.tensor,
    key0: tl.tensor,
    key1: tl.tensor,
    element: tl.tensor,
    draw: tl.tensor,
    row: tl.tensor,
) -> tl.tensor:
    """Poisson numbers of the given means, int64: ``word`` is each element's word of trial 0.

    Means up to 10 are inverted with that word; larger ones are tried with the words of up to 32 trials of the element.
    """
    mean = mean.to(tl.float64)
    mean = tl.where((mean > 0.0) & (mean < float("inf")), mean, 0.0)
    large = mean >= 10.0
    few = tl.where(large, 0.0, mean)
    target = open_uniform(word)
    term = exp(-few)
    total = term
    found = total * 0.0
    j = tl.full((), 1.0, tl.float64)
    while any_of((target > total) & (found < 47.0)):
        found += tl.where(target > total, 1.0, 0.0)
        term = term * (few / j)
        total = total + term
        j += 1.0
    found = tl.where(large, tl.floor(mean), found)
    many = tl.where(large, mean, 40.0)
    pending, trial = large, large.to(tl.int32) * 0
    while any_of(pending & (trial < 32)):
        u = open_uniform(word_at(key0, key1, element, draw, row, trial)) - 0.5
        v = open_uniform(word_at(key0, key1, element, draw, row, trial + 1))
        accepted, k = poisson_attempt(u, v, many)
        found = tl.where(pending & accepted, k, found)
        pending = pending & (accepted == 0)
        trial += 2
    return found.to(tl.int64)


@triton.jit
def binomial(
    word: tl.tensor,
    count: tl.tensor,
    p: tl.tensor,
    key0: tl.tensor,
    key1: tl.tensor,
    element: tl.tensor,
    draw: tl.tensor,
    row: tl.tensor,
) -> tl.tensor:
    """How many of ``count`` trials of probability p succeed, int64; ``word`` as for ``poisson``.

    Needs some 60 registers for each element of a thread: give it two at most.
    """
    count, p = count.to(tl.float64), p.to(tl.float64)
    count = tl.where(count > 0.0, count, 0.0)
    p = tl.where(p > 0.0, tl.where(p < 1.0, p, 1.0), 0.0)
    rare = tl.where(p > 0.5, 1.0 - p, p)
    large = count * rare >= 10.0
    few = tl.where(large, 0.0, rare)
    odds = few / (1.0 - few)
    target = open_uniform(word)
    term = exp(count * log1p(-few))
    total = term
    found = total * 0.0
    j = tl.full((), 1.0, tl.float64)
    while any_of((target > total) & (found < 47.0)):
        found += tl.where(target > total, 1.0, 0.0)
        left = count - (j - 1.0)
        term = term * (tl.where(left > 0.0, left, 0.0) * odds / j)
        total = total + term
        j += 1.0
    found = tl.where(large, tl.floor(count * rare), found)
    n_many, p_many = tl.where(large, count, 40.0), tl.where(large, rare, 0.25)
    pending, trial = large, large.to(tl.int32) * 0
    while any_of(pending & (trial < 32)):
        u = open_uniform(word_at(key0, key1, element, draw, row, trial)) - 0.5
        v = open_uniform(word_at(key0, key1, element, draw, row, trial + 1))
        accepted, k = binomial_attempt(u, v, n_many, p_many)
        found = tl.where(pending & accepted, k, found)
        pending = pending & (accepted == 0)
        trial += 2
    return tl.where(p > 0.5, count - found, found).to(tl.int64)
