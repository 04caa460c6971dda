"""Which layout synapses get: the one that stores the least and says the same."""

from __future__ import annotations

from typing import Literal as OneOf

import numpy as np

from spikeq.errors import ConnectionError, KindError
from spikeq.network.layouts.dense import Dense
from spikeq.network.layouts.layout import Integers, Layout
from spikeq.network.layouts.one_to_one import OneToOne
from spikeq.network.layouts.sparse import Sparse

Wanted = OneOf["auto", "dense", "one_to_one", "sparse"]
WANTED: tuple[Wanted, ...] = ("auto", "dense", "one_to_one", "sparse")
_HELP = {
    "dense": "A dense layout has every pair once, in the order of connect(); leave layout= out for others.",
    "one_to_one": "It joins neuron k to neuron k of a group of the same size; leave layout= out for others.",
}


def checked_layout(wanted: object) -> Wanted:
    """A name of a layout, or ``"auto"``. Raises KindError."""
    for known in WANTED:
        if isinstance(wanted, str) and wanted == known:
            return known
    raise KindError(f"There is no layout {wanted!r}.", f"Choose one of: {', '.join(WANTED)}.")


def empty(n_pre: int, n_post: int) -> Layout:
    """No synapses."""
    return Sparse(n_pre, n_post, np.empty(0, np.uint16), np.empty(0, np.uint16))


def layout_of(n_pre: int, n_post: int, i: Integers, j: Integers, wanted: Wanted = "auto") -> Layout:
    """The layout of synapses from ``i`` to ``j``, ``[synapses]`` each."""
    if wanted in ("auto", "dense") and len(i) == n_pre * n_post and _is_dense(n_pre, n_post, i, j):
        return Dense(n_pre, n_post)
    if wanted in ("auto", "one_to_one") and len(i) == n_pre == n_post and _is_one_to_one(i, j):
        return OneToOne(n_pre, n_post)
    return Sparse(n_pre, n_post, i, j)


def joined(first: Layout, second: Layout, wanted: Wanted = "auto") -> Layout:
    """The synapses of one layout, then those of another."""
    if first.count == 0 or second.count == 0:
        return _as_wanted(second if first.count == 0 else first, wanted)
    i, j = np.concatenate([first.i, second.i]), np.concatenate([first.j, second.j])
    return layout_of(second.n_pre, second.n_post, i, j, wanted)


def restored(form: str, n_pre: int, n_post: int, i: Integers | None, j: Integers | None) -> Layout:
    """The layout of a form; ``i`` and ``j`` are needed for lists of synapses only."""
    if i is None or j is None:
        return Dense(n_pre, n_post) if form == "dense" else OneToOne(n_pre, n_post)
    return Sparse(n_pre, n_post, i, j)


def resized(layout: Layout, n_pre: int, n_post: int) -> Layout:
    """The same synapses where an end has grown: synapses that synapses lead to may become more."""
    if (layout.n_pre, layout.n_post) == (n_pre, n_post):
        return layout
    return Sparse(n_pre, n_post, layout.i, layout.j)


def require_wanted(layout: Layout, wanted: Wanted) -> None:
    """Raise ConnectionError where synapses do not have the layout that was asked for."""
    if wanted not in ("auto", layout.form) and layout.count:
        raise ConnectionError(
            f"The layout {wanted!r} was asked for, but these {layout.count} synapses do not have it.", _HELP[wanted]
        )


def _as_wanted(layout: Layout, wanted: Wanted) -> Layout:
    if wanted in ("auto", layout.form):
        return layout
    return layout_of(layout.n_pre, layout.n_post, layout.i, layout.j, wanted)


def _is_dense(n_pre: int, n_post: int, i: Integers, j: Integers) -> bool:
    rows, columns = i.reshape(n_pre, n_post), j.reshape(n_pre, n_post)
    if not (rows[:, 0] == np.arange(n_pre)).all() or not (columns[0] == np.arange(n_post)).all():
        return False
    return bool((rows == rows[:, :1]).all() and (columns == columns[:1]).all())


def _is_one_to_one(i: Integers, j: Integers) -> bool:
    return bool((i == np.arange(len(i))).all() and (j == i).all())
