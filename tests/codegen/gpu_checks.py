"""Checks of whole networks that a GPU passes as well as the interpreter; see ``tests.kernels.interpreter``.

Small sizes that fill no block, so that tools that watch every access of a GPU get through them too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spikeq import Network, NeuronGroup, PoissonGroup, SpikeMonitor, Synapses, ms
from tests.codegen.networks import Results, advance, chosen, coupled, driven, of, plastic
from tests.kernels.placed import INTERPRETED

ROUNDING = 1e-12  # where numbers are added in any order
LONG = 13 if INTERPRETED else 70  # steps: on a GPU more than one graph holds


def same(found: Results, expected: Results, tolerance: float = 0.0) -> None:
    """All results, to a tolerance; without one, to the bit."""
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values, rtol=0, atol=tolerance, err_msg=name)


def check_networks_are_those_of_torch() -> None:
    for n, batch in ((1, None), (33, 2)):
        found, expected = (coupled(n, batch, backend=backend) for backend in ("triton", "torch"))
        assert len(expected["spikes.i"])
        same(found, expected, ROUNDING)


def check_plastic_networks_are_those_of_torch() -> None:
    for batch, everywhere, per_row in ((None, True, False), (None, False, False), (2, True, True), (2, False, False)):
        found, expected = (plastic(9, batch, everywhere, per_row, backend=one) for one in ("triton", "torch"))
        assert len(expected["spikes.i"])
        assert np.ptp(expected["w"]) > 0.05
        same(found, expected, ROUNDING)


def check_synapses_that_follow_the_clock_are_those_of_torch() -> None:
    for n, batch in ((7, None), (5, 2)):
        found, expected = (driven(n, batch, backend=backend) for backend in ("triton", "torch"))
        assert len(expected["spikes.i"])
        same(found, expected, ROUNDING)


def recurrent(runs: tuple[int, ...], **options: Any) -> Results:
    """Few kernels a step: random input to all, coupled one to one and all to all with a delay."""
    P = PoissonGroup(5, rates="100*Hz", name="inputs")
    model = "dv/dt = (1.1 - v)/(10*ms) : 1 (unless refractory)"
    G = NeuronGroup(33, model, threshold="v > 1", reset="v = 0", refractory=2 * ms, name="cells")
    given = Synapses(P, G, on_pre="v_post += 0.125", name="given")
    given.connect()
    every = Synapses(G, G, on_pre="v_post -= 0.015625", delay=3 * ms, name="every")
    every.connect()
    spikes = SpikeMonitor(G, name="spikes")
    advance(Network(P, G, given, every, spikes, **chosen(options, None)), runs)
    return of(spikes, v=G.v[:])


def check_many_steps_in_a_call_are_single_steps() -> None:
    """Graphs of 64, 4, 2 steps; the same in halves; every step a call of its own; and torch."""
    expected = recurrent((LONG,), backend="torch")
    assert len(expected["spikes.i"]) > LONG
    for runs in ((LONG,), (LONG // 2, LONG - LONG // 2), (1,) * LONG):
        same(recurrent(runs), expected, ROUNDING)
    same(recurrent((LONG,), launch="persistent"), recurrent((1,) * LONG, launch="steps"))


def check_the_same_bits_twice() -> None:
    """Dense synapses add in one order, whichever program is first, and plastic ones; all others if asked to."""

    def twice(run: Callable[[], Results]) -> None:
        same(run(), run())

    twice(lambda: coupled(33, 2, scatters=False))
    twice(lambda: coupled(129, None, runs=(3,), scatters=False, dtype="float32"))
    twice(lambda: coupled(33, 2, runs=(3,), deterministic=True))
    twice(lambda: plastic(9, 2, True))
    twice(lambda: plastic(9, None, False, dtype="float32"))
