"""Where the variables of a network are kept, what the rows of a batch share, and what its random numbers depend on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from spikeq.codegen.extents import STATEFUL, Array
from spikeq.codegen.fixed_sums import fixed_additions
from spikeq.codegen.tasks import Deliver, Statements, Sum, Task, expressions, scattered, written
from spikeq.language.expression import Call, walk
from spikeq.network.extents import placements
from spikeq.network.notation import counted
from spikeq.network.per_neuron import LAST

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly


_FIXED_ORDER = "what arrives at a neuron is summed in a fixed order"
_FIXED_POINT = "what arrives at a neuron is summed in fixed point, with the same result in any order"
_ANY_ORDER = "what arrives at a neuron is summed in any order"
_HOLDERS = {
    None: "synapse",
    "pre": "presynaptic neuron",
    "post": "postsynaptic neuron",
    "both": "neuron of either side",
}


def storage(assembly: Assembly, arrays: Mapping[str, Array]) -> Iterator[str]:
    """For every variable of synapses over what it extends."""
    for synapses in (one for one in assembly.network.groups if one.is_edges):
        kept = [n for n, one in synapses._variables.items() if one.expression is None and one.link is None]
        kept = [name for name in kept if synapses._variables[name].side is None]
        hoisting = assembly.hoistings.get(synapses.name)
        reasons = dict(placements(assembly, synapses)) if hoisting is not None else {}
        if kept:
            yield f"{synapses.name}, {counted(len(synapses), 'synapse')}:"
            width = max(len(synapses.shown(name)) for name in kept)
            for name in kept:
                extent = _extent(synapses, name, arrays.get(f"{synapses.name}.{name}"))
                shown = hoisting is not None and (name in hoisting.placements or name == LAST)
                why = f" ({reasons[name].partition(': ')[2]})" if shown else ""
                yield f"  {synapses.shown(name):<{width}}  {extent}{why}"


def _extent(synapses: Any, name: str, array: Array | None) -> str:
    """One value for all synapses or for each; in a batch also for each row or shared by the rows."""
    each = _HOLDERS[synapses._sides.get(name)]
    whole = "one value for all synapses" if synapses._variables[name].scalar else f"one value for each {each}"
    if synapses.batch is None:
        return whole
    held = synapses._sides.get(name) is not None
    rows = held or (array.rows if array is not None else synapses.has_rows(name))
    return f"{whole}, {'in each row' if rows else 'shared by the rows'}"


def shared_by_rows(assembly: Assembly, arrays: Mapping[str, Array], tasks: tuple[Task, ...]) -> Iterator[str]:
    """What the rows of a batch share although code writes it, and how their changes become one."""
    if (assembly.network.batch or 1) == 1:
        return
    for key, array in arrays.items():
        if array.written and not array.rows and key in assembly.variables:
            group, name = assembly.variables[key]
            if any(key in written(task) for task in tasks if isinstance(task, Deliver | Statements)):
                yield f"{name} of {group.name}: each row runs the code on a value of its own, and then"
                yield f"  {name} = {name} + the {array.reduction} over the rows of what each has changed"
            else:
                yield f"{name} of {group.name}: it changes once for all rows"


def random_numbers(assembly: Assembly, tasks: tuple[Task, ...]) -> Iterator[str]:
    """Which tasks draw, and whether spikes come again bit for bit."""
    network = assembly.network
    if not tasks:
        return
    drawn = {task.slot.name: sorted(_functions(task)) for task in tasks if _functions(task)}
    for name, functions in drawn.items():
        yield f"{name} draws {', '.join(functions)}"
    if drawn:
        yield "A number follows from the seed, the place in the code, the step, row and element (Philox-4x32-10)."
        yield f"The seed is {network.draws.seed}."
    single = "float32" if assembly.single_precision else "float64"
    orders = {task.slot.name: _order_of(task, assembly) for task in tasks if isinstance(task, Deliver | Sum)}
    for order in dict.fromkeys(order for order in orders.values() if order):
        yield f"{', '.join(name for name, one in orders.items() if one == order)}: {order}."
    if _ANY_ORDER in orders.values():
        yield "On this device last bits, and so spikes, may differ between runs; deterministic=True prevents that."
    else:
        seed = ", if its seed is the same" if drawn else ""
        yield f"On this device in {single} the same run gives the same spikes bit for bit{seed}."


def _order_of(task: Deliver | Sum, assembly: Assembly) -> str:
    """In which order values are summed at neurons; nothing where none are."""
    network = assembly.network
    masks, on_cpu = network.form == "torch static", network.device.type == "cpu"
    if isinstance(task, Sum):
        return _ANY_ORDER if masks and not on_cpu else _FIXED_ORDER
    if not scattered(task.body):
        return ""
    left = fixed_additions(task, assembly.arrays(), columns=not masks)
    if network.deterministic and left:
        return _FIXED_POINT
    return _ANY_ORDER if left and not on_cpu else _FIXED_ORDER


def _functions(task: Task) -> set[str]:
    return {
        node.function
        for one in expressions(task)
        for node in walk(one)
        if isinstance(node, Call) and node.function in STATEFUL
    }
