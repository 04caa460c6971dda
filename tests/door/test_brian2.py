"""Brian2's scripts run with another import line and see the same; what has no effect or does not exist says so."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import spikeq
import spikeq.brian2 as door
from spikeq import SpikeqWarning, UnsupportedError
from tests.door.scripts import SCRIPTS

HERE = Path(__file__).parent
EXPECTED: dict[str, Any] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))


def derive(library: str) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "run_scripts.py"), library]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


@pytest.fixture(autouse=True)
def fresh_session() -> None:
    """Whatever ran before in this process, scripts begin with Brian2's defaults."""
    door.start_scope()
    door.defaultclock.dt = 0.1 * door.ms


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    return derive("spikeq.brian2")


def flat(value: Any) -> list[Any]:
    return [leaf for one in value for leaf in flat(one)] if isinstance(value, list) else [value]


def assert_same(found: Any, expected: Any) -> None:
    assert isinstance(found, list), found
    for one, other in zip(flat(found), flat(expected), strict=True):
        assert one == (pytest.approx(other, rel=1e-9, abs=1e-12) if isinstance(other, float) else other)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_a_script_sees_what_it_saw_in_brian2(name: str, ours: dict[str, Any]) -> None:
    assert_same(ours[name], EXPECTED[name])


@pytest.mark.skipif(importlib.util.find_spec("brian2") is None, reason="brian2 is not installed")
def test_brian2_still_sees_the_same() -> None:
    found = derive("brian2")
    assert found.keys() == EXPECTED.keys() == SCRIPTS.keys()
    for name, expected in EXPECTED.items():
        assert_same(found[name], expected)


@pytest.mark.skipif(importlib.util.find_spec("brian2") is None, reason="brian2 is not installed")
def test_brian2s_names_are_there() -> None:
    code = "from brian2 import *\nprint(*(n for n in sorted(globals()) if not n.startswith('_')))"
    run = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    missing = set(run.stdout.split()) - set(door.__all__)
    python = {"abs", "bool", "bytes", "max", "min", "pow", "round", "IO", "Enum", "TYPE_CHECKING", "cast", "overload"}
    python |= {"AbstractContextManager", "ExitStack", "annotations"}
    numpy = {"char", "ctypeslib", "f2py", "polynomial", "rec", "strings", "testing", "core", "test"}
    drawing = {name for name in missing if name in ("AxLine", "BackendFilter", "Colorizer", "ColorizingArtist")}
    drawing |= {"Colormap", "available_backends", "backend_registry", "grouped_bar", "pie_label", "requested_backend"}
    modules = """codegen devices equations groups importexport input memory monitors numpy_ only parsing spatialneuron
        stateupdaters synapses tests units utils"""
    assert missing - python - numpy - drawing - set(modules.split()) == set()


def test_every_name_of_the_star_exists() -> None:
    assert [name for name in door.__all__ if not hasattr(door, name)] == []
    assert list(door.__all__) == sorted(door.__all__)


def test_matplotlib_waits_for_its_first_use() -> None:
    code = "from spikeq.brian2 import *\nimport sys\nprint('matplotlib' in sys.modules, 'sympy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


def test_plotting_names_are_pyplots() -> None:
    import matplotlib

    matplotlib.use("Agg")
    figure = door.figure()
    door.plot(np.arange(3), np.arange(3))
    door.rcParams["lines.linewidth"] = 2
    assert isinstance(figure, door.Figure)
    assert len(door.plt.gcf().axes) == 1
    assert matplotlib.rcParams["lines.linewidth"] == 2
    door.close("all")


def test_the_defaults_are_brian2s() -> None:
    network = door.Network()
    assert network.method is None
    assert str(network.real_type) == "torch.float64"
    assert network.clock is door.defaultclock
    assert door.NeuronGroup(1, "v : 1").clock.dt_ == 1e-4


def test_the_float_type_can_be_chosen() -> None:
    door.prefs.core.default_float_dtype = np.float32
    try:
        assert str(door.Network().real_type) == "torch.float32"
    finally:
        door.restore_initial_state()


@pytest.mark.parametrize(
    ("use", "line"),
    [
        (lambda: setattr(door.prefs.codegen, "target", "numpy"), "The preference codegen.target has no effect"),
        (lambda: door.prefs.__setitem__("devices.cpp_standalone.openmp_threads", 4), "openmp_threads has no effect"),
        (lambda: door.set_device("cpp_standalone", build_on_run=False), r"set_device\('cpp_standalone'\) has no"),
        (lambda: door.clear_cache("cython"), "clear_cache has no effect"),
    ],
)
def test_what_has_no_effect_says_so(use: Any, line: str) -> None:
    with pytest.warns(SpikeqWarning, match=line):
        use()


