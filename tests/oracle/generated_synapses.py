"""The model of generated synapses: equations between events and on the clock, parameters, subexpressions, sums."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.generated_parts import Dice, Group, Time

# Names of variables, in no order that one might think of.
VARIABLES = (
    "apre", "a_post_", "Zx", "zy", "a_2", "a_10", "B_b", "kappa", "rho", "Rho_1", "yy", "Y_9", "q_9", "q_10",
    "L_1", "l_2",
)  # fmt: skip
Reads = frozenset[tuple[str, str]]  # variables of the neurons: the side, and the name there
NOTHING: Reads = frozenset()
Term = tuple[str, Reads]


@dataclass
class Draft:
    """Synapses while they are written down."""

    dice: Dice
    time: Time
    source: Group
    target: Group
    name: str
    dt: float  # of the clock of their own
    equations: list[str] = field(default_factory=list)
    starts: dict[str, str] = field(default_factory=dict)
    traces: list[str] = field(default_factory=list)  # event-driven, without a unit
    gates: list[str] = field(default_factory=list)  # clock-driven, without a unit
    currents: list[str] = field(default_factory=list)  # either, in the unit of the target
    factors: list[Term] = field(default_factory=list)  # what an amount may be multiplied by
    shown: list[str] = field(default_factory=list)  # what monitors may keep
    flow_reads: Reads = NOTHING  # what the equations between events read
    inner: dict[str, Reads] = field(default_factory=dict)  # what subexpressions read, "own" for the synapse itself
    copies: str = ""  # the multisynaptic index
    method: str = ""

    def __post_init__(self) -> None:
        self._names = list(VARIABLES)
        self.dice.random.shuffle(self._names)

    @property
    def timely(self) -> bool:
        """Whether code sees the time of its step: t is the synapses' own, and is ahead of a clock that is faster."""
        return min(self.source.dt, self.target.dt) >= self.dt

    @property
    def alias(self) -> bool:
        """Whether one neuron can be at both ends."""
        return self.source.name == self.target.name

    def fresh(self) -> str:
        """A name for a variable."""
        return self._names.pop()

    def span(self, low: float, high: float) -> str:
        """A time."""
        return self.time.span(round(self.dice.random.uniform(low, high), 2))

    def reads(self, *names: str) -> Reads:
        """What names with ``_pre`` or ``_post`` stand for."""
        sides = [(name.rpartition("_")[2], name.rpartition("_")[0]) for name in names]
        assert all(side in ("pre", "post") for side, _ in sides)
        return frozenset(sides)


def model(draft: Draft) -> None:
    """Fill a draft with what the dice say."""
    dice, target = draft.dice, draft.target
    spread = "0.125*((i + j) % 2)" if dice.exact else "0.013*(i + 2*j)"
    draft.equations += [f"w : {target.unit}", "hits : integer", "trace : 1", "log_ : integer"]
    draft.starts["w"] = f"({dice.number(0.02, 0.25)} + {spread})*{target.one}"
    draft.shown += ["w", "hits", "trace", "log_"]
    if dice.chance(0.3):
        draft.copies = "copy"
    _plain_factors(draft)
    if draft.timely and dice.chance(0.55):
        _event_driven(draft)
    elif draft.timely and dice.chance(0.3):
        draft.equations.append("lastupdate : second")  # a parameter like any other
        draft.shown.append("lastupdate")
    if dice.chance(0.4):
        _clock_driven(draft)
    if dice.chance(0.4):
        _subexpressions(draft)
    if "v" in draft.target.variables and dice.chance(0.4):
        draft.equations.append(f"seen : {target.unit}")
        draft.shown.append("seen")
    _sums(draft)
    dice.random.shuffle(draft.equations)


def _plain_factors(draft: Draft) -> None:
    dice, target, source = draft.dice, draft.target, draft.source
    awake, resting, tally = draft.reads("awake_post"), draft.reads("not_refractory_post"), draft.reads("tally_pre")
    draft.factors += [("int(awake_post)", awake), ("(1 + hits % 2)", NOTHING), ("(1 + (i + j) % 2)", NOTHING)]
    if target.refractory:
        draft.factors.append(("(2 - int(not_refractory_post))", resting))
    if draft.copies:
        draft.factors.append((f"(1 + {draft.copies} % 2)", NOTHING))
    if dice.chance(0.3):
        draft.equations.append("flag : boolean")
        draft.shown.append("flag")
        draft.factors.append(("int(flag)", NOTHING))
    if draft.timely:
        draft.factors.append(("(1 + t_in_timesteps % 2)", NOTHING))
    if dice.exact:
        draft.factors.append(("(1 + int(N_incoming > 2))", NOTHING))
        return
    draft.factors += [
        (f"exp(-hits*{dice.number(0.01, 0.2)})", NOTHING),
        (f"(1 + {dice.number(0.01, 0.1)}*(i - j))", NOTHING),
        ("eta", NOTHING),
        ("(1/N_incoming)", NOTHING),
        ("(N_post/(N_outgoing + N_pre))", NOTHING),
        ("(1 + 1/N)", NOTHING),
        (f"(dt/({draft.time.span(draft.time.dt)}))", NOTHING),
    ]
    if draft.timely:
        draft.factors.append(("stimulus(t)", NOTHING))
    if "tally" in source.variables:
        draft.factors.append(("(1/(1 + abs(tally_pre)))", tally))
    for side, group in (("pre", source), ("post", target)):
        _neuron_factors(draft, side, group)


