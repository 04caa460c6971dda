"""Connections of a generated model: who to whom, with which delay, and code whose result does not depend on chance.

Where several synapses of one step reach one neuron, Brian2 defines the result only of some statements: a block never
reads a variable of the neurons that it writes, never assigns to one what differs between synapses, and calls a
variable by one name only.
"""

from __future__ import annotations

from tests.oracle.generated_parts import Dice, Group, Part, Time


def projection(dice: Dice, time: Time, source: Group, target: Group) -> list[Part]:
    """A Synapses object from one group to another, connected, its parameters set."""
    name = dice.name()
    before, after, cut = _ends(dice, source, target)
    timely = min(source.dt, target.dt) >= time.dt  # else Brian2's t is that of another clock, and ahead
    arguments = [before, after, f'"""w : {target.unit}\n       hits : integer\n       trace : 1"""']
    arguments.append(f'on_pre="{_block(dice, source, target, "pre", timely)}"')
    if dice.chance(0.35):
        arguments.append(f'on_post="{_block(dice, source, target, "post", timely)}"')
    if dice.chance(0.6):
        arguments.append(f"delay={time.steps(dice.choose([0, 0.4, 0.5, 1, 1.5, 2, 2.5, 3, 4.5, 7]), source.dt)}")
    if source.events and dice.chance(0.4):
        arguments.append('on_event={"pre": "marked"}')
    arguments.append(f'name="{name}"')
    needs = frozenset({name})
    weight = f"({dice.number(0.02, 0.25)} + {'0.125*((i + j) % 2)' if dice.exact else '0.013*(i + 2*j)'})"
    parts = [
        Part(
            name,
            f"{name} = Synapses(\n    " + ",\n    ".join(arguments) + ",\n)",
            frozenset({source.name, target.name}),
        ),
        Part(f"{name} connect", f"{name}.connect({_pairs(dice, source, target, cut)})", needs),
    ]
    if dice.chance(0.15):
        parts.append(Part(f"{name} again", f"{name}.connect(i=[0], j=[0])", needs))
    parts.append(Part(f"{name}.w", f'{name}.w = "{weight}*{target.one}"', needs | {f"{name} connect"}))
    return parts


def outcome(parts: list[Part]) -> list[Part]:
    """What the connections came to, kept at the end of the script."""
    names = [part.name for part in parts if " = Synapses(" in part.text]
    values = "array([{0}.i[:], {0}.j[:], {0}.w_[:], {0}.hits_[:], {0}.trace_[:]])"
    return [Part(f"final {name}", f"final_{name} = {values.format(name)}", frozenset({name})) for name in names]


def _ends(dice: Dice, source: Group, target: Group) -> tuple[str, str, bool]:
    if dice.chance(0.2) and min(source.size, target.size) > 3 and source.sliced and target.sliced:
        return f"{source.name}[1:]", f"{target.name}[:{target.size - 1}]", True
    return source.name, target.name, False


def _pairs(dice: Dice, source: Group, target: Group, cut: bool) -> str:
    first, last = source.size - 1 - cut, target.size - 1 - cut
    rows = [dice.whole(0, first) for _ in range(5)]
    columns = [dice.whole(0, last) for _ in range(5)]
    step, modulus = dice.whole(1, 5), dice.whole(2, 5)
    return dice.choose(
        [
            "",
            'condition="i != j"' if max(first, last) > 0 else "",
            f'condition="({step}*i + 2*j) % {modulus} == 0"',
            f'j="(i + {step}) % N_post"',
            f'j="k for k in range(i % 2, N_post, {modulus}) if k != i"' if last > 0 else "",
            f"i={rows}, j={columns}",
            f'condition="i % {modulus} == 0", n=2',
        ]
    )


def _block(dice: Dice, source: Group, target: Group, side: str, timely: bool) -> str:
    """Statements of one pathway, at most one for each variable that they write."""
    amount = _amount(dice, source, target, timely)
    chosen = dice.choose([name for name in ("v", "g", "u") if name in target.variables])
    plain = chosen if dice.chance(0.5) else f"{chosen}_post"
    sign = dice.choose(["+=", "+=", "+=", "-="])
    first = f"{plain} {sign} {amount}"
    if not dice.exact and dice.chance(0.15):
        first = f"{plain} *= {dice.number(0.8, 1.05)}"
    if dice.chance(0.2):
        first = f"part_of_it = 0.5*{amount}; {plain} {sign} part_of_it"
    more = [
        "hits += 1",
        "tally_post += 1",
        "trace = trace + 0.125*hits",
    ]
    more += ["last_post = t"] if timely else []
    if not dice.exact:
        more += [
            f"w = clip(w*{dice.number(0.9, 1.1)}, 0*{target.one}, 0.5*{target.one}); hits += 1",
            f"w += {dice.number(0.001, 0.02)}*{target.one}",
            "trace = 0.9*trace + 0.1*int(tally_post % 2 == 0)",
        ]
    if "x" in source.variables and source.name != target.name and side == "pre":
        more.append("x_pre -= 0.0625")
    first_only = [first] if side == "pre" or dice.chance(0.5) else []
    rest = dice.random.sample(more, dice.whole(0 if first_only else 1, 2))
    if "tally_post += 1" in rest:
        rest = [line for line in rest if "int(tally_post" not in line]
    lines = first_only + rest
    dice.random.shuffle(lines)
    return "; ".join(lines)


def _amount(dice: Dice, source: Group, target: Group, timely: bool) -> str:
    number = target.amount(dice.number(0.05, 0.3) or 0.125)
    options = ["w", "w", number, "w*int(awake_post)", "w*(1 + hits % 2)"]
    if target.refractory:
        options.append("w*(2 - int(not_refractory_post))")
    if not dice.exact:
        options += [f"w*exp(-hits*{dice.number(0.01, 0.2)})", *(["w*stimulus(t)"] if timely else [])]
        if "tally" in source.variables and source.name != target.name:
            options.append("w/(1 + abs(tally_pre))")
    return dice.choose(options)
