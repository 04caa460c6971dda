"""Names that look like the emitted code's own, or that differ only by what a name in Python cannot hold."""

from __future__ import annotations

import numpy as np
import pytest

from spikeq import EventMonitor, Network, NeuronGroup, SpikeMonitor, SpikeqWarning, Synapses, ms
from spikeq.errors import NameConflictError

# Variables with the name of an attribute of groups work in every string; a warning says how they are read.
pytestmark = pytest.mark.filterwarnings("ignore:.*of the group's own:spikeq.errors.SpikeqWarning")
FORMS = ("auto", "torch static")
INSIDE = """batch real_type integer_type boolean_type arrays constants buffers lists sizes types first count tables k
    now step spikes spiking element row edge pre post own torch special event_list expand propagate_dense bind
    segment_0 n0 r0 b0 s0 c0 t0 u0 x0 e0 w0 i0 a_v n_v m_v out lambda_ None_ exec open self link_v refractory_steps
    record pre_offsets pre_order pre_flat post_flat active mask source target""".split()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", INSIDE)
def test_a_variable_may_be_called_as_anything_inside(name: str, form: str) -> None:
    G = NeuronGroup(3, f"{name} : 1\nv : 1", threshold="v > 2", reset=f"v = 0; {name} += 10", refractory=2 * ms)
    G.run_regularly(f"{name} += 1; v += {name}")
    Network(G, backend=form).run(4 * ms)
    # steps: 1 -> v 1; 2 -> v 3, spike, v 0, 12; 13 -> v 13 (refractory); 14 -> v 27, spike, v 0, 24
    assert np.array_equal(G.get_states([name])[name], [24.0] * 3)
    assert np.array_equal(G.v, [0.0] * 3)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name in INSIDE if name not in ("source", "target")])
def test_a_synaptic_variable_may_be_called_as_anything_inside(name: str, form: str) -> None:
    G = NeuronGroup(2, "v : 1", threshold="True", name="G")
    H = NeuronGroup(3, "v : 1", name="H")
    S = Synapses(G, H, f"{name} : 1", on_pre={"path": f"{name} += 1; v_post += {name}"})
    S.connect(i=[1, 0, 1], j=[2, 2, 0])
    Network(G, H, S, backend=form).run(3 * ms)
    assert np.array_equal(S.get_states([name])[name], [3.0, 3.0, 3.0])
    assert np.array_equal(H.v, [6.0, 0.0, 12.0])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [*INSIDE, "rows", "cells_0", "every_clock_0"])
def test_an_object_may_be_called_as_anything_inside(name: str, form: str) -> None:
    G = NeuronGroup(3, "v : 1", threshold="v > 1", reset="v = 0", name=name)
    S = Synapses(G, G, "w : 1", on_pre="v_post += w", name=name + "_sources")
    S.connect(j="i")
    M = SpikeMonitor(G, name=name + "_spike")
    G.run_regularly("v += 1")
    Network(G, S, M, backend=form, batch=2).run(4 * ms)
    assert np.array_equal(M.count, [[2, 2, 2], [2, 2, 2]])


@pytest.mark.parametrize("form", FORMS)
def test_events_whose_names_flow_together_stay_apart(form: str) -> None:
    A = NeuronGroup(1, "v : 1", threshold="v > 0", events={"b_c": "v > 5", "spike_flat": "v < 0"}, name="a")
    B = NeuronGroup(1, "v : 1", events={"c": "v > 5"}, name="a_b")
    A.v, B.v = 10, 1
    A.run_on_event("b_c", "v = 20")
    A.run_on_event("spike_flat", "v = 30")
    B.run_on_event("c", "v = 40")
    ours, others = EventMonitor(A, "b_c"), EventMonitor(B, "c")
    Network(A, B, ours, others, backend=form).run(2 * ms)
    assert (A.v[0], B.v[0], ours.num_events, others.num_events) == (20, 1, 2, 0)


@pytest.mark.parametrize("form", FORMS)
def test_sizes_whose_names_flow_together_stay_apart(form: str) -> None:
    S_sources = NeuronGroup(5, "v : 1", threshold="True", name="S_sources")
    part = S_sources[1:3]
    T = NeuronGroup(3, "v : 1", name="S_targets")
    S = Synapses(part, T, "w : 1", on_pre="v_post += w", name="S")
    S.connect()
    S.w = "i + 10*j"
    M = SpikeMonitor(S_sources[2:4])
    Network(S_sources, T, S, M, backend=form, batch=3).run(1 * ms)
    assert np.array_equal(T.v, [[1.0, 21.0, 41.0]] * 3)
    assert np.array_equal(M.row, [0, 0, 1, 1, 2, 2])
    assert np.array_equal(M.i, [0, 1] * 3)


def test_a_monitored_variable_may_be_called_mask_or_count() -> None:
    G = NeuronGroup(2, "mask : 1\ncount : 1", threshold="i == 1")
    G.mask, G.count = [1, 2], [3, 4]
    M = SpikeMonitor(G, variables=["mask", "count"])
    Network(G, M, backend="torch static").run(1 * ms)
    assert (M.values("mask")[1].tolist(), M.values("count")[1].tolist()) == ([2.0], [4.0])


def test_a_variable_that_hides_behind_an_attribute_is_told_and_cannot_be_assigned_to_by_mistake() -> None:
    with pytest.warns(SpikeqWarning, match="active is also something of the group's own"):
        G = NeuronGroup(2, "active : 1", name="G")
    with pytest.raises(NameConflictError, match="active is a variable, but also"):
        G.active = 3
    G.set_states({"active": 3})
    assert G.get_states(["active"])["active"].tolist() == [3, 3]
