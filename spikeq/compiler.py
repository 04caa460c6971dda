"""The hallway: one function, the stages of the compiler as calls.

    stage       what goes in                      what comes out
    parse       text                              equations, statements (spikeq.language)
    check       equations                         dimensions and kinds that fit (spikeq.language.check)
    bind        names from outside                values and their kinds (spikeq.language.binding)
    discretise  differential equations            difference equations (spikeq.discretise)
    assemble    the objects of a network          the tasks of one step, in order (spikeq.network.assembly)
    plan        tasks                             segments between host functions (spikeq.codegen.plan)
    emit        plan                              source text (spikeq.codegen.torch_backend, triton_backend)
    load        source                            a function that takes memory and gives segments (spikeq.codegen.load)

The first five happen where the objects are; this file takes the tasks to a program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter

from spikeq.codegen.digest import digest
from spikeq.codegen.extents import Array
from spikeq.codegen.load import load
from spikeq.codegen.plan import Plan, Source, make_plan
from spikeq.codegen.tasks import SCHEDULE, Task, in_order
from spikeq.errors import UnsupportedError

BACKENDS = ("auto", "torch", "triton")
# The second form of torch runs on devices that work ahead of the host.
_MODULES = {
    "auto": "torch_backend",
    "torch": "torch_backend",
    "torch static": "torch_static",
    "triton": "triton_backend",
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan, its source and the loaded function; how long emitting and loading took, in seconds.

    ``backend`` is the form that the source is for, ``reason`` why it is no faster one.
    """

    plan: Plan
    source: Source
    bind: Callable[..., list[Callable[..., None]]]
    seconds: float
    backend: str = "torch"
    reason: str = ""


def compile_tasks(
    tasks: list[Task],
    arrays: Mapping[str, Array],
    clocks: tuple[str, ...],
    batched: bool,
    single: bool,
    backend: str = "torch",
    schedule: tuple[str, ...] = SCHEDULE,
    obstacle: UnsupportedError | None = None,
    deterministic: bool = False,
) -> Compiled:
    """From the tasks of a network to functions that run them. Raises UnsupportedError for an unknown backend.

    The backend ``"auto cuda"`` is Triton where that can run the plan, and torch elsewhere; ``obstacle`` says why
    Triton does not run on the device.
    """
    started = perf_counter()
    plan = make_plan(in_order(tasks, schedule), arrays, clocks, batched, single, deterministic)
    named = _Named(digest(plan), plan)
    chosen, reason = _chosen(named, backend, obstacle)
    source = _emitted(named, chosen)
    return Compiled(plan, source, load(source), perf_counter() - started, chosen, reason)


@dataclass(frozen=True, slots=True)
class _Named:
    """A plan under its name, which alone tells it from others."""

    name: str
    plan: Plan = field(compare=False)


@lru_cache(maxsize=64)
def _emitted(named: _Named, backend: str) -> Source:
    """The source of a plan; that of one which was compiled before is taken again."""
    return emit(named.plan, backend)


@lru_cache(maxsize=64)
def _refusal(named: _Named) -> str:
    """Why Triton cannot run a plan; nothing where it can."""
    try:
        _emitted(named, "triton")
    except UnsupportedError as error:
        return error.message
    return ""


def _chosen(named: _Named, backend: str, obstacle: UnsupportedError | None) -> tuple[str, str]:
    """The form of the backend for a plan, and why it is no faster one."""
    if backend not in ("triton", "auto cuda"):
        return backend, ""
    missing = no_triton() or obstacle
    if backend == "triton":
        if missing is not None:
            raise missing
        return backend, ""
    if missing is not None:
        return "torch static", missing.message
    reason = _refusal(named)
    return ("torch static", reason) if reason else ("triton", "")


def no_triton() -> UnsupportedError | None:
    """The error for a machine without Triton."""
    if find_spec("triton") is not None:
        return None
    return UnsupportedError("Triton is not installed.", "Run 'pip install triton', or use backend='torch'.")


def emit(plan: Plan, backend: str) -> Source:
    """The source of a plan for one backend."""
    if backend not in _MODULES:
        raise UnsupportedError(f"There is no backend {backend!r}.", f"Choose one of: {', '.join(BACKENDS)}.")
    source: Source = import_module(f"spikeq.codegen.{_MODULES[backend]}").emit(plan)
    return source
