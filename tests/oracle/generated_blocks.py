"""Code of generated pathways: statements whose joint result Brian2 defines, and all of its targets agree on.

Several synapses of one step may reach one neuron, so a block must mean the same statement by statement (as Brian2
runs it with numpy) and synapse by synapse (as its other targets do). Brian2's numpy target itself goes synapse by
synapse where a statement or one before it reads the neuron's variable that it writes; such a block may do what it
likes. Any other block

* reads no variable of a neuron after it has written it,
* does not mix += with *= or = on one of them,
* does not set one that refractoriness guards: numpy forgets the guard there, the others do not.

What a subexpression reads, no block that uses it writes: Brian2 keeps copies of it, which do not follow the code.
No block writes a guarded variable at one end and uses one at the other: Brian2 takes one guard for both, or fails.
No block calls a variable by two names (v, v_post; x_pre and x_post where one neuron may be at both ends): those are
separate copies in Brian2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.oracle.generated_synapses import NOTHING, Draft, Reads, Term

PRIME = 997  # remainders by which the order of events is written into whole numbers


@dataclass(frozen=True)
class Statement:
    """One or two lines; what they read of the neurons, what they write there, and by which operator."""

    text: str
    reads: Reads = NOTHING
    writes: tuple[str, str] | None = None
    op: str = ""


def block(draft: Draft, side: str, number: int) -> str:
    """Statements of one pathway. ``number`` tells it apart from the others."""
    dice = draft.dice
    bare = dice.chance(0.5)
    for _ in range(30):
        lines = _effects(draft, bare) if side == "pre" or dice.chance(0.4) else []
        lines += dice.random.sample(_learning(draft, number), dice.choose([1, 1, 2, 3]))
        lines += [_count(draft, number)] * dice.chance(0.8)
        dice.random.shuffle(lines)
        if is_defined(draft, lines) and _by_one_name(draft, lines):
            return "; ".join(line.text for line in lines)
    return f"log_ = (3*log_ + {number}) % {PRIME}"


def is_defined(draft: Draft, lines: list[Statement]) -> bool:
    """Whether Brian2's targets agree on a block."""
    everything = [Statement("", draft.flow_reads), *lines]
    read: set[tuple[str, str]] = set()
    ops: dict[tuple[str, str], set[str]] = {}
    in_order = late = False
    for line in everything:
        late = late or bool(line.reads & ops.keys())
        read |= line.reads
        if line.writes:
            in_order = in_order or line.writes in read
            ops.setdefault(line.writes, set()).add(line.op)
    if draft.alias and any((_other(side), name) in read | ops.keys() for side, name in ops):
        return False
    if _stale(draft, lines, set(ops)) or _is_guarded_on_both_sides(draft, read, set(ops)):
        return False
    if draft.dice.plain and (in_order or any("=" in found or "/=" in found for found in ops.values())):
        return False
    guarded = any("=" in found and name in _guarded(draft, side) for (side, name), found in ops.items())
    mixed = any(len({"+=" if op == "-=" else op for op in found}) > 1 for found in ops.values())
    return in_order or not (late or guarded or mixed)


def _stale(draft: Draft, lines: list[Statement], written: set[tuple[str, str]]) -> bool:
    """Whether code writes what a subexpression that it uses reads; a neuron at both ends counts as either."""
    text = "; ".join(line.text for line in lines)
    written = written | {("own", name) for name in re.findall(r"(\w+) [-+*/]?= ", text)}
    if draft.alias:
        written |= {(_other(side), name) for side, name in written if side != "own"}
    return any(re.search(rf"\b{name}\b", text) and reads & written for name, reads in draft.inner.items())


def _is_guarded_on_both_sides(draft: Draft, read: set[tuple[str, str]], written: set[tuple[str, str]]) -> bool:
    """Whether code writes what refractoriness guards and uses the like at the other end: Brian2 confuses the guards."""
    used = {side for side, name in read | written if name in _guarded(draft, side)}
    return len(used) == 2 and any(name in _guarded(draft, side) for side, name in written)


def _by_one_name(draft: Draft, lines: list[Statement]) -> bool:
    """Whether no variable that is written without a suffix is read with one, here or in what the code stands on."""
    text = "; ".join(line.text for line in lines)
    for side, name in {line.writes for line in lines if line.writes}:
        if not re.search(rf"\b{name} [-+*/]?= ", text):
            continue
        hidden = [line.reads for line in lines if not re.search(rf"\b{name}\b", line.text)]
        if re.search(rf"\b{name}_{side}\b", text) or (side, name) in draft.flow_reads.union(*hidden):
            return False
    return True


def _other(side: str) -> str:
    return "pre" if side == "post" else "post"


def _guarded(draft: Draft, side: str) -> frozenset[str]:
    return {"pre": draft.source.guarded, "post": draft.target.guarded}.get(side, frozenset())


# -- amounts ----------------------------------------------------------------------------------------------------------


def _amount(draft: Draft) -> Term:
    """A number of the target's unit."""
    dice, target = draft.dice, draft.target
    size = dice.choose(["w", "w", target.amount(dice.number(0.05, 0.3) or 0.125), *draft.currents])
    chosen = dice.random.sample(draft.factors, dice.choose([0, 1, 1, 2]))
    reads: Reads = frozenset().union(*(reads for _, reads in chosen))
    return "*".join([size, *(text for text, _ in chosen)]), reads


# -- what neurons feel ------------------------------------------------------------------------------------------------


