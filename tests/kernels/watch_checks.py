"""Checks that ``watch`` finds each kind of fault in kernels that are wrong on purpose, and accuses no right ones."""

from __future__ import annotations

from typing import Any

import torch
import triton
import triton.language as tl

from tests.kernels.watch import Watch, unwritten

WATCHES_ITSELF = True


def faults(kernel: Any, grid: tuple[int, ...], *arguments: Any, **options: Any) -> list[str]:
    """What is wrong with a launch."""
    with Watch() as watch:
        kernel[grid](*arguments, **options)
    return list(watch.faults.values())


def kinds(found: list[str]) -> list[str]:
    return [one.partition(":")[0] for one in found]


@triton.jit
def scaled(x_ptr: Any, n: Any, BLOCK: tl.constexpr) -> None:
    """In place, each element by its own lane."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    here = i < n
    tl.store(x_ptr + i, 2 * tl.load(x_ptr + i, mask=here, other=0.0), mask=here)


@triton.jit
def scaled_twice(x_ptr: Any, BLOCK: tl.constexpr) -> None:
    """Each lane reads again what it wrote; of half a block two threads hold each lane, and one of them writes."""
    i = tl.arange(0, BLOCK)
    tl.store(x_ptr + i, 2 * tl.load(x_ptr + i))
    tl.store(x_ptr + i, 2 * tl.load(x_ptr + i))


@triton.jit
def without_mask(x_ptr: Any, y_ptr: Any, BLOCK: tl.constexpr) -> None:
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(y_ptr + i, tl.load(x_ptr + i))


@triton.jit
def shifted(x_ptr: Any, n: Any, BLOCK: tl.constexpr) -> None:
    """Each element takes its neighbour's value: at the ends of blocks, one of another program."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    value = tl.load(x_ptr + i + 1, mask=i + 1 < n, other=0.0)
    tl.debug_barrier()
    tl.store(x_ptr + i, value, mask=i < n)


@triton.jit
def counted(sums_ptr: Any, x_ptr: Any, BLOCK: tl.constexpr, READ: tl.constexpr, LARGEST: tl.constexpr) -> None:
    """All programs add to one sum, or the first of them takes the largest."""
    i = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    if LARGEST and tl.program_id(0) == 0:
        tl.atomic_max(sums_ptr + 0 * i, i)
    else:
        tl.atomic_add(sums_ptr + 0 * i, 1)
    if READ:
        tl.store(x_ptr + tl.program_id(0), tl.load(sums_ptr))


@triton.jit
def gathered(x_ptr: Any, y_ptr: Any, BLOCK: tl.constexpr, BARRIER: tl.constexpr) -> None:
    """Lanes write, then read what the opposite lane wrote."""
    i = tl.arange(0, BLOCK)
    tl.store(x_ptr + i, i.to(tl.float32))
    if BARRIER:
        tl.debug_barrier()
    tl.store(y_ptr + i, tl.load(x_ptr + BLOCK - 1 - i))


@triton.jit
def stepped(x_ptr: Any, t_ptr: Any, steps: Any, BLOCK: tl.constexpr, BARRIER: tl.constexpr) -> None:
    """Many steps of a ring in one program, the number of the step in memory."""
    i = tl.arange(0, BLOCK)
    for _ in range(steps):
        step = tl.load(t_ptr)
        left = tl.load(x_ptr + (i + step) % BLOCK)
        tl.debug_barrier()
        tl.store(x_ptr + i, left + 1)
        tl.store(t_ptr, step + 1)
        if BARRIER:
            tl.debug_barrier()


