"""A network in readable words: everything that happens in one of its steps, in order, from the list of its tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from spikeq.codegen.tasks import Task, in_order
from spikeq.network.keeping import random_numbers, shared_by_rows, storage
from spikeq.network.notation import counted, time
from spikeq.network.step_order import StepOrder
from spikeq.network.task_words import TaskWords

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.network import Network

_WIDTH = 120


def explanation(network: Network, namespace: Mapping[str, Any]) -> str:
    """The text of ``Network.explain``. Raises the errors of the models."""
    assembly = network.assemble(namespace)
    if not assembly.clocks:
        assembly.clock(network.clock)
    arrays = assembly.arrays()
    order = StepOrder(in_order(assembly.tasks, tuple(network.schedule)), assembly)
    sections = [
        ("", _overview(network, assembly, order)),
        ("What happens in one step, in this order", _step(assembly, order)),
        ("After the last step of each run", _ending(assembly, order)),
        ("Events: who finds them, and who acts on them", order.events()),
        ("Variables: who meets them before and after whom", _variables(order)),
        ("Where variables are stored", storage(assembly, arrays)),
        ("What the rows of the batch share", shared_by_rows(assembly, arrays, order.tasks)),
        ("Random numbers, and whether spikes come again", random_numbers(assembly, order.tasks)),
    ]
    texts = [_section(title, list(lines)) for title, lines in sections]
    return "\n\n".join(text for text in texts if text)


def _section(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    lines = [piece for line in lines for piece in _wrapped(line)]
    return "\n".join([title, "-" * len(title), *lines] if title else lines)


def _wrapped(line: str) -> list[str]:
    """A line of words that is too long as several; formulas and tables stay as they are."""
    words = line.lstrip()
    if len(line) <= _WIDTH or " = " in line or "  " in words:
        return [line]
    indent = " " * (len(line) - len(words))
    return wrap(words, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}{8 * ' '}", break_on_hyphens=False)


def _overview(network: Network, assembly: Assembly, order: StepOrder) -> Iterator[str]:
    base, every = network._common_step(assembly)
    rows = "" if network.batch is None else f", {counted(network.batch, 'row')} at once"
    number = str(network.real_type).removeprefix("torch.")
    tasks = counted(len(order.tasks), "task") if order.tasks else "nothing happens"
    yield f"Network {network.name!r}: {tasks} in a step of {time(base)}, in {number} on {network.device}{rows}"
    if len(set(every)) > 1:
        yield "A task is left out of the steps in which its clock is not due; before and after hold where both are due."
    idle = [one.name for one in network.objects if not getattr(one, "active", True)]
    idle += [path.name for one in network.groups for path in getattr(one, "pathways", ()) if _is_idle(one, path)]
    if idle:
        yield f"Nothing happens in: {', '.join(idle)} (switched off, or without synapses or statements)"


def _is_idle(synapses: Any, path: Any) -> bool:
    return synapses.active and (not path.active or not len(synapses))


def _step(assembly: Assembly, order: StepOrder) -> Iterator[str]:
    words, several = TaskWords(assembly, order), len(assembly.clocks) > 1
    numbered = list(enumerate(order.tasks))
    for when, tasks in groupby(numbered, key=lambda one: one[1].slot.when):
        yield when
        for place, task in tasks:
            yield from _task(f"{order.name(place)}", list(words.words(task, place)), _moment(assembly, task, several))


def _moment(assembly: Assembly, task: Task, several: bool) -> str:
    placed = [f"order {task.slot.order}"] if task.slot.order else []
    placed += [f"every {time(assembly.clocks[task.clock].dt_)}"] if several else []
    return f" ({', '.join(placed)})" if placed else ""


def _task(name: str, lines: list[str], moment: str) -> Iterator[str]:
    yield f"  {name}{moment}: {lines[0]}"
    yield from (f"      {line}" for line in lines[1:])


def _ending(assembly: Assembly, order: StepOrder) -> Iterator[str]:
    words = TaskWords(assembly, order)
    for task in assembly.ending:
        yield from _task(task.slot.name, list(words.words(task, len(order.tasks))), _moment(assembly, task, False))


def _variables(order: StepOrder) -> Iterator[str]:
    yield from order.variables()
    if order.hosts():
        yield f"Python functions may read and change every value at their places: {', '.join(order.hosts())}"
    if order.constants():
        yield f"No task changes: {', '.join(order.constants())}"