def _neuron_factors(draft: Draft, side: str, group: Group) -> None:
    """What else neurons have to be read: shared, linked and computed variables, the time of the last spike."""
    if "v" not in group.variables:
        return
    one = group.one
    draft.factors.append((f"(1 + level_{side}/({one}))", NOTHING))  # shared: never written
    if group.total:
        if group.total == "computed":
            draft.inner[f"total_{side}"] = draft.reads(f"drive_{side}", f"x_{side}")
        draft.factors.append((f"(0.3*total_{side}/({one}))", NOTHING))
    if group.refractory and draft.timely:
        past = f"exp(-(t - lastspike_{side})/({draft.span(1, 3)}))"
        draft.factors.append((past, draft.reads(f"lastspike_{side}")))


# -- between events ---------------------------------------------------------------------------------------------------


def _tau(draft: Draft, low: float, high: float) -> str:
    """A time constant: a number, or a parameter of each synapse, or of all, or computed."""
    form = draft.dice.choose(["", "", "", "own", "shared", "computed"])
    if not form:
        return f"({draft.span(low, high)})"
    name = f"tau_{len(draft.equations)}"
    if form == "computed":
        draft.equations.append(f"{name} = {draft.span(low, high)}*(1 + 0.1*(hits % 5) + 0.05*i) : second")
        return name
    spread = " + ".join([draft.span(low, high), f"{draft.span(0.05, 0.2)}*(i + j)"][: 1 + (form == "own")])
    draft.equations.append(
        f"{name} : second{' (shared)' if form == 'shared' else draft.dice.choose(['', ' (constant)'])}"
    )
    draft.starts[name] = spread
    return name


def _event_driven(draft: Draft) -> None:
    dice = draft.dice
    form = dice.choose(["one", "two", "two", "drive", "chain", "pair", "neuron"])
    first, second = draft.fresh(), draft.fresh()
    lines = [f"d{first}/dt = -{first}/{_tau(draft, 0.6, 4)} : 1 (event-driven)"]
    if form == "two":
        lines.append(f"d{second}/dt = -{second}/{_tau(draft, 0.6, 4)} : 1 (event-driven)")
    elif form == "drive":
        base = f"base_{first}"
        draft.equations.append(f"{base} : 1{dice.choose(['', ' (shared)', ' (constant)'])}")
        draft.starts[base] = str(dice.number(0.1, 0.6))
        lines.append(f"d{second}/dt = ({base} - {second})/{_tau(draft, 0.6, 4)} : 1 (event-driven)")
    elif form == "chain":
        lines = [f"d{first}/dt = -{first}/({draft.span(0.5, 1)}) : 1 (event-driven)"]
        lines.append(f"d{second}/dt = ({first} - {second})/({draft.span(1.6, 4)}) : 1 (event-driven)")
    elif form == "pair":
        lines = [f"d{first}/dt = ({second} - 2*{first})/({draft.span(0.6, 1)}) : 1 (event-driven)"]
        lines.append(f"d{second}/dt = ({first} - 1.5*{second})/({draft.span(1, 2)}) : 1 (event-driven)")
    elif form == "neuron" and not dice.plain:
        lines.append(f"d{second}/dt = (0.1*tally_post - {second})/({draft.span(1, 4)}) : 1 (event-driven)")
        draft.flow_reads |= draft.reads("tally_post")
    draft.traces += [first, second][: len(lines)]
    if dice.chance(0.3) and not dice.exact:
        draft.equations.append(f"dcurrent/dt = -current/{_tau(draft, 0.6, 4)} : {draft.target.unit} (event-driven)")
        draft.currents.append("current")
    draft.equations += lines
    draft.shown += draft.traces + draft.currents
    if dice.exact:
        draft.factors += [(f"int({name} > 0)", NOTHING) for name in draft.traces]
    else:
        draft.factors += [(name, NOTHING) for name in draft.traces]
        draft.factors += [(f"clip({name}, 0, 1.5)", NOTHING) for name in draft.traces]
    if dice.chance(0.5):
        draft.equations.append("gap : second")
        draft.shown.append("gap")


# -- on the clock -----------------------------------------------------------------------------------------------------


