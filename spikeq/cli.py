"""The command line: what a person can do with spikeq without writing Python."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import runpy
import select
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from spikeq.errors import DataError, SpikeqError

# What `spikeq doctor` reports; the second column says what is lost without it.
_LIBRARIES = {
    "torch": "needed",
    "numpy": "needed",
    "lark": "needed",
    "sympy": "needed",
    "pint": "needed",
    "matplotlib": "no plots",
    "tqdm": "no progress bars",
    "numba": "no numba backend",
    "triton": "no triton backend",
    "gymnasium": "no environments",
    "safetensors": "no checkpoints",
    "scikit-learn": "no small digits for examples/mnist_digit.py",
    "brian2": "no comparison with Brian2 in the tests",
}


_STAGES = ("syntax", "equations", "model", "updates", "extents", "tasks", "plan", "source", "launch", "explain")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())} (see {self.prog} --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 after an error of the model, 2 after wrong arguments."""
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = chosen.command
    try:
        command(chosen)
        sys.stdout.flush()
    except SpikeqError as error:
        print(f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ()), sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        _require_closed_output()
        return 141
    return 0


def _require_closed_output() -> None:
    """Be silent if nobody reads what is printed any more (``spikeq demo | head``); other pipes are the script's own."""
    output = select.poll()
    output.register(1, select.POLLOUT)
    if not any(state & select.POLLERR for _, state in output.poll(0)):
        raise
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python flushes once more at its end


def _parser() -> _Parser:
    parser = _Parser(prog="spikeq", description="Spiking neural networks from equation strings.")
    parser.add_argument("--version", action="version", version=f"spikeq {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = _command(commands, "demo", "run the balanced network of Vogels and Abbott (2005) and draw its spikes")
    picture = Path("spikeq_demo_raster.png")
    demo.add_argument("--output", metavar="FILE", type=Path, default=picture, help="the picture (default: %(default)s)")
    demo.add_argument("--duration", metavar="MS", type=_positive, help="simulated time in ms (default: 1000)")
    demo.add_argument("--backend", type=_backend, default="auto", help="auto, or one that 'spikeq doctor' lists")
    demo.set_defaults(command=_demo)

    run = _command(commands, "run", "run a script; of an error of the model, only what a person needs is printed")
    run.add_argument("file", metavar="FILE.py", type=_script, help="the script")
    rest = run.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="what the script gets")
    rest.required = False
    run.set_defaults(command=_run)

    show = _command(commands, "show", "print what becomes of equations, or of the network in a script")
    show.add_argument(
        "source", metavar="FILE_OR_STRING", type=_source, help="a script, a file of equations, or the equations"
    )
    show.add_argument("--stage", choices=_STAGES, default="updates", help="default: updates")
    show.add_argument("--backend", type=_backend, default="auto", help="whose source is shown (default: auto)")
    show.set_defaults(command=_show)

    doctor = _command(commands, "doctor", "say what this machine offers to spikeq")
    doctor.set_defaults(command=_doctor)
    return parser


def _command(commands: Any, name: str, does: str) -> _Parser:
    """One command; what it does stands in both helps."""
    made: _Parser = commands.add_parser(name, help=does, description=f"{does[0].upper()}{does[1:]}.")
    return made


def _version() -> str:
    try:
        return importlib.metadata.version("spikeq")
    except importlib.metadata.PackageNotFoundError:
        return "of a source tree that is not installed"


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0.0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def _backend(text: str) -> str:
    from spikeq.compiler import BACKENDS

    if text not in BACKENDS:
        raise argparse.ArgumentTypeError(f"there is no backend {text} (choose from {', '.join(BACKENDS)})")
    return text


