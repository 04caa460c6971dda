"""The README's commands are those that CI runs, and its first model runs."""

from __future__ import annotations

import re

import pytest

from tests.house.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language in the README."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def test_ci_runs_the_two_commands() -> None:
    commands = [block.strip() for block in blocks("sh")]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert len(commands) == 2
    assert [line for line in script if line.startswith("python3 -m venv")] == commands


def test_each_command_is_one_line() -> None:
    assert [len(block.strip().splitlines()) for block in blocks("sh")] == [1, 1]


def test_pictures_and_links_exist() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("program", blocks("python"))
def test_its_models_run(program: str) -> None:
    """The README's programs, executed as they stand, end with a network that has spiked."""
    scope: dict[str, object] = {"__name__": "readme"}
    exec(compile(program, "README.md", "exec"), scope)
    monitor = scope["spikes"]
    assert monitor.num_spikes > 0  # type: ignore[attr-defined]
