"""Populations of a generated model: equations of bounded dynamics, thresholds, resets, refractoriness, events."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.generated_parts import Dice, Group, Part, Time


@dataclass
class _Draft:
    """A population while it is written down."""

    dice: Dice
    time: Time
    dt: float
    unit: str
    one: str
    refractory: str = ""  # the argument, as Python text
    equations: list[str] = field(default_factory=list)
    starts: dict[str, str] = field(default_factory=dict)  # first values of the variables that may be written
    resets: list[str] = field(default_factory=list)
    margins: list[tuple[str, str]] = field(default_factory=list)  # left minus right, and the slot that tests it
    sinks: list[str] = field(default_factory=list)  # parameters for synapses to sum into

    def amount(self, low: float, high: float) -> str:
        """A number of the group's unit."""
        number = self.dice.number(low, high)
        return str(number) if self.one == "1" else f"{number}*{self.one}"

    def span(self, low: float, high: float) -> str:
        """A time."""
        return self.time.span(round(self.dice.random.uniform(low, high), 2))

    def compare(self, left: str, right: str, slot: str = "before_thresholds") -> str:
        """A comparison, remembered so that a model decided by the last bits is found out."""
        self.margins.append((f"{left} - ({right})", slot))
        return f"{left} {self.dice.choose(['>', '>', '>='])} {right}"


def population(dice: Dice, time: Time, dt: float, others: list[Group]) -> tuple[Group, list[Part]]:
    """A NeuronGroup, its initial values, code on its events and, where it matters, monitors of its comparisons."""
    name, size = dice.name(), dice.whole(1, 12)
    one = "1" if dice.exact or dice.chance(0.6) else "10*mV"
    draft = _Draft(dice, time, dt, "1" if one == "1" else "volt", one)
    _choose_refractory(draft)
    (_exact_equations if dice.exact else _smooth_equations)(draft)
    linked = _link(draft, name, size, others)
    _sinks(draft)
    _parameters(draft)
    threshold = _threshold(draft)
    event = _event(draft)
    if not dice.exact:
        draft.equations += [f"margin_{k} = {text} : {draft.unit}" for k, (text, _) in enumerate(draft.margins)]
    options = {
        "threshold": f'"{threshold}"',
        "reset": f'"{_reset(draft)}"',
        "refractory": draft.refractory,
        "events": f'{{"marked": "{event}"}}' if event else "",
        "dt": time.span(dt) if dt != time.dt else "",
        "method": '"euler"',
        "name": f'"{name}"',
    }
    lines = [str(size), '"""' + "\n       ".join(draft.equations) + '"""']
    lines += [f"{key}={value}" for key, value in options.items() if value]
    made = Part(name, f"{name} = NeuronGroup(\n    " + ",\n    ".join(lines) + ",\n)")
    events = ("marked",) if event else ()
    group = Group(
        name,
        size,
        dt,
        draft.unit,
        one,
        tuple(draft.starts),
        bool(draft.refractory),
        events,
        sliced=not linked,
        total=_total(draft),
        guarded=_guarded(draft),
        sinks=draft.sinks,
    )
    return group, [made, *linked, *_initial_values(draft, name), *_on_event(draft, name, event), *_margins(draft, name)]


def _choose_refractory(draft: _Draft) -> None:
    dice, time = draft.dice, draft.time
    form = dice.choose(["", "", "quantity", "string", "variable", "tally", "condition", "since"])
    steps = dice.choose([0.5, 1, 1.4, 2, 3, 5.5])
    if form == "quantity":
        draft.refractory = time.steps(steps, draft.dt)
    elif form == "string":
        draft.refractory = f'"{time.steps(steps, draft.dt)}"'
    elif form == "variable":
        draft.refractory = '"pause"'
        draft.equations.append("pause : second")
        draft.starts["pause"] = f"(1 + i % 4)*{time.steps(0.7, draft.dt)}"
    elif form == "tally":
        draft.refractory = f'"(1 + tally % 3)*{time.steps(1.2, draft.dt)}"'
    elif form == "condition":
        draft.refractory = f'"{draft.compare("v", draft.amount(0.3, 0.6), "before_groups")}"'
    elif form == "since":
        draft.refractory = f'"t - lastspike < {time.steps(dice.whole(1, 4) + 0.4, draft.dt)}"'


def _flag(draft: _Draft, chance: float) -> str:
    return " (unless refractory)" if draft.refractory and draft.dice.chance(chance) else ""


