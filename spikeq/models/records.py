"""What a model of the library is: plain strings, parameters with units, a citation; complete before any network exists.

Input: the texts in this folder and what a user gives as parameters. Output: records that ``NeuronGroup`` and
``Synapses`` take in place of equations, and that print as the code they stand for.
"""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from spikeq.dimension import Dimension
from spikeq.errors import DimensionError, KindError, NameConflictError, SpikeqError, UnknownNameError
from spikeq.language.check import Symbol, infer
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import calls
from spikeq.language.functions import check_variable_name
from spikeq.language.parse import parse_expression
from spikeq.language.wording import in_units
from spikeq.unit_table import UNITS
from spikeq.units.reading import Measured, dimension_of, magnitude

_ARGUMENTS = (
    *("equations", "threshold", "reset", "refractory", "method", "namespace"),
    *("on_pre", "on_post", "delay", "bounds", "reduction"),
)
Text = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, repr=False)
class Model:
    """What models of neurons and of synapses have in common.

    ``parameters``: constants of the strings as text, ``{"tau": "20*ms"}``; ``given``: values that replace them.
    ``initial``: what variables begin with, in this order. ``step``: the largest time step at which the default
    parameters are integrated well. ``presets``: named sets of parameters. ``any_unit``: parameters whose unit is that
    of whatever they are used with.
    """

    name: str
    description: str
    citation: str
    equations: str
    parameters: Text
    initial: Text = field(default_factory=dict)
    method: str = "euler"
    step: str = "1*ms"
    presets: Mapping[str, Text] = field(default_factory=dict)
    any_unit: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, preset: str | None = None, /, **values: Any) -> Self:
        """The model with other parameters: ``LIF(tau=10*ms)``, ``Izhikevich("chattering")``.

        A value is a quantity, a number, an array with a value for each element, or a text such as ``'10*ms'``.
        Raises UnknownNameError for names that the model lacks, DimensionError for wrong units, KindError for what
        is no number.
        """
        chosen = {} if preset is None else dict(self._preset(preset))
        return replace(self, given={**self.given, **{n: self._checked(n, v) for n, v in (chosen | values).items()}})

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={_written(value)}" for name, value in self._changes().items())
        return f"models.{self.name}({given})" if given else f"models.{self.name}"

    def _changes(self) -> dict[str, Any]:
        return dict(self.given)

    @property
    def namespace(self) -> dict[str, Any]:
        """The parameters as quantities, for the strings."""
        from spikeq.units import with_dimension

        found: dict[str, Any] = {}
        for name, text in self.parameters.items():
            value = self.given.get(name, text)
            if isinstance(value, str):
                measured = measure(value)
                value = with_dimension(measured.value, measured.dim)
            found[name] = value
        return found

    def _preset(self, preset: Any) -> Text:
        if isinstance(preset, str) and preset in self.presets:
            return self.presets[preset]
        known = ", ".join(repr(name) for name in self.presets)
        help = f"There are: {known}." if known else f"Write parameters by name: {self._example()}."
        raise UnknownNameError(f"{self.name} has no preset {preset!r:.60}.", help).located(self.name)

    def _checked(self, name: str, value: Any) -> Any:
        if name not in self.parameters:
            raise self._unknown(name)
        wanted = measure(self.parameters[name]).dim
        try:
            dimension = measure(value).dim if isinstance(value, str) else dimension_of(value)
            if not isinstance(value, str):
                magnitude(value)
            if dimension != wanted and name not in self.any_unit:
                raise self._wrong_unit(name, wanted, dimension)
        except SpikeqError as error:
            raise error.located(f"{self.name}, {name}", value if isinstance(value, str) else None) from None
        return value

    def _wrong_unit(self, name: str, wanted: Dimension, dimension: Dimension) -> DimensionError:
        message = f"{name} must be {in_units(wanted)}, but the given value is {in_units(dimension)}."
        return DimensionError(message, f"Write for example {name}={self.parameters[name]}.")

    def _unknown(self, name: str) -> UnknownNameError:
        near = difflib.get_close_matches(name, self.parameters, 1)
        if name in _ARGUMENTS:
            help = f"{name}= is an argument of the group: {self._use}, {name}=...)."
        elif near:
            help = f"Did you mean {near[0]!r}?"
        else:
            help = f"Its parameters are: {', '.join(self.parameters)}."
        return UnknownNameError(f"{self.name} has no parameter {name!r}.", help).located(self.name)

    def _example(self) -> str:
        name, text = next(iter(self.parameters.items()), ("tau", "10*ms"))
        return f"{self.name}({name}={text})"

    @property
    def _use(self) -> str:
        return f"NeuronGroup(n, models.{self.name}()"

    def _header(self) -> Iterator[str]:
        for text in (f"{self.name}: {self.description}.", f"{self.citation}.", f"Time steps: at most {self.step}."):
            yield from textwrap.wrap(text, 120, initial_indent="# ", subsequent_indent="#   ", break_on_hyphens=False)
        if self.presets:
            yield f"# Presets, as in {self.name}({next(iter(self.presets))!r}): {', '.join(self.presets)}."

    def _namespace_lines(self) -> Iterator[str]:
        if self.parameters:
            yield "    namespace={"
            for name, text in self.parameters.items():
                yield f"        {name!r}: {_written(self.given.get(name, text))},"
            yield "    },"


