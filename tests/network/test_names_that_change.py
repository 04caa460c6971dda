"""Values that change behind a name: links, what is constant over a step, shared variables, whole numbers at events."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest

from spikeq import Hz, Network, NeuronGroup, SpikeGeneratorGroup, Synapses, linked_var, models, ms
from spikeq.errors import MethodError, ModelError, UnsupportedError

RING = "da/dt = -k*a + k*b : 1\ndb/dt = -k*b + k*c : 1\ndc/dt = -k*c + k*a/2 : 1\n"


def test_a_matrix_exponential_does_not_take_a_linked_variable_for_constant() -> None:
    drive = NeuronGroup(1, "k : Hz")
    drive.run_regularly("k += 10*Hz")
    G = NeuronGroup(1, RING + "k : Hz (linked)", method="exact")
    G.k = linked_var(drive, "k")
    with pytest.raises(MethodError, match="k may change during a run"):
        Network(drive, G).run(1 * ms)


def test_a_matrix_exponential_does_not_take_a_neurons_variable_for_constant() -> None:
    drive = NeuronGroup(1, "dk/dt = 10*Hz/ms : Hz")
    S = Synapses(drive, drive, RING.replace("k", "k_post").replace(" : 1", " : 1 (clock-driven)"), method="exact")
    S.connect()
    with pytest.raises(MethodError, match="k_post may change during a run"):
        Network(drive, S).run(1 * ms)


def test_a_matrix_exponential_follows_a_link_to_what_stays() -> None:
    values = []
    for linked in (False, True):
        drive = NeuronGroup(1, "k : Hz")
        G = NeuronGroup(1, RING + ("k : Hz (linked)" if linked else "k : Hz"), method="exact")
        G.k = linked_var(drive, "k") if linked else 50 * Hz
        drive.k, G.a = 50 * Hz, 1
        Network(drive, G, dtype="float64").run(5 * ms)
        values.append([G.a_[0], G.b_[0], G.c_[0]])
    assert values[0] == values[1]
    assert values[0][0] < 0.9


@pytest.mark.parametrize("form", ["auto", "torch static"])
@pytest.mark.parametrize("batch", [None, 2])
def test_links_may_lead_to_links_and_subexpressions(batch: int | None, form: str) -> None:
    first = NeuronGroup(4, "x : 1\ndouble = 2*x + i : 1")
    second = NeuronGroup(3, "y : 1 (linked)")
    third = NeuronGroup(3, "z : 1 (linked)\nd : 1 (linked)\nu : 1\nw : 1")
    fourth = NeuronGroup(2, "q : 1 (linked)\nu : 1")
    first.x = [1, 2, 3, 4]
    second.y = linked_var(first, "x", index=np.array([3, 2, 1]))
    third.z = linked_var(second, "y")
    third.d = linked_var(first, "double", index=np.array([1, 1, 3]))
    fourth.q = linked_var(third, "z", index=np.array([2, 0]))
    third.run_regularly("u = z; w = d")
    fourth.run_regularly("u = q")
    Network(first, second, third, fourth, batch=batch, backend=form).run(1 * ms)
    for group, name, values in ((third, "u", [4, 3, 2]), (third, "w", [5, 5, 11]), (fourth, "u", [2, 4])):
        assert np.all(getattr(group, name)[:] == np.array(values)), name


@pytest.mark.parametrize("form", ["auto", "torch static"])
def test_a_link_may_lead_to_a_subexpression_that_reads_a_link_with_an_index(form: str) -> None:
    first = NeuronGroup(3, "x : 1")
    second = NeuronGroup(2, "y : 1 (linked)\ns = y + 10*i : 1")
    third = NeuronGroup(3, "z : 1 (linked)\nu : 1")
    first.x = [1, 2, 3]
    second.y = linked_var(first, "x", index=np.array([2, 1]))
    third.z = linked_var(second, "s", index=np.array([1, 0, 1]))
    third.run_regularly("u = z")
    Network(first, second, third, backend=form).run(1 * ms)
    assert third.u_[:].tolist() == [12, 3, 12]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_is_constant_over_a_step_is_computed_before_what_reads_it(order: tuple[int, ...]) -> None:
    lines = ["a = b + 1 : 1 (constant over dt)", "b = c*2 : 1 (constant over dt)", "c = n : 1 (constant over dt)"]
    G = NeuronGroup(1, "\n".join(["n : integer", "seen : 1", *(lines[k] for k in order)]))
    G.n = 3
    G.run_regularly("n += 1; seen = a")
    Network(G).run(2 * ms)
    assert (G.seen_[0], G.a_[0]) == (9, 9)  # n was 4 before the second step began


@pytest.mark.parametrize("first", ["group", "synapses"])
def test_synapses_read_what_is_constant_over_a_step_whatever_is_added_first(first: str) -> None:
    G = NeuronGroup(1, "n : integer\nkept = n : 1 (constant over dt)\nseen : 1", threshold="True")
    G.run_regularly("n += 1", when="groups")
    S = Synapses(G, G, on_pre="seen_post += kept_post")
    S.connect()
    Network(*((G, S) if first == "group" else (S, G))).run(3 * ms)
    assert G.seen_[0] == 0 + 1 + 2


def test_a_shared_variable_is_not_set_by_single_neurons() -> None:
    G = NeuronGroup(2, "v : 1\ns : 1 (shared)", threshold="v > 1", reset="v = 0; s = 2")
    with pytest.raises(ModelError, match="s cannot be assigned to: it is shared"):
        Network(G).run(1 * ms)


@pytest.mark.parametrize("code", ["s = int(rand() < p)", "s = poisson(p)", "x = p; s = int(x)"])
def test_a_shared_variable_takes_no_draw_that_differs_between_neurons(code: str) -> None:
    G = NeuronGroup(3, "p : 1\ns : integer (shared)")
    G.run_regularly(code)
    with pytest.raises(ModelError, match="s is shared"):
        Network(G).run(1 * ms)


@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize(
    ("code", "by_hand"),
    [
        ("n_post += 0.5", lambda n: n + 0.5),
        ("n_post -= w", lambda n: n - 1.5),
        ("n_post *= 1.5", lambda n: n * 1.5),
        ("x = w*2; n_post -= x/4", lambda n: n - 0.75),
        ("n_post /= 2", lambda n: n / 2),
        ("n_post **= 0.5", lambda n: abs(n) ** 0.5),
        ("n_post += 2", lambda n: n + 2),
    ],
)
def test_an_integer_loses_the_fraction_at_each_event(code: str, by_hand: Any, batch: int | None) -> None:
    """As Brian2's NumPy does it: the new value is cut off towards zero, synapse by synapse."""
    start = 50 if "**" in code else -7
    source = SpikeGeneratorGroup(3, [0, 1, 2], [0, 0, 0] * ms)
    G = NeuronGroup(2, "n : integer")
    S = Synapses(source, G, "w : 1", on_pre=code)
    S.connect(i=[0, 1, 2], j=[0, 0, 1])
    G.n, S.w = start, 1.5
    Network(source, G, S, batch=batch, dtype="float64").run(1 * ms)
    once = int(by_hand(start))
    assert np.all(G.n[:] == np.array([int(by_hand(once)), once]))


