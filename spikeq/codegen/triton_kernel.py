"""One function of an emitted module in the making: its parameters, and the values that it holds in registers.

It works on one block of elements in one row of the batch in one step; which, it is told by whoever calls it. A value
is loaded where it is first read and stored once, at the end.
"""

from __future__ import annotations

from spikeq.codegen.comments import shown
from spikeq.codegen.ends import all_ends
from spikeq.codegen.extents import Array
from spikeq.codegen.launch import Work
from spikeq.codegen.plan import Plan
from spikeq.codegen.tasks import Space
from spikeq.codegen.triton_host import Host, Names
from spikeq.codegen.triton_text import function
from spikeq.language.expression import Expression, Kind

_NOTHING = {"real": "0.0", "integer": "0", "boolean": "0"}


class Kernel:
    """The function of some tasks over one space; ``space`` None: over nothing but the rows.

    ``grid`` is the key of the number of elements that blocks are made of. ``parameters`` are the names of what is
    passed, and what that is. ``rows``: it works on each row of the batch; otherwise on what all share.
    """

    rows = True

    def __init__(self, number: int, plan: Plan, host: Host, space: Space | None, grid: str, clock: str) -> None:
        self.name, self.number, self.plan, self.host = f"part_{number}", number, plan, host
        self.space, self.grid, self.clock = space, grid, clock
        self.real = "tl.float32" if plan.single else "tl.float64"
        self.parameters: dict[str, str] = {}
        self.head: dict[str, str] = {}
        self.lines: list[str] = []
        self.uses: set[str] = set()
        self.held: dict[tuple[str, str], str] = {}
        self.changed: dict[str, None] = {}
        self.titles: list[str] = []
        self.verbs: tuple[str, ...] = ()
        self.values, self.temporaries = Names("b_"), Names("x_")
        self.own = "i"  # the element in its array, and where it counts
        self.mask = "here" if space is not None else ""
        self.count = 0
        self.sums_rows = False  # of weights, many at once
        self.plastic = False  # changes synapses
        self.draws_counts = False  # of poisson or binomial, for each element
        self.summed: list[tuple[str, str]] = []  # whose events, and the synapses whose weights are summed
        if space is not None:
            self.size(grid)

    # -- what every function knows -----------------------------------------------------------------------------------

    def take(self, parameter: str, passed: str | None = None) -> str:
        """Have a value passed to the function."""
        self.parameters.setdefault(parameter, passed or parameter)
        return parameter

    def known(self, name: str, text: str) -> str:
        """A value that is computed once, before anything else."""
        self.head.setdefault(name, text)
        return name

    def now(self) -> str:
        """The step of the tasks' clock."""
        return "step" if self.single_clock else self.known("now", f"step // {self.every()}")

    def here_in_call(self) -> str:
        """The number of this step in tables that are made for a call."""
        now, first = self.now(), self.known("first", f"tl.load({self.take('p_clock')} + 1)")
        if self.single_clock:
            return self.known("k", f"{now} - {first}")
        every = self.every()
        return self.known("k", f"{now} - ({first} + {every} - 1) // {every}")

    @property
    def single_clock(self) -> bool:
        """Whether all tasks of the network run in every step."""
        return len(self.plan.clocks) == 1

    def every(self) -> str:
        """Every how many base steps the clock runs."""
        return self.take(self.every_step())

    def every_step(self) -> str:
        """The name of that number where kernels are launched."""
        return self.host.sizes[f"every {self.clock}"]

    def each_step(self, steps: str, depth: str) -> str:
        """A step modulo the number of steps that are kept."""
        number = sum(name.startswith("age") for name in self.head)
        return self.known(f"age{number}", f"{steps if steps.isidentifier() else f'({steps})'} % {depth}")

    def size(self, key: str) -> str:
        """A number of elements."""
        return self.take(self.host.sizes[key])

    def row(self) -> str:
        """The row of the batch."""
        return "row" if self.plan.batched and self.rows else "0"

    def offset_of(self, array: Array, element: str) -> str:
        """Where a value of an array stands: for an element, or for the row alone."""
        if array.space is None:
            return self.row() if array.rows and self.plan.batched else ""
        if not array.rows or not self.plan.batched:
            return element
        count = self.size(array.space)
        place = f"{self.row()} * {count} + {element}"
        return self.known(f"at_{count}", place) if element == "i" else place

    def element(self, index: str) -> str:
        """The element of another space that an index of this one means."""
        assert self.space is not None
        ends = self.space.ends
        if index == "own":
            return self.own
        if ends is None or index not in ("pre", "post"):
            return self._listed(f"{self.space.name}._{index}", index)
        first = f" + {ends.first(index)}" if ends.first(index) else ""
        if ends.form == "sparse":
            return self._listed(all_ends(self.space.name, index), index)
        if ends.form == "one_to_one":
            return self.own + first
        return self.each(index, f"{self._in_matrix(index)}{first}")

    def _in_matrix(self, index: str) -> str:
        """The row or column of an element; of a block, with one division of 64 bits for all."""
        assert self.space is not None
        n_post, sign = self.size(f"{self.space.name} targets"), "//" if index == "pre" else "%"
        if self.own != "i":
            return f"{self.own} {sign} {n_post}"
        column = self.known("column", f"(begin % {n_post}).to(tl.int32) + tl.arange(0, BLOCK)")
        return f"begin // {n_post} + {column} // {n_post}" if index == "pre" else f"{column} % {n_post}"

    def _listed(self, key: str, index: str) -> str:
        pointer = self.take(self.host.pointers[key])
        name = "i_" + "".join(c for c in index if c.isalnum() or c == "_")
        return self.each(name, f"tl.load({pointer} + {self.own}, mask={self.mask}, other=0)")

    def single(self, name: str, text: str) -> str:
        """A value of the row, or of all rows, that nothing changes."""
        return self.known(name, text)

    def each(self, name: str, text: str) -> str:
        """A value that is computed once for each element."""
        return self.known(name, text)

    def is_wide(self, key: str, index: str) -> bool:
        """Whether a read of an array gives a value for each element of a block."""
        return self.plan.arrays[key].space is not None

    # -- values -----------------------------------------------------------------------------------------------------

    def loaded(self, pointer: str, offset: str, kind: Kind, wide: bool, mask: str | None = None) -> str:
        """The text of a load; truth values are stored in bytes."""
        place = f"{pointer} + {offset}" if offset else pointer
        guard = f", mask={mask or self.mask}, other={_NOTHING[kind]}" if wide and (mask or self.mask) else ""
        text = f"tl.load({place}{guard})"
        return f"({text} != 0)" if kind == "boolean" else text

    def read(self, key: str, index: str) -> str:
        """The value of an array for each element, or the only one."""
        array = self.plan.arrays[key]
        index = "own" if array.space is None or index == "scalar" else index
        if (key, index) not in self.held:
            pointer, wide = self.take(self.host.pointers[key]), self.is_wide(key, index)
            offset = self.offset_of(array, self.element(index) if array.space is not None else "")
            text = self.loaded(pointer, offset, "integer" if array.step else array.kind, wide)
            name = self.values[key if index == "own" else f"{key} {index}"]
            if array.written or array.space is not None:
                self.lines.append(f"{name} = {text}")
            else:
                self.single(name, text)
            self.held[key, index] = name
        return self.held[key, index]

    def write(self, key: str, text: str) -> None:
        """The new value of an array; it is stored when the kernel ends."""
        name = self.values[key]
        if text != name:
            self.lines.append(f"{name} = {text}")
        self.held[key, "own"] = name
        self.changed.setdefault(key)

    def flush(self) -> None:
        """Store what was changed; a single value after all threads have loaded the old one."""
        if self.space is None and self.changed:
            self.lines.append("tl.debug_barrier()")
        for key in self.changed:
            array = self.plan.arrays[key]
            pointer, wide = self.take(self.host.pointers[key]), array.space is not None
            offset = self.offset_of(array, self.own if wide else "")
            self.store(pointer, offset, self.held[key, "own"], array.kind, wide)
        self.changed.clear()

    def store(self, pointer: str, offset: str, text: str, kind: Kind, wide: bool, mask: str | None = None) -> None:
        """One line that stores a value."""
        place = f"{pointer} + {offset}" if offset else pointer
        value = text
        if kind == "boolean" and text not in ("True", "False"):
            value = f"{text if text.isidentifier() else f'({text})'}.to(tl.int8)"
        guard = f", mask={mask or self.mask}" if wide and (mask or self.mask) else ""
        self.lines.append(f"tl.store({place}, {value}{guard})")

    def named(self, text: str) -> str:
        """A line for a value on the way."""
        name, self.count = f"y{self.count}", self.count + 1
        self.lines.append(f"{name} = {text}")
        return name

    def temporary(self, name: str, text: str) -> str:
        """A line for a temporary of the user's or of a method's; each assignment has a name of its own."""
        made = self.temporaries[f"{name} {len(self.temporaries)}" if name in self.temporaries else name]
        self.lines.append(f"{made} = {text}")
        return made

    # -- what the host prepares --------------------------------------------------------------------------------------

    def constant(self, name: str, expression: Expression, kind: Kind, rows: bool, wide: bool) -> str:
        """A value that does not change during a run: from a table of single numbers, or an array of its own."""
        about = shown(expression)
        if not (rows or wide):
            table = "reals" if kind == "real" else "integers"
            self.take(table, f"{table}_{self.number}")
            text = f"tl.load({table} + {self.host.place(name, f'{table}_{self.number}')})"
            return self.known(name, f"({text} != 0)  # {about}" if kind == "boolean" else f"{text}  # {about}")
        pointer = self.take(self.host.constant(name, expression))
        space = self.space.name if self.space is not None and wide else None
        offset = self.offset_of(Array(name, kind, space, rows, False), self.own)
        return self._known(wide, name, f"{self.loaded(pointer, offset, kind, wide)}  # {about}")

    def _known(self, wide: bool, name: str, text: str) -> str:
        return self.each(name, text) if wide else self.known(name, text)

    def column(self, name: str, expression: Expression, kind: Kind, wide: bool) -> str:
        """A value that time alone decides."""
        about = shown(expression)
        pointer = self.take(self.host.describe(name, f"[steps] {about}"))
        k = self.here_in_call()
        offset = f"{k} * {self.size(self.space.name)} + {self.own}" if wide and self.space is not None else k
        return self._known(wide, name, f"{self.loaded(pointer, offset, kind, wide)}  # {about}")

    def limit(self, name: str, chance: Expression, timed: bool, rows: bool, wide: bool) -> str:
        """What the words of ``rand() < p`` are compared with."""
        about = f"2**32 * {shown(chance)}"
        pointer = self.take(self.host.describe(f"{name} limit", about))
        space = self.space.name if self.space is not None and wide else None
        offset = self.offset_of(Array(name, "integer", space, rows, False), self.own if wide else "")
        if timed:
            k = self.here_in_call()
            offset = f"{k} * {self.size(self.space.name)} + {self.own}" if wide and self.space is not None else k
        return self._known(wide, f"limit_{name}", f"{self.loaded(pointer, offset, 'integer', wide)}  # {about}")

    def argument(self, stream: str, number: int, expression: Expression, rows: bool, wide: bool) -> str:
        """An argument of poisson or binomial that does not change during a run."""
        about = shown(expression)
        pointer = self.take(self.host.describe(f"{stream} argument {number}", f"float64 {about}"))
        space = self.space.name if self.space is not None and wide else None
        offset = self.offset_of(Array(stream, "real", space, rows, False), self.own)
        return self._known(wide, f"{stream}_{number}", f"{self.loaded(pointer, offset, 'real', wide)}  # {about}")

    def table(self, name: str, about: str) -> str:
        """The memory of a function of time that the kernel looks up itself."""
        self.host.requests.grids.add(name)
        return self.host.describe(name, about)

    def word(self, stream: str, shared: bool) -> str:
        """The random word of each element in this step."""
        keys = self.take(self.host.keys_of(stream))
        draw = self.known("draw", f"(step + tl.load({self.take('p_clock')} + 2)) & 0xFFFFFFFF")
        first = self.known(f"key_{stream}", f"tl.load({keys})")
        second = self.known(f"more_{stream}", f"tl.load({keys} + 1)")
        self.uses.add("philox")
        row = self.row()
        if shared or self.space is None:
            return self.named(f"philox.word_at({first}, {second}, 0, {draw}, {row}, 0)")
        if self.own != "i":
            return self.named(f"philox.word_at({first}, {second}, {self.own}, {draw}, {row}, 0)")
        start = self.known("start", "block * BLOCK")
        return self.named(f"philox.words_of_block({first}, {second}, {start}, {draw}, {row}, 0, BLOCK)")

    # -- text ---------------------------------------------------------------------------------------------------------

    def opening(self) -> list[str]:
        """The lines that say which elements this block has."""
        if self.space is None:
            return []
        lines, begin = list[str](), "block * BLOCK"
        if self.space.ends is not None and self.space.ends.form == "dense" and self.grid == self.space.name:
            lines, begin = ["begin = tl.cast(block, tl.int64) * BLOCK"], "begin"  # a matrix may exceed 32 bits
        return [*lines, f"i = {begin} + tl.arange(0, BLOCK)", f"here = i < {self.size(self.grid)}"]

    def where(self) -> list[str]:
        """The parameters that say which step, row and block it is."""
        return ["step", *(["row"] if self.plan.batched and self.rows else []), "block"]

    def fixed(self) -> dict[str, str]:
        """The parameters that are known when the function is compiled, and what is passed for them."""
        return {} if self.space is None else {"BLOCK": self.host.blocks[self.grid]}

    def programs(self) -> str:
        """How many programs run the function for a row."""
        if self.space is None:
            return "1"
        name, block = self.host.sizes[self.grid].removeprefix("n_"), self.host.blocks[self.grid]
        return self.host.counted(f"blocks_{name}", f"launch.count({self.size(self.grid)}, {block})")

    def turns(self) -> str:
        """How many blocks one program goes through that does all of a row."""
        return self.programs()

    def works(self) -> tuple[Work, ...]:
        """What the function does in a step, for estimates."""
        wide = sum(name.startswith(("p_", "m_")) for name in self.parameters)
        summed = (
            Work(self.name, events=group, synapses=name, sources=f"{name} sources", of_synapse=4)
            for group, name in self.summed
        )
        return Work(self.name, self.grid, 4 * wide), *summed

    def warps(self) -> str:
        """How many warps a program has."""
        if self.space is None:
            return "1"
        kind = "summing_warps" if self.sums_rows else "counting_warps" if self.draws_counts else "warps"
        return f"launch.{kind}({self.host.blocks[self.grid]})"

    @property
    def once_for_all_rows(self) -> bool:
        """Whether it is run for the first row of the batch only, since it does the work of all."""
        return not self.rows

    def text(self) -> list[str]:
        """The whole function."""
        fixed = (f"{name}: tl.constexpr" for name in self.fixed())
        known = (f"{name} = {text}" for name, text in self.head.items())
        lines = [*self.opening(), *known, *self.lines]
        about = f"{', '.join(dict.fromkeys(self.titles))}. {self.about()}"
        return function(self.name, [*self.where(), *self.parameters, *fixed], about, lines, "@triton.jit")

    def about(self) -> str:
        """What the function runs over."""
        return "Once for a row of the batch." if self.space is None else "A block of elements of a row."
