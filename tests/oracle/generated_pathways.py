"""Connections of a generated model: who to whom, by which pathways, after which delays, and what is kept of them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.generated_blocks import block
from tests.oracle.generated_parts import Dice, Group, Part, Time
from tests.oracle.generated_synapses import Draft, model

PATHWAYS = ("pre", "path_2", "path_10", "Path", "zz", "aa", "Late", "early", "q", "up", "m_1", "M_1")
SLOTS = ("start", "before_groups", "after_groups", "before_synapses", "after_synapses", "end")
PLACES = ("start", "before_groups", "after_thresholds", "resets", "after_resets", "end")
# Before the thresholds events are those of the last step. Over the end of a run Brian2 keeps them for a
# SpikeGeneratorGroup, but not for neurons; what a generator sends does not run there.
LATER = {"start": "after_resets", "before_groups": "end"}


@dataclass(frozen=True)
class Pathway:
    """One pathway: its name, which side's events run it, its code, and how its delay is given."""

    name: str
    side: str
    code: str
    event: str
    dt: float
    fixed: str  # the delay among the arguments, or nothing


@dataclass(frozen=True)
class Projection:
    """A Synapses object: what it was made from, the pieces that make it, and the one that keeps its outcome."""

    draft: Draft
    pathways: list[Pathway]
    parts: list[Part]
    outcome: Part


def projection(dice: Dice, time: Time, source: Group, target: Group) -> Projection:
    """A Synapses object from one group to another, connected, its parameters set."""
    dt = time.dt * (dice.choose([2, 1, 0.5]) if not dice.exact and dice.chance(0.2) else 1)
    draft = Draft(dice, time, source, target, dice.name(), dt)
    model(draft)
    pathways = _pathways(draft)
    name, needs = draft.name, frozenset({draft.name, f"{draft.name} connect"})
    parts, single = _made(draft, pathways)
    parts += [
        Part(f"{name}.{variable}", f'{name}.{variable} = "{text}"', needs) for variable, text in draft.starts.items()
    ]
    if dice.chance(0.15):
        place = len(parts) if dice.chance(0.5) and not any("tau" in variable for variable in draft.starts) else 2
        parts.insert(place, Part(f"{name} again", f"{name}.connect(i=[0], j=[0])", needs))
    for pathway in pathways:
        parts += _delay(draft, pathway, needs)
        if dice.chance(0.08):
            place = dice.choose(PLACES)
            if pathway.side == "pre" and not draft.source.variables:
                place = LATER.get(place, place)
            when = f'{name}.{pathway.name}.when = "{place}"'
            parts.append(Part(f"{name}.{pathway.name} when", when, frozenset({name})))
        if not single and dice.chance(0.25):
            order = f"{name}.{pathway.name}.order = {dice.choose([-2, -1, 0, 1, 2])}"
            parts.append(Part(f"{name}.{pathway.name} order", order, frozenset({name})))
    parts += _regular(draft, needs) + _monitors(draft, needs)
    return Projection(draft, pathways, parts, _outcome(draft, needs))


def _made(draft: Draft, pathways: list[Pathway]) -> tuple[list[Part], bool]:
    """The object itself and its connect call; whether its pathways are the usual two."""
    dice, name = draft.dice, draft.name
    before, after, cut = _ends(draft)
    single = [pathway.name for pathway in pathways] in (["pre"], ["pre", "post"]) and dice.chance(0.7)
    arguments = [before, after, '"""' + "\n       ".join(draft.equations) + '"""']
    for side in ("pre", "post"):
        codes = [f'"{one.name}": "{one.code}"' for one in pathways if one.side == side]
        if codes:
            arguments.append(f"on_{side}=" + (codes[0].partition(": ")[2] if single else "{" + ", ".join(codes) + "}"))
    arguments += _delays_given(pathways, single)
    events = ", ".join(f'"{one.name}": "{one.event}"' for one in pathways if one.event != "spike")
    options = {
        "on_event": "{" + events + "}" if events else "",
        "multisynaptic_index": f'"{draft.copies}"' if draft.copies else "",
        "method": f'"{draft.method}"' if draft.method else "",
        "dt": draft.time.span(draft.dt) if draft.dt != draft.time.dt else "",
        "order": str(dice.choose([-1, 1])) if dice.chance(0.1) else "",
        "name": f'"{name}"',
    }
    arguments += [f"{key}={value}" for key, value in options.items() if value]
    text = f"{name} = Synapses(\n    " + ",\n    ".join(arguments) + ",\n)"
    made = Part(name, text, frozenset({draft.source.name, draft.target.name}))
    connect = Part(f"{name} connect", f"{name}.connect({_pairs(draft, cut)})", frozenset({name}))
    return [made, connect], single


def _pathways(draft: Draft) -> list[Pathway]:
    dice = draft.dice
    before = dice.choose([["pre"], ["pre"], 1, 2, 2, 3])
    after = dice.choose([[], [], ["post"], ["post"], 1, 2]) if draft.target.variables else []
    names = [one for one in PATHWAYS if one != "pre" or before != ["pre"]]
    dice.random.shuffle(names)
    found = []
    for side, wanted in (("pre", before), ("post", after)):
        group = draft.source if side == "pre" else draft.target
        chosen = wanted if isinstance(wanted, list) else [names.pop() for _ in range(wanted)]
        for name in chosen:
            event = dice.choose(["spike", *group.events]) if group.events else "spike"
            delay = draft.time.steps(dice.choose([0, 0.4, 0.5, 1, 1.5, 2, 2.5, 3, 4.5, 7]), group.dt)
            fixed = delay if dice.chance(0.35) else ""
            found.append(Pathway(name, side, block(draft, side, 11 * len(found) + 5), event, group.dt, fixed))
    return found


