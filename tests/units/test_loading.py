"""pint is imported at the first unit, once, whatever asks first; and quickly."""

from __future__ import annotations

import subprocess
import sys

import pytest

import spikeq.units


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_door_loads_neither_pint_nor_numpy() -> None:
    script = "import sys, spikeq.units as u; print([m for m in ('pint', 'numpy', 'torch') if m in sys.modules])"
    assert run(script).strip() == "[]"


def test_reading_plain_values_needs_no_pint() -> None:
    script = "import sys; from spikeq.units import magnitude"
    assert run(script + "; magnitude([1, 2]); print('pint' in sys.modules)").strip() == "False"


def test_the_registry_is_built_quickly() -> None:
    script = (
        "import pint, numpy, spikeq.unit_table, spikeq.units.quantity, time\n"
        "import pint.facets.numpy.registry\n"
        "t = time.process_time()\n"
        "import spikeq.units.registry\n"
        "print(time.process_time() - t)"
    )
    assert min(float(run(script)) for _ in range(3)) < 0.15


def test_many_threads_may_ask_first() -> None:
    script = (
        "import threading, spikeq.units as u\n"
        "names = ['mV', 'ms', 'Quantity', 'nS', 'REGISTRY', 'magnitude', 'Hz', 'amp'] * 4\n"
        "start = threading.Barrier(len(names))\n"
        "found = []\n"
        "def ask(name):\n"
        "    start.wait()\n"
        "    found.append(getattr(u, name))\n"
        "threads = [threading.Thread(target=ask, args=(name,)) for name in names]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(found), len({id(q._REGISTRY) for q in found if isinstance(q, u.Quantity)}))"
    )
    assert run(script).split() == ["32", "1"]


def test_names_are_listed() -> None:
    assert {"mV", "gas_constant", "Quantity", "magnitude"} <= set(spikeq.units.__all__)
    assert set(spikeq.units.__all__) <= set(dir(spikeq.units))
    assert [name for name in spikeq.units.__all__ if not hasattr(spikeq.units, name)] == []
    for missing in ("nonsense", "_mV", "uV"):
        with pytest.raises(AttributeError, match=missing):
            getattr(spikeq.units, missing)


def test_constants() -> None:
    assert str(spikeq.units.zero_celsius) == "273.15 K"
    ratio = spikeq.units.gas_constant * spikeq.units.zero_celsius / spikeq.units.faraday_constant
    assert ratio / spikeq.units.mV == pytest.approx(23.54, abs=0.01)
