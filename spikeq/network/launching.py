"""Which form the kernels of a network are launched in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikeq.codegen.launch import Choice, chosen
from spikeq.errors import UnsupportedError

if TYPE_CHECKING:
    from spikeq.compiler import Compiled
    from spikeq.network.assembly import Assembly


def launch_sizes(assembly: Assembly, compiled: Compiled) -> dict[str, float]:
    """How many elements there are, by what code calls them."""
    arrays = compiled.plan.arrays
    held = ((arrays[key].space, *of) for key, of in assembly.variables.items() if key in arrays)
    return {space: float(group.size_of(name)) for space, group, name in held if space is not None} | assembly.sizes


def launch_choice(assembly: Assembly, compiled: Compiled) -> Choice:
    """The form for a network. Raises UnsupportedError for one that was asked for and is impossible."""
    asked = assembly.network.launch
    if compiled.backend != "triton":
        if asked == "persistent":
            runs_on = "torch" if compiled.backend == "auto" else compiled.backend
            raise UnsupportedError(
                f"launch='persistent' is a form of Triton's kernels, and this network runs on {runs_on}.",
                "Use backend='triton' on a GPU, or launch='auto'.",
            )
        return Choice("steps")
    return chosen(compiled.source.outline, launch_sizes(assembly, compiled), asked)
