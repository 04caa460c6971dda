"""The generator form of ``connect``: ``j='k for k in range(i-2, i+3) if k != i'``, or the same for ``i=``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.ends import Side
from spikeq.errors import ConnectionError, LimitError, NameConflictError, ShapeError, SpikeqError, ValueRangeError
from spikeq.language.expression import Expression
from spikeq.language.model import Generator, RangeIterator, SampleIterator
from spikeq.language.parse import parse_expression, parse_generator
from spikeq.network.pairs import Edges, Formula, PairScope, Role, Values
from spikeq.network.sampling import BLOCK, Uniform, bernoulli, blocks, distinct, ragged

Integers = NDArray[np.int64]
_LARGEST_SEARCH = 2**32  # elements that all iterators together may yield
_LARGEST_SAMPLE = 2**27  # elements of one sample of fixed size, which is drawn in one piece
_NAME = {"pre": "i", "post": "j"}
_WORD = {"pre": "presynaptic", "post": "postsynaptic"}


class Rows(NamedTuple):
    """What the neurons of the outer side iterate over, ``[rows]`` each: ``low + step*position``.

    At most one of ``probability`` and ``sizes`` is given; ``invalid`` rows have a probability above 1, or none.
    """

    outer: NDArray[np.int32]
    low: Integers
    step: Integers
    counts: Integers
    probability: NDArray[np.float64] | None = None
    invalid: NDArray[np.bool_] | None = None
    sizes: Integers | None = None

    def blocks(self) -> Iterator[Rows]:
        """The rows in pieces of about ``BLOCK`` elements of work; long rows are cut, except samples of fixed size."""
        rows = self._cut() if self.sizes is None else self
        for block in blocks(rows.work()):
            yield rows._part(block)

    def _cut(self) -> Rows:
        used = 1.0 if self.probability is None else np.where(self.probability > 0.5, 1.0, self.probability)
        longest = np.minimum(BLOCK / np.maximum(used, 1e-12), 2.0**62).astype(np.int64)
        pieces = np.broadcast_to(-(-self.counts // longest), self.counts.shape)
        if (pieces <= 1).all():
            return self
        row, piece = ragged(pieces)
        rows = self._part(row)
        start = piece * np.broadcast_to(longest, self.counts.shape)[row]
        counts = np.minimum(rows.counts - start, np.broadcast_to(longest, self.counts.shape)[row])
        return rows._replace(low=rows.low + rows.step * start, counts=counts)

    def _part(self, rows: slice | Integers) -> Rows:
        return Rows(*[None if column is None else column[rows] for column in self])  # type: ignore[arg-type]

    def work(self) -> Integers:
        """How many elements each row costs."""
        if self.sizes is not None:
            return np.where(64 * self.sizes > self.counts, np.maximum(self.sizes, self.counts // 8), self.sizes) + 1
        if self.probability is not None:
            return np.where(self.probability > 0.5, self.counts, (self.counts * self.probability).astype(np.int64)) + 1
        return self.counts + 1

    def choose(self, uniform: Uniform) -> tuple[Integers, Integers]:
        """Rows and positions of the elements that the iterator yields."""
        if self.sizes is not None:
            return distinct(self.counts, self.sizes, uniform)
        if self.probability is not None:
            return bernoulli(self.counts, self.probability, uniform)
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
    _require_limits(loop, rows, edges)
    for block in rows.blocks():
        _add_block(loop, block, edges)


def _require_limits(loop: _Loop, rows: Rows, edges: Edges) -> None:
    search = float(rows.work().sum(dtype=np.float64))
    if search > _LARGEST_SEARCH or (rows.sizes is not None and rows.work().max(initial=0) > _LARGEST_SAMPLE):
        raise LimitError(
            f"The iterator yields about {search:.1g} elements; the limit is 4e+09, and 1e+08 for one sample.",
            "Iterate over the neurons that can be met instead of filtering all by a condition.",
        ).located("", loop.text)
    if loop.condition is None and not loop.skip_if_invalid and rows.probability is None:
        each = rows.counts if rows.sizes is None else rows.sizes
        edges.require_room(int(each.sum()) * (edges.copies if isinstance(edges.copies, int) else 0))


def _loop(scope: PairScope, text: str, outer: Side, skip_if_invalid: bool) -> _Loop:
    parsed = parse_connection(text)
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


class Single(NamedTuple):
    """The short form: one element for each neuron, ``'i+1'`` or ``'i//2 if i % 2 == 0'``."""

    element: Expression
    condition: Expression | None


def parse_connection(text: str) -> Generator | Single:
    """A generator, or an expression that may have a condition. Raises EquationSyntaxError and LimitError."""
    try:
        split = re.search(r"\bif\b", text)
        if split is None or re.search(r"\bfor\b", text):
            parsed = parse_generator(text)
            return parsed if isinstance(parsed, Generator) else Single(parsed, None)
        condition = " " * split.end() + text[split.end() :]
        return Single(parse_expression(text[: split.start()]), parse_expression(condition))
    except SpikeqError as error:
        error.text = text  # a condition was read by itself, where it stands
        raise error from None


def _rows(loop: _Loop) -> Rows:
    """Evaluate the iterator's arguments, once for each neuron of the outer side."""
    outer = np.arange(loop.scope.size(loop.outer), dtype=np.int32)
    condition = loop.condition
    if condition is not None and condition.indices <= {loop.outer} and not condition.random:
        outer = outer[np.broadcast_to(condition(*loop.indices(outer, None)), outer.shape)]
        loop.condition = None
    if loop.iterator is None:
        ones = np.ones(len(outer), dtype=np.int64)
        return Rows(outer, 0 * ones, ones, ones)
    low, high, step = (
        _whole(loop, bound, outer) for bound in (loop.iterator.low, loop.iterator.high, loop.iterator.step)
    )
    if (step == 0).any():
        raise ValueRangeError("The step of an iterator cannot be 0.", "", loop.iterator.step.span).located(
            "", loop.text
        )
    counts = np.maximum(0, -((low - high) // step))
    if isinstance(loop.iterator, RangeIterator):
        return Rows(outer, low, step, counts)
    if loop.iterator.probability is not None:
        chances = _argument(loop, loop.iterator.probability, "probability")
        values = np.broadcast_to(np.asarray(chances(*loop.indices(outer, None)), dtype=np.float64), outer.shape)
        invalid = ~(values <= 1)
        return Rows(outer, low, step, counts, np.where(invalid, 1.0, values.clip(0)), invalid)
    return Rows(outer, low, step, counts, sizes=_sizes(loop, outer, counts))


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


def _add_block(loop: _Loop, rows: Rows, edges: Edges) -> None:
    row, position = rows.choose(loop.scope.uniform)
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
    first = np.unique(outer[invalid])
    chances = _argument(loop, loop.iterator.probability, "probability")
    values = np.broadcast_to(chances(*loop.indices(first, None)), first.shape)
    for one, value in zip(first, values, strict=True):
        chances.tell_of_probability(float(value), f"{_NAME[loop.outer]} = {one}")
