"""Brian2 in a process of its own: runs every script of a folder and stores what came out.

``python -m tests.oracle.reference`` renews the stored results of the models; with two folders it reads scripts from
the first and stores their results (or ``<name>.error``) in the second.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.oracle.generator import FIXED_SEEDS, generate
from tests.oracle.record import About, Layout, Record, monitors_of, observe
from tests.oracle.script import EXPECTED, MODELS, Script, all_scripts

ROOT = Path(__file__).parents[2]


def derive(scripts: Iterable[Script]) -> dict[str, Record]:
    """Run the scripts under Brian2 in a new process.

    Raises RuntimeError with the end of Brian2's traceback for every script that failed.
    """
    records, errors = attempt(scripts)
    if errors:
        raise RuntimeError("\n".join(["Brian2 did not run every script.", *(text[-1500:] for text in errors.values())]))
    return records


def stored(script: Script) -> Record:
    """Brian2's result of exactly this text, as it was stored.

    Raises RuntimeError when the text has changed since.
    """
    result = Record.load(EXPECTED / f"{script.name}.npz")
    if result.about.digest != script.digest:
        raise RuntimeError(f"{script.name} has changed since its result was stored: python -m tests.oracle.reference")
    return result


def attempt(scripts: Iterable[Script]) -> tuple[dict[str, Record], dict[str, str]]:
    """Run the scripts under Brian2 in a new process: the results, and the tracebacks of those that failed.

    Raises RuntimeError when the process itself ended early.
    """
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "scripts"), Path(folder, "results")
        source.mkdir()
        for script in scripts:
            (source / f"{script.name}.py").write_text(script.text, encoding="utf-8")
        command = [sys.executable, "-m", "tests.oracle.reference", str(source), str(target)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        finished = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        if finished.returncode != 0:
            raise RuntimeError(f"Brian2's process ended with {finished.returncode}: {finished.stderr[-4000:]}")
        errors = {path.stem: path.read_text(encoding="utf-8") for path in sorted(target.glob("*.error"))}
        return {path.stem: Record.load(path) for path in sorted(target.glob("*.npz"))}, errors


def run_folder(source: Path, target: Path) -> None:
    """Run every script of a folder under Brian2, here, and store the results."""
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("*.py")):
        script = Script.read(path)
        try:
            record(script).save(target / f"{script.name}.npz")
        except Exception:
            (target / f"{script.name}.error").write_text(f"{script.name}\n{traceback.format_exc()}", encoding="utf-8")
        gc.collect()
        gc.freeze()  # Brian2 collects before and after every run, at length where its caches are walked again


def record(script: Script) -> Record:
    """The result of one script under Brian2, in this process."""
    from brian2 import defaultclock, ms, prefs  # type: ignore[import-untyped]
    from brian2.utils.logger import catch_logs  # type: ignore[import-untyped]

    prefs.codegen.target = "numpy"
    defaultclock.dt = 0.1 * ms
    with catch_logs() as log, _counted_events() as events:
        namespace = script.run("brian2")
    layouts = {name: _layout(monitor) for name, monitor in monitors_of(namespace).items()}
    about = About(
        digest=script.digest,
        monitors=layouts,
        steps=_steps(namespace),
        neurons=_neurons(namespace),
        events=dict(events),
        warnings=tuple(f"{level}: {message}" for level, _, message in log),
    )
    return Record(about, observe(namespace, layouts))


@contextmanager
def _counted_events() -> Iterator[Counter[str]]:
    """Count the synaptic events that each pathway carries out."""
    from brian2.synapses.synapses import SynapticPathway  # type: ignore[import-untyped]

    events: Counter[str] = Counter()
    push = SynapticPathway.push_spikes

    def counting_push(pathway: SynapticPathway) -> None:
        push(pathway)
        events[pathway.name] += len(pathway.queue.peek())

    SynapticPathway.push_spikes = counting_push
    try:
        yield events
    finally:
        SynapticPathway.push_spikes = push


def _layout(monitor: object) -> Layout:
    kind = type(monitor).__name__
    dt = float(monitor.clock.dt_)  # type: ignore[attr-defined]
    if kind == "PopulationRateMonitor":
        return Layout(dt, ("t", "rate"))
    if kind in ("SpikeMonitor", "EventMonitor") and not monitor.record:  # type: ignore[attr-defined]
        return Layout(dt, ("count",))
    own = ("t",) if kind == "StateMonitor" else ("t", "i")
    return Layout(dt, (*own, *sorted(set(monitor.record_variables) - {"t", "i"})))  # type: ignore[attr-defined]


def _steps(namespace: Mapping[str, object]) -> int:
    from brian2 import BrianObject, Network

    objects = [value for value in namespace.values() if isinstance(value, BrianObject)]
    for network in [value for value in namespace.values() if isinstance(value, Network)]:
        objects += list(network.objects)
    return max(int(item.clock.timestep[:].item()) for item in objects)


def _neurons(namespace: Mapping[str, object]) -> int:
    groups = ("NeuronGroup", "PoissonGroup", "SpikeGeneratorGroup")
    return sum(int(value.N) for value in namespace.values() if type(value).__name__ in groups)  # type: ignore[attr-defined, misc]


def renew() -> None:
    """Derive and store the results of all models and of the generated ones of the fixed seeds."""
    results = derive([*all_scripts(MODELS), *(generate(seed).script for seed in FIXED_SEEDS)])
    for path in EXPECTED.glob("*.npz"):
        path.unlink()
    for name, result in results.items():
        result.save(EXPECTED / f"{name}.npz")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, help="scripts, results")
    folders = parser.parse_args().folders
    if len(folders) == 2:
        run_folder(*folders)
    elif not folders:
        renew()
    else:
        parser.error("give no folder, or two: scripts and results")


if __name__ == "__main__":
    main()
