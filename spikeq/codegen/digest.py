"""A name for a plan: two plans that differ in anything that code is made of have different names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any


def digest(*things: Any) -> str:
    """A name for plans, texts and numbers. Types are part of it: 1, 1.0 and True differ. Places in texts are not."""
    found = hashlib.blake2b(digest_size=16)
    found.update("\0".join(_words(things)).encode())
    return found.hexdigest()


def _words(things: tuple[Any, ...]) -> Iterator[str]:
    """Every part in order, each collection after its length; without recursion, since sums may be long."""
    stack: list[Any] = [things]
    while stack:
        one = stack.pop()
        parts = _parts(one.__class__)
        if parts is not None:
            yield type(one).__name__
            stack.extend([getattr(one, name) for name in parts])
        elif isinstance(one, list | tuple):
            yield f"list {len(one)}"
            stack.extend(one)
        elif isinstance(one, dict):
            yield f"mapping {len(one)}"
            stack.extend(one.items())
        else:
            yield f"{type(one).__name__} {one!r}"


@cache
def _parts(of: Any) -> tuple[str, ...] | None:
    """The fields of a dataclass that tell its objects apart."""
    return tuple(field.name for field in fields(of) if field.compare) if is_dataclass(of) else None
