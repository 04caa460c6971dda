"""Arrays and other values where a word or a truth value belongs: one of our errors, and no question of truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from spikeq import Network, NeuronGroup, SpikeqError, Synapses, ms

ODD = [np.zeros(3), torch.zeros(2), object(), [], {}, b"auto", 1j, float("nan")]
CALLS: dict[str, Callable[[Synapses, Network, Any], Any]] = {
    "layout": lambda s, net, odd: Synapses(s.source, layout=odd),
    "bounds": lambda s, net, odd: Synapses(s.source, model="w : 1", bounds={"w": odd}),
    "reduction": lambda s, net, odd: Synapses(s.source, model="w : 1", reduction={"w": odd}),
    "on_pre": lambda s, net, odd: Synapses(s.source, on_pre={"a": odd}),
    "hoist": lambda s, net, odd: Network(hoist=odd),
    "by": lambda s, net, odd: s.normalise("w", total=1, by=odd),
    "when": lambda s, net, odd: s.normalise("w", total=1, when=odd),
    "when with every": lambda s, net, odd: s.normalise("w", total=1, when=odd, every=2 * ms),
    "normalise": lambda s, net, odd: s.normalise(odd, total=1),
    "skip_if_invalid": lambda s, net, odd: s.connect(i=[0], j=[1], skip_if_invalid=odd),
    "condition": lambda s, net, odd: s.connect(odd, i=[0], j=[1]),
    "get": lambda s, net, odd: s.get(odd),
    "as_matrix": lambda s, net, odd: s.get("w", odd),
    "to_scipy": lambda s, net, odd: s.to_scipy(odd),
    "to_torch": lambda s, net, odd: s.to_torch("w", odd),
    "show": lambda s, net, odd: net.show(odd),
}


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: type(odd).__name__)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_no_word(call: Callable[[Synapses, Network, Any], Any], odd: Any) -> None:
    cells = NeuronGroup(3, "v : 1", threshold="v > 1")
    synapses = Synapses(cells, cells, "w : 1", on_pre="w += 1")
    synapses.connect()
    with pytest.raises(SpikeqError):
        call(synapses, Network(cells, synapses), odd)


def test_empty_statements_make_no_pathway() -> None:
    cells = NeuronGroup(3, "v : 1", threshold="v > 1")
    assert Synapses(cells, cells, "w : 1", on_pre="", on_post="w += 1").pathways[0].objname == "post"
    assert [path.objname for path in Synapses(cells, cells, "w : 1", on_pre={"a": ""}).pathways] == ["a"]
