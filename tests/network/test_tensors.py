"""The device's copy of a variable."""

from __future__ import annotations

import numpy as np
import torch

import spikeq as sq


def test_a_tensor_is_a_copy_in_the_shape_of_the_view() -> None:
    group = sq.NeuronGroup(3, "v : volt\nk : integer\nx : 1 (shared)")
    net = sq.Network(group, batch=2)
    group.v = np.array([[1, 2, 3], [4, 5, 6]]) * sq.mV
    net.run(1 * sq.ms)
    values = group.tensor("v")
    assert values.dtype == torch.float32 and values.shape == (2, 3)
    assert values.tolist() == np.float32([[1e-3, 2e-3, 3e-3], [4e-3, 5e-3, 6e-3]]).tolist()
    values.zero_()
    assert float(group.v_[:][1, 2]) == np.float32(6e-3)
    assert group.tensor("k").dtype == torch.int32 and group.tensor("x").shape == (2,)
    assert group[1:].tensor("v").shape == (2, 2)


def test_a_variable_may_be_called_tensor() -> None:
    group = sq.NeuronGroup(2, "tensor : 1")
    group.tensor = [1.0, 2.0]
    assert group.tensor[:].tolist() == [1.0, 2.0]
