"""Lines of torch for bodies that run at events: values of the active synapses (or neurons) as vectors.

The vectors stand in the order of events: rows of the batch, then sources, then synapse numbers, all ascending.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from spikeq.codegen.comments import shown
from spikeq.codegen.extents import Array, Extent, result_kind
from spikeq.codegen.loads import Operand
from spikeq.codegen.printer import Printer
from spikeq.codegen.tasks import Assign
from spikeq.errors import ModelError, UnsupportedError
from spikeq.language.expression import Access, Binary, Call, Expression, Kind, Name, fold, walk


@dataclass(frozen=True, slots=True)
class Place:
    """Names of the index vectors: ``element`` within an array [n], ``flat`` within an array [batch, n] laid flat."""

    element: str
    flat: str


class EventPrinter(Printer):
    """Prints a body over the active elements; ``places`` says how each index (own, pre, post) is spelled."""

    at_events = True
    places: dict[str, Place]
    row: str = "row"
    prefix: str = "x"
    count: int = 0
    batched: bool = False
    fixed: tuple[Assign, ...] = ()  # the additions that are made in fixed point, with ``limits`` and ``lost`` values
    limits = lost = ""
    one_by_one = False  # the lines run once for each event; what rows share is collected and merged after the last

    def begin(self, places: dict[str, Place]) -> EventPrinter:
        """Say how elements are found; returns itself."""
        self.places = places
        self.held: dict[str, Operand] = {}
        self.merged: dict[str, str] = {}
        return self

    def _load(self, node: Access, extent: Extent, kind: Kind) -> Operand:
        held = self.held.get(node.key) if node.index == "own" else None
        if held is not None:
            return held
        return self._gathered(self.names[node.key], node.index, extent, kind)

    def _gathered(self, name: str, index: str, extent: Extent, kind: Kind) -> Operand:
        if not extent.wide:
            if not extent.rows:
                return Operand(name, kind)
            return self._line(f"{name}.view(-1)[{self.row}]", kind)
        place = self.places.get(index) or self._linked(name, index)
        array, element = (f"{name}.view(-1)", place.flat) if extent.rows else (name, place.element)
        return self._line(f"{array}.index_select(0, {element})", kind)

    def _linked(self, name: str, index: str) -> Place:
        """The elements of another group that those of this one are linked to."""
        link = self._line(f"{self.names[f'{self.space.name}._{index}']}[{self.places['own'].element}]", "integer")
        return Place(link.text, f"({self.row} * {name}.shape[-1] + {link.text})")

    def forced(self, operand: Operand, kind: Kind) -> Operand:
        """As in dense code; then one value for each active element, unless it is the same for all."""
        value = super().forced(operand, kind)
        if operand.late is None or operand.level == "draw" or value.scalar:
            return value
        return self._gathered(value.text, "own", Extent("constant", value.rows, value.wide), value.kind)

    def _line(self, call: str, kind: Kind) -> Operand:
        name = f"{self.prefix}{self.count}"
        self.count += 1
        self.lines.append(f"{name} = {call}")
        return Operand(name, kind, True, True)

    def _emit(self, call: str, kind: Kind, rows: bool, wide: bool, used: tuple[Operand, ...]) -> Operand:
        return self._line(f"{call})", kind) if wide or rows else self._scalar(f"{call})", kind)

    def _counted(self, call: str, rows: bool, wide: bool) -> Operand:
        return self._line(f"{call})", "integer")

    def _scalar(self, call: str, kind: Kind) -> Operand:
        name = self._line(call, kind).text
        return Operand(name, kind)

    def _fresh(self, call: str, kind: Kind, rows: bool, wide: bool) -> Operand:
        return self._line(call, kind)

    def _into(self, value: Operand, kind: Kind, name: str) -> Operand:
        return self._converted(value, kind)

    def _converted(self, value: Operand, kind: Kind) -> Operand:
        made = self._line(f"{value.text}.to({kind}_type)", kind)
        return Operand(made.text, kind, value.rows, value.wide)

    def _drawn(self, node: Call, kind: Kind) -> Operand:
        stream = self.requests.stream(node.function, self.clock, self.space, self.code, None, True)
        return self._line(f"{stream.name}({self._place()})", "real")

    def _chosen(self, chance: Operand) -> Operand:
        return self._apply("torch.lt", (self._drawn(Call("rand", ()), "real"), chance), "boolean", ("real",) * 2)

    def _place(self) -> str:
        return f"k, {self.row}, {self.places['own'].element}"

    def keep(self, name: str, operand: Operand) -> None:
        """Hold a value as a temporary of the block; vectors are never changed in place."""
        self.temporaries[name] = operand

    def take(self, known: Mapping[str, Operand], side: str) -> None:
        """Temporaries that were computed once for each neuron of a side, as each element reads them."""
        for name, value in known.items():
            extent = Extent("step", value.rows, value.wide)
            self.temporaries[name] = value if value.scalar else self._gathered(value.text, side, extent, value.kind)

    # -- statements -----------------------------------------------------------------------------------------------

    def body(self, body: tuple[Assign, ...], bounds: tuple[Assign, ...] = ()) -> list[str]:
        """The lines of a whole body; the synapses' own variables are written back at its end.

        What the rows of a batch share is left to ``merging``.
        """
        for assign in body:
            if isinstance(assign.target, Name):
                self._temporary(assign, assign.target)
            elif assign.target.index == "own":
                self._hold(assign, assign.target)
            else:
                self._scatter(assign, assign.target)
        for bound in bounds:
            if isinstance(bound.target, Access) and not self._is_merged(bound.target.key):
                self._hold(bound, bound.target)
        for key, value in self.held.items():
            if self._is_merged(key):
                self._collect(key, value)
            else:
                self._write_back(key, value)
        return self.close()

    def _is_merged(self, key: str) -> bool:
        return self.batched and not self.arrays[key].rows

    def _collect(self, key: str, value: Operand) -> None:
        array = self.arrays[key]
        if array.kind != "real":
            raise merged_number(key, array.kind)
        self.merged[key] = value.text
        if self.one_by_one:
            self.merged[key] = f"made{len(self.merged)}"
            self.lines.append(f"{self.merged[key]}.append({value.text})")

    def merging(self, bounds: tuple[Assign, ...] = ()) -> list[str]:
        """The lines after a body in which what each row made of a value that rows share becomes one new value."""
        self.lines = []
        for key, made in self.merged.items():
            self._merge(key, f"torch.cat({made})" if self.one_by_one else made)
            self.held.pop(key)
        for bound in bounds:
            if isinstance(bound.target, Access) and bound.target.key in self.merged:
                value = self.vector(self.value(bound.value, bound.target.kind), bound.target.kind)
                self._write_back(bound.target.key, value)
        return self.close()

    def _merge(self, key: str, made: str) -> None:
        place, divisor = self.places["own"].element, divisor_of(self.arrays[key])
        self.lines.append(f"row_changes.merge_events({self.names[key]}, {place}, {made}{divisor})")

    def _temporary(self, assign: Assign, target: Name) -> None:
        expression = _whole(assign)
        self.keep(target.name, self.postponed_or_value(expression))

    def _hold(self, assign: Assign, target: Access) -> None:
        value = self.vector(self.value(_whole(assign), target.kind), target.kind)
        if assign.guard is not None:
            allowed, old = self.value(assign.guard, "boolean"), self._load(target, self._extent(target), target.kind)
            value = self._line(f"torch.where({allowed.text}, {value.text}, {old.text})", target.kind)
        self.held[target.key] = value

    def _extent(self, target: Access) -> Extent:
        array = self.arrays[target.key]
        return Extent("step", array.rows, array.space is not None)

    def _write_back(self, key: str, value: Operand) -> None:
        array, name = self.arrays[key], self.names[key]
        place = self.places["own"]
        if array.rows:
            self.lines.append(f"{name}.view(-1).index_copy_(0, {place.flat}, {value.text})")
        else:
            self.lines.append(f"{name}.index_copy_(0, {place.element}, {value.text})")

    def _scatter(self, assign: Assign, target: Access) -> None:
        """Add to, multiply or set neurons' values, one event after the other."""
        place = self.places[target.index]
        kinds = {name: operand.kind for name, operand in self.temporaries.items()}
        if assign.op not in ("=", "+=", "-=", "*=") or _truncates(assign, kinds):
            assign = replace(assign, op="=", value=_whole(assign))
        value = self.vector(self.value(assign.value, target.kind), target.kind)
        value = self._where_allowed(assign, value)
        if assign in self.fixed:
            self._accumulate(assign, target, value)
            return
        flat = f"{self.names[target.key]}.view(-1)"
        match assign.op:
            case "+=":
                self.lines.append(f"{flat}.index_add_(0, {place.flat}, {value.text})")
            case "-=":
                self.lines.append(f"{flat}.index_add_(0, {place.flat}, {value.text}, alpha=-1)")
            case "*=":
                self.lines.append(f"event_list.multiply({flat}, {place.flat}, {value.text})")
            case _:
                allowed = f", {self.value(assign.guard, 'boolean').text}" if assign.guard is not None else ""
                self.lines.append(f"event_list.assign({flat}, {place.flat}, {value.text}{allowed})")

    def _accumulate(self, assign: Assign, target: Access, value: Operand) -> None:
        """Add whole numbers."""
        number, place = self.requests.addition(self.code, self.space.name, assign), self.places[target.index]
        text = value.text if assign.op == "+=" else f"-{value.text}"
        numbers = f"{self.limits}[{number}], {self.lost}[{number}]"
        self.lines.append(f"fixed_point.accumulate(sums_{number}.view(-1), {place.flat}, {text}, {numbers})")

    def _where_allowed(self, assign: Assign, value: Operand) -> Operand:
        if assign.op == "=" or assign.guard is None:
            return value
        allowed = self.value(assign.guard, "boolean")
        return self._line(
            f"torch.where({allowed.text}, {value.text}, {self.neutral(assign.op, value.kind)})", value.kind
        )

    @staticmethod
    def neutral(op: str, kind: Kind) -> float:
        """What an operation with a value must be given so that it changes nothing."""
        number = 0 if op in ("+=", "-=") else 1
        return float(number) if kind == "real" else number

    def vector(self, value: Operand, kind: Kind) -> Operand:
        """A value for each active element, of the target's kind."""
        if value.kind != kind:
            value = self._converted(value, kind)
        if not value.wide:
            value = self._line(f"{value.text}.expand({self.places['own'].element}.shape)", kind)
        return value


