"""What is counted in steps keeps its time where dt changes between runs, and belongs to the clock of its own object."""

from __future__ import annotations

import numpy as np
import pytest

from spikeq import (
    Hz,
    Network,
    NetworkOperation,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    ms,
)
from spikeq.errors import ClockError


@pytest.mark.parametrize("form", ["auto", "torch static"])
def test_a_lone_clock_that_becomes_coarser_runs_in_its_own_steps(form: str) -> None:
    G = NeuronGroup(1, "v : 1\nw : second", threshold="v > 0")
    G.run_regularly("v += 1; w = t")
    rate = PopulationRateMonitor(G)
    net = Network(G, rate, dt=0.1 * ms, backend=form)
    net.run(1 * ms)
    net.clock.dt = 0.5 * ms
    net.run(1.5 * ms)
    assert G.v_[0] == 10 + 3
    assert np.isclose(G.w_[0], 0.002)
    assert np.isclose(net.t_, 0.0025)
    assert np.allclose(rate.t_, [*np.arange(10) * 1e-4, 0.001, 0.0015, 0.002])
    assert np.allclose(rate.rate_, [10_000.0] * 10 + [2_000.0] * 3)


def test_a_coarser_step_counts_whole_steps_since_a_spike() -> None:
    """Brian2: timestep(t - lastspike, dt), so a spike 0.7 ms ago lies one step of 0.5 ms back."""
    G = NeuronGroup(3, "quiet : boolean\nsteps = int((t - lastspike)/dt + 0.001) : integer", threshold="not quiet",
                    refractory=1 * ms)  # fmt: skip
    G.quiet = True
    net = Network(G, SpikeMonitor(G), dt=0.1 * ms, dtype="float64")
    for neuron, steps in ((0, 2), (1, 3), (2, 5)):  # spikes at 0, 0.2 and 0.5 ms
        G.quiet = np.arange(3) != neuron
        net.run(0.1 * ms)
        G.quiet = True
        net.run((steps - 1) * 0.1 * ms)
    assert np.allclose(G.lastspike_, [0, 0.0002, 0.0005])
    net.clock.dt = 0.5 * ms
    G.quiet = False
    spikes = SpikeMonitor(G)
    net.add(spikes)
    net.run(1 * ms)
    by_hand = {0: 0.001, 1: 0.0015, 2: 0.0015}
    assert {int(i): float(t) for i, t in zip(spikes.i, spikes.t_, strict=True)} == by_hand


def test_stored_steps_are_rescaled_without_rounding() -> None:
    G = NeuronGroup(1, "v : 1", threshold="v > 0", refractory=1 * ms)
    net = Network(G, dt=0.1 * ms)
    net.run(0.1 * ms)
    late = (2**24 + 1) * 1e-4  # a step that float32 does not know
    G.lastspike_ = late
    net.clock.dt = 0.05 * ms
    net.run(0.05 * ms)
    assert np.isclose(G.lastspike_[0], late, rtol=0, atol=1e-6)


def test_synapses_that_were_updated_between_the_new_steps_refuse_them() -> None:
    source = SpikeGeneratorGroup(1, [0], [0.3] * ms)
    G = NeuronGroup(1, "v : 1")
    S = Synapses(source, G, "dx/dt = -x/(5*ms) : 1 (event-driven)", on_pre="x += 1; v_post += x")
    S.connect()
    net = Network(source, G, S, dt=0.1 * ms)
    net.run(1 * ms)
    net.clock.dt = 0.5 * ms
    with pytest.raises(ClockError, match="no multiple"):
        net.run(1 * ms)


def test_refractoriness_may_be_longer_than_32_bits_of_steps() -> None:
    fixed = NeuronGroup(1, "v : 1", threshold="True", refractory=1e9 * ms)
    own = NeuronGroup(2, "v : 1\nwait : second", threshold="True", refractory="wait + 0*ms*v")
    own.wait_ = [3e5, np.inf]
    spikes = [SpikeMonitor(fixed), SpikeMonitor(own)]
    net = Network(fixed, own, *spikes, dt=0.1 * ms)
    fixed.lastspike_ = own.lastspike_ = 0
    net.run(1 * ms)
    assert [one.num_spikes for one in spikes] == [0, 0]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_time_in_a_groups_strings_is_that_of_its_own_clock(dtype: str) -> None:
    """As in Brian2, also in what runs and records on another clock; where it is not due, its next step counts."""
    G = NeuronGroup(
        1,
        "n : integer\nage = t - lastspike : second\nx : second\ny : second\nz : second\nwide = 2*dt : second",
        threshold="n == 3",
        refractory=0.4 * ms,
        dt=0.2 * ms,
    )
    G.run_regularly("n += 1", when="groups")
    G.run_regularly("x = dt; y = t; z = t - lastspike", dt=0.5 * ms)
    trace = StateMonitor(G, ["age", "wide"], record=True, dt=0.6 * ms)
    Network(G, trace, dt=1 * ms, dtype=dtype).run(1.8 * ms)
    assert np.allclose(G.x_, 0.0002) and np.allclose(G.y_, 0.0016) and np.allclose(G.z_, 0.0012)
    assert np.allclose(trace.wide_, 0.0004)
    assert np.allclose(trace.age_[0], [1e4, 0.0002, 0.0008])  # the spike was at 0.4 ms


def test_a_call_in_which_a_slower_clock_is_never_due() -> None:
    """A Python function in every step makes calls of one step, most of them between the group's own."""
    found = []
    for interrupted in (False, True):
        P = PoissonGroup(20, rates=200 * Hz, dt=1 * ms)
        spikes = SpikeMonitor(P)
        net = Network(P, spikes, dt=0.5 * ms, seed=2)
        G = NeuronGroup(1, "v : 1")
        net.add(G, *([NetworkOperation(lambda: None)] if interrupted else []))
        G.run_regularly("v += 1")
        net.run(20 * ms)
        found.append((spikes.i.tolist(), spikes.t_.tolist()))
    assert found[0] == found[1]
    assert len(found[0][0]) > 20
