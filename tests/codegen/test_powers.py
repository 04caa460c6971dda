"""A power has the same bits wherever its element lies: a neuron must not depend on how many others there are."""

from __future__ import annotations

import numpy as np
import pytest

import spikeq as sq

EXPONENTS = ["-2", "-1", "-0.5", "0.5", "1.5", "2", "3", "4", "5", "-3"]


def powers(values: np.ndarray, exponent: str, dtype: str) -> np.ndarray:
    group = sq.NeuronGroup(len(values), "x : 1\ny : 1")
    group.run_regularly(f"x = x*1.0; y = x**({exponent})")
    group.x = values
    sq.Network(group, dtype=dtype).run(1 * sq.ms)
    return np.array(group.y_[:])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("exponent", EXPONENTS)
def test_a_power_does_not_depend_on_its_place(exponent: str, dtype: str) -> None:
    values = np.random.default_rng(1).uniform(0.1, 3.0, 203)
    together = powers(values, exponent, dtype)
    for start, stop in ((0, 1), (0, 5), (3, 64), (50, 203)):
        assert np.array_equal(together[start:stop], powers(values[start:stop], exponent, dtype))
