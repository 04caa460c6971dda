"""Groups that are connected: where the synapses are, and making more of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.ends import SIDES, Ends, Side, all_ends
from spikeq.errors import ConnectionError, NetworkError, ShapeError, SpikeqError
from spikeq.network.connectivity import check_numbers, connect
from spikeq.network.ends import is_shared, require_end, waits, whole_of
from spikeq.network.group import Group
from spikeq.network.holder import Values
from spikeq.network.layouts.choice import Wanted, empty, joined, layout_of, require_wanted, resized, restored
from spikeq.network.layouts.dense import Dense
from spikeq.network.layouts.layout import Layout
from spikeq.network.layouts.sparse import Sparse
from spikeq.network.matrix_entries import entries, is_matrix
from spikeq.network.options import checked_truth
from spikeq.network.pending import Held, PendingValues
from spikeq.network.regular import RunsRegularly
from spikeq.network.synapse_index import edges_of_item
from spikeq.network.synapse_scope import pair_scope
from spikeq.network.variables import Variable
from spikeq.network.views import Integers
from spikeq.units import magnitude

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly


@dataclass(frozen=True, slots=True)
class Connect:
    """A call of ``connect`` that waits until its synapses are needed."""

    arguments: dict[str, Any]
    scope: Any
    call: int
    held: Held = field(default_factory=dict)

    @property
    def words(self) -> set[str]:
        """The words of its strings, names among them."""
        return {word for text in self.arguments.values() if isinstance(text, str) for word in re.findall(r"\w+", text)}


class Connected(RunsRegularly):
    """Synapses as such: between which groups, which pairs, in which order."""

    is_edges = True

    def __init__(
        self, source: Any, target: Any, name: str | None, dt: Any, namespace: Mapping[str, Any] | None, order: int
    ) -> None:
        super().__init__(name, dt, namespace, order, "groups")
        for side, group in (("source", source), ("target", target)):
            require_end(group, side, self.title)
            whole_of(group)._readers.add(self)
        self._source, self._target = source, target
        self._wanted: Wanted = "auto"
        self._layout: Layout = empty(*(0 if group.is_edges else len(group) for group in (source, target)))
        self._connect_called = False
        self._held: Held = {}

    @property
    def source(self) -> Any:
        """The presynaptic group, or part of one."""
        return self._source

    @property
    def target(self) -> Any:
        """The postsynaptic group, or part of one."""
        return self._target

    @property
    def layout(self) -> Layout:
        """Where the synapses are."""
        self.settle()
        self._layout = resized(self._layout, len(self._source), len(self._target))
        return self._layout

    def __len__(self) -> int:
        return self.layout.count

    # -- connecting ---------------------------------------------------------------------------------------------------

    def connect(
        self,
        condition: Any = None,
        i: Any = None,
        j: Any = None,
        p: Any = 1.0,
        n: Any = 1,
        skip_if_invalid: bool = False,
        namespace: Mapping[str, Any] | None = None,
        level: int = 0,
    ) -> None:
        """Make synapses, in any of Brian2's ways: all pairs, a condition, index arrays, or a generator string.

        Or one for each entry of a matrix ``[n_pre, n_post]``, sparse or dense: see ``connect_from``, which gives a
        variable its values as well.
        ``p`` is the probability of each pair, ``n`` the number of synapses of each. See ``connectivity.connect``.
        """
        if is_matrix(condition):
            condition, i, j = self._entries(condition, i, j)
        elif not isinstance(condition, bool | str | type(None)) and np.ndim(condition) and i is None and j is None:
            raise ConnectionError(
                "connect's first argument is a condition, or a matrix.", "Write connect(i=..., j=...)."
            ).located(f"{self.title}, connect")
        try:
            check_numbers(p, n)
            checked_truth(skip_if_invalid, "skip_if_invalid")
        except SpikeqError as error:
            raise error.located(f"{self.title}, connect") from None
        arguments = dict(condition=condition, i=i, j=j, p=p, n=n, skip_if_invalid=skip_if_invalid)
        arguments = {name: np.array(v) if isinstance(v, np.ndarray) else v for name, v in arguments.items()}
        self._connect_called = True
        self._calls += 1
        scope = pair_scope(self, [v for v in arguments.values() if isinstance(v, str)], namespace, level + 1)
        waiting = Connect(arguments, scope, self._calls)
        random = p is not None and (isinstance(p, str) or np.any(np.asarray(p) != 1))
        random = random or any(isinstance(v, str) and ("rand" in v or "sample" in v) for v in arguments.values())
        if random or self._pending or waits(self._source) or waits(self._target):
            self._pending.append(waiting)
        else:
            self._connect(waiting)

    def _entries(self, matrix: Any, i: Any, j: Any) -> tuple[None, Any, Any]:
        """The arguments that a matrix stands for."""
        try:
            if i is not None or j is not None:
                raise ConnectionError("A matrix cannot be combined with i or j.", "Give one or the other.")
            found = entries(matrix, len(self._source), len(self._target))
        except SpikeqError as error:
            raise error.located(f"{self.title}, connect") from None
        return None, found.i, found.j

    def _connect(self, waiting: Connect) -> None:
        arguments = waiting.arguments
        condition, p, n = arguments["condition"], arguments["p"], arguments["n"]
        everything = (condition is None or condition is True or _is_true(condition)) and _is_one(p) and _is_one(n)
        if everything and arguments["i"] is None and arguments["j"] is None:
            made: Layout = Dense(len(self._source), len(self._target))
        else:
            uniform = self.draws.uniform(self.name, "connect", waiting.call)
            try:
                i, j = connect(waiting.scope(uniform), **arguments)
            except SpikeqError as error:
                raise error.located(f"{self.title}, connect") from None
            made = layout_of(len(self._source), len(self._target), i, j, self._wanted)
            del i, j
        made = joined(self._layout, made, self._wanted)
        try:
            require_wanted(made, self._wanted)
        except SpikeqError as error:
            raise error.located(f"{self.title}, connect") from None
        self._grow(made)

    def _grow(self, layout: Layout) -> None:
        before = self._layout.count
        new = layout.count - before
        self._layout = layout
        for name, values in self._values.items():
            if not self._variables[name].scalar:
                old = values if isinstance(values, np.ndarray) else values.cpu().numpy()
                old = np.broadcast_to(old, (*old.shape[:-1], before))  # values of rows are [batch, 1]
                fresh = np.zeros((*old.shape[:-1], new), old.dtype)  # memory that takes no room until it is written
                self._values[name] = np.concatenate([old, fresh], axis=-1) if before else fresh

    def _connections(self) -> dict[str, Any]:
        """Which neurons are connected, for ``store``."""
        layout = self.layout
        pairs = {"i": layout.stored("pre"), "j": layout.stored("post")} if isinstance(layout, Sparse) else {}
        return {"form": layout.form, "sizes": [layout.n_pre, layout.n_post], "made": self._connect_called, **pairs}

    def _reconnect(self, kept: Mapping[str, Any]) -> None:
        """Connect as ``_connections`` told; values are still to come. Raises ShapeError for groups of other sizes."""
        layout, (n_pre, n_post) = self.layout, kept["sizes"]
        if [layout.n_pre, layout.n_post] != [n_pre, n_post]:
            raise ShapeError(
                f"{self.name} connected {n_pre} to {n_post} elements when it was stored, not "
                f"{layout.n_pre} to {layout.n_post}.",
                "Restore into the same objects.",
            )
        self._connect_called = self._connect_called or bool(kept["made"])
        stored = kept["form"] == "sparse"
        same = layout.form == kept["form"] and (not stored or np.array_equal(layout.i, kept["i"]))
        if same and (not stored or np.array_equal(layout.j, kept["j"])):
            return
        self._layout = restored(kept["form"], n_pre, n_post, kept.get("i"), kept.get("j"))
        for name, values in self._values.items():
            if not self._variables[name].scalar:
                old = values if isinstance(values, np.ndarray) else values.cpu().numpy()
                self._values[name] = np.zeros(self._layout.count, old.dtype)

    def _carry_out(self, waiting: Any) -> None:
        self._held = getattr(waiting, "held", {})
        try:
            if isinstance(waiting, Connect):
                self._connect(waiting)
            else:
                super()._carry_out(waiting)
        finally:
            self._held = {}

    def keep(self, group: Group, name: str) -> None:
        """Keep a neuron's variable, which is about to change, for the strings that wait and read it."""
        for waiting in (*self._settling, *self._pending):
            if isinstance(waiting, PendingValues) or (group, name) in waiting.held:
                continue
            sides = (self.side_of(word) for word in waiting.words if word not in self._variables)
            if any(whole_of(side) is group and plain == name for side, plain in sides):
                waiting.held[(group, name)] = group.at_present(name)

    def read_end(self, group: Any, name: str) -> Values:
        """A variable of the neurons at one end, as it was when a string that waits now was written."""
        values: Values = group.read(name)
        return self._held.get((group, name), values)

    # -- numbers -------------------------------------------------------------------------------------------------

    def write(self, name: str, index: Integers | None, values: Values) -> None:
        """Store SI values. Raises ConnectionError before connect."""
        if name not in self._variables:
            self._write_end(name, index, values)
            return
        self._require_synapses(name)
        super().write(name, index, values)

    def _write_end(self, name: str, index: Integers | None, values: Values) -> None:
        """Store values at one end of some synapses; where several lead there the last one counts."""
        side, plain = self.side_of(name)
        if is_shared(side, plain):
            whole_of(side).write(plain, None, values)
            return
        ends = self.numbers("i" if name.endswith("_pre") else "j", index) + getattr(side, "start", 0)
        _, places = np.unique(ends[::-1], return_index=True)
        last = len(ends) - 1 - places
        values = np.broadcast_to(values, (*values.shape[:-1], len(ends))) if values.ndim else values
        whole_of(side).write(plain, ends[last].astype(np.int64), values[..., last] if values.ndim else values)

    def write_expression(
        self,
        name: str,
        index: Integers | None,
        text: str,
        namespace_level: int,
        part: tuple[int, int] | None = None,
        raw: bool = False,
    ) -> None:
        """Assign a string. Raises ConnectionError before connect, NetworkError for a variable at an end."""
        if name not in self._variables:
            help = "Assign it to the group itself; numbers may be assigned here."
            raise NetworkError(f"{name} takes no string here.", help).located(self.title)
        self._require_synapses(name)
        super().write_expression(name, index, text, namespace_level + 1, part, raw)

    def _require_synapses(self, name: str) -> None:
        if not self._connect_called and not self._variables[name].scalar:
            raise ConnectionError(
                f"{self.shown(name)} cannot be assigned to yet: there are no synapses.", "Call connect() first."
            ).located(self.title)

    def hold(self, variable: Variable, values: Any) -> None:
        """Begin to hold a variable that is not the model's own."""
        self._variables[variable.name] = variable
        self._values[variable.name] = values

    def numbers(self, name: str, index: Integers | None = None) -> NDArray[np.int32]:
        """What follows from the connections at some synapses, or at all.

        Names: ``i``, ``j``, ``N_incoming``, ``N_outgoing`` and the multisynaptic index.
        """
        layout = self.layout
        if name in ("i", "j"):
            return layout.ends("pre" if name == "i" else "post", index)
        if name in ("N_incoming", "N_outgoing"):
            side: Side = "post" if name == "N_incoming" else "pre"
            return layout.degrees(side)[layout.ends(side, index)]
        return layout.copies() if index is None else layout.copies()[index]

    def ends_in_whole(self, side: Side) -> NDArray[np.int32]:
        """The neurons on one side, counted in their whole group, int32 ``[synapses]``."""
        first = getattr(self._source if side == "pre" else self._target, "start", 0)
        ends = self.layout.ends(side)
        return np.asarray(ends + np.int32(first) if first else ends, np.int32)

    def supply_ends(self, assembly: Assembly) -> Ends:
        """Register what code needs to find the neurons at the ends of each synapse; say how it finds them."""
        layout = self.layout
        first: dict[Side, int] = {"pre": getattr(self._source, "start", 0), "post": getattr(self._target, "start", 0)}
        assembly.sizes[f"{self.name} sources"] = layout.n_pre
        assembly.sizes[f"{self.name} targets"] = layout.n_post
        if not isinstance(layout, Sparse):
            return Ends(layout.form, layout.n_pre, layout.n_post, first["pre"], first["post"])
        for side in SIDES:
            assembly.supply(f"{self.name}._{side}", layout.stored(side), "integer", self.name)
            assembly.supply(all_ends(self.name, side), partial(self.ends_in_whole, side), "integer", self.name)
        unsigned = [layout.is_unsigned(side) for side in SIDES]
        return Ends(layout.form, layout.n_pre, layout.n_post, first["pre"], first["post"], *unsigned)

    def indices_of_item(self, item: Any) -> Integers:
        """Synapse numbers of ``S.w[number]``, ``S.w[i, j]`` or ``S.w[i, j, k]``."""
        return edges_of_item(self, item)

    def __getitem__(self, item: Any) -> Integers:
        """The numbers of some synapses: ``S[3, :]``, ``S['i != j']``; for ``record=`` and as an index."""
        return self.indices_where(item, 1) if isinstance(item, str) else self.indices_of_item(item)

    @property
    def N_outgoing_pre(self) -> NDArray[np.int32]:  # noqa: N802 - Brian2's name
        """How many synapses leave each presynaptic neuron, ``[n_pre]``."""
        return self.layout.degrees("pre")

    @property
    def N_incoming_post(self) -> NDArray[np.int32]:  # noqa: N802 - Brian2's name
        """How many synapses arrive at each postsynaptic neuron, ``[n_post]``."""
        return self.layout.degrees("post")


def _is_true(condition: Any) -> bool:
    return isinstance(condition, str) and condition == "True"


def _is_one(value: Any) -> bool:
    return not isinstance(value, str) and np.ndim(value) == 0 and float(magnitude(value)) == 1.0
