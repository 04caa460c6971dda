"""Going on with the memory, the kernels and the graphs of the last run, where since then only values have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch

from spikeq.codegen.ends import SIDES, all_ends
from spikeq.network.rooms import Rooms

if TYPE_CHECKING:
    from spikeq.compiler import Compiled
    from spikeq.network.assembly import Assembly
    from spikeq.network.triton_runner import TritonRunner


def renewed(runner: TritonRunner, assembly: Assembly, compiled: Compiled, every: dict[str, int]) -> bool:
    """Have a runner go on with what a network has become, and say whether it can.

    It can where code, sizes, clocks and records are the same. Every value that entered is then written anew into the
    memory that kernels know, but for what the same connections gave.
    """
    network, before = assembly.network, runner.assembly
    if compiled.source is not runner.compiled.source or every != runner.every or assembly.sizes != before.sizes:
        return False
    if (network.device, network.real_type, network.batch or 1) != (runner.device, runner.real, runner.rows):
        return False
    if network.launch != runner.asked:
        return False
    for of in ("records", "queues", "tables"):
        ours, theirs = getattr(assembly, of), getattr(before, of)
        if ours.keys() != theirs.keys() or any(ours[key] is not theirs[key] for key in ours):
            return False
    if connections(assembly) != runner.connections:
        return False
    sizes = runner.sizes()
    runner.assembly, runner.compiled, runner.seed = assembly, compiled, network.draws.seed
    if Rooms.of(runner).shapes != runner.rooms.shapes or not runner.renew_lists() or runner.sizes() != sizes:
        return False
    return _take_variables(runner) and _take_supplied(runner) and runner.renew_constants()


def connections(assembly: Assembly) -> dict[str, Any]:
    """What says which synapses there are, by the name of their group; it changes with them."""
    return {group.name: group.layout for group in assembly.network.groups if group.is_edges}


def _take_variables(runner: TritonRunner) -> bool:
    """Have every variable lie where it lay; whether all can."""
    for key, old in runner.placed.items():
        group, name = runner.assembly.variables[key]
        new: Any = group.placed(name, runner.compiled.plan.arrays[key].rows, runner.rows, runner.device, runner.real)
        if not _fits(new, old):
            return False
        if new.data_ptr() != old.data_ptr():
            old.copy_(new)
            group._values[name] = old
    return True


def _take_supplied(runner: TritonRunner) -> bool:
    """Write arrays that are no variables anew; whether all have their shapes."""
    known = set(_unchanged(runner.assembly))
    for key, old in runner.arrays.items():
        if key in runner.assembly.variables or key in known:
            continue
        array = runner.compiled.plan.arrays[key]
        new = runner._tensor(runner.assembly.supplied[key].now(), array.kind)
        new = new.view(()) if array.space is None and not array.rows and new.numel() == 1 else new
        if not _fits(new, old):
            return False
        old.copy_(new)
    return True


def _unchanged(assembly: Assembly) -> Iterator[str]:
    """The keys of arrays that follow from connections, sizes and records alone."""
    for name in connections(assembly):
        for side in SIDES:
            yield all_ends(name, side)
            yield from (f"{name}._{side}{what}" for what in ("", "_offsets", "_order", "_in_order"))
    yield from (f"{group.name}.i" for group in assembly.network.groups if not group.is_edges)
    for record in assembly.records.values():
        yield from (f"{record.name}.record{table}" for table in ("", " bits", " ranks"))


def _fits(new: Any, old: torch.Tensor) -> bool:
    return (new.shape, new.dtype, new.device) == (old.shape, old.dtype, old.device)
