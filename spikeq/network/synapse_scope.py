"""Names in the strings of synapses: in their code, and in the conditions that connect them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from spikeq.codegen.ends import Side
from spikeq.errors import ConnectionError, ShapeError, SpikeqError
from spikeq.language.binding import caller_namespace
from spikeq.language.check import Symbol
from spikeq.language.expression import Access, Expression, Literal, Name, rewrite
from spikeq.network.ends import end_values, is_shared, whole_of
from spikeq.network.generators import parse_connection
from spikeq.network.outside import Outside, layers_of, looking_in
from spikeq.network.pairs import Operand, PairScope
from spikeq.network.scope import Scope

if TYPE_CHECKING:
    from spikeq.network.connected import Connected
    from spikeq.network.hoisting import Hoisting


class SynapseScope(Scope):
    """What names stand for in the model and the pathways of synapses.

    ``hoisting`` knows what is held once a neuron, as soon as that is decided.
    """

    hoisting: Hoisting | None = None

    def access(self, name: str) -> Expression:
        """What one name stands for at a synapse."""
        synapses: Any = self.group
        if self.hoisting is not None and name in synapses._sides:
            return self.hoisting.own_value(name)
        if name in synapses._variables or name in ("t", "dt", "t_in_timesteps"):
            return self.own_access(name)
        if name in ("i", "j", "N_incoming", "N_outgoing"):
            return self._of_neurons(name, "pre" if name in ("i", "N_outgoing") else "post")
        if name == synapses.multisynaptic_index:
            if not synapses.layout.has_copies:
                return Literal(0)
            key = self.assembly.supply(f"{synapses.name}.{name}", synapses.layout.copies, "integer", synapses.name)
            return Access(key, "own", "integer")
        if name in ("N", "N_pre", "N_post"):
            count = {"N": synapses, "N_pre": synapses.source, "N_post": synapses.target}[name]
            key = self.assembly.supply(f"{synapses.name}.{name}", np.int32(len(count)), "integer", None)
            return Access(key, "scalar", "integer")
        if synapses.symbol(name) is None:
            return self.outside_access(name)
        group, plain = synapses.side_of(name)
        whole, side = whole_of(group), _side(name)
        if plain not in whole._variables and not whole.is_edges:
            return self.access("i" if side == "pre" else "j")
        return self.assembly.seen(self.assembly.scope_of(whole).access(plain), whole, synapses, side)

    def _of_neurons(self, name: str, side: Side) -> Expression:
        """What is the same for all synapses of a neuron, by neuron of the whole group."""
        synapses: Any = self.group
        group = synapses.source if side == "pre" else synapses.target
        whole, first, layout = getattr(group, "whole", group), getattr(group, "start", 0), synapses.layout

        def values() -> Any:
            if name in ("i", "j"):
                return np.arange(-first, len(whole) - first, dtype=np.int32)
            found = np.zeros(len(whole), np.int32)
            found[first : first + len(group)] = layout.degrees(side)
            return found

        key = self.assembly.supply(f"{synapses.name}.{name}", values, "integer", whole.name)
        return Access(key, side, "integer")

    def target(self, name: str) -> tuple[Access, Symbol, Expression | None] | None:
        """The array that a statement assigns to: the synapse's own or that of a neuron at its end."""
        synapses: Any = self.group
        if name in synapses._variables:
            return self._target(synapses, name, "own")
        if synapses.symbol(name) is None or name in ("i", "j", "t", "dt", "N", "t_in_timesteps"):
            return None
        group, plain = synapses.side_of(name)
        whole = whole_of(group)
        if plain not in whole._variables:
            return None
        return self._target(whole, plain, _side(name))

    def read_only(self, name: str) -> str:
        """Why synapses cannot assign to a variable; empty where they can."""
        synapses: Any = self.group
        if name in synapses._variables:
            variable = synapses._variables[name]
        else:
            group, plain = synapses.side_of(name)
            variable = whole_of(group)._variables[plain]
        return "shared, and synapses change only values of their own" if variable.scalar else self._read_only(variable)


def _side(name: str) -> Any:
    return "pre" if name.endswith("_pre") else "post"


def pair_scope(
    synapses: Connected, texts: Sequence[str], namespace: Mapping[str, Any] | None, level: int
) -> Callable[[Any], PairScope]:
    """What the strings of ``connect`` may use; outside names are looked up now, random numbers come later."""
    names = namespace if namespace is not None else caller_namespace(level + 1)
    outside = Outside(synapses, [], layers_of(synapses, names))

    def resolve(name: str) -> Operand:
        symbol = synapses.symbol(name)
        if symbol is not None:
            if name in synapses._variables or name in ("N", synapses.multisynaptic_index):
                raise ConnectionError(
                    f"{name} belongs to synapses, which are only being made.",
                    "Use i, j and the variables of the neurons: x_pre, x_post.",
                )
            if name in ("t", "dt", "t_in_timesteps"):
                return Operand(synapses.value_of(name, None), "scalar", symbol.dimension, symbol.kind)
            group, plain = synapses.side_of(name)
            with looking_in(names):
                values = end_values(group, plain, synapses.read_end)
            if is_shared(group, plain):
                return Operand(values, "scalar", symbol.dimension, symbol.kind)
            part = values[..., getattr(group, "start", 0) : getattr(group, "stop", values.shape[-1])]
            return Operand(part if part.ndim == 1 else part[0], _side(name), symbol.dimension, symbol.kind)
        found = Outside(synapses, [Name(name)], layers_of(synapses, names))
        binding = found.bindings[name]
        if binding.kind in ("array", "sweep"):
            raise ShapeError(
                f"{name} is an array, and it is unclear which neuron takes which value.",
                "Make it a variable of the neurons: x_pre or x_post.",
            )
        return Operand(found.value(name, None), "scalar", found.symbol(name).dimension, binding.value_kind)

    for text in texts:
        _parse_early(synapses, text)

    def scope(uniform: Any) -> PairScope:
        n_pre, n_post = len(synapses.source), len(synapses.target)
        return PairScope(n_pre, n_post, resolve, uniform, outside.function, written=partial(_written, synapses))

    return scope


def _written(synapses: Connected, expression: Expression) -> Expression:
    """The expression with the subexpressions of the synapses in place of their names."""

    def change(node: Expression) -> Expression:
        variable = synapses._variables.get(node.name) if isinstance(node, Name) else None
        if variable is None or variable.expression is None:
            return node
        return rewrite(_written(synapses, variable.expression), lambda inner: replace(inner, span=node.span))

    return rewrite(expression, change)


def _parse_early(synapses: Connected, text: str) -> None:
    """Syntax errors are told when connect is called, not when the synapses are made."""
    try:
        parse_connection(text)
    except SpikeqError as error:
        raise error.located(f"{synapses.title}, connect", text) from None
