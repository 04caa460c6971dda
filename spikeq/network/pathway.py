"""One pathway of synapses: which event runs which statements, and after what delay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from spikeq.codegen.ends import SIDES, Side
from spikeq.codegen.events import is_ordered
from spikeq.codegen.tasks import Assign, Deliver
from spikeq.dimension import SECOND
from spikeq.errors import (
    DimensionError,
    KindError,
    LimitError,
    ModelError,
    NameConflictError,
    SpikeqError,
    ValueRangeError,
)
from spikeq.language.expression import Access
from spikeq.language.model import Code
from spikeq.language.parse import parse_statements
from spikeq.language.wording import in_units
from spikeq.network.bounds import within_bounds
from spikeq.network.ends import whole_of
from spikeq.network.layouts.dense import Dense
from spikeq.network.layouts.sparse import Sparse
from spikeq.network.member import checked_name
from spikeq.network.neuron_tasks import event_key
from spikeq.network.queue import DelayQueue
from spikeq.network.sharing import require_numbers
from spikeq.network.variables import Variable
from spikeq.units import dimension_of, magnitude, with_dimension
from spikeq_kernels.event_list import within

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly
    from spikeq.network.clock import Clock
    from spikeq.network.synapses import Synapses

_LONGEST = 2**31  # steps


class Pathway:
    """``S.pre`` or ``S.post``: statements that run at every synapse of a neuron that had an event.

    ``delay`` is the time from the event to the statements; ``order`` and ``when`` their place in the step.
    """

    def __init__(self, synapses: Synapses, name: str, trigger: Side, code: Code, event: str, delay: Any) -> None:
        self.synapses = synapses
        self.objname, self.trigger, self.code, self.event = name, trigger, code, event
        self.when, self.order = "synapses", -1 if trigger == "pre" else 1
        self.queue = DelayQueue()
        self.fixed = delay is not None
        self.hold_delay(with_dimension(0.0, SECOND) if delay is None else delay)
        self.active = True

    @property
    def name(self) -> str:
        """The name that orders it among the pathways."""
        return f"{self.synapses.name}_{self.objname}"

    @property
    def title(self) -> str:
        """What messages call it."""
        return f"{self.synapses.title}, {self.label}"

    @property
    def label(self) -> str:
        """What messages about its synapses call it: ``on_pre``, ``pathway 'release'``."""
        return _label(self.objname)

    @property
    def source(self) -> Any:
        """The group whose events run the statements."""
        return self.synapses.source if self.trigger == "pre" else self.synapses.target

    @property
    def clock(self) -> Clock:
        """The clock of the group whose events run the statements."""
        whole = getattr(self.source, "whole", self.source)
        clock: Clock = whole.clock
        return clock

    @property
    def variable(self) -> str:
        """The name under which the synapses hold the delays."""
        return f"_delay_{self.objname}"

    @property
    def delay(self) -> Any:
        """The delay: one for all synapses if it was given so, otherwise one for each, ``[synapses]``."""
        if not self.fixed and self.synapses._connect_called:
            self.own_delays()
        return self.synapses.view(self.variable)

    @delay.setter
    def delay(self, value: Any) -> None:
        self.assign_delay(value, 1)

    @property
    def delay_(self) -> Any:
        """The delay in seconds, without a unit."""
        return self.synapses.view(self.delay.name, raw=True)

    @delay_.setter
    def delay_(self, value: Any) -> None:
        self.assign_delay(value if isinstance(value, str) else with_dimension(value, SECOND), 1)

    def assign_delay(self, value: Any, level: int) -> None:
        """Set the delay of all synapses, or of each from values ``[synapses]`` or a string."""
        before = self.synapses._variables[self.variable], self.synapses._values[self.variable]
        if isinstance(value, str):
            self.own_delays(replaced=True)
        elif np.ndim(magnitude(value)):
            self.own_delays()
        try:
            if not isinstance(value, str) and dimension_of(value) == SECOND:  # reading would draw what waits for a seed
                self._require(np.atleast_1d(np.asarray(magnitude(value), np.float64)))
            self.synapses.view(self.variable).set_item(slice(None), value, level + 1)
        except SpikeqError:
            self.synapses.hold(*before)
            raise

    def hold_delay(self, value: Any) -> None:
        """Begin with one delay for all synapses. Raises DimensionError, ValueRangeError."""
        owner = f"{self.synapses.title}, delay"
        if isinstance(value, str) or np.ndim(magnitude(value)):
            raise KindError(
                "delay= takes one time for all synapses.", "Assign others after connect: S.delay = '2*ms*rand()'."
            ).located(owner)
        if dimension_of(value) != SECOND:
            raise DimensionError(
                f"A delay is a time in second, but this is {in_units(dimension_of(value))}.", "Write for example 2*ms."
            ).located(owner)
        self._require(np.asarray(float(magnitude(value))))
        self.synapses.hold(Variable(self.variable, SECOND, scalar=True), np.full(1, float(magnitude(value))))

    def own_delays(self, replaced: bool = False) -> None:
        """Give each synapse a delay of its own. ``replaced``: all are assigned next, so synapses may go on waiting."""
        synapses = self.synapses
        if synapses._variables[self.variable].scalar:
            if not replaced:
                synapses.settle()
            held = float(np.ravel(synapses._values[self.variable])[0])
            synapses.hold(Variable(self.variable, SECOND), np.full(synapses._layout.count, held))

    def fit_delays(self, count: int) -> None:
        """Hold so many delays: one for all synapses, or one for each."""
        if count == self.synapses.size_of(self.variable):
            return
        if count != 1:
            self.own_delays()
        else:
            self.synapses.hold(Variable(self.variable, SECOND, scalar=True), np.zeros(1))

    def _require(self, delays: Any) -> None:
        if not (np.isfinite(delays) & (delays >= 0)).all():
            wrong = delays[~(np.isfinite(delays) & (delays >= 0))].flat[0]
            raise ValueRangeError(
                f"A delay must be at least 0 s, but it is {wrong} s.", "Write for example 2*ms."
            ).located(f"{self.synapses.title}, delay")

    def steps(self) -> Any:
        """The delays in steps of the clock, rounded as Brian2 does."""
        delays = np.atleast_1d(self.synapses.read(self.variable))
        self._require(delays)
        steps = delays / self.clock.dt_ + 0.5
        if steps.max(initial=0) >= _LONGEST:
            raise LimitError(
                f"A delay of {delays.max()} s is {steps.max():.3g} steps.", "Choose a shorter delay or a longer dt."
            ).located(self.title)
        return steps.astype(np.int64)

    def contribute(self, assembly: Assembly) -> None:
        """Add the pathway to the step."""
        synapses = self.synapses
        once, body = assembly.hoistings[synapses.name].parts(self)
        if not (once or body) or not len(synapses):
            return
        require_numbers(synapses, body, self.title)
        spread = self._set_queue(assembly.network.form == "torch static")
        if spread:
            self._supply_bundles(assembly)
        delayed = spread or self.queue.delay > 0 or bool(self.queue.waiting)
        if delayed:
            assembly.queues[f"{synapses.name}.{self.objname} queue"] = self.queue
        other = synapses.target if self.trigger == "pre" else synapses.source
        sources, targets = whole_of(self.source), whole_of(other)
        dense = self.trigger == "pre" and isinstance(synapses.layout, Dense) and _is_weight(body, synapses)
        dense = dense and not spread
        space = assembly.space(synapses, edges=True)
        assembly.add(
            Deliver(
                assembly.slot(self.when, self.order, self.name),
                assembly.clock(self.clock),
                space,
                self.objname,
                event_key(sources, self.event),
                body,
                assembly.space(sources),
                _bounds(self.source),
                assembly.space(targets),
                _bounds(other),
                self.trigger,
                dense,
                delayed,
                is_ordered(body, once),
                dense or self._supply_edges(assembly),
                spread,
                within_bounds(assembly, body),
                once,
            )
        )

    def _set_queue(self, static: bool) -> bool:
        """Tell the queue the delays; whether they differ between synapses. ``static``: masks are exchanged."""
        self.queue.count_in(self.clock.dt_)
        steps = self.steps()
        spread = len(steps) > 1 and bool((steps != steps[0]).any())
        if static and not spread and not self.queue.holds_edges:
            self.queue.hold_masks(self.synapses.batch or 1, len(whole_of(self.source)))
        else:
            self.queue.hold_lists()
        if spread and not self.queue.holds_edges and self.queue.waiting:
            self._expand_waiting()
        self.queue.set_delays(steps if spread else None, int(steps[0]), len(self.synapses))
        size = len(self.synapses) if self.queue.holds_edges else len(whole_of(self.source))
        self.queue.size = size if (self.synapses.batch or 1) > 1 else None
        return self.queue.holds_edges

    @property
    def is_spread(self) -> bool:
        """Whether an event reaches the synapses of a neuron at different times, or has been on its way to do so."""
        steps = self.steps()
        differ = len(steps) > 1 and bool((steps != steps[0]).any())
        return differ or (self.queue.holds_edges and bool(self.queue.waiting))

    def _expand_waiting(self) -> None:
        """Spikes that are on their way become the synapses that they will reach."""
        count, n = len(self.synapses), len(self.source)
        for spikes in self.queue.waiting.values():
            for place, one in enumerate(spikes):
                start, stop = _bounds(self.source)
                inside = one if stop < 0 else within(one, len(whole_of(self.source)), start, stop)
                edges, which = self.synapses.layout.edges_of(self.trigger, (inside % n).cpu().numpy())
                spikes[place] = (inside // n)[which] * count + torch.from_numpy(edges).to(inside.device)

    def _supply_edges(self, assembly: Assembly) -> bool:
        """Register how the synapses of a neuron are found; whether they are numbered by neuron."""
        name, side, layout = self.synapses.name, self.trigger, self.synapses.layout
        if not isinstance(layout, Sparse):
            return layout.form == "one_to_one" or side == "pre"
        order = layout.order(side)
        assembly.supply(f"{name}._{side}_offsets", layout.offsets(side), "integer", name)
        if order is not None:
            assembly.supply(f"{name}._{side}_order", order, "integer", name)
        return order is None

    def _supply_bundles(self, assembly: Assembly) -> None:
        """Register the synapses by neuron and delay, for code that keeps the events of the last steps."""
        key, synapses = f"{self.synapses.name}.{self.objname}", self.synapses
        assembly.sizes[f"{key} delays"] = self.queue.longest() + 1
        assembly.supply(f"{key} in order", lambda: bundles(synapses, self)[0], "integer", synapses.name)
        assembly.supply(f"{key} bundles", lambda: bundles(synapses, self)[1], "integer", synapses.name)


def bundles(synapses: Synapses, pathway: Pathway) -> tuple[Any, Any]:
    """The synapses sorted by neuron, delay and number; where those of each neuron and delay begin, and the end."""
    assert pathway.queue.delays is not None
    delays, count = pathway.queue.delays.cpu().numpy().astype(np.int64), pathway.queue.longest() + 1
    neurons = synapses.layout.ends(pathway.trigger).astype(np.int64)
    place = neurons * count + delays
    begins = np.concatenate(
        [[0], np.cumsum(np.bincount(place, minlength=synapses.layout.size(pathway.trigger) * count))]
    )
    return np.argsort(place, kind="stable").astype(np.int32), begins.astype(np.int32)


def _bounds(group: Any) -> tuple[int, int]:
    return (0, -1) if whole_of(group) is group else (group.start, group.stop)


def _is_weight(body: tuple[Assign, ...], synapses: Synapses) -> bool:
    """Whether a body only adds a synaptic variable to a postsynaptic one."""
    if len(body) != 1 or not isinstance(body[0].target, Access) or not isinstance(body[0].value, Access):
        return False
    target, value = body[0].target, body[0].value
    own = value.index == "own" and value.kind == "real" and value.key.startswith(f"{synapses.name}.")
    return own and target.index == "post" and target.kind == "real" and body[0].op in ("+=", "-=")


def either(synapses: Synapses, name: str, new: Any, old: Any) -> Any:
    """What was given as ``on_pre`` or by its older name ``pre``. Raises ModelError for both."""
    if new is not None and old is not None:
        raise ModelError(f"on_{name} and {name} are the same.", f"Give on_{name} only.").located(synapses.title)
    return old if new is None else new


def make_pathways(synapses: Synapses, given: Mapping[str, Any], delay: Any, on_event: Any) -> list[Pathway]:
    """The pathways of ``on_pre`` and ``on_post``, each a text or texts by name."""
    made: list[Pathway] = []
    for trigger in SIDES:
        statements = given[trigger]
        if isinstance(statements, str) and not statements:
            continue
        named = statements if isinstance(statements, Mapping) else {trigger: statements}
        for name, text in named.items():
            if text is None:
                continue
            _check_name(synapses, name)
            event = on_event.get(name, "spike") if isinstance(on_event, Mapping) else on_event
            own_delay = delay.get(name) if isinstance(delay, Mapping) else (delay if name == "pre" else None)
            if any(path.objname == name for path in made):
                raise NameConflictError(f"There are two pathways {name!r}.", "Rename one.").located(synapses.title)
            _require_event(synapses, trigger, event)
            made.append(Pathway(synapses, name, trigger, _code(synapses, text, name), event, own_delay))
    _require_delays(synapses, [path.objname for path in made], isinstance(given["pre"], Mapping), delay)
    return made


def _check_name(synapses: Synapses, name: Any) -> None:
    if checked_name(name) is None or synapses.symbol(name) is not None:
        raise NameConflictError(
            f"A pathway cannot be called {name!r}.", "Choose a name that nothing else has."
        ).located(synapses.title)


def _require_delays(synapses: Synapses, known: list[str], named: bool, delay: Any) -> None:
    unknown = [name for name in (delay if isinstance(delay, Mapping) else ()) if name not in known]
    if unknown or (delay is not None and not known):
        raise ModelError(
            f"There is no pathway {(unknown or ['pre'])[0]!r} to delay.", f"There are: {', '.join(known) or 'none'}."
        ).located(synapses.title)
    if named and delay is not None and not isinstance(delay, Mapping):
        raise ModelError("With several pathways each delay needs a name.", "Write delay={'name': 2*ms}.").located(
            synapses.title
        )


def _require_event(synapses: Synapses, trigger: str, event: str) -> None:
    side = synapses.source if trigger == "pre" else synapses.target
    events = getattr(getattr(side, "whole", side), "events", {})
    if not isinstance(event, str):
        raise KindError(f"on_event must be the name of an event, not {event!r}.", "Write 'spike'.").located(
            synapses.title
        )
    if event not in events:
        help = "Give the group a threshold=." if event == "spike" else f"Its events: {', '.join(events) or 'none'}."
        help = "Synapses have no events; their variables can be read and summed into." if side.is_edges else help
        raise ModelError(f"{side.name} has no event {event!r} to run on_{trigger}.", help).located(synapses.title)


def _title(synapses: Synapses, name: str) -> str:
    return f"{synapses.title}, {_label(name)}"


def _label(name: str) -> str:
    return f"on_{name}" if name in ("pre", "post") else f"pathway {name!r}"


def _code(synapses: Synapses, text: Any, name: str) -> Code:
    if not isinstance(text, str):
        raise KindError(
            f"The code of a pathway must be a string, not {type(text).__name__}.", "Write it in quotes."
        ).located(_title(synapses, name))
    try:
        return parse_statements(text)
    except SpikeqError as error:
        raise error.located(_title(synapses, name), text) from None
