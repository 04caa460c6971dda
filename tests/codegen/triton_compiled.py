"""Compiles every kernel that a network launches, for a GPU that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from tests.kernels.compiled import Compiled, make, read

_POINTERS = {
    "torch.float32": "*fp32",
    "torch.float64": "*fp64",
    "torch.int64": "*i64",
    "torch.int32": "*i32",
    "torch.int16": "*i16",
    "torch.int8": "*i8",
}


@dataclass(frozen=True)
class Launch:
    """A kernel, its arguments by name, and how it is launched; ``wide``: as for large populations."""

    kernel: Any
    arguments: dict[str, Any]
    options: dict[str, Any]
    wide: bool

    @property
    def constants(self) -> dict[str, Any]:
        """What is known when the kernel is compiled: numbers that are 1 too, but for the one that stays a variable."""
        fixed = {p.name for p in self.kernel.params if p.is_constexpr}
        return {n: v for n, v in self.arguments.items() if n in fixed or (_is_one(n, v) and n not in self._sizes)}

    @property
    def signature(self) -> dict[str, str]:
        """Triton's type of all other arguments."""
        others = self.arguments.keys() - self.constants.keys()
        return {n: _type(v) for n, v in self.arguments.items() if n in others}

    @property
    def divisible(self) -> tuple[str, ...]:
        """Numbers that are known to be multiples of 16."""
        whole = {
            n for n, v in self.arguments.items() if isinstance(v, int) and v % 16 == 0 and n not in ("offset", "count")
        }
        return tuple(n for n in self.signature if n in whole | self._sizes)

    @property
    def _sizes(self) -> set[str]:
        """Numbers of elements that large populations would have, as multiples of 16."""
        numbers = (n for n, v in self.arguments.items() if self.wide and isinstance(v, int) and n.startswith("n_"))
        return {n for n in numbers if not re.match(r"n_every_|.*_(depth|segments)$", n)}

    @property
    def text(self) -> str:
        """The function with those that it calls in its own module."""
        return "\n".join(self.bodies)

    @property
    def bodies(self) -> list[str]:
        """The same, one by one."""
        return [function.src for function in _with_callees(self.kernel)]

    @property
    def key(self) -> tuple[object, ...]:
        """What the compiled program depends on: equal for kernels that differ by names and comments alone."""
        order = [n for n in self.kernel.arg_names if n in self.arguments]
        constants, signature, divisible = self.constants, self.signature, self.divisible
        kinds = tuple((signature.get(n, repr(constants.get(n))), n in divisible) for n in order)
        return unnamed(self.text), kinds, tuple(sorted(self.options.items()))

    def make(self, architecture: int = 90) -> Any:
        """Compile what this launch would run on a GPU."""
        options = dict(self.options) | {"fuse": self.options["enable_fp_fusion"]}
        del options["enable_fp_fusion"]
        return make(self.kernel, self.signature, self.constants, self.divisible, architecture=architecture, **options)

    def compiled(self, architecture: int = 90) -> Compiled:
        """The same, read from the binary."""
        return read(self.make(architecture))


def _with_callees(kernel: Any) -> list[Any]:
    import triton

    found = [kernel]
    for function in found:
        names = function.fn.__code__.co_names
        called = (function.fn.__globals__.get(name) for name in names)
        found += [one for one in called if isinstance(one, triton.JITFunction) and one not in found]
    return found


def unnamed(text: str) -> str:
    """The text of kernels without comments and descriptions, names numbered as they come."""
    names: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"_{len(names)}")

    bare = re.sub(r'"""[^"]*"""|#[^\n]*', "", text)
    return re.sub(r"(?<![\w.])(?!tl\b|triton\b)[A-Za-z_]\w*", number, bare)


@contextmanager
def noted(wide: bool = False) -> Iterator[list[Launch]]:
    """Have what would be launched put on a list, step by step unless asked otherwise, and nothing run.

    wide: with the longest blocks, sizes being multiples of 16, as for large populations.
    """
    import triton

    from spikeq.codegen.launch import BLOCKS, chosen
    from spikeq.network import launching, triton_runner
    from spikeq.network.rooms import Rooms
    from spikeq_kernels import launch_triton

    found: list[Launch] = []
    allocate = Rooms.allocate

    def note(kernel: Any, *arguments: Any, grid: Any, warmup: bool, **further: Any) -> None:
        fixed = {name: further[name] for name in further.keys() & set(kernel.arg_names)}
        named = dict(zip(kernel.arg_names, arguments, strict=False))
        options = {name: value for name, value in further.items() if name not in fixed}
        found.append(Launch(kernel, named | fixed, options, wide))

    with ExitStack() as changes:
        changes.enter_context(patch.object(launch_triton, "IS_INTERPRETED", new=True))
        changes.enter_context(patch.object(triton.JITFunction, "run", note))
        changes.enter_context(patch.object(Rooms, "allocate", lambda *given: _empty(allocate(*given))))
        changes.enter_context(
            patch.object(launching, "chosen", lambda *of: chosen(*of[:2], of[2].replace("auto", "steps")))
        )
        if wide:
            changes.enter_context(patch.object(triton_runner, "block_of", lambda n, form: max(BLOCKS)))
        yield found


def _empty(rooms: dict[str, Any]) -> dict[str, Any]:
    return {name: room.zero_() for name, room in rooms.items()}


def launches(network: Any, namespace: dict[str, Any] | None = None, wide: bool = False) -> list[Launch]:
    """What a network launches in its steps: each kernel once."""
    from spikeq.network.triton_runner import TritonRunner

    with noted(wide) as found:
        assembly, compiled = network.compiled(namespace or {})
        runner = TritonRunner(assembly, compiled, network._take_base(assembly), network.batch or 1)
        for segment in runner.segments:
            segment(2)
    return list({launch.kernel.__name__: launch for launch in found}.values())


def compiled(network: Any, namespace: dict[str, Any] | None = None, architecture: int = 90) -> dict[str, Compiled]:
    """What each kernel of a network takes, by name."""
    return {launch.kernel.__name__: launch.compiled(architecture) for launch in launches(network, namespace)}


def _is_one(name: str, value: Any) -> bool:
    return isinstance(value, int) and value == 1 and name not in ("offset", "count")


def _type(value: Any) -> str:
    return "i32" if isinstance(value, int) else _POINTERS[str(value.dtype)]