def _script(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def _source(text: str) -> Path | str:
    """A script or a file of equations as its path, equations as they are."""
    if not text.strip():
        raise argparse.ArgumentTypeError("there are no equations")
    if text.endswith(".py"):
        return _script(text)
    try:
        return Path(text) if Path(text).is_file() else text
    except (OSError, ValueError):  # too long or too strange for a path
        return text


def _demo(chosen: argparse.Namespace) -> None:
    picture = _picture(chosen.output)
    from spikeq import units
    from spikeq.experiment import networks, plotting
    from spikeq.models.networks import CUBA

    duration = chosen.duration or CUBA.duration
    started = time.perf_counter()
    network, neurons, spikes = networks.build(CUBA, seed=1, backend=chosen.backend)
    built = time.perf_counter() - started
    parameters = ", ".join(f"{name} = {number:g} {unit}" for name, (number, unit) in CUBA.parameters.items())
    print(f"{CUBA.name}: {CUBA.citation}.\n\n{network.show('updates', namespace={})}\n\n{parameters}\n", flush=True)
    network.run(duration * units.ms, report=True, namespace={})
    rate = spikes.num_spikes / (len(neurons) * duration / 1e3)
    print(f"{spikes.num_spikes} spikes of {len(neurons)} neurons in {duration:g} ms: {rate:.1f} Hz on average")
    times = network.timings
    print(f"built in {built + times['build']:.2f} s, compiled in {times['compile']:.2f} s, ran in {times['run']:.2f} s")
    _save(plotting.raster(spikes, title=f"{CUBA.name}, {len(neurons)} neurons"), picture)
    print(f"The raster is in {picture}")


def _picture(asked: Path) -> Path:
    """Where the picture goes. Raises DataError before anything runs where that cannot be written."""
    path = asked.resolve()
    if path.is_dir():
        raise DataError(f"{path} is a folder.", "Name a file in it: --output raster.png.")
    if not path.parent.is_dir():
        raise DataError(f"There is no folder {path.parent}.", "Make it first, or choose another --output.")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise DataError(f"{path} cannot be written.", "Choose another --output.")
    path = path if path.suffix else path.with_suffix(".png")
    from matplotlib.figure import Figure

    known = sorted(Figure().canvas.get_supported_filetypes())
    if path.suffix[1:].lower() not in known:
        raise DataError(f"Pictures cannot be written as {path.suffix}.", f"Choose from {', '.join(known)}.")
    return path


def _save(figure: Any, path: Path) -> None:
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise DataError(f"The picture cannot be written: {error}.", "Choose another --output.") from None


def _run(chosen: argparse.Namespace) -> None:
    _execute(chosen.file, chosen.arguments)


def _execute(file: Path, arguments: Sequence[str]) -> None:
    """Run a script as Python does: its folder is searched first, its arguments stand in ``sys.argv``."""
    with (
        mock.patch.object(sys, "argv", [str(file), *arguments]),
        mock.patch.object(sys, "path", [str(file.resolve().parent), *sys.path]),
    ):
        try:
            runpy.run_path(str(file), run_name="__main__")
        except SpikeqError as error:
            lines = [n for frame, n in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == str(file)]
            if lines:
                error.add_note(f"  ({file}, line {lines[-1]})")
            raise


class _Reached(BaseException):
    """A script has come to the run whose network is to be shown."""


def _show(chosen: argparse.Namespace) -> None:
    from spikeq.network.show import show

    if isinstance(chosen.source, Path) and chosen.source.suffix == ".py":
        _show_script(chosen.source, chosen.stage, chosen.backend)
    else:
        text = _read(chosen.source) if isinstance(chosen.source, Path) else chosen.source
        print(show(text, chosen.stage, chosen.backend, namespace={}))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None


def _show_script(file: Path, stage: str, backend: str) -> None:
    """Follow a script up to its first run and show the network there instead of running it."""
    from spikeq.network.network import Network
    from spikeq.network.show import show

    def show_instead(
        network: Network,
        duration: Any,
        report: Any = None,
        report_period: Any = None,
        namespace: Any = None,
        profile: Any = None,
        level: int = 0,
    ) -> NoReturn:
        print(show(network, stage, backend, namespace, level=level + 1))
        raise _Reached

    with mock.patch.object(Network, "run", show_instead):
        try:
            _execute(file, [])
        except _Reached:
            return
    raise DataError(f"{file} runs no network.", "Name a script that calls run, or give equations.")


def _doctor(_: argparse.Namespace) -> None:
    for title, lines in (
        (
            "spikeq",
            [_version(), f"Python {platform.python_version()}, {platform.platform()}"],
        ),
        ("libraries", [_library(name, use) for name, use in _LIBRARIES.items()]),
        ("backends", _backends()),
        ("GPU", _gpus()),
        ("data folders", _folders()),
    ):
        print(title, *(f"  {line}" for line in lines), sep="\n")


def _library(name: str, use: str) -> str:
    try:
        return f"{name:13} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{name:13} not installed: {use}"


def _backends() -> list[str]:
    from spikeq.compiler import BACKENDS

    return [_told(name) for name in BACKENDS if name != "auto"]


def _told(name: str) -> str:
    """A backend, and why it does not run here."""
    import torch

    from spikeq.compiler import no_triton
    from spikeq.network.triton_here import obstacle

    if name != "triton":
        return name
    if (missing := no_triton()) is not None:
        return f"{name} (no: {missing.message})"
    if not torch.cuda.is_available():
        return f"{name} (no: there is no GPU that torch can use.)"
    refused = obstacle(torch.device("cuda"))
    return name if refused is None else f"{name} (no: {refused.message})"


def _gpus() -> list[str]:
    import torch

    if not torch.cuda.is_available():
        return ["none that torch can use"]
    devices = [torch.cuda.get_device_properties(number) for number in range(torch.cuda.device_count())]
    return [f"{device.name}, {device.total_memory / 2**30:.0f} GiB, CUDA {torch.version.cuda}" for device in devices]


def _folders() -> list[str]:
    from spikeq.experiment.datasets import data_folders

    found = [f"{folder}{'' if folder.is_dir() else ' (missing)'}" for folder in data_folders()]
    return found or ["none (SPIKEQ_DATA is not set)"]


if __name__ == "__main__":
    sys.exit(main())
