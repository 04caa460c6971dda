"""Types and formatting, as strict in the tests as on a developer's machine."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.tree import ROOT


@pytest.mark.parametrize(
    "command",
    [("mypy",), ("ruff", "check"), ("ruff", "format", "--check", "--diff")],
    ids=lambda words: " ".join(words),
)
def test_check_passes(command: tuple[str, ...]) -> None:
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
