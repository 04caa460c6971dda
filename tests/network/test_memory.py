"""What a network needs is known before it is there, and told where it is too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from spikeq import Network, NeuronGroup, OutOfMemoryError, PoissonGroup, SpikeMonitor, StateMonitor, Synapses, ms
from spikeq.network import needs, runner
from spikeq.network.memory import bytes_by_array


def plastic(form: str, batch: int | None = None, dtype: str = "float32") -> Network:
    """Dense synapses with weights of 4 bytes, sparse ones, a delay, records."""
    P = PoissonGroup(300, rates="(1 + i)*Hz", name="inputs")
    G = NeuronGroup(
        200, "dv/dt = -v*sqrt(ms/tau)/tau : 1\ntau : second", threshold="v > 1", reset="v = 0", name="cells"
    )
    G.tau = "(10 + i)*ms"
    D = Synapses(P, G, "w : 1", on_pre="v_post += w", on_post="w = clip(w + 0.1, 0, 1)", name="every")
    D.connect()
    S = Synapses(G, G, "w : 1", on_pre="v_post += w", delay=3 * ms, name="some")
    S.connect(condition="(i + j) % 3 == 0")
    M, T = SpikeMonitor(G, name="spikes"), StateMonitor(G, "v", record=True, name="trace")
    return Network(P, G, D, S, M, T, backend=form, batch=batch, dtype=dtype)


@pytest.mark.parametrize("form", ["torch", "torch static"])
@pytest.mark.parametrize(("batch", "dtype"), [(None, "float32"), (3, "float64")])
def test_what_is_needed_is_known_before_it_is_there(
    form: str, batch: int | None, dtype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: dict[str, int] = {}
    monkeypatch.setattr(runner, "require_room", lambda one: before.update(needs.needed(one)))
    network = plastic(form, batch, dtype)
    network.run(1 * ms)
    after = bytes_by_array(network._runner)
    arrays = {key: size for key, size in after.items() if key in network._runner.arrays}
    assert arrays["every.w"] == 60_000 * (4 if dtype == "float32" else 8)
    assert {key: before[key] for key in arrays} == arrays
    constants = {key: size for key, size in after.items() if key.startswith("constant ")}
    assert sum(constants.values()) == sum(before[key] for key in constants) > 200 * (4 if dtype == "float32" else 8)
    buffers = {key: size for key, size in after.items() if key.startswith("buffer ")}
    assert {key: before[key] for key in buffers} == buffers and buffers


def test_too_much_is_refused_before_anything_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    network = plastic("torch", 4, "float64")
    monkeypatch.setattr(needs, "free_bytes", lambda device: 200_000)
    with pytest.raises(OutOfMemoryError) as caught:
        network.run(1 * ms)
    text = str(caught.value)
    first, second, *_ = text.splitlines()
    assert first.startswith("The network needs ") and first.endswith(" in memory, and 195 KiB are free:")
    assert second.startswith("  every: 469 KiB (w 469 KiB")
    assert "\n  some: " in text and "\n  cells: " in text and "\n  results on the way: " in text
    assert "a smaller batch than 4; dtype='float32'; connecting fewer pairs with every" in text
    monkeypatch.setattr(needs, "free_bytes", lambda device: 2_000_000_000)
    network.run(1 * ms)


def test_random_numbers_count_for_those_that_draw_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(needs, "free_bytes", lambda device: 100_000)
    with pytest.raises(OutOfMemoryError, match=r"\n  inputs: 18\.8 KiB \(random numbers 18\.8 KiB\)"):
        plastic("torch static").run(1 * ms)


def cuda_error(what: Any) -> Callable[..., Any]:
    def fail(*arguments: Any, **options: Any) -> Any:
        raise what

    return fail


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("out of memory"),
        MemoryError(),
    ],
    ids=repr,
)
@pytest.mark.parametrize("place", ["_buffer", "constant", "advance"])
def test_where_memory_runs_out_the_error_is_ours(place: str, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    network = plastic("torch")
    monkeypatch.setattr(runner.Runner, place, cuda_error(error))
    with pytest.raises(OutOfMemoryError, match="and memory ran out:\n  every: ") as caught:
        network.run(1 * ms)
    assert caught.value.__cause__ is error
    monkeypatch.undo()
    network.run(2 * ms)
    assert network.t_ == pytest.approx(3e-3 if place == "advance" else 2e-3)


def test_other_errors_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    error = RuntimeError("something else")
    monkeypatch.setattr(runner.Runner, "_buffer", cuda_error(error))
    with pytest.raises(RuntimeError) as caught:
        plastic("torch").run(1 * ms)
    assert caught.value is error


@pytest.mark.parametrize(
    ("size", "text"), [(17, "17 bytes"), (1536, "1.5 KiB"), (3 * 2**20, "3 MiB"), (2**31, "2 GiB"), (2**42, "4096 GiB")]
)
def test_sizes_as_text(size: int, text: str) -> None:
    assert needs.as_text(size) == text
