"""Emitted kernels touch only their own memory, and no result depends on which program runs first."""

from __future__ import annotations

import pytest

from tests.kernels.interpreter import names, outcomes, why_not

CHECKS, LONG = "tests.codegen.race_checks", "tests.codegen.race_long_checks"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return outcomes(CHECKS)


@pytest.mark.parametrize("name", names(CHECKS))
def test_programs_in_any_order(name: str, found: dict[str, str]) -> None:
    assert found[name] == "", found[name]


@pytest.mark.slow
def test_many_sizes() -> None:
    assert {name: problem for name, problem in outcomes(LONG).items() if problem} == {}
