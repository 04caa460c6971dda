"""The proof of a schedule refuses every launch that would let programs meet, or change what comes first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest

from spikeq import Network
from spikeq.codegen import triton_backend
from spikeq.codegen.plan import make_plan
from spikeq.codegen.tasks import in_order
from spikeq.codegen.triton_schedule import Chain, Launch, Schedule
from spikeq.codegen.verify import verify
from tests.codegen.test_triton_compiled import in_rows, plainly, recurrent, varied

Proof = tuple[Any, Schedule, Any, dict[str, int]]


def proof_of(network: Network) -> Proof:
    """What is given to the proof of a network's whole step."""
    found: list[Any] = []
    assembly = network.assemble({})
    tasks, batched = in_order(assembly.tasks), (network.batch or 1) > 1
    further = (tuple(assembly.clocks), batched, network.is_single, network.deterministic)
    with patch.object(triton_backend, "verify", lambda *given: found.append(given)):
        triton_backend.emit(make_plan(tasks, assembly.arrays(), *further))
    first: Proof = found[0]
    return first


def joined(launches: list[Launch]) -> Iterator[list[Launch]]:
    """Two neighbouring launches as one."""
    for n in range(len(launches) - 1):
        yield [*launches[:n], [*launches[n], *launches[n + 1]], *launches[n + 2 :]]


def swapped(launches: list[Launch]) -> Iterator[list[Launch]]:
    """Two neighbouring launches in the other order."""
    for n in range(len(launches) - 1):
        yield [*launches[:n], launches[n + 1], launches[n], *launches[n + 2 :]]


def turned(launches: list[Launch]) -> Iterator[list[Launch]]:
    """The parts of a chain backwards, or in programs of their own."""
    for n, launch in enumerate(launches):
        for chain in (one for one in launch if len(one.members) > 1):
            others = [one for one in launch if one is not chain]
            for apart in ([Chain(chain.members[::-1])], [Chain([one]) for one in chain.members]):
                yield [*launches[:n], [*others, *apart], *launches[n + 1 :]]


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(AssertionError, match="A fault of spikeq's"):
        yield


def dense(form: str) -> Network:
    return plainly(form, "True")


def deterministic(form: str) -> Network:
    network = recurrent(form)
    network.deterministic = True
    return network


@pytest.mark.parametrize("model", [dense, recurrent, varied, in_rows, deterministic], ids=lambda model: model.__name__)
def test_launches_that_are_not_those_of_the_schedule(model: Callable[[str], Network]) -> None:
    parts, schedule, *further = proof_of(model("triton"))
    verify(parts, schedule, *further)
    form = "between" if schedule.is_cut else "whole"
    launches, tried = getattr(schedule, form), 0
    for change in (joined, swapped, turned):
        for changed in change(launches):
            tried += 1
            with refused():
                verify(parts, replace(schedule, **{form: changed}), *further)
    assert tried > 0
    launches[0].pop()
    with refused():
        verify(parts, schedule, *further)


def test_events_of_one_step_are_not_kept_where_two_are_needed() -> None:
    parts, schedule, plan, depths = proof_of(dense("triton"))
    assert set(depths.values()) == {2}
    with refused():
        verify(parts, schedule, plan, dict.fromkeys(depths, 1))
    with refused():
        verify(parts, replace(schedule, rings=frozenset()), plan, depths)
