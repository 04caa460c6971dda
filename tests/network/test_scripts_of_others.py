"""Ways of writing that scripts for Brian2 use: indices by name, parts as indices, ends of synapses, links to one."""

from __future__ import annotations

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, PoissonInput, StateMonitor, Synapses, linked_var, ms
from spikeq.errors import ModelError, NetworkError, ShapeError, UnsupportedError
from spikeq.units import Hz, mV, second, volt


def test_a_subexpression_in_a_string_finds_names_where_the_string_stands() -> None:
    scale, shift = 3, 2
    G = NeuronGroup(3, "x : 1\ns = scale*x : 1\nz : 1")
    G.x = [1, 2, 3]
    G.z = "s + shift"
    assert G.z_[:].tolist() == [5, 8, 11]
    assert G.z_["s > 2*scale - 1"].tolist() == [8, 11]
    S = Synapses(G, G, "w : 1\nd = scale*w : 1")
    S.connect("s_pre > s_post + 3")
    assert list(zip(S.i[:], S.j[:], strict=True)) == [(2, 0)]
    S.w = "s_pre"
    S.w = "d + shift"
    assert S.w_[:].tolist() == [29]
    assert (scale, shift) == (3, 2)


def test_subexpressions_of_synapses_choose_pairs() -> None:
    G = NeuronGroup(4, "x : 1")
    G.x = [0, 1, 3, 6]
    S = Synapses(G, G, "gap = x_post - x_pre : 1\nnear = abs(gap) < 2.5 : boolean\nw : 1")
    S.connect("near and i != j")
    assert list(zip(S.i[:], S.j[:], strict=True)) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    T = Synapses(G, G, "gap = x_post - x_pre : 1")
    T.connect(p="0.0 + int(gap == 3)")
    Network(G, T).run(1 * ms)
    assert list(zip(T.i[:], T.j[:], strict=True)) == [(0, 2), (2, 3)]


def test_numbers_of_elements() -> None:
    G = NeuronGroup(5, "x : 1")
    G.x = [3, 1, 4, 1, 5]
    assert G.indices[:].tolist() == [0, 1, 2, 3, 4] and len(G.indices) == 5
    assert G.indices["x > 2"].tolist() == [0, 2, 4]
    assert G[1:4].indices["x > 2"].tolist() == [1]
    S = Synapses(G, G)
    S.connect("i < 2 and j > 2")
    assert S.indices[1, :].tolist() == [2, 3]
    assert S.indices["x_post > x_pre"].tolist() == [1, 3]
    assert np.asarray(S.indices).tolist() == [0, 1, 2, 3]


def test_a_part_of_a_group_is_an_index_of_it() -> None:
    G = NeuronGroup(5, "x : 1")
    part = G[1:3]
    G.x[part] = [7, 8]
    assert G.x_[part].tolist() == [7, 8] and G.x_[:].tolist() == [0, 7, 8, 0, 0]
    assert G.state("x")[:].tolist() == part.source.x[:].tolist() and part.state("x", use_units=False)[0] == 7
    assert part.source is G and G[2:].indices[:].tolist() == [0, 1, 2]


def test_strings_without_units_give_numbers_of_any() -> None:
    G = NeuronGroup(2, "v : volt")
    G.v_ = "0.5 + i"
    assert (G.v / volt).tolist() == [0.5, 1.5]
    G[1:].v_ = "i + 3"
    G.v_[0] = "2*mV"
    assert G.v_[:].tolist() == [0.002, 3]


def test_values_of_neurons_are_assigned_at_synapses() -> None:
    G = NeuronGroup(4, "x : 1\nlevel : Hz (shared)\ns = 2*x : 1")
    S = Synapses(G[1:], G, "w : 1")
    S.connect(i=[0, 0, 2], j=[1, 3, 1])
    S.level_post = 3 * Hz
    S.x_pre = [1, 2, 3]
    assert G.level == 3 * Hz and S.level_post == 3 * Hz
    assert G.x_[:].tolist() == [0, 2, 0, 3]  # the last synapse of each neuron counts
    S.x_post["i == 0"] = 9
    assert G.x_[:].tolist() == [0, 9, 0, 9]
    with pytest.raises(NetworkError, match="is a subexpression"):
        S.s_post[:] = 1


