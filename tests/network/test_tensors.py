"""Values as tensors: out of a network by ``G.tensor``, into one by assignment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from spikeq import Hz, Network, NeuronGroup, PoissonGroup, Synapses, TimedArray, linked_var, ms, mV
from spikeq.errors import ShapeError, UnknownNameError

MODEL = """
dv/dt = -v/(10*ms) : volt
twice = 2*v : volt
n : integer
on : boolean
level : 1 (shared)
"""


def cells(batch: int | None, dtype: str = "float32", run: bool = True) -> NeuronGroup:
    G = NeuronGroup(3, MODEL, threshold="v > 5*mV", refractory=2 * ms, name="G")
    net = Network(G, batch=batch, dtype=dtype)
    G.v = "(i + 1)*mV*3"
    G.n, G.on, G.level = [3, 4, 5], [True, False, True], 7
    if batch:
        G.v = np.arange(batch * 3).reshape(batch, 3) * 3 * mV
    if run:
        net.run(2 * ms)
    return G


@pytest.mark.parametrize("run", [False, True], ids=["before a run", "after"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [None, 1, 2])
def test_a_tensor_is_what_the_view_reads(batch: int | None, dtype: str, run: bool) -> None:
    G = cells(batch, dtype, run)
    types = {"n": torch.int32, "on": torch.bool, "not_refractory": torch.bool}
    for name in ("v", "twice", "n", "on", "level", "not_refractory", "lastspike"):
        found, wanted = G.tensor(name), G.view(name, raw=True)[:]
        assert found.shape == np.shape(wanted), name
        assert found.dtype == types.get(name, getattr(torch, dtype)), name
        assert np.allclose(found.numpy(), wanted, rtol=1e-6, atol=0), name
    part = G[1:3]
    assert torch.equal(part.tensor("v"), G.tensor("v")[..., 1:3])
    assert torch.equal(part.tensor("level"), G.tensor("level"))


def test_a_tensor_is_a_copy() -> None:
    G = cells(2)
    before = G.tensor("v")
    kept = before.clone()
    G.tensor("v").zero_()
    Gs = G._network
    assert Gs is not None
    Gs.run(3 * ms)
    assert torch.equal(before, kept)
    assert not torch.equal(G.tensor("v"), kept)


def test_a_group_without_a_network_has_tensors_too() -> None:
    G = NeuronGroup(2, "v : volt\nw = 3*v/mV : 1", name="G")
    G.v = [1, 2] * mV
    assert G.tensor("v").tolist() == [0.001, 0.002]
    assert G.tensor("w").tolist() == [3.0, 6.0]
    assert G.tensor("v").dtype == torch.float64


def test_names_of_the_caller_are_seen() -> None:
    factor = 4
    G = NeuronGroup(2, "v : 1\nw = factor*v : 1")
    G.v = 2
    assert factor == 4
    assert G.tensor("w").tolist() == [8.0, 8.0]
    assert G[:1].tensor("w").tolist() == [8.0]


def test_linked_and_synaptic_variables() -> None:
    G, H = NeuronGroup(3, "v : 1", threshold="v > 1"), NeuronGroup(2, "x : 1 (linked)")
    H.x = linked_var(G, "v", index=[2, 0])
    S = Synapses(G, G, "w : 1", on_pre="v_post += w")
    S.connect(j="i")
    S.w = [5, 6, 7]
    net = Network(G, H, S, batch=2)
    G.v = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]]
    net.run(1 * ms)
    assert np.allclose(H.tensor("x"), [[0.3, 0.1], [0.6, 0.4]])
    assert S.tensor("w").tolist() == S.w[:].tolist() == [5.0, 6.0, 7.0]


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(UnknownNameError, match="no variable 'u'"):
        cells(None).tensor("u")


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor([1.0, 2.0, 3.0], requires_grad=True),
        torch.tensor([1.0, 2.0, 3.0], dtype=torch.bfloat16),
        torch.tensor([1, 2, 3]),
        torch.tensor([3.0, 2.0, 1.0]).flip(0),
    ],
    ids=["with gradient", "bfloat16", "integers", "flipped"],
)
@pytest.mark.parametrize("run", [False, True], ids=["before a run", "after"])
def test_tensors_can_be_assigned(tensor: torch.Tensor, run: bool) -> None:
    G = cells(None, run=run)
    G.v_ = tensor
    assert G.v_[:].tolist() == [1.0, 2.0, 3.0]
    G.v_[1:] = tensor[1:] * 2
    assert G.v_[:].tolist() == [1.0, 4.0, 6.0]


def test_a_loop_over_samples_drives_each_row() -> None:
    """The way of a data loader: rates ``[batch, n]`` for each sample, from the same start."""
    inputs = PoissonGroup(4, rates=0 * Hz)
    G = NeuronGroup(4, "n : integer", threshold="n < 0", reset="")
    S = Synapses(inputs, G, on_pre="n_post += 1")
    S.connect(j="i")
    net = Network(inputs, G, S, batch=2, seed=3)
    net.store()
    for sample in torch.eye(4).view(2, 2, 4):
        net.restore()
        inputs.rates_ = sample * 500
        net.run(200 * ms)
        assert torch.equal(G.tensor("n") > 0, sample > 0)
    with pytest.raises(ShapeError, match=r"\[2, 1\] or \[2, 4\]"):
        inputs.rates_ = torch.ones(3, 4)


def help_of(raised: Any) -> str:
    return str(raised.value.help)


def test_what_a_row_takes_is_said_where_it_is_given_too_early_or_flat() -> None:
    G = NeuronGroup(3, "dv/dt = (current - v)/(10*ms) : 1\nbegin : 1", name="G")
    with pytest.raises(ShapeError) as raised:
        G.begin = np.zeros((5, 1))
    assert "batch=5" in help_of(raised)
    current = np.linspace(0, 1, 5)
    net = Network(G, batch=5)
    with pytest.raises(ShapeError) as raised:
        net.run(1 * ms)
    assert "[5, 1]" in help_of(raised)
    current = current[:, None]
    net.run(1 * ms)
    assert G.v.shape == (5, 3) and G.v[:][4, 0] > G.v[:][1, 0] > 0


def test_a_table_takes_a_tensor() -> None:
    assert TimedArray(torch.tensor([1.0, 2.0]), dt=1 * ms)(1 * ms) == 2.0


def test_a_tensor_is_a_copy_in_the_shape_of_the_view() -> None:
    group = NeuronGroup(3, "v : volt\nk : integer\nx : 1 (shared)")
    net = Network(group, batch=2)
    group.v = np.array([[1, 2, 3], [4, 5, 6]]) * mV
    net.run(1 * ms)
    values = group.tensor("v")
    assert values.dtype == torch.float32 and values.shape == (2, 3)
    assert values.tolist() == np.float32([[1e-3, 2e-3, 3e-3], [4e-3, 5e-3, 6e-3]]).tolist()
    values.zero_()
    assert float(group.v_[:][1, 2]) == np.float32(6e-3)
    assert group.tensor("k").dtype == torch.int32 and group.tensor("x").shape == (2,)
    assert group[1:].tensor("v").shape == (2, 2)


def test_a_variable_may_be_called_tensor() -> None:
    group = NeuronGroup(2, "tensor : 1")
    group.tensor = [1.0, 2.0]
    assert group.tensor[:].tolist() == [1.0, 2.0]