@triton.jit
def collided(x_ptr: Any, BLOCK: tl.constexpr, EQUAL: tl.constexpr) -> None:
    i = tl.arange(0, BLOCK)
    tl.store(x_ptr + i // 2, i // 2 if EQUAL else i)


@triton.jit
def partly(x_ptr: Any, y_ptr: Any, n: Any, BLOCK: tl.constexpr) -> None:
    i = tl.arange(0, BLOCK)
    tl.store(y_ptr + i, tl.load(x_ptr + i, mask=i < n), mask=i < n)


@triton.jit
def once(x_ptr: Any) -> None:
    """A value that is no block is loaded by all threads and stored by one."""
    tl.store(x_ptr, tl.load(x_ptr) + 1)


@triton.jit
def doubled(x: Any) -> Any:
    return 2 * tl.load(x)


@triton.jit
def through_a_function(x_ptr: Any, y_ptr: Any) -> None:
    tl.store(y_ptr + tl.program_id(0), doubled(x_ptr + tl.program_id(0)))


def check_right_kernels_are_not_accused() -> None:
    x = torch.arange(100.0)
    assert faults(scaled, (4,), x, 100, BLOCK=32, num_warps=1) == []
    assert torch.equal(x, 2 * torch.arange(100.0))
    sums, y = torch.zeros(1, dtype=torch.int32), torch.zeros(64)
    assert faults(counted, (3,), sums, y, BLOCK=32, READ=False, LARGEST=False) == []
    assert sums.tolist() == [96]
    assert faults(gathered, (1,), torch.zeros(64), y, BLOCK=64, BARRIER=True) == []
    assert y.tolist() == list(range(63, -1, -1))
    step = torch.zeros(1, dtype=torch.int32)
    assert faults(stepped, (1,), torch.zeros(64), step, 5, BLOCK=64, BARRIER=True, num_warps=1) == []
    assert faults(collided, (1,), torch.zeros(32), BLOCK=32, EQUAL=True) == []
    assert faults(once, (1,), torch.zeros(1), num_warps=1) == []


def check_strays() -> None:
    """Elements that are not there are not touched; memory of another argument is not there either."""
    x, y = torch.arange(80.0), torch.full((80,), -1.0)
    found = faults(without_mask, (3,), x[:70], y[:70], BLOCK=32)
    assert kinds(found) == ["out of bounds", "out of bounds"], found
    assert "without_mask: x_ptr[70]: there are 70 elements: watch_checks.py:" in found[0]
    assert "y_ptr[70]" in found[1]
    assert y[:70].tolist() == list(range(70))
    assert y[70:].tolist() == [-1.0] * 10
    both = torch.zeros(64)
    assert kinds(faults(without_mask, (2,), both[:40], both[40:], BLOCK=32)) == ["out of bounds"] * 2


def check_one_program_reads_what_another_writes() -> None:
    (found,) = faults(shifted, (2,), torch.arange(64.0), 64, BLOCK=32)
    assert found.startswith(
        "race of programs: shifted: x_ptr[32]: program (1, 0, 0) writes it and program (0, 0, 0) reads"
    )


def check_two_programs_write() -> None:
    (found,) = faults(collided, (2,), torch.zeros(32), BLOCK=32, EQUAL=True)
    assert "program (0, 0, 0) writes it and program (1, 0, 0) writes it" in found


def check_atomic_changes() -> None:
    sums, y = torch.zeros(1, dtype=torch.int32), torch.zeros(2)
    found = faults(counted, (2,), sums, y, BLOCK=32, READ=True, LARGEST=False, num_warps=1)
    assert sorted(kinds(found)) == ["race of lanes", "race of programs"]
    assert any("changes it atomically and program" in one and "reads it" in one for one in found)
    found = faults(counted, (2,), sums, y, BLOCK=32, READ=False, LARGEST=True)
    assert kinds(found) == ["race of programs"]


def check_lanes_without_a_barrier() -> None:
    (found,) = faults(gathered, (1,), torch.zeros(64), torch.zeros(64), BLOCK=64, BARRIER=False)
    assert found.startswith("race of lanes: gathered: x_ptr[")
    x, step = torch.zeros(64), torch.zeros(1, dtype=torch.int32)
    (found,) = faults(stepped, (1,), x, step, 5, BLOCK=64, BARRIER=False, num_warps=1)
    assert "x_ptr" in found
    assert "race of lanes" in found


def check_a_value_that_is_stored_by_one_thread() -> None:
    (found,) = faults(once, (1,), torch.zeros(1), num_warps=4)
    assert found.startswith("race of lanes: once: x_ptr[0]")
    x, step = torch.zeros(128), torch.zeros(1, dtype=torch.int32)
    assert faults(stepped, (1,), x, step, 5, BLOCK=128, BARRIER=True, num_warps=4) == []
    assert faults(scaled, (1,), torch.zeros(32), 32, BLOCK=32, num_warps=2) == []
    assert faults(scaled_twice, (1,), torch.zeros(64), BLOCK=64, num_warps=2) == []
    (found,) = faults(scaled_twice, (1,), torch.zeros(32), BLOCK=32, num_warps=2)
    assert "race of lanes: scaled_twice: x_ptr[0]: a lane writes it and another reads it" in found


def check_lanes_that_store_different_values() -> None:
    (found,) = faults(collided, (1,), torch.zeros(32), BLOCK=32, EQUAL=False)
    assert found.startswith("lanes store different values: collided: x_ptr[0]: ")


def check_loads_of_nothing() -> None:
    x, y = torch.zeros(32), torch.zeros(32)
    assert kinds(faults(partly, (1,), x, y, 31, BLOCK=32)) == ["masked load without other"]
    for dtype in (torch.int8, torch.int32, torch.int64, torch.float32, torch.float64):
        fresh = unwritten(torch.zeros(4, dtype=dtype))
        fresh[0] = 1
        (found,) = faults(through_a_function, (4,), fresh, torch.zeros(4, dtype=torch.float64))
        assert found.startswith("read of what nobody wrote: through_a_function: x_ptr[1]: a load: watch_checks.py:")
        assert found.count("watch_checks.py:") == 2
    with Watch():
        fresh = torch.empty(3)
    assert fresh.isnan().all()


def check_programs_run_in_any_order() -> None:
    """The last one wins: with its number, in every order."""
    outcomes = set()
    for order in ("given", "reversed", *range(8)):
        x = torch.zeros(1)
        with Watch(order) as watch:
            last[(3, 2)](x)
        assert kinds(list(watch.faults.values())) == ["race of programs"]
        outcomes.add((order, x.item()) if isinstance(order, str) else x.item())
    assert {("given", 5.0), ("reversed", 0.0)} <= outcomes
    assert len(outcomes) > 4


@triton.jit
def last(x_ptr: Any) -> None:
    tl.store(x_ptr, tl.program_id(0) * 2 + tl.program_id(1))


@triton.jit
def of_a_row(x_ptr: Any, n: Any, BLOCK: tl.constexpr, WIDE: tl.constexpr) -> None:
    row = tl.program_id(0).to(tl.int64) if WIDE else tl.program_id(0)
    tl.store(x_ptr + row * n + tl.arange(0, BLOCK), 1.0)


def check_offsets_that_would_overflow() -> None:
    x = torch.zeros(4 * 32)
    for wide, found in ((False, ["overflow", "overflow"]), (True, [])):
        with Watch(largest=64) as watch:
            of_a_row[(4,)](x, 32, BLOCK=32, WIDE=wide)
        assert kinds(list(watch.faults.values())) == found
