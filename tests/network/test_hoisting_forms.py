"""Variables held once a neuron after everything that may happen between runs: the results of one for each synapse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from spikeq import Network, NetworkOperation, NeuronGroup, SpikeMonitor, Synapses, ms
from spikeq.errors import NotFiniteError, ShapeError

PAIR = """w : 1
          dx/dt = -x/(7*ms) : 1 (event-driven)
          dy/dt = -y/(11*ms) : 1 (event-driven)"""
THREE = PAIR + "\ndz/dt = -z/(5*ms) : 1 (event-driven)"
COUPLED = "w : 1\ndx/dt = -x/(7*ms) : 1 (event-driven)\ndz/dt = (x - z)/(11*ms) : 1 (event-driven)"
OF_NEURONS = PAIR.replace("(7*ms)", "tau_pre")
Story = Callable[[Network, Any, Any], None]


def tell(
    hoist: bool,
    story: Story,
    equations: str,
    on_pre: str,
    on_post: str | None,
    batch: int | None = None,
    **further: Any,
) -> list[Any]:
    cells = NeuronGroup(
        6, "dv/dt = (1.2 - v)/(9*ms) : 1\ntau : second\nk : 1\nslow = 2*ms*(2 + k) : second",
        threshold="v > 1", reset="v = 0", name="cells",
    )  # fmt: skip
    cells.v = "i/6"
    cells.tau = "(4 + i)*ms"
    part, form = further.pop("part", None), further.pop("form", "auto")
    connect = further.pop("connect", {"condition": "(i + j) % 4 != 1"})
    synapses = Synapses(
        cells if part is None else cells[slice(*part)], cells, equations, on_pre=on_pre, on_post=on_post,
        name="synapses", **further,
    )  # fmt: skip
    synapses.connect(**connect)
    spikes = SpikeMonitor(cells)
    net = Network(cells, synapses, spikes, dtype="float64", hoist=hoist, batch=batch, seed=3, backend=form)
    net.run(37 * ms)
    assert bool(synapses._sides) == hoist
    seen = [np.array(getattr(synapses, f"{name}_")) for name in _stored(synapses)]
    story(net, cells, synapses)
    for length in (0, 20):
        net.run(length * ms)
        seen += [np.array(getattr(synapses, f"{name}_")) for name in _stored(synapses)]
    return [*seen, np.array(spikes.i), np.array(spikes.t_)]


def _stored(synapses: Synapses) -> list[str]:
    return [name for name in (*synapses.equations, "lastupdate") if name in synapses._variables]


def agree(*arguments: Any, **further: Any) -> None:
    for first, second in zip(tell(True, *arguments, **further), tell(False, *arguments, **further), strict=True):
        assert first.shape == second.shape
        assert np.abs(first - second).max() <= 1e-12 * np.abs(second).max()


def nothing(net: Network, cells: NeuronGroup, synapses: Synapses) -> None:
    pass


def test_one_of_several_traces_of_a_side_is_assigned() -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        synapses.x = 0.7
        net.run(1 * ms)

    agree(story, THREE, "x += 1; z += 0.5; w += y", "y += 1; w += x + z")


def test_an_assigned_trace_counts_from_the_last_event_of_its_synapses() -> None:
    """With one synapse a neuron ``lastupdate`` is the same along the row, but later than the neuron's last spike."""

    def story(net: Network, cells: Any, synapses: Any) -> None:
        synapses.x = 0.7

    equations = THREE + "\ndq/dt = -q/(6*ms) : 1 (event-driven)"
    agree(story, equations, "x += 1; z += 0.5; q += 1; w += y", "y += 1; q -= 1; w += x", connect={"j": "i"})


def test_one_of_two_traces_that_hang_together_is_assigned() -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        synapses.x = 0.3
        assert np.all(synapses.z_ > 0)

    agree(story, COUPLED, "x += 1; z += 0.1", "w += z")


def test_a_snapshot_brings_back_variables_that_were_held_otherwise_since() -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        net.store()
        before = np.array(synapses.z_)
        synapses.z = "i + j"
        net.run(20 * ms)
        net.restore()
        assert np.array_equal(synapses.z_, before)

    agree(story, THREE, "x += 1; z += 0.5; w += y", "y += 1; w += x + z")


@pytest.mark.parametrize("batch", [None, 2])
def test_a_state_is_taken_after_time_constants_have_changed(batch: int | None) -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        if batch is not None:
            cells.tau = np.arange(1, 13).reshape(2, 6) * ms
            net.run(11 * ms)
        state, before = net.state_dict(), np.array(synapses.x_)
        cells.tau = 3 * ms
        net.run(30 * ms)
        net.load_state_dict(state)
        assert np.abs(synapses.x_ - before).max() <= 1e-12

    agree(story, OF_NEURONS, "x += 1; w += y", "y += 1; w += x", batch=batch)


