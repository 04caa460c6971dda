"""The time since the last spike, in both number types, also late in a run."""

from __future__ import annotations

import numpy as np
import pytest

import spikeq as sq


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("backend", ["torch", "torch static"])
def test_time_since_the_last_spike_is_counted_in_steps(dtype: str, backend: str) -> None:
    group = sq.NeuronGroup(
        2,
        """v : 1
        since = (t - lastspike)/ms : 1
        ever = lastspike > -1*second : boolean""",
        threshold="t_in_timesteps % (5 + i) == 2",
        refractory=0 * sq.ms,
    )
    monitor = sq.StateMonitor(group, ["since", "ever"], record=True, when="end")
    sq.Network(group, monitor, dtype=dtype, backend=backend, dt=0.1 * sq.ms).run(40 * sq.ms)
    steps = np.arange(400)
    for neuron, period in enumerate((5, 6)):
        expected = 0.1 * ((steps - 2) % period)
        assert monitor.since[neuron][2:] == pytest.approx(expected[2:], abs=2e-6)
        assert monitor.ever[neuron].tolist() == (steps >= 2).tolist()


def test_single_precision_is_exact_after_an_hour() -> None:
    group = sq.NeuronGroup(1, "since = (t - lastspike)/second : 1", threshold="t > 3600*second", refractory=0 * sq.ms)
    net = sq.Network(group, dt=1 * sq.ms)
    net.run(1 * sq.ms)
    group.lastspike = 0 * sq.second
    net.steps = 3_600_123
    monitor = sq.StateMonitor(group, "since", record=True)
    net.add(monitor)
    net.run(0.001 * sq.second)
    assert monitor.since[0][0] == pytest.approx(3600.123, rel=1e-7)


@pytest.mark.parametrize("backend", ["auto", "torch static"])
def test_synapses_count_the_steps_since_a_neurons_spike_too(backend: str) -> None:
    group = sq.NeuronGroup(2, "n : integer", threshold="t_in_timesteps % (8 + i) == 0", refractory=0 * sq.ms)
    synapses = sq.Synapses(
        group, group, "x : second\ny : second", on_pre="x = t - lastspike_post", on_post="y = t - lastspike_pre"
    )
    synapses.connect("i != j")
    net = sq.Network(group, synapses, dt=0.1 * sq.ms, backend=backend)
    net.run(0.1 * sq.ms)
    start = net.steps = 100_000_080  # 10000.008 s, where neighbouring numbers of single precision are 1 ms apart
    net.run(2.5 * sq.ms)
    steps = np.arange(start, start + 25)
    last = [steps[steps % (8 + neuron) == 0][-1] for neuron in range(2)]
    for pre, post in ((0, 1), (1, 0)):
        (edge,) = synapses[pre, post]
        seen = [
            steps[(steps <= last[one]) & (steps % (8 + other) == 0)][-1] for one, other in ((pre, post), (post, pre))
        ]
        assert synapses.x_[edge] == pytest.approx(1e-4 * (last[pre] - seen[0]), rel=1e-6)
        assert synapses.y_[edge] == pytest.approx(1e-4 * (last[post] - seen[1]), rel=1e-6)
