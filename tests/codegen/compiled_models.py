"""Compiles the kernels of oracle models for a GPU that is not there, and says what each takes.

``python -m tests.codegen.compiled_models [--architecture 80] [--double] [--narrow] NAME...`` prints, as JSON, a list of
kernels. Models are taken to have large populations unless ``--narrow``; in single precision unless ``--double``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from unittest.mock import PropertyMock, patch

from tests.codegen.triton_compiled import Launch, noted, unnamed
from tests.codegen.triton_models import script_of
from tests.kernels.compiled import Compiled


@dataclass(frozen=True)
class Kernel:
    """What one kernel of a model takes.

    stack: bytes of a thread outside registers. doubles: lines that compute in double precision; double_by: functions
    that are meant to. owned: floats that each element loads for itself, where there are fewer threads than elements;
    vectors: loads of four such numbers at once.
    """

    model: str
    name: str
    about: str
    warps: int
    registers: int
    stack: int
    doubles: int
    double_by: list[str]
    owned: int
    vectors: int


def launched(name: str, wide: bool, single: bool) -> list[Launch]:
    """What the short form of a model launches, each kernel once."""
    import torch

    from spikeq.network import network

    real = torch.float32 if single else torch.float64
    form = PropertyMock(return_value="triton")
    with (
        noted(wide) as found,
        patch.object(network.Network, "form", form),
        patch.object(network, "real_type", lambda dtype: real),
    ):
        script_of(name).run("spikeq.brian2")
    return list({launch.key: launch for launch in found}.values())


def described(model: str, launch: Launch, made: Compiled) -> Kernel:
    """A compiled kernel in numbers."""
    text = launch.text
    blocks = [size for name, size in launch.constants.items() if name.startswith("BLOCK")]
    four = all(size >= 128 * launch.options["num_warps"] for size in blocks)  # elements for each thread
    bodies = {unnamed(body): body for body in launch.bodies}.values()  # compilers join those that are alike
    owned = sum(len(re.findall(r"tl\.load\(\w+ \+ i, mask=here, other=0\.0\)", body)) for body in bodies)
    return Kernel(
        model=model,
        name=launch.kernel.__name__,
        about=", ".join(re.findall(r"# \w+: (.*)", text)),
        warps=launch.options["num_warps"],
        registers=made.registers,
        stack=made.stack + made.local,
        doubles=len(made.float64_text),
        double_by=sorted(
            set(re.findall(r"distributions\.(?:poisson|binomial)|special\.(?:timestep|whole_steps)", text))
        ),
        owned=owned * four,
        vectors=len(re.findall(r"ld\.global\S*\.v4\.b32", made.ptx)),
    )


def kernels(names: list[str], architecture: int, wide: bool, single: bool) -> Iterator[Kernel]:
    """The kernels of some models; equal ones are compiled once."""
    known = set()
    for name in names:
        for launch in launched(name, wide, single):
            if launch.key not in known:
                known.add(launch.key)
                yield described(name, launch, launch.compiled(architecture))


def main(given: list[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="+")
    parser.add_argument("--architecture", type=int, default=90)
    parser.add_argument("--double", action="store_true")
    parser.add_argument("--narrow", action="store_true")
    asked: Any = parser.parse_args(given)
    warnings.simplefilter("ignore")
    found = kernels(asked.names, asked.architecture, not asked.narrow, not asked.double)
    print(json.dumps([asdict(kernel) for kernel in found]))


if __name__ == "__main__":
    main(sys.argv[1:])
