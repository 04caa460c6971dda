"""Rows of a batch: copies that share parameters and weights, sweeps, and random numbers by row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeq import (
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    ms,
)

FORMS = ("auto", "torch static")


def model(batch: int | None, form: str = "auto", seed: int = 5, extra: bool = False, dtype: str = "float64") -> Any:
    """Noise, random thresholds, Poisson input, synapses with random changes: everything that draws."""
    P = PoissonGroup(7, rates=200 * Hz, name="P")
    G = NeuronGroup(
        5,
        "dv/dt = (1.2 - v)/(8*ms) + 0.4*xi*ms**-0.5 : 1 (unless refractory)\nn : integer\nbegin : 1",
        threshold="v > 1 or rand() < 0.02",
        reset="v = 0.2*rand(); n += poisson(2.5)",
        refractory=2 * ms,
        name="G",
    )
    S = Synapses(P, G, "w : 1", on_pre="v_post += w*rand()", delay=1 * ms, name="S")
    S.connect(p=0.5)
    S.w = "0.3*rand()"
    spikes, trace = SpikeMonitor(G, variables="v", name="spikes"), StateMonitor(G, "v", record=[4, 0], name="trace")
    rate = PopulationRateMonitor(G, name="rate")
    objects: list[Any] = [P, G, S, spikes, trace, rate]
    if extra:
        A = NeuronGroup(3, "dv/dt = xi*ms**-0.5 : 1", threshold="rand() < 0.5", reset="v = rand()", name="A")
        objects = [A, SpikeMonitor(A, name="a_spikes"), *objects]
    net = Network(*objects, batch=batch, seed=seed, backend=form, dtype=dtype)
    G.v = "rand()"
    G.begin = "v"
    net.run(40 * ms)
    return net


def row_of(net: Any, row: int) -> tuple[Any, ...]:
    spikes, here = net["spikes"], net["spikes"].row == row
    if net.batch is None:
        return (spikes.i, spikes.t_, spikes.v, net["trace"].v, net["G"].n[:], net["G"].begin[:], net["rate"].rate_)
    return (
        spikes.i[here],
        spikes.t_[here],
        spikes.v[here],
        net["trace"].v[row],
        net["G"].n[:][row],
        net["G"].begin[:][row],
        net["rate"].rate_[row],
    )


def same(first: tuple[Any, ...], second: tuple[Any, ...]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_a_row_is_the_same_in_a_batch_of_any_size(form: str) -> None:
    one, two, five = model(None), model(2, form), model(5, form)
    assert len(one["spikes"].i) > 20
    assert same(row_of(one, 0), row_of(two, 0))
    for row in (0, 1):
        assert same(row_of(two, row), row_of(five, row))
    for row in range(1, 5):
        assert not same(row_of(five, 0), row_of(five, row))
    assert np.array_equal(one["S"].w[:], five["S"].w[:])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [None, 3])
def test_both_forms_of_the_backend_agree(dtype: str, batch: int | None) -> None:
    first, second = (model(batch, form, dtype=dtype) for form in FORMS)
    for row in range(batch or 1):
        assert same(row_of(first, row), row_of(second, row))


def test_a_seed_fixes_everything_and_another_seed_nothing() -> None:
    assert same(row_of(model(None), 0), row_of(model(None), 0))
    assert not same(row_of(model(None), 0)[:1], row_of(model(None, seed=6), 0)[:1])


def test_what_else_is_in_the_network_changes_nothing() -> None:
    assert same(row_of(model(2), 1), row_of(model(2, extra=True), 1))


def test_without_a_seed_torch_decides() -> None:
    import torch

    found = []
    for _ in range(2):
        torch.manual_seed(12)
        found.append(row_of(model(None, seed=None), 0))  # type: ignore[arg-type]
    assert same(*found)


@pytest.mark.parametrize("form", FORMS)
def test_sweeps(form: str) -> None:
    G = NeuronGroup(2, "dv/dt = (drive - v)/tau : 1\ndrive : 1\ntau : second\ngain : 1 (shared)", threshold="v > gain")
    M, trace = SpikeMonitor(G), StateMonitor(G, "v", record=True)
    Network(G, M, trace, batch=3, dtype="float64", backend=form)
    G.tau = np.array([[2], [4], [8]]) * ms
    G.drive = [[1, 2], [3, 4], [5, 6]]
    G.gain = [1, 2, 100]
    G._network.run(5 * ms)
    tau, drive = np.array([[2.0], [4.0], [8.0]]), np.array([[1.0, 2], [3, 4], [5, 6]])
    v, expected, counts = np.zeros((3, 2)), [], np.zeros((3, 2), int)
    for _ in range(5):
        expected.append(v)
        v = v + (drive - v) / tau
        counts += v > np.array([[1], [2], [100]])
    assert np.allclose(np.moveaxis(trace.v, -1, 0), expected, rtol=1e-12)
    assert np.array_equal(M.count, counts) and counts.any()
    assert G.tau.shape == (3, 2) and G.gain.shape == (3,)
    assert np.array_equal(G.gain[:], [1, 2, 100])


@pytest.mark.parametrize("form", FORMS)
def test_a_sweep_over_a_value_from_outside(form: str) -> None:
    G = NeuronGroup(2, "dv/dt = push/ms : 1", threshold="v > top", reset="v = 0")
    M = SpikeMonitor(G)
    net = Network(G, M, batch=2, backend=form, dtype="float64")
    push, top = np.array([[1.0], [2.0]]), np.array([2.5, 4.5])
    net.run(12 * ms, namespace={"push": push, "top": top})
    assert np.array_equal(M.count, [[4, 2], [6, 4]])


def test_results_are_two_dimensional_only_with_a_batch() -> None:
    alone, batched = model(None), model(1)
    assert alone["G"].v.shape == (5,) and batched["G"].v.shape == (1, 5)
    assert alone["trace"].v.shape == (2, 40) and batched["trace"].v.shape == (1, 2, 40)
    assert alone["spikes"].count.shape == (5,) and batched["spikes"].count.shape == (1, 5)
    assert alone["rate"].rate.shape == (40,) and batched["rate"].rate.shape == (1, 40)
    assert same(row_of(alone, 0), row_of(batched, 0))


@pytest.mark.parametrize("form", FORMS)
def test_fresh_memory_is_never_read(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Buffers and room for records begin as garbage in one of two runs."""
    import torch

    from spikeq.network.runner import Runner

    expected = model(3, form)
    make, empty = Runner._buffer, torch.empty

    def garbage(self: Any, *spec: Any) -> Any:
        made = make(self, *spec)
        return made.fill_({torch.bool: True}.get(made.dtype, -7 if not made.is_floating_point() else float("nan")))

    def filled(*shape: Any, **options: Any) -> Any:
        made = empty(*shape, **options)
        return made.fill_(float("nan")) if made.is_floating_point() else made.fill_(1)

    monkeypatch.setattr(Runner, "_buffer", garbage)
    monkeypatch.setattr(torch, "empty", filled)
    found = model(3, form)
    for row in range(3):
        assert same(row_of(expected, row), row_of(found, row))
