"""Whoever writes a wrong model reads what is wrong, where, and what to do about it."""

from __future__ import annotations

import textwrap
import traceback
from typing import Any

import pytest

import spikeq.errors
from tests.network.wrong_models import BEGINNING, TABLE, Wrong


def raised(code: str) -> spikeq.errors.SpikeqError:
    names: dict[str, Any] = {}
    exec(BEGINNING, names)  # noqa: S102 - the table's own text
    with pytest.raises(spikeq.errors.SpikeqError) as caught:
        exec(textwrap.dedent(code), names)  # noqa: S102
    return caught.value


@pytest.mark.parametrize("wrong", TABLE, ids=[wrong.what for wrong in TABLE])
def test_the_message_says_what_is_wrong_where_and_what_to_do(wrong: Wrong) -> None:
    error = raised(wrong.code)
    assert type(error) is wrong.error
    assert str(error) == textwrap.dedent(wrong.message).strip("\n")


@pytest.mark.parametrize("wrong", TABLE, ids=[wrong.what for wrong in TABLE])
def test_no_other_error_stands_behind_it(wrong: Wrong) -> None:
    shown = "".join(traceback.format_exception(raised(wrong.code)))
    assert "During handling of the above exception" not in shown
    assert "direct cause of the following exception" not in shown


def test_the_table_has_a_row_for_every_class_that_a_model_can_raise() -> None:
    needs_files_or_luck = {"SpikeqError", "SpikeqWarning", "DataError", "KernelError", "OutOfMemoryError"}
    classes = {name for name in vars(spikeq.errors) if name.endswith(("Error", "Warning"))}
    assert classes - needs_files_or_luck == {wrong.error.__name__ for wrong in TABLE}
    assert len(TABLE) == len({wrong.code for wrong in TABLE}) >= 40