def test_weights_with_an_equation_differ_between_rows_where_all_are_connected_too() -> None:
    found = []
    for pairs in ({}, {"i": [0, 0, 0, 1, 1, 1], "j": [0, 1, 2, 0, 1, 2]}):
        source = SpikeGeneratorGroup(2, [0, 1], [1, 1] * ms)
        G = NeuronGroup(3, "v : 1")
        S = Synapses(source, G, "dw/dt = -w/(5*ms) : 1 (clock-driven)", on_pre="v_post += w")
        S.connect(**pairs)
        S.w = "i + 2*j + 1"
        Network(source, G, S, batch=2).run(3 * ms)
        found.append(np.asarray(G.v))
    assert np.array_equal(found[0], found[1])
    assert np.allclose(found[0], 0.8**2 * np.array([[3, 7, 11]] * 2))


def test_rows_do_not_merge_truth_values() -> None:
    G = NeuronGroup(1, "v : 1", threshold="v > 1")
    S = Synapses(G, G, "seen : boolean", on_pre="seen = True")
    S.connect()
    with pytest.raises(UnsupportedError, match="one truth value for all rows"):
        Network(G, S, batch=2).run(1 * ms)
    alone = NeuronGroup(1, "v : 1", threshold="True")
    S = Synapses(alone, alone, "seen : boolean", on_pre="seen = True")
    S.connect()
    Network(alone, S, batch=1).run(1 * ms)
    assert np.all(S.seen[:])


def test_new_synapses_keep_the_rows_of_the_others() -> None:
    G = NeuronGroup(2, "v : 1")
    S = Synapses(G, G, "w : 1")
    S.connect(i=[0, 1], j=[1, 1])
    net = Network(G, S, batch=2)
    S.w = np.array([[1.0], [2.0]])
    S.connect(i=0, j=0)
    net.run(1 * ms)
    assert np.array_equal(S.w[:], [[1, 1, 0], [2, 2, 0]])


@pytest.mark.parametrize("first", ["v_post += w", "v_post = v_post*2 + w"])
def test_rows_that_run_one_after_the_other_begin_from_the_same_weights(first: str) -> None:
    """Each row would double its weight: the sum of both changes is added, whether or not the order of events counts."""
    source = SpikeGeneratorGroup(2, [0, 1, 0], [0, 0, 2] * ms)
    G = NeuronGroup(1, "v : 1")
    S = Synapses(source, G, "w : 1", on_pre=f"{first}; w *= 2")
    S.connect()
    S.w = [1, 10]
    net = Network(source, G, S, batch=2, dtype="float64")
    net.run(1 * ms)
    assert np.array_equal(S.w_, [3, 30])
    assert np.array_equal(G.v_, [[11], [11]] if first.startswith("v_post +=") else [[12], [12]])
    net.run(2 * ms)
    assert np.array_equal(S.w_, [9, 30])


def test_parameters_of_library_models_hide_the_callers_names_without_a_word() -> None:
    """Warnings are errors here: nobody can rename what a model of the library calls its own."""
    tau, w_max = 7 * ms, 3  # noqa: F841 - what a caller happens to call so
    cells = NeuronGroup(2, models.LIF(tau=20 * ms))
    synapses = Synapses(cells, cells, models.PairSTDP)
    synapses.connect()
    Network(cells, synapses).run(2 * ms)
    assert float(cells.namespace["tau"]) == 0.02