def _exact_equations(draft: _Draft) -> None:
    """Sums of multiples of powers of two: nothing is ever rounded, and values meet thresholds exactly."""
    time = draft.time
    speed = draft.dice.choose(["drive", "drive + g", "total"])
    draft.equations.insert(0, f"dv/dt = ({speed})/({time.span(1)}) : 1{_flag(draft, 0.7)}")
    draft.equations += ["drive : 1", "g : 1"]
    draft.starts |= {"v": "(i % 8)*0.125", "drive": f"{draft.dice.number(0.5, 2)} + (i % 4)*0.25", "g": "0"}
    if speed == "total":
        draft.equations.append("total = drive - 0.5*g : 1")


def _smooth_equations(draft: _Draft) -> None:
    """A leaky variable, pulled by what the dice say; every term is bounded or decays."""
    dice = draft.dice
    size = "v" if draft.one == "1" else f"(v/({draft.one}))"
    terms = [dice.choose(["drive", "drive", draft.amount(1.2, 2.0), "total"])]
    extras = {
        "bend": f"{draft.amount(0.1, 0.4)}*{dice.choose(['sin', 'tanh', 'cos', 'arctan'])}(2*{size})",
        "bump": f"{draft.amount(0.1, 0.5)}*exp(-{size}**2)",
        "cube": f"- {draft.amount(0.02, 0.1)}*clip({size}, -2, 2)**3",
        "wave": f"{draft.amount(0.1, 0.5)}*cos(t/({draft.span(0.3, 2)}) + i)",
        "table": f"{draft.amount(0.1, 0.5)}*stimulus(t)",
        "gate": f"{draft.amount(0.1, 0.3)}*int(tally % 2 == 0)",
    }
    terms += [extras[key] for key in dice.random.sample(sorted(extras), dice.whole(0, 2))]
    draft.starts |= {"v": f"(i*37 % 101)/97.3*{draft.one}", "drive": f"{draft.amount(1.1, 1.9)}*(1 + 0.07*i)"}
    second = dice.choose(["", "g", "u", "g"])
    if second == "g":
        terms.append("g")
        draft.equations.append(f"dg/dt = -g/({draft.span(0.8, 4)}) : {draft.unit}{_flag(draft, 0.3)}")
    elif second == "u":
        terms.append("- u")
        spread = f"({dice.number(0.1, 0.5)}*v - u)"
        draft.equations.append(f"du/dt = {spread}/({draft.span(2, 6)}) : {draft.unit}{_flag(draft, 0.2)}")
        draft.resets.append(f"u += {draft.amount(0.05, 0.3)}")
    if second:
        draft.starts[second] = f"{draft.amount(0, 0.3)}*(i % 3)"
    right = " + ".join([*terms, "- v"]).replace("+ -", "-")
    draft.equations.insert(0, f"dv/dt = ({right})/({draft.span(1, 4)}) : {draft.unit}{_flag(draft, 0.7)}")
    draft.equations.append(f"drive : {draft.unit}{dice.choose(['', '', ' (constant)'])}")
    if "total" in terms:
        kind = dice.choose(["", "", " (constant over dt)"])
        draft.equations.append(f"total = drive*{dice.number(0.9, 1.1)} - part : {draft.unit}{kind}")
        draft.equations.append(f"part = {draft.amount(0.05, 0.2)}*x : {draft.unit}")
    draft.equations.append(f"dx/dt = (1 - x)/({draft.span(1, 5)}) : 1" if dice.chance(0.3) else "x : 1")
    draft.starts["x"] = "1 - 0.1*(i % 4)"


def _link(draft: _Draft, name: str, size: int, others: list[Group]) -> list[Part]:
    """A variable of an earlier group as an input; not with refractoriness, where Brian2 2.9 fails on its own code."""
    sources = [group for group in others if group.one == draft.one and not draft.dice.exact]
    if not sources or draft.refractory:
        return []
    source = draft.dice.choose(sources)
    draft.equations[0] = draft.equations[0].replace(" - v)", " - v + 0.2*pull)", 1)
    draft.equations.append(f"pull : {draft.unit} (linked)")
    index = [draft.dice.whole(0, source.size - 1) for _ in range(size)]
    text = f'{name}.pull = linked_var({source.name}, "v", index={index})'
    return [Part(f"{name}.pull", text, frozenset({source.name}))]


