"""The Triton twins against torch, in one process for all checks: interpreted, and on a GPU where there is one."""

from __future__ import annotations

import pytest

from tests.kernels.interpreter import names, outcomes, why_not

CHECKS = tuple(f"tests.kernels.{name}_checks" for name in ("special", "event", "random", "normalise"))

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return outcomes(*CHECKS)


@pytest.mark.parametrize("name", names(*CHECKS))
def test_interpreted(name: str, found: dict[str, str]) -> None:
    assert found[name] == "", found[name]


@pytest.mark.gpu
def test_on_a_gpu() -> None:
    compiled = outcomes(*CHECKS, interpreted=False)
    assert len(compiled) > 12
    assert {name: problem for name, problem in compiled.items() if problem} == {}
