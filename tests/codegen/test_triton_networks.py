"""Networks of many kinds on the Triton backend, interpreted, in a process of their own: by hand and beside torch."""

from __future__ import annotations

import pytest

from tests.kernels.interpreter import names, outcomes, why_not

MODULES = ("tests.codegen.normalising_checks", "tests.codegen.table_checks")
CHECKS = names(*MODULES)

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return outcomes(*MODULES)


@pytest.mark.parametrize("check", CHECKS)
def test_check(found: dict[str, str], check: str) -> None:
    assert found[check] == ""
