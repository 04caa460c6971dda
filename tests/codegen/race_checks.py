"""Checks, in the process of ``tests.kernels.interpreter``, that the programs of a launch never need an order.

Networks of sizes that fill no block run with their programs in the given order, in reverse and shuffled: the results
are the same bits, or where numbers in floating point are added atomically, the same but for the order of sums.
"""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import numpy as np

from spikeq.codegen import triton_backend
from spikeq.codegen.triton_schedule import Scheduler
from tests.codegen.networks import Results, coupled, driven, plastic
from tests.codegen.watched import watched
from tests.kernels.watch import Watch

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
    in_any_order(lambda: coupled(1, None, launch="steps"), ("given", "reversed"))


def check_a_size_that_fills_no_block() -> None:
    in_any_order(lambda: coupled(33, 2, launch="steps"), ("given", 1))


def check_plastic_synapses() -> None:
    in_any_order(lambda: plastic(31, None, True, launch="steps"), ("given", 1))
    in_any_order(lambda: plastic(17, None, False, launch="steps"), ("given", 1))


def check_plastic_synapses_of_rows() -> None:
    in_any_order(lambda: plastic(9, 3, True), ("given", 1))
    in_any_order(lambda: plastic(9, 3, False), ("given", 1))
    in_any_order(lambda: plastic(9, 2, True, per_row=True), ("given", "reversed"))


def check_synapses_that_follow_the_clock() -> None:
    in_any_order(lambda: driven(5, 3, launch="steps"), ("given", 1))


def check_the_threads_of_one_program() -> None:
    """Many steps in one program: what its threads hand over, they wait for; the results are those of many launches."""
    networks: tuple[Callable[[str], Results], ...] = (
        lambda form: coupled(33, None, launch=form),
        lambda form: driven(5, 2, launch=form),
        lambda form: plastic(17, 2, True, per_row=True, launch=form),
    )
    for network in networks:
        with watched() as watch:
            alone, launched = network("persistent"), network("steps")
        assert not watch.faults, watch.report()
        for name, value in launched.items():
            np.testing.assert_allclose(alone[name], value, rtol=0, atol=1e-12, err_msg=name)


def check_offsets_hold_in_networks_of_any_size() -> None:
    """Rows times neurons, and sources times targets, are numbers of 64 bits: here none of 32 bits exceeds 1024."""
    networks: tuple[Callable[[], Results], ...] = (
        lambda: coupled(33, 35, (1,), launch="steps"),
        lambda: driven(33, None, (1,), launch="steps"),
        lambda: driven(9, 40, (1,), launch="persistent"),
        lambda: plastic(33, None, True, runs=(1,)),
        lambda: plastic(9, 120, True, runs=(1,)),
        lambda: plastic(9, 40, False, per_row=True, runs=(1,)),
    )
    for network in networks:
        with Watch(largest=1024) as watch:
            network()
        assert not watch.faults, watch.report()


def check_a_schedule_that_forgets_conflicts_is_accused() -> None:
    """By the watch, where nobody proves the schedule first."""
    forgetful = patch.object(Scheduler, "_clash", lambda *given: frozenset())
    with forgetful, patch.object(triton_backend, "verify", lambda *given: None), watched() as watch:
        coupled(5, None, (3,), launch="steps")
    for key in ("p_cells_x", "m_cells_spike_counts", "m_inputs_spike_list"):
        assert any(one.startswith("race of programs") and key in one for one in watch.faults.values()), key
