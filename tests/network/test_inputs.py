"""Random and given spikes: how often, when, in which order, and what is refused."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikeq.errors import (
    DimensionError,
    KindError,
    NetworkError,
    ShapeError,
    SpikeqError,
    SpikeqWarning,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.network.event_monitors import SpikeMonitor
from spikeq.network.inputs import PoissonGroup, SpikeGeneratorGroup
from spikeq.network.monitors import StateMonitor
from spikeq.network.network import Network
from spikeq.network.neurons import NeuronGroup
from spikeq.network.timed_array import TimedArray
from spikeq.units import Hz, kHz, ms, mV, second

with_brian2 = pytest.mark.skipif(importlib.util.find_spec("brian2") is None, reason="brian2 is not installed")


def spikes_of(group: Any, duration: Any, **options: Any) -> SpikeMonitor:
    monitor = SpikeMonitor(group)
    Network(group, monitor, **options).run(duration)
    return monitor


def pairs(monitor: SpikeMonitor, dt: float = 1e-3) -> list[tuple[int, int]]:
    return list(zip(np.round(monitor.t_ / dt).astype(int).tolist(), monitor.i.tolist(), strict=True))


class TestPoissonGroup:
    def test_count_lies_within_five_standard_deviations(self) -> None:
        monitor = spikes_of(PoissonGroup(101, 40 * Hz), 5 * second, seed=7)
        n, p = 101 * 5000, 0.04
        assert abs(monitor.num_spikes - n * p) < 5 * np.sqrt(n * p * (1 - p))

    def test_low_rates_use_more_than_24_bits(self) -> None:
        rate = 1e-5  # a probability of 1e-8 in a step: uniform numbers of 24 bits would give 6e-8
        monitor = spikes_of(PoissonGroup(4000, rate * Hz), 1 * second, seed=1)
        assert monitor.num_spikes <= 2

    @pytest.mark.parametrize("rates", [1 * kHz, 7 * kHz, "1*kHz", "2*kHz*int(t >= 0*ms)"])
    def test_a_chance_of_one_or_more_spikes_always(self, rates: Any) -> None:
        monitor = spikes_of(PoissonGroup(3, rates), 4 * ms)
        assert pairs(monitor) == [(step, i) for step in range(4) for i in range(3)]

    @pytest.mark.parametrize("rates", [0 * Hz, "0*Hz", "0*Hz*i"])
    def test_no_chance_never_spikes(self, rates: Any) -> None:
        assert spikes_of(PoissonGroup(3, rates), 200 * ms).num_spikes == 0

    def test_rates_of_each_neuron(self) -> None:
        group = PoissonGroup(3, [0, 1000, 0] * Hz)
        monitor = SpikeMonitor(group)
        net = Network(group, monitor)
        net.run(2 * ms)
        group.rates = "int(i == 2)*kHz"
        net.run(2 * ms)
        group.rates[0] = 1 * kHz
        net.run(1 * ms)
        assert pairs(monitor) == [(0, 1), (1, 1), (2, 2), (3, 2), (4, 0), (4, 2)]
        assert np.array_equal(np.asarray(group.rates), [1000.0, 0.0, 1000.0])

    def test_a_string_changes_in_time_and_with_the_neuron(self) -> None:
        monitor = spikes_of(PoissonGroup(3, "kHz*int(t >= i*2*ms - 0.1*ms)"), 5 * ms)
        assert pairs(monitor) == [(0, 0), (1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0), (4, 1), (4, 2)]

    def test_a_timed_array_for_each_neuron(self) -> None:
        table = TimedArray([[0, 1], [1, 0], [0, 0]] * kHz, dt=2 * ms)
        monitor = spikes_of(PoissonGroup(2, "table(t, i)", namespace={"table": table}), 6 * ms)
        assert pairs(monitor) == [(0, 1), (1, 1), (2, 0), (3, 0)]

    def test_rates_can_be_read_and_recorded(self) -> None:
        slope = 3 * Hz / ms  # noqa: F841 - the string names it
        group = PoissonGroup(2, "slope*t*(1 + i)")
        record = StateMonitor(group, "rates", record=True)
        Network(group, record).run(3 * ms)
        assert np.allclose(record.rates_, [[0, 3, 6], [0, 6, 12]])
        assert np.allclose(np.asarray(group.rates), [9, 18])
        with pytest.raises(NetworkError, match="subexpression"):
            group.rates = 3 * Hz

    def test_run_regularly_changes_rates(self) -> None:
        group = PoissonGroup(2, 0 * Hz)
        group.run_regularly("on = int((t/(2*ms)) % 2 >= 1)\nrates = kHz*int(i == on)", dt=2 * ms)
        assert pairs(spikes_of(group, 6 * ms)) == [(0, 0), (1, 0), (2, 1), (3, 1), (4, 0), (5, 0)]

    def test_known_chances_are_decided_before_the_loop(self) -> None:
        group = PoissonGroup(5, 10 * Hz)
        monitor = SpikeMonitor(group)
        source = Network(group, monitor).compiled()[1].source.text
        step = source.partition("spike_thresholder")[2].partition("#")[0]
        assert len(step.strip().splitlines()) == 1
        assert "torch" not in step

    def test_spikes_do_not_depend_on_the_form_of_the_rates(self) -> None:
        found = [
            pairs(spikes_of(PoissonGroup(9, r), 300 * ms, seed=3)) for r in (50 * Hz, "50*Hz", "50*Hz + 0*t*Hz/ms")
        ]
        assert found[0] == found[1] == found[2]
        assert len(found[0]) > 50

    def test_rows_of_a_batch_differ_and_row_0_is_as_without_one(self) -> None:
        alone = spikes_of(PoissonGroup(7, 100 * Hz), 100 * ms, seed=5)
        several = spikes_of(PoissonGroup(7, 100 * Hz), 100 * ms, seed=5, batch=3)
        first = several.row == 0
        assert several.i[first].tolist() == alone.i.tolist()
        assert several.t_[first].tolist() == alone.t_.tolist()
        assert len({tuple(several.t_[several.row == row]) for row in range(3)}) == 3

    def test_rates_of_each_row(self) -> None:
        group = PoissonGroup(2, 0 * Hz)
        monitor = SpikeMonitor(group)
        net = Network(group, monitor, batch=2)
        group.rates = np.array([[0, 1000], [1000, 0]]) * Hz
        net.run(2 * ms)
        assert list(zip(monitor.row.tolist(), monitor.i.tolist(), strict=True)) == [(0, 1), (1, 0)] * 2

    def test_a_clock_of_its_own_and_a_part(self) -> None:
        group = PoissonGroup(5, 10 * kHz, dt=2 * ms)
        other = NeuronGroup(1, "v : 1")
        monitor = SpikeMonitor(group[1:3])
        Network(group, other, monitor).run(5 * ms)
        assert pairs(monitor) == [(step, i) for step in (0, 2, 4) for i in (0, 1)]

    @pytest.mark.parametrize(
        ("error", "rates"),
        [
            (DimensionError, 5),
            (DimensionError, 5 * mV),
            (ValueRangeError, -5 * Hz),
            (ValueRangeError, [1, float("nan")] * Hz),
            (ShapeError, [1, 2, 3] * Hz),
        ],
    )
    def test_wrong_rates_are_refused(self, error: type[SpikeqError], rates: Any) -> None:
        with pytest.raises(error):
            PoissonGroup(2, rates)

    @pytest.mark.parametrize(
        ("error", "rates"),
        [
            (DimensionError, "5*mV"),
            (DimensionError, "5"),
            (UnknownNameError, "nothing*Hz"),
            (ValueRangeError, "-1*Hz"),
            (ValueRangeError, "(2*ms - t)*kHz/ms"),
            (ValueRangeError, "Hz*(t/t)"),
        ],
    )
    def test_wrong_strings_are_refused_when_they_run(self, error: type[SpikeqError], rates: str) -> None:
        with pytest.raises(error, match="poissongroup"):
            Network(PoissonGroup(2, rates)).run(5 * ms)

    def test_wrong_assignments_are_refused(self) -> None:
        group = PoissonGroup(2, 5 * Hz)
        for value in (-1 * Hz, "-1*Hz"):
            with pytest.raises(ValueRangeError, match="-1"):
                group.rates = value
        assert np.array_equal(np.asarray(group.rates), [5.0, 5.0])


def generate(*arguments: Any, duration: Any = 10 * ms, **options: Any) -> list[tuple[int, int]]:
    return pairs(spikes_of(SpikeGeneratorGroup(*arguments, **options), duration))


class TestSpikeGeneratorGroup:
    def test_times_belong_to_the_steps_they_lie_in(self) -> None:
        times = [0, 0.5, 0.9989, 0.9991, 2, 2.9999, 7.5] * ms
        assert generate(8, range(7), times) == [(0, 0), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (7, 6)]

    def test_spikes_of_a_step_come_in_order_of_time_and_then_of_neurons(self) -> None:
        assert generate(5, [4, 0, 2, 1], [1.1, 1.2, 1.0, 1.1] * ms) == [(1, 2), (1, 1), (1, 4), (1, 0)]

    def test_a_period_repeats(self) -> None:
        expected = [(0, 0), (2, 1), (3, 0), (5, 1), (6, 0), (8, 1), (9, 0)]
        assert generate(2, [0, 1], [0, 2] * ms, period=3 * ms) == expected

    def test_none_at_all(self) -> None:
        assert generate(2, [], [] * ms) == []

    def test_rows_have_the_same_spikes(self) -> None:
        group = SpikeGeneratorGroup(3, [2, 0], [1, 1] * ms)
        monitor = spikes_of(group, 2 * ms, batch=2)
        assert list(zip(monitor.row.tolist(), monitor.i.tolist(), strict=True)) == [(0, 0), (0, 2), (1, 0), (1, 2)]

    def test_long_runs_cross_the_bounds_of_calls(self) -> None:
        steps = [0, 999, 1000, 1001, 1999, 2000, 2600]
        assert generate(1, [0] * 7, np.array(steps) * ms, duration=3 * second) == [(step, 0) for step in steps]

    def test_new_spikes_between_runs(self) -> None:
        group = SpikeGeneratorGroup(2, [0, 1], [1, 4] * ms)
        monitor = SpikeMonitor(group)
        net = Network(group, monitor)
        net.run(3 * ms)
        with pytest.warns(SpikeqWarning, match="left out"):
            group.set_spikes([0, 0], [2, 5] * ms)
        net.run(4 * ms)
        group.set_spikes([1], [0] * ms, period=2 * ms)
        net.run(4 * ms)
        assert pairs(monitor) == [(1, 0), (5, 0), (8, 1), (10, 1)]

    def test_what_it_was_given_can_be_read(self) -> None:
        group = SpikeGeneratorGroup(4, [3, 1, 2], [2, 1, 1] * ms, period=5 * ms)
        assert group.neuron_index.tolist() == [1, 2, 3]
        assert np.allclose(np.asarray(group.spike_time), [1e-3, 1e-3, 2e-3])
        assert float(group.period) == 5e-3

    @pytest.mark.parametrize(
        ("error", "make"),
        [
            (ShapeError, lambda: SpikeGeneratorGroup(0, [], [] * ms)),
            (ShapeError, lambda: SpikeGeneratorGroup(2, [2], [1] * ms)),
            (ShapeError, lambda: SpikeGeneratorGroup(2, [-1], [1] * ms)),
            (ShapeError, lambda: SpikeGeneratorGroup(2, [0, 1], [1] * ms)),
            (ShapeError, lambda: SpikeGeneratorGroup(2, 0, 1 * ms)),
            (KindError, lambda: SpikeGeneratorGroup(2, [0.5], [1] * ms)),
            (KindError, lambda: SpikeGeneratorGroup(2, "0", [1] * ms)),
            (DimensionError, lambda: SpikeGeneratorGroup(2, [0], [1])),
            (DimensionError, lambda: SpikeGeneratorGroup(2, [0], [1] * ms, period=3)),
            (ValueRangeError, lambda: SpikeGeneratorGroup(2, [0], [-1] * ms)),
            (ValueRangeError, lambda: SpikeGeneratorGroup(2, [0], [float("nan")] * ms)),
            (ValueRangeError, lambda: SpikeGeneratorGroup(2, [0], [3] * ms, period=3 * ms)),
            (ValueRangeError, lambda: SpikeGeneratorGroup(2, [0], [3] * ms, period=-3 * ms)),
            (ValueRangeError, lambda: SpikeGeneratorGroup(2, [0, 1], [3, 2] * ms, sorted=True)),
        ],
    )
    def test_mistakes_at_construction(self, error: type[SpikeqError], make: Callable[[], Any]) -> None:
        with pytest.raises(error):
            make()

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda: SpikeGeneratorGroup(2, [1, 0, 1], [1.1, 1.2, 1.3] * ms), "Neuron 1 spikes more than once"),
            (lambda: SpikeGeneratorGroup(2, [1], [1] * ms, period=2.5 * ms), "no whole multiple"),
            (lambda: SpikeGeneratorGroup(2, [0], [0] * ms, period=0.5 * ms), "no whole multiple"),
            (lambda: SpikeGeneratorGroup(2, [0], [2.9995] * ms, period=3 * ms), "next period"),
        ],
    )
    def test_mistakes_that_need_the_time_step(self, make: Callable[[], Any], words: str) -> None:
        with pytest.raises(ValueRangeError, match=words):
            Network(make()).run(1 * ms)


_SCRIPT = """
import json, sys
from brian2 import *
prefs.codegen.target = "numpy"
indices, times, dt, period = json.loads(sys.argv[1])
defaultclock.dt = dt*second
group = SpikeGeneratorGroup(20, indices, times*second, period=period*second)
monitor = SpikeMonitor(group)
run(400*defaultclock.dt)
steps = np.round(np.asarray(monitor.t)/dt).astype(int)
print(json.dumps(list(zip(steps.tolist(), monitor.i[:].tolist()))))
"""


@with_brian2
@pytest.mark.parametrize(("dt", "period"), [(1e-4, 0.0), (2.5e-4, 0.01), (1e-3, 0.25)])
def test_given_spikes_are_those_of_brian2(dt: float, period: float) -> None:
    rng = np.random.default_rng(4)
    chosen = rng.choice(20 * 40, size=60, replace=False)  # no neuron twice in a step
    indices, steps = (chosen // 40).tolist(), chosen % 40
    times = (np.maximum(0, (steps + rng.choice([0, 0.3, 0.9989, -0.0005], size=60)) * dt)).tolist()
    argument = json.dumps([indices, times, dt, period])
    command = [sys.executable, "-c", _SCRIPT, argument]
    expected = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    group = SpikeGeneratorGroup(20, indices, np.array(times) * second, period=period * second)
    monitor = spikes_of(group, 400 * dt * second, dt=dt * second)
    assert [list(pair) for pair in pairs(monitor, dt)] == expected
    assert len(expected) >= 60
