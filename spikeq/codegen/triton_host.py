"""The host's half of an emitted Triton module: the memory that kernels take, under names that both halves use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from spikeq.codegen.comments import comment, shown
from spikeq.codegen.extents import Array
from spikeq.codegen.requests import Requests
from spikeq.language.expression import Expression


class Names(dict[str, str]):
    """Keys -> names in the emitted code, given when first asked for; no two keys share a name.

    ``beside``: names that these differ from by more than their prefixes.
    """

    def __init__(self, prefix: str, beside: Names | None = None) -> None:
        super().__init__()
        self._prefix = prefix
        self._taken: set[str] = set() if beside is None else beside._taken

    def __missing__(self, key: str) -> str:
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in key)
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        self[key] = self._prefix + name
        return self[key]


@dataclass
class Host:
    """What ``bind`` takes from the network; every kernel asks here and passes on what it gets.

    ``p_`` are pointers to arrays, ``n_`` numbers, ``m_`` memory that only this code uses: events, tables over the
    steps of a call, room for records. ``BLOCK_`` are elements of a program, ``counts`` numbers of programs. ``waiting``
    are the arrays of values that later kernels of a step need.
    """

    arrays: Mapping[str, Array]
    requests: Requests
    waiting: Mapping[str, object] = field(default_factory=dict)
    pointers: Names = field(default_factory=lambda: Names("p_"))
    sizes: Names = field(default_factory=lambda: Names("n_"))
    memory: Names = field(default_factory=lambda: Names("m_"))
    blocks: Names = field(default_factory=lambda: Names("BLOCK_"))
    sharings: Names = field(init=False)
    counts: dict[str, str] = field(default_factory=dict)
    scalars: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    wide: dict[str, str] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sharings = Names("", self.blocks)  # both stand behind BLOCK_

    def place(self, name: str, table_name: str) -> int:
        """Where a constant stands in a table of single numbers."""
        table = self.scalars.setdefault(table_name, [])
        if name not in table:
            table.append(name)
        return table.index(name)

    def counted(self, name: str, text: str) -> str:
        """A number of programs."""
        known = self.counts.setdefault(name, text)
        assert known == text, f"{name} means {known} and {text}"
        return name

    def shared(self, name: str) -> str:
        """A number that is one for all kernels of a kind."""
        return self.counted(name, f"sizes['shared {name}']")

    def keys_of(self, stream: str) -> str:
        """The pointer to the two words that are the key of a place that draws random numbers."""
        return self.keys.setdefault(stream, f"m_keys_{stream}")

    def constant(self, name: str, expression: Expression) -> str:
        """The pointer to a constant that is no single number."""
        self.wide[name] = shown(expression)
        return f"p_{name}"

    def describe(self, key: str, text: str) -> str:
        """The name of some memory, with a word about it for readers."""
        self.about.setdefault(key, text)
        return self.memory[key]

    def lines(self) -> list[str]:
        """The lines of ``bind`` that fetch everything."""
        found = []
        for key, name in self.pointers.items():
            place = "buffers" if key in self.waiting else "arrays"
            found.append(f"{name} = launch.pointer({place}[{key!a}]){_extent(self.arrays[key])}")
        for name, text in self.wide.items():
            found.append(f"p_{name} = launch.pointer(constants[{name!r}])  # {text}")
        for table, names in self.scalars.items():
            listed = ", ".join(repr(name) for name in names)
            found.append(f"{table} = launch.packed(constants, {table.partition('s_')[0]}_type, {listed})")
        for stream, name in self.keys.items():
            number = 2 * int(stream.removeprefix("u"))
            found.append(f"{name} = lists['keys'][{number}:{number + 2}]  # for the random numbers of one place")
        for key, name in self.memory.items():
            about = f"  {comment(self.about[key])}" if key in self.about else ""
            found.append(f"{name} = launch.pointer(lists[{key!a}]){about}")
        found += [f"{number} = sizes[{key!a}]" for key, number in self.sizes.items()]
        found += [f"{name} = sizes[{f'{key} block'!a}]" for key, name in self.blocks.items()]
        return found + [f"{name} = {text}" for name, text in self.counts.items()]


def _extent(array: Array) -> str:
    shape = [*(["batch"] if array.rows else []), *(["n"] if array.space is not None else [])]
    return f"  # {'int64' if array.step else array.kind} [{', '.join(shape)}]"
