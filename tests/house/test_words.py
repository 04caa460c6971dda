"""Public names are explained, and forbidden words stay out."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

import spikeq
from tests.house.tree import PACKAGES, functions, modules

VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "core", "misc"}


def public_members(thing: type) -> Iterator[tuple[str, object]]:
    """The methods and properties that a class of ours defines itself under a public name."""
    for name, member in vars(thing).items():
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property | classmethod)):
            yield f"{thing.__qualname__}.{name}", member


def test_public_names_are_sorted_and_exist() -> None:
    assert list(spikeq.__all__) == sorted(spikeq.__all__)
    assert [name for name in spikeq.__all__ if not hasattr(spikeq, name)] == []


def test_every_public_name_has_a_docstring() -> None:
    public = {name: getattr(spikeq, name) for name in spikeq.__all__}
    ours = {
        name: thing
        for name, thing in public.items()
        if (inspect.isclass(thing) or inspect.isfunction(thing)) and thing.__module__.startswith("spikeq")
    }
    members = {
        name: member for thing in ours.values() if inspect.isclass(thing) for name, member in public_members(thing)
    }
    assert ours
    assert [name for name, thing in (ours | members).items() if not inspect.getdoc(thing)] == []


def test_every_module_says_why_it_exists() -> None:
    assert [m.name for m in modules(*PACKAGES, "examples", "benchmarks") if not ast.get_docstring(m.tree)] == []


def test_no_file_has_a_vague_name() -> None:
    assert [m.name for m in modules(*PACKAGES) if VAGUE & set(m.name.split("."))] == []


def test_nothing_is_left_to_do() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    left = [m.name for m in modules(*PACKAGES, "examples", "benchmarks", "tests") for mark in marks if mark in m.text]
    assert left == []


def test_user_text_is_never_executed() -> None:
    """``eval`` and ``sympify`` nowhere; ``exec`` and ``compile`` only where emitted source is loaded."""
    calls = {
        (module.name, node.func.id)
        for module in modules("spikeq")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    dangerous = {"eval", "exec", "compile", "sympify", "parse_expr", "__import__"}
    allowed = {("spikeq.codegen.load", "exec"), ("spikeq.codegen.load", "compile")}
    assert {call for call in calls if call[1] in dangerous} <= allowed


def test_types_are_complete() -> None:
    """Every function of the package says what it returns (mypy checks the rest)."""
    assert [f"{m.name}:{f.name}" for m in modules(*PACKAGES) for f in functions(m) if f.returns is None] == []
