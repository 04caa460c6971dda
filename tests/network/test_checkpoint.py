"""A network goes back to what it was, exactly: in memory, in files, through torch's ``state_dict``, between types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikeq import (
    DataError,
    Network,
    NetworkError,
    NeuronGroup,
    PopulationRateMonitor,
    ShapeError,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    UnknownNameError,
    UnsupportedError,
    network_operation,
)
from spikeq.units import ms, mV

MODEL = """dv/dt = (drive - v)/(10*ms) + 2*mV*xi*(10*ms)**-0.5 : volt (unless refractory)
           drive : volt
           half : integer"""


def made(n: int = 5, batch: int | None = None, **options: Any) -> Network:
    """Noisy neurons in a ring with delays that are longer than the pauses between their spikes."""
    cells = NeuronGroup(n, MODEL, threshold="v > 10*mV", reset="v = 0*mV", refractory=2 * ms, name="cells")
    cells.drive = "(i + 9)*3*mV"
    ring = Synapses(cells, cells, "w : volt", on_pre="v_post += w", delay=7 * ms, name="ring")
    ring.connect(j="(i + 1) % N_post")
    ring.w = "rand()*mV"
    spikes, rate = SpikeMonitor(cells, name="spikes"), PopulationRateMonitor(cells, name="rate")
    traces = StateMonitor(cells, "v", record=True, name="traces")
    return Network(cells, ring, spikes, rate, traces, dt=0.5 * ms, seed=8, dtype="float64", batch=batch, **options)


def seen(network: Network) -> list[np.ndarray[Any, Any]]:
    """Everything that was recorded."""
    spikes, traces = network["spikes"], network["traces"]
    return [spikes.i, spikes.row, spikes.t_, traces.v_, traces.t_, network["rate"].rate_]


def assert_same(one: list[np.ndarray[Any, Any]], other: list[np.ndarray[Any, Any]]) -> None:
    for first, second in zip(one, other, strict=True):
        np.testing.assert_array_equal(first, second)


def pending(network: Network) -> int:
    return sum(len(part) for parts in network["ring"].pathways[0].queue.waiting.values() for part in parts)


@pytest.mark.parametrize("batch", [None, 3])
def test_restore_with_random_state_repeats_the_run(batch: int | None) -> None:
    network = made(batch=batch)
    network.run(30 * ms)
    assert pending(network) > 0
    network.store()
    network.run(30 * ms)
    first = seen(network)
    network.restore(restore_random_state=True)
    assert network.t_ == 0.03
    assert network["traces"].v_.shape[-1] == 60
    network.run(30 * ms)
    assert_same(first, seen(network))


def test_restore_goes_on_with_new_random_numbers() -> None:
    network = made()
    network.run(10 * ms)
    network.store("before")
    before = seen(network)
    network.run(10 * ms)
    first = seen(network)
    network.restore("before")
    assert_same(before, seen(network))
    network.run(10 * ms)
    assert network["traces"].v_.shape == first[3].shape
    assert not np.array_equal(network["traces"].v_, first[3])


def test_a_file_takes_another_process_to_the_same_place(tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    network = made()
    network.run(25 * ms)
    network.store("a", file)
    network.run(5 * ms)
    network.store("b", file)
    network.run(20 * ms)
    for name in ("a", "b"):
        other = made()
        other.restore(name, file, restore_random_state=True)
        other.run(25 * ms if name == "a" else 20 * ms)
        assert_same(seen(network), seen(other))


def test_store_before_the_first_run() -> None:
    network = made()
    network.store()
    network.run(20 * ms)
    first = seen(network)
    network.restore(restore_random_state=True)
    assert network.t_ == 0.0
    network.run(20 * ms)
    assert_same(first, seen(network))


def test_restore_takes_the_time_step_back() -> None:
    network = made()
    network.run(10 * ms)
    network.store()
    last = network["cells"].lastspike_[:]
    network.clock.dt = 0.25 * ms
    network.run(10 * ms)
    network.restore()
    assert network.clock.dt_ == 0.5e-3
    np.testing.assert_array_equal(network["cells"].lastspike_[:], last)


def test_refusals_of_restore(tmp_path: Path) -> None:
    network = made()
    with pytest.raises(UnknownNameError, match="Nothing was stored as 'x'"):
        network.restore("x")
    network.store()
    network.remove(network["rate"])
    with pytest.raises(NetworkError, match="'rate' is in the snapshot but not in the network"):
        network.restore()
    with pytest.raises(DataError, match="cannot be read"):
        network.restore(filename=tmp_path / "missing")
    (tmp_path / "text").write_text("no tensors")
    with pytest.raises(DataError, match="cannot be read"):
        network.restore(filename=tmp_path / "text")
    network.save(tmp_path / "saved")
    with pytest.raises(DataError, match="holds no snapshot"):
        network.restore(filename=tmp_path / "saved")
    with pytest.raises(DataError, match="cannot be written"):
        network.store(filename=tmp_path / "no" / "folder")


def test_restore_into_another_size(tmp_path: Path) -> None:
    made(5).store(filename=tmp_path / "five")
    with pytest.raises(ShapeError, match="another size"):
        made(6).restore(filename=tmp_path / "five")


@pytest.mark.parametrize("batch", [None, 2])
def test_state_dict_resumes_exactly(batch: int | None, tmp_path: Path) -> None:
    network = made(batch=batch)
    network.run(30 * ms)
    assert pending(network) > 0
    state = network.state_dict()
    network.save(tmp_path / "state")
    network.run(10 * ms)
    for other in (made(batch=batch), made(batch=batch)):
        if other.draws.seed:
            other.load_state_dict(state)
        other.run(10 * ms)
        np.testing.assert_array_equal(other["traces"].v_, network["traces"].v_[..., 60:])
    other = made(batch=batch)
    other.load(tmp_path / "state")
    other.run(10 * ms)
    np.testing.assert_array_equal(other["traces"].v_, network["traces"].v_[..., 60:])


def test_keys_say_what_is_learned() -> None:
    state = made().state_dict()
    learned = [key for key in state if not key.startswith("running.")]
    assert learned == ["cells.drive", "cells.half", "ring.w", "ring._connections"]
    assert {"running.cells.v", "running.cells.lastspike", "running.cells.not_refractory"} <= state.keys()
    assert tuple(state["ring.w"].shape) == (5,)


def test_learned_values_alone_leave_the_run_as_it_is() -> None:
    network, other = made(), made()
    network["ring"].w = [1, 2, 3, 4, 5] * mV
    other.run(5 * ms)
    v = other["cells"].v_[:]
    other.load_state_dict({key: value for key, value in network.state_dict().items() if not key.startswith("running.")})
    np.testing.assert_array_equal(other["ring"].w_[:], np.array([1, 2, 3, 4, 5]) * 1e-3)
    np.testing.assert_array_equal(other["cells"].v_[:], v)
    assert other.t_ == 0.005


def test_refusals_of_load_state_dict() -> None:
    network = made()
    state = network.state_dict()
    with pytest.raises(NetworkError, match=r"it lacks cells\.drive"):
        network.load_state_dict({k: v for k, v in state.items() if k != "cells.drive"})
    with pytest.raises(NetworkError, match=r"the network has no cells\.gone"):
        network.load_state_dict({**state, "cells.gone": torch.zeros(5)})
    with pytest.raises(ShapeError, match=r"cells\.drive has the shape \[4\], not \[5\]"):
        network.load_state_dict({**state, "cells.drive": torch.zeros(4)})
    network.load_state_dict({"cells.drive": torch.full((5,), 0.5), "cells.gone": torch.zeros(5)}, strict=False)
    np.testing.assert_array_equal(network["cells"].drive_[:], np.full(5, 0.5))


def test_a_network_is_a_part_of_a_module() -> None:
    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = made()
            self.head = torch.nn.Linear(2, 1)

    one, other = Whole(), Whole()
    one.net["ring"].w = 3 * mV
    state = one.state_dict()
    assert {"net.ring.w", "head.weight", "net.running.cells.v"} <= state.keys()
    other.load_state_dict(state)
    np.testing.assert_array_equal(other.net["ring"].w_[:], np.full(5, 3e-3))
    with pytest.raises(RuntimeError, match=r"net\.ring\.w"):
        other.load_state_dict({k: v for k, v in state.items() if k != "net.ring.w"})
    with pytest.raises(RuntimeError, match=r"net\.ring\.w has the shape|ring\.w has the shape"):
        other.load_state_dict({**state, "net.ring.w": torch.zeros(4)})


def test_another_number_type() -> None:
    network = made()
    network.run(5 * ms)
    assert dict(network.named_buffers())["running.cells.v"].dtype == torch.float64
    assert network.to(torch.float32) is network
    network.run(5 * ms)
    buffers = dict(network.named_buffers())
    assert buffers["running.cells.v"].dtype == torch.float32
    assert buffers["running.cells.lastspike"].dtype == torch.int64
    assert network.double().real_type == torch.float64
    with pytest.raises(UnsupportedError, match="cannot compute in torch.float16"):
        network.half()
    assert list(network.parameters()) == []


def test_a_state_is_a_copy() -> None:
    network = made()
    network.run(5 * ms)
    state = network.state_dict()
    kept = state["running.cells.v"].clone()
    network.run(5 * ms)
    assert torch.equal(state["running.cells.v"], kept)


def test_nothing_is_taken_back_during_a_run() -> None:
    network = made()
    network.store()
    refused = []

    @network_operation(dt=1 * ms)
    def back() -> None:
        try:
            network.restore()
        except NetworkError as error:
            refused.append(error.message)

    network.add(back)
    network.run(2 * ms)
    assert refused == ["restore cannot be called during a run."] * 2


@pytest.mark.parametrize("run", [False, True], ids=["before a run", "after"])
def test_a_sweep_goes_back_and_into_another_network(run: bool) -> None:
    """Before the first run a value for each row is held once for all neurons, ``[batch, 1]``."""

    def built() -> tuple[Network, NeuronGroup]:
        G = NeuronGroup(3, "dv/dt = (drive - v)/(10*ms) : 1\ndrive : 1", name="G")
        return Network(G, batch=2), G

    net, G = built()
    G.drive = np.array([[1.0], [2.0]])
    if run:
        net.run(1 * ms)
    net.store()
    state = net.state_dict()
    G.drive = 5
    net.restore()
    assert G.drive[:].tolist() == [[1.0] * 3, [2.0] * 3]
    other, H = built()
    other.load_state_dict(state)
    assert H.drive[:].tolist() == [[1.0] * 3, [2.0] * 3]
    other.run(1 * ms)
    net.run(1 * ms)
    assert np.array_equal(G.v[:], H.v[:]) and (G.v[:] > 0).all()


def test_a_state_fits_a_network_that_has_not_run() -> None:
    """What is constant over a step has values after the first run only; it is computed again, not loaded."""

    def made() -> tuple[Network, NeuronGroup]:
        G = NeuronGroup(1, "dv/dt = 1/second : 1\nkept = 2*v : 1 (constant over dt)\nseen : 1", name="cells")
        G.run_regularly("seen = kept")
        return Network(G, dtype="float64"), G

    net, G = made()
    net.run(3 * ms)
    later, H = made()
    later.load_state_dict(net.state_dict())
    net.run(2 * ms)
    later.run(2 * ms)
    assert H.v_[0] == G.v_[0]
    assert H.seen_[0] == G.seen_[0] == H.kept_[0]
    assert np.isclose(H.seen_[0], 0.008)


def randomly_connected(seed: int, **how: Any) -> tuple[Network, Synapses]:
    cells = NeuronGroup(10, "v : 1")
    synapses = Synapses(cells, cells, "w : 1")
    synapses.connect(**(how or {"j": "k for k in sample(N_post, size=2)"}))
    synapses.w = "rand()"
    return Network(cells, synapses, seed=seed), synapses


def test_values_of_synapses_do_not_go_to_other_connections(tmp_path: Path) -> None:
    """As many synapses between other neurons: nothing is taken, and the help says how they become the same."""
    (first, source), (second, target), (third, same) = (
        randomly_connected(1),
        randomly_connected(2),
        randomly_connected(1),
    )
    before = np.array(target.w_)
    everything = first.state_dict()
    learned = {key: value for key, value in everything.items() if "running" not in key}
    for state in (everything, learned):
        for strict in (True, False):
            with pytest.raises(NetworkError, match="belong to other synapses") as caught:
                second.load_state_dict(state, strict=strict)
        assert "seed=" in str(caught.value)
        assert np.array_equal(target.w_, before)
        third.load_state_dict(state)
        assert np.array_equal(same.w_, source.w_)
    first.save(tmp_path / "state")
    with pytest.raises(NetworkError, match="belong to other synapses"):
        second.load(tmp_path / "state")
    second.load_state_dict({key: value for key, value in everything.items() if "_connections" not in key})
    assert np.array_equal(target.w_, source.w_)  # a state need not tell


@pytest.mark.parametrize("layout", ["dense", "sparse"])
def test_the_same_connections_in_another_layout_are_the_same(layout: str) -> None:
    cells = NeuronGroup(4, "v : 1")
    synapses, listed = Synapses(cells, cells, layout=layout), Synapses(cells, cells)
    synapses.connect()
    listed.connect(i=np.repeat(np.arange(4), 4), j=np.tile(np.arange(4), 4))
    assert synapses.layout.fingerprint == listed.layout.fingerprint
    listed.connect(i=0, j=0)
    assert synapses.layout.fingerprint != listed.layout.fingerprint
