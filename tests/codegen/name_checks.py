"""Checks, in the process of ``tests.kernels.interpreter``, of names like those of emitted code, and of its files."""

from __future__ import annotations

import warnings

import numpy as np

from spikeq import Network, NeuronGroup, SpikeMonitor, SpikeqWarning, StateMonitor, Synapses, ms, second
from spikeq.units import Quantity

INSIDE = """step row block tl triton torch launch events special philox here now offset p_clock age0 reals BLOCK SHARES
    segment at edge happened program between finish blocks_cells bind b_v x_v p_v n_cells m_keys total received y0 start
    stop""".split()


def summed(backend: str) -> list[np.ndarray]:
    """Neurons and synapses with variables called as things inside are, each with a value of its own."""
    model = "\n".join(f"{name} : 1" for name in INSIDE)
    G = NeuronGroup(
        5,
        f"v = {' + '.join(INSIDE)} : 1\n{model}",
        threshold="v > 100",
        reset="; ".join(f"{name} -= {number}" for number, name in enumerate(INSIDE)),
        name="step",
    )
    G.run_regularly("; ".join(f"{name} += {number}*0.5 + i" for number, name in enumerate(INSIDE)))
    H = NeuronGroup(5, "z : 1", threshold="i != 1 and rand() < 0.5", name="tl")
    steps = "; ".join(f"{name} += {number}" for number, name in enumerate(INSIDE))
    S = Synapses(H, H, model, on_pre=f"{steps}; z_post += {' + '.join(INSIDE)}", name="row")
    S.connect(condition="i != j")
    spikes = SpikeMonitor(G, name="block")
    Network(G, H, S, spikes, backend=backend, dtype="float64", seed=2).run(0.5 * ms)
    found = {**G.get_states(INSIDE), **{f"S.{name}": value for name, value in S.get_states(INSIDE).items()}}
    return [np.array(spikes.i), np.array(H.z), *(np.array(value) for value in found.values())]


def check_variables_called_as_things_inside() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpikeqWarning)
        for one, other in zip(summed("triton"), summed("torch"), strict=True):
            assert len(other) > 4
            np.testing.assert_allclose(one, other, rtol=1e-14)


def counted(name: str, form: str) -> list[int]:
    """When the neurons of a group spike that goes by some name."""
    G = NeuronGroup(40, "dv/dt = (1 + 0.01*i)/(5*ms) : 1", threshold="v > 1", reset="v = 0", name=name)
    spikes, trace = SpikeMonitor(G), StateMonitor(G, "v", record=[3, 39], name="SWEEPS" if name != "SWEEPS" else "RUNS")
    Network(G, spikes, trace, backend="triton", launch=form).run(12 * ms)
    assert np.isfinite(trace.v).all()
    assert trace.v.max() < 2
    return list(np.array(spikes.i) * 100 + np.rint(np.array(spikes.t_) * 1e3).astype(int))


def check_groups_called_as_numbers_inside() -> None:
    expected = counted("cells", "steps")
    assert len(expected) >= 80
    for name in ("persistent", "COLUMNS", "COLUMNS_LANES", "RUNS", "RUNS_LANES", "SWEEPS", "whole", "begin"):
        for form in ("steps", "persistent"):
            assert counted(name, form) == expected, (name, form)


def check_networks_that_do_nothing() -> None:
    for form in ("auto", "steps", "persistent"):
        network = Network(NeuronGroup(3, "v : 1"), backend="triton", launch=form)
        network.run(5 * ms)
        assert network.t_ == 5e-3
        Network(backend="triton", launch=form).run(5 * ms)


def check_networks_that_differ_in_little_do_not_share_results() -> None:
    """Constants, units and comments: each gives its own values in one process, whichever files are there."""

    def end(drive: str, tau: Quantity, note: str = "") -> float:
        G = NeuronGroup(
            2, f"dv/dt = ({drive} - v)/tau : 1 {note}", method="exact", name="cells", namespace={"tau": tau}
        )
        Network(G, backend="triton", dtype="float64").run(1 * ms)
        return float(G.v[1])

    def closed(drive: float, steps: float) -> float:
        return drive * (1 - np.exp(-steps))

    given = [("1.5", 2 * ms, ""), ("1.25", 2 * ms, "# 1.5"), ("1.5", 2 * second, "# 2*ms"), ("1.5", 2 * ms, "# 1.25")]
    for drive, tau, note in [*given, *reversed(given)]:
        expected = closed(float(drive), 0.001 / float(tau))
        np.testing.assert_allclose(end(drive, tau, note), expected, rtol=1e-12)


def alike(backend: str) -> list[np.ndarray]:
    """Pathways and numbers of neurons whose names become the same letters: x.pre beside "x pre", a_b.c beside a.b_c."""
    G = NeuronGroup(5, "v : 1", threshold="i < 3", name="cells")
    traced = "w : 1\ndflow/dt = (0.1 - flow)/(2*ms) : 1 (clock-driven)"
    made = []
    for name, pathway in (("x", "pre"), ("a_b", "c"), ("a", "b_c")):
        in_turn = "w = flow + v_post; v_post = 0.5*v_post + w*(1 + i)"
        S = Synapses(G, G, traced, on_pre={pathway: in_turn if name != "a" else "v_post += w"}, method="rk4", name=name)
        S.connect(i=[0, 4, 4, 2, 1], j=[4, 2, 4, 2, 1])
        S.w = 0.5
        made.append(S)
    Network(G, *made, backend=backend, dtype="float64").run(3 * ms)
    return [np.array(G.v), *(np.array(value) for S in made for value in (S.w, S.flow))]


def check_names_that_become_the_same_letters() -> None:
    for found, expected in zip(alike("triton"), alike("torch"), strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)
        assert (np.abs(expected) > 0).any()