def _effects(draft: Draft, bare: bool) -> list[Statement]:
    """One or two changes of neurons."""
    dice = draft.dice
    chosen = dice.choose([name for name in ("v", "g", "u") if name in draft.target.variables])
    plain, key = chosen if bare else f"{chosen}_post", ("post", chosen)
    amount, reads = _amount(draft)
    found = [Statement(f"{plain} {op} {amount}", reads, key, op) for op in ("+=", "+=", "+=", "-=")]
    found.append(Statement(f"part_of_it = 0.5*{amount}; {plain} += part_of_it", reads, key, "+="))
    shrunk = "-1" if dice.exact else str(dice.number(0.8, 1.05))
    found.append(Statement(f"{plain} *= {shrunk}", NOTHING, key, "*="))
    if not dice.plain:
        found += _ordered(draft, plain, chosen, bare)
    return [dice.choose(found)] + [dice.choose(_counts(draft, bare))] * dice.chance(0.4)


def _ordered(draft: Draft, plain: str, chosen: str, bare: bool) -> list[Statement]:
    """What runs synapse by synapse."""
    key, half = ("post", chosen), "" if draft.dice.exact else "0.75*"
    amount, reads = _amount(draft)
    found = [
        Statement(f"{plain} = {half}{plain} + {amount}", reads | {key}, key, "="),
        Statement(f"{plain} = {amount}", reads, key, "="),
        Statement(f"hits += 1; {plain} = hits % 3*0.25*{draft.target.one}", NOTHING, key, "="),
    ]
    if not draft.dice.exact:
        found.append(Statement(f"{plain} /= 1.1", NOTHING, key, "/="))
        ratio = f"({plain}/({draft.target.one}))"
        found.append(Statement(f"trace += 0.1*{ratio}; {plain} += {amount}", reads | {key}, key, "+="))
    return found


def _counts(draft: Draft, bare: bool) -> list[Statement]:
    """Changes of whole numbers, truth values and times of neurons."""
    tally, mark, awake = (name if bare else f"{name}_post" for name in ("tally", "mark", "awake"))
    found = [Statement(f"{tally} += 1", NOTHING, ("post", "tally"), "+=")]
    if draft.timely:
        found.append(Statement("last_post = t", NOTHING, ("post", "last"), "="))
    if "x" in draft.source.variables:
        found.append(Statement("x_pre -= 0.0625", NOTHING, ("pre", "x"), "-="))
    if draft.dice.plain:
        return found
    text = f"(3*{mark} + 7*i + j + 1) % {PRIME}"
    found += [
        Statement(f"{mark} = {text}", frozenset({("post", "mark")}), ("post", "mark"), "="),
        Statement(f"{mark} = {text}", frozenset({("post", "mark")}), ("post", "mark"), "="),
        Statement(f"{awake} = not {awake}", frozenset({("post", "awake")}), ("post", "awake"), "="),
        Statement(f"{tally} = hits + j", NOTHING, ("post", "tally"), "="),
    ]
    if "mark" in draft.source.variables:
        back = f"mark_pre = (5*mark_pre + 3*j + i + 2) % {PRIME}"
        found.append(Statement(back, frozenset({("pre", "mark")}), ("pre", "mark"), "="))
    return found


# -- what synapses learn ----------------------------------------------------------------------------------------------


def _count(draft: Draft, number: int) -> Statement:
    return Statement(draft.dice.choose([f"log_ = (3*log_ + {number}) % {PRIME}", "hits += 1"]))


def _learning(draft: Draft, number: int) -> list[Statement]:
    """Changes of the synapses' own variables."""
    dice, one = draft.dice, draft.target.one
    texts = ["hits += 1", "trace = trace + 0.125*hits", f"log_ = (3*log_ + {number} + hits) % {PRIME}"]
    texts += [f"{name} += {dice.choose([1, 0.5, 0.25])}" for name in draft.traces]
    texts += [f"{name} = 1" for name in draft.traces]
    texts += [f"{name} += {dice.choose([1, 0.5])}" for name in draft.gates]
    texts += [f"{name} += w" for name in draft.currents]
    texts += ["flag = not flag", "flag = hits % 3 == 1 or i > j"] * ("flag" in draft.shown)
    if "lastupdate" in draft.shown and not dice.exact:
        texts += [f"trace = trace*exp((lastupdate - t)/({draft.span(1, 3)})) + 1; lastupdate = t"] * 2
    if "gap" in draft.shown:
        texts += ["gap = t - lastupdate"] * 2
    found = [Statement(text) for text in texts]
    if dice.exact:
        factor, reads = dice.choose(draft.factors)
        found.append(Statement(f"w += 0.125*{one}*{factor}; hits += 1", reads))
        if draft.traces:
            found.append(Statement(f"trace += {draft.traces[-1]}"))
        return found + _sight(draft)
    factor, reads = dice.choose(draft.factors)
    rate = dice.number(0.005, 0.03)
    found += [
        Statement(f"w = clip(w + {rate}*{one}*{factor}, 0*{one}, 0.5*{one})", reads),
        Statement(f"w -= {rate}*{one}*{factor}", reads),
        Statement(f"w = clip(w*{dice.number(0.9, 1.1)}, 0*{one}, 0.5*{one}); hits += 1"),
        Statement("trace = 0.9*trace + 0.1*int(tally_post % 2 == 0)", frozenset({("post", "tally")})),
        Statement(f"change = {factor}*{rate}*w/({one}); change *= 2; w -= change*{one}; trace += change", reads),
    ]
    found += [Statement(f"{name} += 0.3*(1 - {name})") for name in draft.traces]
    return found + _sight(draft)


def _sight(draft: Draft) -> list[Statement]:
    """The neurons' values, as the synapse sees them."""
    if "seen" not in draft.shown:
        return []
    found = [Statement("seen = v_post", frozenset({("post", "v")}))]
    if "v" in draft.source.variables and draft.source.unit == draft.target.unit:
        found.append(Statement("seen = 0.5*seen + v_pre", frozenset({("pre", "v")})))
    return found
