"""What is compiled once is not compiled again: only what code is made of gives new code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from spikeq import Network, NeuronGroup, PoissonGroup, SpikeMonitor, Synapses, ms
from spikeq.codegen.digest import digest
from spikeq.codegen.tasks import Slot
from spikeq.compiler import Compiled
from spikeq.language.expression import Access, Binary, Literal

FORMS = ("torch", "torch static", "triton")


def made(form: str, n: int = 20, **options: Any) -> Network:
    """Inputs, neurons with a parameter and a delay; ``form`` of the backend."""
    P = PoissonGroup(n, rates="rate", name="inputs", namespace={"rate": options.pop("rate", 30) / ms / 1000})
    G = NeuronGroup(
        n,
        "dv/dt = (drive - v)/tau : 1\ndrive : 1",
        threshold="v > 1",
        reset="v = 0",
        refractory=options.pop("refractory", 3) * ms,
        namespace={"tau": options.pop("tau", 10) * ms},
        name="cells",
    )
    S = Synapses(P, G, "w : 1", on_pre="v_post += w", delay=options.pop("delay", 2) * ms, name="links")
    S.connect(condition=options.pop("condition", "i != j"))
    S.w = options.pop("w", 0.1)
    return Network(P, G, S, SpikeMonitor(G, name="spikes"), backend=form, **options)


def compiled(network: Network) -> Compiled:
    return network.compiled({})[1]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "change",
    [{"tau": 20}, {"rate": 60}, {"refractory": 7}, {"delay": 5}, {"seed": 3}, {"dt": 0.1 * ms}, {"w": 0.7}],
    ids=lambda change: next(iter(change)),
)
def test_values_and_sizes_compile_nothing(form: str, change: dict[str, Any]) -> None:
    one, other = compiled(made(form)), compiled(made(form, **change))
    assert one.source is other.source and one.bind is other.bind


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("condition", ["i != j", "True", "i == j"])
def test_the_number_of_neurons_compiles_nothing(form: str, condition: str) -> None:
    one, other = (compiled(made(form, n, condition=condition)) for n in (20, 400))
    assert one.source.text == other.source.text and one.bind is other.bind


@pytest.mark.parametrize("form", FORMS)
def test_the_number_of_rows_gives_no_new_source(form: str) -> None:
    assert compiled(made(form, batch=2)).source is compiled(made(form, batch=7)).source
    assert compiled(made(form, batch=1)).source is compiled(made(form)).source


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "change",
    [
        lambda net: setattr(net["cells"], "namespace", {"tau": [10] * 20 * ms}),  # a value for each neuron
        lambda net: setattr(net, "real_type", __import__("torch").float64),
        lambda net: setattr(net, "batch", 2),
        lambda net: setattr(net["spikes"], "active", False),
        lambda net: setattr(net["links"], "active", False),
        lambda net: net.add(SpikeMonitor(net["inputs"])),
        lambda net: net.remove(net["spikes"]),
        lambda net: setattr(net, "schedule", ["start", "groups", "thresholds", "resets", "synapses", "end"]),
        lambda net: net["links"].pre.__setattr__("delay", 0 * ms),
        lambda net: net["cells"].run_regularly("v += 0.1"),
    ],
    ids=["kind", "type", "rows", "monitor", "synapses", "added", "removed", "schedule", "no delay", "regularly"],
)
def test_what_code_is_made_of_gives_new_code(form: str, change: Callable[[Network], Any]) -> None:
    network = made(form)
    before = compiled(network)
    change(network)
    after = compiled(network)
    assert before.source is not after.source
    assert before.source.text != after.source.text or form != "triton"
    assert compiled(made(form)).source is before.source


def test_a_second_run_takes_the_code_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    network = made("torch")
    network.run(3 * ms)
    emitted: list[Any] = []
    monkeypatch.setattr("spikeq.compiler.emit", lambda *plan: emitted.append(plan))
    network.run(3 * ms)
    network["cells"].namespace = {"tau": 3 * ms}
    network["cells"].drive = 2
    network.run(3 * ms)
    assert emitted == []


def test_names_of_plans_tell_values_of_different_types_apart() -> None:
    things: list[Any] = [1, 1.0, True, "1", None, (), (1,), ((1,),), {1: 1}, -0.0, 0.0, Literal(1), Literal(1.0)]
    things += [Literal(True), Slot("start", 0, "a"), Slot("start", 0, "b"), Access("a", "own", "real")]
    assert len({digest(thing) for thing in things}) == len(things)
    assert digest(("a", "b")) != digest(("ab",)) and digest(["a", ""]) != digest(["", "a"])


def test_a_long_sum_has_a_name() -> None:
    total: Any = Literal(0)
    for number in range(5000):
        total = Binary("+", total, Literal(number))
    assert digest(total) != digest(total.left)
