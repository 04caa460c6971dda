"""Random numbers outside the step: they belong to the network's seed, or were read before there was one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from spikeq import Network, NeuronGroup, Synapses, ValueRangeError, ms


def values(seed: int | None, batch: int | None = None, read_first: bool = False, name: str = "G") -> Any:
    G = NeuronGroup(6, "v : 1\nw : 1\nn : integer", name=name)
    G.v = "rand()"
    G.w = "randn()"
    G.n = "poisson(5.5)"
    early = G.v[:].copy() if read_first else None
    Network(G, seed=seed, batch=batch)
    return (G.v[:], G.w[:], G.n[:], early) if read_first else (G.v[:], G.w[:], G.n[:])


def test_the_seed_decides_values_assigned_before_the_network_was_made() -> None:
    first, again, other, elsewhere = values(1), values(1), values(2), values(1, name="H")
    for k in range(3):
        assert np.array_equal(first[k], again[k])
        assert not np.array_equal(first[k], other[k])
    assert not np.array_equal(first[0], elsewhere[0])  # numbers belong to the object's name
    assert len(set(first[0])) == 6 and first[0].min() >= 0 and first[0].max() < 1


def test_rows_differ_and_the_first_is_that_of_a_network_without_a_batch() -> None:
    alone, rows = values(1), values(1, batch=3)
    for k in range(3):
        assert rows[k].shape == (3, 6)
        assert np.array_equal(rows[k][0], alone[k])
    assert not np.array_equal(rows[0][1], rows[0][2])


def test_values_that_were_read_stay() -> None:
    torch.manual_seed(3)
    *first, early = values(1, read_first=True)
    assert np.array_equal(first[0], early)
    torch.manual_seed(3)
    *_, again = values(2, read_first=True)
    assert np.array_equal(early, again)
    torch.manual_seed(4)
    *_, other = values(1, read_first=True)
    assert not np.array_equal(early, other)


def test_assignments_follow_one_another_though_they_wait() -> None:
    G = NeuronGroup(4, "v : 1\nw : 1")
    G.v = "rand()"
    G.w = "v + 1"
    G.v[1] = 7
    G.v["v < 1"] = "v - 5"
    Network(G, seed=1)
    v, w = G.v[:], G.w[:]
    assert v[1] == 7
    assert np.array_equal(np.delete(v, 1), np.delete(w, 1) - 6)


def connections(seed: int, batch: int | None = None, name: str = "S", extra: bool = False) -> tuple[Any, Any]:
    G, H = NeuronGroup(20, "v : 1", name="G"), NeuronGroup(30, "v : 1", name="H")
    S = Synapses(G, H, "w : 1", name=name)
    S.connect(p=0.2)
    S.w = "rand()"
    others = [NeuronGroup(2, "x = rand() : 1 (constant over dt)", name="A")] if extra else []
    Network(*others, G, H, S, seed=seed, batch=batch).run(1 * ms)
    w = S.w[:]
    return list(zip(*(ends.tolist() for ends in (S.i[:], S.j[:])), strict=True)), w


def test_connections_follow_the_seed_and_are_shared_by_rows() -> None:
    pairs, w = connections(1)
    assert 60 < len(pairs) < 180
    for same in (connections(1), connections(1, batch=4), connections(1, extra=True)):
        assert same[0] == pairs and np.array_equal(same[1], w)
    for other in (connections(2), connections(1, name="T")):
        assert other[0] != pairs


@pytest.mark.parametrize("form", ["auto", "torch static"])
def test_noise_has_the_right_size_whatever_the_step(form: str) -> None:
    # dv = sigma*xi: after 1 s the variance over 4,000 neurons is 1, to 4 standard errors of a variance.
    for dt in (1, 5):
        G = NeuronGroup(4000, "dv/dt = xi*second**-0.5 : 1", dt=dt * ms)
        Network(G, seed=7, backend=form).run(1000 * ms)
        assert abs(float(np.var(np.asarray(G.v))) - 1) < 4 * (2 / 4000) ** 0.5
        assert abs(float(np.mean(np.asarray(G.v)))) < 4 / 4000**0.5


@pytest.mark.parametrize("form", ["auto", "torch static"])
def test_chances_are_met(form: str) -> None:
    G = NeuronGroup(2000, "p : 1\nn : integer", threshold="rand() < p", reset="n += 1")
    G.p = "i % 4 / 10.0"
    Network(G, seed=2, backend=form).run(100 * ms)
    counts = np.asarray(G.n).reshape(500, 4).sum(axis=0)
    for k, p in enumerate((0, 0.1, 0.2, 0.3)):
        assert abs(counts[k] - 50_000 * p) <= 4 * (50_000 * p * (1 - p)) ** 0.5


def test_a_seed_has_64_bits() -> None:
    for seed in (-(2**63), 2**63 - 1):
        net = Network(NeuronGroup(1, "v : 1"), seed=seed)
        assert int(net.state_dict()["running._steps"][2]) == seed
    for seed in (-(2**63) - 1, 2**63):
        with pytest.raises(ValueRangeError, match="64 bits"):
            Network(seed=seed)
