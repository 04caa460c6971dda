"""Lines of kernels for sums that neurons form over the events of the other side, all neurons of which reach them.

In single precision many events are taken at once: values stand in a table of events and neurons, the rows of which
are added in an order that no launch changes. In double precision they are added to the target one by one.
"""

from __future__ import annotations

from spikeq.codegen.column_sums import far_side
from spikeq.codegen.extents import Array
from spikeq.codegen.loads import Operand
from spikeq.codegen.tasks import Assign, Deliver, Space, expressions
from spikeq.codegen.torch_dense import is_all
from spikeq.codegen.triton_fuse import Part, list_of
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_merging import MergeLines
from spikeq.codegen.triton_walks import of_source
from spikeq.language.expression import Access, Call, walk

# Events that are taken at once, and how many parts a value may have of which so many fit into registers.
_MANY, _FEW, _SIMPLE = 64, 16, 8


class TableKernel(Kernel):
    """A kernel of neurons while it sums: values are those of a table of events and neurons, or of one event's row.

    What it asks the host for, and names, are those of the kernel around it; lines and values are its own.
    """

    def __init__(self, around: Kernel, task: Deliver, column: str) -> None:
        self.__dict__.update(around.__dict__)
        self.around, self.task, self.reached, self.far = around, task, column, far_side(task)
        self.lines, self.local = [], set[str]()
        self.held, self.changed = {}, {}
        self.source = "source[:, None]" if self.plan.single else "source"
        self.listed = "listed[:, None]" if self.plan.single else "there"
        self.at_sources()

    def at_sources(self) -> None:
        """From here on, values are those of the sources of the events."""
        self.space = Space(f"{self.task.space.name} {self.task.trigger}")
        self.own, self.mask = self.element(self.task.trigger), self.listed

    def at_synapses(self) -> None:
        """From here on, values are those of the synapses."""
        self.space, self.own, self.mask = self.task.space, "edge", "valid"

    def element(self, index: str) -> str:
        """The synapse, the source of its event, or the neuron that is reached."""
        if index == "own":
            return self.own
        if index == self.far:
            return "i"
        ends = self.task.space.ends
        assert ends is not None
        first = ends.first(index)
        return f"{self.source} + {first}" if first else self.source

    def read(self, key: str, index: str) -> str:
        """A value; what belongs to the neurons that are reached is the kernel's around."""
        array = self.plan.arrays[key]
        if array.space is None:
            return self.around.read(key, index)
        if index == self.far:
            name = self.around.read(key, "own")
            return f"{name}[None, :]" if self.plan.single else name
        if (key, index) in self.held:
            return self.held[key, index]
        source = index == self.task.trigger or self.own != "edge"
        pointer = self.take(self.host.pointers[key])
        place = self.offset_of(array, self.element(index))
        name = self.values[key if index == "own" else f"{key} {index}"]
        kind = "integer" if array.step else array.kind
        self.lines.append(f"{name} = {self.loaded(pointer, place, kind, True, self.listed if source else 'valid')}")
        self.held[key, index] = name
        return name

    def offset_of(self, array: Array, element: str) -> str:
        """Where a value stands; each row of the batch may have its own matrix."""
        if array.space is None or not array.rows or not self.plan.batched:
            return element if array.space is not None else super().offset_of(array, element)
        return f"tl.cast({self.row()}, tl.int64) * {self.size(array.space)} + {element}"

    def each(self, name: str, text: str) -> str:
        """A value for each synapse, where it is first needed."""
        if name not in self.local:
            self.local.add(name)
            self.lines.append(f"{name} = {text}")
        return name


