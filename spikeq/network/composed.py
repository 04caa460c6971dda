"""What a network is made of: adding objects, naming them, and finding them by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from spikeq.errors import KindError, NameConflictError, UnknownAttributeError, UnknownNameError
from spikeq.network.checkpoint import Checkpointed


class Composed(Checkpointed):
    """The part of a network that collects its objects."""

    _runner: Any

    def add(self, *objects: Any) -> None:
        """Add objects, or collections of objects. Raises NetworkError for what is none or belongs to another."""
        for one in _flattened(objects):
            if any(one is known for known in self.objects):
                continue
            if isinstance(one, type) or not hasattr(one, "contribute"):
                what = f"The class {one.__name__}" if isinstance(one, type) else type(one).__name__
                raise KindError(f"{what} is not part of a network.", "Add groups, synapses, monitors and operations.")
            self._name(one)
            one.join(self)
            self.objects.append(one)
            self._runner = None

    def remove(self, *objects: Any) -> None:
        """Take objects out of the network; they keep their values."""
        for one in _flattened(objects):
            self.objects = [known for known in self.objects if known is not one]
            self._runner = None

    def _name(self, one: Any) -> None:
        taken = {known.name for known in self.objects}
        if one._given_name is None:
            base, number = one.default_name, 0
            while (base if not number else f"{base}_{number}") in taken:
                number += 1
            one._given_name = base if not number else f"{base}_{number}"
        elif one.name in taken:
            raise NameConflictError(f"The network has an object {one.name!r} already.", "Give one another name=.")

    def __contains__(self, name: object) -> bool:
        return any(one.name == name or one is name for one in self.objects)

    def __getitem__(self, name: str) -> Any:
        found = {one.name: one for one in self.objects}
        if name in found:
            return found[name]
        raise UnknownNameError(f"The network has no object {name!r}.", f"It has {', '.join(found)}.")

    def __getattr__(self, name: str) -> Any:
        if any(one.name == name for one in self.__dict__.get("objects", ())):
            raise UnknownAttributeError(f"{name!r} is an object, not an attribute.", f"Write net[{name!r}].")
        return super().__getattr__(name)

    def __len__(self) -> int:
        return len(self.objects)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.objects)


def _flattened(objects: Iterable[Any]) -> Iterator[Any]:
    for one in objects:
        if isinstance(one, Mapping):
            yield from _flattened(one.values())
        elif isinstance(one, list | tuple | set):
            yield from _flattened(one)
        else:
            yield one
