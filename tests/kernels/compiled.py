"""Compile a Triton kernel for a GPU that is not there, and read from the binary what it would cost."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Compiled:
    """What one thread takes (registers; stack and local in bytes), shared bytes of a block, instructions by name."""

    registers: int
    stack: int
    local: int
    shared: int
    instructions: Counter[str]
    ptx: str

    def count(self, *prefixes: str) -> int:
        """How many instructions have names that begin so."""
        return sum(n for name, n in self.instructions.items() if name.startswith(prefixes))

    @property
    def spills(self) -> int:
        """Stores to and loads from local memory."""
        return self.count("STL", "LDL")

    @property
    def float64(self) -> int:
        """Instructions of double precision, conversions among them."""
        return self.count("DADD", "DMUL", "DFMA", "DSETP", "DMNMX") + sum(
            n for name, n in self.instructions.items() if "F64" in name or "64H" in name
        )


def compile_kernel(
    kernel: Any,
    signature: Mapping[str, str],
    constants: Mapping[str, object],
    divisible: tuple[str, ...] = (),
    architecture: int = 90,
    num_warps: int = 4,
    fuse: bool = False,
    **options: object,
) -> Compiled:
    """Compile for sm_90 (or another architecture) without a driver.

    signature: Triton's type of each argument ("*fp32", "i32", "fp32", "constexpr"); constants: the values of the last.
    divisible: integers that are multiples of 16, besides the pointers, which are taken to be aligned.
    """
    import triton
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    position = {name: i for i, name in enumerate(kernel.arg_names)}
    aligned = [name for name, kind in signature.items() if kind.startswith("*") or name in divisible]
    source = ASTSource(
        fn=kernel,
        signature={name: signature.get(name, "constexpr") for name in kernel.arg_names},
        constexprs={(position[name],): value for name, value in constants.items()},
        attrs={(position[name],): [["tt.divisibility", 16]] for name in aligned},
    )
    made = triton.compile(
        source,
        target=GPUTarget("cuda", architecture, 32),
        options={"num_warps": num_warps, "enable_fp_fusion": fuse, **options},
    )
    return _read(made)


def _read(made: Any) -> Compiled:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kernel.cubin"
        path.write_bytes(made.asm["cubin"])
        usage = _run("cuobjdump", "-res-usage", str(path))
        listing = _run("nvdisasm", "-c", str(path))
    found = {name: int(number) for name, number in re.findall(r"(REG|STACK|LOCAL):(\d+)", usage)}
    names = re.findall(r"^\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9_.]*)", listing, re.MULTILINE)
    return Compiled(
        registers=found["REG"],
        stack=found["STACK"],
        local=found["LOCAL"],
        shared=made.metadata.shared,
        instructions=Counter(names),
        ptx=made.asm["ptx"],
    )


def _run(tool: str, *arguments: str) -> str:
    import triton

    program = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / tool
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, check=True).stdout
