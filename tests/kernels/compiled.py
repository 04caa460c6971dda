"""Compile a Triton kernel for a GPU that is not there, and read from the binary what it would cost."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Compiled:
    """What one thread takes (registers; stack and local in bytes), shared bytes of a block, and the program itself."""

    registers: int
    stack: int
    local: int
    shared: int
    ptx: str
    cubin: bytes

    @cached_property
    def instructions(self) -> Counter[str]:
        """How many instructions there are of each name. Takes longer to find out than compiling."""
        listing = _run("nvdisasm", "-c", self.cubin)
        names = re.findall(r"^\s+/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9_.]*)", listing, re.MULTILINE)
        return Counter(names)

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

    @property
    def float64_text(self) -> list[str]:
        """Lines of the intermediate text that speak of double precision: there are none where no instruction does."""
        return [line.strip() for line in self.ptx.splitlines() if ".f64" in line]


def make(
    kernel: Any,
    signature: Mapping[str, str],
    constants: Mapping[str, object],
    divisible: tuple[str, ...] = (),
    architecture: int = 90,
    num_warps: int = 4,
    fuse: bool = False,
    **options: object,
) -> Any:
    """Compile for sm_90 (or another architecture) without a driver: what Triton made.

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
    return triton.compile(
        source,
        target=GPUTarget("cuda", architecture, 32),
        options={"num_warps": num_warps, "enable_fp_fusion": fuse, **options},
    )


def compile_kernel(*arguments: Any, **options: Any) -> Compiled:
    """The same, read from the binary; arguments as of ``make``."""
    return read(make(*arguments, **options))


def read(made: Any) -> Compiled:
    """What a compiled kernel takes."""
    cubin = made.asm["cubin"]
    usage = _run("cuobjdump", "-res-usage", cubin)
    found = {name: int(number) for name, number in re.findall(r"(REG|STACK|LOCAL):(\d+)", usage)}
    shared = made.metadata.shared
    return Compiled(found["REG"], found["STACK"], found["LOCAL"], shared, made.asm["ptx"], cubin)


def _run(tool: str, option: str, cubin: bytes) -> str:
    import triton

    program = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / tool
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        return subprocess.run([str(program), option, file.name], capture_output=True, text=True, check=True).stdout
