"""What the kernels of the probe compute, for Triton's interpreter; see ``tests.kernels.interpreter``."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

import gpu_kernels as kernels  # noqa: E402


def check_each_launch_adds_one() -> None:
    x = torch.zeros(3, dtype=torch.int32)
    for _ in range(5):
        kernels.count_up[(3,)](x, num_warps=1)
    assert x.tolist() == [5, 5, 5]


def check_everything_is_copied() -> None:
    source, target = torch.arange(37.0), torch.full((64,), -1.0)
    kernels.copy[(3,)](source, target, 37, BLOCK=16)
    assert target.tolist() == [*range(37), *[-1.0] * 27]


def check_each_program_reads_its_blocks() -> None:
    """Program p reads the blocks p, p + 17, p + 34 ... of five."""
    x = torch.arange(5 * 16, dtype=torch.float32)
    sums = torch.zeros(2 * 16)
    kernels.read_often[(2,)](x, sums, 5, 3, BLOCK=16)
    lanes = torch.arange(16.0)
    expected = [sum(16 * ((p + 17 * turn) % 5) + lanes for turn in range(3)) for p in range(2)]
    assert torch.equal(sums, torch.cat(expected))


def check_every_addition_arrives() -> None:
    places = torch.tensor([3, 0, 3, 3, 1, 0, 3], dtype=torch.int32)
    for kind in (torch.float32, torch.int32):
        sums = torch.zeros(5, dtype=kind)
        kernels.scatter_add[(2,)](places, sums, len(places), BLOCK=4)
        assert sums.tolist() == [2, 1, 0, 4, 0]
