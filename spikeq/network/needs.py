"""What the objects of a network need in memory, before it is there: told where it is too much."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spikeq.codegen.tasks import RecordEvents, RecordState
from spikeq.errors import OutOfMemoryError
from spikeq.language.expression import Access, walk
from spikeq.network.device_memory import free_bytes
from spikeq.network.memory import bytes_by_array

if TYPE_CHECKING:
    from spikeq.codegen.extents import Array
    from spikeq.network.runner import Runner

_BYTES = {"integer": 4, "boolean": 1, "step": 8}
_SHOWN_OBJECTS, _SHOWN_ARRAYS = 8, 3
_SHARED = {"buffer": "results on the way", "constant": "computed constants", "column": "values by time"}
_PER_NEURON = ("offsets", "bundles", "bits", "ranks")  # tables that are small beside the synapses


def needed(runner: Runner) -> dict[str, int]:
    """The bytes of every array, by its key; those that are there already count as they are."""
    found = dict(_of_arrays(runner))
    found |= {f"constant {c.name}": bytes_of_constant(runner, c.expression, c.kind) for c in runner.requests.constants}
    for name, (space, kind, rows, wide) in runner.compiled.source.buffers.items():
        count = (runner.rows if rows else 1) * (runner._size(space) if wide else 1)
        found[f"buffer {name}"] = count * _bytes(runner, kind)
    for key, more in runner.bytes_of_lists().items():
        found[key] = found.get(key, 0) + int(more)
    return found | (bytes_by_array(runner) if hasattr(runner, "constants") else {})


def _of_arrays(runner: Runner) -> Iterator[tuple[str, int]]:
    for key, array in runner.compiled.plan.arrays.items():
        if key in runner.assembly.variables:
            group, name = runner.assembly.variables[key]
            kind = "step" if array.step else array.kind
            yield key, (runner.rows if array.rows else 1) * group.size_of(name) * _bytes(runner, kind)
        elif key in runner.compiled.source.arrays:
            yield key, _of_supplied(runner, key, array)


def _of_supplied(runner: Runner, key: str, array: Array) -> int:
    values = runner.assembly.supplied[key].values
    if not callable(values):
        values = np.asarray(values)
        return values.size * (_bytes(runner, array.kind) if array.kind == "real" else values.itemsize)
    small = key.endswith(_PER_NEURON) or array.space is None
    return 0 if small else runner.assembly.sizes.get(array.space or "", 0) * _BYTES["integer"]


def bytes_of_constant(runner: Runner, expression: Any, kind: str) -> int:
    """At most so many bytes does a value need that the host computes: one number, or as many as what it reads."""
    arrays = [
        runner.compiled.plan.arrays[node.key]
        for node in walk(expression)
        if isinstance(node, Access) and node.key in runner.compiled.plan.arrays
    ]
    rows = runner.rows if any(array.rows for array in arrays) else 1
    widths = [runner.assembly.sizes.get(array.space, 1) for array in arrays if array.space is not None]
    return rows * max(widths, default=1) * _bytes(runner, kind)


def _bytes(runner: Runner, kind: str) -> int:
    return runner.real.itemsize if kind == "real" else _BYTES[kind]


# -- telling ----------------------------------------------------------------------------------------------------------


def require_room(runner: Runner) -> None:
    """Raise OutOfMemoryError where a network needs more than is free on its device, before anything is there."""
    free = free_bytes(runner.device)
    if free is None:
        return
    there = sum(_there(runner))
    found = needed(runner)
    if sum(found.values()) - there > free:
        raise too_large(runner, found, free + there)


def _there(runner: Runner) -> Iterator[int]:
    """The bytes of variables that are on the device already."""
    for group, name in runner.assembly.variables.values():
        values = group._values.get(name)
        if isinstance(values, torch.Tensor) and values.device.type == runner.device.type:
            yield values.nbytes


@contextmanager
def explained(runner: Runner) -> Iterator[None]:
    """Where memory runs out inside, raise OutOfMemoryError instead."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if isinstance(error, OutOfMemoryError) or not is_out_of_memory(error):
            raise
        raise too_large(runner, needed(runner), None) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out: torch, the driver and NumPy each have their own."""
    said = str(error).lower()
    words = ("out of memory", "not enough memory", "can't allocate memory")
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(one in said for one in words)


def too_large(runner: Runner, found: Mapping[str, int], free: int | None) -> OutOfMemoryError:
    """The error, with what each object needs, the largest first, and what would help."""
    total = as_text(sum(found.values()))
    place = f"on {runner.device}" if runner.device.type != "cpu" else "in memory"
    begin = f"The network needs {total} {place}"
    begin += ", and memory ran out:" if free is None else f", and {as_text(free)} are free:"
    return OutOfMemoryError(
        "\n".join([begin, *_lines(by_object(runner, found))]), f"What would help: {'; '.join(_hints(runner, found))}."
    )


def _lines(objects: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    for name, arrays in list(objects.items())[:_SHOWN_OBJECTS]:
        largest = sorted(arrays.items(), key=lambda one: -one[1])
        shown = ", ".join(f"{key} {as_text(size)}" for key, size in largest[:_SHOWN_ARRAYS])
        more = f", {len(largest) - _SHOWN_ARRAYS} more" if len(largest) > _SHOWN_ARRAYS else ""
        yield f"  {name}: {as_text(sum(arrays.values()))} ({shown}{more})"
    rest = list(objects.values())[_SHOWN_OBJECTS:]
    if rest:
        yield f"  {len(rest)} others: {as_text(sum(sum(arrays.values()) for arrays in rest))}"


def by_object(runner: Runner, found: Mapping[str, int]) -> dict[str, dict[str, int]]:
    """The same by object and array, the largest object first."""
    drawn_by = {stream.name: stream.space.name for stream in runner.requests.streams}
    objects: dict[str, dict[str, int]] = defaultdict(dict)
    for key, size in found.items():
        name, _, array = re.sub(r"[.: ]", "\0", key, count=1).partition("\0")
        objects[_SHARED.get(name) or drawn_by.get(name, name)][array or key] = size
    return dict(sorted(objects.items(), key=lambda one: -sum(one[1].values())))


def _hints(runner: Runner, found: Mapping[str, int]) -> Iterator[str]:
    network, total = runner.network, sum(found.values())
    objects = by_object(runner, found)
    if runner.rows > 1:
        yield f"a smaller batch than {runner.rows}"
    if runner.real == torch.float64:
        yield "dtype='float32'"
    for task in runner.compiled.plan.tasks:
        if isinstance(task, RecordState | RecordEvents) and task.variables:
            name = task.monitor.partition(":")[0]
            if sum(objects.get(name, {}).values()) > total / 10:
                yield f"recording fewer elements or variables with {name}"
    for synapses in (one for one in network.groups if one.is_edges):
        if sum(objects.get(synapses.name, {}).values()) > total / 10:
            if synapses.layout.form == "dense":
                yield f"connecting fewer pairs with {synapses.name}, which joins all of them"
            else:
                yield f"fewer synapses in {synapses.name}"
            if not network.hoist:
                yield "hoist=True, which holds traces once a neuron"
    yield "fewer neurons" if runner.device.type == "cpu" else "a device with more memory, or device='cpu'"


def as_text(size: float) -> str:
    """A number of bytes in the largest unit that fits."""
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.3g} {unit}" if unit != "bytes" else f"{int(size)} bytes"
        size /= 1024
    return f"{size:.3g} GiB" if size < 1000 else f"{size:.0f} GiB"
