"""Values in emitted code, and how arrays are read for all elements of a space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spikeq.codegen.ends import Ends, all_ends
from spikeq.codegen.extents import Array, Extent
from spikeq.codegen.requests import Buffers
from spikeq.codegen.tasks import Space
from spikeq.language.expression import Access, Expression, Kind


@dataclass(frozen=True, slots=True)
class Operand:
    """A value in the emitted code. ``late`` keeps the expression of what is not emitted yet."""

    text: str
    kind: Kind
    rows: bool = False
    wide: bool = False
    buffer: str | None = None
    late: Expression | None = None
    level: str = "step"

    @property
    def scalar(self) -> bool:
        return not (self.rows or self.wide)


class Loads:
    """The part of a printer that reads arrays."""

    arrays: Mapping[str, Array]
    names: Mapping[str, str]
    buffers: Buffers
    space: Space
    lines: list[str]

    def _emit(self, call: str, kind: Kind, rows: bool, wide: bool, used: tuple[Operand, ...]) -> Operand:
        raise NotImplementedError

    def _counted(self, call: str, rows: bool, wide: bool) -> Operand:
        raise NotImplementedError

    def _load(self, node: Access, extent: Extent, kind: Kind) -> Operand:
        name, ends = self.names[node.key], self.space.ends
        if node.index in ("own", "scalar") or not extent.wide:
            return Operand(name, kind, extent.rows, extent.wide)
        if ends is not None and node.index in ("pre", "post"):
            if ends.form != "sparse":
                return self._broadcast(node, ends, extent, kind)
            index = self.names[all_ends(self.space.name, node.index)]
        else:
            index = self.names[f"{self.space.name}._{node.index}"]
        call = f"torch.index_select({name}, -1, {index}"
        if self.arrays[node.key].step:
            return self._counted(call, extent.rows, True)
        return self._emit(call, kind, extent.rows, True, ())

    def _broadcast(self, node: Access, ends: Ends, extent: Extent, kind: Kind) -> Operand:
        """The value of the neuron on one side for every synapse of a layout that needs no list."""
        name, side = self.names[node.key], node.index
        part = f"{name}[..., {ends.first(side)}:{ends.first(side) + ends.count(side)}]"
        if ends.form == "one_to_one":
            return Operand(part, kind, extent.rows, True)
        held = "step" if self.arrays[node.key].step else kind
        result = self.buffers.take(self.space.name, held, extent.rows, True)
        matrix, axis = f"({ends.n_pre}, {ends.n_post})", -1 if side == "pre" else -2
        self.lines.append(f"{result}.unflatten(-1, {matrix}).copy_({part}.unsqueeze({axis}))")
        return Operand(result, kind, extent.rows, True, buffer=result)
