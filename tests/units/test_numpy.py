"""NumPy's functions on quantities: the numbers of the plain function, in the right unit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest

from spikeq.dimension import DIMENSIONLESS, SECOND, VOLT
from spikeq.units import arange, dimension_of, exprel, ms, mV, second, volt

X = np.array([0.3, -5.0, 4.0, 1.0])
Y = np.array([1.0, 2.0, 3.5, 4.0])

# Of x in volt and y in second: what it computes and the dimension of the result.
CASES: dict[str, tuple[Callable[[Any, Any], Any], Any]] = {
    "abs": (lambda x, y: np.abs(x), VOLT),
    "add.reduce": (lambda x, y: np.add.reduce(x), VOLT),
    "append": (lambda x, y: np.append(x, x[0]), VOLT),
    "argmax": (lambda x, y: np.argmax(x), DIMENSIONLESS),
    "argsort": (lambda x, y: x.argsort(), DIMENSIONLESS),
    "average": (lambda x, y: np.average(x, weights=[1, 2, 3, 4]), VOLT),
    "broadcast_to": (lambda x, y: np.broadcast_to(x[0], (2, 3)), VOLT),
    "cbrt": (lambda x, y: np.cbrt(x * x * x), VOLT),
    "clip": (lambda x, y: np.clip(x, x[0], None), VOLT),
    "clip keywords": (lambda x, y: np.clip(x, a_min=x[0], a_max=x[2]), VOLT),
    "concatenate": (lambda x, y: np.concatenate([x, x]), VOLT),
    "copysign": (lambda x, y: np.copysign(x, -1), VOLT),
    "cov": (lambda x, y: np.cov(x), VOLT**2),
    "cumsum": (lambda x, y: x.cumsum(), VOLT),
    "diag": (lambda x, y: np.diag(x), VOLT),
    "diff": (lambda x, y: np.diff(x), VOLT),
    "dot": (lambda x, y: np.dot(x, y), VOLT * SECOND),
    "einsum": (lambda x, y: np.einsum("i,i->", x, y), VOLT * SECOND),
    "flatten": (lambda x, y: x.flatten(), VOLT),
    "floor_divide": (lambda x, y: x // y, VOLT / SECOND),
    "full": (lambda x, y: np.full_like(x, y[1]), SECOND),
    "gradient": (lambda x, y: np.gradient(x, y), VOLT / SECOND),
    "hypot": (lambda x, y: np.hypot(x, x), VOLT),
    "insert": (lambda x, y: np.insert(x, 1, x[3]), VOLT),
    "interp": (lambda x, y: np.interp(y[0] * 1.5, y, x), VOLT),
    "isfinite": (lambda x, y: np.isfinite(x), DIMENSIONLESS),
    "linspace": (lambda x, y: np.linspace(y[0], y[3], 7), SECOND),
    "matmul": (lambda x, y: x @ y, VOLT * SECOND),
    "max": (lambda x, y: x.max(), VOLT),
    "maximum.accumulate": (lambda x, y: np.maximum.accumulate(x), VOLT),
    "mean": (lambda x, y: np.mean(x), VOLT),
    "median": (lambda x, y: np.median(x), VOLT),
    "nanmean": (lambda x, y: np.nanmean(x), VOLT),
    "nonzero": (lambda x, y: x.nonzero()[0], DIMENSIONLESS),
    "norm": (lambda x, y: np.linalg.norm(x), VOLT),
    "outer": (lambda x, y: np.outer(x, y), VOLT * SECOND),
    "outer ufunc": (lambda x, y: np.divide.outer(x, y), VOLT / SECOND),
    "percentile": (lambda x, y: np.percentile(x, 30), VOLT),
    "prod": (lambda x, y: np.prod(x), VOLT**4),
    "ptp": (lambda x, y: np.ptp(x), VOLT),
    "reciprocal": (lambda x, y: np.reciprocal(y), DIMENSIONLESS / SECOND),
    "repeat": (lambda x, y: x.repeat(2), VOLT),
    "reshape": (lambda x, y: x.reshape(2, 2), VOLT),
    "roll": (lambda x, y: np.roll(x, 1), VOLT),
    "searchsorted": (lambda x, y: np.searchsorted(y, y[2]), DIMENSIONLESS),
    "select": (lambda x, y: np.select([np.sign(x) > 0], [x]), VOLT),
    "sign": (lambda x, y: np.sign(x), DIMENSIONLESS),
    "sort": (lambda x, y: np.sort(x), VOLT),
    "sqrt": (lambda x, y: np.sqrt(y * y), SECOND),
    "square": (lambda x, y: np.square(x), VOLT**2),
    "stack": (lambda x, y: np.stack([x, x], axis=1), VOLT),
    "std": (lambda x, y: x.std(ddof=1), VOLT),
    "sum": (lambda x, y: np.sum(x, axis=0), VOLT),
    "take": (lambda x, y: np.take(x, [0, 2]), VOLT),
    "tile": (lambda x, y: np.tile(x, 2), VOLT),
    "transpose": (lambda x, y: np.stack([x, x]).T, VOLT),
    "trapezoid": (lambda x, y: np.trapezoid(x, y), VOLT * SECOND),
    "trapezoid dx": (lambda x, y: np.trapezoid(x, dx=y[0]), VOLT * SECOND),
    "unique": (lambda x, y: np.unique(x), VOLT),
    "var": (lambda x, y: np.var(x), VOLT**2),
    "where": (lambda x, y: np.where(np.sign(x) > 0, x, -x), VOLT),
    "zeros_like": (lambda x, y: np.zeros_like(x), DIMENSIONLESS),
}


@pytest.mark.parametrize("name", CASES)
def test_function(name: str) -> None:
    compute, dimension = CASES[name]
    result = compute(X * volt, Y * second)
    np.testing.assert_array_equal(np.asarray(result), np.asarray(compute(X, Y)))
    assert dimension_of(result) == dimension
    assert isinstance(result, np.ndarray | np.generic | int | float) == dimension.is_dimensionless


def test_several_results() -> None:
    counts, edges = np.histogram(X * mV, bins=2)
    assert counts.tolist() == [1, 3] and dimension_of(counts) == DIMENSIONLESS and dimension_of(edges) == VOLT
    density, _ = np.histogram(X * mV, bins=[-6, 0, 6] * mV, density=True)
    assert dimension_of(density) == DIMENSIONLESS / VOLT
    values, places = np.unique(X * mV, return_index=True)
    assert dimension_of(values) == VOLT and places.tolist() == [1, 0, 3, 2]
    samples, step = np.linspace(0 * ms, 1 * ms, 3, retstep=True)
    assert dimension_of(samples) == dimension_of(step) == SECOND and step == 0.5 * ms
    first, second_grid = np.meshgrid(X * mV, Y * ms)
    assert (dimension_of(first), dimension_of(second_grid)) == (VOLT, SECOND)
    assert all(dimension_of(part) == VOLT for part in np.split(X * mV, 2))
    quotient, rest = divmod(7 * ms, 2 * ms)
    assert quotient == 3.0 and type(quotient) is float and rest / ms == pytest.approx(1)
    assert np.allclose(X * mV, X * mV) and not np.allclose(X * volt, Y * volt)


def test_into_arrays() -> None:
    np.testing.assert_array_equal(np.full(2, 3 * mV), [0.003, 0.003])
    out = np.zeros(4) * mV
    np.add(X * mV, X * mV, out=out)
    np.testing.assert_array_equal(out / mV, (X + X) * 0.001 / 0.001)
    target = np.zeros(4) * mV
    np.copyto(target, X * mV)
    np.testing.assert_array_equal(np.asarray(target), np.asarray(X * mV))
    with pytest.raises(ValueError, match="copyto"):
        np.copyto(target, Y * ms)


def test_files_hold_si_numbers(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X * mV)
    np.savetxt(tmp_path / "x.txt", X * mV)
    np.testing.assert_array_equal(np.load(tmp_path / "x.npy"), np.asarray(X * mV))
    np.testing.assert_allclose(np.loadtxt(tmp_path / "x.txt"), np.asarray(X * mV))


def test_arange_and_exprel() -> None:
    np.testing.assert_array_equal(np.asarray(arange(0 * ms, 3 * ms, 1 * ms)), np.arange(0, 0.003, 0.001))
    assert dimension_of(arange(3 * ms, step=1 * ms)) == SECOND
    assert arange(4).tolist() == arange(start=0, stop=4).tolist() == [0, 1, 2, 3]
    for wrong in (
        lambda: arange(0 * ms, 3 * mV, 1 * ms),
        lambda: arange(0 * ms, 3 * ms, 1),
        lambda: arange(0, 3, 1 * ms),
        lambda: arange(3 * ms),
        lambda: arange(0 * ms, 3 * ms),
    ):
        with pytest.raises(ValueError, match="arange"):
            wrong()
    assert exprel(0) == 1.0 and exprel(1000.0) == np.inf and exprel(1.0) == np.expm1(1)
    with pytest.raises(ValueError, match="exprel needs a plain number"):
        exprel(3 * mV)


def test_matplotlib_draws_si_numbers() -> None:
    matplotlib.use("agg")
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    (line,) = axes.plot(Y * ms, X * mV)
    np.testing.assert_array_equal(line.get_xydata(), np.stack([Y * 0.001, X * 0.001], axis=1))
    (plain,) = axes.plot(Y * ms / ms, X * mV / mV)
    assert type(plain.get_xdata()) is np.ndarray
    axes.scatter(Y * ms, X * mV)
    axes.hist(X * mV)
    axes.fill_between(Y * ms, X * mV, 2 * X * mV)
    axes.errorbar(Y * ms, X * mV, yerr=1 * mV)
    axes.vlines(Y * ms, 0 * mV, X * mV)
    axes.set_xlim(0 * ms, 5 * ms)
    assert axes.get_xlim() == (0, 0.005)
    axes.figure.canvas.draw()
