"""Where a message points, whatever ends the lines of a text."""

from __future__ import annotations

import pytest

from spikeq.errors import SpikeqError
from spikeq.language.equations import Equations


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_break_counts(ending: str) -> None:
    text = ending.join(["a = 1 : 1", "# a comment", "b = 2 ^ 3 : 1", "c = 4 : 1"])
    with pytest.raises(SpikeqError) as caught:
        Equations(text)
    assert (caught.value.line, caught.value.column) == (3, 7)
    shown = str(caught.value).split("\n")
    at = shown.index("    b = 2 ^ 3 : 1")
    assert shown[at + 1] == "          ^"
    assert "line 3" in shown[at - 1]
