"""When two results of one script count as the same: spikes and integers exactly, traces within 1e-9 of their size."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

RELATIVE = 1e-9  # of the largest absolute value of the variable in the trace
ABSOLUTE = 1e-24  # of an SI number: far below anything that a model here records


def differences(expected: Mapping[str, np.ndarray], observed: Mapping[str, np.ndarray]) -> list[str]:
    """One sentence for each array that differs; empty when the results agree."""
    missing = [f"{name}: only one result has it" for name in sorted(expected.keys() ^ observed.keys())]
    both = sorted(expected.keys() & observed.keys(), key=_decisive_first)
    found = (_difference(name, expected[name], observed[name]) for name in both)
    return missing + [sentence for sentence in found if sentence]


def _decisive_first(name: str) -> tuple[bool, str]:
    return (not name.endswith((".i", ".step")), name)


def _difference(name: str, expected: np.ndarray, observed: np.ndarray) -> str:
    if expected.shape != observed.shape:
        return f"{name}: shape {observed.shape} instead of {expected.shape}{_first_other(expected, observed)}"
    if expected.size == 0:
        return ""
    if (expected.dtype.kind in "biu") != (observed.dtype.kind in "biu"):
        return f"{name}: numbers of kind {observed.dtype} instead of {expected.dtype}"
    if expected.dtype.kind in "biu":
        wrong = expected != observed
    else:
        wrong = ~(np.abs(observed - expected) <= RELATIVE * np.max(np.abs(expected)) + ABSOLUTE)
    if not wrong.any():
        return ""
    where = tuple(int(index) for index in np.argwhere(wrong)[np.argmin(np.argwhere(wrong)[:, -1])])
    return (
        f"{name}: {int(wrong.sum())} of {wrong.size} differ, first at {where}: "
        f"{observed[where]!r} instead of {expected[where]!r}"
    )


def _first_other(expected: np.ndarray, observed: np.ndarray) -> str:
    if expected.ndim != 1 or observed.ndim != 1:
        return ""
    shared = min(len(expected), len(observed))
    other = np.flatnonzero(expected[:shared] != observed[:shared])
    at = int(other[0]) if len(other) else shared
    return f", first other at {at}: {observed[at : at + 3]} instead of {expected[at : at + 3]}"
