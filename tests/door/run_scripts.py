"""Runs the scripts under one library, in a process of its own: ``python run_scripts.py LIBRARY``; prints JSON."""

from __future__ import annotations

import importlib
import json
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.door.scripts import SCRIPTS  # noqa: E402


def outcome(library: Any, name: str) -> Any:
    """What a script left behind, or why it failed."""
    library.restore_initial_state()
    library.start_scope()
    namespace: dict[str, Any] = {"__name__": name}
    text = f"from {library.__name__} import *\n{SCRIPTS[name]}"
    try:
        exec(compile(text, f"<{name}>", "exec"), namespace)  # noqa: S102 - the project's own test scripts
    except Exception:
        return traceback.format_exc()
    return namespace["result"]


def _plain(value: Any) -> Any:
    return value.item()


def main() -> None:
    """Run all scripts."""
    warnings.simplefilter("ignore")
    library = importlib.import_module(sys.argv[1])
    if library.__name__ == "brian2":
        library.prefs.codegen.target = "numpy"
        library.BrianLogger.log_level_error()
    kept = library.restore_initial_state
    if library.__name__ == "brian2":
        library.restore_initial_state = lambda: (kept(), setattr(library.prefs.codegen, "target", "numpy"))
    print(json.dumps({name: outcome(library, name) for name in SCRIPTS}, default=_plain))


if __name__ == "__main__":
    main()
