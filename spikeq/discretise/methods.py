"""The table of integration methods, and the choice among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from spikeq.discretise.arithmetic import DT
from spikeq.discretise.euler import euler
from spikeq.discretise.exact import exact, is_singular
from spikeq.discretise.exponential_euler import exponential_euler
from spikeq.discretise.flow import Facts, Flow, never
from spikeq.discretise.heun import heun
from spikeq.discretise.milstein import milstein
from spikeq.discretise.noise import check_noise, noise_names, require_additive
from spikeq.discretise.rk2 import rk2
from spikeq.discretise.rk4 import rk4
from spikeq.discretise.updates import Updates
from spikeq.errors import MethodError
from spikeq.language.expression import Expression

Method = Callable[[Sequence[Flow], Facts], Updates]

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "euler": euler,
        "exact": exact,
        "exponential_euler": exponential_euler,
        "heun": heun,
        "linear": exact,  # Brian's older name
        "milstein": milstein,
        "rk2": rk2,
        "rk4": rk4,
    }
)


def discretise(
    flows: Sequence[Flow],
    method: str | None,
    constants: Callable[[str], bool],
    frozen: Callable[[str], bool] = never,
    held: Callable[[str], bool] = never,
    among: Sequence[Flow] | None = None,
) -> Updates:
    """The difference equations of one step of the clock, with the method of that name or, for None, the chosen one.

    ``constants(name)``: the name does not change while one step is integrated; asked for everything but the flows'
    own variables and ``t``. ``frozen(name)``: it does not change during a run. ``held(function)``: a function of time
    that keeps its value during a step. ``among``: all flows of the group, where these are only some: one method is
    chosen for all. Raises ``MethodError`` where the method does not fit the equations or is
    unknown, ``ModelError`` where no method fits.
    """
    facts = Facts(constants, frozen, held)
    check_noise(flows)
    name = choose(among or flows, facts) if method is None else method.lower()
    if name not in METHODS:
        near = get_close_matches(name, METHODS, 1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise MethodError(f"There is no method {method!r}.", f"{hint}There are: {', '.join(sorted(METHODS))}.")
    return METHODS[name](flows, facts)


def choose(flows: Sequence[Flow], facts: Facts) -> str:
    """Brian2's choice: exact where the system is linear with one fixed point, else euler, else heun."""
    if noise_names(flows):
        try:
            require_additive(flows, facts, "euler")
        except MethodError:
            return "heun"
        return "euler"
    try:
        exact(flows, facts)
    except MethodError:
        return "euler"
    return "euler" if is_singular(flows, facts) else "exact"


def over_elapsed(flows: Sequence[Flow], elapsed: Expression, constants: Callable[[str], bool]) -> Updates:
    """The exact solution over any time, for event-driven variables: ``elapsed`` takes the place of the clock's step.

    Raises ``MethodError`` where there is no closed form.
    """
    check_noise(flows)
    facts = Facts(constants, never, never, elapsed)
    if elapsed == DT:
        raise ValueError("elapsed must not be the clock's step")
    return exact(flows, facts)
