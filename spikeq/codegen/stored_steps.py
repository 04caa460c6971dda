"""The functions of stored steps, which no user calls: lines of torch that compare and subtract whole steps."""

from __future__ import annotations

from spikeq.codegen.loads import Operand
from spikeq.codegen.requests import Buffers, Requests
from spikeq.codegen.tasks import Space
from spikeq.language.expression import Access, Kind


class StoredSteps:
    """The part of a printer that prints them."""

    buffers: Buffers
    requests: Requests
    space: Space
    clock: str
    lines: list[str]

    def forced(self, operand: Operand, kind: Kind) -> Operand:
        raise NotImplementedError

    def release(self, operand: Operand) -> None:
        raise NotImplementedError

    def _emit(self, call: str, kind: Kind, rows: bool, wide: bool, used: tuple[Operand, ...]) -> Operand:
        raise NotImplementedError

    def _fresh(self, call: str, kind: Kind, rows: bool, wide: bool) -> Operand:
        raise NotImplementedError

    def _of_steps(self, function: str, operands: tuple[Operand, ...]) -> Operand | None:
        """The value of one of these functions; None for any other."""
        match function:
            case "_free":
                return self._is_free(*operands)
            case "_time":
                return self._seconds(*operands)
            case "_since":
                return self._elapsed(*operands)
            case "_latest":
                return self._later(*operands)
            case "_between":
                return self._span(*operands)
            case "_steps":
                return self._whole_steps(*operands)
        return None

    def _counted(self, call: str, rows: bool, wide: bool) -> Operand:
        """Stored steps, which have 64 bits."""
        name = self.buffers.take(self.space.name, "step", rows, wide)
        self.lines.append(f"{call}, out={name})")
        return Operand(name, "integer", rows, wide, buffer=name)

    def _is_free(self, stored: Operand, steps: Operand) -> Operand:
        """At least so many steps since the stored one: ``now - stored >= steps``, without a tensor for ``now``."""
        if steps.level == "constant" and steps.scalar:
            name = self.requests.number(self.forced(steps, "integer").text)
            return self._emit(f"torch.le({stored.text}, now - {name}", "boolean", stored.rows, stored.wide, ())
        added = self.forced(steps, "integer")
        rows, wide = stored.rows or added.rows, stored.wide or added.wide
        until = self.buffers.take(self.space.name, "step", rows, wide)
        self.lines.append(f"torch.add({stored.text}, {added.text}, out={until})")
        self.release(added)
        self.buffers.give(until)
        return self._emit(f"torch.le({until}, now", "boolean", rows, wide, ())

    def _whole_steps(self, time: Operand) -> Operand:
        """``timestep(time, dt)``, in double precision whatever the type of real numbers."""
        value = self.forced(time, "real")
        self.requests.steps.add(self.clock)
        call = f"special.whole_steps({value.text}.double(), dt_{self.clock})"
        result = self._fresh(call, "integer", value.rows, value.wide)
        self.release(value)
        return result

    def _elapsed(self, stored: Operand, other: Operand | None = None) -> Operand:
        """The time since a stored step: whole steps times dt, rounded once; ``other`` is now by another clock."""
        now, clock = "now", self.clock
        if other is not None:
            assert isinstance(other.late, Access)
            now, clock = self.forced(other, "integer").text, other.late.key.partition("@")[2]
        self.requests.steps.add(clock)
        call = f"(({now} - {stored.text}).double() * dt_{clock}).to(real_type)"
        return self._fresh(call, "real", stored.rows, stored.wide)

    def _later(self, left: Operand, right: Operand) -> Operand:
        """The later one of two stored steps."""
        for operand in (left, right):
            self.release(operand)
        rows, wide = left.rows or right.rows, left.wide or right.wide
        return self._counted(f"torch.maximum({left.text}, {right.text}", rows, wide)

    def _span(self, first: Operand, last: Operand, dt: Operand) -> Operand:
        """The time between two stored steps: whole steps times dt, rounded once."""
        assert isinstance(dt.late, Access)
        clock = dt.late.key.partition("@")[2] or self.clock
        self.requests.steps.add(clock)
        call = f"(({last.text} - {first.text}).double() * dt_{clock}).to(real_type)"
        result = self._fresh(call, "real", first.rows or last.rows, first.wide or last.wide)
        self.release(first)
        self.release(last)
        return result

    def _seconds(self, stored: Operand, dt: Operand) -> Operand:
        """The time of a stored step."""
        step = self.forced(dt, "real")
        return self._emit(f"torch.mul({stored.text}, {step.text}", "real", stored.rows, stored.wide, ())
