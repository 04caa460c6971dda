"""Kernels: which program runs which function for which block, and how they are launched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spikeq.codegen.plan import Plan
from spikeq.codegen.triton_kernel import Kernel
from spikeq.codegen.triton_text import function, wrapped


@dataclass(frozen=True, slots=True)
class Called:
    """A function and the step for which it is called: this one, or (``ahead`` 1) the next one."""

    kernel: Kernel
    ahead: int = 0


Chains = Sequence[Sequence[Called]]


def entry(name: str, chains: Chains, plan: Plan) -> list[str]:
    """The kernel of a launch: its first programs run the first chain, the next ones the second, and so on."""
    parameters = ["p_clock", "offset", *_passed(chains), *(f"{one}: tl.constexpr" for one in _fixed(chains))]
    lines = ["step = tl.load(p_clock) + offset"]
    lines += ["row = tl.program_id(1).to(tl.int64)"] if plan.batched else []
    first: list[str] = []
    if len(chains) > 1 or chains[0][0].kernel.programs() != "1":
        lines.append("program = tl.program_id(0)")
    for number, chain in enumerate(chains):
        block = f"program - {_sum(first)}" if first else "program"
        inner = list(_chain(chain, block, plan))
        first.append(chain[0].kernel.programs())
        if len(chains) == 1:
            lines += inner
            continue
        last = number == len(chains) - 1
        head = "else:" if last else f"{'elif' if number else 'if'} program < {' + '.join(first)}:"
        lines += [head, *(f"    {line}" for line in inner)]
    about = f"{', '.join(dict.fromkeys(t for chain in chains for one in chain for t in one.kernel.titles))}."
    return function(name, parameters, about, lines, '@triton.jit(do_not_specialize=["offset"])')


def _chain(chain: Sequence[Called], block: str, plan: Plan, alone: bool = False) -> Iterator[str]:
    """The calls of a chain; what one has stored, the next may load."""
    for number, one in enumerate(chain):
        if number:
            yield "tl.debug_barrier()"
        yield from call(one, block, plan, alone)


def call(one: Called, block: str, plan: Plan, alone: bool = False) -> list[str]:
    """The lines that call a function, if its clock runs in this step and this row does the work.

    ``alone``: one program does all blocks of the row.
    """
    kernel = one.kernel
    programs = kernel.turns() if alone else kernel.programs()
    step = "step + 1" if one.ahead else "step"
    where = {"step": step, "row": "row", "block": "0" if programs == "1" else block, "blocks": programs}
    fixed = _values(kernel, alone)
    passed = [*(where[name] for name in kernel.where()), *kernel.parameters.values(), *fixed]
    lines = [f"{kernel.name}({', '.join(passed)})"]
    conditions = [] if kernel.single_clock else [f"{step} % {kernel.every_step()} == 0"]
    conditions += ["row == 0"] if kernel.once_for_all_rows and plan.batched else []
    for condition in reversed(conditions):
        lines = [f"if {condition}:", *(f"    {line}" for line in lines)]
    return lines


def _values(kernel: Kernel, alone: bool) -> list[str]:
    """What is passed for the parameters that are known when a function is compiled."""
    return ["1" if alone and name == "SHARES" else value for name, value in kernel.fixed().items()]


def persistent(name: str, phases: Sequence[Chains], plan: Plan) -> list[str]:
    """The kernel of all steps of a call: one program for each row, whose threads wait for each other between phases."""
    chains = [chain for phase in phases for chain in phase]
    parameters = ["p_clock", "count", *_passed(chains, True), *(f"{one}: tl.constexpr" for one in _fixed(chains, True))]
    lines = ["row = tl.program_id(0).to(tl.int64)"] if plan.batched else []
    lines.append("for offset in range(count):")
    inner = ["step = tl.load(p_clock) + offset"]
    for phase in phases:
        for chain in phase:
            turns = chain[0].kernel.turns()
            called = list(_chain(chain, "block", plan, alone=True))
            inner += called if turns == "1" else [f"for block in range({turns}):", *(f"    {one}" for one in called)]
        inner.append("tl.debug_barrier()")
    about = "All steps of a call, by one program for each row of the batch."
    decorator = '@triton.jit(do_not_specialize=["count"])'
    return function(name, parameters, about, [*lines, *(f"    {line}" for line in inner)], decorator)


def launched_alone(name: str, phases: Sequence[Chains]) -> list[str]:
    """The lines that launch it."""
    chains = [chain for phase in phases for chain in phase]
    passed = ["p_clock", "count", *_passed(chains, True), *_fixed(chains, True), *_options(chains, "4")]
    return [f"{name}[(batch,)](", *wrapped(passed, 4, 110), ")"]


def launched(name: str, chains: Chains, plan: Plan) -> list[str]:
    """The lines that launch a kernel."""
    programs = _sum([chain[0].kernel.programs() for chain in chains]).strip("()")
    rows = "batch" if plan.batched and not all(c[0].kernel.once_for_all_rows for c in chains) else "1"
    passed = ["p_clock", "offset", *_passed(chains), *_fixed(chains), *_options(chains)]
    return [f"{name}[({programs}, {rows})](", *wrapped(passed, 4, 110), ")"]


def _options(chains: Chains, *least: str) -> list[str]:
    """How a kernel is compiled: with as many warps as one of the functions wants."""
    warps = list(dict.fromkeys((*least, *(one.kernel.warps() for chain in chains for one in chain))))
    most = warps[0] if len(warps) == 1 else f"launch.largest({', '.join(warps)})"
    roomy = any(one.kernel.sums_rows or one.kernel.plastic for chain in chains for one in chain)
    return [f"num_warps={most}", f"**launch.{'ROOMY' if roomy else 'OPTIONS'}"]


def _sum(counts: Sequence[str]) -> str:
    return counts[0] if len(counts) == 1 else f"({' + '.join(counts)})"


def _passed(chains: Chains, alone: bool = False) -> list[str]:
    """What the host passes to a kernel, beside the step and what is known when it is compiled."""
    found: dict[str, None] = {}
    for number, chain in enumerate(chains):
        for one in chain:
            kernel = one.kernel
            found |= dict.fromkeys(kernel.parameters.values())
            if not kernel.single_clock:
                found[kernel.every_step()] = None
            if alone:
                found[kernel.turns()] = None
            elif number < len(chains) - 1 or "blocks" in kernel.where():
                found[kernel.programs()] = None
    fixed = set(_fixed(chains, alone))
    return [name for name in found if name != "p_clock" and name.isidentifier() and name not in fixed]


def _fixed(chains: Chains, alone: bool = False) -> list[str]:
    """What is known when a kernel is compiled."""
    values = (value for chain in chains for one in chain for value in _values(one.kernel, alone))
    return [value for value in dict.fromkeys(values) if value.isidentifier()]