def test_a_shared_subexpression_reads_a_link_to_one_value() -> None:
    source = NeuronGroup(1, "dx/dt = 1/second : 1")
    G = NeuronGroup(3, "x : 1 (linked)\nB = 2*x : 1 (shared)\nu : 1")
    G.x = linked_var(source, "x")
    G.run_regularly("u = B + i")
    seen = StateMonitor(G, "B", record=True)
    Network(source, G, seen, dtype="float64").run(3 * ms)
    assert np.allclose(G.u_[:], [0.004, 1.004, 2.004], rtol=1e-12)
    assert np.allclose(seen.B, [[0, 0.002, 0.004]] * 3, rtol=1e-12)
    with pytest.raises(ModelError, match="B is shared by all, but x differs between them"):
        G.x = linked_var(NeuronGroup(3, "x : 1"), "x")


def test_the_present_is_recorded_when_asked() -> None:
    rate = 2
    G = NeuronGroup(3, "dx/dt = 1/second : 1\ns = rate*x : 1\nk : integer (shared)")
    whole, part = StateMonitor(G, ["x", "s", "k"], record=True, dt=2 * ms), StateMonitor(G, "x", record=[2, 0])
    net = Network(G, whole, part, dtype="float64")
    net.run(3 * ms)
    whole.record_single_timestep()
    part.record_single_timestep()
    assert np.allclose(whole.t / ms, [0, 2, 3]) and np.allclose(part.t / ms, [0, 1, 2, 3])
    assert np.allclose(whole.s[1], [0, 0.004, 0.006]) and whole.k.shape == (3, 3)
    assert np.allclose(part.x, [[0, 0.001, 0.002, 0.003]] * 2)
    net.run(1 * ms)
    assert part.x.shape == (2, 5) and rate == 2


def test_a_number_of_sources_may_come_out_of_a_division() -> None:
    G = NeuronGroup(2, "v : volt")
    assert PoissonInput(G, "v", 1e3, 5 * Hz, 1 * mV).N == 1000
    assert PoissonInput(G, "v", 10 / 2, 5 * Hz, 1 * mV).N == 5


def test_sums_into_linked_variables_are_those_into_what_they_stand_for() -> None:
    A, held = NeuronGroup(1, "u : 1"), NeuronGroup(3, "v : 1")
    B = NeuronGroup(3, "v : 1 (linked)\nx : 1 (linked)")
    B.v, B.x = linked_var(held, "v"), linked_var(held, "v", index=[2, 1, 0])
    S = Synapses(A, B, "v_post = 2*j : 1 (summed)")
    S.connect()
    net = Network(A, held, B, S)
    net.run(1 * ms)
    assert held.v_[:].tolist() == [0, 2, 4]
    T = Synapses(A, B, "x_post = 1 : 1 (summed)")
    T.connect()
    net.add(T)
    with pytest.raises(UnsupportedError, match="linked with an index"):
        net.run(1 * ms)


def test_short_generators_may_have_a_condition() -> None:
    G = NeuronGroup(6, "x : 1")
    S = Synapses(G, G)
    S.connect(j="i//2 if i % 2 == 1")
    assert list(zip(S.i[:], S.j[:], strict=True)) == [(1, 0), (3, 1), (5, 2)]
    with pytest.raises(ShapeError, match="j = 8 for i = 4 is out of range"):
        S.connect(j="2*i if i > 3")
    assert 1 * second / ms > 1


@pytest.mark.parametrize(("resets_first", "left"), [(False, 0), (True, 3)])
def test_a_schedule_of_the_users_own(resets_first: bool, left: float) -> None:
    G = NeuronGroup(2, "v : 1", threshold="v > 1", reset="v = 0")
    G.v = 2
    S = Synapses(G, G, on_pre="v_post += 3")
    S.connect(j="i")
    net = Network(G, S)
    if resets_first:
        net.schedule = ["start", "groups", "thresholds", "resets", "synapses", "end"]
    net.run(1 * ms)
    assert G.v_[:].tolist() == [left, left]
