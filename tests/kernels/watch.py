"""Watches interpreted Triton kernels for strays and races, which the interpreter itself would run without a word.

``with Watch() as watch: ...`` notes what every program of every launch reads, writes and changes atomically, element
by element, and then asks what a GPU would not answer for:

- an access outside of the argument that its pointer comes from (which is then not done);
- two programs of one launch of which one writes what the other touches, or reads what the other changes atomically:
  they run in any order, at the same time;
- two lanes of one program that touch one element without a ``tl.debug_barrier()`` in between: its threads run at their
  own pace. A value that is no block is loaded by all threads and stored by one;
- one store of different values to one element;
- a masked load without ``other``, and a read of memory that holds what ``unwritten`` put there, but for those that
  come early by intent (``events_triton.early``).

``order`` says in which order the programs of a launch run: as given, "reversed", or shuffled with a seed. ``largest``
stands for the largest number of 32 bits in a small network: products and offsets of such integers that exceed it would
overflow in a network whose sizes are as much larger.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
import triton
import triton.runtime.interpreter as interpreter

from tests.kernels.accesses import ATOMIC, READ, WRITE, Access, between_programs, within_programs

OWN = (str(Path(triton.__file__).parent), __file__, str(Path(__file__).with_name("interpreter.py")))
COMMUTE = ("ADD", "FADD", "MIN", "MAX", "UMIN", "UMAX", "AND", "OR", "XOR")
PATTERNS = {1: 0x7E, 2: 0x7EDC, 4: 0x7FEDCBA9, 8: 0x7FFEDCBA98765432}  # as numbers huge, as floats no numbers


def unwritten(tensor: torch.Tensor) -> torch.Tensor:
    """Fill memory with what says, when it is read, that nobody has written there."""
    width = tensor.element_size()
    if tensor.device.type == "cpu" and width in PATTERNS:
        whole = {1: torch.int8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[width]
        tensor.view(whole).fill_(PATTERNS[width])
    return tensor


@dataclass(frozen=True)
class Argument:
    """The memory that a pointer of a launch may reach."""

    name: str
    start: int
    stop: int
    width: int

    def element(self, address: int) -> int:
        """The number of the element at an address."""
        return (address - self.start) // self.width


@dataclass
class Launch:
    """One kernel in flight."""

    kernel: str
    warps: int
    arguments: list[Argument]
    grid: tuple[int, int, int] = (1, 1, 1)
    order: np.ndarray | None = None
    program: int = 0
    epoch: int = 0
    accesses: list[Access] = field(default_factory=list)

    def owner(self, address: int) -> Argument | None:
        """The argument whose memory holds an address."""
        return next((one for one in self.arguments if one.start <= address < one.stop), None)

    def where(self, address: int) -> str:
        """An element by the name of its argument."""
        owner = self.owner(address)
        return f"{owner.name}[{owner.element(address)}]" if owner is not None else hex(address)

    def program_name(self, program: int) -> str:
        """The program's place in the grid."""
        return str(tuple(int(n) for n in np.unravel_index(program, self.grid)))


