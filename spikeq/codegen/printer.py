"""A resolved expression -> lines of torch: one operation a line, results in buffers that are used again.

What does not change during a run is left to the host (``constants``), what depends on time alone to a table made
before each call (``columns``), random numbers to blocks drawn before each call (``streams``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from spikeq.codegen.extents import CLOCK_DT, STATEFUL, TIMED, Array, is_clock, leaf_extent, result_kind
from spikeq.codegen.loads import Loads, Operand
from spikeq.codegen.requests import Buffers, Requests
from spikeq.codegen.spelling import BINARY, COMPARISON, FUNCTIONS, LOGICAL, MIRROR, RANDOM, UNIFORM_POWERS, WITHOUT_OUT
from spikeq.codegen.stored_steps import StoredSteps
from spikeq.codegen.tasks import Space
from spikeq.language.expression import (
    Access,
    Binary,
    Call,
    Comparison,
    Expression,
    Kind,
    Literal,
    Logical,
    Name,
    Unary,
    fold,
    walk,
    with_children,
)


class Printer(StoredSteps, Loads):
    """Prints the expressions of one block of one task.

    Dense: values of all elements, shaped [batch, n], results in buffers. The subclass for events prints values of
    the active synapses instead.
    """

    at_events = False
    shared = False  # while the value of a shared variable is printed: its random numbers are one for all elements

    def __init__(
        self,
        arrays: Mapping[str, Array],
        names: Mapping[str, str],
        buffers: Buffers,
        requests: Requests,
        space: Space,
        clock: str,
        code: str,
    ) -> None:
        self.arrays, self.names, self.buffers, self.requests = arrays, names, buffers, requests
        self.space, self.clock, self.code = space, clock, code
        self.lines: list[str] = []
        self.temporaries: dict[str, Operand] = {}
        self.kept: list[str] = []

    # -- values ---------------------------------------------------------------------------------------------------

    def value(self, expression: Expression, kind: Kind | None = None) -> Operand:
        """Emit the lines of an expression; what the host provides comes in the kind asked for."""
        result = fold(expression, self._combine)
        return self.forced(result, kind or result.kind)

    def postponed_or_value(self, expression: Expression) -> Operand:
        """Emit an expression for a temporary; what the host computes stays open, to become part of larger values."""
        result = fold(expression, self._combine)
        return result if result.level in ("constant", "time") else self.forced(result, result.kind)

    def is_wide(self, expression: Expression) -> bool:
        """Whether an expression reads something that differs between elements."""
        reads = (node for node in walk(expression) if isinstance(node, Access | Name))
        return any(
            self.temporaries[node.name].wide if isinstance(node, Name) else leaf_extent(node, self.arrays).wide
            for node in reads
        )

    def _combine(self, node: Expression, operands: tuple[Operand, ...]) -> Operand:
        kind = result_kind(node, tuple(o.kind for o in operands), {n: o.kind for n, o in self.temporaries.items()})
        match node:
            case Literal():
                return Operand("", kind, late=node, level="constant")
            case Name(name=name):
                return self.temporaries[name]
            case Access():
                return self._access(node, kind)
            case Call(function=function) if function in STATEFUL:
                return self._random(node, operands, kind)
        late = self._postponed(node, operands, kind)
        return late if late is not None else self._operation(node, operands, kind)

    def _access(self, node: Access, kind: Kind) -> Operand:
        extent = leaf_extent(node, self.arrays)
        if extent.level == "constant" and not (self.space.edges and extent.wide):
            return Operand("", kind, extent.rows, extent.wide, late=node, level="constant")
        if extent.level == "time":
            return Operand("", kind, late=node, level="time")
        return self._load(node, extent, kind)

    def _postponed(self, node: Expression, operands: tuple[Operand, ...], kind: Kind) -> Operand | None:
        """Leave to the host what it can compute once or per step; None where it cannot."""
        levels = {o.level for o in operands}
        if not levels <= {"constant", "time"} or any(o.late is None for o in operands):
            return None
        rows, wide = any(o.rows for o in operands), any(o.wide for o in operands)
        timed = isinstance(node, Call) and node.function.startswith(TIMED)
        whole = with_children(node, tuple(o.late for o in operands if o.late is not None))
        if levels <= {"constant"}:
            return Operand("", kind, rows, wide, late=whole, level="constant")
        further = isinstance(node, Binary) and any(o.wide for o in operands if o.level == "time")
        if not rows and (timed or further or not wide):
            return Operand("", kind, rows, wide, late=whole, level="time")
        return None

    def forced(self, operand: Operand, kind: Kind) -> Operand:
        """The operand as something that can stand in a line, of the kind asked for if it is the host's."""
        if operand.level == "gate":
            return self._converted(replace(operand, level="step", kind="boolean"), "integer")
        if operand.late is None:
            return operand
        if operand.level == "draw":
            assert isinstance(operand.late, Call)
            return self._drawn(operand.late, kind)
        if operand.level == "time":
            name = self.requests.column(operand.late, self.clock, kind, operand.wide)
            return Operand(f"{name}[k]", kind, operand.rows, operand.wide)
        node = operand.late
        if isinstance(node, Access) and not is_clock(node.key, CLOCK_DT) and kind == operand.kind:
            return Operand(self.names[node.key], kind, operand.rows, operand.wide)
        name = self.requests.constant(node, self.clock, kind)
        return Operand(name, kind, operand.rows, operand.wide)

    # -- operations -----------------------------------------------------------------------------------------------

    def _operation(self, node: Expression, operands: tuple[Operand, ...], kind: Kind) -> Operand:
        match node:
            case Unary(op="+"):
                return operands[0]
            case Unary(op="-"):
                return self._apply("torch.neg", operands, kind, (kind,))
            case Unary():
                return self._apply("torch.logical_not", operands, kind, ("boolean",))
            case Binary(op=op):
                return self._arithmetic(op, operands, kind)
            case Comparison(op=op):
                return self._compare(op, operands)
            case Logical(op=op):
                return self._apply(LOGICAL[op], operands, "boolean", ("boolean", "boolean"))
            case Call(function=function):
                return self._call(function, operands, kind)
        raise AssertionError(f"no line for {type(node).__name__}")

    def _arithmetic(self, op: str, operands: tuple[Operand, ...], kind: Kind) -> Operand:
        left, right = operands
        if op in "+*" and left.late is not None and right.late is None and isinstance(left.late, Literal):
            left, right = right, left
        simple = isinstance(right.late, Literal) and right.late.value in UNIFORM_POWERS
        if op == "**" and simple and left.kind == "real" and left.late is None:
            return self._apply("torch.pow", (left, right), kind, (kind, kind))
        spelling = BINARY[op] if kind == "real" else BINARY.get(f"integer {op}", BINARY[op])
        return self._apply(spelling, (left, right), kind, (kind, kind))

    def _compare(self, op: str, operands: tuple[Operand, ...]) -> Operand:
        left, right = operands
        if right.level == "draw" and left.level in ("constant", "time"):
            left, right, op = right, left, MIRROR[op]
        known = right.level in ("constant", "time") and right.late is not None
        if left.level == "draw" and known and op in ("<", "<=") and self._is_uniform(left):
            return self._chosen(right)
        if isinstance(left.late, Literal) and right.late is None:
            left, right, op = right, left, MIRROR[op]
        kind: Kind = "real" if "real" in (left.kind, right.kind) else "integer"
        return self._apply(COMPARISON[op], (left, right), "boolean", (kind, kind))

    @staticmethod
    def _is_uniform(operand: Operand) -> bool:
        return isinstance(operand.late, Call) and operand.late.function == "rand"

    def _call(self, function: str, operands: tuple[Operand, ...], kind: Kind) -> Operand:
        if function.startswith(TIMED):
            return self._looked_up(function, operands, kind)
        steps = self._of_steps(function, operands)
        if steps is not None:
            return steps
        if function == "int" and operands[0].kind == "boolean":
            return replace(self.forced(operands[0], "boolean"), kind="integer", level="gate")
        needed: tuple[Kind, ...] = tuple(o.kind for o in operands)
        if function not in ("abs", "sign", "int", "floor", "ceil", "clip") or "real" in needed:
            needed = tuple("real" for _ in operands)
        return self._apply(FUNCTIONS[function], operands, kind, needed)

    def _looked_up(self, function: str, operands: tuple[Operand, ...], kind: Kind) -> Operand:
        """The value of a function of time; what time alone decides is left to the host, where time is exact."""
        when, name = operands[0], f"{function}:{self.clock}"
        if when.late is not None:
            name = f"{function}:row"
            row = Call(name, (when.late,))
            when = Operand("", "integer", when.rows, when.wide, late=row, level=when.level)
        self.requests.tables.add(name)
        forced = [self.forced(o, o.kind) for o in (when, *operands[1:])]
        text = f"tables[{name!r}]({', '.join(o.text for o in forced)})"
        return self._fresh(text, kind, any(o.rows for o in forced), any(o.wide for o in forced))

    def _arguments(self, operands: tuple[Operand, ...], kinds: tuple[Kind, ...]) -> tuple[str, bool, bool]:
        forced = [self.forced(o, kind) for o, kind in zip(operands, kinds, strict=True)]
        return ", ".join(o.text for o in forced), any(o.rows for o in forced), any(o.wide for o in forced)

    def _apply(self, function: str, operands: tuple[Operand, ...], kind: Kind, needed: tuple[Kind, ...]) -> Operand:
        """One line: ``function(operands, out=buffer)``, each operand in a form that torch promotes rightly."""
        wanted = enumerate(zip(operands, needed, strict=True))
        values = [self._argument(function, o, operands, want, position) for position, (o, want) in wanted]
        rows, wide = any(v.rows for v in values), any(v.wide for v in values)
        call = f"{function}({', '.join(v.text for v in values)}"
        if function in WITHOUT_OUT:
            result = self._fresh(call + ")", kind, rows, wide)
            for value in values:
                self.release(value)
            return result
        return self._emit(call, kind, rows, wide, tuple(values))

    def _argument(
        self, function: str, operand: Operand, operands: tuple[Operand, ...], want: Kind, position: int
    ) -> Operand:
        plain = isinstance(operand.late, Literal) and position > 0 and not function.startswith("special.")
        if plain and operands[0].kind == want and operands[0].late is None:
            assert isinstance(operand.late, Literal)
            number = float(operand.late.value) if want == "real" else operand.late.value
            return Operand(repr(number), want)
        if operand.level == "gate" and function == "torch.mul" and any(o.kind == "real" for o in operands):
            return replace(operand, level="step", kind="boolean")
        value = self.forced(operand, want)
        if want == "real" and value.kind != "real" and not self._promotes(value, operands):
            return self._converted(value, "real")
        if want != "boolean" and value.kind == "boolean" and function == "torch.sub":  # torch has no such method
            return self._converted(value, want)
        return value

    @staticmethod
    def _promotes(value: Operand, operands: tuple[Operand, ...]) -> bool:
        """Torch promotes an integer array on its own where it meets a real array."""
        return any(o.kind == "real" and not o.scalar and o.late is None for o in operands if o is not value)

    def _converted(self, value: Operand, kind: Kind) -> Operand:
        return self._into(value, kind, self.buffers.take(self.space.name, kind, value.rows, value.wide))

    def _into(self, value: Operand, kind: Kind, name: str) -> Operand:
        self.lines.append(f"{name}.copy_({value.text})")
        self.release(value)
        return Operand(name, kind, value.rows, value.wide, buffer=name)

    def _emit(self, call: str, kind: Kind, rows: bool, wide: bool, used: tuple[Operand, ...]) -> Operand:
        in_place = call.startswith("torch.")
        for operand in used if in_place else ():
            self.release(operand)
        name = self.buffers.take(self.space.name, kind, rows, wide)
        for operand in () if in_place else used:
            self.release(operand)
        self.lines.append(f"{call}, out={name})")
        return Operand(name, kind, rows, wide, buffer=name)

    def _fresh(self, call: str, kind: Kind, rows: bool, wide: bool) -> Operand:
        name = self.buffers.take(self.space.name, kind, rows, wide)
        self.lines.append(f"{name}.copy_({call})")
        return Operand(name, kind, rows, wide, buffer=name)

    def release(self, operand: Operand) -> None:
        """The buffer of an operand that will not be read again."""
        if operand.buffer is not None and operand.buffer not in self.kept:
            self.buffers.give(operand.buffer)

    # -- random numbers -------------------------------------------------------------------------------------------

    def _random(self, node: Call, operands: tuple[Operand, ...], kind: Kind) -> Operand:
        known = not self.at_events and all(o.level == "constant" for o in operands)
        if not node.arguments or known:
            whole = with_children(node, tuple(o.late for o in operands if o.late is not None))
            return Operand("", kind, True, not self.shared, late=whole, level="draw")
        stream = self.requests.stream(
            node.function, self.clock, self.space, self.code, None, self.at_events, shared=self.shared
        )
        text, _, _ = self._arguments(operands, tuple("real" for _ in operands))
        return self._fresh(f"{stream.name}({self._place()}, {text})", kind, True, not self.shared)

    def _place(self) -> str:
        return "k"

    def _drawn(self, node: Call, kind: Kind) -> Operand:
        """Numbers whose distribution does not change: drawn in blocks of steps before a call."""
        drawn = kind if node.arguments else RANDOM[node.function]
        stream = self.requests.stream(
            node.function,
            self.clock,
            self.space,
            self.code,
            None,
            arguments=node.arguments,
            kind=drawn,
            shared=self.shared,
        )
        return Operand(f"{stream.name}[k]", drawn, True, not self.shared, level="drawn")

    def _chosen(self, chance: Operand) -> Operand:
        """``rand() < p`` for a p that the host knows before a call: drawn and compared there."""
        timed = chance.level == "time"
        stream = self.requests.stream(
            "below", self.clock, self.space, self.code, chance.late, timed=timed, shared=self.shared
        )
        return Operand(f"{stream.name}[k]", "boolean", True, not self.shared, level="drawn")

    # -- assignments ----------------------------------------------------------------------------------------------

    def keep(self, name: str, operand: Operand) -> None:
        """Hold a value under the name of a temporary until the block ends."""
        if operand.buffer is None and operand.level == "step" and not operand.text.startswith("c"):
            operand = self._converted(operand, operand.kind)
        if operand.buffer is not None:
            self.kept.append(operand.buffer)
        self.temporaries[name] = operand

    def close(self) -> list[str]:
        """The lines of the block; its temporaries' buffers are free again."""
        for name in dict.fromkeys(self.kept):
            self.buffers.give(name)
        self.kept.clear()
        self.temporaries.clear()
        return self.lines
