"""Every example runs in its short form, says how many spikes there were, and draws its picture."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*.py"))


def run(path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", [str(path), *arguments])
    runpy.run_path(str(path), run_name="__main__")


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_short_form_spikes_and_draws(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("SPIKEQ_DATA", raising=False)
    picture = tmp_path / "picture.png"
    run(path, monkeypatch, "--short", "--plot", str(picture))
    found = re.search(r"(\d+) spikes", capsys.readouterr().out)
    assert found is not None
    assert int(found[1]) > 0
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("mnist_digit", ["--data", "/no/such/folder"], "searched: /no/such/folder"),
        ("mnist_digit", ["--index", "-1"], "--index must be from 0"),
        ("song2000", ["--seconds", "nan"], "--seconds must be more than 0"),
        ("reference_network", ["--n", "0"], "--n must be at least 1"),
    ],
)
def test_a_wrong_option_gets_one_line(
    name: str, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = next(one for one in EXAMPLES if one.stem == name)
    with pytest.raises(SystemExit) as stop:
        run(path, monkeypatch, *arguments)
    assert stop.value.code == 2
    assert words in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_help_names_the_options(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        run(path, monkeypatch, "--help")
    assert stop.value.code == 0
    assert {"--plot", "--short"} <= set(re.findall(r"--\w+", capsys.readouterr().out))