def _delays_given(pathways: list[Pathway], single: bool) -> list[str]:
    fixed = [one for one in pathways if one.fixed]
    if not fixed:
        return []
    if single and [one.name for one in fixed] == ["pre"]:
        return [f"delay={fixed[0].fixed}"]
    return ["delay={" + ", ".join(f'"{one.name}": {one.fixed}' for one in fixed) + "}"]


def _delay(draft: Draft, pathway: Pathway, needs: frozenset[str]) -> list[Part]:
    """A delay that is assigned after the synapses were made."""
    dice = draft.dice
    if pathway.fixed or dice.chance(0.35):
        return []
    text = _changed_delay(dice, draft.time, draft.name, pathway)
    return [Part(f"{draft.name}.{pathway.name}.delay", text, needs)]


def _changed_delay(dice: Dice, time: Time, name: str, pathway: Pathway) -> str:
    """An assignment of delays. Strings stay away from half steps, where the last bit of a product decides."""
    place = name if pathway.name == "pre" and dice.chance(0.5) else f"{name}.{pathway.name}"
    one = time.steps(1, pathway.dt)
    steps = time.steps(dice.choose([0, 0.4, 1, 1.5, 2, 2.5, 3, 6]), pathway.dt)
    if pathway.fixed or dice.plain:
        return f"{place}.delay = {steps}"
    part = "" if dice.chance(0.6) else f" + {time.steps(0.2, pathway.dt)}"
    return dice.choose(
        [
            f"{place}.delay = {steps}",
            f'{place}.delay = "{one}*(i + 2*j){part}"',
            f'{place}.delay = "{one}*((3*i + j) % 5){part}"',
            f'{place}.delay = "{one}*abs(i - j){part}"',
            f"{place}.delay = (arange(len({name})) % {dice.whole(2, 6)})*{one}",
            f'{place}.delay["i % 2 == 0"] = {steps}',
            f'{place}.delay["j > i"] = "{one}*(1 + j % 3)"',
        ]
    )


def _ends(draft: Draft) -> tuple[str, str, bool]:
    source, target = draft.source, draft.target
    if draft.dice.chance(0.2) and min(source.size, target.size) > 3 and source.sliced and target.sliced:
        return f"{source.name}[1:]", f"{target.name}[:{target.size - 1}]", True
    return source.name, target.name, False


def _pairs(draft: Draft, cut: bool) -> str:
    """The arguments of connect. Brian2's numpy target fails where n is a string, or where a range of i depends on j."""
    dice = draft.dice
    first, last = draft.source.size - 1 - cut, draft.target.size - 1 - cut
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
            f'i="k for k in range(0, N_pre, {modulus}) if k != j"' if first > 0 else "",
            f"i={rows}, j={columns}",
            f'condition="i % {modulus} == 0", n=2',
            f'condition="(i + j) % {modulus} != 1", n=3',
            f"i={rows}, j={columns}, n=2",
        ]
    )


def _regular(draft: Draft, needs: frozenset[str]) -> list[Part]:
    """Code that the synapses run regularly, on variables of their own."""
    dice = draft.dice
    if not dice.chance(0.25):
        return []
    choices = [
        "hits += 1",
        "log_ = (3*log_ + 401 + hits) % 997",
        "trace = 0.5*trace + i",
        "hits = hits % 7 + int(awake_post)",
    ]
    choices += [f"{gate} += 0.25" for gate in draft.gates]
    if not dice.exact:
        choices += [f"w *= {dice.number(0.95, 1.02)}", *(f"trace += {name}" for name in draft.traces)]
        choices += [f"{name} *= 0.9; log_ += 1" for name in draft.traces]
    every, when = draft.time.span(draft.dt * dice.choose([1, 2, 3, 5])), dice.choose(SLOTS)
    options = f'dt={every}, when="{when}", order={dice.choose([0, 0, -2, 2])}, name="{dice.name()}"'
    code = "; ".join(dice.random.sample(choices, dice.choose([1, 1, 2])))
    return [Part(f"{draft.name} regular", f'{draft.name}.run_regularly("{code}", {options})', needs)]


def _monitors(draft: Draft, needs: frozenset[str]) -> list[Part]:
    dice, name = draft.dice, draft.name
    if not dice.chance(0.5):
        return []
    # Brian2 warns where a list of synapses is asked for what they share, and fails on what reads linked neurons.
    seen = [one for one in draft.shown if one not in ("gain_s", "mix")]
    chosen = sorted(dice.random.sample(seen, min(len(seen), dice.whole(1, 3))))
    record = dice.choose(["True", "True", f'{name}["i <= j"]', f"{name}[:, 0]", f"{name}[0, :]"])
    slot = dice.choose(["start", "end", "before_synapses", "after_synapses"])
    options = f'record={record}, when="{slot}", name="{dice.name()}"'
    if dice.chance(0.4):
        options += f", dt={draft.time.span(draft.dt * dice.choose([2, 3]))}"
    elif draft.dt != draft.time.dt:
        options += f", dt={draft.time.span(draft.time.dt)}"
    return [Part(f"{name} monitor", f"synaptic_{name} = StateMonitor({name}, {chosen}, {options})", needs)]


def _outcome(draft: Draft, needs: frozenset[str]) -> Part:
    """What the connection came to, kept at the end of the script."""
    name = draft.name
    lines = [f"final_{name} = array([{name}.i[:], {name}.j[:]])"]
    kept = [*draft.shown, *(["lastupdate"] if draft.traces else []), *([draft.copies] if draft.copies else [])]
    lines += [f"final_{name}_{variable} = array({name}.{variable}_[:])" for variable in kept]
    return Part(f"final {name}", "\n".join(lines), needs)