def test_a_state_is_taken_although_the_namespace_is_another_now() -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        state, before = net.state_dict(), np.array(synapses.x_)
        synapses.namespace["decay"] = 3 * ms
        net.run(30 * ms)
        net.load_state_dict(state)
        assert np.abs(synapses.x_ - before).max() <= 1e-12

    equations = PAIR.replace("(7*ms)", "decay")
    agree(story, equations, "x += 1; w += y", "y += 1; w += x", namespace={"decay": 7 * ms})


def test_coefficients_of_another_size_are_refused() -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        state = net.state_dict()
        assert state["running.synapses._pre_x.tau_pre"].shape == (6,)
        with pytest.raises(ShapeError, match=r"_pre_x\.tau_pre"):
            net.load_state_dict({**state, "running.synapses._pre_x.tau_pre": state["cells.tau"][:4]})

    tell(True, story, OF_NEURONS, "x += 1; w += y", "y += 1; w += x")


@pytest.mark.parametrize("only", [True, False])
def test_parts_of_states(only: bool) -> None:
    """With strict=False what a state lacks stays as it is, whatever the form of the rest."""

    def story(net: Network, cells: Any, synapses: Any) -> None:
        state, x = net.state_dict(), np.array(synapses.x_)
        for key in state:
            net.load_state_dict({k: v for k, v in state.items() if (k == key) == only}, strict=False)
            assert np.array_equal(synapses.x_, x)
            assert len(synapses.lastupdate_) == len(synapses)

    for hoist in (True, False):
        tell(hoist, story, THREE, "x += 1; z += 0.5; w += y", "y += 1; w += x + z", delay=2 * ms)


@pytest.mark.parametrize("dt", [0.5, 0.25, 0.2])
def test_a_finer_step(dt: float) -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        net.clock.dt = dt * ms
        net.run(12 * ms)

    agree(story, PAIR, "x += 1; w += y", "y += 1; w += x")


def test_a_coarser_step() -> None:
    """Last events of neurons at odd steps do not matter where every synapse had its own at an even one."""

    def story(net: Network, cells: Any, synapses: Any) -> None:
        net.run(1 * ms)
        net.clock.dt = 2 * ms
        net.run(40 * ms)

    equations = PAIR.replace("(7*ms)", "tau_pre")
    for hoist in (True, False):
        cells = NeuronGroup(2, "tau : second", threshold="t == 1*ms and i == 0 or t == 4*ms and i == 1")
        cells.tau = 9 * ms
        synapses = Synapses(cells, cells, equations, on_pre="x += 1; w += y", on_post="y += 1; w += x")
        synapses.connect(i=0, j=1)
        net = Network(cells, synapses, dtype="float64", hoist=hoist)
        net.run(6 * ms)
        net.clock.dt = 2 * ms
        net.run(4 * ms)
        assert synapses.x_[0] == pytest.approx(np.exp(-3 / 9), abs=1e-15)
        assert synapses.lastupdate_[0] == 0.004


@pytest.mark.parametrize("method", ["exact", "euler", "rk4"])
@pytest.mark.parametrize("part", [None, (1, 4)])
def test_clock_driven_variables_that_hang_together_change_at_once(method: str, part: Any) -> None:
    equations = """w : 1
                   dx/dt = (z - x)/tau_pre : 1 (clock-driven)
                   dz/dt = (-z - 0.3*x)/(5*ms) : 1 (clock-driven)
                   dp/dt = (q - p)/tau_post : 1 (clock-driven)
                   dq/dt = (-q - 0.3*p)/(5*ms) : 1 (clock-driven)
                   dr/dt = (x - r)/tau_post : 1 (clock-driven)"""

    def story(net: Network, cells: Any, synapses: Any) -> None:
        cells.tau = "(3 + i)*ms"

    on_post = "w += z; p += 1; q += 0.1; r -= 0.3"
    agree(story, equations, "x += 1; z += 0.2; w += x; r += 1", on_post, method=method, part=part)


def test_matrices_of_coefficients_are_those_of_the_neurons() -> None:
    equations = """w : 1
                   dx/dt = (z - x)/tau_pre : 1 (clock-driven)
                   dz/dt = (u - z)/(5*ms) : 1 (clock-driven)
                   du/dt = (x - 2*u)/tau_pre : 1 (clock-driven)
                   dp/dt = (q - p)/tau_post : 1 (clock-driven)
                   dq/dt = (r - q)/(5*ms) : 1 (clock-driven)
                   dr/dt = (p - 2*r)/tau_post : 1 (clock-driven)
                   da/dt = (x - a)/tau_post : 1 (clock-driven)"""
    for batch in (None, 2):
        on_pre, on_post = "x += 1; z += 0.2; u -= 0.1; w += u; a += 1", "p += 1; q += 0.1; r -= 1; w += r"
        agree(nothing, equations, on_pre, on_post, method="exact", part=(1, 5), batch=batch)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("((3 + i)*ms)", "((3 + j)*ms)"),
        ("((3 + N_outgoing)*ms)", "((3 + N_incoming)*ms)"),
        ("((3 + N_pre)*ms)", "((3 + N)*ms)"),
        ("slow_pre", "(2*slow_post)"),
    ],
)
def test_equations_read_numbers_and_subexpressions_of_neurons(x: str, y: str) -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        cells.k = "i/3"
        net.run(20 * ms)

    equations = PAIR.replace("(7*ms)", x).replace("(11*ms)", y)
    agree(story, equations, "x += 1; w += y", "y += 1; w += x", part=(2, 5))


