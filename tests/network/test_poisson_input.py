"""The sum of many Poisson sources: its distribution, where it goes, refractoriness, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikeq.errors import (
    DimensionError,
    KindError,
    ModelError,
    ShapeError,
    SpikeqError,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.network.inputs import PoissonGroup
from spikeq.network.monitors import StateMonitor
from spikeq.network.network import Network
from spikeq.network.neurons import NeuronGroup
from spikeq.network.poisson_input import PoissonInput
from spikeq.network.synapses import Synapses
from spikeq.units import Hz, kHz, ms, mV, second


@pytest.mark.parametrize(("count", "rate"), [(20, 60), (1000, 400), (7, 0), (3, 1000)])
def test_mean_and_variance_are_a_binomial_distributions(count: int, rate: float) -> None:
    cells = NeuronGroup(400, "v : 1")
    drive = PoissonInput(cells, "v", count, rate * Hz, weight=0.5)
    record = StateMonitor(cells, "v", record=True)
    Network(cells, drive, record, seed=2, dtype="float64").run(101 * ms)
    numbers = np.diff(record.v_, axis=1) * 2
    p = rate * 1e-3
    n, variance = numbers.size, count * p * (1 - p)
    assert np.array_equal(numbers, np.round(numbers))
    assert abs(numbers.mean() - count * p) <= 5 * np.sqrt(variance / n)
    assert abs(numbers.var() - variance) <= 0.05 * variance


def test_neurons_steps_inputs_and_rows_are_independent() -> None:
    cells = NeuronGroup(50, "v : 1\nw : 1")
    inputs = [PoissonInput(cells, name, 100, 100 * Hz, 1.0) for name in ("v", "w")]
    Network(cells, *inputs, batch=2, seed=1).run(50 * ms)
    columns = np.concatenate([cells.v_, cells.w_])
    assert columns.shape == (4, 50)
    correlation = np.corrcoef(columns)[np.triu_indices(4, 1)]
    assert np.abs(correlation).max() < 0.6
    assert min(np.std(column) for column in columns) > 10


def test_a_part_of_a_group_counts_from_its_first_neuron() -> None:
    cells = NeuronGroup(6, "v : volt\nw : volt")
    cells.w = "(i + 1)*mV"
    certain = PoissonInput(cells[2:5], "v", 4, 1 * kHz, "w*(1 + i) + N*mV")
    Network(cells, certain, dtype="float64").run(2 * ms)
    assert np.allclose(np.asarray(cells.v), np.array([0, 0, 4 * 6, 4 * 11, 4 * 18, 0]) * 2e-3)


def test_refractory_neurons_do_not_receive() -> None:
    model = "dv/dt = 0/ms : 1 (unless refractory)\nw : 1"
    cells = NeuronGroup(2, model, threshold="v > 2.5", reset="v = 0", refractory=3 * ms)
    cells.v = [0, -100]
    inputs = [PoissonInput(cells, name, 1, 1 * kHz, 1.0) for name in ("v", "w")]
    record = StateMonitor(cells, ["v", "w"], record=True)
    Network(cells, *inputs, record).run(8 * ms)
    assert record.v_[0].tolist() == [0, 1, 2, 3, 0, 0, 0, 1]
    assert record.v_[1].tolist() == [-100.0 + k for k in range(8)]
    assert record.w_[0].tolist() == list(range(8))


def test_it_comes_after_pre_and_before_post_pathways() -> None:
    cells = NeuronGroup(1, "v : 1", threshold="True")
    source = PoissonGroup(1, 1 * kHz)
    path = Synapses(source, cells, on_pre="v_post += 1", on_post="v_post -= 5")
    path.connect()
    drive = PoissonInput(cells, "v", 10, 1 * kHz, "v")
    Network(cells, source, path, drive).run(1 * ms)
    assert cells.v_[0] == 6.0  # (0 + 1) + 10*1 - 5


def test_weights_change_in_time_and_with_names_from_outside() -> None:
    size = 3 * mV  # noqa: F841 - the string names it
    cells = NeuronGroup(1, "v : volt")
    Network(cells, PoissonInput(cells, "v", 2, 1 * kHz, "size*int(t > 0.5*ms)"), dtype="float64").run(3 * ms)
    assert np.allclose(np.asarray(cells.v), [12e-3])


def test_numbers_are_drawn_in_blocks() -> None:
    cells = NeuronGroup(3, "v : 1")
    source = Network(cells, PoissonInput(cells, "v", 5, 10 * Hz, 1.0)).compiled()[1].source.text
    assert "(k" not in source  # no call within the step


cells = NeuronGroup(3, "v : volt\nb : boolean\ns : volt (shared)\nx = v : volt\nc : volt (constant)")


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (UnknownNameError, lambda: PoissonInput(cells, "u", 5, 1 * Hz, 1 * mV)),
        (DimensionError, lambda: PoissonInput(cells, "v", 5, 1 * Hz, 1)),
        (DimensionError, lambda: PoissonInput(cells, "v", 5, 1, 1 * mV)),
        (DimensionError, lambda: PoissonInput(cells, "v", 5, 1 * mV, 1 * mV)),
        (KindError, lambda: PoissonInput(cells, "v", 5, "1*Hz", 1 * mV)),
        (KindError, lambda: PoissonInput(cells, "v", 5.5, 1 * Hz, 1 * mV)),
        (KindError, lambda: PoissonInput(cells, "b", 5, 1 * Hz, 1)),
        (KindError, lambda: PoissonInput(3, "v", 5, 1 * Hz, 1 * mV)),
        (ShapeError, lambda: PoissonInput(cells, "v", 5, [1, 2, 3] * Hz, 1 * mV)),
        (ShapeError, lambda: PoissonInput(cells, "v", 5, 1 * Hz, [1, 2, 3] * mV)),
        (ValueRangeError, lambda: PoissonInput(cells, "v", -5, 1 * Hz, 1 * mV)),
        (ValueRangeError, lambda: PoissonInput(cells, "v", 5, -1 * Hz, 1 * mV)),
        (ValueRangeError, lambda: PoissonInput(cells, "v", 5, 1 * Hz, float("nan") * mV)),
        (ModelError, lambda: PoissonInput(cells, "s", 5, 1 * Hz, 1 * mV)),
        (UnknownNameError, lambda: PoissonInput(cells, "v", 5, 1 * Hz, 1 * mV, when="never")),
    ],
)
def test_mistakes_at_construction(error: type[SpikeqError], make: Callable[[], Any]) -> None:
    with pytest.raises(error):
        make()


@pytest.mark.parametrize(
    ("error", "target", "rate", "weight"),
    [
        (DimensionError, "v", 1 * Hz, "3"),
        (UnknownNameError, "v", 1 * Hz, "nothing*mV"),
        (ModelError, "x", 1 * Hz, "1*mV"),
        (ModelError, "c", 1 * Hz, "1*mV"),
        (ValueRangeError, "v", 2 * kHz, "1*mV"),
    ],
)
def test_mistakes_when_it_runs(error: type[SpikeqError], target: str, rate: Any, weight: str) -> None:
    group = NeuronGroup(2, "v : volt\nx = v : volt\nc : volt (constant)")
    with pytest.raises(error):
        Network(group, PoissonInput(group, target, 5, rate, weight)).run(1 * second)
