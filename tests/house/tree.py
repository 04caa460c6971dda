"""The project's own source, parsed, for the tests that watch over the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("spikeq", "spikeq_kernels")


@dataclass(frozen=True)
class Module:
    """One file: its dotted name (``spikeq.language`` for a package's ``__init__``) and its tree."""

    name: str
    path: Path
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @property
    def package(self) -> str:
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


def modules(*tops: str, root: Path = ROOT) -> list[Module]:
    """Every Python file below the given top-level folders."""
    found = []
    for path in sorted(path for top in tops for path in (root / top).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, path.read_text(encoding="utf-8")))
    return found


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, inner ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(module: Module, known: frozenset[str] = frozenset(), types: bool = True) -> set[str]:
    """What a module imports, at its top or inside functions, as dotted names.

    ``from package import name`` counts as ``package.name`` where that is one of the ``known`` modules. Without
    ``types``, what is imported under TYPE_CHECKING, and so never at run time, is left out.
    """
    found: set[str] = set()
    for node in ast.walk(module.tree if types else _AtRunTime().visit(module.tree)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(module, node)
            full = {f"{source}.{alias.name}" for alias in node.names}
            found |= {name if name in known else source for name in full}
    return found


class _AtRunTime(ast.NodeTransformer):
    """Drops the bodies of ``if TYPE_CHECKING:``."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        return node.orelse if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" else node


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.package.split(".")
    return ".".join(parts[: len(parts) - node.level + 1] + ([node.module] if node.module else []))
