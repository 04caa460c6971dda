"""Runs checks of Triton kernels in a process of their own, since Triton is interpreted or compiled from its import on.

``python -m tests.kernels.interpreter MODULE...`` calls every function of the modules whose name begins with ``check_``
and prints, as JSON, what went wrong in each: interpreted with TRITON_INTERPRET=1 and watched for strays and races (see
``watch``), otherwise on the GPU, but for those that begin with ``check_interpreted_``.
"""

from __future__ import annotations

import ast
import functools
import importlib
import importlib.metadata
import inspect
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def why_not() -> str:
    """Why Triton cannot run here, or nothing."""
    try:
        importlib.metadata.version("triton")
    except importlib.metadata.PackageNotFoundError:
        return "Triton is not installed: it exists for Linux on x86_64 and aarch64 only"
    return ""


def names(*modules: str) -> list[str]:
    """``module.check_name`` of every check, read from the text: nothing is imported."""
    found = []
    for module in modules:
        tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        found += [f"{module}.{name}" for name in functions if name.startswith("check_")]
    return found


def outcomes(*modules: str, interpreted: bool = True, watched_by: tuple[str, ...] = ()) -> dict[str, str]:
    """The traceback of every check, empty where it passed; of the GPU's checks unless ``interpreted``.

    watched_by: a command that runs the process, and fails where it finds fault with it.
    """
    environment = {name: value for name, value in os.environ.items() if name != "TRITON_INTERPRET"}
    environment |= {"PYTHONPATH": str(ROOT)} | ({"TRITON_INTERPRET": "1"} if interpreted else {})
    run = subprocess.run(
        [*watched_by, sys.executable, "-m", __name__, *modules],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=3600 if watched_by else 600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    line = next(line for line in reversed(run.stdout.splitlines()) if line.startswith("{"))
    found: dict[str, str] = json.loads(line)
    return found


def mend_interpreter() -> None:
    """Mend two faults of the interpreter, and leave out what it does in vain.

    Under Triton 3.6 and numpy 2.4 ``range`` does not take numbers known at run time. And where one truth value meets
    a block of them, it is spread as a number of the type that it was compared in.
    """
    import triton.runtime.interpreter as interpreter

    spread = interpreter.InterpreterBuilder.create_splat

    def create_splat(self: object, shape: Any, value: Any) -> Any:
        if value.data.dtype == bool:
            return interpreter.TensorHandle(np.full(shape.shape, value.data.reshape(-1)[0]), interpreter.tl.int1)
        return spread(self, shape, value)

    interpreter.InterpreterBuilder.create_splat = create_splat

    patch = interpreter._patch_lang_tensor

    def patched(tensor: type, *scope: object) -> None:
        patch(tensor, *scope)
        tensor.__index__ = lambda self: int(self.handle.data.squeeze())  # type: ignore[attr-defined]

    interpreter._patch_lang_tensor = patched
    _hasten(interpreter)


class _Prepared:
    """Stands for a preparation that lasts as long as the process."""

    def restore(self) -> None:
        """Leave it."""


def _hasten(interpreter: Any) -> None:
    """Leave out half of the work of the interpreter, which has no effect on what it computes.

    It prepares the language again for every call of a function, makes a table of types whenever it looks one up,
    fits blocks together that have one shape, and computes integers once more to see whether they overflow, though it
    says so only when debugging.
    """
    look_up = interpreter._get_np_dtype
    of_scalars = functools.cache(look_up)
    interpreter._get_np_dtype = lambda kind: (of_scalars if type(kind) is interpreter.tl.dtype else look_up)(kind)
    prepare, prepared, done = interpreter._patch_lang, _Prepared(), set()

    def prepare_once(function: Any) -> _Prepared:
        modules = [value for value in function.__globals__.values() if isinstance(value, ModuleType)]
        languages = frozenset(module.__name__ for module in modules if module.__name__.startswith("triton.language"))
        if languages not in done:
            prepare(function)
            done.add(languages)
        return prepared

    interpreter._patch_lang = prepare_once
    semantic = type(interpreter.interpreter_semantic)
    check, fit = semantic.binary_op_sanitize_overflow_impl, semantic.broadcast_impl_value

    def check_when_debugging(self: Any, *arguments: Any) -> None:
        if self.builder.options.debug:
            check(self, *arguments)

    def fit_unless_alike(self: Any, left: Any, right: Any) -> tuple[Any, Any]:
        alike = left.type.is_block() and right.type.is_block() and left.handle.data.shape == right.handle.data.shape
        return (left, right) if alike else fit(self, left, right)

    semantic.binary_op_sanitize_overflow_impl = check_when_debugging
    semantic.broadcast_impl_value = fit_unless_alike
    block = interpreter.tl.block_type
    of_kind = block.with_element_ty
    block.with_element_ty = lambda self, kind: self if self.element_ty is kind else of_kind(self, kind)


def checks(module: ModuleType) -> Iterator[tuple[str, Callable[[], None]]]:
    """The checks of an imported module, under their full names."""
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("check_") and function.__module__ == module.__name__:
            yield f"{module.__name__}.{name}", function


def main(modules: list[str]) -> None:
    """Run the checks and print what went wrong."""
    interpreted = bool(os.environ.get("TRITON_INTERPRET"))
    if interpreted:
        mend_interpreter()
    else:
        importlib.import_module("tests.kernels.placed").place_networks()
    found = {}
    for module in map(importlib.import_module, modules):
        for name, check in checks(module):
            if not interpreted and ".check_interpreted_" in name:
                continue
            try:
                found[name] = _outcome(check, interpreted and not getattr(module, "WATCHES_ITSELF", False))
            except Exception:
                found[name] = traceback.format_exc()
    print(json.dumps(found))


def _outcome(check: Callable[[], None], is_watched: bool) -> str:
    """What kernels did in a check that a GPU would not answer for."""
    if not is_watched:
        check()
        return ""
    from tests.kernels.watch import Watch

    with Watch("reversed") as watch:
        check()
    return watch.report()


if __name__ == "__main__":
    main(sys.argv[1:])
