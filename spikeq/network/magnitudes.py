"""How large values are expected to become, from what variables hold at the start of a run and what code assigns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import torch

from spikeq.codegen.extents import CLOCK_DT, CLOCK_REAL, CLOCK_STEP, is_clock
from spikeq.codegen.tasks import Sum, bodies
from spikeq.language.expression import Access, Binary, Call, Comparison, Expression, Literal, Logical, Name, Unary, fold

if TYPE_CHECKING:
    from spikeq.network.runner import Runner

_ROUNDS = 3  # in which what is assigned goes on to what reads it
_MOST = 1e30
# What a function gives at most, or what its argument does; others give as much as their largest argument.
_GIVEN = {"rand": 1.0, "randn": 6.0, "exp": 1.0, "sin": 1.0, "cos": 1.0, "tanh": 1.0, "sign": 1.0, "_free": 1.0}


class Magnitudes:
    """The expected size of every variable, and of values that follow from them."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._known: dict[str, float] = {}
        self.temporaries: dict[str, dict[str, float]] = {}  # by the name of the code
        for _ in range(_ROUNDS):
            for task in runner.compiled.plan.tasks:
                if isinstance(task, Sum):
                    self._take(task.target.key, "=", self.of(task.value, {}))
                temporaries = self.temporaries.setdefault(task.slot.name, {})
                for assign in bodies(task):
                    value = self.of(assign.value, temporaries)
                    if isinstance(assign.target, Name):
                        temporaries[assign.target.name] = max(value, temporaries.get(assign.target.name, 0.0))
                    else:
                        self._take(assign.target.key, assign.op, value)

    def of(self, value: Expression, temporaries: Mapping[str, float]) -> float:
        """The expected size of a value."""

        def size(node: Expression, operands: tuple[float, ...]) -> float:
            return _bounded(self._size(node, operands, temporaries))

        return fold(value, size)

    def _take(self, key: str, op: str, value: float) -> None:
        before = self.of_key(key)
        if op == "*=":
            value = before * value
        elif op == "/=":
            value = before / value if value else before
        self._known[key] = max(before, _bounded(value))

    def _size(self, node: Expression, operands: tuple[float, ...], temporaries: Mapping[str, float]) -> float:
        match node:
            case Literal(value=value):
                return abs(float(value))
            case Name(name=name):
                return temporaries.get(name, 1.0)
            case Access(key=key):
                return self.of_key(key)
            case Comparison() | Logical() | Unary(op="not"):
                return 1.0
            case Unary():
                return operands[0]
            case Binary(op=op):
                return _of_two(op, *operands)
            case Call(function="clip"):
                return max(operands[1:])
            case Call(function="sqrt"):
                return math.sqrt(operands[0])
            case Call(function=function):
                return _GIVEN.get(function, max(operands, default=1.0))

    def of_key(self, key: str) -> float:
        """The expected size of a variable."""
        if key not in self._known:
            self._known[key] = _bounded(self._now(key))
        return self._known[key]

    def _now(self, key: str) -> float:
        """The largest size that an array has at the moment."""
        runner = self._runner
        if is_clock(key, CLOCK_DT):
            return float(next(iter(runner.assembly.clocks.values())).dt_)
        if is_clock(key, CLOCK_REAL) or is_clock(key, CLOCK_STEP):
            return 1.0
        if key in runner.arrays:
            array = runner.arrays[key]
            return float(array.abs().max()) if array.numel() and array.dtype != torch.bool else 1.0
        if key in runner.assembly.supplied:
            values = np.asarray(runner.assembly.supplied[key].now())
            return float(np.abs(values).max()) if values.size and values.dtype != np.bool_ else 1.0
        return 1.0


def _of_two(op: str, left: float, right: float) -> float:
    if op in "+-":
        return left + right
    if op == "*":
        return left * right
    if op in ("/", "//"):
        return left / right if right else left
    if op == "%":
        return right
    try:
        return float(left**right)
    except OverflowError:
        return _MOST


def _bounded(value: float) -> float:
    return min(value, _MOST) if math.isfinite(value) else 1.0
