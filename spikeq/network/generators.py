"""The generator form of ``connect``: ``j='k for k in range(i-2, i+3) if k != i'``, or the same for ``i=``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikeq.errors import ConnectionError, LimitError, NameConflictError, ShapeError, SpikeqError, ValueRangeError
from spikeq.language.expression import Expression
from spikeq.language.model import Generator, RangeIterator, SampleIterator
from spikeq.language.parse import parse_expression, parse_generator
from spikeq.network.pairs import Edges, Formula, PairScope, Role, Side, Values
from spikeq.network.sampling import bernoulli, blocks, distinct, ragged

Integers = NDArray[np.int64]
LARGEST_SEARCH = 2**38  # candidates that are looked at one by one
_NAME = {"pre": "i", "post": "j"}
_WORD = {"pre": "presynaptic", "post": "postsynaptic"}


class _Rows(NamedTuple):
    """What the neurons of the outer side iterate over, ``[rows]`` each: ``low + step*position``.

    At most one of ``probability`` and ``sizes`` is given; ``invalid`` rows have a probability beyond 0 .. 1.
    """

    outer: NDArray[np.int32]
    low: Integers
    step: Integers
    counts: Integers
    probability: NDArray[np.float64] | None = None
    invalid: NDArray[np.bool_] | None = None
    sizes: Integers | None = None

    def part(self, rows: slice) -> _Rows:
        """Some of the rows."""
        return _Rows(*[None if column is None else column[rows] for column in self])  # type: ignore[arg-type]

    def work(self) -> Integers:
        """How many elements each row costs."""
        if self.sizes is not None:
            return np.where(64 * self.sizes > self.counts, np.maximum(self.sizes, self.counts // 8), self.sizes) + 1
        if self.probability is not None:
            return np.where(self.probability > 0.5, self.counts, (self.counts * self.probability).astype(np.int64)) + 1
        return self.counts + 1

    def choose(self, scope: PairScope) -> tuple[Integers, Integers]:
        """Rows and positions of the elements that the iterator yields."""
        if self.sizes is not None:
            return distinct(self.counts, self.sizes, scope.uniform)
        if self.probability is not None:
            return bernoulli(self.counts, self.probability, scope.uniform)
        return ragged(self.counts)


@dataclass
class _Loop:
    """A checked generator: for each neuron of the ``outer`` side the neurons of the ``inner`` side that it meets."""

    scope: PairScope
    text: str
    outer: Side
    element: Formula
    condition: Formula | None
    iterator: RangeIterator | SampleIterator | None
    skip_if_invalid: bool

    @property
    def inner(self) -> Side:
        return "post" if self.outer == "pre" else "pre"

    def indices(self, outer: Values, inner: Values | None) -> tuple[Values | None, Values | None]:
        """Outer and inner indices as (i, j)."""
        return (outer, inner) if self.outer == "pre" else (inner, outer)


def connect_generator(scope: PairScope, text: str, outer: Side, skip_if_invalid: bool, edges: Edges) -> None:
    """Add the synapses of a generator or plain expression over the neurons of the ``outer`` side.

    Raises ShapeError for indices out of range (unless ``skip_if_invalid``), ValueRangeError for probabilities, sizes
    and steps that cannot be, ConnectionError for expressions that use what is not known yet.
    """
    loop = _loop(scope, text, outer, skip_if_invalid)
    rows = _rows(loop)
    if int(rows.work().sum(dtype=np.float64)) > LARGEST_SEARCH:
        raise LimitError(
            f"The generator runs over about {rows.work().sum(dtype=np.float64):.0e} pairs; the limit is 3e+11.",
            "Iterate over the neurons that can be met instead of filtering all by a condition.",
        ).located("", text)
    if loop.condition is None and not skip_if_invalid and rows.probability is None and isinstance(edges.copies, int):
        edges.require_room(int((rows.counts if rows.sizes is None else rows.sizes).sum()) * edges.copies)
    for block in blocks(rows.work()):
        _add_block(loop, rows.part(block), edges)


def _loop(scope: PairScope, text: str, outer: Side, skip_if_invalid: bool) -> _Loop:
    parsed = _parse(text)
    variable = parsed.variable if isinstance(parsed, Generator) else ""
    if variable in ("i", "j", "N_pre", "N_post"):
        raise NameConflictError(f"{variable} has a meaning of its own here.", "Call the iterator k.").located("", text)
    element = Formula(scope, text, parsed.element, "integer", variable)
    inner: Side = "post" if outer == "pre" else "pre"
    if inner in element.indices:
        raise element.mistake(
            ConnectionError,
            f"The expression defines {_NAME[inner]} and cannot depend on the {_WORD[inner]} neuron.",
            f"Use {_NAME[outer]}, the iterator and {_WORD[outer]} variables.",
        )
    condition = None if parsed.condition is None else Formula(scope, text, parsed.condition, "condition", variable)
    iterator = parsed.iterator if isinstance(parsed, Generator) else None
    return _Loop(scope, text, outer, element, condition, iterator, skip_if_invalid)


class _Single(NamedTuple):
    """The short form: one element for each neuron, ``'i+1'`` or ``'i//2 if i % 2 == 0'``."""

    element: Expression
    condition: Expression | None


def _parse(text: str) -> Generator | _Single:
    try:
        split = re.search(r"\bif\b", text)
        if split is None or re.search(r"\bfor\b", text):
            parsed = parse_generator(text)
            return parsed if isinstance(parsed, Generator) else _Single(parsed, None)
        condition = " " * split.end() + text[split.end() :]
        return _Single(parse_expression(text[: split.start()]), parse_expression(condition))
    except SpikeqError as error:
        raise error.located("", text) from None


def _rows(loop: _Loop) -> _Rows:
    """Evaluate the iterator's arguments, once for each neuron of the outer side."""
    outer = np.arange(loop.scope.size(loop.outer), dtype=np.int32)
    condition = loop.condition
    if condition is not None and condition.indices <= {loop.outer} and not condition.random:
        outer = outer[np.broadcast_to(condition(*loop.indices(outer, None)), outer.shape)]
        loop.condition = None
    if loop.iterator is None:
        ones = np.ones(len(outer), dtype=np.int64)
        return _Rows(outer, 0 * ones, ones, ones)
    low, high, step = (
        _whole(loop, bound, outer) for bound in (loop.iterator.low, loop.iterator.high, loop.iterator.step)
    )
    if (step == 0).any():
        raise ValueRangeError("The step of an iterator cannot be 0.", "", loop.iterator.step.span).located(
            "", loop.text
        )
    counts = np.maximum(0, -((low - high) // step))
    if isinstance(loop.iterator, RangeIterator):
        return _Rows(outer, low, step, counts)
    if loop.iterator.probability is not None:
        chances = _argument(loop, loop.iterator.probability, "probability")
        values = np.broadcast_to(np.asarray(chances(*loop.indices(outer, None)), dtype=np.float64), outer.shape)
        invalid = ~((values >= 0) & (values <= 1))
        return _Rows(outer, low, step, counts, np.where(invalid, 1.0, values), invalid)
    return _Rows(outer, low, step, counts, sizes=_sizes(loop, outer, counts))


def _argument(loop: _Loop, expression: Expression, role: Role) -> Formula:
    argument = Formula(loop.scope, loop.text, expression, role)
    if loop.inner in argument.indices:
        raise argument.mistake(
            ConnectionError,
            f"An argument of the iterator cannot depend on the {_WORD[loop.inner]} neuron.",
            "Put what depends on it behind 'if'.",
        )
    return argument


def _whole(loop: _Loop, expression: Expression, outer: Values) -> Integers:
    argument = _argument(loop, expression, "integer")
    return argument.integers(*loop.indices(outer, None), None, len(outer))


def _sizes(loop: _Loop, outer: Values, counts: Integers) -> Integers:
    assert isinstance(loop.iterator, SampleIterator) and loop.iterator.size is not None
    sizes = _whole(loop, loop.iterator.size, outer)
    wrong = (sizes < 0) | (sizes > counts)
    if wrong.any() and not loop.skip_if_invalid:
        first = int(np.flatnonzero(wrong)[0])
        raise ValueRangeError(
            f"size = {sizes[first]} for {_NAME[loop.outer]} = {outer[first]}, but {counts[first]} can be chosen from.",
            "A sample has between 0 and all elements; skip_if_invalid=True cuts it to that.",
            loop.iterator.size.span,
        ).located("", loop.text)
    return np.clip(sizes, 0, counts)


def _add_block(loop: _Loop, rows: _Rows, edges: Edges) -> None:
    row, position = rows.choose(loop.scope)
    outer = rows.outer[row]
    iterator = (rows.low[row] + rows.step[row] * position).astype(np.int32)
    inner = loop.element.integers(*loop.indices(outer, None), iterator, len(outer))
    size = loop.scope.size(loop.inner)
    kept = (inner >= 0) & (inner < size) if loop.skip_if_invalid else np.ones(len(inner), dtype=bool)
    condition = loop.condition
    if condition is not None:
        if loop.inner in condition.variables:
            _require_range(loop, outer[kept], inner[kept])
        chosen = np.flatnonzero(kept)
        answers = condition(*loop.indices(outer[chosen], inner[chosen].astype(np.int32)), iterator[chosen])
        kept[chosen] = answers
    outer, inner = outer[kept], inner[kept]
    _require_range(loop, outer, inner)
    if rows.invalid is not None:
        _require_probability(loop, rows.invalid[row[kept]], outer)
    edges.add(*loop.indices(outer, inner.astype(np.int32)))  # type: ignore[arg-type]


def _require_range(loop: _Loop, outer: Values, inner: Values) -> None:
    size = loop.scope.size(loop.inner)
    wrong = (inner < 0) | (inner >= size)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        this, that = _NAME[loop.inner], _NAME[loop.outer]
        raise loop.element.mistake(
            ShapeError,
            f"{this} = {inner[first]} for {that} = {outer[first]} is out of range: "
            f"there are {size} {_WORD[loop.inner]} neurons.",
            f"Use skip_if_invalid=True, or add a condition such as 'if {this} >= 0 and {this} < N_{loop.inner}'.",
        )


def _require_probability(loop: _Loop, invalid: NDArray[np.bool_], outer: Values) -> None:
    if not invalid.any():
        return
    assert isinstance(loop.iterator, SampleIterator) and loop.iterator.probability is not None
    first = outer[invalid][:1]
    chances = _argument(loop, loop.iterator.probability, "probability")
    value = float(np.ravel(chances(*loop.indices(first, None)))[0])
    raise chances.mistake(
        ValueRangeError,
        f"p = {value:g} for {_NAME[loop.outer]} = {first[0]}: a probability lies between 0 and 1.",
        "Write clip(..., 0, 1) around it.",
    )
