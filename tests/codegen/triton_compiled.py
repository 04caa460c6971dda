"""Compiles every kernel that a network launches in a step, for a GPU that is not there."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from tests.kernels.compiled import Compiled, compile_kernel

_POINTERS = {
    "torch.float32": "*fp32",
    "torch.float64": "*fp64",
    "torch.int64": "*i64",
    "torch.int32": "*i32",
    "torch.int16": "*i16",
    "torch.int8": "*i8",
}


def launches(network: Any, namespace: dict[str, Any] | None = None) -> list[tuple[Any, dict[str, Any], dict[str, Any]]]:
    """The kernels that one step launches: the function, its arguments by name, and how it is launched."""
    import triton

    from spikeq.network.triton_runner import TritonRunner

    found: list[tuple[Any, dict[str, Any], dict[str, Any]]] = []

    def note(kernel: Any, *arguments: Any, grid: Any, warmup: bool, **further: Any) -> None:
        fixed = {name: further[name] for name in further.keys() & set(kernel.arg_names)}
        named = dict(zip(kernel.arg_names, arguments, strict=False))
        found.append((kernel, named | fixed, {k: v for k, v in further.items() if k not in fixed}))

    with patch("spikeq_kernels.launch_triton.IS_INTERPRETED", new=True), patch.object(triton.JITFunction, "run", note):
        assembly, compiled = network.compiled(namespace or {})
        runner = TritonRunner(assembly, compiled, network._take_base(assembly), network.batch or 1)
        for segment in runner.segments:
            segment(1)
    return found


def compiled(network: Any, namespace: dict[str, Any] | None = None, architecture: int = 90) -> dict[str, Compiled]:
    """What each kernel of a network takes, by name."""
    made = {}
    for kernel, arguments, options in launches(network, namespace):
        constants = {n: v for n, v in arguments.items() if n in ("BLOCK", "SHARES", "LANES") or _is_one(n, v)}
        signature = {n: _type(v) for n, v in arguments.items() if n not in constants}
        divisible = tuple(n for n, v in arguments.items() if isinstance(v, int) and v % 16 == 0 and n != "offset")
        fuse, warps = options["enable_fp_fusion"], options["num_warps"]
        made[kernel.__name__] = compile_kernel(
            kernel, signature, constants, divisible, architecture=architecture, num_warps=warps, fuse=fuse
        )
    return made


def _is_one(name: str, value: Any) -> bool:
    """Triton compiles a number that is 1 as a constant, but for the one that is not to be specialised."""
    return isinstance(value, int) and value == 1 and name != "offset"


def _type(value: Any) -> str:
    return "i32" if isinstance(value, int) else _POINTERS[str(value.dtype)]
