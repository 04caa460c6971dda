"""Neurons, step by step, against plain Python."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, SpikeMonitor, SpikeqWarning, StateMonitor, ms, mV, second
from spikeq.errors import NotFiniteError

FORMS = ("auto", "torch static")


def pairs(monitor: Any, dt: float = 1e-3) -> list[tuple[int, int]]:
    """Spikes as (step, neuron)."""
    return [(round(t / dt), int(i)) for t, i in zip(monitor.t_, monitor.i, strict=True)]


def leaky(drive: list[float], steps: int, refractory: int) -> tuple[list[tuple[int, int]], list[list[float]]]:
    """Leaky integrators by hand: v += (drive - v)/8, threshold 1, reset 0; a spike at n frees at n + refractory."""
    v, last = [0.0] * len(drive), [-(10**7)] * len(drive)
    spikes, trace = [], []
    for step in range(steps):
        trace.append(list(v))
        for i, push in enumerate(drive):
            free = step - last[i] >= refractory
            if free:
                v[i] = v[i] + 0.125 * (push - v[i])
            if v[i] > 1 and free:
                spikes.append((step, i))
                last[i] = step
                v[i] = 0.0
    return spikes, trace


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("refractory", [0, 1, 3])
def test_leaky_neurons(form: str, dtype: str, refractory: int) -> None:
    drive = [0.5, 1.0, 1.5, 2.0, 4.0, 64.0]
    G = NeuronGroup(
        6,
        "dv/dt = (drive - v)/(8*ms) : 1 (unless refractory)\ndrive : 1",
        threshold="v > 1",
        reset="v = 0",
        refractory=refractory * ms,
    )
    G.drive = drive
    spikes, trace = SpikeMonitor(G), StateMonitor(G, "v", record=True)
    Network(G, spikes, trace, dtype=dtype, backend=form).run(40 * ms)
    expected, values = leaky(drive, 40, refractory)
    assert pairs(spikes) == expected
    assert len(expected) > 20
    assert np.allclose(trace.v.T, values, rtol=1e-12 if dtype == "float64" else 1e-5, atol=0)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("refractory", "gap"), [("2*ms", 2), ("2.4*ms", 2), ("2.9995*ms", 3), ("tau_ref", 3), ("v < 5", 5)]
)
def test_refractory_forms(form: str, refractory: str, gap: int) -> None:
    # Counts up by 1 a step; a time counts by its whole steps, a thousandth of a step forgiven.
    G = NeuronGroup(2, "v : 1\ntau_ref : second", threshold="v >= 0", refractory=refractory)
    G.tau_ref = 3 * ms
    G.run_regularly("v = (t_in_timesteps % 5)", when="before_groups")
    if refractory == "v < 5":
        G.run_regularly("v = 9*int(t_in_timesteps % 5 == 0)", when="before_groups", order=1)
    spikes = SpikeMonitor(G)
    Network(G, spikes, backend=form).run(12 * ms)
    steps = [step for step, i in pairs(spikes) if i == 0]
    assert steps == list(range(0, 12, gap if refractory != "v < 5" else 5))


def test_a_condition_keeps_neurons_refractory_while_it_is_true() -> None:
    G = NeuronGroup(1, "dv/dt = 1/ms : 1", threshold="v > 2", refractory="v > 2 and v < 6")
    spikes = SpikeMonitor(G)
    Network(G, spikes).run(10 * ms)
    # v is 3 in step 2: a spike. In step n the condition sees the old value n, so it ends in step 6 where v becomes 7.
    assert pairs(spikes) == [(2, 0), (6, 0), (7, 0), (8, 0), (9, 0)]


@pytest.mark.parametrize("form", FORMS)
def test_statements_leave_gated_variables_of_refractory_neurons_alone_except_in_the_reset(form: str) -> None:
    model = "dv/dt = 0/ms : 1 (unless refractory)\ndu/dt = 0/ms : 1"
    G = NeuronGroup(2, model, threshold="u >= 4", reset="v = 100; u = 0", refractory=3 * ms)
    G.run_regularly("v += 1; u += 1", when="after_groups")
    G.u[1] = -50
    Network(G, backend=form).run(6 * ms)
    # neuron 0 spikes in step 3 (u = 4), v = 100; steps 4, 5 are refractory: v stays, u counts on.
    assert np.array_equal(G.v, [100.0, 6.0])
    assert np.array_equal(G.u, [2.0, -44.0])


@pytest.mark.parametrize("form", FORMS)
def test_reset_statements_follow_one_another(form: str) -> None:
    G = NeuronGroup(3, "a : 1\nb : 1\nn : integer\non : boolean", threshold="a > 1")
    G.a = [1, 2, 3]
    G2 = NeuronGroup(
        3,
        "a : 1\nb : 1\nn : integer\non : boolean",
        threshold="a > 1",
        reset="x = a; a = b + x; b = x; n += 2; n *= 3; on = a > 2.5; b **= 2; b -= 0.5; b /= 2",
    )
    G2.a, G2.b = [1, 2, 3], [10, 20, 30]
    Network(G, G2, backend=form).run(1 * ms)
    assert np.array_equal(G2.a, [1.0, 22.0, 33.0])
    assert np.array_equal(G2.b, [10.0, 1.75, 4.25])
    assert np.array_equal(G2.n, [0, 6, 6])
    assert np.array_equal(G2.on, [False, True, True])


def test_equations_are_integrated_at_once() -> None:
    G = NeuronGroup(1, "dx/dt = y/ms : 1\ndy/dt = -x/ms : 1")
    G.x, G.y = 1, 2
    Network(G, dtype="float64").run(2 * ms)
    x, y = 1.0, 2.0
    for _ in range(2):
        x, y = x + y, y - x
    assert (G.x[0], G.y[0]) == (x, y)


@pytest.mark.parametrize("form", FORMS)
def test_shared_variables_are_one_value(form: str) -> None:
    G = NeuronGroup(3, "v : 1\ng : 1 (shared)\nh = 2*g : 1 (shared)")
    G.run_regularly("v += h")
    G.run_regularly("g += 1", dt=2 * ms, name="later", when="end")
    M = StateMonitor(G, ["g", "h"], record=True)
    Network(G, M, backend=form).run(4 * ms)
    assert float(G.g) == 2.0
    assert np.array_equal(G.v, [0 + 2 + 2 + 4] * 3)
    assert M.g.shape == M.h.shape
    assert np.array_equal(np.ravel(M.g)[:4], [0, 1, 1, 2])


@pytest.mark.parametrize("form", FORMS)
def test_a_subexpression_constant_over_a_step_is_computed_before_it(form: str) -> None:
    G = NeuronGroup(1, "dv/dt = 1/ms : 1\na = 10*v : 1\nb = 10*v : 1 (constant over dt)\nsee : 1\nhold : 1")
    G.run_regularly("see = a; hold = b", when="end")
    Network(G, backend=form).run(3 * ms)
    assert (G.see[0], G.hold[0]) == (30.0, 20.0)


@pytest.mark.parametrize("form", FORMS)
def test_groups_on_several_clocks(form: str) -> None:
    fast = NeuronGroup(1, "v : integer", dt=1 * ms, name="fast")
    slow = NeuronGroup(1, "v : integer\nseen : integer (linked)\nlast : integer", dt=3 * ms, name="slow")
    from spikeq.network.link import linked_var

    slow.seen = linked_var(fast, "v")
    fast.run_regularly("v += 1")
    slow.run_regularly("v += 1; last = seen")
    Network(fast, slow, backend=form).run(8 * ms)
    # slow runs in steps 0, 3, 6; in its slot 'fast' comes first by name.
    assert (int(fast.v[0]), int(slow.v[0]), int(slow.last[0])) == (8, 3, 7)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pieces", [[20], [1] * 20, [7, 13], [19, 1]])
def test_several_runs_are_one(form: str, pieces: list[int]) -> None:
    G = NeuronGroup(
        4,
        "dv/dt = (2 - v)/(8*ms) + 0.5*xi*ms**-0.5 : 1 (unless refractory)\nn : integer",
        threshold="v > 1 or rand() < 0.1",
        reset="v = 0; n += 1",
        refractory="(1 + n % 3)*ms",
    )
    spikes = SpikeMonitor(G)
    net = Network(G, spikes, seed=4, backend=form)
    for piece in pieces:
        net.run(piece * ms)
    whole = NeuronGroup(
        4,
        "dv/dt = (2 - v)/(8*ms) + 0.5*xi*ms**-0.5 : 1 (unless refractory)\nn : integer",
        threshold="v > 1 or rand() < 0.1",
        reset="v = 0; n += 1",
        refractory="(1 + n % 3)*ms",
    )
    once = SpikeMonitor(whole)
    Network(whole, once, seed=4).run(20 * ms)
    assert pairs(spikes) == pairs(once)
    assert len(once.i) > 8
    assert np.array_equal(G.v, whole.v)


@pytest.mark.parametrize("longest", [1, 3, 7])
@pytest.mark.parametrize("form", FORMS)
def test_the_length_of_calls_changes_nothing(form: str, longest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def result() -> tuple[list[tuple[int, int]], Any]:
        G = NeuronGroup(
            5,
            "dv/dt = (3 - v)/(8*ms) + sqrt(1/ms)*xi : 1\ntwo = rand() : 1 (constant over dt)",
            threshold="v > 1",
            reset="v = randn() + two",
        )
        spikes, trace = SpikeMonitor(G), StateMonitor(G, "v", record=[1, 3], dt=2 * ms)
        Network(G, spikes, trace, seed=9, backend=form).run(30 * ms)
        return pairs(spikes), trace.v

    expected, trace = result()
    monkeypatch.setattr("spikeq.network.runner.Runner.longest", longest)
    found, again = result()
    assert found == expected and len(found) > 10
    assert np.array_equal(trace, again)


def test_a_value_that_nothing_reads_is_reported() -> None:
    G = NeuronGroup(1, "v : 1", threshold="v > 1", reset="V = 0")
    with pytest.warns(SpikeqWarning, match="V is no variable"):
        Network(G).run(1 * ms)


def test_the_first_bad_value_is_named_with_its_place() -> None:
    G = NeuronGroup(4, "dv/dt = v**2/ms : 1", name="cells")
    G.v[2] = 1e30
    with pytest.raises(NotFiniteError, match=r"cells\.v of element 2 .* before t = 0\.\d+ s"):
        Network(G).run(10 * ms)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        H = NeuronGroup(4, "dv/dt = v**2/ms : 1")
        H.v[2] = 1e30
        Network(H, check_finite=None).run(10 * ms)
        assert not np.isfinite(H.v[2])


def test_units_of_results() -> None:
    G = NeuronGroup(1, "dv/dt = -v/(10*ms) : volt")
    G.v = 10 * mV
    M = StateMonitor(G, "v", record=True)
    Network(G, M, dtype="float64").run(2 * ms)
    assert np.allclose(M.v[0] / mV, [10, 9], rtol=1e-14)
    assert np.allclose(M.t / second, [0, 1e-3], rtol=1e-14)
