"""What runs through synapses does not depend on how they are laid out: each layout against its list of synapses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, StateMonitor, Synapses, models, ms, mV
from spikeq.errors import ConnectionError, KindError, NetworkError

EQUATIONS = "dv/dt = -v/(10*ms) : 1\nu : 1\nc : integer\nin_ : 1\nout : 1"
MODELS: dict[str, dict[str, Any]] = {
    "weights": dict(model="w : 1", on_pre="v_post += w"),
    "negative weights": dict(model="w : 1", on_pre="v_post -= w"),
    "both sides": dict(
        model="w : 1\nn : integer (per row)",
        on_pre="v_post += 0.1*w + 0.01*i; n += 1 + j",
        on_post="w = clip(w + 0.01*(v_pre - u_post) + 0.001*N_incoming - 0.002*N_outgoing, 0, 1); u_pre += w",
    ),
    "only neurons": dict(model="w : 1", on_pre="u_post += 1 + v_pre; c_post += i + 2*j", on_post="u_pre -= 0.5"),
    "ordered": dict(model="w : 1", on_pre="u_post = 0.5*u_post + w; w += 0.1*u_post", on_post="u_pre = w - u_pre"),
    "events in time": dict(
        model="dx/dt = -x/(5*ms) : 1 (event-driven)\nw : 1", on_pre="x += w; v_post += x", on_post="w += x*rand()"
    ),
    "summed": dict(model="w : 1\nin__post = w*(v_pre - v_post) : 1 (summed)\nout_pre = w*v_post + i : 1 (summed)"),
    "clocked": dict(model="dw/dt = (v_pre - w*v_post + 0.1*j)/(5*ms) : 1 (clock-driven)", on_pre="v_post += w"),
}
REGULAR = "w = w + 0.001*(v_pre - 0.5*v_post) + 0.0001*(i - j + N_incoming)"
FORMS = ("auto", "torch static")
ON_CPU_ALONE = ("ordered",)  # statements whose order counts


def run(
    name: str,
    layout: str,
    connect: dict[str, Any],
    form: str = "auto",
    batch: int | None = None,
    parts: bool = False,
    delay: Any = None,
    dtype: str = "float64",
) -> tuple[str, dict[str, Any]]:
    """The form of the layout, and every value after (and of the synapses during) a run."""
    n, m = (5, 5) if connect.get("j") == "i" else (7, 5)
    source = NeuronGroup(n + 4, EQUATIONS, threshold="v > 1", reset="v = 0", name="source")
    target = NeuronGroup(m + 3, EQUATIONS, threshold="v > 0.8", reset="v = 0", name="target")
    given = SpikeGeneratorGroup(
        n + 4, [0, 1, 2, 3, 5, 8, 2, 4, 1, 6], [1, 1, 2, 3, 3, 4, 5, 5, 6, 7] * ms, name="given"
    )
    drive = Synapses(given, source, on_pre="v_post += 1.5", name="drive")
    drive.connect(j="i")
    ends = (source[2 : 2 + n], target[1 : 1 + m]) if parts else (source[:n], target[:m])
    S = Synapses(*ends, **MODELS[name], layout=layout, name="S")
    S.connect(**connect)
    S.w = "0.1 + 0.3*rand() + 0.01*i"
    if delay is not None and S.pathways:
        S.delay = delay
    S.run_regularly(REGULAR, dt=2 * ms)
    monitor = StateMonitor(S, ["w"], record=True, name="M")
    net = Network(source, target, given, drive, S, monitor, batch=batch, seed=3, dtype=dtype, backend=form)
    source.v, target.v = "0.1*i", "0.3 + 0.05*i"
    net.run(10 * ms)
    found = {f"{g.name}.{k}": g.get_states([k])[k] for g in (source, target) for k in ("v", "u", "c", "in_", "out")}
    found |= {k: np.array(S.get_states([k])[k]) for k in S.equations if k not in S.sums}
    return S.layout.form, found | {"recorded": monitor.w}


def compare(first: dict[str, Any], second: dict[str, Any], relative: float = 0.0) -> None:
    assert first.keys() == second.keys()
    for key in first:
        np.testing.assert_allclose(first[key], second[key], rtol=relative, atol=relative, err_msg=key)
    assert any(np.ptp(first[key]) > 0 for key in ("target.v", "source.v"))


@pytest.mark.parametrize("parts", [False, True], ids=["whole", "parts"])
@pytest.mark.parametrize("batch", [None, 3])
@pytest.mark.parametrize("connect", [{}, {"j": "i"}], ids=["dense", "one_to_one"])
@pytest.mark.parametrize("name", MODELS)
def test_stored_and_computed_ends_give_the_same_bits(
    name: str, connect: dict[str, Any], batch: int | None, parts: bool
) -> None:
    form, computed = run(name, "auto", connect, batch=batch, parts=parts)
    assert form == ("one_to_one" if connect else "dense")
    form, stored = run(name, "sparse", connect, batch=batch, parts=parts)
    assert form == "sparse"
    compare(computed, stored, 1e-15 if name == "negative weights" else 0.0)


@pytest.mark.parametrize("delay", [2 * ms, "(1 + i % 3 + j % 2)*ms"], ids=["one", "own"])
@pytest.mark.parametrize("connect", [{}, {"j": "i"}], ids=["dense", "one_to_one"])
@pytest.mark.parametrize("name", [name for name in MODELS if name != "summed"])
@pytest.mark.parametrize("batch", [None, 2])
def test_delays_arrive_alike(name: str, connect: dict[str, Any], delay: Any, batch: int | None) -> None:
    computed, stored = (run(name, layout, connect, delay=delay, batch=batch)[1] for layout in ("auto", "sparse"))
    compare(computed, stored)


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("layout", ["auto", "sparse"])
@pytest.mark.parametrize("connect", [{}, {"j": "i"}, {"condition": "i != j"}], ids=["dense", "one_to_one", "sparse"])
@pytest.mark.parametrize("name", [name for name in MODELS if name not in ON_CPU_ALONE])
def test_both_forms_of_torch_agree(name: str, connect: dict[str, Any], layout: str, batch: int | None) -> None:
    one, other = (run(name, layout, connect, form=form, batch=batch, parts=True)[1] for form in FORMS)
    compare(one, other, 1e-13)


@pytest.mark.parametrize("layout", ["auto", "sparse"])
@pytest.mark.parametrize("connect", [{}, {"j": "i"}], ids=["dense", "one_to_one"])
def test_a_model_against_a_loop_over_its_synapses(connect: dict[str, Any], layout: str) -> None:
    """Every spike: v_post += w and w += i + 2 j; a loop in Python says the same."""
    n = 4
    G = NeuronGroup(n, "v : 1", name="G")
    P = SpikeGeneratorGroup(n, [0, 3, 1, 3], [0, 1, 1, 2] * ms, name="P")
    S = Synapses(P, G, "w : 1", on_pre="v_post += w; w += i + 2*j", layout=layout, name="S")
    S.connect(**connect)
    S.w = "1 + 0.5*i"
    pairs = [(i, i) for i in range(n)] if connect else [(i, j) for i in range(n) for j in range(n)]
    v, w = [0.0] * n, [1 + 0.5 * i for i, _ in pairs]
    for spike in (0, 1, 3, 3):
        for e, (i, j) in enumerate(pairs):
            if i == spike:
                v[j] += w[e]
                w[e] += i + 2 * j
    Network(P, G, S, dtype="float64").run(3 * ms)
    assert list(zip(S.i, S.j, strict=True)) == pairs
    assert (G.v[:].tolist(), S.w[:].tolist()) == (v, w)


@pytest.mark.parametrize("n", [32768, 32769, 65536, 65537])
def test_the_last_neurons_of_large_groups_are_found(n: int) -> None:
    """Numbers of neurons are stored in 16 bits up to 65,536 of them, of which torch takes one for a sign."""
    P = SpikeGeneratorGroup(n, [0, n - 1, 32767], [0, 1, 2] * ms, name="P")
    G = NeuronGroup(n, "v : 1\nin_ : 1", name="G")
    R = SpikeGeneratorGroup(n, [n - 1], [3] * ms, name="R")
    S = Synapses(P, G, "w : 1\nin__post = w + i : 1 (summed)", on_pre="v_post += w*(1 + j)", name="S")
    pre, post = [n - 1, 0, 32767, n - 2], [n - 1, 32767, n - 1, 0]
    S.connect(i=pre, j=post)
    back = Synapses(G, R, "w : 1", on_post="v_pre += 7; w += i", name="back")
    back.connect(i=[n - 1, 3], j=[n - 1, n - 1])
    S.w = [1, 2, 3, 4]
    Network(P, G, R, S, back, dtype="float64").run(5 * ms)
    expected = np.zeros(n)
    for spike in (0, n - 1, 32767):
        for e in range(4):
            expected[post[e]] += (e + 1) * (1 + post[e]) if pre[e] == spike else 0
    expected[[n - 1, 3]] += 7
    np.testing.assert_array_equal(G.v[:], expected)
    inputs = np.zeros(n)
    np.add.at(inputs, post, np.arange(1, 5) + pre)
    np.testing.assert_array_equal(G.in_[:], inputs)
    assert back.w[:].tolist() == [n - 1, 3]


def test_connecting_again_makes_a_list_and_keeps_numbers_and_values() -> None:
    G = NeuronGroup(3, "v : 1", name="G")
    P = SpikeGeneratorGroup(2, [0, 1], [0, 1] * ms, name="P")
    S = Synapses(P, G, "w : 1", on_pre="v_post += w", name="S")
    S.connect()
    S.w = [1, 2, 3, 4, 5, 6]
    net = Network(P, G, S, dtype="float64")
    net.run(1 * ms)
    assert (S.layout.form, G.v[:].tolist()) == ("dense", [1, 2, 3])
    net.store()
    S.connect(i=[1], j=[0])
    assert (S.layout.form, S.w[:].tolist()) == ("sparse", [1, 2, 3, 4, 5, 6, 0])
    S.w[6] = 10
    net.run(1 * ms)
    assert G.v[:].tolist() == [15, 7, 9]


@pytest.mark.parametrize("connect", [{}, {"j": "i"}, {"condition": "i < j"}], ids=["dense", "one_to_one", "sparse"])
def test_a_network_goes_back_to_what_was_stored(connect: dict[str, Any]) -> None:
    G = NeuronGroup(3, "dv/dt = 1/ms : 1", threshold="v > 1.5", reset="v = 0", name="G")
    G.v = "0.4*i"
    S = Synapses(G, G, "w : 1", on_pre="v_post += w; w += 0.125", delay=2 * ms, name="S")
    S.connect(**connect)
    S.w = 0.25
    net = Network(G, S, dtype="float64")
    net.run(4 * ms)
    net.store()
    net.run(7 * ms)
    first = G.v[:].tolist(), S.w[:].tolist()
    net.restore()
    net.run(7 * ms)
    assert (G.v[:].tolist(), S.w[:].tolist()) == first


def test_a_list_without_synapses_does_nothing() -> None:
    G = NeuronGroup(3, "v : 1\nin_ : 1", threshold="v > 1", name="G")
    G.v, G.in_ = 2, 5
    S = Synapses(G, G, "w : 1\nin__post = w : 1 (summed)", on_pre="v_post += w", on_post="w += v_pre", name="S")
    S.connect(condition=False)
    net = Network(G, S, dtype="float64")
    net.run(2 * ms)
    assert (G.v[:].tolist(), G.in_[:].tolist()) == ([2, 2, 2], [0, 0, 0])


def test_a_layout_that_does_not_fit_is_refused_and_nothing_is_connected() -> None:
    G = NeuronGroup(3, "v : 1", name="G")
    S = Synapses(G, G, "w : 1", layout="dense", name="S")
    with pytest.raises(ConnectionError, match="'dense' was asked for, but these 6 synapses do not have it") as error:
        S.connect(condition="i != j")
    assert "leave layout= out" in str(error.value)
    assert len(S) == 0
    S.connect(i=[0, 0, 0, 1, 1, 1, 2, 2, 2], j=[0, 1, 2] * 3)
    assert S.layout.form == "dense"
    with pytest.raises(ConnectionError, match="'dense' was asked for"):
        S.connect(i=0, j=0)
    assert len(S) == 9
    with pytest.raises(KindError, match="no layout 'full'"):
        Synapses(G, G, layout="full")


def stored_bytes(connect: dict[str, Any], n: int, m: int) -> tuple[float, dict[str, int]]:
    """Bytes of all arrays for each synapse of a model that changes weights on both sides."""
    P = NeuronGroup(n, "x : 1", threshold="x > 1", name="P")
    G = NeuronGroup(m, "y : 1", threshold="y > 1", name="G")
    P.x[:3], G.y[:3] = 2, 2
    S = Synapses(
        P, G, "w : 1", on_pre="y_post += w; w = clip(w + 0.01*y_post*j, 0, 1)", on_post="w -= 0.001*x_pre*i", name="S"
    )
    S.connect(**connect)
    net = Network(P, G, S, dtype="float32")
    with pytest.raises(NetworkError, match="once it is compiled"):
        net.memory()
    net.run(3 * ms)
    return sum(net.memory().values()) / len(S), net.memory()


@pytest.mark.parametrize(
    ("connect", "n", "m", "limit"),
    [
        ({}, 1000, 200, 4.5),
        ({"p": 0.5}, 800, 801, 12.5),
        ({"i": np.arange(99_999)[::-1] // 100, "j": np.arange(99_999) % 777}, 1000, 777, 20.5),
        ({"j": "k for k in range(200)"}, 65_537, 201, 20.5),
    ],
    ids=["dense", "sparse", "unordered", "many neurons"],
)
def test_memory_in_proportion_to_synapses(connect: dict[str, Any], n: int, m: int, limit: float) -> None:
    each, arrays = stored_bytes(connect, n, m)
    assert 4 <= each <= limit, arrays
    assert arrays["S.w"] == 4 * round(arrays["S.w"] / 4)


@pytest.mark.parametrize(
    ("connect", "n", "m", "limit"),
    [({}, 2000, 500, 4.5), ({"p": 0.5}, 900, 901, 12.5), ({"condition": "i != j", "n": 2}, 500, 700, 12.5)],
    ids=["dense", "sparse", "several of a pair"],
)
def test_memory_of_pair_stdp(connect: dict[str, Any], n: int, m: int, limit: float) -> None:
    """Traces lie with the neurons, so that a synapse keeps its weight and where it is."""
    P = NeuronGroup(n, "drive : 1", threshold="drive > 1", reset="drive = 0", name="P")
    G = NeuronGroup(m, "v : volt", threshold="v > 1*mV", reset="v = 0*mV", name="G")
    P.drive[:9], G.v[:9] = 2, 2 * mV
    S = Synapses(P, G, models.PairSTDP(), name="S")
    S.connect(**connect)
    net = Network(P, G, S, dtype="float32", dt=1 * ms)
    net.run(3 * ms)
    assert 4 <= sum(net.memory().values()) / len(S) <= limit, net.memory()
    assert np.ptp(S.w_[:]) > 0