class Watch:
    """Notes accesses while it is entered; ``faults`` tells, each kind at each line once."""

    def __init__(self, order: str | int = "given", largest: int | None = None) -> None:
        self.order, self.largest = order, largest
        self.faults: dict[str, str] = {}
        self.adds_floats = False
        self.launches = 0
        self._launch: Launch | None = None
        self._patches: list[Any] = []

    def __enter__(self) -> Watch:
        builder = interpreter.InterpreterBuilder
        for owner, names in {
            interpreter.GridExecutor: ("__call__",),
            builder: (
                *("set_grid_dim", "set_grid_idx", "create_masked_load", "create_masked_store", "create_atomic_rmw"),
                *("create_atomic_cas", "create_barrier", "create_addptr", "create_splat", "create_broadcast"),
                *("create_expand_dims", "create_mul"),
            ),
        }.items():
            for name in names:
                self._patches.append(patch.object(owner, name, _bound(self, name, getattr(owner, name))))
        self._patches.append(patch.object(torch, "empty", _filled(torch.empty)))
        for one in self._patches:
            one.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._patches:
            self._patches.pop().stop()

    def report(self) -> str:
        """All faults, one a line."""
        return "\n".join(self.faults.values())

    def fault(self, kind: str, what: str, text: str, line: str) -> None:
        """Keep the first fault of each kind at each line and argument."""
        assert self._launch is not None
        self.faults.setdefault(
            f"{kind} {what.partition('[')[0]} {line}", f"{kind}: {self._launch.kernel}: {what}: {text}: {line}"
        )

    # -- launches and programs ----------------------------------------------------------------------------------------

    def __call__(self, call: Any, executor: Any, *arguments: Any, **named: Any) -> Any:
        """Run a launch, then look at what its programs did."""
        given = dict(zip(executor.arg_names, arguments, strict=False)) | named
        found = [one for name, value in given.items() for one in _memory(name, value)]
        self._launch, self.launches = Launch(executor.fn.__name__, named.get("num_warps", 4), found), self.launches + 1
        try:
            result = call(executor, *arguments, **named)
            self._judge(self._launch)
        finally:
            self._launch = None
        return result

    def set_grid_dim(self, call: Any, builder: Any, *grid: int) -> None:
        """Note how many programs there are, and choose their order."""
        assert self._launch is not None
        count = int(np.prod(grid))
        self._launch.grid = grid  # type: ignore[assignment]
        self._launch.order = np.arange(count)[:: -1 if self.order == "reversed" else 1]
        if isinstance(self.order, int):
            self._launch.order = np.random.default_rng((self.order, self.launches)).permutation(count)
        call(builder, *grid)

    def set_grid_idx(self, call: Any, builder: Any, *place: int) -> None:
        """Begin a program: the one whose turn it is."""
        assert self._launch is not None
        assert self._launch.order is not None
        turn = int(np.ravel_multi_index(place, self._launch.grid))
        self._launch.program, self._launch.epoch = int(self._launch.order[turn]), 0
        call(builder, *(int(n) for n in np.unravel_index(self._launch.program, self._launch.grid)))

    def create_barrier(self, call: Any, builder: Any) -> None:
        """What comes later in this program comes after everything before."""
        assert self._launch is not None
        self._launch.epoch += 1
        call(builder)

    # -- where pointers come from -------------------------------------------------------------------------------------

    def _kept(self, call: Any, builder: Any, pointer: Any, *further: Any) -> Any:
        result = call(builder, pointer, *further)
        if self._launch is not None and isinstance(pointer.dtype, interpreter.tl.pointer_type):
            start = pointer.attr.get("argument")
            if start is None and pointer.data.size == 1:
                start = self._launch.owner(int(pointer.data.reshape(-1)[0]))
            result.attr["argument"] = start
        return result

    create_broadcast = create_expand_dims = _kept

    def create_addptr(self, call: Any, builder: Any, pointer: Any, offset: Any) -> Any:
        """An address: of the same memory."""
        self._overflow("offset", offset)
        return self._kept(call, builder, pointer, offset)

    def create_mul(self, call: Any, builder: Any, left: Any, right: Any) -> Any:
        """A product of integers."""
        result = call(builder, left, right)
        self._overflow("product", result)
        return result

    def create_splat(self, call: Any, builder: Any, shape: Any, value: Any) -> Any:
        """A pointer for each lane comes from where the one came from."""
        return self._kept(lambda builder, value: call(builder, shape, value), builder, value)

    # -- accesses -----------------------------------------------------------------------------------------------------

    def create_masked_load(self, call: Any, builder: Any, ptrs: Any, mask: Any, other: Any, *further: Any) -> Any:
        """Note a load."""
        line = _line()
        if other is None and ptrs.data.size > 1 and not mask.data.all():  # one 0 counts as none here
            self.fault("masked load without other", "a load", f"{int((~mask.data).sum())} lanes get no value", line)
        mask = self._note(READ, ptrs, mask, line)
        result = call(builder, ptrs, mask, other, *further)
        width = result.data.itemsize
        if not result.data.dtype == bool:
            same = (np.ascontiguousarray(result.data).view(f"i{width}") == PATTERNS[width]) & mask.data
            if same.any() and not _is_early():
                self._unwritten(ptrs.data[np.broadcast_to(same, ptrs.data.shape)], line)
        return result

    def create_masked_store(self, call: Any, builder: Any, ptrs: Any, value: Any, mask: Any, *further: Any) -> Any:
        """Note a store."""
        line = _line()
        mask = self._note(WRITE, ptrs, mask, line)
        self._collisions(ptrs.data, value.data, mask.data, line)
        return call(builder, ptrs, value, mask, *further)

    def create_atomic_rmw(
        self, call: Any, builder: Any, rmwOp: Any, ptr: Any, val: Any, mask: Any, *further: Any
    ) -> Any:
        """Note an atomic change; those that commute are told apart by what they do."""
        name = str(rmwOp).rpartition(".")[2].upper()
        kind = ATOMIC + COMMUTE.index(name) if name in COMMUTE else WRITE
        self.adds_floats |= name == "FADD"
        mask = self._note(kind, ptr, mask, _line())
        return call(builder, rmwOp, ptr, val, mask, *further)

    def create_atomic_cas(self, call: Any, builder: Any, ptr: Any, *further: Any) -> Any:
        """Note an exchange: its outcome depends on the order."""
        mask = interpreter.TensorHandle(np.ones_like(ptr.data, dtype=bool), interpreter.tl.int1)
        self._note(WRITE, ptr, mask, _line())
        return call(builder, ptr, *further)

    def _note(self, kind: int, pointers: Any, mask: Any, line: str) -> Any:
        """Keep an access; the mask without the lanes that stray."""
        launch = self._launch
        if launch is None:
            return mask
        addresses = pointers.data.reshape(-1)
        live = np.broadcast_to(mask.data, pointers.data.shape).reshape(-1)
        lanes = np.flatnonzero(live)
        argument = pointers.attr.get("argument")
        if argument is None and len(lanes):
            argument = launch.owner(int(addresses[lanes[0]]))
        start, stop = (argument.start, argument.stop) if argument is not None else (0, 0)
        inside = (addresses[lanes] >= start) & (addresses[lanes] < stop)
        if not inside.all():
            self._stray(argument, int(addresses[lanes[~inside][0]]), line)
            lanes = lanes[inside]
            kept = np.zeros(addresses.shape, bool)
            kept[lanes] = True
            mask = interpreter.TensorHandle(kept.reshape(pointers.data.shape), mask.dtype)
        launch.accesses.append(
            Access(kind, addresses[lanes], lanes, pointers.data.size, launch.program, launch.epoch, line)
        )
        return mask

    # -- faults -------------------------------------------------------------------------------------------------------

    def _overflow(self, what: str, value: Any) -> None:
        if self.largest is not None and value.data.dtype == np.int32 and (value.data > self.largest).any():
            self.fault("overflow", what, f"{int(value.data.max())} exceeds {self.largest}", _line())

    def _stray(self, argument: Argument | None, address: int, line: str) -> None:
        what = f"{argument.name}[{argument.element(address)}]" if argument is not None else hex(address)
        size = (argument.stop - argument.start) // argument.width if argument is not None else 0
        self.fault("out of bounds", what, f"there are {size} elements", line)

    def _unwritten(self, addresses: np.ndarray, line: str) -> None:
        assert self._launch is not None
        self.fault("read of what nobody wrote", self._launch.where(int(addresses.reshape(-1)[0])), "a load", line)

    def _collisions(self, addresses: np.ndarray, values: np.ndarray, mask: np.ndarray, line: str) -> None:
        live = np.broadcast_to(mask, addresses.shape).reshape(-1)
        places, order = np.unique(addresses.reshape(-1)[live], return_inverse=True)
        if len(places) == len(order):
            return
        given = np.ascontiguousarray(np.broadcast_to(values, addresses.shape)).reshape(-1)[live]
        bits = given.view(f"u{given.itemsize}") if given.dtype.kind == "f" else given
        last = np.zeros(len(places), bits.dtype)
        last[order] = bits
        wrong = np.flatnonzero(last[order] != bits)
        if len(wrong):
            assert self._launch is not None
            where = self._launch.where(int(places[order[wrong[0]]]))
            self.fault("lanes store different values", where, "one store", line)

    def _judge(self, launch: Launch) -> None:
        for one, other, address in between_programs(launch.accesses):
            names = (launch.program_name(access.program) for access in (one, other))
            text = " and ".join(
                f"program {name} {access.verb}" for name, access in zip(names, (one, other), strict=True)
            )
            self.fault("race of programs", launch.where(address), text, f"{one.line}, {other.line}")
        for one, other, address in within_programs(launch.accesses, launch.warps):
            text = f"a lane {one.verb} and another {other.verb} without a barrier in between"
            self.fault("race of lanes", launch.where(address), text, f"{one.line}, {other.line}")


