"""Where synapses hold their variables in a run, and why, as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from spikeq.network.per_neuron import LAST

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly

_PARAMETER = "once for each synapse: a parameter"
_LAST_OF_NEURONS = "once for each neuron of both sides: a synapse's own is the later one"
_LAST_OF_SYNAPSES = "once for each synapse: code, or a variable that each synapse has for itself, needs it"


def extents(assembly: Assembly) -> Iterator[str]:
    """For each Synapses object the extent of every variable, a line each."""
    for synapses in assembly.network.objects:
        if synapses.name in assembly.hoistings:
            yield f"{synapses.name}, from {synapses.source.name} to {synapses.target.name}:"
            lines = [f"  {name}: {where}" for name, where in placements(assembly, synapses)]
            yield from lines or ["  no variables"]


def placements(assembly: Assembly, synapses: Any) -> Iterator[tuple[str, str]]:
    """The variables of a Synapses object that hold values, and where each holds them."""
    decided = assembly.hoistings[synapses.name].placements
    for name, equation in synapses.equations.items():
        if equation.type == "subexpression":
            continue
        if "shared" in equation.flags:
            yield name, "one value for all synapses"
        elif name in decided:
            yield name, str(decided[name])
        else:
            yield name, _PARAMETER
    if LAST in synapses._variables:
        yield LAST, _LAST_OF_NEURONS if LAST in synapses._sides else _LAST_OF_SYNAPSES
