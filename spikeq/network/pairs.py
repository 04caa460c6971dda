"""String expressions over pairs of a presynaptic and a postsynaptic neuron, evaluated for many pairs at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from typing import Literal as OneOf

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.ends import Side
from spikeq.dimension import DIMENSIONLESS, Dimension
from spikeq.errors import (
    ConnectionError,
    KindError,
    LimitError,
    SpikeqError,
    SpikeqWarning,
    UnsupportedError,
    ValueRangeError,
)
from spikeq.language.check import Checked, Symbol, check_boolean, check_dimension, infer
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import Call, Comparison, Expression, Kind, Name, calls
from spikeq.language.functions import FUNCTIONS, Function
from spikeq.language.parse import parse_expression
from spikeq.network.sampling import Uniform

Reads = OneOf["pre", "post", "iterator"]
Values = NDArray[Any]
Role = OneOf["condition", "probability", "integer"]

LARGEST = 2**31 - 1  # synapse numbers are integers of 32 bits


class Endpoints(NamedTuple):
    """The presynaptic (``i``) and postsynaptic (``j``) neuron of each synapse: int32 ``[synapses]``."""

    i: NDArray[np.int32]
    j: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Operand:
    """What a name stands for: one SI value (``scalar``) or one for each neuron of a side, ``[n]``."""

    values: Any
    index: OneOf["pre", "post", "scalar"] = "scalar"
    dimension: Dimension = DIMENSIONLESS
    kind: Kind = "real"


@dataclass(frozen=True, slots=True)
class PairScope:
    """What the strings of one ``connect`` call may use.

    ``resolve`` gives the operand of a name (model variables, units, constants, the namespace) or raises
    UnknownNameError; ``i``, ``j``, ``N_pre``, ``N_post`` and the iterator are known here. ``uniform(count)`` hands out
    the next numbers of a stream in [0, 1), of double precision. ``function`` and ``call`` serve functions beyond the
    built-in ones without state: ``call(name, arguments, shape)`` gives values that broadcast to ``shape``.
    ``written`` puts the synapses' subexpressions in place of their names.
    """

    n_pre: int
    n_post: int
    resolve: Callable[[str], Operand]
    uniform: Uniform
    function: Callable[[str], Function | None] | None = None
    call: Callable[[str, tuple[Any, ...], tuple[int, ...]], Any] | None = None
    written: Callable[[Expression], Expression] = lambda expression: expression

    def size(self, side: Side) -> int:
        """The number of neurons of a side."""
        return self.n_pre if side == "pre" else self.n_post


class Formula:
    """One expression of a ``connect`` call, checked, and what it depends on.

    ``indices``: whatever changes its value from pair to pair. ``variables``: the sides whose variables it reads, for
    which the index must be in range. ``random``: each evaluation of each pair draws anew.
    """

    def __init__(self, scope: PairScope, text: str, expression: Expression, role: Role, iterator: str = "") -> None:
        self.text = text
        self.expression = expression = scope.written(expression)
        self._scope = scope
        self._iterator = iterator
        self._has_told = False
        self._operands: dict[str, Operand | None] = {}
        try:
            self._check(infer(expression, self._symbol, scope.function), role)
        except SpikeqError as error:
            raise error.located("", text) from None
        self.variables = frozenset(
            operand.index for operand in self._operands.values() if operand is not None and operand.index != "scalar"
        )
        self.indices = self.variables | {index for name, index in self._own_indices().items() if name in self._operands}
        self.random = any(self._is_random(name) for name in calls(expression))

    @property
    def is_diagonal(self) -> bool:
        """Whether it is ``i == j``, which needs no search."""
        match self.expression:
            case Comparison(op="==", left=Name(name=left), right=Name(name=right)):
                return {left, right} == {"i", "j"}
        return False

    def _own_indices(self) -> dict[str, Reads]:
        own: dict[str, Reads] = {"i": "pre", "j": "post"}
        return own | {self._iterator: "iterator"} if self._iterator else own

    def _resolve(self, name: str) -> Operand | None:
        """The operand of a name, None for the indices and sizes that the pairs themselves define."""
        if name in self._own_indices():
            return None
        if name in ("N_pre", "N_post"):
            return Operand(np.int32(self._scope.size("pre" if name == "N_pre" else "post")), kind="integer")
        if name in ("N_incoming", "N_outgoing"):
            raise ConnectionError(
                f"{name} counts synapses and is not known while they are being made.",
                "Connect first, then use it in conditions such as S.w['N_incoming > 3'].",
            )
        return self._scope.resolve(name)

    def _symbol(self, name: str) -> Symbol:
        if name not in self._operands:
            self._operands[name] = self._resolve(name)
        operand = self._operands[name]
        return Symbol(DIMENSIONLESS, "integer") if operand is None else Symbol(operand.dimension, operand.kind)

    def _check(self, checked: Checked, role: Role) -> None:
        if role == "condition":
            check_boolean(self.expression, checked, "a condition")
            return
        what = "a probability" if role == "probability" else "a number of neurons or synapses"
        check_dimension(self.expression, checked, DIMENSIONLESS, what)
        if checked.kind == "boolean":
            raise KindError(f"{what} is a number, but this is true or false.", "Write int(...).", self.expression.span)

    def _is_random(self, name: str) -> bool:
        function = FUNCTIONS.get(name) or (self._scope.function(name) if self._scope.function else None)
        return function is not None and function.stateful

    def __call__(self, i: Values | None, j: Values | None, iterator: Values | None = None) -> Any:
        """The values for index arrays that broadcast against each other; the result broadcasts to the same shape."""
        given = {"i": i, "j": j, self._iterator: iterator}
        shape = np.broadcast_shapes(*[values.shape for values in given.values() if values is not None])
        by_side = {"pre": i, "post": j}

        def lookup(name: str) -> Any:
            operand = self._operands[name]
            if operand is None:
                return given[name]
            return operand.values if operand.index == "scalar" else operand.values[by_side[operand.index]]

        def call(name: str, arguments: tuple[Any, ...], node: Call) -> Any:
            return self._called(name, arguments, shape)

        try:
            return evaluate(self.expression, lookup, call)
        except SpikeqError as error:
            raise error.located("", self.text) from None

    def _called(self, name: str, arguments: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
        if name == "rand":
            return self._scope.uniform(int(np.prod(shape))).reshape(shape)
        if self._scope.call is None:
            raise UnsupportedError(
                f"{name} cannot be used to make synapses.", "Use rand(), or pass index arrays as i= and j=."
            )
        return self._scope.call(name, arguments, shape)

    def integers(self, i: Values | None, j: Values | None, iterator: Values | None, count: int) -> NDArray[np.int64]:
        """The values as whole numbers ``[count]``. Raises ValueRangeError where they are not."""
        values = np.broadcast_to(np.asarray(self(i, j, iterator)), (count,))
        if values.dtype.kind == "f":
            wrong = ~((values == np.floor(values)) & (np.abs(values) <= LARGEST))
            if wrong.any():
                raise self.mistake(
                    ValueRangeError,
                    f"{values[wrong][0]:g} is not a whole number of 32 bits.",
                    "Write int(...) around it.",
                )
        return values.astype(np.int64)

    def tell_of_probability(self, value: float, where: str) -> None:
        """Say once that a probability above 1 counts as 1, as it does in Brian2. Raises ValueRangeError for NaN."""
        if np.isnan(value):
            message = f"p = {value:g} for {where}: a probability lies between 0 and 1."
            raise self.mistake(ValueRangeError, message, "Leave such pairs out by a condition.")
        if not self._has_told:
            self._has_told = True
            message = (
                f"connect: p = {value:g} for {where} counts as 1; write clip(..., 0, 1) around it if that is meant."
            )
            warnings.warn(message, SpikeqWarning, stacklevel=2)

    def mistake(self, kind: type[SpikeqError], message: str, help: str) -> SpikeqError:
        """An error that points at this expression."""
        return kind(message, help, self.expression.span).located("", self.text)


def formula(scope: PairScope, text: str, role: Role) -> Formula:
    """Parse and check a whole string."""
    try:
        expression = parse_expression(text)
    except SpikeqError as error:
        raise error.located("", text) from None
    return Formula(scope, text, expression, role)


@dataclass
class Edges:
    """Synapses in the order in which they are made, each pair with its number of copies."""

    copies: int | Formula = 1
    _i: list[NDArray[np.int32]] = field(default_factory=list)
    _j: list[NDArray[np.int32]] = field(default_factory=list)
    _count: int = 0

    def add(self, i: Values, j: Values, copies: Values | None = None) -> None:
        """Append pairs ``[m]``, each ``copies`` times (by default as often as the formula of the call says)."""
        if copies is None:
            copies = self._copies(i, j)
        if np.ndim(copies) or copies != 1:
            self.require_room(int(np.sum(copies)) if np.ndim(copies) else int(copies) * len(i))
            i, j = np.repeat(i, copies), np.repeat(j, copies)
        else:
            self.require_room(len(i))
        self._count += len(i)
        self._i.append(i.astype(np.int32, copy=False))
        self._j.append(j.astype(np.int32, copy=False))

    def _copies(self, i: Values, j: Values) -> Any:
        if not isinstance(self.copies, Formula):
            return self.copies
        copies = self.copies.integers(i, j, None, len(i))
        if (copies < 0).any():
            first = int(np.argmax(copies < 0))
            raise self.copies.mistake(
                ValueRangeError,
                f"n = {copies[first]} for i = {i[first]}, j = {j[first]}: a number of synapses cannot be negative.",
                "Write clip(..., 0, 10) around it.",
            )
        return copies

    def require_room(self, more: int) -> None:
        """Raise LimitError if so many synapses more would be too many."""
        if self._count + more > LARGEST:
            raise LimitError(
                f"This makes {self._count + more} synapses or more; the limit is {LARGEST}.",
                "Connect fewer neurons, or with a smaller p or n.",
            )

    def endpoints(self) -> Endpoints:
        """All synapses so far."""
        none = np.empty(0, dtype=np.int32)
        return Endpoints(np.concatenate([none, *self._i]), np.concatenate([none, *self._j]))