def _bound(watch: Watch, name: str, call: Any) -> Any:
    """What stands in the place of a method of the interpreter."""
    return lambda *arguments, **named: getattr(watch, name)(call, *arguments, **named)


def _filled(empty: Any) -> Any:
    """``torch.empty`` whose memory says when it is read too early."""
    return lambda *shape, **options: unwritten(empty(*shape, **options))


def _memory(name: str, value: Any) -> Iterator[Argument]:
    """The memory of an argument, and of each of a tuple."""
    if isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _memory(f"{name}[{number}]", one)
    if hasattr(value, "data_ptr") and value.numel():
        last = sum((n - 1) * stride for n, stride in zip(value.shape, value.stride(), strict=True))
        width, start = value.element_size(), value.data_ptr()
        yield Argument(name, start, start + (last + 1) * width, width)


def _line() -> str:
    """The line of the kernel, and those of the functions that it calls, outermost first."""
    frame: FrameType | None = sys._getframe(2)
    lines: list[str] = []
    while frame is not None:
        if frame.f_code is Watch.__call__.__code__:
            break
        place = _place(frame.f_code.co_filename, frame.f_lineno)
        if place:
            lines.append(place)
        frame = frame.f_back
    return " > ".join(reversed(lines))


def _is_early() -> bool:
    """Whether a load comes before it is known what was written, as ``events_triton.early`` says."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code is not Watch.__call__.__code__:
        if frame.f_code.co_name == "early" and frame.f_code.co_filename.endswith("events_triton.py"):
            return True
        frame = frame.f_back
    return False


@functools.cache
def _place(name: str, number: int) -> str:
    """A line of a kernel; nothing for those of the interpreter and of this file."""
    return "" if name.startswith(OWN) else f"{Path(name).name}:{number}"
