"""A resolved expression -> Triton, as one would write it by hand: infix, with the names of the kernel's own values.

What is left to the host is the same as for torch; random numbers are drawn in the kernel, from the same words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from spikeq.codegen.extents import CLOCK_DT, CLOCK_STEP, Extent, is_clock, leaf_extent
from spikeq.codegen.loads import Operand
from spikeq.codegen.printer import Printer
from spikeq.codegen.requests import Buffers, Requests, Stream
from spikeq.codegen.spelling import RANDOM, UNIFORM_POWERS
from spikeq.codegen.tasks import Space
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_spelling import ATOM, BINDING, COMPARING, FUNCTIONS, SIGNS, TYPES
from spikeq.language.expression import Access, Call, Expression, Kind, Literal, walk

_LONGEST = 84  # characters of an expression that stands in one line


@dataclass(frozen=True, slots=True)
class Term(Operand):
    """A value in the kernel; ``binding`` says how tightly its outermost sign binds."""

    binding: int = ATOM


class TritonPrinter(Printer):
    """Prints the expressions of one task into a kernel."""

    def __init__(self, kernel: Kernel, requests: Requests, space: Space, clock: str, code: str) -> None:
        super().__init__(kernel.plan.arrays, {}, Buffers(), requests, space, clock, code)
        self.kernel = kernel
        self.lines = kernel.lines
        self.real = kernel.real

    # -- leaves -----------------------------------------------------------------------------------------------------

    def _load(self, node: Access, extent: Extent, kind: Kind) -> Operand:
        return Term(
            self.kernel.read(node.key, node.index), kind, extent.rows, self.kernel.is_wide(node.key, node.index)
        )

    def forced(self, operand: Operand, kind: Kind) -> Operand:
        """The operand as text: the host's constants and columns are loaded where they are first used."""
        if operand.level == "gate":
            return self._converted(replace(operand, level="step", kind="boolean"), "integer")
        if operand.late is None:
            return operand
        if operand.level == "draw":
            assert isinstance(operand.late, Call)
            return self._drawn(operand.late, kind)
        if operand.level == "time":
            return self._at_time(operand, operand.late, kind)
        node = operand.late
        own = isinstance(node, Access) and not is_clock(node.key, CLOCK_DT)
        if (
            isinstance(node, Access)
            and own
            and kind == operand.kind
            and (operand.wide or operand.rows or kind != "real")
        ):
            return Term(self.kernel.read(node.key, node.index), kind, operand.rows, operand.wide)
        name = self.requests.constant(node, self.clock, kind)
        text = self.kernel.constant(name, node, kind, operand.rows, operand.wide)
        return Term(text, kind, operand.rows, operand.wide)

    def _at_time(self, operand: Operand, node: Expression, kind: Kind) -> Operand:
        if isinstance(node, Access) and node.key == CLOCK_STEP and kind == "integer":
            return Term(self.kernel.now(), kind)
        name = self.requests.column(node, self.clock, kind, operand.wide)
        return Term(self.kernel.column(name, node, kind, operand.wide), kind, operand.rows, operand.wide)

    # -- operations -------------------------------------------------------------------------------------------------

    def _apply(self, function: str, operands: tuple[Operand, ...], kind: Kind, needed: tuple[Kind, ...]) -> Operand:
        infix = function in SIGNS and not (function == "torch.true_divide" and self.kernel.plan.single)
        values = [
            self._argument(function, operand, operands, want, int(infix))
            for operand, want in zip(operands, needed, strict=True)
        ]
        rows, wide = any(v.rows for v in values), any(v.wide for v in values)
        if function == "torch.pow" and (text := self._simple_power(values[0], operands[1])) is not None:
            return self._term(text, kind, rows, wide, ATOM)
        if function == "torch.neg":
            return self._term(f"-{_within(values[0], BINDING['~'])}", kind, rows, wide, BINDING["*"])
        if function == "torch.logical_not":
            return self._term(f"~{_within(values[0], BINDING['~'])}", kind, rows, wide, BINDING["~"])
        if infix:
            return self._infix(SIGNS[function], values, kind, rows, wide)
        spelling = "tl.div_rn" if function == "torch.true_divide" else FUNCTIONS.get(function, function)
        self.kernel.uses.add(spelling.partition(".")[0])
        return self._term(f"{spelling}({', '.join(value.text for value in values)})", kind, rows, wide, ATOM)

    def _simple_power(self, base: Operand, exponent: Operand) -> str | None:
        """A power that needs no logarithm."""
        if not isinstance(exponent.late, Literal) or exponent.late.value not in UNIFORM_POWERS:
            return None
        self.kernel.uses.add("special")
        number = float(exponent.late.value)
        if number == int(number):
            return f"special.integer_power({base.text}, {int(number)})"
        return f"special.sqrt({base.text})" if number == 0.5 else None

    def _infix(self, sign: str, values: list[Operand], kind: Kind, rows: bool, wide: bool) -> Operand:
        binding = BINDING[sign]
        first = binding + (binding == COMPARING)
        text = f"{_within(values[0], first)} {sign} {_within(values[1], binding + 1)}"
        return self._term(text, kind, rows, wide, binding)

    def _term(self, text: str, kind: Kind, rows: bool, wide: bool, binding: int) -> Operand:
        """A value; a long one becomes a line of its own, under a name."""
        if len(text) > _LONGEST:
            return self._fresh(text, kind, rows, wide)
        return Term(text, kind, rows, wide, binding=binding)

    def _fresh(self, call: str, kind: Kind, rows: bool, wide: bool) -> Operand:
        return Term(self.kernel.named(call), kind, rows, wide)

    def _argument(
        self, function: str, operand: Operand, operands: tuple[Operand, ...], want: Kind, position: int
    ) -> Operand:
        node = operand.late
        if position and isinstance(node, Literal) and any(o.late is None for o in operands):
            number = float(node.value) if want == "real" else int(node.value) if want == "integer" else node.value
            if isfinite(number):
                return Term(repr(number), want, binding=ATOM if number >= 0 else BINDING["~"])
        value = self.forced(operand, want)
        return value if value.kind == want else self._converted(value, want)

    def _converted(self, value: Operand, kind: Kind) -> Operand:
        if value.kind == kind:
            return value
        if kind == "boolean":
            return Term(f"{_within(value, COMPARING + 1)} != 0", kind, value.rows, value.wide, binding=COMPARING)
        if kind == "integer" and value.kind == "real":
            raise AssertionError("a real number becomes an integer by int(), floor() or ceil()")
        text = f"{_within(value, ATOM)}.to({self.real if kind == 'real' else TYPES[kind]})"
        return Term(text, kind, value.rows, value.wide)

    def release(self, operand: Operand) -> None:
        """Nothing to give back: values live in registers."""

    def keep(self, name: str, operand: Operand) -> None:
        """Hold a value under the name of a temporary until the block ends."""
        if operand.late is None or operand.level == "gate":
            operand = self.forced(operand, operand.kind)
            text = self.kernel.temporary(name, operand.text)
            operand = Term(text, operand.kind, operand.rows, operand.wide)
        self.temporaries[name] = operand

    def close(self) -> list[str]:
        """The block ends: its temporaries are forgotten."""
        self.temporaries.clear()
        return self.lines

    def _looked_up(self, function: str, operands: tuple[Operand, ...], kind: Kind) -> Operand:
        """The value of a function of time; the row that time alone decides is the host's."""
        kernel, when = self.kernel, operands[0]
        kernel.uses.add("tables")
        if when.late is not None:
            row = Call(f"{function}:row", (when.late,))
            when = self.forced(Operand("", "integer", when.rows, when.wide, late=row, level=when.level), "integer")
        else:
            time = self._argument("", when, operands, "real", 0)
            grid = kernel.take(kernel.table(f"{function}:{self.clock}", "float64: part of a step, and their number"))
            text = f"tables.row_at({time.text}, {grid}, {kernel.size(f'{function} times')})"
            when = self._fresh(text, "integer", when.rows, when.wide)
        values = kernel.take(kernel.table(f"{function}:values", "[times, columns]"))
        if len(operands) == 1:
            return self._term(f"tables.value({values}, {when.text})", kind, when.rows, when.wide, ATOM)
        column = self._argument("", operands[1], operands, "real" if operands[1].kind == "real" else "integer", 0)
        text = f"tables.value_of({values}, {when.text}, {column.text}, {kernel.size(f'{function} columns')})"
        return self._term(text, kind, when.rows or column.rows, when.wide or column.wide, ATOM)

    # -- stored steps -----------------------------------------------------------------------------------------------

    def _is_free(self, stored: Operand, steps: Operand) -> Operand:
        added = self.forced(steps, "integer")
        text = f"{stored.text} <= {self.kernel.now()} - {_within(added, BINDING['*'])}"
        return Term(text, "boolean", stored.rows or added.rows, stored.wide or added.wide, binding=COMPARING)

    def _whole_steps(self, time: Operand) -> Operand:
        value = self._argument("", time, (time,), "real", 0)
        self.kernel.uses.add("special")
        text = f"special.whole_steps({value.text}, {self._dt('')})"
        return Term(text, "integer", value.rows, value.wide)

    def _elapsed(self, stored: Operand, other: Operand | None = None) -> Operand:
        now, clock = self.kernel.now(), ""
        if other is not None:
            assert isinstance(other.late, Access)
            now, clock = self.forced(other, "integer").text, other.late.key.partition("@")[2]
        return self._in_seconds(f"{now} - {stored.text}", clock, stored.rows, stored.wide)

    def _later(self, left: Operand, right: Operand) -> Operand:
        text = f"tl.maximum({left.text}, {right.text})"
        return Term(text, "integer", left.rows or right.rows, left.wide or right.wide)

    def _span(self, first: Operand, last: Operand, dt: Operand) -> Operand:
        assert isinstance(dt.late, Access)
        clock = dt.late.key.partition("@")[2]
        rows, wide = first.rows or last.rows, first.wide or last.wide
        return self._in_seconds(f"{last.text} - {first.text}", clock, rows, wide)

    def _seconds(self, stored: Operand, dt: Operand) -> Operand:
        step = self.forced(dt, "real")
        text = f"{_within(stored, ATOM)}.to({self.real}) * {_within(step, BINDING['*'] + 1)}"
        return Term(text, "real", stored.rows, stored.wide, binding=BINDING["*"])

    def _in_seconds(self, steps: str, clock: str, rows: bool, wide: bool) -> Operand:
        """Whole steps times dt."""
        return Term(f"({steps}).to({self.real}) * {self._dt(clock)}", "real", rows, wide, binding=BINDING["*"])

    def _dt(self, clock: str) -> str:
        node = Access(f"{CLOCK_DT}@{clock}" if clock else CLOCK_DT, "scalar", "real")
        name = self.requests.constant(node, self.clock, "real")
        return self.kernel.constant(name, node, "real", False, False)

    # -- random numbers ---------------------------------------------------------------------------------------------

    def _random(self, node: Call, operands: tuple[Operand, ...], kind: Kind) -> Operand:
        known = not self.at_events and all(o.level == "constant" for o in operands)
        if not node.arguments or known:
            return super()._random(node, operands, kind)
        stream = self.requests.stream(
            node.function, self.clock, self.space, self.code, None, self.at_events, shared=self.shared
        )
        values = [self._argument("", operand, operands, "real", 0).text for operand in operands]
        return self._sampled(stream, values, kind)

    def _drawn(self, node: Call, kind: Kind) -> Operand:
        further: dict[str, Any] = {"arguments": node.arguments, "shared": self.shared}
        drawn = kind if node.arguments else RANDOM[node.function]
        if self.at_events:
            stream = self.requests.stream(node.function, self.clock, self.space, self.code, None, True)
        else:
            stream = self.requests.stream(node.function, self.clock, self.space, self.code, None, kind=drawn, **further)
        if node.arguments:
            return self._sampled(stream, self._of_host(stream), drawn)
        word = self.kernel.word(stream.name, self.shared)
        self.kernel.uses.add("philox" if node.function == "rand" else "distributions")
        call = "philox.uniform" if node.function == "rand" else "distributions.normal"
        return Term(f"{call}({word}, {self.real})", "real", True, not self.shared)

    def _of_host(self, stream: Stream) -> list[str]:
        """The arguments of poisson or binomial that the host has computed, in double precision."""
        found = []
        for number, argument in enumerate(stream.arguments):
            reads = (node for node in walk(argument) if isinstance(node, Access))
            rows = any(leaf_extent(node, self.arrays).rows for node in reads)
            found.append(self.kernel.argument(stream.name, number, argument, rows, self.is_wide(argument)))
        return found

    def _sampled(self, stream: Stream, arguments: list[str], kind: Kind) -> Operand:
        """Numbers of poisson or binomial, from the words of each element."""
        kernel = self.kernel
        kernel.uses.add("distributions")
        kernel.draws_counts = True
        word = kernel.word(stream.name, self.shared)
        element = "0" if self.shared or kernel.space is None else kernel.own
        if kernel.mask and not self.shared:  # the loops of these functions take blocks, so single numbers become some
            arguments = [f"{one} + tl.zeros((BLOCK,), tl.float64)" for one in arguments]
        place = f"key_{stream.name}, more_{stream.name}, {element}, draw, {kernel.row()}"
        drawn = kernel.named(f"distributions.{stream.function}({', '.join([word, *arguments, place])})")
        text = f"{drawn}.to({self.real if kind == 'real' else TYPES['integer']})"
        return Term(text, "real" if kind == "real" else "integer", True, not self.shared)

    def _chosen(self, chance: Operand) -> Operand:
        """``rand() < p``: all bits of the word are compared with a limit that the host computes."""
        if self.at_events:
            drawn = self._drawn(Call("rand", ()), "real")
            return self._apply("torch.lt", (drawn, chance), "boolean", ("real", "real"))
        timed = chance.level == "time"
        stream = self.requests.stream(
            "below", self.clock, self.space, self.code, chance.late, timed=timed, shared=self.shared
        )
        assert chance.late is not None
        limit = self.kernel.limit(stream.name, chance.late, timed, chance.rows, chance.wide)
        text = f"philox.below({self.kernel.word(stream.name, self.shared)}, {limit})"
        return Term(text, "boolean", True, not self.shared)


def _within(value: Operand, least: int) -> str:
    """The text of a value where something binds that tightly beside it."""
    binding = value.binding if isinstance(value, Term) else ATOM
    return value.text if binding >= least else f"({value.text})"
