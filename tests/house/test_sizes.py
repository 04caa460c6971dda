"""Files and functions stay small enough to read."""

from __future__ import annotations

import pytest

from tests.house.tree import PACKAGES, Module, functions, modules

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
USUAL_FUNCTION = 25
USUAL_SHARE = 0.9


@pytest.fixture(scope="module")
def sources() -> list[Module]:
    return modules(*PACKAGES, "examples", "benchmarks")


@pytest.fixture(scope="module")
def lengths(sources: list[Module]) -> dict[str, int]:
    """Lines of each function, from ``def`` to its last line, docstring included."""
    return {
        f"{module.name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for module in sources
        for node in functions(module)
    }


def test_files_are_short(sources: list[Module]) -> None:
    sizes = {module.name: len(module.text.splitlines()) for module in sources}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_no_function_is_long(lengths: dict[str, int]) -> None:
    assert {name: size for name, size in lengths.items() if size > LONGEST_FUNCTION} == {}


def test_most_functions_are_short(lengths: dict[str, int]) -> None:
    longer = {name: size for name, size in lengths.items() if size > USUAL_FUNCTION}
    assert len(longer) <= (1 - USUAL_SHARE) * len(lengths), longer
