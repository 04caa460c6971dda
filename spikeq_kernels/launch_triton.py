"""Launches the kernels of a step, many steps a call: as a CUDA graph on a GPU, one after the other elsewhere.

The number of the step lies in device memory; a launch adds to it only its own place among the steps of a graph, which
never changes. So a graph can be replayed for any steps.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
import triton
from torch import Tensor

# Multiplications and additions are never fused, so that every shape of a launch gives the same bits; and loads of a
# turn of a loop stay in that turn, since what they read may be what the turn before has stored.
OPTIONS = {"enable_fp_fusion": False, "num_stages": 1}
ROOMY = OPTIONS | {"maxnreg": 128}  # else the compiler looks for more programs a processor, at the cost of registers
LONGEST_GRAPH = 64  # steps


def is_interpreted() -> bool:
    """Whether Triton runs kernels as Python."""
    knobs = getattr(triton, "knobs", None)  # early versions have none, and run none of these kernels
    return bool(knobs is not None and knobs.runtime.interpret)


IS_INTERPRETED = is_interpreted()

Step = Callable[[int], None]


def count(n: int, block: int) -> int:
    """How many blocks n elements are."""
    return (n + block - 1) // block


def warps(block: int) -> int:
    """How many warps a program for so many elements has: four elements for each thread."""
    return max(1, block // 128)


def counting_warps(block: int) -> int:
    """The same where numbers of poisson and binomial are drawn, in double precision: one element for each thread."""
    return max(1, block // 32)


def summing_warps(block: int) -> int:
    """The same where rows of weights are summed, many at once: more warps, so that the sums stay in registers."""
    return max(8, block // 8)


largest, smallest = max, min


def numbers() -> dict[str, int]:
    """How normalisations are shared out.

    COLUMNS, RUNS: neurons of one program that scales the values of their synapses, by columns of a matrix or by runs,
    and how many synapses of each it takes side by side. SWEEPS: the most programs where each goes through block after
    block.
    """
    return {
        "COLUMNS": 64,
        "COLUMNS_LANES": 16,
        "RUNS": 4,
        "RUNS_LANES": 64 if is_interpreted() else 256,
        "SWEEPS": 1024,
    }


def pointer(array: Tensor) -> Tensor:
    """An array as kernels take it: truth values are bytes."""
    return array.view(torch.int8) if array.dtype == torch.bool else array


def packed(constants: dict[Any, Tensor], dtype: torch.dtype, *names: str) -> Tensor:
    """Some single numbers as one table, which lies beside them under their names."""
    if names not in constants:
        constants[names] = _together(constants, names, dtype)
    return constants[names]


def pack_again(constants: dict[Any, Tensor]) -> None:
    """Fill the tables of single numbers that have changed."""
    for names, table in constants.items():
        if isinstance(names, tuple):
            table.copy_(_together(constants, names, table.dtype))


def _together(constants: dict[Any, Tensor], names: tuple[str, ...], dtype: torch.dtype) -> Tensor:
    return torch.stack([constants[name].reshape(()).to(dtype) for name in names])


def on_device(array: Tensor) -> Any:
    """Kernels go to the device of an array, whichever is the current one."""
    return torch.cuda.device(array.device) if array.device.type == "cuda" else nullcontext()


@contextmanager
def captured(graph: torch.cuda.CUDAGraph, device: torch.device) -> Iterator[None]:
    """What is launched becomes part of a graph. Kernels that are collected as garbage meanwhile would spoil it."""
    stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
    gc.collect()
    was_on = gc.isenabled()
    gc.disable()
    try:
        with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
            yield
    finally:
        if was_on:
            gc.enable()


class Steps:
    """Runs a step again and again: ``step(offset)`` launches its kernels, ``clock`` holds its number.

    With ``begin`` and ``finish``, ``step(offset)`` ends the step at that offset and begins the next one; a first one
    must have begun, and the last one is finished apart.
    """

    def __init__(self, clock: Tensor, step: Step, begin: Step | None = None, finish: Step | None = None) -> None:
        self.clock, self.step, self.begin, self.finish = clock, step, begin, finish
        self.graphs: dict[int, torch.cuda.CUDAGraph] = {}
        self.is_warm = False

    def __call__(self, count: int) -> None:
        """Run so many steps from the one in ``clock``, which is left anywhere."""
        with on_device(self.clock):
            self._run(count)

    def _run(self, count: int) -> None:
        if count and self.begin is not None and self.finish is not None:
            self.begin(0)
            self._repeat(count - 1)
            self.finish(0 if self.clock.device.type == "cuda" else count - 1)
        else:
            self._repeat(count)

    def _repeat(self, count: int) -> None:
        if self.clock.device.type != "cuda":
            for offset in range(count):
                self.step(offset)
            return
        if not self.is_warm and count:
            self._advance(1)
            count, self.is_warm = count - 1, True
        length = LONGEST_GRAPH
        while count:
            while length > count:
                length //= 2
            self._replay(length)
            count -= length

    def _advance(self, count: int) -> None:
        """Launch some steps, and move the number of the step on."""
        for offset in range(count):
            self.step(offset)
        self.clock[0].add_(count)

    def _replay(self, count: int) -> None:
        if count == 1:
            self._advance(1)
            return
        if count not in self.graphs:
            graph = torch.cuda.CUDAGraph()
            with captured(graph, self.clock.device):
                self._advance(count)
            self.graphs[count] = graph
        self.graphs[count].replay()


class Persistent:
    """Runs many steps at once: ``run(count)`` launches one kernel that goes on from the step in ``clock``."""

    def __init__(self, clock: Tensor, run: Step) -> None:
        self.clock, self.run = clock, run

    def __call__(self, count: int) -> None:
        """Run so many steps from the one in ``clock``."""
        if count:
            with on_device(self.clock):
                self.run(count)
