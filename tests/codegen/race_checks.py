"""Checks, in the process of ``tests.kernels.interpreter``, that the programs of a launch never need an order.

Networks of sizes that fill no block run with their programs in the given order, in reverse and shuffled: the results
are the same bits, or where numbers in floating point are added atomically, the same but for the order of sums.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.codegen.networks import Results, coupled, plastic
from tests.codegen.watched import watched

WATCHES_ITSELF = True
ORDERS = ("given", "reversed", 1)


def in_any_order(run: Callable[[], Results], orders: tuple[str | int, ...] = ORDERS) -> None:
    """Nothing is wrong with the kernels, and no order of programs changes a result."""
    found = []
    for order in orders:
        with watched(order) as watch:
            found.append(run())
        assert watch.launches > 4
        assert not watch.faults, watch.report()
    tolerance = 1e-12 if watch.adds_floats else 0
    for results in found[1:]:
        for name, value in found[0].items():
            np.testing.assert_allclose(results[name], value, rtol=0, atol=tolerance, err_msg=name)


def check_one_neuron() -> None:
    in_any_order(lambda: coupled(1, None), ("given", "reversed"))


def check_a_size_that_fills_no_block() -> None:
    in_any_order(lambda: coupled(33, 2), ("given", 1))


def check_plastic_synapses() -> None:
    in_any_order(lambda: plastic(31, None, True), ("given", 1))
    in_any_order(lambda: plastic(17, None, False), ("given", 1))


def check_plastic_synapses_of_rows() -> None:
    in_any_order(lambda: plastic(9, 3, True), ("given", 1))
    in_any_order(lambda: plastic(9, 3, False), ("given", 1))
    in_any_order(lambda: plastic(9, 2, True, per_row=True), ("given", "reversed"))
