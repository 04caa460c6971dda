"""Several runs of a generated model, and what is changed, kept or gone back to between them."""

from __future__ import annotations

from tests.oracle.generated_parts import Dice, Group, Part, Time
from tests.oracle.generated_pathways import Pathway, Projection

SILENCE = 200  # steps without an input


def runs(dice: Dice, time: Time, groups: list[Group], projections: list[Projection], silent: bool) -> list[Part]:
    """Calls of run, with changes before all but the first."""
    pieces = [dice.whole(24, 60) for _ in range(dice.choose([1, 2, 2, 3]))]
    if silent:
        pieces.insert(1, SILENCE)
    parts: list[Part] = []
    for number, steps in enumerate(pieces):
        if number:
            # Brian2 2.9 forgets delays where it stores (its pull request 1726), so what was stored must still hold.
            delayed = any(".delay" in part.text for part in parts)
            parts += _change(dice, time, groups, projections, number, delayed)
        parts.append(Part(f"run {number}", f"run({time.steps(steps)})" + "\nstore()" * (number == 0)))
    return parts


def _change(
    dice: Dice, time: Time, groups: list[Group], projections: list[Projection], number: int, delayed: bool
) -> list[Part]:
    kind = dice.choose(["neurons", "synapses", "synapses", "delays", "both", "outside", *["restore"] * (not delayed)])
    found = []
    if kind == "restore":
        return [Part(f"change {number}", "restore()")]
    if kind == "outside":
        return [Part(f"change {number}", f"eta = {dice.number(0.5, 1)}")]
    if kind in ("neurons", "both"):
        group = dice.choose(groups)
        found.append((_of_neurons(dice, group), frozenset({group.name})))
    if kind in ("synapses", "both"):
        one = dice.choose(projections)
        found.append((_of_synapses(one), one.outcome.needs))
    if kind == "delays":
        one = dice.choose(projections)
        found.append((_longer_delays(dice, time, one.draft.name, dice.choose(one.pathways)), one.outcome.needs))
    return [Part(f"change {number}.{place}", text, needs) for place, (text, needs) in enumerate(found)]


def _longer_delays(dice: Dice, time: Time, name: str, pathway: Pathway) -> str:
    """Delays grow only: where a spike catches up with an earlier one, Brian2's numpy target drops one of the two."""
    delay, one = f"{name}.{pathway.name}.delay", time.steps(1, pathway.dt)
    more = f"(arange(len({name})) % {dice.whole(2, 4)})"
    if pathway.fixed or dice.plain or dice.chance(0.3):
        more = str(dice.whole(1, 4))
    return f"{delay} = {delay}[:] + {more}*{one}"


def _of_neurons(dice: Dice, group: Group) -> str:
    choices = [
        f'{group.name}.limit = "limit + {group.amount(dice.number(-0.1, 0.2))}"',
        f'{group.name}.v = "v + {group.amount(dice.number(-0.2, 0.3))}"',
        f'{group.name}.tally["i % 2 == 0"] = "tally + 3"',
        f"{group.name}.awake[0] = True",
    ]
    choices += [f"{group.name}.level = {group.amount(dice.number(0, 0.2))}"] * (not dice.exact)
    return dice.choose(choices)


def _of_synapses(projection: Projection) -> str:
    draft = projection.draft
    dice, name, one = draft.dice, draft.name, draft.target.one
    number = dice.number(0.125, 0.25)
    choices = [
        f'{name}.w["i < {dice.whole(1, 5)}"] = "w + {number}*{one}"',
        f'{name}.w["(i + j) % 2 == 0"] = {number}*{one}',
        f'{name}.w = "{number}*{one}*(1 + j % 3)"',
        f"{name}.w[:2] = {number}*{one}",
        f"{name}.trace[0, :] = 0.5",
        f'{name}.trace["hits > 1"] = "trace + i"',
        f"{name}.hits = 0",
    ]
    # Outside of code, Brian2 takes a name that ends in an underscore for that of a value without its unit.
    choices += [f'{name}.{trace} = "{trace} + 0.25"' for trace in draft.traces if not trace.endswith("_")]
    choices += [f'{name}.{gate}["i != j"] = 0.5' for gate in draft.gates if not gate.endswith("_")]
    choices += [f"{name}.degree = {number}"] * ("degree" in draft.starts)
    for variable in draft.starts:
        if variable.startswith(("tau_", "base_")) and not _is_constant(draft.equations, variable):
            choices.append(f'{name}.{variable} = "1.25*{variable}"')
    return dice.choose(choices)


def _is_constant(equations: list[str], variable: str) -> bool:
    return any(line.startswith(f"{variable} :") and "constant" in line for line in equations)
