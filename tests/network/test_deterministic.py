"""Sums in fixed point: the same bits in any order of synapses, and an error where a value has no room."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeq import KindError, LimitError, Network, NeuronGroup, SpikeGeneratorGroup, Synapses, ms


def arriving(order: Any, deterministic: bool, weights: Any, dtype: str = "float32", code: str = "v_post += w") -> Any:
    """Potentials of two neurons after every one of many inputs has spiked once; synapses are made in an order."""
    count = len(weights)
    inputs = SpikeGeneratorGroup(count, np.arange(count), np.zeros(count) * ms, name="inputs")
    cells = NeuronGroup(2, "v : 1", name="cells")
    links = Synapses(inputs, cells, "w : 1", on_pre=code, name="links")
    links.connect(i=order, j=order % 2)
    links.w = weights[order]
    net = Network(inputs, cells, links, dtype=dtype, deterministic=deterministic)
    net.run(2 * ms)
    return np.array(cells.v_[:]), net


def test_the_order_of_synapses_does_not_matter() -> None:
    generator = np.random.default_rng(0)
    weights = generator.standard_normal(501)
    orders = [np.arange(501), np.arange(501)[::-1], generator.permutation(501)]
    for dtype in ("float32", "float64"):
        first, *others = (arriving(order, True, weights, dtype)[0] for order in orders)
        assert all(np.array_equal(first, other) for other in others)
        exact = [weights.astype(dtype)[side::2].astype(float).sum() for side in (0, 1)]
        # Each value is rounded to a multiple of 2**-(62 - 10 - 9) of twice the largest; then the sum once.
        bound = 501 * np.abs(weights).max() * 2.0**-42 + np.abs(exact).max() * np.finfo(dtype).eps
        assert np.abs(first - exact).max() <= bound


def test_two_values_by_hand() -> None:
    found, _ = arriving(np.arange(4), True, np.array([0.5, 8.0, 0.25, -0.125]))
    assert found.tolist() == [0.75, 7.875]


def test_a_value_without_room_is_an_error() -> None:
    weights = np.array([1.0, 1.0, 1.0])
    arriving(np.arange(3), True, weights, code="v_post += 1000*w")  # as the code lets expect
    grown = "v_post += w; w *= 40"
    with pytest.raises(LimitError, match="larger than .* in SI units"):
        for _ in range(2):
            _repeated(weights, grown)
    with pytest.raises(LimitError, match="no number"):
        arriving(np.arange(3), True, weights, code="v_post += w/(w - 1)")


def _repeated(weights: Any, code: str) -> None:
    inputs = SpikeGeneratorGroup(1, np.zeros(9, int), np.arange(9) * ms, name="inputs")
    cells = NeuronGroup(3, "v : 1", name="cells")
    links = Synapses(inputs, cells, "w : 1", on_pre=code, name="links")
    links.connect(i=[0, 0, 0], j=[0, 1, 1])
    links.w = weights
    Network(inputs, cells, links, deterministic=True).run(10 * ms)


def test_it_is_true_or_false() -> None:
    with pytest.raises(KindError, match="deterministic must be True or False"):
        Network(deterministic=1)


def test_explain_says_how_each_pathway_sums() -> None:
    net = arriving(np.arange(4), True, np.ones(4))[1]
    assert "links_pre: what arrives at a neuron is summed in fixed point, with the same result in any order." in (
        net.explain()
    )
    net.deterministic = False
    assert "links_pre: what arrives at a neuron is summed in a fixed order." in net.explain()
