"""Python functions within the step: when they are called, what they see, and what their changes do."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from spikeq.errors import ClockError, DimensionError, KindError, NetworkError, SpikeqError, UnknownNameError
from spikeq.network.clock import Clock
from spikeq.network.event_monitors import SpikeMonitor
from spikeq.network.inputs import PoissonGroup, SpikeGeneratorGroup
from spikeq.network.monitors import PopulationRateMonitor, StateMonitor
from spikeq.network.network import Network
from spikeq.network.neurons import NeuronGroup
from spikeq.network.operation import NetworkOperation, network_operation
from spikeq.units import Hz, kHz, ms, mV, second


class TestCalls:
    def test_with_and_without_time(self) -> None:
        seen: list[float] = []

        @network_operation
        def plain() -> None:
            """Count."""
            seen.append(-1.0)

        @network_operation(dt=2 * ms, when="end")
        def timed(t: Any) -> None:
            seen.append(float(t))

        Network(plain, timed).run(4 * ms)
        assert seen == [-1.0, 0.0, -1.0, -1.0, 0.002, -1.0]
        assert plain.__doc__ == "Count."

    def test_methods_partial_functions_and_callable_objects(self) -> None:
        seen: list[Any] = []

        class Watch:
            def look(self, t: Any) -> None:
                seen.append(("method", float(t)))

            def __call__(self) -> None:
                seen.append("object")

        watch = Watch()
        operations = [
            NetworkOperation(watch.look),
            NetworkOperation(watch),
            NetworkOperation(partial(seen.append, "part")),
        ]
        Network(*operations).run(1 * ms)
        assert seen == [("method", 0.0), "object", "part"]

    def test_several_clocks(self) -> None:
        seen: list[tuple[str, int]] = []

        def note(name: str, t: Any) -> None:
            seen.append((name, round(float(t) * 1e4)))

        group = NeuronGroup(1, "dv/dt = 1/second : 1", dt=0.1 * ms)
        a = NetworkOperation(lambda t: note("a", t), dt=0.3 * ms)
        b = NetworkOperation(lambda t: note("b", t), clock=Clock(0.5 * ms), when="end")
        Network(group, a, b, dtype="float64").run(1.1 * ms)
        assert seen == [("a", 0), ("b", 0), ("a", 3), ("b", 5), ("a", 6), ("a", 9), ("b", 10)]
        assert np.allclose(group.v_, 1.1e-3)

    def test_order_within_a_slot(self) -> None:
        seen: list[str] = []
        make = {name: partial(seen.append, name) for name in ("a", "B", "c", "d")}
        options: dict[str, dict[str, Any]] = {"d": {"order": -1}, "c": {"when": "before_start"}}
        Network(*(NetworkOperation(f, name=n, **options.get(n, {})) for n, f in make.items())).run(1 * ms)
        assert seen == ["c", "d", "B", "a"]

    def test_time_goes_on_in_further_runs(self) -> None:
        seen: list[float] = []
        net = Network(NetworkOperation(lambda t: seen.append(float(t)), dt=3 * ms))
        net.run(4 * ms)
        net.run(4 * ms)
        assert np.allclose(seen, [0, 3e-3, 6e-3])

    def test_inactive_ones_are_not_called(self) -> None:
        seen: list[int] = []
        operation = NetworkOperation(lambda: seen.append(1))
        operation.active = False
        Network(operation).run(3 * ms)
        assert seen == []


class TestWhatTheySee:
    def test_time_values_and_monitors_are_those_of_the_moment(self) -> None:
        group = NeuronGroup(2, "dv/dt = 1/ms : 1", threshold="v > 1.5", reset="v = 0", dt=1 * ms)
        trace = StateMonitor(group, "v", record=True)
        spikes, rate = SpikeMonitor(group), PopulationRateMonitor(group)
        seen: list[tuple[float, float, float, int, int, int]] = []

        @network_operation(when="after_thresholds")
        def look(t: Any) -> None:
            state = (float(t), float(net.t), float(group.v_[0]))
            seen.append((*state, trace.v_.shape[-1], spikes.num_spikes, len(rate.rate_)))

        net = Network(group, trace, spikes, rate, look)
        net.run(4 * ms)
        assert np.allclose(
            seen,
            [(0, 0, 1, 1, 0, 0), (1e-3, 1e-3, 2, 2, 2, 1), (2e-3, 2e-3, 1, 3, 2, 2), (3e-3, 3e-3, 2, 4, 4, 3)],
        )
        assert trace.v_[0].tolist() == [0, 1, 0, 1]
        assert np.allclose(trace.t_, [0, 1e-3, 2e-3, 3e-3])
        assert np.allclose(rate.rate_, [0, 1000, 0, 1000])

    def test_records_and_random_numbers_are_the_same_with_and_without_one(self) -> None:
        def run(*operations: Any) -> tuple[Any, ...]:
            source = PoissonGroup(20, 100 * Hz, name="source")
            cells = NeuronGroup(5, "dv/dt = -v/(5*ms) + 0.2*xi/ms**0.5 : 1", threshold="v > 0.5", reset="v = 0",
                                name="cells")  # fmt: skip
            spikes, inputs = SpikeMonitor(cells), SpikeMonitor(source)
            trace = StateMonitor(cells, "v", record=[0, 3], dt=3 * ms)
            Network(source, cells, spikes, inputs, trace, *operations, seed=4).run(200 * ms)
            return spikes.i.tolist(), spikes.t_.tolist(), inputs.i.tolist(), inputs.t_.tolist(), trace.v_.tolist()

        without = run()
        assert len(without[0]) > 5
        assert run(NetworkOperation(lambda: None)) == without
        assert run(NetworkOperation(lambda: None, dt=7 * ms, when="resets")) == without


class TestChanges:
    def test_of_a_state_and_of_a_parameter_hold_from_that_moment(self) -> None:
        group = NeuronGroup(2, "dv/dt = rate : 1\nrate : hertz\nw : 1")

        @network_operation(dt=2 * ms)
        def change(t: Any) -> None:
            group.rate = t / (2 * ms) * kHz
            group.v[0] = 0
            group.w = "v + i"

        Network(group, change, dtype="float64").run(5 * ms)
        assert np.allclose(group.v_, [2, 4])
        assert np.allclose(group.w_, [0, 3])

    def test_of_rates_hold_in_the_same_step(self) -> None:
        source = PoissonGroup(3, 0 * Hz)
        spikes = SpikeMonitor(source)

        @network_operation(dt=2 * ms)
        def change(t: Any) -> None:
            source.rates = 0 * Hz
            source.rates[round(t / (2 * ms))] = 1 * kHz

        Network(source, spikes, change).run(5 * ms)
        assert spikes.i.tolist() == [0, 0, 1, 1, 2]

    def test_of_given_spikes_hold_from_the_next_step(self) -> None:
        source = SpikeGeneratorGroup(2, [0], [5] * ms)
        spikes = SpikeMonitor(source)

        @network_operation(dt=3 * ms)
        def change(t: Any) -> None:
            source.set_spikes([1], [t + 1 * ms])

        Network(source, spikes, change).run(6 * ms)
        assert list(zip(np.round(spikes.t_ * 1e3).tolist(), spikes.i.tolist(), strict=True)) == [(1, 1), (4, 1)]

    def test_random_strings_are_drawn_at_once_and_anew(self) -> None:
        group = NeuronGroup(4, "v : 1\nw : 1")
        seen: list[Any] = []

        @network_operation
        def draw() -> None:
            group.v = "rand()"

        @network_operation(when="end")
        def look() -> None:
            seen.append(group.v_[:].copy())

        group.run_regularly("w = v")
        Network(group, draw, look, dtype="float64", seed=1).run(3 * ms)
        assert len({tuple(one) for one in seen}) == 3
        assert np.array_equal(group.w_, seen[-1])

    def test_of_a_parameter_renew_an_exact_solution(self) -> None:
        model = "da/dt = (-a + b)/tau : 1\ndb/dt = -b/tau - a/(2*tau) : 1\ntau : second"
        found = []
        for operate in (True, False):
            group = NeuronGroup(2, model, method="exact")
            group.a, group.b, group.tau = 1, [1, 2], 5 * ms

            def change(t: Any, group: NeuronGroup = group) -> None:
                if t > 1 * ms:
                    group.tau = 20 * ms

            net = Network(group, *([NetworkOperation(lambda t, f=change: f(t), dt=3 * ms)] if operate else []),
                          dtype="float64")  # fmt: skip
            net.run(3 * ms)
            if not operate:
                group.tau = 20 * ms
            net.run(3 * ms)
            found.append(np.concatenate([group.a_, group.b_]))
        assert np.allclose(found[0], found[1], rtol=1e-14)

    def test_rows(self) -> None:
        group = NeuronGroup(2, "dv/dt = I : 1\nI : hertz")

        @network_operation(dt=2 * ms)
        def change() -> None:
            group.v = np.array([[1, 2], [3, 4], [5, 6]])

        Network(group, change, batch=3).run(2 * ms)
        assert group.v_[:].tolist() == [[1, 2], [3, 4], [5, 6]]

    def test_that_need_other_memory_are_refused(self) -> None:
        group = NeuronGroup(2, "dv/dt = I : 1\nI : hertz")

        @network_operation
        def change() -> None:
            group.I = np.array([[1, 2], [3, 4]]) * Hz

        with pytest.raises(NetworkError, match="before the run"):
            Network(group, change, batch=2).run(2 * ms)

    def test_stop_ends_after_the_step(self) -> None:
        group = NeuronGroup(1, "dv/dt = 1/ms : 1")

        @network_operation(dt=2 * ms)
        def end(t: Any) -> None:
            if t > 3 * ms:
                net.stop()

        net = Network(group, end, dtype="float64")
        net.run(10 * ms)
        assert np.allclose([net.t_, group.v_[0]], [5e-3, 5])
        net.run(1 * ms)
        assert np.allclose([net.t_, group.v_[0]], [6e-3, 6])

    def test_a_run_within_a_run_is_refused_and_errors_reach_the_user(self) -> None:
        net = Network(NetworkOperation(lambda: net.run(1 * ms)))
        with pytest.raises(NetworkError, match="running already"):
            net.run(1 * ms)

        def fail() -> None:
            raise ZeroDivisionError("mine")

        other = Network(NetworkOperation(fail, dt=2 * ms))
        with pytest.raises(ZeroDivisionError, match="mine"):
            other.run(3 * ms)
        with pytest.raises(ZeroDivisionError, match="mine"):
            other.run(3 * ms)


class TestMistakes:
    @pytest.mark.parametrize(
        "function", [lambda a, b: None, lambda self: None, lambda *, t: None, 3, "print()"], ids=repr
    )
    def test_functions(self, function: Any) -> None:
        with pytest.raises(KindError):
            NetworkOperation(function)

    @pytest.mark.parametrize(
        ("error", "options"),
        [
            (UnknownNameError, {"when": "never"}),
            (DimensionError, {"dt": 3}),
            (DimensionError, {"dt": 3 * mV}),
            (ClockError, {"dt": 0 * second}),
        ],
    )
    def test_options(self, error: type[SpikeqError], options: Any) -> None:
        with pytest.raises(error):
            network_operation(**options)(lambda: None)

    def test_options_by_position(self) -> None:
        with pytest.raises(KindError):
            network_operation(3 * ms)  # type: ignore[call-overload]


@pytest.mark.parametrize("batch", [None, 2])
def test_a_single_element_is_assigned_during_a_run(batch: int | None) -> None:
    group = NeuronGroup(1, "dv/dt = 1/ms : 1")
    net = Network(group, batch=batch, dtype="float64")
    net.add(NetworkOperation(lambda: setattr(group, "v", 0), dt=4 * ms))
    net.run(7 * ms)
    assert np.allclose(group.v_, 3)
