"""Devices that are not there, and what is said about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from spikeq import Network, NeuronGroup, OutOfMemoryError, UnsupportedError, ms, network_operation
from spikeq.errors import NetworkError


def made(**options: Any) -> Network:
    return Network(NeuronGroup(3, "dv/dt = -v/(10*ms) : 1", name="cells"), **options)


DOORS: tuple[Callable[[Any], Any], ...] = (
    lambda device: made(device=device),
    lambda device: made().to(device),
    lambda device: made().to(device=device),
    lambda device: torch.nn.Sequential(made()).to(device),
)


@pytest.fixture
def one_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("door", DOORS[:3])
@pytest.mark.parametrize("device", ["cuda", "cuda:7", torch.device("cuda", 0)])
@pytest.mark.parametrize(
    ("version", "words"),
    [(None, r"was built without CUDA\.\n  Install a CUDA build"), ("12.8", r"sees no CUDA device\.\n  Run nvidia-smi")],
)
def test_without_a_gpu(
    door: Callable[[Any], Any], device: Any, version: str | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.version, "cuda", version)
    with pytest.raises(UnsupportedError, match=words):
        door(device)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_inside_a_module_that_is_moved() -> None:
    with pytest.raises(UnsupportedError, match="The network cannot go there: Torch not compiled with CUDA enabled"):
        DOORS[3]("cuda")
    with pytest.raises(UnsupportedError, match=r"sees no CUDA device|was built without CUDA"):
        made().cuda()


@pytest.mark.usefixtures("one_gpu")
@pytest.mark.parametrize("door", DOORS[:3])
def test_without_that_gpu(door: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsupportedError, match="There is no device 'cuda:7': this machine has only cuda:0"):
        door("cuda:7")
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    with pytest.raises(UnsupportedError, match="'cuda:7': this machine has cuda:0 to cuda:3"):
        door(torch.device("cuda:7"))
    with pytest.raises(UnsupportedError, match="There is no device 'cuda:5'"):
        made().cuda(5)


@pytest.mark.parametrize("door", DOORS[:3])
@pytest.mark.parametrize(
    ("device", "words"), [("tpu", "There is no device 'tpu'"), ("mps", "not run on the device 'mps'")]
)
def test_other_devices(door: Callable[[Any], Any], device: str, words: str) -> None:
    with pytest.raises(UnsupportedError, match=words):
        door(device)


def test_values_that_do_not_fit_stay_where_they_were() -> None:
    network = made()
    network.run(3 * ms)
    before = network["cells"]._values["v"]

    def full(values: torch.Tensor) -> torch.Tensor:
        if values.numel() > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return values

    with pytest.raises(OutOfMemoryError, match="The variables of the network do not fit on cpu:\n  cells: 12 bytes"):
        network._apply(full)
    assert network["cells"]._values["v"] is before
    network.run(1 * ms)


def test_a_network_is_not_moved_while_it_runs() -> None:
    refused = []

    @network_operation(dt=1 * ms)
    def move() -> None:
        with pytest.raises(NetworkError, match="to cannot be called during a run"):
            network.double()
        refused.append(True)

    network = made()
    network.add(move)
    network.run(1 * ms)
    assert refused == [True]
