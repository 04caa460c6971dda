"""Checks of weights that the rows of a batch share, on Triton, interpreted, against a plain loop over rows."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np

from tests.network import test_shared_weights as shared


def merges_as_a_loop_does(case: shared.Case) -> None:
    """A short run, whose synapses the loop finds bit for bit; neurons may sum in another order."""
    with patch.object(shared, "STEPS", 12):
        S, post, *spikes = shared.run(case, "triton")
        w, a, b, v = shared.by_hand(case, *spikes)
    assert any(len({row for step, row, _ in one if step == now}) > 1 for one in spikes for now in range(12))
    assert np.asarray(S.w_).tolist() == w
    for found, wanted in ((S.a_, a), (S.b_, b)):
        np.testing.assert_array_equal(np.asarray(found), np.asarray(wanted))
    np.testing.assert_allclose(np.asarray(post.v_), np.asarray(v), rtol=0 if case.ordered else 1e-14)


def check_delays_of_each_synapse() -> None:
    merges_as_a_loop_does(shared.Case("mean", delay=shared.SPREAD, bounds=(0.25, 1.25)))


def check_synapses_in_order() -> None:
    merges_as_a_loop_does(shared.Case("sum", ordered=True))
    merges_as_a_loop_does(shared.Case("mean", ordered=True, bounds=(0.25, 1.25), delay=shared.SPREAD))
