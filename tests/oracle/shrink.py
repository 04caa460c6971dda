"""Make a failing generated model small: leave out what it fails without, and print the script that is left.

``python -m tests.oracle.shrink SEED > tests/oracle/models/found_SEED.py`` keeps it among the models.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TypeVar
from unittest.mock import patch

from spikeq import Network
from tests.oracle.comparison import differences
from tests.oracle.generated_parts import Model
from tests.oracle.generator import generate
from tests.oracle.nearness import near_a_threshold
from tests.oracle.record import Record, observe
from tests.oracle.reference import attempt
from tests.oracle.script import Script

T = TypeVar("T")
Judge = Callable[[Sequence[Script]], list[bool]]  # which of these scripts fail


def shrink(model: Model, judge: Judge) -> Model:
    """A model that still fails and of which no single part can be left out.

    Raises ValueError for a model that does not fail in the first place.
    """
    if not judge([model.script])[0]:
        raise ValueError(f"{model.script.name} does not fail")
    while True:
        names = [part.name for part in model.parts]
        idle = _failing(names, judge([model.without(name).script for name in names]))
        if not idle:
            return model
        together = [model.without(*idle[: max(1, len(idle) // share)]) for share in (1, 2, 4, 8, len(idle))]
        model = _failing(together, judge([each.script for each in together]))[0]


def _failing(candidates: list[T], verdicts: list[bool]) -> list[T]:
    return [candidate for candidate, fails in zip(candidates, verdicts, strict=True) if fails]


STATIC = "torch static"  # the form of torch for devices that run ahead of the host


def disagreement(
    expected: Record, script: Script, library: str = "spikeq.brian2", form: str | None = None
) -> list[str]:
    """How a library's result differs from Brian2's; an exception of the library is a difference too.

    So is a warning, where warnings are errors and Brian2 gave none. ``form``: which form of spikeq's backend runs.
    """
    try:
        with warnings.catch_warnings(), patch.object(Network, "form", form) if form else nullcontext():
            if expected.about.warnings:
                warnings.simplefilter("ignore")
            namespace = script.run(library)
        return differences(expected.arrays, observe(namespace, expected.about.monitors))
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]


def _against_brian2(scripts: Sequence[Script]) -> list[bool]:
    numbered = [Script(f"candidate_{number}", script.text) for number, script in enumerate(scripts)]
    records, _ = attempt(numbered)
    return [
        script.name in records
        and not near_a_threshold(records[script.name])
        and bool(disagreement(records[script.name], script))
        for script in numbered
    ]


if __name__ == "__main__":
    print(shrink(generate(int(sys.argv[1])), _against_brian2).script.text, end="")
