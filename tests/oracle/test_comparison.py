"""The comparison notices what it is there to notice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.oracle.comparison import differences
from tests.oracle.record import About, Layout, Record, observe
from tests.oracle.script import Script

EXPECTED = {
    "spikes.step": np.array([1, 4, 4]),
    "spikes.i": np.array([0, 2, 3], dtype=np.int32),
    "traces.v": np.array([[0.0, -2.0, 1e-9], [1.0, 0.5, 0.25]]),
    "traces.flag": np.array([[True, False, True]]),
}


def changed(name: str, value: np.ndarray) -> list[str]:
    return differences(EXPECTED, {**EXPECTED, name: value})


def test_equal_results_have_no_differences() -> None:
    assert differences(EXPECTED, {name: array.copy() for name, array in EXPECTED.items()}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("spikes.step", np.array([1, 4, 5])),
        ("spikes.step", np.array([1, 4])),
        ("spikes.i", np.array([0, 3, 2])),
        ("spikes.i", np.array([0.0, 2.0, 3.0])),
        ("traces.v", np.array([[0.0, -2.0, 4e-9], [1.0, 0.5, 0.25]])),
        ("traces.v", np.array([[0.0, -2.0, np.nan], [1.0, 0.5, 0.25]])),
        ("traces.v", np.array([[0.0, np.inf, 1e-9], [1.0, 0.5, 0.25]])),
        ("traces.flag", np.array([[True, True, True]])),
    ],
)
def test_a_difference_is_named(name: str, value: np.ndarray) -> None:
    assert [sentence.split(":")[0] for sentence in changed(name, value)] == [name]


def test_traces_may_differ_by_a_billionth_of_their_size() -> None:
    assert changed("traces.v", EXPECTED["traces.v"] + 1.9e-9) == []


def test_the_first_other_spike_is_said() -> None:
    assert "first other at 2" in changed("spikes.step", np.array([1, 4]))[0]


def test_an_array_that_only_one_result_has_is_a_difference() -> None:
    fewer = {name: array for name, array in EXPECTED.items() if name != "spikes.i"}
    assert differences(EXPECTED, fewer) == ["spikes.i: only one result has it"]
    assert differences(fewer, EXPECTED) == ["spikes.i: only one result has it"]


def test_a_record_survives_storing(tmp_path: Path) -> None:
    about = About("abc", {"spikes": Layout(1e-4, ("t", "i"))}, 50, 3, {"S_pre": 4}, ("WARNING: so",))
    Record(about, EXPECTED).save(tmp_path / "a.npz")
    again = Record.load(tmp_path / "a.npz")
    assert again.about == about
    assert differences(EXPECTED, again.arrays) == []
    Record(about, EXPECTED).save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_time_between_two_steps_is_an_error() -> None:
    class SpikeMonitor:
        t = np.array([0.0, 1.5e-4])
        i = np.array([0, 1])

    with pytest.raises(ValueError, match="no whole steps"):
        observe({"spikes": SpikeMonitor()}, {"spikes": Layout(1e-4, ("t", "i"))})


def test_a_script_has_one_import_line_and_maybe_a_short_form() -> None:
    script = Script("one", "from brian2 import *\nSHORT = False\nx = 1 if SHORT else 2\n")
    assert script.has_two_forms
    assert not script.shortened.has_two_forms
    assert script.shortened.name == "one.short"
    assert script.digest != script.shortened.digest
    with pytest.raises(ValueError, match="exactly one line"):
        Script("none", "import numpy\n")
