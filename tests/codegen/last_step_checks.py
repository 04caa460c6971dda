"""Checks of pathways that come before their event in a step, over several runs, on Triton, interpreted."""

from __future__ import annotations

import numpy as np

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, Synapses, ms

DELAYS = {"none": None, "one for all": 2 * ms, "of each synapse": [0, 2] * ms}


def arrived(backend: str, delay: str, first: float, beside: bool) -> np.ndarray:
    """How many events have arrived by the end of each step; ``beside``: another pathway waits for the same events."""
    source = SpikeGeneratorGroup(2, [0, 1, 0, 1, 0], [1, 2, 4, 5, 7] * ms, name="source")
    cells = NeuronGroup(1, "v : 1", name="cells")
    links = Synapses(source, cells, "hits : 1", on_pre="hits += 1", name="links")
    links.connect()
    links.pre.when = "before_groups"
    if DELAYS[delay] is not None:
        links.pre.delay = DELAYS[delay]
    further = Synapses(source, cells, on_pre="v += 1", delay=2 * ms, name="further")
    further.connect()
    trace = StateMonitor(links, "hits", record=True, when="end")
    net = Network(source, cells, links, trace, *[further] * beside, backend=backend, dtype="float64")
    net.run(first * ms)
    net.run((12 - first) * ms)
    return np.array([*trace.hits.sum(0), *cells.v[:]])


def check_the_last_step_of_a_run_by_hand() -> None:
    # The event of 2 ms would be seen at 3 ms, in another run, and so never is; nor is that of 5 ms.
    np.testing.assert_array_equal(arrived("triton", "none", 3, True)[:12], [0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 4, 4])
    np.testing.assert_array_equal(arrived("triton", "none", 6, True)[:12], [0, 0, 1, 2, 2, 3, 3, 3, 4, 4, 4, 4])
    np.testing.assert_array_equal(arrived("triton", "one for all", 3, False)[:12], [0, 0, 0, 0, 1, 1, 1, 2, 3, 3, 4, 4])


def check_the_last_step_of_a_run_beside_torch() -> None:
    for delay in DELAYS:
        for first in (3, 5, 6):
            for beside in (False, True):
                found, expected = (arrived(backend, delay, first, beside) for backend in ("triton", "torch"))
                np.testing.assert_array_equal(found, expected, err_msg=f"{delay} {first} {beside}")
