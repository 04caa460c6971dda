"""Source -> functions. Only text that spikeq itself emitted is ever executed."""

from __future__ import annotations

import linecache
import os
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from spikeq.codegen.plan import Source

Bind = Callable[..., list[Callable[..., None]]]


def load(source: Source) -> Bind:
    """The ``bind`` function of an emitted module; tracebacks show its lines.

    Text with kernels becomes a file, named after itself, since Triton reads the text of a kernel from where it was
    defined. Where no file can be written, Python's own cache of lines stands for one.
    """
    return _loaded(source.text, source.digest, _filed(source) if source.is_filed else None)


@lru_cache(maxsize=64)
def _loaded(text: str, digest: str, path: Path | None) -> Bind:
    """The same, loaded once: kernels that a process has compiled serve every network with their text."""
    name = str(path) if path is not None else f"<spikeq {digest}>"
    if path is None:
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module: dict[str, Any] = {"__name__": f"spikeq_emitted_{digest}", "__file__": name}
    exec(compile(text, name, "exec"), module)  # noqa: S102
    bind: Bind = module["bind"]
    return bind


def folder() -> Path:
    """Where emitted files are kept: ``SPIKEQ_CACHE``, or ``spikeq`` in the user's folder for such files."""
    given = os.environ.get("SPIKEQ_CACHE")
    return Path(given) if given else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "spikeq"


def _filed(source: Source) -> Path | None:
    """The file with this text, complete at any time whoever else writes it; None where there can be none."""
    try:
        path, text = folder() / f"{source.digest}.py", source.text.encode("ascii")
        if not path.is_file() or path.read_bytes() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, text)
    except (OSError, ValueError, RuntimeError):  # the last where a user has no home
        return None
    return path


def _replace(path: Path, text: bytes) -> None:
    """Write a file beside the path, then move it there; leave nothing behind where that fails."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        made = Path(file.name)
        try:
            file.write(text)
            file.flush()
            made.replace(path)
        except OSError:
            made.unlink(missing_ok=True)
            raise
