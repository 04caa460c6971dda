"""Values in time: which one holds when, where strings may call them, and what is refused."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikeq.errors import ClockError, DimensionError, KindError, ShapeError, SpikeqError, ValueRangeError
from spikeq.network.inputs import SpikeGeneratorGroup
from spikeq.network.monitors import StateMonitor
from spikeq.network.network import Network
from spikeq.network.neurons import NeuronGroup
from spikeq.network.synapses import Synapses
from spikeq.network.timed_array import TimedArray
from spikeq.units import ms, mV, second

with_brian2 = pytest.mark.skipif(importlib.util.find_spec("brian2") is None, reason="brian2 is not installed")


def trace(model: str, duration: Any, n: int = 1, **options: Any) -> Any:
    group = NeuronGroup(n, model, namespace=options.pop("namespace"))
    record = StateMonitor(group, "x", record=True)
    Network(group, record, **options).run(duration)
    return record.x_


class TestLookUp:
    def test_first_and_last_value_hold_outside(self) -> None:
        values = TimedArray([1, 2, 3] * mV, dt=10 * ms)
        found = [float(values(t * ms) / mV) for t in (-5, 0, 9.99, 10, 19, 25, 3000)]
        assert np.allclose(found, [1, 1, 1, 2, 2, 3, 3])
        assert np.allclose(np.asarray(values([0, 15] * ms)), [1e-3, 2e-3])

    def test_columns(self) -> None:
        values = TimedArray([[1, 2, 3], [4, 5, 6]], dt=1 * ms)
        assert values(1 * ms, 2) == 6.0
        assert values.at(np.array([[0.0], [1e-3]]), np.array([0, 2])).tolist() == [[1, 3], [4, 6]]

    @pytest.mark.parametrize("group_dt", [1e-4, 3e-4, 1e-3, 7e-4, 2e-2])
    @pytest.mark.parametrize("dt", [1e-4, 3e-4, 1e-3, 1.3e-3])
    def test_every_step_of_a_grid_falls_on_its_value(self, dt: float, group_dt: float) -> None:
        values = TimedArray(np.arange(4000.0), dt=dt * second)
        steps = np.arange(3000)
        assert np.array_equal(values.at(steps * dt, group_dt=group_dt), steps)

    def test_tensors_and_arrays_give_the_same(self) -> None:
        import torch

        values = TimedArray(np.arange(60.0).reshape(20, 3), dt=0.7 * ms)
        t, i = np.linspace(-0.002, 0.02, 301), np.arange(301) % 3
        on_device = values.on_device(torch.device("cpu"), torch.float64, 1e-4)
        found = on_device(torch.from_numpy(t), torch.from_numpy(i))
        assert np.array_equal(found.numpy(), values.at(t, i, group_dt=1e-4))


class TestInStrings:
    def test_a_subexpression_of_time(self) -> None:
        found = trace("x = drive(t)*2 : volt", 6 * ms, namespace={"drive": TimedArray([1, 5, 2] * mV, dt=2 * ms)})
        assert np.allclose(found, [[2e-3, 2e-3, 10e-3, 10e-3, 4e-3, 4e-3]])

    def test_columns_chosen_by_index_parameter_and_variable(self) -> None:
        table = TimedArray([[1, 2, 3], [4, 5, 6]], dt=2 * ms)
        for model in (
            "x = table(t, i) : 1",
            "x = table(t, c) : 1\nc : integer",
            "x = table(t, c) + 0*c : 1\nc : integer",
        ):
            group = NeuronGroup(3, model, namespace={"table": table})
            if "c" in model:
                group.c = [0, 1, 2]
                group.run_regularly("c = 2 - c", dt=3 * ms) if "0*c" in model else None
            record = StateMonitor(group, "x", record=True, when="end")
            Network(group, record).run(4 * ms)
            first, last = ([3, 2, 1], [4, 5, 6]) if "0*c" in model else ([1, 2, 3], [4, 5, 6])
            assert np.array_equal(record.x_[:, 0], first)
            assert np.array_equal(record.x_[:, 3], last)

    def test_time_is_exact_in_single_precision_late_in_a_run(self) -> None:
        table = TimedArray(np.arange(40000.0).reshape(-1, 2), dt=1 * ms)
        group = NeuronGroup(2, "x = table(t, c) : 1\nc : integer", namespace={"table": table})
        group.c = [0, 1]
        group.run_regularly("c = 1 - c")  # the column is known in the step only
        record = StateMonitor(group, "x", record=True, dt=1 * second)
        Network(group, record).run(18.5 * second)
        steps = np.arange(0, 18500, 1000)
        assert np.array_equal(record.x_.sum(0), 4 * steps + 1)

    def test_in_differential_equation_threshold_reset_and_pathway(self) -> None:
        names = {"up": TimedArray([0.0, 1.0, 0.0], dt=1 * ms), "kick": TimedArray([0, 0, 0, 7.0], dt=1 * ms)}
        cells = NeuronGroup(2, "dv/dt = up(t)/ms : 1\nw : 1", threshold="v > 0.5*up(t)", reset="v = kick(t + 2*ms)",
                            namespace=names)  # fmt: skip
        source = SpikeGeneratorGroup(1, [0], [3] * ms)
        path = Synapses(source, cells, on_pre="w_post += kick(t)", namespace=names)
        path.connect()
        Network(source, cells, path, dtype="float64").run(2 * ms)
        assert np.array_equal(np.asarray(cells.v), [7, 7])
        cells.v = 0
        cells._network.run(3 * ms)
        assert np.array_equal(np.asarray(cells.w), [7, 7])

    def test_outside_the_step(self) -> None:
        start = TimedArray([[1, 2], [3, 4]] * mV, dt=1 * ms)  # noqa: F841 - the string names it
        group = NeuronGroup(2, "v : volt")
        group.v = "start(1*ms, i)"
        assert np.allclose(np.asarray(group.v), [3e-3, 4e-3])

    def test_times_are_rounded_as_the_step_of_the_group_says(self) -> None:
        edge = TimedArray([0.0, 1.0], dt=1 * ms)  # noqa: F841 - the string names it
        fine, coarse = (NeuronGroup(1, "x : 1", dt=dt) for dt in (0.1 * ms, 1 * ms))
        for group in (fine, coarse):
            group.x = "edge(0.95*ms)"  # 121.6/128 and 7.6/8 of a step
        assert (fine.x_[0], coarse.x_[0]) == (0.0, 1.0)

    def test_a_missing_column_is_an_error(self) -> None:
        names = {"table": TimedArray([[1, 2]], dt=1 * ms)}
        with pytest.raises(ShapeError, match="no column 2"):
            trace("x = table(t, i) : 1", 2 * ms, n=3, namespace=names)
        group = NeuronGroup(1, "x : 1\nc : integer", namespace=names)
        group.run_regularly("c += 1\nx = table(t, c)")
        with pytest.raises(ShapeError, match="no column 2"):
            Network(group).run(3 * ms)


class TestMistakes:
    @pytest.mark.parametrize(
        ("error", "make"),
        [
            (ValueRangeError, lambda: TimedArray([1, float("nan")], dt=1 * ms)),
            (ShapeError, lambda: TimedArray([], dt=1 * ms)),
            (ShapeError, lambda: TimedArray(3 * mV, dt=1 * ms)),
            (ShapeError, lambda: TimedArray(np.zeros((2, 2, 2)), dt=1 * ms)),
            (KindError, lambda: TimedArray(["a"], dt=1 * ms)),
            (KindError, lambda: TimedArray([1j], dt=1 * ms)),
            (DimensionError, lambda: TimedArray([1, 2], dt=1)),
            (DimensionError, lambda: TimedArray([1, 2], dt=1 * mV)),
            (DimensionError, lambda: TimedArray([1 * mV, 2 * ms], dt=1 * ms)),
            (ClockError, lambda: TimedArray([1, 2], dt=0 * ms)),
            (DimensionError, lambda: TimedArray([1, 2], dt=1 * ms)(3)),
            (KindError, lambda: TimedArray([1, 2], dt=1 * ms)(3 * ms, 0)),
            (KindError, lambda: TimedArray([[1, 2]], dt=1 * ms)(3 * ms)),
            (ShapeError, lambda: TimedArray([[1, 2]], dt=1 * ms)(3 * ms, -1)),
        ],
    )
    def test_in_python(self, error: type[SpikeqError], make: Callable[[], Any]) -> None:
        with pytest.raises(error):
            make()

    @pytest.mark.parametrize(
        ("error", "model"),
        [
            (DimensionError, "x = drive(t) : volt"),
            (DimensionError, "x = drive(3) : 1"),
            (KindError, "x = drive + 1 : 1"),
            (SpikeqError, "x = drive(t, i) : 1"),
        ],
    )
    def test_in_strings(self, error: type[SpikeqError], model: str) -> None:
        with pytest.raises(error):
            trace(model, 2 * ms, namespace={"drive": TimedArray([1.0, 2.0], dt=1 * ms)})


_SCRIPT = """
import json, sys
from brian2 import *
prefs.codegen.target = "numpy"
found = []
for dt, table_dt in json.loads(sys.argv[1]):
    table = TimedArray(arange(50.0), dt=table_dt*second)
    group = NeuronGroup(1, "x = table(t - 0.37*ms) : 1", dt=dt*second)
    record = StateMonitor(group, "x", record=True, clock=group.clock)
    Network(group, record).run(200*dt*second)
    found.append(record.x[0].tolist())
print(json.dumps(found))
"""


@with_brian2
def test_values_are_those_of_brian2() -> None:
    steps = [(1e-4, 1e-3), (1e-4, 7e-4), (1e-4, 1e-4), (3e-4, 1e-4), (2.5e-4, 1.3e-3)]
    command = [sys.executable, "-c", _SCRIPT, json.dumps(steps)]
    expected = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    for (dt, table_dt), wanted in zip(steps, expected, strict=True):
        names = {"table": TimedArray(np.arange(50.0), dt=table_dt * second)}
        found = trace("x = table(t - 0.37*ms) : 1", 200 * dt * second, namespace=names, dt=dt * second)
        assert found[0].tolist() == wanted