def _sinks(draft: _Draft) -> None:
    """Parameters for sums over synapses, as inputs; their names stand before and after one another."""
    draft.sinks += draft.dice.random.sample(["sum_2", "sum_10", "Sum"], draft.dice.choose([0, 1, 1, 2]))
    for sink in draft.sinks:
        draft.equations[0] = draft.equations[0].replace(")/(", f" + {sink})/(", 1)
        draft.equations.append(f"{sink} : {draft.unit}")


def _total(draft: _Draft) -> str:
    lines = [line for line in draft.equations if line.startswith("total =")]
    return "stored" if lines and "constant" in lines[0] else "computed" if lines else ""


def _guarded(draft: _Draft) -> frozenset[str]:
    flagged = (line for line in draft.equations if line.endswith("(unless refractory)"))
    return frozenset(line.removeprefix("d").partition("/dt")[0] for line in flagged)


def _parameters(draft: _Draft) -> None:
    if not draft.dice.exact:
        draft.equations[0] = draft.equations[0].replace(" - v", " + level - v", 1)
        draft.equations.append(f"level : {draft.unit} (shared)")
    draft.equations += [
        f"limit : {draft.unit}",
        "tally : integer",
        "awake : boolean",
        "last : second",
        "mark : integer",
    ]
    spread = "0.125*(i % 3)" if draft.dice.exact else "0.031*i"
    draft.starts |= {
        "limit": f"({draft.dice.number(0.5, 1)} + {spread})*{draft.one}",
        "tally": f"i*{draft.dice.whole(1, 5)} % 4",
        "awake": f"i % {draft.dice.whole(3, 5)} != 1",
        "last": f"-1*{draft.time.unit}",
        "mark": "i",
    }


def _threshold(draft: _Draft) -> str:
    dice = draft.dice
    limit = dice.choose(["limit", "limit", draft.amount(0.5, 0.9)])
    if not dice.exact and dice.chance(0.2):
        limit = f"{draft.amount(0.5, 0.8)} + 0.1*limit*stimulus(t)"
    condition = draft.compare("v", limit)
    form = dice.choose(["", "", "", "and awake", "or", "and not", "tally"])
    if form == "and awake":
        return f"{condition} and awake"
    if form == "or":
        return f"{condition} or awake and {draft.compare('v', draft.amount(0.4, 0.6))}"
    if form == "and not":
        return f"not (not ({condition}) or tally % 5 == 4)"
    if form == "tally":
        return f"{condition} and (tally + t_in_timesteps) % 3 != 0"
    return condition


def _reset(draft: _Draft) -> str:
    dice = draft.dice
    options = ["v = 0", "v -= limit", "v = low", "fall = 0.5*v; v = fall - low"]
    if dice.exact:
        options = ["v = 0", "v -= limit", "v = low", "v -= 1"]
    statement = dice.choose(options).replace("low", draft.amount(-0.3, 0.3))
    statement = {"v = 0": f"v = 0*{draft.one}", "v -= 1": f"v -= {draft.one}"}.get(statement, statement)
    more = ["tally += 1", "last = t", "awake = not awake", f"limit += {draft.amount(0, 0.1)}", "tally = tally//2 + i"]
    if "pause" in draft.starts:
        more.append(f"pause += {draft.time.steps(0.3, draft.dt)}")
    chosen = dice.random.sample(more, dice.whole(0, 2))
    return "; ".join([statement, *draft.resets, *chosen])


def _event(draft: _Draft) -> str:
    if not draft.dice.chance(0.3):
        return ""
    return f"{draft.compare('v', draft.amount(0.3, 0.5))} and tally % 3 != 1"


def _on_event(draft: _Draft, name: str, event: str) -> list[Part]:
    if not event:
        return []
    code = draft.dice.choose(["tally += 1", f"v -= {draft.amount(0, 0.1)}; tally += 1", "last = t; awake = True"])
    return [
        Part(f"{name} on_event", f'{name}.run_on_event("marked", "{code}")', frozenset({name})),
        Part(f"{name} events", f'events_{name} = EventMonitor({name}, "marked")', frozenset({name})),
    ]


def _initial_values(draft: _Draft, name: str) -> list[Part]:
    return [
        Part(f"{name}.{variable}", f'{name}.{variable} = "{start}"', frozenset({name}))
        for variable, start in draft.starts.items()
    ]


def _margins(draft: _Draft, name: str) -> list[Part]:
    if draft.dice.exact:
        return []
    return [
        Part(
            f"{name} margin_{k}",
            f'near_{name}_{k} = StateMonitor({name}, "margin_{k}", record=True, when="{slot}", order=1000)',
            frozenset({name}),
        )
        for k, (_, slot) in enumerate(draft.margins)
    ]