class ColumnLines(MergeLines):
    """The part of the Triton emitter that writes these sums."""

    def _column_part(self, task: Deliver) -> Part:
        """The part of one sum, whose addition is the last statement of the body."""
        assign, far = task.body[-1], far_side(task)
        assert isinstance(assign.target, Access)
        read = [node for one in expressions(task) for node in walk(one) if isinstance(node, Access)]
        known = {node.key for node in read if node.key in self.plan.arrays}
        own = {node.key for node in read if node.key in known and node.index == far}
        return Part(
            task,
            task.targets,
            own=frozenset({assign.target.key} | own),
            wrote=frozenset({assign.target.key}),
            others=frozenset(known - own | {list_of(task.event)}),
        )

    def _column(self, kernel: Kernel, task: Deliver) -> None:
        """Each neuron that is reached sums its column."""
        assign, ends, far = task.body[-1], task.space.ends, far_side(task)
        assert ends is not None
        kernel.uses.add("events")
        kernel.sums_rows = self.plan.single
        kernel.summed.append((task.sources.name, task.space.name))
        first, count = ends.first(far), kernel.size(f"{task.space.name} {'targets' if far == 'post' else 'sources'}")
        column, inside = "i", "here"
        if first:
            column, inside = f"i - {first}", f"(i >= {first}) & (i < {first} + {count})"
        elif not is_all(task.target_range):
            inside = f"i < {count}"
        if _is_bare(task):
            self._sum_of_weights(kernel, task, column, inside)
            return
        if first:
            kernel.lines.append(f"column = {column}")
            column = "column"
        if inside != "here":
            kernel.lines.append(f"inside = {inside}")
            inside = "inside"
        table = TableKernel(kernel, task, column)
        if self.plan.single:
            self._sum_of_values(kernel, table, inside)
            self._add_received(kernel, assign)
        else:
            self._add_values(kernel, table, inside)

    def _found(self, kernel: Kernel, task: Deliver) -> tuple[str, str]:
        """The list of events with what finds those of the pathway's sources in it, and its shape alone."""
        ends = task.space.ends
        assert ends is not None
        count = kernel.size(f"{task.space.name} {'sources' if task.trigger == 'pre' else 'targets'}")
        first = ends.first(task.trigger)
        range_of = f"{first}, {first} + {count}" if first else f"0, {count}"
        segments, block = self._extent(kernel, task.event).split(", ")
        whole = f"{self._list(kernel, task.event)}, {self._arrived(kernel, task)}, {segments}, {block}, {range_of}"
        return whole, f"{block}, {range_of}"

    def _sum_of_weights(self, kernel: Kernel, task: Deliver, column: str, inside: str) -> None:
        """Sum rows of a matrix as they are."""
        assign = task.body[-1]
        assert isinstance(assign.target, Access)
        assert isinstance(assign.value, Access)
        n_pre, n_post = (kernel.size(f"{task.space.name} {s}") for s in ("sources", "targets"))
        pointer = kernel.take(self.host.pointers[assign.value.key])
        if self.plan.arrays[assign.value.key].rows and self.plan.batched:
            pointer += f" + tl.cast({kernel.row()}, tl.int64) * {n_pre} * {n_post}"
        passed = f"{pointer}, {self._found(kernel, task)[0]}, {n_post}, {column}, {inside}"
        if self.plan.single:
            kernel.lines.append(f"received = events.sum_rows({passed})")
            self._add_received(kernel, assign)
            return
        old = kernel.read(assign.target.key, "own")
        kernel.lines.append(f"received = events.add_rows({old if assign.op == '+=' else f'-{old}'}, {passed})")
        self._receive(kernel, assign, "received" if assign.op == "+=" else "-received")

    def _sum_of_values(self, kernel: Kernel, table: TableKernel, inside: str) -> None:
        """Sum what the statements make of many events at a time."""
        whole, shape = self._found(kernel, table.task)
        rows = _MANY if _is_simple(table.task) else _FEW
        value = self._values(table)
        inner = [
            f"valid = {table.listed} & {inside}[None, :]",
            f"edge = {_edge(kernel, table, f'{table.reached}[None, :]')}",
            *table.lines,
            f"source, listed = events.members(found, {shape}, rank + {rows}, {rows})",
            f"sums += tl.where(valid, {value}, 0.0)",
        ]
        kernel.lines += [
            f"found, n_found = events.find({whole})",
            f"sums = tl.zeros(({rows}, BLOCK), {kernel.real})",
            f"source, listed = events.members(found, {shape}, 0, {rows})",
            f"for rank in range(0, n_found, {rows}):",
            *(f"    {line}" for line in inner),
            "received = events.folded(sums)",
        ]

    def _add_values(self, kernel: Kernel, table: TableKernel, inside: str) -> None:
        """Add what the statements make of each event to the target, one event after the other."""
        assign = table.task.body[-1]
        assert isinstance(assign.target, Access)
        whole, shape = self._found(kernel, table.task)
        old = kernel.read(assign.target.key, "own")
        value = self._values(table)
        value = value if value.isidentifier() else f"({value})"
        inner = [
            "source, there = events.nth(sources, listed, k_event)",
            f"valid = {inside} & there",
            f"edge = {_edge(kernel, table, table.reached)}",
            *table.lines,
            f"received = tl.where(valid, received {assign.op[0]} {value}, received)",
        ]
        kernel.lines += [
            f"found, n_found = events.find({whole})",
            f"received = {old}",
            f"for rank in range(0, n_found, {_FEW}):",
            f"    sources, listed = events.members(found, {shape}, rank, {_FEW})",
            f"    for k_event in range(tl.minimum(n_found - rank, {_FEW})):",
            *(f"        {line}" for line in inner),
        ]
        self._receive(kernel, assign, "received")

    def _values(self, table: TableKernel) -> str:
        """The value that is added, after lines for what it follows from."""
        task = table.task
        printer = self._printer(table, task, table.space)  # type: ignore[arg-type]
        printer.at_events = True
        for assign in task.once:
            self._assign(printer, of_source(task.trigger, assign), None)
        known: dict[str, Operand] = {
            name: printer.forced(one, one.kind) if one.wide else one for name, one in printer.temporaries.items()
        }
        table.at_synapses()
        printer = self._printer(table, task, task.space)
        printer.at_events = True
        printer.temporaries |= known
        for assign in task.body[:-1]:
            self._assign(printer, assign, None)
        value = self._as(printer, printer.value(task.body[-1].value, "real"), "real")
        table.around.count = table.count
        printer.close()
        return value

    def _add_received(self, kernel: Kernel, assign: Assign) -> None:
        assert isinstance(assign.target, Access)
        self._receive(kernel, assign, f"{kernel.read(assign.target.key, 'own')} {assign.op[0]} received")

    def _receive(self, kernel: Kernel, assign: Assign, new: str) -> None:
        """The new value of the target, where its guard allows one."""
        assert isinstance(assign.target, Access)
        if assign.guard is not None:
            assert isinstance(assign.guard, Access)
            allowed, old = kernel.read(assign.guard.key, "own"), kernel.read(assign.target.key, "own")
            new = f"tl.where({allowed}, {new}, {old})"
        kernel.write(assign.target.key, new)


def _edge(kernel: Kernel, table: TableKernel, column: str) -> str:
    """The number of the synapse between a source and a neuron that is reached."""
    n_post = kernel.size(f"{table.task.space.name} targets")
    pre, post = (table.source, column) if table.task.trigger == "pre" else (column, table.source)
    return f"tl.cast({pre}, tl.int64) * {n_post} + {post}"


def _is_bare(task: Deliver) -> bool:
    """Whether a presynaptic event adds a variable of the synapses as it is."""
    value = task.body[-1].value
    return task.trigger == "pre" and len(task.body) == 1 and isinstance(value, Access) and value.index == "own"


def _is_simple(task: Deliver) -> bool:
    nodes = [node for assign in (*task.once, *task.body) for node in walk(assign.value)]
    return len(nodes) <= _SIMPLE and not any(isinstance(node, Call) for node in nodes)
