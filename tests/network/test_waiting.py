"""Strings that wait for random numbers read what they would have read where they were written."""

from __future__ import annotations

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, Synapses, linked_var, ms
from spikeq.errors import DimensionError


def connected() -> tuple[NeuronGroup, Synapses]:
    G = NeuronGroup(3, "x : 1\ny : 1")
    G.x = [1, 2, 3]
    return G, Synapses(G, G, "w : 1\nu : 1")


@pytest.mark.parametrize("later", [7, "7", "7 + 0*rand()"])
@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("first", ["group", "synapses"])
def test_a_string_of_synapses_reads_neurons_as_they_were(first: str, read: bool, busy: bool, later: object) -> None:
    G, S = connected()
    if busy:
        G.y = "rand()"
    S.connect(p=1)
    S.connect("x_post > 2", p="1 - 0*x_pre")
    S.w = "x_pre + 0*rand()"
    G.x = later
    S.u = "x_post + 0*rand()"
    G.x = [4, 5, 6]
    if read:
        assert len(S) == 9 + 3
    Network(*((G, S) if first == "group" else (S, G))).run(1 * ms)
    assert np.array_equal(S.w_, np.repeat([1, 2, 3], 3).tolist() + [1, 2, 3])
    assert np.array_equal(S.u_, [7] * 12)
    assert np.array_equal(S.j[9:], [2, 2, 2])
    assert np.array_equal(G.x_, [4, 5, 6])


def test_what_is_random_there_stays_what_it_was() -> None:
    G, S = connected()
    S.connect(j="i")
    G.x = "rand()"
    S.w = "x_pre + 0*rand()"
    G.x = 0
    net = Network(G, S, seed=1)
    drawn = S.w_[:]
    net.run(1 * ms)
    assert len(set(drawn)) == 3 and np.all((drawn > 0) & (drawn < 1))
    assert np.array_equal(S.w_, drawn)


def test_a_change_of_something_else_leaves_draws_to_the_network() -> None:
    found = []
    for _ in range(2):
        G, S = connected()
        G.x = "rand()"
        S.connect(p=0.5)
        S.w = "rand()*x_pre"
        G.y = 5
        Network(G, S, seed=3).run(1 * ms)
        found.append((G.x_[:].tolist(), S.i[:].tolist(), S.w_[:].tolist()))
    assert found[0] == found[1]


def test_index_arrays_are_copied_where_connect_is_called() -> None:
    _, S = connected()
    pre, post = np.array([0, 1]), np.array([2, 2])
    S.connect(i=pre, j=post, p=np.array([1.0, 1.0]) * 0.9999999999)
    pre[:] = 2
    post[:] = 0
    assert (S.i[:].tolist(), S.j[:].tolist()) == ([0, 1], [2, 2])


def test_values_through_a_link_arrive_in_order() -> None:
    source = NeuronGroup(2, "y : 1")
    G = NeuronGroup(2, "z : 1 (linked)\nq : 1")
    G.z = linked_var(source, "y")
    G.q = "rand()"
    G.z = [1, 2]
    source.y = [3, 4]
    assert np.array_equal(G.z_, [3, 4])


def test_random_delays_leave_random_synapses_to_the_network() -> None:
    found = []
    for _ in range(2):
        G = NeuronGroup(6, "v : 1", threshold="True")
        S = Synapses(G, G, "w : 1", on_pre="v_post += w", on_post="w += 1")
        S.connect(p=0.5)
        S.delay = "3*ms*rand()"
        S.post.delay = "2*ms*rand()"
        S.w = "rand()"
        Network(G, S, seed=3).run(1 * ms)
        found.append((S.i[:].tolist(), S.delay[:] / ms, S.post.delay[:] / ms, S.w_[:]))
    for one, other in zip(*found, strict=True):
        assert len(one) > 6 and np.array_equal(one, other)
    assert not np.array_equal(found[0][1], found[0][2])


def test_random_weights_still_wait_after_one_delay_is_assigned() -> None:
    found = []
    for _ in range(2):
        G = NeuronGroup(6, "v : 1", threshold="True")
        S = Synapses(G, G, "w : 1", on_pre="v_post += w")
        S.connect()
        S.w = "rand()"
        S.delay = 2 * ms
        Network(G, S, seed=3).run(1 * ms)
        found.append(S.w_[:].tolist())
    assert found[0] == found[1]


def test_a_delay_that_is_refused_changes_nothing() -> None:
    G = NeuronGroup(6, "v : 1", threshold="True")
    S = Synapses(G, G, on_pre="v_post += 1", delay=2 * ms)
    S.connect(p=0.5)
    with pytest.raises(DimensionError):
        S.delay = "i*mV"
    assert float(S.delay / ms) == 2


@pytest.mark.parametrize("first", ["group", "synapses"])
def test_random_neurons_are_there_before_the_synapses_that_ask_for_them(first: str) -> None:
    G = NeuronGroup(20, "x : 1")
    S = Synapses(G, G, "u : 1")
    G.x = "rand()"
    S.connect("x_pre < 0.5", p=0.9)
    S.u = "x_pre + 0*rand()"
    Network(*((G, S) if first == "group" else (S, G)), seed=3).run(1 * ms)
    assert 0 < len(S) < 400 and G.x_[:].max() > 0.5
    assert S.u_[:].max() < 0.5 and np.array_equal(S.u_[:], G.x_[:][S.i[:]])