def test_what_is_accepted_quietly() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        door.BrianLogger.log_level_debug()
        door.BrianLogger.suppress_hierarchy("brian2.codegen")
        door.set_device("runtime")
        door.device.build(directory="x")
        door.get_device().reinit()
    assert door.prefs.codegen.target in ("auto", "numpy")
    assert door.prefs["codegen.target"] == door.prefs.codegen.target


@pytest.mark.parametrize("name", ["SpatialNeuron", "Morphology", "Soma", "Cylinder", "ExplicitStateUpdater", "Section"])
def test_what_does_not_exist_names_an_alternative(name: str) -> None:
    with pytest.raises(UnsupportedError, match=f"{name} does not exist in spikeq") as caught:
        getattr(door, name)(1)
    assert caught.value.help
    with pytest.raises(UnsupportedError):
        getattr(door, name).from_file("x")


def test_python_functions_are_refused_with_an_alternative() -> None:
    @door.implementation("numpy", discard_units=True)
    @door.check_units(x=1, result=1)
    def f(x: float) -> float:
        return x**2

    assert f(3) == 9
    with pytest.raises(UnsupportedError, match="Python function"):
        door.Function(f, arg_units=[1], return_unit=1)
    group = door.NeuronGroup(1, "dv/dt = f(v)/ms : 1")
    with pytest.raises(UnsupportedError, match="f is a Python function") as caught:
        door.Network(group).run(1 * door.ms)
    assert "Function('f(x) = x**2')" in caught.value.help


def test_summaries() -> None:
    network = door.Network(door.NeuronGroup(1, "dv/dt = -v/ms : 1", method="euler", name="cells"))
    network.run(1 * door.ms)
    assert "compile" in str(door.profiling_summary(network))
    assert "cells_stateupdater" in str(door.scheduling_summary(network))


def test_a_stem_with_a_star_is_numbered() -> None:
    groups = [door.NeuronGroup(1, "v : 1", name="cells*") for _ in range(3)]
    door.Network(groups)
    assert [group.name for group in groups] == ["cells", "cells_1", "cells_2"]


def test_the_time_step_must_fit_the_time() -> None:
    door.restore_initial_state()
    network = door.Network(door.NeuronGroup(1, "v : 1"))
    network.run(1 * door.ms)
    door.defaultclock.dt = 0.3 * door.ms
    try:
        with pytest.raises(spikeq.ClockError, match="no whole number of such steps"):
            network.run(1 * door.ms)
    finally:
        door.restore_initial_state()


def test_the_same_seed_repeats_a_run_and_its_draws() -> None:
    group = door.NeuronGroup(5, "dv/dt = xi/ms**0.5 : 1", method="euler")
    network = door.Network(group)
    network.store()
    values = []
    for _ in range(2):
        network.restore()
        door.seed(7)
        network.run(1 * door.ms)
        values.append(group.v_[:])
    np.testing.assert_array_equal(values[0], values[1])
    network.restore()
    network.run(1 * door.ms)
    assert not np.array_equal(group.v_[:], values[0])
    door.seed()


def test_brian2s_modules_of_units_are_there() -> None:
    from spikeq.brian2.numpy_ import exp
    from spikeq.brian2.units import mV, nS
    from spikeq.brian2.units.allunits import kmetre3
    from spikeq.brian2.units.constants import faraday_constant, gas_constant, zero_celsius
    from spikeq.brian2.units.fundamentalunits import DIMENSIONLESS, Quantity, get_dimensions
    from spikeq.brian2.units.stdunits import nS as short

    assert short is nS and isinstance(mV, Quantity)
    assert float(kmetre3) == 1e9
    assert get_dimensions(exp(mV / mV)) == DIMENSIONLESS
    thermal = gas_constant * (37 * door.kelvin + zero_celsius) / faraday_constant
    assert float(thermal / mV) == pytest.approx(26.7266, rel=1e-5)


def test_only_leaves_numpy_and_pylab_out() -> None:
    names: dict[str, Any] = {}
    exec("from spikeq.brian2.only import *", names)
    assert {"NeuronGroup", "run", "mV", "Quantity", "Soma"} <= names.keys()
    assert not {"exp", "array", "plot", "np", "plt"} & names.keys()


def test_what_is_visible_is_explained_before_and_after_it_runs() -> None:
    tau = 10 * door.ms
    cells = door.NeuronGroup(2, "dv/dt = -v/tau : 1", method="exact", name="cells")
    before = door.magic_network.explain()
    assert "v[n+1] = v*exp(-dt/tau)" in before and before.startswith("Network 'network': 1 task in a step of 100 us")
    door.run(1 * door.ms)
    assert door.magic_network.explain() == before
    assert cells.t_ == 0.001 and tau
