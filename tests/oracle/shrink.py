"""Make a failing generated model small: leave out what it fails without, and print the script that is left.

``python -m tests.oracle.shrink SEED > tests/oracle/models/found_SEED.py`` keeps it among the models.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tests.oracle.comparison import differences
from tests.oracle.generated_parts import Model
from tests.oracle.generator import generate
from tests.oracle.nearness import near_a_threshold
from tests.oracle.record import Record, observe
from tests.oracle.reference import attempt
from tests.oracle.script import Script

Judge = Callable[[Sequence[Script]], list[bool]]  # which of these scripts fail


def shrink(model: Model, judge: Judge) -> Model:
    """A model that still fails and of which no single part can be left out.

    Raises ValueError for a model that does not fail in the first place.
    """
    if not judge([model.script])[0]:
        raise ValueError(f"{model.script.name} does not fail")
    while True:
        smaller = [model.without(part.name) for part in model.parts]
        failing = [each for each, fails in zip(smaller, judge([each.script for each in smaller]), strict=True) if fails]
        if not failing:
            return model
        model = min(failing, key=lambda each: len(each.parts))


def disagreement(expected: Record, script: Script, library: str = "spikeq.brian2") -> list[str]:
    """How a library's result differs from Brian2's; an exception of the library is a difference too."""
    try:
        return differences(expected.arrays, observe(script.run(library), expected.about.monitors))
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
