"""The long form of ``race_checks``: more sizes, and more orders."""

from __future__ import annotations

from tests.codegen.networks import coupled, plastic
from tests.codegen.race_checks import in_any_order

WATCHES_ITSELF = True


def check_sizes_that_fill_no_block() -> None:
    for n, batch in ((31, 3), (33, None), (129, 2), (513, None)):
        in_any_order(lambda n=n, batch=batch: coupled(n, batch, (1, 5, 6)))  # type: ignore[misc]


def check_plastic_synapses() -> None:
    for n in (1, 33, 65):
        for everywhere in (True, False):
            in_any_order(lambda n=n, everywhere=everywhere: plastic(n, None, everywhere))  # type: ignore[misc]


def check_plastic_synapses_of_rows() -> None:
    for n, everywhere, per_row in ((33, True, False), (33, False, False), (33, True, True), (33, False, True)):
        in_any_order(lambda n=n, e=everywhere, r=per_row: plastic(n, 3, e, r))  # type: ignore[misc]
