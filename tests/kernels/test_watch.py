"""The watch over interpreted kernels finds what is wrong on purpose, and nothing else."""

from __future__ import annotations

import pytest

from tests.kernels.interpreter import names, outcomes, why_not

CHECKS = "tests.kernels.watch_checks"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return outcomes(CHECKS)


@pytest.mark.parametrize("name", names(CHECKS))
def test_the_watch(name: str, found: dict[str, str]) -> None:
    assert found[name] == "", found[name]
