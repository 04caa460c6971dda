"""The command line as a person meets it: what it prints, where, and its exit status."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from spikeq.cli import _STAGES, main
from spikeq.network.stages import STAGES

SCRIPT = """
import sys
import spikeq as sq
G = sq.NeuronGroup(3, "dv/dt = -v/(10*ms) : 1", name="G")
net = sq.Network(G)
net.run(5*sq.ms)
print("ran with", sys.argv[1:], __name__)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "model.py"
    path.write_text(SCRIPT)
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["demo", "--duration", "0"],
        ["demo", "--duration", "nan"],
        ["demo", "--duration", "long"],
        ["run"],
        ["run", "no/such/file.py"],
        ["show", "dv/dt = 0/ms : 1", "--stage", "nirvana"],
        ["show", "no/such/file.py"],
        ["show", "dv/dt = 0/ms : 1", "--backend", "abacus"],
        ["show", ""],
        ["show", " \n"],
        ["doctor", "--loud"],
    ],
)
def test_bad_arguments_get_one_line_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("spikeq")


def test_bad_arguments_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, words in (
        (["demo", "--duration", "long"], "long is not a positive number"),
        (["demo", "--backend", "abacus"], "there is no backend abacus (choose from auto, torch"),
        (["run"], "the following arguments are required: FILE.py (see"),
        (["show", ""], "there are no equations"),
    ):
        with pytest.raises(SystemExit):
            main(arguments)
        assert words in capsys.readouterr().err


@pytest.mark.parametrize("command", ["demo", "run", "show", "doctor"])
def test_the_help_of_a_command_says_what_it_does(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    usage, does, *_ = capsys.readouterr().out.split("\n\n")
    assert usage.startswith(f"usage: spikeq {command}")
    assert does.endswith(".") and not does.startswith("positional")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert re.fullmatch(r"spikeq \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_doctor_reports(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPIKEQ_DATA", f"{tmp_path}:/no/such/folder")
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for words in ("torch", "backends", "GPU", f"  {tmp_path}\n", "  /no/such/folder (missing)"):
        assert words in out


def test_doctor_tells_why_a_backend_does_not_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spikeq.compiler.find_spec", lambda name: None)
    assert main(["doctor"]) == 0
    assert "\n  torch\n  triton (no: Triton is not installed.)\n" in capsys.readouterr().out


def test_run_executes_a_script_with_its_arguments(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = list(sys.argv), list(sys.path)
    assert main(["run", str(script), "--n", "7"]) == 0
    assert capsys.readouterr().out == "ran with ['--n', '7'] __main__\n"
    assert (sys.argv, sys.path) == before


def test_an_error_of_the_model_is_printed_without_traceback(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script.write_text(SCRIPT.replace("-v/(10*ms)", "-v/(10*mV)"))
    assert main(["run", str(script)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("DimensionError: ")
    assert "^" in err
    assert "Traceback" not in err
    assert err.endswith(f"({script}, line 6)\n")


def test_output_that_nobody_reads_is_no_error(script: Path) -> None:
    """As in ``spikeq run model.py | head -1``."""
    script.write_text("for k in range(100_000):\n    print(k)\n")
    command = f"{sys.executable} -m spikeq.cli run {script} | head -1; exit ${{PIPESTATUS[0]}}"
    run = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (run.stdout, run.stderr, run.returncode) == ("0\n", "", 141)


def test_a_broken_pipe_of_the_script_itself_is_shown(script: Path) -> None:
    script.write_text("raise BrokenPipeError('mine')\n")
    with pytest.raises(BrokenPipeError, match="mine"):
        main(["run", str(script)])


def test_the_stages_are_those_of_the_compiler() -> None:
    assert _STAGES == STAGES


@pytest.mark.parametrize("stage", STAGES)
def test_show_prints_every_stage_of_a_string(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "dv/dt = -v/(10*ms) : 1", "--stage", stage]) == 0
    assert capsys.readouterr().out.strip()


def test_show_prints_difference_equations_of_names_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    """Names of the command line's own code mean nothing in the equations."""
    assert main(["show", "dv/dt = (chosen - v)/tau : volt"]) == 0
    out = capsys.readouterr().out
    assert "v[n+1] = " in out
    assert {"chosen", "tau"} <= set(re.findall(r"\w+", out))


def test_show_reads_a_file_of_equations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", "dv/dt = -v/(10*ms) : 1"])
    from_string = capsys.readouterr().out
    path = tmp_path / "equations.txt"
    path.write_text("dv/dt = -v/(10*ms) : 1\n")
    assert main(["show", str(path)]) == 0
    assert capsys.readouterr().out == from_string


def test_show_stops_a_script_at_its_first_run(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(script), "--stage", "source", "--backend", "torch"]) == 0
    out = capsys.readouterr().out
    assert "import torch" in out
    assert "ran with" not in out


@pytest.mark.parametrize("how", ["run(10*ms)", "Network(collect()).run(10*ms)", "magic_network.run(10*ms)"])
def test_show_finds_the_names_of_a_script_written_for_brian2(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.py"
    lines = [
        "from spikeq.brian2 import *",
        "tau = 10*ms",
        "G = NeuronGroup(1, 'dv/dt = -v/tau : 1', name='cells')",
        how,
    ]
    path.write_text("\n".join(lines))
    assert main(["show", str(path), "--stage", "explain"]) == 0
    assert "1 cells_stateupdater: the equations of cells advance by one step" in capsys.readouterr().out


def test_show_says_that_a_script_runs_no_network(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.py"
    path.write_text("x = 1\n")
    assert main(["show", str(path)]) == 1
    assert "runs no network" in capsys.readouterr().err


def test_demo_draws_its_raster(tmp_path: Path) -> None:
    """The installed command, in a process of its own, in the folder where a person stands."""
    run = subprocess.run(
        [sys.executable, "-m", "spikeq.cli", "demo", "--duration", "20"], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert re.search(r"[1-9]\d* spikes of 4000 neurons in 20 ms: \d+\.\d Hz", run.stdout)
    assert re.search(r"built in .* s, compiled in .* s, ran in .* s", run.stdout)
    picture = tmp_path / "spikeq_demo_raster.png"
    assert str(picture) in run.stdout
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing/raster.png", "There is no folder"),
        (".", "is a folder"),
        ("raster.docx", "Pictures cannot be written as .docx"),
    ],
)
def test_demo_refuses_a_picture_that_cannot_be_written_before_it_runs(
    name: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--output", str(tmp_path / name)]) == 1
    out, err = capsys.readouterr()
    assert words in err
    assert out == ""


def test_demo_says_where_a_picture_without_suffix_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--duration", "1", "--output", str(tmp_path / "raster")]) == 0
    assert f"The raster is in {tmp_path / 'raster.png'}\n" in capsys.readouterr().out
    assert (tmp_path / "raster.png").read_bytes().startswith(b"\x89PNG")


def test_demo_of_endless_time_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--duration", "1e300", "--output", str(tmp_path / "raster.png")]) == 1
    assert "ClockError: 1e+297 s are more steps of 0.0001 s than can be counted." in capsys.readouterr().err


def test_the_package_is_the_command() -> None:
    command = [sys.executable, "-m", "spikeq", "show", "dv/dt = -v/(10*ms) : volt"]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0
    assert "v[n+1] = v + dt*(-v/(10*ms))" in result.stdout
