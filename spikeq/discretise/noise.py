"""Taking a stochastic right-hand side apart: f + sum of g*xi, with xi white noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spikeq.discretise import symbolic
from spikeq.discretise.affine import affine
from spikeq.discretise.arithmetic import DT, call
from spikeq.discretise.flow import Facts, Flow, names_of
from spikeq.errors import MethodError, ModelError
from spikeq.language.expression import Expression, Name, names, walk

ROOT_STEP = call("sqrt", DT)


@dataclass(frozen=True, slots=True)
class Parts:
    """A flow as ``drift + sum of noise[xi]*xi``, the refractory factor in every part; a drift of None is zero."""

    flow: Flow
    drift: Expression | None
    noise: dict[str, Expression]


def is_noise(name: str) -> bool:
    """True for ``xi`` and ``xi_something``."""
    return name == "xi" or name.startswith("xi_")


def noise_names(flows: Sequence[Flow]) -> tuple[str, ...]:
    """The noise variables in the order in which they appear."""
    found = (
        node.name for flow in flows for node in walk(flow.expression) if isinstance(node, Name) and is_noise(node.name)
    )
    return tuple(dict.fromkeys(found))


def check_noise(flows: Sequence[Flow]) -> None:
    """Refuse what no method can integrate.

    Raises ``ModelError`` for a bare ``xi`` in several equations and for noise that does not enter linearly.
    """
    bare = [flow for flow in flows if "xi" in names(flow.expression)]
    if len(bare) > 1:
        raise ModelError(
            f"The noise xi stands in the equations of {bare[0].name} and of {bare[1].name}.",
            f"Give every noise a name: xi_{bare[0].name} and xi_{bare[1].name} are independent, "
            "one name in both equations is the same noise in both.",
            bare[1].expression.span,
        )
    for flow in flows:
        parts(flow)


def parts(flow: Flow) -> Parts:
    """The flow taken apart. Raises ``ModelError`` where it is not linear in its noise."""
    noise = noise_names((flow,))
    if not noise:
        return Parts(flow, flow.right_side, {})
    form = affine(flow.expression, noise)
    if form is None:
        raise ModelError(
            f"The right side of d{flow.name}/dt is not linear in {' and '.join(noise)}.",
            "Noise may be multiplied by a factor and added, as in f + g*xi.",
            flow.expression.span,
        )
    drift = None if form.constant is None else flow.gated(form.constant)
    return Parts(flow, drift, {name: flow.gated(factor) for name, factor in form.factors.items()})


def is_additive(factor: Expression, flows: Sequence[Flow], facts: Facts) -> bool:
    """True where a noise factor depends on no variable of the system and not on time during a step."""
    variables = names_of(flows)

    def still(expression: Expression) -> bool:
        return not facts.changing(expression, variables) & {*variables, "t"}

    if still(factor):
        return True
    expanded = symbolic.expand(factor)
    return expanded is not None and still(expanded)


def require_additive(flows: Sequence[Flow], facts: Facts, method: str) -> None:
    """Raise ``MethodError`` where a noise factor depends on the state or on time."""
    for flow in flows:
        for name, factor in parts(flow).noise.items():
            if not is_additive(factor, flows, facts):
                raise MethodError(
                    f"{method} cannot integrate d{flow.name}/dt: the factor of {name} depends on the state or on time.",
                    "Use method='heun' or, with one noise per equation, method='milstein'.",
                    factor.span or flow.expression.span,
                )


def refuse_noise(flows: Sequence[Flow], method: str) -> None:
    """Raise ``MethodError`` where an equation contains noise."""
    for flow in flows:
        noise = noise_names((flow,))
        if noise:
            raise MethodError(
                f"{method} cannot integrate d{flow.name}/dt: it contains the noise {noise[0]}.",
                "Use method='euler' for additive noise, 'heun' or 'milstein' for noise that depends on the state.",
                flow.expression.span,
            )
