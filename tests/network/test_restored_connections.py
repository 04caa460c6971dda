"""What ``store`` kept comes back with its synapses: into a network where they were not made, or where others are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, Synapses, ms
from spikeq.errors import ShapeError
from spikeq.network.layouts.dense import Dense
from spikeq.network.layouts.one_to_one import OneToOne


def network(connect: bool, n: int = 6) -> tuple[Network, Synapses, Synapses, Synapses, NeuronGroup]:
    G = NeuronGroup(n, "dx/dt = (1.25 - x)/(3*ms) : 1", threshold="x > 1", reset="x = 0", name="G")
    G.x = "0.1*i"
    model = "w : 1\nda/dt = -a/ms : 1 (event-driven)"
    S = Synapses(G, G, model, on_pre="a += 1; w += a; x_post += 0.01*w", on_post="w -= 0.1*a", name="S")
    T = Synapses(G, G, "w : 1", on_pre="x_post += 0.001*w", name="T")
    U = Synapses(G, G, "w : 1", on_pre="x_post -= 0.002*w", name="U")
    if connect:
        S.connect(i=[1, 3, 5, 1], j=[2, 4, 2, 2])
        S.w, S.delay = "i", "(j - 1)*ms"
        T.connect()
        U.connect(j="i")
        T.w, U.w = "i + j", 3
    return Network(G, S, T, U, dtype="float64"), S, T, U, G


@pytest.mark.parametrize("hoist", [True, False])
def test_a_file_brings_synapses_that_were_not_made(tmp_path: Path, hoist: bool) -> None:
    first, S, T, U, G = network(True)
    first.hoist = hoist
    first.run(5 * ms)
    first.store(filename=tmp_path / "state")
    first.run(7 * ms)
    other, S2, T2, U2, G2 = network(False)
    other.restore(filename=tmp_path / "state")
    assert S2.i[:].tolist() == [1, 3, 5, 1] and S2.j[:].tolist() == [2, 4, 2, 2]
    assert np.array_equal(S2.delay / ms, [1, 3, 1, 1])
    assert isinstance(T2.layout, Dense) and isinstance(U2.layout, OneToOne)
    other.run(7 * ms)
    for one, two in ((S.w, S2.w), (S.a, S2.a), (T.w, T2.w), (U.w, U2.w), (G.x, G2.x)):
        assert np.array_equal(one[:], two[:])
    assert S.w_[:].max() > 5


def test_synapses_made_since_go_again() -> None:
    net, S, T, _, G = network(True)
    net.run(5 * ms)
    net.store()
    net.run(7 * ms)
    end = S.w_[:].tolist(), S.a_[:].tolist(), G.x_[:].tolist()
    S.connect(i=2, j=[0, 1])
    S.w = 100
    T.connect("i == j")
    net.run(2 * ms)
    net.restore()
    assert len(S) == 4 and len(T) == 36
    net.run(7 * ms)
    assert (S.w_[:].tolist(), S.a_[:].tolist(), G.x_[:].tolist()) == end


def test_groups_of_other_sizes_do_not_fit(tmp_path: Path) -> None:
    first, *_ = network(True)
    first.store(filename=tmp_path / "state")
    other, *_ = network(False, n=7)
    with pytest.raises(ShapeError, match="another size than when it was stored"):
        other.restore(filename=tmp_path / "state")
