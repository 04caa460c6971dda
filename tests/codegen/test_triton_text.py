"""What users write never becomes code of an emitted Triton module, and no two texts share a file."""

from __future__ import annotations

import builtins
import multiprocessing
import os
import stat
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from spikeq import Network, NeuronGroup, SpikeMonitor, SpikeqError, SpikeqWarning, StateMonitor, Synapses
from spikeq.codegen import load
from spikeq.codegen.plan import Source
from tests.codegen.emitted import foreign
from tests.codegen.test_golden import leaky
from tests.kernels.interpreter import names, outcomes, why_not
from tests.network import test_hostile as hostile

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

CHECKS = "tests.codegen.name_checks"
# The doors through which text gets into a step.
DOORS = (
    *("model", "a line of the model", "threshold", "reset", "refractory", "the name of a group", "events"),
    *("run_on_event", "the name of an event", "run_regularly", "the name of a value", "an initial value"),
    *("a linked variable", "a line of the model of synapses", "on_pre", "on_post", "the name of a pathway"),
    *("a condition", "rates", "the weight of an input", "the name of a monitor", "an event recorded"),
)


def text_of(network: Network) -> str:
    """The module that is emitted for a network."""
    return network.compiled({})[1].source.text


@pytest.fixture
def emits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Doors emit code for Triton where they would run; what was emitted."""
    monkeypatch.setenv("SPIKEQ_CACHE", str(tmp_path))
    found: list[str] = []

    def emit(*objects: Any, **options: Any) -> None:
        found.append(text_of(Network(*objects, **{"seed": 1, **options, "backend": "triton"})))

    monkeypatch.setattr(hostile, "run", emit)
    return found


def tried(door: str, text: str, found: list[str]) -> None:
    found.clear()
    hostile.tried(door, text)
    assert [one for module in found for one in foreign(module)] == []
    assert not hasattr(builtins, "planted")


@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=hostile.TEXT)
def test_any_text_stays_text(door: str, text: str, emits: list[str]) -> None:
    tried(door, text, emits)


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=hostile.TEXT)
def test_much_text_stays_text(door: str, text: str, emits: list[str]) -> None:
    tried(door, text, emits)


@pytest.mark.parametrize("text", hostile.SPELLINGS)
@pytest.mark.parametrize("door", DOORS)
def test_nothing_planted_gets_into_a_module(door: str, text: str, emits: list[str]) -> None:
    tried(door, text, emits)
    assert all("planted" not in module for module in emits)


HOSTILE_COMMENTS = (
    "# -*- coding: utf-7 -*-",
    "# vim: set fileencoding=latin-1",
    '# """ + __import__("os").getcwd() + """',
    "# \u202egnidoc :eteled\u202c \u2028 import os",
    "# tau\u0301 \N{GREEK SMALL LETTER TAU} \\",
    "# \\N{BULLET} \x00".replace("\x00", ""),
)


@pytest.mark.parametrize("line", HOSTILE_COMMENTS)
def test_comments_of_equations_change_nothing(line: str, emits: list[str]) -> None:
    """Equations, units and names of one meaning give one text."""
    texts = set()
    for model in ("dv/dt = -v/(10*ms) : 1", f"dv/dt = -v/(10*ms) : 1 {line}", f"{line}\ndv/dt = -v/(10*ms) : 1"):
        G = NeuronGroup(2, model, threshold="v > 1", reset=f"v = 0 {line}", name="cells")
        texts.add(text_of(Network(G, backend="triton")))
    (text,) = texts
    assert foreign(text) == []


def test_what_is_foreign_is_seen() -> None:
    text = text_of(leaky("triton"))
    assert foreign(text) == []
    planted = (
        *("import os", "from os import getcwd", "open('x')", "tl.__class__", "x = (lambda: 0)()", "step_0.__globals__"),
        *("class A: pass", "# coding: utf-7", "# \u00e9", "print(torch)", "launch.grid.__code__", "del tl"),
    )
    for line in planted:
        assert foreign(f"{text}\n{line}\n") != [], line


@pytest.mark.parametrize("change", [("1.05", "1.06"), ("10*ms", "10*second"), ("v > 1", "v >= 1"), ("v = 0", "v = 1")])
def test_what_differs_never_shares_a_file(change: tuple[str, str], emits: list[str], tmp_path: Path) -> None:
    """Where texts differ so do files; where values are passed to the kernels, the text may be one."""

    def network(swap: Callable[[str], str]) -> Network:
        G = NeuronGroup(
            3,
            swap("dv/dt = (1.05 - v)/(10*ms) : 1"),
            threshold=swap("v > 1"),
            reset=swap("v = 0"),
            name="cells",
            method="euler",
        )
        return Network(G, SpikeMonitor(G, name="spikes"), backend="triton")

    found = [network(swap).compiled({})[1].source for swap in (str, lambda text: text.replace(*change))]
    assert (found[0].text == found[1].text) == (found[0].digest == found[1].digest)
    for source in found:
        assert (tmp_path / f"{source.digest}.py").read_text(encoding="ascii") == source.text


def source(text: str) -> Source:
    return Source(text, None, {}, ("bind",), (), is_filed=True)


MODULE = '"""Written by spikeq."""\n\n\ndef bind():\n    return {}\n'


def test_a_file_that_is_damaged_is_written_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SPIKEQ_CACHE", str(tmp_path / "new" / "folder"))
    made = source(MODULE.format(7))
    path = tmp_path / "new" / "folder" / f"{made.digest}.py"
    assert load.load(made)() == 7  # type: ignore[comparison-overlap]
    for damage in (b"", made.text.encode()[:-3], b"\xff\xfe", b"def bind(): return 8\n"):
        path.write_bytes(damage)
        bind = load.load(made)
        assert bind() == 7  # type: ignore[comparison-overlap]
        assert path.read_text(encoding="ascii") == made.text
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_where_no_file_can_be_written_nothing_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = source(MODULE.format(7))
    taken = tmp_path / "taken"
    taken.write_text("a file, no folder")
    monkeypatch.setenv("SPIKEQ_CACHE", str(taken))
    assert load.load(made)() == 7  # type: ignore[comparison-overlap]
    monkeypatch.setenv("SPIKEQ_CACHE", str(tmp_path / "other"))
    (tmp_path / "other" / f"{made.digest}.py").mkdir(parents=True)  # cannot be replaced
    assert load.load(made)() == 7  # type: ignore[comparison-overlap]
    assert [one.name for one in (tmp_path / "other").iterdir()] == [f"{made.digest}.py"]


def _load_many(folder: str, start: Any) -> None:
    os.environ["SPIKEQ_CACHE"] = folder
    start.wait()
    for number in range(30):
        made = source(MODULE.format(number))
        assert load.load(made)() == number  # type: ignore[comparison-overlap]
        assert (Path(folder) / f"{made.digest}.py").read_text(encoding="ascii") == made.text


def test_many_processes_write_the_same_files_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    start = context.Barrier(6)
    running = [context.Process(target=_load_many, args=(str(tmp_path), start)) for _ in range(6)]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * 6
    files = list(tmp_path.iterdir())
    assert len(files) == 30
    assert all(stat.S_ISREG(one.stat().st_mode) for one in files)


def named(name: str) -> Network:
    """A network in which everything that may have the name has it, or begins with it."""
    G = NeuronGroup(3, f"{name} : 1\nv : 1", threshold="v > 2", reset=f"v = 0; {name} += 10", name=name)
    G.run_regularly(f"{name} += 1; v += {name}")
    H = NeuronGroup(3, "v : 1", threshold="v > 2", name=f"{name}_")
    S = Synapses(H, H, f"{name} : 1", on_pre={"path": f"{name} += 1; v_post += {name}"}, name=f"{name}__")
    S.connect(j="i")
    trace = StateMonitor(G, [name], record=True, name=f"{name}___")
    return Network(G, H, S, trace, backend="triton")


INSIDE = """step row block tl triton torch launch events special philox distributions here i j k now offset p_clock age0
    reals BLOCK SHARES source segment at edge happened kernel_0 step_0 bind b_v x_v p_v n_cells m_keys total received
    def_ y0 start stop""".split()


@pytest.mark.parametrize("name", INSIDE)
def test_a_name_may_be_one_of_those_inside(name: str, emits: list[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpikeqWarning)
        try:
            network = named(name)
        except SpikeqError:  # i, j and their like have a meaning for users as well
            assert name in ("i", "j")
            return
        assert foreign(text_of(network)) == []


@pytest.fixture(scope="module")
def interpreted() -> dict[str, str]:
    return outcomes(CHECKS)


@pytest.mark.parametrize("name", names(CHECKS))
def test_names_mean_what_they_meant(name: str, interpreted: dict[str, str]) -> None:
    assert interpreted[name] == "", interpreted[name]
