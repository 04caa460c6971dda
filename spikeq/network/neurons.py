"""Groups of neurons described by equations."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.dimension import SECOND
from spikeq.errors import (
    KindError,
    ModelError,
    NameConflictError,
    SpikeqError,
    SpikeqWarning,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.language.equations import NOISE, Equations
from spikeq.language.expression import Expression
from spikeq.language.model import Code, EquationType
from spikeq.language.wording import in_units
from spikeq.network.member import checked_name
from spikeq.network.moments import checked_when
from spikeq.network.neuron_tasks import model_expressions, model_texts, neuron_tasks
from spikeq.network.population import Population
from spikeq.network.recipe import NeuronRecipe, begin, merged
from spikeq.network.regular import require_text
from spikeq.network.scope import Scope
from spikeq.network.variables import Variable
from spikeq.network.views import DTYPES
from spikeq.units import dimension_of, magnitude

if TYPE_CHECKING:
    from spikeq.network.assembly import Assembly

FLAGS: dict[EquationType, tuple[str, ...]] = {
    "differential": ("unless refractory",),
    "subexpression": ("shared", "constant over dt"),
    "parameter": ("constant", "shared", "linked"),
}
_CUSTOM = {"condition": "after_thresholds", "code": "after_resets"}
NEVER = np.iinfo(np.int64).min // 2  # the stored step of a spike that has not happened


class NeuronGroup(Population):
    """``N`` neurons with the same equations.

    model: equations as a string or ``Equations``, or a model of the library such as ``models.LIF(tau=20*ms)``, which
    brings all that is not given here, and first values. method: an integration method, None to let spikeq choose as
    Brian2 does (``Network(method=...)`` sets the default, ``"euler"``). threshold, reset: a condition and statements.
    refractory: a time, a string that gives a time, or a boolean string that keeps the neuron refractory while true.
    events: further events, ``{"name": "condition"}``. namespace: values for names in the strings. dt: the group's own
    time step. Raises the errors of ``spikeq.errors`` for anything that makes no model.
    """

    default_name = "neurongroup"

    def __init__(
        self,
        N: int,  # noqa: N803 - Brian2's name
        model: str | Equations | NeuronRecipe,
        method: str | None = None,
        threshold: str | None = None,
        reset: str | None = None,
        refractory: Any = False,
        events: Mapping[str, str] | None = None,
        namespace: Mapping[str, Any] | None = None,
        dtype: Any = None,
        dt: Any = None,
        clock: Any = None,
        order: int = 0,
        name: str | None = None,
        method_options: Mapping[str, Any] | None = None,
    ) -> None:
        recipe = model if isinstance(model, NeuronRecipe) else None
        if recipe is not None:
            self._brought = frozenset(recipe.namespace)
            model, method, namespace = recipe.equations, method or recipe.method, merged(recipe.namespace, namespace)
            threshold = recipe.threshold if threshold is None else threshold
            reset = recipe.reset if reset is None else reset
            refractory = recipe.refractory if refractory is False else refractory
        super().__init__(N, name, clock if clock is not None else dt, namespace, order, "groups")
        self.equations = _equations(model, self.title)
        self.method = checked_method(method, self.title)
        self.method_options = dict(method_options or {})
        self.dtype = dtype
        self.events = self._checked_events(events)
        self.event_codes: dict[str, Code] = {}
        self.event_conditions: dict[str, Expression] = {}
        self.refractory_text = ""
        self.refractory_expression: Expression | None = None
        self.refractory_seconds = 0.0
        self.schedules: dict[tuple[str, str], tuple[str, int]] = {}
        self._refractory = refractory
        self._take_threshold(threshold, reset)
        self._take_refractory()
        self._make_variables()
        self._ready_for_use()
        begin(self, {} if recipe is None else recipe.initial)

    # -- construction -------------------------------------------------------------------------------------------------

    def _checked_events(self, events: Any) -> dict[str, str]:
        if events is not None and not isinstance(events, Mapping):
            raise KindError(
                f"events must be a dictionary, not {type(events).__name__}.", "Write events={'name': 'v > 10*mV'}."
            ).located(self.title)
        for name in events or {}:
            if checked_name(name) is None:
                raise NameConflictError("An event needs a name.", "Write {'name': 'v > 10*mV'}.").located(self.title)
        return dict(events or {})

    def _take_threshold(self, threshold: str | None, reset: str | None) -> None:
        if "spike" in self.events:
            raise ModelError("The event 'spike' is the threshold's.", "Give it as threshold=.").located(self.title)
        if threshold is not None:
            self.events["spike"] = threshold
        for event, condition in self.events.items():
            what = "threshold" if event == "spike" else f"the condition of the event {event!r}"
            require_text(condition, what, self.title)
            owner = f"{self.title}, {'threshold' if event == 'spike' else event}"
            self.event_conditions[event] = self.parsed(condition, owner)
        if reset is not None:
            if threshold is None:
                raise ModelError("A reset needs a threshold.", "Give threshold= as well.").located(self.title)
            self.event_codes["spike"] = self.statements(reset, "reset")

    def _take_refractory(self) -> None:
        value = self._refractory
        gated = [e.name for e in self.equations.values() if "unless refractory" in e.flags]
        if value is False or value is None:
            self._refractory = False
            if gated:
                warnings.warn(
                    f"{self.name}: '(unless refractory)' has no effect without refractory=.",
                    SpikeqWarning,
                    stacklevel=4,
                )
            return
        if isinstance(value, str):
            self.refractory_text = value
            self.refractory_expression = self.parsed(value, f"{self.title}, refractory")
            return
        dimension = dimension_of(value)
        numbers = np.asarray(magnitude(value))
        if dimension != SECOND:
            raise KindError(
                f"refractory must be a time or a string, but it is {in_units(dimension)}.", "Write for example 5*ms."
            ).located(self.title)
        if numbers.ndim or not np.isfinite(numbers) or numbers < 0:
            raise ValueRangeError(
                f"refractory must be one time of at least 0 s, but it is {value}.",
                "For a time per neuron, declare a parameter in second and name it: refractory='tau_ref'.",
            ).located(self.title)
        self.refractory_seconds = float(numbers)

    @property
    def has_refractory(self) -> bool:
        """Whether the neurons know refractoriness."""
        return self._refractory is not False

    def _make_variables(self) -> None:
        try:
            self.equations.check_flags(FLAGS, " in a NeuronGroup")
        except SpikeqError as error:
            raise error.located(self.title) from None
        for name, equation in self.equations.items():
            flags = equation.flags
            stored = equation.type != "subexpression"
            variable = Variable(
                name,
                equation.dimension,
                equation.kind,
                scalar="shared" in flags,
                constant="constant" in flags,
                expression=equation.expression if not stored else None,
                linked="linked" in flags,
                source=equation.text,
            )
            self._add_variable(variable)
        if self.has_refractory:
            for name in ("lastspike", "not_refractory"):
                if name in self.equations:
                    raise NameConflictError(f"{name} is the group's own variable.", "Rename it.").located(self.title)
            self._add_variable(Variable("lastspike", SECOND, step=True))
            self._values["lastspike"] = np.full(self._n, NEVER, np.int64)
            self._add_variable(Variable("not_refractory", kind="boolean"))
            self._values["not_refractory"] = np.ones(self._n, np.bool_)

    def _add_variable(self, variable: Variable) -> None:
        self._variables[variable.name] = variable
        if variable.expression is None and not variable.linked:
            size = 1 if variable.scalar else self._n
            self._values[variable.name] = np.zeros(size, DTYPES[variable.kind])

    # -- use ----------------------------------------------------------------------------------------------------------

    def symbol(self, name: str) -> Any:
        """What one of the group's names stands for."""
        if name.startswith("xi") and name in self.equations.stochastic_variables:
            return NOISE
        return super().symbol(name)

    def run_on_event(self, event: str, code: str, when: str = "after_resets", order: int | None = None) -> None:
        """Run statements for the neurons that had an event in this step."""
        if not isinstance(event, str) or event not in self.events:
            known = ", ".join(sorted(self.events)) or "none"
            raise UnknownNameError(f"There is no event {event!r}.", f"The events are: {known}.").located(self.title)
        if event in self.event_codes:
            raise ModelError(f"The event {event!r} has code already.", "Join the two blocks.").located(self.title)
        self.event_codes[event] = self.statements(code, f"run_on_event({event!r})")
        self.schedules[(event, "code")] = (checked_when(when), self.order if order is None else order)

    def set_event_schedule(self, event: str, when: str = "after_thresholds", order: int | None = None) -> None:
        """Say when in a step the condition of an event is tested."""
        if not isinstance(event, str) or event not in self.events:
            raise UnknownNameError(f"There is no event {event!r}.", "Give it as events=.").located(self.title)
        self.schedules[(event, "condition")] = (checked_when(when), self.order if order is None else order)

    def schedule(self, event: str, what: str) -> tuple[str, int]:
        """The slot and order of an event's condition or code."""
        usual = {"condition": "thresholds", "code": "resets"} if event == "spike" else _CUSTOM
        return self.schedules.get((event, what), (usual[what], self.order))

    # -- for the compiler ---------------------------------------------------------------------------------------------

    def is_gated(self, name: str) -> bool:
        """Whether statements leave a variable alone while its neuron is refractory."""
        return self.has_refractory and name in self.equations and "unless refractory" in self.equations[name].flags

    def texts(self) -> list[tuple[str, str, Expression]]:
        """Every expression of the model with the text that it came from and what messages call that."""
        return model_texts(self)

    def make_scope(self, assembly: Assembly) -> Scope:
        """What the names of the group's strings mean in this run."""
        return Scope(assembly, self, assembly.outside_of(self, model_expressions(self)))

    def contribute(self, assembly: Assembly) -> None:
        """Add what happens to the group in one step."""
        neuron_tasks(self, assembly)

    def changes(self) -> set[tuple[str, str]]:
        """The variables that the group's own statements assign to."""
        found = {(self.name, s.target) for code in self.event_codes.values() for s in code.statements}
        return found | super().changes()

    def __repr__(self) -> str:
        return f"NeuronGroup({self._n}, {str(self.equations)!r}, name={self.name!r})"


def _equations(model: Any, owner: str) -> Equations:
    if isinstance(model, Equations):
        return model
    require_text(model, "model", owner)
    try:
        return Equations(model)
    except SpikeqError as error:
        raise error.located(owner) from None


def checked_method(method: Any, owner: str) -> str | None:
    """The name of an integration method, or None. Raises KindError for anything else."""
    if method is not None and not isinstance(method, str):
        raise KindError(
            f"method must be the name of an integration method, not {method!r}.", "Write for example 'exact'."
        ).located(owner)
    return method
