"""The examples that reproduce figures give the figures' numbers."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def load(name: str) -> Any:
    """An example as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- the window of pair STDP ------------------------------------------------------------------------------------------


def test_window_of_song_miller_and_abbott() -> None:
    """Figure 1: 0.5 % at most for post after pre, 1.05 times as much depression, both forgotten with 20 ms."""
    lags = np.array([-100, -35, -20, -1, 1, 20, 35, 100])
    changes, spikes = load("stdp_window").simulate(lags, 3)
    potentiation = 3 * 0.005 * np.exp(-np.array([1, 20, 35, 100]) / 20)
    assert spikes == 2 * 3 * len(lags)
    assert np.allclose(changes, [*(-1.05 * potentiation[::-1]), *potentiation], rtol=1e-9, atol=0)


# -- triplets ---------------------------------------------------------------------------------------------------------


def triplets(period: float, lag: float, pairs: int) -> float:
    """Pfister and Gerstner 2006, eqs. 2 to 4, for pairs of spikes: sums over all earlier spikes (ms)."""
    pre = period * np.arange(pairs) + max(0, -lag)
    post = pre + lag
    change = 0.0
    for t in pre:
        change -= np.exp((post[post < t] - t) / 33.7).sum() * (7e-3 + 2.3e-4 * np.exp((pre[pre < t] - t) / 101).sum())
    for t in post:
        change += np.exp((pre[pre < t] - t) / 16.8).sum() * (5e-10 + 6.2e-3 * np.exp((post[post < t] - t) / 125).sum())
    return float(change)


def test_pairs_at_each_frequency() -> None:
    """The simulation is the sum over spikes; post before pre turns from depression to potentiation at 35 to 40 Hz."""
    periods = [20, 26, 28, 40, 50, 100]
    changes, spikes = load("pfister_gerstner2006").simulate(periods, 2)
    assert spikes == 2 * 2 * 60 * len(periods)
    for lag, found in changes.items():
        assert np.allclose(found, [triplets(period, lag, 60) for period in periods], rtol=1e-9, atol=0)
    assert (changes[10] > 0.1).all()
    assert (np.diff(changes[10]) < 0).all()
    assert (changes[-10][:2] > 0).all() and (changes[-10][2:] < 0).all()
    assert changes[-10][0] == pytest.approx(changes[10][0], abs=0.03)


def test_model_and_measurements() -> None:
    """The model lies within a standard error of the measured changes, in the mean over the ten of them."""
    example = load("pfister_gerstner2006")
    changes, _ = example.simulate([100, 50, 25, 20], 5)
    slow, _ = example.simulate([10_000], 10, pairs=3)
    squares = []
    for lag, (means, errors) in example.MEASURED.items():
        assert slow[lag][0] / 3 == pytest.approx(triplets(10_000, lag, 1), rel=1e-9)  # pairs 10 s apart do not meet
        model = np.array([20 * slow[lag][0], *changes[lag]])
        squares += list(((model - means) / errors) ** 2)
    assert len(squares) == 10
    assert np.mean(squares) == pytest.approx(0.34, abs=0.005)


# -- competition ------------------------------------------------------------------------------------------------------


def test_weights_become_bimodal_and_the_rate_settles() -> None:
    """Song, Miller and Abbott 2000, figure 2, with a fifth of the inputs and five times their strength.

    So few and strong inputs need no hours. Five neurons with inputs of 20 Hz, and five with 40 Hz.
    """
    example = load("song2000")
    result = example.simulate(rates=[20] * 5 + [40] * 5, seconds=20, inputs=200, A_plus=0.015)
    slow, fast = result.weights[:5].ravel(), result.weights[5:].ravel()
    counts, _ = np.histogram(slow, 10, (0, 1))
    assert counts.sum() == 1000
    assert counts[0] > 250 and counts[-1] > 80
    assert min(counts[0], counts[-1]) > 1.5 * counts[3:8].max()
    assert (fast < 0.1).mean() > (slow < 0.1).mean()
    start, third, last = (result.rates[:, part].mean(axis=1) for part in (slice(2), slice(20, 30), slice(30, 40)))
    assert start[5:].mean() > 2 * start[:5].mean()
    assert last[5:].mean() < 1.4 * last[:5].mean()
    assert last.mean() < 0.4 * start.mean()
    assert abs(last - third).mean() < 0.15 * third.mean()


# -- balance ----------------------------------------------------------------------------------------------------------


def test_inhibition_comes_to_balance_excitation() -> None:
    """Vogels et al. 2011, figure 1, learning ten times as fast: channel by channel, and the rate to its target.

    Inputs and spikes that come together make more pairs than their rates do, which keeps the mean below 6.25 Hz.
    """
    result = load("vogels2011").simulate(learning_rate=0.01, windows=12)
    before, after = (-inhibition / excitation for excitation, inhibition in (result.before, result.after))
    assert before.shape == (8,)
    assert (before < 0.2).all()
    assert (after > 0.6).all() and (after < 1.4).all()
    assert result.after[1].sum() == pytest.approx(-result.after[0].sum(), rel=0.2)
    assert np.corrcoef(result.after)[0, 1] < -0.95 < np.corrcoef(result.before)[0, 1]
    assert np.argmax(result.weights[-1]) == 4
    assert result.rates[0] > 100
    assert result.rates[3:-1].mean() == pytest.approx(6.25, rel=0.25)
