"""What every object shows of itself, and that none is copied by halves."""

from __future__ import annotations

import copy
import io
import pickle
from typing import Any

import numpy as np
import pytest
import torch

from spikeq import (
    EventMonitor,
    Hz,
    Network,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    ms,
    mV,
    network_operation,
)
from spikeq.errors import KindError, UnknownAttributeError, UnsupportedError, ValueRangeError


def network() -> Network:
    P = PoissonGroup(3, 100 * Hz, name="P")
    G = NeuronGroup(2, "dv/dt = -v/(10*ms) : volt\nflag : 1 (shared)", threshold="v > 1*mV", reset="v = 0*mV", name="G")
    S = Synapses(P, G, "w : volt", on_pre="v_post += w", name="S")
    S.connect()
    S.w = 1 * mV
    return Network(
        P,
        G,
        S,
        SpikeMonitor(G, variables="v", name="spikes"),
        StateMonitor(G, ("v", "flag"), record=True, name="trace"),
        PopulationRateMonitor(G, name="rate"),
        EventMonitor(P, "spike", name="events"),
        network_operation(dt=1 * ms)(lambda: None),
        seed=1,
    )


@pytest.mark.parametrize("run", [False, True], ids=["fresh", "after a run"])
@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps, lambda one: torch.save(one, io.BytesIO())])
def test_copies_and_pickles_are_refused(way: Any, run: bool) -> None:
    net = network()
    if run:
        net.run(5 * ms)
    for one in (net, net["G"][:1], *net):
        with pytest.raises(UnsupportedError, match="cannot be copied or pickled") as raised:
            way(one)
        assert one is net or repr(one.name) in str(raised.value)
    net.run(1 * ms)


def test_what_is_read_can_be_copied() -> None:
    net = network()
    net["G"].v = [2, 3] * mV
    for view, wanted in ((net["G"].v, [2, 3] * mV), (net["G"].v_, np.array([2e-3, 3e-3]))):
        for found in (copy.copy(view), copy.deepcopy(view), pickle.loads(pickle.dumps(view))):
            assert type(found) is type(wanted)
            assert np.array_equal(found, wanted)


def test_names_complete() -> None:
    net = network()
    assert {"v", "v_", "flag", "tensor", "run_regularly"} <= set(dir(net["G"]))
    assert {"v", "v_", "start", "stop"} <= set(dir(net["G"][:1]))
    assert {"w", "w_", "connect"} <= set(dir(net["S"]))
    assert {"v", "v_", "t", "i", "count"} <= set(dir(net["spikes"]))
    assert {"v", "flag_", "t"} <= set(dir(net["trace"]))


def test_monitors_say_what_they_record() -> None:
    net = network()
    assert repr(net["spikes"]) == "SpikeMonitor(G, v, name='spikes')"
    assert repr(net["trace"]) == "StateMonitor(G, v, flag, name='trace')"
    assert repr(net["rate"]) == "PopulationRateMonitor(G, rate, name='rate')"
    assert repr(net["events"]) == "EventMonitor(P, name='events')"


def test_an_element_reads_as_a_number() -> None:
    """Not as an array without axes, which prints differently and cannot be a key."""
    G = NeuronGroup(2, "x : 1\nn : integer")
    G.x = [1, 2]
    assert type(G.x[1]) is np.float64 and type(G.x_[1]) is np.float64 and type(G.n[0]) is np.int32
    assert {G.x[1]: 3} == {2.0: 3}


def test_options_take_numbers_of_numpy() -> None:
    net = Network(batch=np.int64(2), seed=np.int64(5), dtype=float, check_finite=np.int32(7))
    assert (net.batch, type(net.batch)) == (2, int)
    assert net.draws.seed == 5
    assert net.real_type == torch.float64
    assert net.check_finite == 7
    for wrong in (np.float64(2.0), np.bool_(True), True, "2"):
        with pytest.raises(ValueRangeError):
            Network(batch=wrong)
        with pytest.raises(KindError):
            Network(seed=wrong)


def test_a_class_is_no_object() -> None:
    with pytest.raises(KindError, match="The class NeuronGroup is not part of a network"):
        Network(NeuronGroup)


def test_an_object_is_found_by_its_name_between_brackets() -> None:
    with pytest.raises(UnknownAttributeError, match=r"net\['G'\]") as raised:
        network().G  # noqa: B018
    assert isinstance(raised.value, AttributeError)
    with pytest.raises(AttributeError):
        network().H  # noqa: B018


def test_a_state_that_is_none_is_refused() -> None:
    net = network()
    net.run(3 * ms)
    state = net.state_dict()
    for wrong, error in (
        (None, KindError),
        ({**state, "S.w": "heavy"}, KindError),
        ({**state, "S.w": state["S.w"].to(torch.complex64)}, KindError),
        ({**state, "S.w": state["S.w"] * float("nan")}, ValueRangeError),
        ({**state, "running._time": state["running._time"] * float("nan")}, ValueRangeError),
    ):
        with pytest.raises(error):
            net.load_state_dict(wrong)
        assert net.t_ == 3e-3
    net.load_state_dict(state)
    net.run(1 * ms)


def test_a_device_without_memory_is_refused() -> None:
    net = network()
    net.run(1 * ms)
    with pytest.raises(UnsupportedError, match="meta"):
        net.to("meta")
    net.run(1 * ms)
