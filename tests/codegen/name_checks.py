"""Checks, in the process of ``tests.kernels.interpreter``, of names like those of emitted code, and of its files."""

from __future__ import annotations

import warnings

import numpy as np

from spikeq import Network, NeuronGroup, SpikeMonitor, SpikeqWarning, Synapses, ms, second
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
