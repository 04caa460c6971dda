"""Synapses whose target or source are synapses, with small answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import spikeq as sq
from spikeq import Network, NeuronGroup, SpikeGeneratorGroup, Synapses, linked_var, ms
from spikeq.errors import ConnectionError, KindError, ModelError, ShapeError, UnknownNameError, UnsupportedError


def chain(batch: int | None = None, **options: str) -> tuple[Network, Synapses, Synapses, NeuronGroup]:
    """Three inputs drive a cell each; a modulator changes the weights of two of the contacts."""
    inputs = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 2], [1, 1, 1, 4, 4, 4] * ms)
    modulator = SpikeGeneratorGroup(2, [0, 1], [2, 3] * ms)
    cells = NeuronGroup(3, "v : 1")
    contacts = Synapses(inputs, cells, "w : 1", on_pre="v_post += w")
    contacts.connect(j="i")
    contacts.w = [1, 2, 3]
    modulation = Synapses(modulator, contacts, on_pre="w_post += 0.5*(i + 1)")
    modulation.connect(i=[0, 0, 1], j=[0, 2, 2])
    net = Network(inputs, modulator, cells, contacts, modulation, batch=batch, **options)  # type: ignore[arg-type]
    return net, contacts, modulation, cells


@pytest.mark.parametrize("form", ["auto", "torch static"])
@pytest.mark.parametrize("batch", [None, 2])
def test_modulated_weights_count_from_the_next_spike_on(batch: int | None, form: str) -> None:
    net, contacts, modulation, cells = chain(batch, backend=form)
    net.run(6 * ms)
    assert np.array_equal(contacts.w_[:], np.broadcast_to([1.5, 2, 4.5], contacts.w_.shape))
    assert np.array_equal(cells.v_[:], np.broadcast_to([2.5, 4, 7.5], cells.v_.shape))
    assert np.array_equal(np.broadcast_to(modulation.w_post[:], (batch or 1, 3))[0], [1.5, 4.5, 4.5])


def test_what_synapses_assign_to_has_a_value_for_each_row() -> None:
    spikes = NeuronGroup(1, "rate : 1", threshold="rate > 0.5")
    cells = NeuronGroup(1, "v : 1")
    contacts = Synapses(cells, cells, "w : 1")
    contacts.connect()
    modulation = Synapses(spikes, contacts, on_pre="w += 1")
    modulation.connect()
    net = Network(spikes, cells, contacts, modulation, batch=2)
    spikes.rate = [[0], [1]]
    net.run(3 * ms)
    assert contacts.w_[:].tolist() == [[0], [3]]
    assert contacts.reductions == {}


def test_names_at_an_end_are_those_of_the_synapses_there() -> None:
    G, H = NeuronGroup(3, "x : 1"), NeuronGroup(2, "y : 1")
    inner = Synapses(G, H[1:], "w : 1", multisynaptic_index="k")
    inner.connect(n=2)
    inner.w = "10*i + k"
    outer = Synapses(inner, inner, "u : 1\nd = w_pre - w_post : 1")
    outer.connect("i_pre == 2 and k_pre == 0 and i_post < 2 and k == 1")
    assert outer.i[:].tolist() == [4, 4] and outer.j[:].tolist() == [1, 3]
    assert outer.i_pre[:].tolist() == [2, 2] and outer.j_post[:].tolist() == [0, 0]
    assert outer.d[:].tolist() == [19, 9]
    outer.u = "w_post*k_post + N_outgoing_pre"
    assert outer.u[:].tolist() == [3, 13]


def test_sums_over_synapses_and_their_subexpressions_of_neurons() -> None:
    G = NeuronGroup(3, "x : 1\ndouble = 2*x : 1")
    G.x = [1, 2, 3]
    inner = Synapses(G, G, "w : 1\nflow = w*double_pre - x_post : 1\nheard : 1")
    inner.connect(i=[0, 1, 2], j=[2, 2, 0])
    inner.w = [1, 2, 3]  # flow: 2 - 3, 8 - 3, 18 - 1
    glia = NeuronGroup(2, "c : 1")
    up = Synapses(inner, glia, "c_post = flow_pre : 1 (summed)")
    up.connect(i=[0, 1, 2, 2], j=[0, 0, 1, 0])
    down = Synapses(glia, inner, "heard_post = c_pre + 1 : 1 (summed)")
    down.connect(i=[0, 1, 1], j=[1, 1, 2])
    net = Network(G, inner, glia, up, down)
    net.run(2 * ms)
    assert glia.c_[:].tolist() == [21, 17]
    assert inner.heard_[:].tolist() == [0, 40, 18]


def test_synapses_made_later_count_as_targets() -> None:
    G = NeuronGroup(2, "x : 1")
    inner = Synapses(G, G, "w : 1")
    outer = Synapses(G, inner)
    inner.connect(j="i")
    outer.connect()
    assert len(outer) == 4 and outer.N_incoming_post.tolist() == [2, 2]
    inner.connect("i != j")
    assert outer.N_incoming_post.tolist() == [2, 2, 0, 0]
    outer.connect(i=0, j=3)
    assert outer.N_incoming_post.tolist() == [2, 2, 0, 1]
    with pytest.raises(ShapeError, match="j = 4 is out of range"):
        outer.connect(i=0, j=4)


def test_connections_wait_for_random_synapses_that_they_lead_to() -> None:
    counts = []
    for _ in range(2):
        G = NeuronGroup(20, "x : 1")
        inner = Synapses(G, G, "w : 1")
        inner.connect(p=0.3)
        inner.w = "rand()"
        outer = Synapses(G, inner, "u : 1")
        outer.connect("i == i_post and w_post < 0.5")
        outer.u = "w_post"
        Network(G, inner, outer, seed=3).run(1 * ms)
        assert np.array_equal(outer.u_[:], inner.w_[:][outer.j[:]]) and (outer.u_[:] < 0.5).all()
        counts.append((len(inner), len(outer)))
    assert counts[0] == counts[1] and 80 < counts[0][0] < 160 and 30 < counts[0][1] < counts[0][0]


def test_a_state_brings_modulated_weights_back() -> None:
    net, contacts, _, cells = chain()
    net.run(2.5 * ms)
    net.store()
    net.run(4 * ms)
    end = contacts.w_[:].tolist(), cells.v_[:].tolist()
    net.restore()
    assert contacts.w_[:].tolist() == [1.5, 2, 3.5]
    net.run(4 * ms)
    assert (contacts.w_[:].tolist(), cells.v_[:].tolist()) == end == ([1.5, 2, 4.5], [2.5, 4, 7.5])


def test_pathways_need_events_which_synapses_have_not() -> None:
    G = NeuronGroup(2, "x : 1", threshold="x > 1")
    inner = Synapses(G, G, "w : 1")
    with pytest.raises(ModelError, match="synapses has no event 'spike' to run on_post"):
        Synapses(G, inner, on_post="w += 1")
    with pytest.raises(ConnectionError, match="Call its connect"):
        Network(G, inner).run(1 * ms)


# -- linked variables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["auto", "torch static"])
@pytest.mark.parametrize("batch", [None, 2])
def test_synapses_read_what_is_linked_with_an_index(batch: int | None, form: str) -> None:
    source, G = NeuronGroup(3, "x : 1"), NeuronGroup(3, "y : 1 (linked)\nz : 1\ns = y*2 : 1")
    source.x = [1, 10, 100]
    G.y = linked_var(source, "x", index=np.array([2, 0, 1]))
    S = Synapses(G, G, "a : 1\nb = y_pre + s_post : 1")
    S.connect(i=[0, 1, 2], j=[1, 1, 0])
    S.run_regularly("a = y_pre - y")
    total = Synapses(G, G, "z_post = y_pre : 1 (summed)")
    total.connect(i=[0, 1], j=[2, 2])
    assert S.b[:].tolist() == [102, 3, 210]
    Network(source, G, S, total, batch=batch, backend=form).run(1 * ms)
    assert np.all(S.a_[:] == [99, 0, -90])
    assert np.all(G.z_[:] == [0, 0, 101])


def test_the_index_of_a_link_is_read_when_a_run_begins_and_after_operations() -> None:
    source, G = NeuronGroup(4, "x : 1"), NeuronGroup(2, "k : integer\ny : 1 (linked)\nu : 1")
    source.x = [1, 2, 3, 4]
    G.y = linked_var(source, "x", index="k")
    G.k = [3, 1]
    G.run_regularly("u = 10*u + y")

    @sq.network_operation(dt=2 * ms)
    def change() -> None:
        if change.t / ms > 0.5:
            G.k = [0, 2]

    net = Network(source, G, change)
    net.run(2 * ms)
    assert G.u_[:].tolist() == [44, 22]
    net.run(1 * ms)
    assert G.y[:].tolist() == [1, 3]


def test_links_that_cannot_be() -> None:
    source, G = NeuronGroup(3, "x : 1"), NeuronGroup(2, "v : 1\nk : integer\ny : 1 (linked)")
    S = Synapses(G, G, "w : 1\nslot : integer\nx : 1 (linked)")
    with pytest.raises(KindError, match="is linked by the name of a variable"):
        S.x = linked_var(source, "x", index=[0, 1])
    with pytest.raises(KindError, match="is linked by the name of a variable"):
        S.x = linked_var(source, "x")
    with pytest.raises(UnknownNameError, match="no variable 'y_post' to be an index"):
        S.x = linked_var(source, "x", index="y_post")
    with pytest.raises(KindError, match="w cannot be the index"):
        S.x = linked_var(source, "x", index="w")
    S.x = linked_var(source, "x", index="slot")
    S.connect(i=[0, 1], j=[0, 1])
    S.slot = [0, 3]
    with pytest.raises(ShapeError, match="but 3 is none: there are 3 elements"):
        S.x[:]
    G.y = linked_var(source, "x", index="k")
    G.run_regularly("k = i")
    with pytest.raises(UnsupportedError, match="code changes it"):
        G.run_regularly("v = y")
        Network(source, G).run(1 * ms)
