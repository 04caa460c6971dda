"""A model is a Brian2 script; which library it runs on is decided by its import line alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

MODELS = Path(__file__).parent / "models"
EXPECTED = Path(__file__).parent / "expected"

_IMPORT = "from brian2 import *\n"
_FULL, _SHORT = "SHORT = False\n", "SHORT = True\n"


@dataclass(frozen=True)
class Script:
    """The text of a model, complete: anyone can run it with Brian2 by hand."""

    name: str
    text: str

    def __post_init__(self) -> None:
        if self.text.count(_IMPORT) != 1:
            raise ValueError(f"{self.name}: a model imports brian2 by exactly one line, {_IMPORT.strip()!r}")

    @classmethod
    def read(cls, path: Path) -> Script:
        """The script in a file, named after it."""
        return cls(path.stem, path.read_text(encoding="utf-8"))

    @property
    def digest(self) -> str:
        """What a stored result is checked against: the SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def shortened(self) -> Script:
        """The short form; the same text for a model that is short already, and says so by having no ``SHORT``."""
        return replace(self, name=f"{self.name}.short", text=self.text.replace(_FULL, _SHORT))

    @property
    def has_two_forms(self) -> bool:
        """Whether the short form differs from the full one."""
        return _FULL in self.text

    def run(self, library: str) -> dict[str, object]:
        """Execute under ``brian2`` or ``spikeq.brian2`` in a scope of its own and return the script's names."""
        text = self.text.replace(_IMPORT, f"from {library} import *; start_scope()\n")
        namespace: dict[str, object] = {"__name__": f"oracle_model_{self.name}"}
        exec(compile(text, f"<{self.name}>", "exec"), namespace)  # noqa: S102 - the project's own test files
        return namespace


def all_scripts(folder: Path = MODELS) -> list[Script]:
    """Every model of a folder: the full form, and the short form of those that have one."""
    full = [Script.read(path) for path in sorted(folder.glob("*.py"))]
    return [form for script in full for form in ([script, script.shortened] if script.has_two_forms else [script])]