def divisor_of(array: Array) -> str:
    """The last argument of a merge, by which the sum of the rows' changes is divided."""
    return ", batch" if array.reduction == "mean" else ""


def shared_from_elements(key: str, value: Expression) -> ModelError:
    """The error for a shared variable that would get another value from each element."""
    return ModelError(
        f"{key} is shared, but its new value {shown(value)} differs between elements.",
        "Use only shared variables and constants for it.",
    )


def merged_number(key: str, kind: Kind) -> UnsupportedError:
    """The error for code in which each row of a batch would set one truth value or whole number that all share."""
    what = "truth value" if kind == "boolean" else "whole number"
    return UnsupportedError(
        f"{key} is one {what} for all rows of the batch, and each row would set it.",
        f"Give each row its own: declare it as '{kind} (per row)'.",
    )


def _whole(assign: Assign) -> Expression:
    if assign.op == "=":
        return assign.value
    return Binary(assign.op.removesuffix("="), assign.target, assign.value)  # type: ignore[arg-type]


def _kind(expression: Expression, temporaries: Mapping[str, Kind]) -> Kind:
    return fold(expression, lambda node, operands: result_kind(node, operands, temporaries))


def _truncates(assign: Assign, temporaries: Mapping[str, Kind]) -> bool:
    """Whether a real number changes an integer: the fraction is lost at each event, not from the sum."""
    integer = isinstance(assign.target, Access) and assign.target.kind == "integer" and assign.op != "="
    return integer and _kind(assign.value, temporaries) == "real"


def is_ordered(body: tuple[Assign, ...], once: tuple[Assign, ...] = ()) -> bool:
    """Whether statements do not commute across synapses: they must run synapse by synapse.

    ``once``: the statements that have run for the neuron, before those of its synapses.

    So it is where a neuron's variable is read in the statement that changes it or before, where it is read after
    a change in the same block, and where it is divided or raised to a power, or an integer changed by a real number.
    """
    read: set[tuple[str, str]] = set()
    changed: set[tuple[str, str]] = set()
    kinds: dict[str, Kind] = {}
    for assign in once:
        if isinstance(assign.target, Name):
            kinds[assign.target.name] = _kind(_whole(assign), kinds)
    for assign in body:
        here = {(n.key, n.index) for n in walk(assign.value) if isinstance(n, Access) and n.index in ("pre", "post")}
        if here & changed:
            return True
        read |= here
        target = assign.target
        if isinstance(target, Name):
            kinds[target.name] = _kind(_whole(assign), kinds)
        elif target.index in ("pre", "post"):
            if (target.key, target.index) in read or assign.op in ("/=", "**=") or _truncates(assign, kinds):
                return True
            changed.add((target.key, target.index))
    return False
