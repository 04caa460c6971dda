"""The Triton twins against torch, interpreted, in one process for all checks."""

from __future__ import annotations

import pytest

from tests.kernels.interpreter import names, outcomes, why_not

CHECKS = ("tests.kernels.special_checks", "tests.kernels.event_checks", "tests.kernels.random_checks")

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return outcomes(*CHECKS)


@pytest.mark.parametrize("name", names(*CHECKS))
def test_interpreted(name: str, found: dict[str, str]) -> None:
    assert found[name] == "", found[name]
