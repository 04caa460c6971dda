"""Devices that are not there, and what is said about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from spikeq import KernelError, Network, NeuronGroup, OutOfMemoryError, UnsupportedError, ms, network_operation
from spikeq.errors import NetworkError, SpikeqError
from spikeq.network import triton_here
from tests.kernels.interpreter import why_not


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


# -- Triton -----------------------------------------------------------------------------------------------------------


def on_gpu(**options: Any) -> Network:
    """A network that believes to be on a GPU; it can be compiled."""
    network = made(**options)
    network.device = torch.device("cuda")
    return network


def test_without_triton(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spikeq.compiler.find_spec", lambda name: None)
    with pytest.raises(UnsupportedError, match="Triton is not installed.\n  Run 'pip install triton'"):
        made(backend="triton").run(1 * ms)
    assert on_gpu().compiled({})[1].backend == "torch static"
    assert "not Triton: Triton is not installed." in on_gpu().show("launch", {})


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "Tesla P40")
    triton_here._tried.cache_clear()
    yield
    triton_here._tried.cache_clear()


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@pytest.mark.usefixtures("gpu")
def test_an_old_triton_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda index: (9, 0))
    monkeypatch.setattr("triton.__version__", "3.3.1")
    _, chosen = on_gpu().compiled({})
    assert (chosen.backend, chosen.reason) == ("torch static", "Triton 3.3.1 is too old: 3.6 is needed.")


@pytest.mark.parametrize(("option", "value"), [("launch", "bogus"), ("deterministic", "maybe"), ("hoist", 1)])
def test_options_are_checked_when_assigned(option: str, value: Any) -> None:
    network = made()
    with pytest.raises(SpikeqError, match=option if option != "launch" else "launching"):
        setattr(network, option, value)


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@pytest.mark.usefixtures("gpu")
@pytest.mark.parametrize(
    ("capability", "failure", "reason"),
    [
        ((6, 1), None, "Tesla P40 is too old for Triton: compute capability 6.1, and 7.0 is needed."),
        (
            (8, 0),
            RuntimeError("Failed to find C compiler. Please set CC.\nlong text"),
            "Triton does not work on this machine: Failed to find C compiler. Please set CC.",
        ),
        ((9, 0), OSError(), "Triton does not work on this machine: OSError."),
    ],
)
def test_where_triton_does_not_work(
    capability: tuple[int, int], failure: Exception | None, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def probe(device: torch.device) -> None:
        tried.append(device)
        if failure is not None:
            raise failure

    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda index: capability)
    monkeypatch.setattr("spikeq_kernels.probe_triton.probe", probe)
    for _ in range(2):
        _, chosen = on_gpu().compiled({})
        assert (chosen.backend, chosen.reason) == ("torch static", reason)
        with pytest.raises(UnsupportedError, match="Use backend='torch'") as caught:
            on_gpu(backend="triton").compiled({})
        assert caught.value.message == reason and caught.value.__cause__ is failure
    assert len(tried) == (failure is not None)
    assert f"not Triton: {reason}" in on_gpu().show("launch", {})


@pytest.mark.skipif(bool(why_not()), reason=why_not())
@pytest.mark.usefixtures("gpu")
def test_where_triton_works_it_is_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda index: (9, 0))
    monkeypatch.setattr("spikeq_kernels.probe_triton.probe", lambda device: None)
    assert on_gpu().compiled({})[1].backend == "triton"


@pytest.mark.skipif(bool(why_not()) or torch.cuda.is_available(), reason=why_not() or "there is a GPU")
def test_a_kernel_that_cannot_be_launched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spikeq_kernels.launch_triton.IS_INTERPRETED", True)
    with pytest.raises(KernelError, match="A Triton kernel of this network failed: 0 active drivers") as caught:
        made(backend="triton").run(1 * ms)
    assert isinstance(caught.value.__cause__, RuntimeError)
