"""Reads emitted Triton modules as Python reads them: what could be there that spikeq did not mean."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

MODULES = re.compile(r"torch|triton|triton\.language|spikeq_kernels(\.\w+_triton)?")
METHODS = {"to", "shape", "dtype", "element_ty"}
BUILTIN = {"range"}
# What modules of Python call the statements and expressions that no step of a network needs.
FOREIGN = (
    *(ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await, ast.ClassDef, ast.Delete, ast.Global, ast.Lambda),
    *(ast.JoinedStr, ast.Nonlocal, ast.Raise, ast.Try, ast.With, ast.Yield, ast.YieldFrom, ast.NamedExpr),
)


def foreign(text: str) -> list[str]:
    """What an emitted module has no business with: empty for one that is in order."""
    if not text.isascii():
        return ["text that is not ASCII"]
    if re.search(r"coding[:=]", text):
        return ["what Python may take for an encoding"]
    tree = ast.parse(text)
    compile(tree, "<emitted>", "exec")
    bound = _bound(tree) | BUILTIN
    modules = {name.asname or name.name for node in ast.walk(tree) for name in _imported(node)}
    return [one for node in ast.walk(tree) for one in _wrong(node, bound, modules)]


def _imported(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def _bound(tree: ast.Module) -> set[str]:
    """Every name that the module itself gives a meaning."""
    found: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name):
                found.add(name)
            case ast.arg(arg=name):
                found.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias(name=name, asname=short):
                found.add(short or name)
    return found


def _wrong(node: ast.AST, bound: set[str], modules: set[str]) -> Iterator[str]:
    where = f"line {getattr(node, 'lineno', 0)}"
    match node:
        case ast.Import(names=names):
            yield from (f"{where}: import {one.name}" for one in names if not MODULES.fullmatch(one.name))
        case ast.ImportFrom(module=module):
            if not MODULES.fullmatch(module or ""):
                yield f"{where}: from {module}"
        case ast.Name(id=name):
            if name not in bound:
                yield f"{where}: the name {name}"
        case ast.Attribute(value=value, attr=name):
            of_module = isinstance(value, ast.Name) and value.id in modules
            if name.startswith("_") or not (of_module or name in METHODS):
                yield f"{where}: .{name}"
        case ast.Constant(value=str() as value):
            if not value.isprintable() and not value.isascii():
                yield f"{where}: {value!r}"
        case _:
            if isinstance(node, FOREIGN):
                yield f"{where}: {type(node).__name__}"
