"""Brian2's preferences: everything is accepted and can be read again; one of them has an effect here."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from spikeq.errors import SpikeqWarning

_FLOAT = "core.default_float_dtype"
_DEFAULTS: dict[str, Any] = {_FLOAT: "float64", "codegen.target": "auto"}


class Preferences:
    """``prefs.codegen.target = 'numpy'`` or ``prefs['codegen.target'] = 'numpy'``."""

    def __init__(self, values: dict[str, Any] | None = None, path: str = "") -> None:
        self.__dict__["_values"] = dict(_DEFAULTS) if values is None else values
        self.__dict__["_path"] = path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self._set(name, value)

    def __getitem__(self, name: str) -> Any:
        full = self._path + name
        return self._values[full] if full in self._values else Preferences(self._values, f"{full}.")

    def __setitem__(self, name: str, value: Any) -> None:
        self._set(name, value)

    def _set(self, name: str, value: Any) -> None:
        full = self._path + name
        self._values[full] = value
        if full != _FLOAT:
            no_effect(f"The preference {full}", level=1)

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._values if name.startswith(self._path))

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {self._values[name]!r}" for name in self)

    @property
    def float_type(self) -> Any:
        """The type of real numbers that was asked for."""
        return self._values[_FLOAT]

    def reset(self) -> None:
        """Forget everything that was set."""
        self._values.clear()
        self._values.update(_DEFAULTS)


def no_effect(what: str, level: int = 0) -> None:
    """Say in one line that something is accepted and changes nothing; ``level`` frames from the caller to the user."""
    warnings.warn(f"{what} has no effect in spikeq.", SpikeqWarning, stacklevel=3 + level)
