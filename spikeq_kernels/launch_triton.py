"""Launches the kernels of a step, many steps a call: as a CUDA graph on a GPU, one after the other elsewhere.

The number of the step lies in device memory; a launch adds to it only its own place among the steps of a graph, which
never changes. So a graph can be replayed for any steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import triton
from torch import Tensor

# Multiplications and additions are never fused, so that every shape of a launch gives the same bits.
OPTIONS = {"num_warps": 1, "enable_fp_fusion": False}
LONGEST_BLOCK = 256
LONGEST_GRAPH = 64  # steps; even, so that whatever alternates between two places is where it was

IS_INTERPRETED = triton.knobs.runtime.interpret

# Neurons of one program that scales the values of their synapses: by columns of a matrix, or by runs; and how many
# synapses of each it takes side by side.
COLUMNS, RUNS = {"BLOCK": 64, "LANES": 16}, {"BLOCK": 4, "LANES": 64 if IS_INTERPRETED else 256}
MOST_PROGRAMS = 1024  # where each goes through block after block

Step = Callable[[int], None]


def block_of(n: int) -> int:
    """How many elements one program works on: a power of two, four for each thread where there are enough."""
    return int(min(LONGEST_BLOCK, max(32, triton.next_power_of_2(n))))


def grid(n: int, batch: int = 1) -> tuple[int, int]:
    """The programs for n elements in each row of the batch."""
    return (n + block_of(n) - 1) // block_of(n), batch


def blocks(n: int) -> dict[str, int | bool]:
    """The size of blocks and the number of warps for n elements."""
    block = block_of(n)
    return OPTIONS | {"BLOCK": block, "num_warps": max(1, block // 128)}


def summing_blocks(n: int) -> dict[str, int | bool]:
    """The same for kernels that sum rows of weights, many at once: more warps, so that the sums stay in registers."""
    block = block_of(n)
    return OPTIONS | {"BLOCK": block, "num_warps": 4 if block < 64 else max(8, block // 16)}


def segments(n: int) -> int:
    """How many segments the list of the events of n elements has."""
    return grid(n)[0]


def scaling(by_columns: bool) -> dict[str, int | bool]:
    """How the neurons whose synapses are scaled are shared out."""
    return OPTIONS | (COLUMNS if by_columns else RUNS) | {"num_warps": 4}


def scaling_grid(n: int, batch: int, by_columns: bool) -> tuple[int, int]:
    """The programs that scale the synapses of n neurons in each row of the batch."""
    block = (COLUMNS if by_columns else RUNS)["BLOCK"]
    return (n + block - 1) // block, batch


def sweep_grid(n: int, batch: int = 1) -> tuple[int, int]:
    """The programs that go through n elements in each row of the batch, a block after the other."""
    return min(grid(n)[0], MOST_PROGRAMS), batch


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


class Steps:
    """Runs a step again and again: ``step(offset)`` launches its kernels, ``clock`` holds its number."""

    def __init__(self, step: Step, clock: Tensor) -> None:
        self.step, self.clock = step, clock
        self.graphs: dict[int, torch.cuda.CUDAGraph] = {}
        self.is_warm = False

    def __call__(self, count: int) -> None:
        """Run so many steps from the one in ``clock``."""
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
            with torch.cuda.graph(graph):
                self._advance(count)
            self.graphs[count] = graph
        self.graphs[count].replay()
