"""Source -> functions. Only text that spikeq itself emitted is ever executed."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from typing import Any

from spikeq.codegen.plan import Source


def load(source: Source) -> Callable[..., list[Callable[..., None]]]:
    """The ``bind`` function of an emitted module; tracebacks show its lines."""
    name = f"<spikeq {source.digest}>"
    linecache.cache[name] = (len(source.text), None, source.text.splitlines(keepends=True), name)
    module: dict[str, Any] = {"__name__": f"spikeq_emitted_{source.digest}"}
    exec(compile(source.text, name, "exec"), module)  # noqa: S102
    bind: Callable[..., list[Callable[..., None]]] = module["bind"]
    return bind
