"""Calls launchers where Triton runs: on tensors of the CPU interpreted, otherwise on copies on the GPU."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import torch
from torch import Tensor

from spikeq import Network
from spikeq_kernels import elementwise_triton
from spikeq_kernels.philox import Stream

INTERPRETED = bool(os.environ.get("TRITON_INTERPRET"))
BLOCK = 16384 if INTERPRETED else 512  # the interpreter takes as long for one number as for many


def call(launcher: Any, *arguments: Any, **options: Any) -> Any:
    """What a launcher returns, and what it wrote into its arguments, on the CPU."""
    if INTERPRETED:
        return launcher(*arguments, **options)
    moved = [_moved(argument) for argument in arguments]
    found = launcher(*moved, **options)
    for argument, there in zip(arguments, moved, strict=True):
        if isinstance(argument, Tensor):
            argument.copy_(there)
    return found.cpu() if isinstance(found, Tensor) else found


def apply(function: Any, *arguments: Tensor, dtype: torch.dtype | None = None) -> Tensor:
    """A device function, element by element."""
    found: Tensor = call(elementwise_triton.apply, function, *arguments, dtype=dtype, block=BLOCK)
    return found


def _moved(argument: Any) -> Any:
    if isinstance(argument, Stream):
        return dataclasses.replace(argument, device="cuda")
    return argument.cuda() if isinstance(argument, Tensor) else argument


def place_networks() -> None:
    """From here on, networks whose backend is Triton stand on the GPU."""
    make = Network.__init__

    def made(self: Network, *objects: Any, **options: Any) -> None:
        make(self, *objects, **({"device": "cuda"} if options.get("backend") == "triton" else {}) | options)

    Network.__init__ = made  # type: ignore[method-assign]
