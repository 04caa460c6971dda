"""All-to-all pathways through a weight matrix, against a plain loop; whole numbers, so that every sum is exact."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import spikeq as sq

SOURCES, TARGETS, STEPS, THRESHOLD, REFRACTORY = 7, 11, 40, 9, 3
CHANGE = {"+=": 1, "-=": -1}
PARTS = [(0, TARGETS), (3, 8)]


def given() -> np.ndarray:
    """Which source spikes in which step, ``[steps, sources]``."""
    return np.random.default_rng(0).random((STEPS, SOURCES)) < 0.2


def weights(part: tuple[int, int], number: int = 0) -> np.ndarray:
    return np.random.default_rng(1 + number).integers(-4, 8, (SOURCES, part[1] - part[0])).astype(float)


def expected(op: str, refractory: bool, part: tuple[int, int]) -> tuple[np.ndarray, int]:
    """The values of v after the last step, and how often an input was dropped."""
    v, last, dropped = np.zeros(TARGETS), np.full(TARGETS, -(10**6)), 0
    inside = (np.arange(TARGETS) >= part[0]) & (np.arange(TARGETS) < part[1])
    for now, spiking in enumerate(given()):
        free = now - last >= REFRACTORY if refractory else np.ones(TARGETS, bool)
        fired = (v >= THRESHOLD) & free
        last[fired] = now
        free &= ~fired if refractory else True
        received = np.zeros(TARGETS)
        received[inside] = CHANGE[op] * weights(part)[spiking].sum(0)
        dropped += int(((received != 0) & ~free).sum())
        v += np.where(free, received, 0.0)
        v[fired] = 0.0
    return v, dropped


def build(on_pre: Any, refractory: bool, part: tuple[int, int], **options: Any) -> tuple[sq.Network, sq.NeuronGroup]:
    step, source = np.nonzero(given())
    inputs = sq.SpikeGeneratorGroup(SOURCES, source, step * sq.ms)
    flag = " (unless refractory)" if refractory else ""
    neurons = sq.NeuronGroup(
        TARGETS,
        f"dv/dt = 0/second : 1{flag}\nu : 1",
        threshold="v >= 9",
        reset="v = 0",
        refractory=REFRACTORY * sq.ms if refractory else False,
    )
    targets = neurons if part == PARTS[0] else neurons[part[0] : part[1]]
    synapses = sq.Synapses(inputs, targets, "w : 1\nz : 1", on_pre=on_pre)
    synapses.connect()
    synapses.w = weights(part).ravel()
    synapses.z = weights(part, 1).ravel()
    return sq.Network(inputs, neurons, synapses, **options), neurons


@pytest.mark.parametrize("backend", ["auto", "torch static"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("refractory", [False, True])
@pytest.mark.parametrize("op", CHANGE)
def test_weights_reach_their_targets(
    op: str, refractory: bool, part: tuple[int, int], batch: int | None, dtype: str, backend: str
) -> None:
    network, neurons = build(f"v_post {op} w", refractory, part, batch=batch, dtype=dtype, backend=backend)
    assert "propagate_dense" in network.show("source") and "expand(" not in network.show("source").split("def bind")[1]
    network.run(STEPS * sq.ms)
    values, dropped = expected(op, refractory, part)
    assert values.any() and (dropped > 0) == refractory
    assert np.array_equal(neurons.v_[:], np.broadcast_to(values, neurons.v_[:].shape))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_two_pathways_into_a_part_keep_to_their_own_variables(dtype: str) -> None:
    part = PARTS[1]
    network, neurons = build({"one": "v_post += w", "other": "u_post += z"}, False, part, dtype=dtype)
    network.run(STEPS * sq.ms)
    sums = np.zeros(TARGETS)
    sums[part[0] : part[1]] = (given() @ weights(part, 1)).sum(0)
    assert np.array_equal(neurons.u_[:], sums)
    assert np.array_equal(neurons.v_[:], expected("+=", False, part)[0])


@pytest.mark.parametrize("backend", ["auto", "torch static"])
def test_an_infinite_weight_does_not_touch_a_refractory_neuron(backend: str) -> None:
    inputs = sq.SpikeGeneratorGroup(1, [0], [1] * sq.ms)
    neurons = sq.NeuronGroup(
        2, "dv/dt = 0/second : 1 (unless refractory)", threshold="v >= 9", reset="v = 0", refractory=3 * sq.ms
    )
    neurons.v = [9, 0]
    synapses = sq.Synapses(inputs, neurons, "w : 1", on_pre="v_post += w")
    synapses.connect()
    synapses.w_ = [np.inf, 1.0]
    network = sq.Network(inputs, neurons, synapses, backend=backend)
    network.run(2 * sq.ms)
    assert neurons.v_[:].tolist() == [0.0, 1.0]
