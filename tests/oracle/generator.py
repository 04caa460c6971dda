"""Whole models from a seed: Brian2 scripts of every feature that the generator knows, small enough to run by hundreds.

The same seed always gives the same text. A model is kept as pieces that can be left out, so that a failure can be
made small: ``shrink`` in ``shrink.py``.
"""

from __future__ import annotations

from tests.oracle.generated_changes import SILENCE, runs
from tests.oracle.generated_groups import population
from tests.oracle.generated_parts import Dice, Group, Model, Part, Time
from tests.oracle.generated_pathways import projection

FIXED_SEEDS = range(24)  # those that every run of the tests looks at
SLOTS = ("start", "before_groups", "after_groups", "before_synapses", "after_resets", "end")


def generate(seed: int) -> Model:
    """The model of a seed."""
    dice = Dice(seed)
    time = Time("second", dice.choose([0.25, 0.5])) if dice.exact else Time("ms", dice.choose([0.1, 0.1, 0.2, 0.25]))
    parts: list[Part] = []
    groups: list[Group] = []
    for _ in range(dice.choose([1, 2, 2, 3])):
        group, made = population(dice, time, _step(dice, time), groups)
        groups.append(group)
        parts += made
    silent = dice.chance(0.12)
    source, made = _generator(dice, time, silent)
    parts += made
    senders = [source, *groups]
    made_between = [projection(dice, time, source, dice.choose(groups))]
    for _ in range(dice.choose([0, 1, 2, 2, 3])):
        made_between.append(projection(dice, time, dice.choose(senders), dice.choose(groups)))
    parts += [part for one in made_between for part in one.parts]
    for group in groups:
        parts += _regular_code(dice, time, group)
        parts += _monitors(dice, time, group)
    parts.append(Part("given", f"given_{source.name} = SpikeMonitor({source.name})", frozenset({source.name})))
    parts += runs(dice, time, groups, made_between, silent)
    parts += [one.outcome for one in made_between]
    return Model(seed, dice.exact, dice.plain, _head(dice, time), tuple(parts))


def _step(dice: Dice, time: Time) -> float:
    return time.dt * dice.choose([1, 1, 1, 1, 2, 0.5] if not dice.exact else [1, 1, 1, 2])


def _head(dice: Dice, time: Time) -> str:
    kind = ", all numbers exact" if dice.exact else ""
    lines = [f'"""Generated from seed {dice.seed}{kind}."""', "", "from brian2 import *", ""]
    lines.append(f"defaultclock.dt = {time.span(time.dt)}")
    if not dice.exact:
        values = [dice.number(0, 1.2) for _ in range(dice.whole(3, 8))]
        lines.append(f"eta = {dice.number(0.5, 1)}")
        lines.append(f"stimulus = TimedArray({values}, dt={time.steps(dice.choose([2, 4, 6, 10]))})")
    return "\n".join(lines)


def _generator(dice: Dice, time: Time, silent: bool) -> tuple[Group, list[Part]]:
    """A SpikeGeneratorGroup: unsorted, some times within a step, perhaps repeating, or silent for long in between."""
    name, size = dice.name(), dice.whole(1, 6)
    period = 0 if silent else dice.choose([0, 0, dice.whole(8, 20)])
    span = period or 40
    pairs = {(dice.whole(0, size - 1), dice.whole(0, span - 1)) for _ in range(dice.whole(6, 24))}
    if silent:
        pairs |= {(who, step + SILENCE) for who, step in pairs}
    shuffled = sorted(pairs)
    dice.random.shuffle(shuffled)
    # Within a step Brian2 keeps the order of time, which a device that works with masks of neurons cannot know.
    offset = [0 if dice.plain else dice.choose([0, 0, 0.25, 0.5]) for _ in shuffled]
    times = ", ".join(f"{(step + part) * time.dt:.6g}" for (_, step), part in zip(shuffled, offset, strict=True))
    lines = [str(size), str([who for who, _ in shuffled]), f"[{times}] * {time.unit}"]
    if period:
        lines.append(f"period={time.steps(period)}")
    lines.append(f'name="{name}"')
    text = f"{name} = SpikeGeneratorGroup(\n    " + ",\n    ".join(lines) + ",\n)"
    return Group(name, size, time.dt, sliced=False), [Part(name, text)]


def _regular_code(dice: Dice, time: Time, group: Group) -> list[Part]:
    if not dice.chance(0.4):
        return []
    code = dice.choose(
        [
            f"v += {group.amount(dice.number(0, 0.1))}",
            "tally += 1; awake = tally % 3 == 0",
            "last = t; tally = -tally",
            f"v = clip(v, {group.amount(-2)}, {group.amount(2)})",
            f"kick = {group.amount(dice.number(0.125, 0.25))}*int(awake); v += kick",
        ]
    )
    every = time.span(group.dt * dice.choose([1, 2, 3, 5]))
    when = dice.choose(SLOTS)
    options = f'dt={every}, when="{when}", order={dice.choose([0, 0, -1, 2])}, name="{dice.name()}"'
    return [Part(f"{group.name} regular", f'{group.name}.run_regularly("{code}", {options})', frozenset({group.name}))]


def _monitors(dice: Dice, time: Time, group: Group) -> list[Part]:
    name, needs = group.name, frozenset({group.name})
    kept = dice.choose(["", ', variables="v"', ', variables=["v", "tally"]'])
    part = f"{name}[{group.size // 2}:]" if dice.chance(0.2) and group.size > 1 and group.sliced else name
    shown = [variable for variable in ("v", "g", "u", "x", "tally", "awake", "pause") if variable in group.variables]
    chosen = sorted(set(dice.random.sample(shown, min(2, len(shown)))) | {"v"})
    who = sorted({0, group.size - 1})
    options = f'when="{dice.choose(["start", "end", "after_groups", "after_synapses"])}", name="{dice.name()}"'
    if dice.chance(0.2):
        options += f", dt={time.span(group.dt * dice.choose([2, 3]))}"
    parts = [
        Part(f"{name} spikes", f"spikes_{name} = SpikeMonitor({part}{kept})", needs),
        Part(f"{name} traces", f"traces_{name} = StateMonitor({name}, {chosen}, record={who}, {options})", needs),
    ]
    if dice.chance(0.2):
        parts.append(Part(f"{name} rate", f"rate_{name} = PopulationRateMonitor({part})", needs))
    return parts