def test_constants_of_each_row() -> None:
    equations = PAIR.replace("(7*ms)", "decay")
    namespace = {"decay": np.array([[4], [9]]) * ms}
    agree(nothing, equations, "x += 1; w += y", "y += 1; w += x", batch=2, namespace=namespace)


def test_a_trace_that_differed_may_be_held_again_where_each_neuron_has_one_synapse() -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        synapses.x = "i + 0.3"

    equations = PAIR.replace("-x", "(0.9 - x)")
    agree(story, equations, "x += 1; w += y", "y += 1; w += x", connect={"i": [0, 1, 2], "j": [0, 1, 2]})


def test_a_trace_that_is_set_to_one_that_differs() -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        synapses.x = "i + 0.1*j"
        if net.hoist:
            assert "on_pre changes it by x, which each synapse has for itself" in net.show("extents")
        net.run(30 * ms)
        assert "z" not in synapses._sides

    for kind in ("event-driven", "clock-driven"):
        agree(story, f"{PAIR}\ndz/dt = -z/(5*ms) : 1 ({kind})", "z = 0.2*x; x += 1; w += y", "y += 1; w += x + z")


@pytest.mark.parametrize("form", ["auto", "torch static"])
@pytest.mark.parametrize("spread", [False, True])
@pytest.mark.parametrize("equations", ["w : 1", PAIR])
def test_temporaries_of_neurons_alone(equations: str, spread: bool, form: str) -> None:
    """Nothing is held once a neuron here, or the synapses of a neuron are reached one after the other."""
    if spread and form != "auto":
        return
    cells = NeuronGroup(3, "k : 1", threshold="t == i*ms")
    cells.k = "i + 1"
    synapses = Synapses(cells, cells, equations, on_pre="a = 2*k_pre; b = a + k_post; a += b; w += a; w += b")
    synapses.connect()
    if spread:
        synapses.delay = "j*ms"
    Network(cells, synapses, dtype="float64", backend=form).run(8 * ms)
    pre, post = synapses.i + 1, synapses.j + 1
    assert np.array_equal(synapses.w_, 6 * pre + 2 * post)


def test_neurons_without_synapses_do_not_count() -> None:
    """Their time constants may be zero, so that what would be held for them is no number."""
    cells = NeuronGroup(4, "tau : second\ntop : 1", threshold="t == 2*ms")
    cells.tau[1:3] = 5 * ms
    cells.top[1:3] = 1
    equations = "dx/dt = (top_pre - x)/tau_pre : 1 (clock-driven)\ndy/dt = (top_post - y)/tau_post : 1 (event-driven)"
    synapses = Synapses(cells[1:3], cells[1:3], equations, on_pre="x += 1", on_post="y += 1", method="exact")
    synapses.connect()
    net = Network(cells, synapses, dtype="float64", check_finite=1)
    net.run(4 * ms)
    assert synapses._sides == {"x": "pre", "y": "post", "lastupdate": "both"}
    assert np.all(np.isfinite(synapses.x_))
    cells.tau[2] = 0 * ms
    with pytest.raises(NotFiniteError, match=r"synapses\.x of element 2 became"):
        net.run(4 * ms)


@pytest.mark.parametrize("form", ["auto", "torch static"])
def test_traces_of_a_side_without_events(form: str) -> None:
    equations = "w : 1\ndx/dt = (0.7 - x)/tau_post : 1 (event-driven)\ndz/dt = -z/tau_pre : 1 (event-driven)"
    for on_pre in ("w += x; z += 1", "w += x + 0.1*(t - lastupdate)/ms; z += 1"):
        agree(nothing, equations, on_pre, "w += z")
        agree(nothing, equations, on_pre, None, form=form)


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize(
    ("x", "values"),
    [("-x/((4 + j)*ms)", [0] * 4), ("0*k_post/ms", [0, 0.4, 0.2, 0.4]), ("(0.9 - x)/tau_post", [0, 0.4, 0.2, 0.4])],
)
def test_an_operation_assigns_what_no_event_changes(x: str, values: list[float], batch: int | None) -> None:
    def story(net: Network, cells: Any, synapses: Any) -> None:
        given = iter(values)
        net.add(NetworkOperation(lambda: setattr(synapses, "x", next(given)), dt=9 * ms))
        net.run(29 * ms)
        net.remove(net.objects[-1])

    equations = f"w : 1\ndx/dt = {x} : 1 (event-driven)\ndz/dt = -z/tau_pre : 1 (event-driven)"
    agree(story, equations, "w += x; z += 1", None, batch=batch)


def test_temporaries_whose_names_end_alike() -> None:
    on_pre = "a_v1 = 2*x; a = 3*x; x += 1; b = a + x; a = 7*x; w += a_v1 + 1.1*a + y + b"
    agree(nothing, PAIR, on_pre, "y += 1; w += x")
