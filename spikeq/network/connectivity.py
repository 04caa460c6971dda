"""From the arguments of ``Synapses.connect`` to the endpoints of the synapses, in Brian2's order.

The presynaptic index ascends first, then the postsynaptic one (or the order of the generator), then the copies; in the
form ``i='...'`` the postsynaptic index ascends first. Pairs are worked on in blocks, so that memory follows the number
of synapses and not the number of pairs. Indices count from 0 inside the groups that are connected: where a group is
part of another one, the caller adds its offset.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikeq.codegen.ends import Side
from spikeq.errors import ConnectionError, DimensionError, KindError, LimitError, ShapeError, ValueRangeError
from spikeq.network.generators import Rows, connect_generator
from spikeq.network.pairs import LARGEST, Edges, Endpoints, Formula, PairScope, Values, formula
from spikeq.network.sampling import BLOCK
from spikeq.units import dimension_of, magnitude

_LARGEST_SEARCH = 2**36  # pairs for which a condition is tried
_GIVE = "Give a condition, both i= and j= as indices, or one of them as a string such as j='i+1'."


def connect(
    scope: PairScope,
    condition: Any = None,
    i: Any = None,
    j: Any = None,
    p: Any = 1.0,
    n: Any = 1,
    skip_if_invalid: bool = False,
) -> Endpoints:
    """The endpoints of the synapses that ``Synapses.connect`` with these arguments makes.

    ``condition``: None or True (all pairs), False (none) or a string over ``i``, ``j`` and the variables of both
    sides. ``i``, ``j``: both integers or integer arrays, or one of them a generator or expression in a string. ``p``:
    the probability of each pair, a number, a string, or with index arrays an array. ``n``: the number of synapses of
    each pair, an integer, a string, or with index arrays an integer array. ``skip_if_invalid``: leave out indices
    that are out of range; for strings ``i`` and ``j`` only.

    Raises ConnectionError for arguments that do not go together, ShapeError for indices out of range and arrays
    that do not match, ValueRangeError for probabilities beyond 0 .. 1 and negative numbers, KindError for other than
    whole numbers, LimitError beyond 2**31 - 1 synapses, and whatever the check of a string finds.
    """
    if isinstance(i, str) or isinstance(j, str):
        _refuse_with_generator(condition, i, j, p)
        edges = Edges(_copies(scope, n))
        outer: Side = "pre" if isinstance(j, str) else "post"
        connect_generator(scope, j if outer == "pre" else i, outer, bool(skip_if_invalid), edges)
        return edges.endpoints()
    if i is not None or j is not None:
        if condition is not None:
            raise ConnectionError("A condition cannot be combined with i or j.", _GIVE)
        if i is None or j is None:
            given, other = ("j", "i") if i is None else ("i", "j")
            raise ConnectionError(f"{given} is given without {other}.", _GIVE)
        return _from_arrays(scope, i, j, p, n, skip_if_invalid)
    edges = Edges(_copies(scope, n))
    where = _condition(scope, condition)
    if where is not False:
        _from_condition(scope, where, _probability(scope, p), edges)
    return edges.endpoints()


def check_numbers(p: Any, n: Any) -> None:
    """Refuse numbers ``p`` and ``n`` that cannot be meant, before anything else is known; strings are left alone."""
    if not isinstance(p, str):
        _require_probabilities(_plain_numbers(p, "p"))
    if not isinstance(n, str):
        _require_copies(_whole_numbers(n, "n"))


def _refuse_with_generator(condition: Any, i: Any, j: Any, p: Any) -> None:
    name, other = ("j", "i") if isinstance(j, str) else ("i", "j")
    if condition is not None:
        raise ConnectionError(f"A condition cannot be combined with {name}='...'.", "Put it behind 'if' in the string.")
    if i is not None and j is not None:
        raise ConnectionError(
            f"{name}='...' cannot be combined with {other}.",
            f"Use {other} inside the string, or give both as arrays.",
        )
    if isinstance(p, str) or np.ndim(p) or p != 1:
        raise ConnectionError(
            f"p cannot be combined with {name}='...'.",
            f"Write {name}='k for k in sample(..., p=...)', or add 'if rand() < ...'.",
        )


# -- arguments --------------------------------------------------------------------------------------------------------


def _condition(scope: PairScope, condition: Any) -> Formula | bool:
    """The condition as a formula, True for all pairs, False for none."""
    if condition is None or isinstance(condition, bool | np.bool_):
        return condition is None or bool(condition)
    if not isinstance(condition, str):
        raise ConnectionError(
            f"A condition is a string, True or False, not {type(condition).__name__}.",
            "Indices are given as connect(i=..., j=...).",
        )
    if re.search(r"\bfor\b", condition):
        error = ConnectionError("A generator is no condition.", f"Write connect(j='{condition[:60]}').")
        raise error.located("", condition)
    return formula(scope, condition, "condition")


def _probability(scope: PairScope, p: Any) -> float | Formula:
    if isinstance(p, str):
        return formula(scope, p, "probability")
    values = _plain_numbers(p, "p")
    if values.ndim:
        raise ConnectionError(
            "An array p goes only with index arrays i= and j=.",
            "Make it a variable of the neurons and write p='variable_pre'.",
        )
    _require_probabilities(values)
    return float(values)


def _require_probabilities(values: NDArray[np.float64]) -> None:
    wrong = ~((values >= 0) & (values <= 1))
    if wrong.any():
        raise ValueRangeError(
            f"p = {values[wrong].flat[0]:g}: a probability lies between 0 and 1.", "Choose p in this range."
        )


def _plain_numbers(value: Any, what: str) -> NDArray[np.float64]:
    if not dimension_of(value).is_dimensionless:
        raise DimensionError(f"{what} is a plain number, but this is in {dimension_of(value)}.", "Divide by a unit.")
    numbers = np.asarray(magnitude(value))
    if numbers.dtype.kind not in "biuf":
        raise KindError(f"{what} is a number or a string, not {type(value).__name__}.")
    return numbers.astype(np.float64)


def _copies(scope: PairScope, n: Any) -> int | Formula:
    if isinstance(n, str):
        return formula(scope, n, "integer")
    copies = _whole_numbers(n, "n")
    if copies.ndim:
        raise ConnectionError(
            "An array n goes only with index arrays i= and j=.",
            "Make it an integer variable of the neurons and write n='variable_pre'.",
        )
    _require_copies(copies)
    return int(copies)


def _require_copies(copies: NDArray[np.int64]) -> None:
    if (copies < 0).any():
        raise ValueRangeError(
            f"n = {copies.min()}: the number of synapses of a pair cannot be negative.", "Give 0 or more."
        )
    if copies.size and copies.max() > LARGEST:
        raise LimitError(f"n = {copies.max()}: there can be at most {LARGEST} synapses.", "Choose a smaller n.")


def _whole_numbers(value: Any, what: str) -> NDArray[np.int64]:
    """Integers of any type and shape; an empty list counts as such."""
    try:
        numbers = np.asarray(value)
    except ValueError:
        raise ShapeError(f"{what} is a list of lists of different lengths.", "Give one list of integers.") from None
    if numbers.size == 0 and numbers.dtype.kind == "f":
        return numbers.astype(np.int64)
    if numbers.dtype.kind not in "iu":
        kind = "truth values" if numbers.dtype.kind == "b" else "no integers"
        raise KindError(f"{what} holds {kind} ({type(value).__name__}, {numbers.dtype}).", "Give integers.")
    if numbers.dtype == np.uint64 and numbers.size and numbers.max() > np.iinfo(np.int64).max:
        raise ValueRangeError(f"{what} = {numbers.max()} is too large.")
    return numbers.astype(np.int64)


# -- index arrays -----------------------------------------------------------------------------------------------------


def _from_arrays(scope: PairScope, i: Any, j: Any, p: Any, n: Any, skip_if_invalid: bool) -> Endpoints:
    if skip_if_invalid:
        raise ConnectionError("skip_if_invalid goes only with strings.", "Leave invalid indices out of the arrays.")
    for value, name in ((p, "p"), (n, "n")):
        if isinstance(value, str):
            raise ConnectionError(
                f"A string {name} cannot be combined with index arrays.",
                f"Give an array {name}, or describe the connections by a string as well.",
            )
    pre, post, copies = _matched(_indices(scope, i, "pre"), _indices(scope, j, "post"), _whole_numbers(n, "n"))
    _require_copies(copies)
    chances = _plain_numbers(p, "p")
    _require_probabilities(chances)
    if chances.ndim > 1 or chances.size not in (1, len(pre)):
        raise ShapeError(f"p has shape {list(chances.shape)} for {len(pre)} pairs.", "Give one p, or one per pair.")
    if (chances != 1).any():
        kept = scope.uniform(len(pre)) < chances
        pre, post, copies = pre[kept], post[kept], copies[kept]
    edges = Edges()
    edges.add(pre, post, copies)
    return edges.endpoints()


def _indices(scope: PairScope, value: Any, side: Side) -> NDArray[np.int64]:
    name, size = ("i", scope.n_pre) if side == "pre" else ("j", scope.n_post)
    indices = _whole_numbers(value, name)
    if indices.ndim > 1:
        raise ShapeError(f"{name} has {indices.ndim} axes.", f"Give one index per synapse, for example {name}.ravel().")
    wrong = (indices < 0) | (indices >= size)
    if wrong.any():
        raise ShapeError(
            f"{name} = {indices[wrong].flat[0]} is out of range: there are {size} {side}synaptic neurons.",
            f"Indices go from 0 to {size - 1}." if size else "",
        )
    return indices


def _matched(pre: Values, post: Values, copies: Values) -> tuple[Values, Values, Values]:
    try:
        pre, post, copies = np.broadcast_arrays(*np.atleast_1d(pre, post, copies))
    except ValueError:
        sizes = ", ".join(f"{name} has {value.size}" for name, value in (("i", pre), ("j", post), ("n", copies)))
        raise ShapeError(
            f"The index arrays do not match: {sizes}.", "Give arrays of one length, or integers."
        ) from None
    if pre.ndim > 1:
        raise ShapeError(f"n has {copies.ndim} axes.", "Give one number per synapse.")
    return pre, post, copies


# -- conditions -------------------------------------------------------------------------------------------------------


def _from_condition(scope: PairScope, where: Formula | bool, p: float | Formula, edges: Edges) -> None:
    if scope.n_pre == 0 or scope.n_post == 0 or p == 0:
        return
    pairs = scope.n_pre * scope.n_post
    if where is True and isinstance(p, float) and isinstance(edges.copies, int):
        edges.require_room(int(0.99 * p * pairs if p < 1 else pairs) * edges.copies)
    if p != 1 and (isinstance(p, float) or (p.indices <= {"pre"} and not p.random)):
        _skipping(scope, where, p, edges)
        return
    if p == 1 and isinstance(where, Formula) and where.is_diagonal:
        diagonal = np.arange(min(scope.n_pre, scope.n_post), dtype=np.int32)
        edges.add(diagonal, diagonal)
        return
    if pairs > _LARGEST_SEARCH:
        raise LimitError(
            f"The condition would be tried for {pairs:.0e} pairs; the limit is 7e+10.",
            "Use the generator form, which visits only the neurons that are met: j='k for k in range(i-5, i+6)'.",
        )
    rows, columns = max(1, BLOCK // scope.n_post), max(1, min(BLOCK, scope.n_post))
    for start in range(0, scope.n_pre, rows):
        i = np.arange(start, min(start + rows, scope.n_pre), dtype=np.int32)
        for first in range(0, scope.n_post, columns):  # several only where there is one row
            pre, post = _pairs(where, i, np.arange(first, min(first + columns, scope.n_post), dtype=np.int32))
            if isinstance(p, Formula):
                kept = scope.uniform(len(pre)) < _pairwise(p, pre, post)
                pre, post = pre[kept], post[kept]
            edges.add(pre, post)


def _pairs(where: Formula | bool, i: NDArray[np.int32], j: NDArray[np.int32]) -> tuple[Values, Values]:
    """All pairs of some rows and columns for which a condition holds."""
    if isinstance(where, Formula):
        answers = np.asarray(where(i[:, None], j[None, :]))
        if answers.size > 1 and answers.shape[-1] > 1:
            rows, columns = np.nonzero(np.broadcast_to(answers, (len(i), len(j))))
            return i[rows], j[columns]
        i = i[np.broadcast_to(answers.reshape(-1), i.shape)]
    return np.repeat(i, len(j)), np.tile(j, len(i))


def _pairwise(p: Formula, pre: Values, post: Values) -> Values:
    values = np.broadcast_to(np.asarray(p(pre, post), dtype=np.float64), pre.shape)
    wrong = np.flatnonzero(~(values <= 1))
    if wrong.size:
        first = wrong[np.argmax(np.isnan(values[wrong]))]
        p.tell_of_probability(values[first], f"i = {pre[first]}, j = {post[first]}")
    return values


def _skipping(scope: PairScope, where: Formula | bool, p: float | Formula, edges: Edges) -> None:
    """Probabilities that are the same along a row: skip from one synapse to the next, then ask the condition."""
    rows = np.arange(scope.n_pre, dtype=np.int32)
    if isinstance(where, Formula) and where.indices <= {"pre"} and not where.random:
        rows = rows[np.broadcast_to(where(rows, None), rows.shape)]
        where = True
    values = p(rows, None) if isinstance(p, Formula) else p
    chances = np.broadcast_to(np.asarray(values, dtype=np.float64), rows.shape)
    invalid = ~(chances <= 1)
    none, ones = np.zeros(len(rows), dtype=np.int64), np.ones(len(rows), dtype=np.int64)
    for block in Rows(rows, none, ones, ones * scope.n_post, np.where(invalid, 1.0, chances.clip(0)), invalid).blocks():
        row, position = block.choose(scope.uniform)
        pre, post = block.outer[row], (block.low[row] + position).astype(np.int32)
        if isinstance(where, Formula):
            kept = np.broadcast_to(where(pre, post), row.shape)
            row, pre, post = row[kept], pre[kept], post[kept]
        if isinstance(p, Formula) and block.invalid is not None and block.invalid[row].any():
            for first in np.unique(pre[block.invalid[row]]):
                p.tell_of_probability(chances[rows == first][0], f"i = {first}")
        edges.add(pre, post)