@dataclass(frozen=True, kw_only=True, repr=False)
class NeuronModel(Model):
    """A model of a neuron, for ``NeuronGroup(n, model)``.

    ``refractory``: a text, a time or a condition. ``drive``: values of input variables under which it spikes; empty
    if it spikes without any.
    """

    threshold: str
    reset: str | None = None
    refractory: str | None = None
    drive: Text = field(default_factory=dict)

    def __str__(self) -> str:
        lines = [*self._header(), 'G = NeuronGroup(N, """', self.equations.strip("\n"), '""",']
        for what in ("threshold", "reset", "refractory", "method"):
            text = getattr(self, what)
            if text is not None:
                lines.append(f"    {what}={_quoted(text)},")
        lines += [*self._namespace_lines(), ")"]
        lines += [f"G.{variable} = {text!r}" for variable, text in self.initial.items()]
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True, repr=False)
class SynapseModel(Model):
    """A model of a synapse and how it changes, for ``Synapses(source, target, model)``.

    ``{target}`` in the texts is the variable of the postsynaptic neuron that a presynaptic spike changes. ``initial``
    holds for each new synapse. ``delays``: the parameter that delays a pathway, by the pathway's name. ``bounds``:
    between what a variable lies also after the rows of a batch changed it together.
    """

    on_pre: str | Text | None = None
    on_post: str | Text | None = None
    delays: Text = field(default_factory=dict)
    bounds: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    target: str = "v"

    def __call__(self, preset: str | None = None, /, *, target: str | None = None, **values: Any) -> Self:
        """The model with other parameters, or acting on another variable: ``PairSTDP(target="g_e", scale=1*nS)``.

        Raises what ``Model`` raises, and NameConflictError or KindError for a target that is no name of a variable.
        """
        made = super().__call__(preset, **values)
        if target is None:
            return made
        if not isinstance(target, str):
            raise KindError(f"target must be the name of a variable, not {target!r:.60}.", "Write target='v'.")
        try:
            check_variable_name(target)
        except NameConflictError as error:
            raise error.located(f"{self.name}, target") from None
        return replace(made, target=target)

    def _changes(self) -> dict[str, Any]:
        target = {} if self.target == type(self).target else {"target": repr(self.target)}
        return {**target, **super()._changes()}

    @property
    def pathways(self) -> dict[str, str | dict[str, str] | None]:
        """``on_pre`` and ``on_post`` as ``Synapses`` takes them, the target's name put in."""
        return {"on_pre": self._filled(self.on_pre), "on_post": self._filled(self.on_post)}

    @property
    def delay(self) -> dict[str, Any]:
        """The delays of pathways, by name."""
        return {pathway: self.namespace[parameter] for pathway, parameter in self.delays.items()}

    @property
    def _use(self) -> str:
        return f"Synapses(source, target, models.{self.name}()"

    def _filled(self, code: str | Text | None) -> str | dict[str, str] | None:
        if code is None or isinstance(code, str):
            return None if code is None else code.replace("{target}", self.target).strip("\n")
        return {name: text.replace("{target}", self.target).strip("\n") for name, text in code.items()}

    def __str__(self) -> str:
        lines = [*self._header(), 'S = Synapses(source, target, """', self.equations.strip("\n"), '""",']
        for what, code in self.pathways.items():
            if isinstance(code, dict):
                inner = ", ".join(f"{name!r}: {_quoted(text)}" for name, text in code.items())
                lines.append(f"    {what}={{{inner}}},")
            elif code is not None:
                lines.append(f"    {what}={_quoted(code)},")
        if self.delays:
            values = {name: self.given.get(p, self.parameters[p]) for name, p in self.delays.items()}
            inner = ", ".join(f"{name!r}: {_written(value)}" for name, value in values.items())
            lines.append(f"    delay={{{inner}}},")
        if self.bounds:
            lines.append(f"    bounds={dict(self.bounds)!r},")
        lines += [f"    method={self.method!r},", *self._namespace_lines(), ")", "S.connect()"]
        lines += [f"S.{variable} = {text!r}" for variable, text in self.initial.items()]
        return "\n".join(lines)


def measure(text: str) -> Measured:
    """The value of a text such as ``'20*ms'``. Raises what parsing and checking it raises, KindError for functions."""
    expression = parse_expression(text)
    if calls(expression):
        raise KindError("A parameter is one number with a unit.", "Write for example 20*ms.", expression.span)
    dimension = infer(expression, _unit_symbol).dimension
    value: Any = evaluate(expression, lambda name: UNITS[name][0])
    return Measured(float(value), dimension)


def _unit_symbol(name: str) -> Symbol:
    if name in UNITS:
        return Symbol(UNITS[name][1])
    near = difflib.get_close_matches(name, UNITS, 1)
    help = f"Did you mean {near[0]!r}?" if near else "Write a number and its unit, for example 20*ms."
    raise UnknownNameError(f"{name!r:.60} is no unit.", help)


def _quoted(text: str) -> str:
    text = text.strip("\n")
    return f'"""\n{text}\n"""' if "\n" in text else repr(text)


def _written(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)
