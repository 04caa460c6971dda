"""Several runs of one network on Triton: memory and kernels stay where only values change, and results are torch's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from spikeq import (
    Network,
    NeuronGroup,
    PoissonGroup,
    PopulationRateMonitor,
    SpikeGeneratorGroup,
    SpikeMonitor,
    StateMonitor,
    Synapses,
    TimedArray,
    ms,
    network_operation,
)

Change = Callable[[Network, dict[str, Any]], Any]
# What happens between two runs, and whether the second can go on with the memory of the first.
VALUES: tuple[Change, ...] = (
    lambda net, space: None,
    lambda net, space: net["cells"].__setattr__("v", 0.3),
    lambda net, space: net["cells"].__setattr__("v", "0.05*i + 0.1*rand()"),
    lambda net, space: space.update(tau=5 * ms),
    lambda net, space: space["given"].__setitem__(slice(None), 0.7),  # an array of the user, changed in place
    lambda net, space: space.update(given=np.linspace(0, 1, 12)),
    lambda net, space: net.seed(9),
    lambda net, space: net["every"].__setattr__("w", "0.1*rand()"),
    lambda net, space: net["steady"].__setattr__("rates", 0.4 / ms),
    lambda net, space: net["at"].set_spikes([0, 2], np.array([net.t_ + 0.001, net.t_ + 0.002]) * 1000 * ms),
    lambda net, space: net.store(),
    lambda net, space: net.restore(),
    lambda net, space: net.load_state_dict(net.state_dict()),
    lambda net, space: space["table"].values.__setitem__(slice(None), 0.9),
)
FORMS: tuple[Change, ...] = (
    lambda net, space: net["some"].pre.__setattr__("delay", 3 * ms),
    lambda net, space: net["some"].connect(i=[5, 6], j=[7, 7]),
    lambda net, space: net.add(StateMonitor(net["cells"], "x", record=[2], name="another")),
    lambda net, space: net["rate"].__setattr__("active", False),
    lambda net, space: space.update(tau=np.full(12, 0.01) * 1000 * ms),
    lambda net, space: net["cells"].clock.__setattr__("dt", 0.5 * ms),
)


def built(backend: str, batch: int | None) -> tuple[Network, dict[str, Any]]:
    """A network of many things, and what its strings take from outside."""
    space: dict[str, Any] = {"tau": 10 * ms, "given": np.full(12, 0.2), "table": TimedArray([0.1, 0.6, 0.3], dt=2 * ms)}
    G = NeuronGroup(
        12,
        "dv/dt = (table(t) + given - v)/tau : 1 (unless refractory)\nx : 1",
        threshold="v > 0.5 and rand() < 0.8",
        reset="v = 0; x += 1",
        refractory=2 * ms,
        name="cells",
    )
    P, Q = PoissonGroup(9, rates=0.2 / ms, name="steady"), SpikeGeneratorGroup(3, [0, 1], [1, 2] * ms, name="at")
    every = Synapses(P, G, "w : 1", on_pre="v_post += w; w *= 0.97", name="every")
    every.connect()
    every.w = 0.05
    some = Synapses(G, G, "u : 1", on_pre="x_post += u", delay=2 * ms, name="some")
    some.connect(condition="(i + j) % 3 == 0")
    some.u = "0.01*i"
    pairs = Synapses(Q, G, on_pre="v_post += 0.4", delay=1 * ms, name="pairs")
    pairs.connect(j="2*i")
    monitors = [
        SpikeMonitor(G, name="spikes"),
        StateMonitor(G, ["v", "x"], record=[1, 7], name="trace"),
        PopulationRateMonitor(P, name="rate"),
    ]
    net = Network(G, P, Q, every, some, pairs, *monitors, backend=backend, dtype="float64", batch=batch, seed=3)
    return net, space


def recorded(net: Network) -> Iterator[np.ndarray[Any, Any]]:
    yield from (net["spikes"].i, net["spikes"].t_, net["spikes"].row)
    yield from (net["trace"].t_, net["trace"].values("v"), net["trace"].values("x"), net["rate"].rate_)
    yield from (np.array(net["every"].w[:]), np.array(net["cells"].v[:]))


def together(changes: tuple[Change, ...], batch: int | None, same: bool) -> None:
    (net, space), (other, beside) = built("triton", batch), built("torch", batch)
    for number, change in enumerate((lambda net, space: None, *changes)):
        before = net._runner
        change(net, space)
        change(other, beside)
        net.run(3 * ms, namespace=space)
        other.run(3 * ms, namespace=beside)
        assert number == 0 or (net._runner is before) == same, number
        for found, expected in zip(recorded(net), recorded(other), strict=True):
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12, err_msg=str(number))
    assert len(net["spikes"].i) > 5


def check_values_change_and_memory_stays() -> None:
    together(VALUES, None, same=True)


def check_values_change_and_memory_stays_with_rows() -> None:
    together(VALUES, 2, same=True)


def check_other_changes_take_new_memory() -> None:
    for change in FORMS:
        together((change,), None, same=False)


def check_what_the_user_gave_is_not_written() -> None:
    net, space = built("triton", None)
    first = space["given"]
    net.run(2 * ms, namespace=space)
    net.run(2 * ms, namespace={**space, "given": np.full(12, 0.9)})
    np.testing.assert_array_equal(first, np.full(12, 0.2))


def kicking(net: Network) -> Any:
    """An operation that assigns to constants of the run."""

    @network_operation(dt=2 * ms, name="kick")
    def kick() -> None:
        net["every"].w = 0.2
        net["steady"].rates = 0.3 / ms

    return kick


def check_what_an_operation_changed_holds_in_the_next_run() -> None:
    found = []
    for backend in ("triton", "torch"):
        net, space = built(backend, None)
        kick = kicking(net)
        net.add(kick)
        net.run(3 * ms, namespace=space)
        net.run(3 * ms, namespace=space)
        kick.active = False
        net.run(3 * ms, namespace=space)
        found.append(list(recorded(net)))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def check_a_network_is_compiled_and_run_with_one_memory() -> None:
    net, space = built("triton", None)
    net.compile(namespace=space)
    before = net._runner
    assert before is not None
    net.run(2 * ms, namespace=space)
    assert net._runner is before
