"""Networks of many kinds on the Triton backend, interpreted, in a process of their own: by hand and beside torch."""

from __future__ import annotations

import pytest

from tests.kernels.interpreter import names, outcomes, why_not

KINDS = "changed_delay disturbed feature form last_step normalising shared_weight statement table renewing walk".split()
MODULES = tuple(f"tests.codegen.{name}_checks" for name in KINDS)
CHECKS = names(*MODULES)

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return outcomes(*MODULES)


@pytest.mark.parametrize("check", CHECKS)
def test_check(found: dict[str, str], check: str) -> None:
    assert found[check] == ""
