"""Imports go down the floors only, and heavy libraries are imported on first use."""

from __future__ import annotations

import graphlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, Module, imports, modules

# From the ground up. A module may import its own floor and those before it.
FLOORS = (
    ("errors", "dimension", "unit_table", "units"),
    ("language",),
    ("discretise",),
    ("codegen",),
    ("compiler",),
    ("models",),
    ("network",),
    ("experiment",),
    ("cli", "brian2", "__main__"),
)
HEIGHT = {name: height for height, floor in enumerate(FLOORS) for name in floor}

# Other people's libraries: the places (dotted, with all below them) where each may be imported.
ABOVE_COMPILER = ("compiler", "network", "experiment", "cli", "brian2")
PLACES = {
    "numpy": ("units", "language", "discretise", "codegen", *ABOVE_COMPILER),
    "lark": ("language",),
    "pint": ("units",),
    "sympy": ("discretise.symbolic",),
    "torch": ABOVE_COMPILER,
    "safetensors": ("network", "experiment"),
    "tqdm": ("network", "experiment", "cli"),
    "matplotlib": ("experiment", "cli", "brian2"),
    "gymnasium": ("experiment",),
    "numba": ("cli",),
    "scipy": ("network.matrices",),
    "triton": ("cli",),
}
HEAVY = ("sympy", "scipy", "triton", "numba", "matplotlib", "gymnasium", "pint", "tqdm")


def place(name: str) -> str:
    """``spikeq.language.parse`` -> ``language.parse``."""
    return name.partition(".")[2]


def climbs(module: Module, known: frozenset[str]) -> list[str]:
    """The imports of a module that go up the floors."""
    here = place(module.name).partition(".")[0]
    if not here:
        return []
    targets = {name for name in imports(module, known) if name.partition(".")[0] == "spikeq"}
    above = [name for name in targets if HEIGHT.get(place(name).partition(".")[0], len(FLOORS)) > HEIGHT[here]]
    roof = {"spikeq"} if here in FLOORS[-1] else set()
    if here == "models":
        above += [name for name in targets if place(name).partition(".")[0] in ("discretise", "codegen", "compiler")]
    return [f"{module.name} imports {name}" for name in sorted(set(above) - roof)]


def strangers(module: Module) -> list[str]:
    """The third-party imports of a module of spikeq that its floor may not make."""
    here = place(module.name)
    found = []
    for name in sorted({name.partition(".")[0] for name in imports(module)}):
        if name in sys.stdlib_module_names or name in PACKAGES:
            continue
        if not any(here == allowed or here.startswith(f"{allowed}.") for allowed in PLACES.get(name, ())):
            found.append(f"{module.name} imports {name}")
    return found


def kernel_strangers(module: Module) -> list[str]:
    """The imports of a kernel file beyond torch, numpy, and the machine that its name ends with."""
    machine = {"triton": {"triton"}, "numba": {"numba"}}.get(module.name.rpartition("_")[2], set())
    allowed = {"spikeq_kernels", "torch", "numpy"} | machine
    tops = {name.partition(".")[0] for name in imports(module)}
    return [f"{module.name} imports {name}" for name in sorted(tops - allowed - set(sys.stdlib_module_names))]


def order(sources: list[Module]) -> list[str]:
    """The modules in an order of import, those inside functions too; ``graphlib.CycleError`` where there is none."""
    known = frozenset(module.name for module in sources)
    graph = {module.name: (imports(module, known, types=False) & known) - {module.name} for module in sources}
    return list(graphlib.TopologicalSorter(graph).static_order())


@pytest.fixture(scope="module")
def house() -> list[Module]:
    return modules(*PACKAGES)


def test_every_file_stands_on_a_floor(house: list[Module]) -> None:
    assert {place(m.name).partition(".")[0] for m in house if m.name.startswith("spikeq.")} <= set(HEIGHT)


def test_imports_go_down(house: list[Module]) -> None:
    known = frozenset(module.name for module in house)
    assert [line for module in house if module.name.startswith("spikeq.") for line in climbs(module, known)] == []


def test_libraries_stay_on_their_floors(house: list[Module]) -> None:
    ours = [m for m in house if m.name.startswith("spikeq.")]
    assert [line for module in ours for line in strangers(module)] == []


def test_kernels_stand_alone(house: list[Module]) -> None:
    kernels = [m for m in house if m.name.partition(".")[0] == "spikeq_kernels"]
    assert [line for module in kernels for line in kernel_strangers(module)] == []


def test_no_import_cycle(house: list[Module]) -> None:
    assert len(order(house)) == len(house)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("spikeq.language.parse", "from spikeq.network import network", "spikeq.language.parse imports spikeq.network"),
        ("spikeq.language.parse", "def f():\n    from ..codegen import plan", "imports spikeq.codegen"),
        ("spikeq.network.views", "import spikeq", "spikeq.network.views imports spikeq"),
        ("spikeq.models.neurons", "import spikeq.compiler", "spikeq.models.neurons imports spikeq.compiler"),
        ("spikeq.language.parse", "import torch.nn as nn", "spikeq.language.parse imports torch"),
        ("spikeq.discretise.exact", "import sympy", "spikeq.discretise.exact imports sympy"),
        ("spikeq_kernels.philox", "from spikeq import errors", "spikeq_kernels.philox imports spikeq"),
        ("spikeq_kernels.philox", "import triton", "spikeq_kernels.philox imports triton"),
        ("spikeq_kernels.philox_numba", "import triton", "spikeq_kernels.philox_numba imports triton"),
    ],
)
def test_a_planted_import_is_found(name: str, text: str, found: str) -> None:
    module = Module(name, Path(f"{name.rpartition('.')[2]}.py"), text)
    kernel = name.startswith("spikeq_kernels")
    lines = kernel_strangers(module) if kernel else climbs(module, frozenset()) + strangers(module)
    assert len(lines) == 1
    assert found in lines[0]


def test_a_planted_cycle_is_found() -> None:
    pair = [
        Module("spikeq.a", Path("a.py"), "from spikeq import b"),
        Module("spikeq.b", Path("b.py"), "def f():\n    import spikeq.a"),
    ]
    with pytest.raises(graphlib.CycleError):
        order(pair)


def test_a_name_for_types_makes_no_cycle() -> None:
    guarded = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from spikeq.b import B"
    pair = [Module("spikeq.a", Path("a.py"), guarded), Module("spikeq.b", Path("b.py"), "import spikeq.a")]
    assert order(pair) == ["spikeq.a", "spikeq.b"]


def loaded_by(statement: str) -> set[str]:
    script = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_heavy_libraries_wait_for_their_first_use() -> None:
    loaded = loaded_by("import torch, spikeq")
    assert "spikeq" in loaded
    assert (loaded - loaded_by("import torch")) & set(HEAVY) == set()
