"""Shared variables that code changes: one value for the group, in each row of a batch."""

from __future__ import annotations

import numpy as np
import pytest

import spikeq as sq
from spikeq.errors import ModelError


def _group() -> sq.NeuronGroup:
    group = sq.NeuronGroup(4, "x : 1 (shared)\ny : 1\nk : integer (shared)")
    group.run_regularly("x = rand(); y = rand(); k += 1 + int(rand() < 0.5)")
    return group


@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("backend", ["torch", "torch static"])
def test_a_shared_variable_gets_one_random_number_a_step(batch: int | None, backend: str) -> None:
    group = _group()
    monitor = sq.StateMonitor(group, ["x", "y", "k"], record=True, when="end")
    sq.Network(group, monitor, batch=batch, seed=1, backend=backend).run(20 * sq.ms)
    rows = () if batch is None else (batch,)
    assert monitor.x.shape == (*rows, 4, 20)
    assert monitor.y.shape == (*rows, 4, 20)
    assert (monitor.x == monitor.x[..., :1, :]).all()
    assert len(np.unique(monitor.x)) == monitor.x.size // 4
    assert len(np.unique(monitor.y)) == monitor.y.size
    steps = np.diff(monitor.k, axis=-1)
    assert set(np.unique(steps)) == {1, 2}


def test_the_first_row_is_what_a_single_network_gets() -> None:
    single, batched = _group(), _group()
    sq.Network(single, seed=5).run(3 * sq.ms)
    sq.Network(batched, seed=5, batch=2).run(3 * sq.ms)
    assert float(batched.x_[:][0]) == float(single.x_)
    assert batched.y_[:][0].tolist() == single.y_[:].tolist()
    assert float(batched.x_[:][1]) != float(batched.x_[:][0])


def test_a_value_for_each_neuron_does_not_fit_into_a_shared_variable() -> None:
    group = sq.NeuronGroup(4, "x : 1 (shared)\ny : 1")
    group.run_regularly("x = y")
    with pytest.raises(ModelError, match="shared"):
        sq.Network(group).run(1 * sq.ms)
