"""What spikes do through synapses, event by event, against plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, Synapses, ms
from spikeq.errors import UnsupportedError

FORMS = ("auto", "torch static")


def source(spikes: Sequence[tuple[int, int]], n: int = 3, **options: Any) -> SpikeGeneratorGroup:
    """Neurons that spike at (step, neuron), at the middle of the step."""
    steps, neurons = zip(*spikes, strict=True)
    return SpikeGeneratorGroup(n, neurons, (np.array(steps) + 0.5) * ms, **options)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("delay", "steps"), [(0, 0), (0.4, 0), (0.5, 1), (1, 1), (1.49, 1), (1.5, 2), (2.5, 3), (7, 7)]
)
@pytest.mark.parametrize("dense", [True, False])
def test_delays_are_rounded_to_the_nearest_step(form: str, delay: float, steps: int, dense: bool) -> None:
    A, B = source([(1, 0), (2, 2), (3, 0)]), NeuronGroup(2, "v : 1")
    S = Synapses(A, B, "w : 1", on_pre="v_post += w", delay=delay * ms)
    S.connect() if dense else S.connect("i >= 0")
    S.w = "1 + i + 10*j"
    M = StateMonitor(B, "v", record=True, when="end")
    Network(A, B, S, M, backend=form).run(12 * ms)
    expected = np.zeros((2, 12))
    for step, i in ((1, 0), (2, 2), (3, 0)):
        expected[:, step + steps :] += np.array([[1 + i], [11 + i]])
    assert np.array_equal(M.v, expected)


@pytest.mark.parametrize(("delay", "dt", "steps"), [(0.15, 0.1, 1), (0.25, 0.1, 3), (0.35, 0.1, 4), (0.3, 0.2, 1)])
def test_delays_at_half_steps_follow_float64(delay: float, dt: float, steps: int) -> None:
    A = SpikeGeneratorGroup(1, [0], [0] * ms, dt=dt * ms)
    B = NeuronGroup(1, "v : 1", dt=dt * ms)
    S = Synapses(A, B, on_pre="v_post += 1", delay=delay * ms)
    S.connect()
    M = StateMonitor(B, "v", record=True, when="end")
    Network(A, B, S, M, dt=dt * ms).run(10 * dt * ms)
    assert int(np.flatnonzero(M.v[0])[0]) == steps  # 0.15/0.1 is a little less than 1.5


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 1, 3])
def test_synapses_run_before_the_reset(form: str, batch: int | None) -> None:
    A = NeuronGroup(1, "v : 1", threshold="v >= 1", reset="v = 0", name="A")
    A.v = 1
    B = NeuronGroup(1, "v : 1", threshold="v >= 1", reset="v -= 1", name="B")
    S = Synapses(A, B, on_pre="v_post += v_pre + 1", name="first")  # v_pre is the value before the reset
    S.connect()
    back = Synapses(B, A, on_pre="v_post += 5", name="second")
    back.connect()
    M = StateMonitor(B, "v", record=True, when="end")
    Network(A, B, S, back, M, backend=form, batch=batch).run(3 * ms)
    # step 0: A spikes, B gets 2. step 1: B spikes, A gets 5, B 1. step 2: A and B spike; B gets 5 + 1, then resets.
    assert np.array_equal(M.v.reshape(-1, 3), [[2.0, 1.0, 6.0]] * (batch or 1))


CODES = [
    "v_post += w",
    "v_post -= w",
    "v_post *= w",
    "v_post = w",
    "v_post /= w",
    "v_post **= w",
    "v_pre += w",
    "w += 1; v_post += w",
    "v_post += v_pre*w",
    "v_post = v_post*2 + w",
    "x = w*2; w = x - 1; v_post += x",
    "w = clip(w + v_post, 0, 3); v_post += 1",
    "v_pre = w; v_post += v_pre",
    "u_post += 1; v_post += u_post*w",
    "n_post += 1; m += 2; v_post += n_post + m",
    "flag = w > 2; v_post += int(flag)",
    "on_post = w > 2",
    "v_post += w; v_pre -= w",
]


# Those that set, or read what they change: the form for devices that run ahead refuses them.
ONLY_ON_A_CPU = {
    "v_post = w",
    "v_post /= w",
    "v_post **= w",
    "v_post = v_post*2 + w",
    "w = clip(w + v_post, 0, 3); v_post += 1",
    "v_pre = w; v_post += v_pre",
    "u_post += 1; v_post += u_post*w",
    "n_post += 1; m += 2; v_post += n_post + m",
    "on_post = w > 2",
}


def by_hand(code: str, spikes: list[list[int]], edges: list[tuple[int, int]], weights: list[float]) -> dict[str, Any]:
    """Each spike's synapses in order, each synapse's statements in order."""
    a = {"v": [1.0, 2.0, 3.0], "u": [0.0] * 3, "n": [0] * 3, "on": [False] * 3}
    b = {"v": [1.5, 2.5, 0.5, 4.5], "u": [0.0] * 4, "n": [0] * 4, "on": [False] * 4}
    own = {"w": list(weights), "m": [0] * len(edges), "flag": [False] * len(edges)}
    for now in spikes:
        active = [e for i in now for e, (pre, _) in enumerate(edges) if pre == i]
        _run(code, active, edges, a, b, own)
    return {"a": a["v"], "b": b["v"], "w": own["w"], "on": b["on"]}


def _run(code: str, active: list[int], edges: list[tuple[int, int]], a: Any, b: Any, own: Any) -> None:
    for edge in active:
        pre, post = edges[edge]
        names: dict[str, Any] = {"clip": lambda x, low, high: min(max(x, low), high)}
        names |= {name: values[edge] for name, values in own.items()}
        names |= {f"{name}_pre": values[pre] for name, values in a.items()}
        names |= {f"{name}_post": values[post] for name, values in b.items()}
        exec(code, names)  # noqa: S102 - the codes above are Python as well
        for name, values in own.items():
            values[edge] = names[name]
        for name, values in a.items():
            values[pre] = names[f"{name}_pre"]
        for name, values in b.items():
            values[post] = names[f"{name}_post"]


def simulated(code: str, spikes: list[list[int]], edges: Any, weights: Any, form: str, batch: int | None) -> Any:
    A = NeuronGroup(3, "v : 1\nu : 1\nn : integer\non : boolean\ns : 1", threshold="s % 2 >= 1", name="A")
    A.s = [sum(2**k for k, now in enumerate(spikes) if i in now) for i in range(3)]
    A.run_regularly("s = s // 2", when="end")
    B = NeuronGroup(4, "v : 1\nu : 1\nn : integer\non : boolean", name="B")
    S = Synapses(A, B, "w : 1\nm : integer\nflag : boolean", on_pre=code)
    S.connect(i=[i for i, _ in edges], j=[j for _, j in edges])
    S.w = weights
    A.v, B.v = [1.0, 2.0, 3.0], [1.5, 2.5, 0.5, 4.5]
    Network(A, B, S, dtype="float64", batch=batch, backend=form, check_finite=None).run(len(spikes) * ms)
    found = {"a": A.v[:], "b": B.v[:], "w": S.w[:], "on": B.on[:]}
    return found if batch is None else {n: v if n == "w" else v[0] for n, v in found.items()}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("batch", [None, 1])
@pytest.mark.parametrize("code", CODES)
def test_statements_run_synapse_by_synapse(code: str, form: str, batch: int | None) -> None:
    spikes = [[0, 2], [1], [0, 1, 2], [], [2]]
    edges = [(2, 1), (0, 0), (0, 1), (1, 1), (2, 0), (0, 3), (1, 3), (0, 1)]  # neuron 2 of B has none
    weights = [2.0, 1.0, 3.0, 0.5, 4.0, 1.5, 2.5, 0.25]
    expected = by_hand(code, spikes, edges, weights)
    if form == "torch static" and code in ONLY_ON_A_CPU:
        with pytest.raises(UnsupportedError, match="only on the CPU"):
            simulated(code, spikes, edges, weights, form, batch)
        return
    found = simulated(code, spikes, edges, weights, form, batch)
    for name, values in expected.items():
        assert np.allclose(found[name], values, rtol=1e-12, atol=0), name


@pytest.mark.parametrize("form", FORMS)
def test_a_part_of_a_group_as_source_and_target(form: str) -> None:
    A, B = source([(0, 0), (0, 3), (1, 4), (2, 5)], n=6), NeuronGroup(7, "v : 1")
    S = Synapses(A[3:5], B[2:6], "w : 1", on_pre="v_post += w", delay=1 * ms)
    S.connect()
    S.w = "1 + i + 10*j"
    T = Synapses(A[5:], B[4:], "w : 1", on_pre="v_post += w")
    T.connect(j="k for k in range(N_post) if k != 1")
    T.w = "100*(j + 1)"
    Network(A, B, S, T, backend=form, batch=2).run(4 * ms)
    expected = np.zeros(7)
    for i in (0, 1):
        expected[2:6] += [1 + i + 10 * j for j in range(4)]
    expected[4:] += [100, 0, 300]
    assert np.array_equal(B.v, [expected, expected])


@pytest.mark.parametrize("form", FORMS)
def test_refractory_targets_take_no_input(form: str) -> None:
    A = source([(2, 0), (3, 0), (4, 0), (5, 0)], n=1)
    B = NeuronGroup(2, "dv/dt = 0/ms : 1 (unless refractory)\nu : 1", "euler", "v > 2", "v = 0", 2 * ms)
    B.v = [3, 0]
    for code in ("v_post += 1", "u_post += 1"):
        S = Synapses(A, B, on_pre=code, name=code[0] + "_input")
        S.connect()
        B.add_attribute(S.name)
        setattr(B, S.name, S)
    M = StateMonitor(B, ["v", "u"], record=True, when="end")
    A2 = NeuronGroup(1, "x : 1")
    Network(A, B, B.v_input, B.u_input, M, A2, backend=form).run(7 * ms)
    # neuron 0 spikes in step 0, free in step 2: v 1, 2, 3 after steps 2, 3, 4; spike in 5, so its input is lost.
    assert np.array_equal(M.v[0], [0, 0, 1, 2, 3, 0, 0])
    assert np.array_equal(M.v[1], [0, 0, 1, 2, 3, 0, 0])
    assert np.array_equal(M.u, [[0, 0, 1, 2, 3, 4, 4]] * 2)


@pytest.mark.parametrize("form", FORMS)
def test_post_pathways_and_several_pathways(form: str) -> None:
    A, B = source([(0, 0), (1, 1), (4, 0)], n=2), source([(2, 1), (3, 0), (4, 1)], n=2)
    S = Synapses(
        A, B, "w : 1\nx : 1", on_pre={"up": "w += 1", "late": "x += w"}, on_post="w *= 2", delay={"late": 2 * ms}
    )
    S.connect()
    M = StateMonitor(S, ["w", "x"], record=True, when="end")
    Network(A, B, S, M, backend=form).run(6 * ms)
    # synapses 00 01 10 11; at a tie the pre pathways come first.
    w = [[1, 1, 0, 0], [1, 1, 1, 1], [1, 2, 1, 2], [2, 2, 2, 2], [3, 6, 2, 4], [3, 6, 2, 4]]
    x = [[0, 0, 0, 0], [0, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 2], [1, 1, 1, 2], [1, 1, 1, 2]]
    assert np.array_equal(M.w.T, w)
    assert np.array_equal(M.x.T[:2], x[:2])
    assert M.x.T[-1].tolist()[2:] == [1.0, 2.0]


@pytest.mark.parametrize("form", FORMS)
def test_rows_of_a_batch_add_their_changes_to_shared_weights(form: str) -> None:
    A = NeuronGroup(2, "s : 1", threshold="s > 0")
    B = NeuronGroup(2, "v : 1")
    S = Synapses(A, B, "w : 1", on_pre="w = 2*w + 1; v_post += w")
    S.connect()
    S.w = [1, 2, 3, 4]
    Network(A, B, S, batch=3, backend=form, dtype="float64").run(0 * ms)
    A.s = [[1, 0], [1, 1], [0, 0]]
    A._network.run(1 * ms)
    # A neuron's synapses run in rows 0 and 1, or in row 1 alone: new = old + the sum of what each row changed.
    assert np.array_equal(S.w, [1 + 2 * 2, 2 + 2 * 3, 3 + 4, 4 + 5])
    assert np.array_equal(B.v, [[3, 5], [3 + 7, 5 + 9], [0, 0]])


def test_spikes_on_their_way_survive_between_runs() -> None:
    A, B = source([(3, 0)], n=1), NeuronGroup(1, "v : 1")
    S = Synapses(A, B, on_pre="v_post += 1", delay=4 * ms)
    S.connect()
    net = Network(A, B, S)
    for length, expected in ((4, 0), (3, 0), (1, 1), (3, 1)):
        net.run(length * ms)
        assert B.v[0] == expected


def test_a_delay_of_a_thousand_million_steps() -> None:
    A, B = source([(0, 0)], n=1), NeuronGroup(1, "v : 1")
    S = Synapses(A, B, on_pre="v_post += 1", delay=1e6 * 1000 * ms)
    S.connect()
    Network(A, B, S).run(5 * ms)
    assert B.v[0] == 0