def _clock_driven(draft: Draft) -> None:
    dice = draft.dice
    first, second = draft.fresh(), draft.fresh()
    flag = dice.choose(["", " (clock-driven)"])
    if dice.exact:  # a steady drift is the only thing that stays exact
        draft.equations.append(f"d{first}/dt = (0.5*hits - 1)/({draft.time.span(2)}) : 1{flag}")
        draft.method = "euler"
        draft.gates.append(first)
        draft.shown.append(first)
        draft.factors.append((f"int({first} > 0)", NOTHING))
        return
    draft.method = dice.choose(["", "", "euler", "euler", "rk2", "rk4", "heun", "exponential_euler"])
    lines = [f"d{first}/dt = -{first}/{_tau(draft, 0.8, 4)} : 1{flag}"]
    form = dice.choose(["one", "chain", "bent", "neuron", "wave", "drive"])
    speed = draft.span(1, 4)
    extra = {
        "chain": f"({first} - {second})/({speed})",
        "bent": f"({dice.number(0.2, 0.6)} + sin({second}) + 0.5*{first} - {second})/({speed})",
        "wave": f"(cos(t/({draft.span(0.4, 2)}) + j) - {second})/({speed})",
        "drive": f"(0.3*hits/(1 + hits) - {second})/({speed})",
        "neuron": f"({_voltage(draft, dice.choose(['v_pre', 'v_post', 'v']))} - {second})/({speed})",
    }.get(form, "")
    if dice.chance(0.3):
        draft.equations.append(f"dflow/dt = (0.1*{draft.target.one} - flow)/({speed}) : {draft.target.unit}{flag}")
        draft.currents.append("flow")
        draft.shown.append("flow")
    if extra:
        lines.append(f"d{second}/dt = {extra} : 1{dice.choose([flag, ''])}")
        if form in ("bent", "wave") and draft.method == "exponential_euler":
            draft.method = "euler"
    draft.gates += [first, second][: len(lines)]
    draft.equations += lines
    draft.shown += draft.gates
    draft.factors += [(name, NOTHING) for name in draft.gates]


def _voltage(draft: Draft, name: str) -> str:
    """The size of a neuron's v, without its unit."""
    group = draft.source if name == "v_pre" else draft.target
    if "v" not in group.variables:
        return "0.2*hits"
    return name if group.one == "1" else f"{name}/({group.one})"


# -- from others ------------------------------------------------------------------------------------------------------


def _subexpressions(draft: Draft) -> None:
    dice = draft.dice
    gain, held, mix = "gain_s", "held", "mix"
    draft.equations += [f"{gain} = 1 + {dice.number(0.125, 0.5)}*degree : 1 (shared)", "degree : 1 (shared)"]
    draft.starts["degree"] = str(dice.number(0.25, 1))
    value = dice.choose(["0.25*(hits % 4)", "trace*0.125", "0.5*int(awake_post)", "0.125*(tally_post % 3)"])
    draft.equations.append(f"{held} = {value} + 0.125*(j % 2) : 1 (constant over dt)")
    inner = dice.choose(["(hits % 2)", "int(awake_post)", gain, *draft.gates][: 3 if dice.exact else None])
    draft.equations.append(f"{mix} = w*{inner} + 0.125*{draft.target.one} : {draft.target.unit}")
    reads = draft.reads("awake_post") if "awake" in inner else NOTHING
    own = {name for name in ("hits", *draft.gates) if name in inner}
    draft.inner[mix] = frozenset({("own", name) for name in {"w", *own}}) | reads
    draft.factors += [(gain, NOTHING), (held, NOTHING), (f"({mix}/({draft.target.one}))", NOTHING)]
    draft.shown += [gain, held, mix]


def _sums(draft: Draft) -> None:
    """Sums into parameters of either side; several objects never sum into the same one."""
    dice = draft.dice
    for side, group in (("post", draft.target), ("pre", draft.source)):
        if not group.sinks or not dice.chance(0.6):
            continue
        sink = group.sinks.pop()
        choices = [f"{dice.number(0.125, 0.5)}*{group.one}*int(awake_post)", f"0.125*(hits % 3)*{group.one}"]
        if group.unit == draft.target.unit:
            choices.append("0.25*w")
        choices += [f"0.2*{gate}*{group.one}" for gate in draft.gates if not dice.exact]
        choices += ["flow"] * ("flow" in draft.currents and group.unit == draft.target.unit)
        if "v" in draft.source.variables and draft.source.unit == draft.target.unit == group.unit:
            gap = f"{dice.number(0.1, 0.5)}*(v_pre - v_post)/{'N_incoming' if side == 'post' else 'N_outgoing'}"
            choices += [f"0.125*int(v_pre > v_post)*{group.one}" if dice.exact else gap] * 2
        draft.equations.append(f"{sink}_{side} = {dice.choose(choices)} : {group.unit} (summed)")
