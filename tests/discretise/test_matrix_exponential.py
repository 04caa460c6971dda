"""The numeric matrix exponential against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from spikeq.discretise.matrix_exponential import expm


def test_diagonal() -> None:
    rates = np.array([-3000.0, -1.0, 0.0, 2.5, 30.0])
    assert np.diag(expm(np.diag(rates))) == pytest.approx(np.exp(rates), rel=2e-13)


def test_a_rotation_turns_by_its_angle() -> None:
    for angle in (1e-9, 0.1, 1.0, 7.0, 100.0):
        expected = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        assert expm([[0, -angle], [angle, 0]]) == pytest.approx(np.array(expected), abs=1e-13)


def test_a_nilpotent_matrix_gives_a_polynomial() -> None:
    expected = [[1, 2, 6.5], [0, 1, 5], [0, 0, 1]]
    assert expm([[0, 2, 1.5], [0, 0, 5], [0, 0, 0]]) == pytest.approx(np.array(expected), rel=1e-15)


def test_equal_rates_in_a_chain() -> None:
    result = expm([[-2.0, 1, 0], [0, -2.0, 1], [0, 0, -2.0]])
    assert result[0] == pytest.approx(math.exp(-2) * np.array([1, 1, 0.5]), rel=1e-14)


def test_similar_to_a_known_diagonal() -> None:
    random = np.random.default_rng(5)
    for size in (1, 2, 3, 7):
        basis = np.linalg.qr(random.normal(size=(size, size)))[0]
        rates = random.normal(size=size) * 5
        result = expm(basis @ np.diag(rates) @ basis.T)
        expected = basis @ np.diag(np.exp(rates)) @ basis.T
        assert np.abs(result - expected).max() < 1e-13 * np.abs(expected).max()


def test_stacks_are_done_one_by_one_and_keep_their_shape() -> None:
    stack = np.random.default_rng(6).normal(size=(2, 3, 4, 4)) * np.array([0.01, 1.0, 300.0])[:, None, None]
    result = expm(stack)
    assert result.shape == stack.shape
    for place in np.ndindex(2, 3):
        assert np.array_equal(result[place], expm(stack[place]))
    assert expm(np.zeros((0, 3, 3))).shape == (0, 3, 3)
    assert expm(np.zeros((5, 0, 0))).shape == (5, 0, 0)


def test_units_of_very_different_size_lose_no_digits() -> None:
    """A membrane in volt, driven by an alpha current in ampere: couplings of 1e10 beside rates of 100."""
    a, b, coupling = -100.0, -200.0, 1e10
    result = expm(np.array([[a, coupling, 0.0], [0.0, b, 1.0], [0.0, 0.0, b]]) * 1e-3)
    h, spread = 1e-3, a - b
    once = (math.exp(a * h) - math.exp(b * h)) / spread
    twice = (once - h * math.exp(b * h)) / spread
    assert result[0, 1] == pytest.approx(coupling * once, rel=1e-13)
    assert result[0, 2] == pytest.approx(coupling * twice, rel=1e-12)
    assert result[1, 1] == pytest.approx(math.exp(b * h), rel=1e-15)


def test_a_mutual_coupling_in_small_units() -> None:
    """An adaptation current in ampere: the product of both couplings counts, not their size."""
    rates = np.array([[-50.0, -1e10], [2e-8, -7.0]])
    scaled = np.array([[-50.0, -1e1], [2e1, -7.0]])
    small, plain = expm(rates * 1e-3), expm(scaled * 1e-3)
    assert small[0, 0] == pytest.approx(plain[0, 0], rel=1e-14)
    assert small[0, 1] == pytest.approx(plain[0, 1] * 1e9, rel=1e-14)
    assert small[1, 0] == pytest.approx(plain[1, 0] * 1e-9, rel=1e-14)


def test_huge_decays_vanish_and_huge_growth_overflows() -> None:
    assert np.array_equal(expm([[-1e9]]), [[0.0]])
    assert np.array_equal(expm([[1e9]]), [[np.inf]])


def test_what_is_not_finite_gives_nan_and_leaves_the_others() -> None:
    result = expm([[[np.nan, 1], [0, 0]], [[1.0, 0], [0, 1.0]], [[np.inf, 0], [0, 0]]])
    assert np.isnan(result[[0, 2]]).all()
    assert result[1] == pytest.approx(np.eye(2) * math.e)


@pytest.mark.parametrize("shape", [(3,), (2, 3), ()])
def test_only_square_matrices(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="square"):
        expm(np.zeros(shape))
