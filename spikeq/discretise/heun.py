"""Heun's method for noise that depends on the state, read after Stratonovich."""

from __future__ import annotations

from collections.abc import Sequence

from spikeq.discretise.arithmetic import DT, multiply, plus, product
from spikeq.discretise.flow import Facts, Flow, Locals, at, later
from spikeq.discretise.noise import ROOT_STEP, Parts, noise_names, parts
from spikeq.discretise.updates import Updates
from spikeq.language.expression import Binary, Expression, Literal, Name


def heun(flows: Sequence[Flow], facts: Facts) -> Updates:
    """x + dt*f(x, t) + dW*(g(x, t) + g(x + g(x, t)*dW, t + dt))/2, dW = sqrt(dt)*xi, one such term for each noise.

    The drift is Euler's: without noise the method is forward Euler. Formula: Ruemelin 1982, SIAM J. Numer. Anal. 19,
    604-613; the predictor moves along one noise at a time, as in Brian2, so that several noises must commute.
    """
    local = Locals()
    split = [parts(flow) for flow in flows]
    terms: dict[str, list[Expression]] = {flow.name: [] for flow in flows}
    for name in noise_names(flows):
        increment = local.add(Binary("*", ROOT_STEP, Name(name)), "dW", name)
        ends = _predict(split, name, increment, local)
        for part in split:
            if name in part.noise:
                start = part.noise[name]
                mean = Binary("+", start, at(start, ends, later(DT)))
                terms[part.flow.name].append(product(Literal(0.5), increment, mean))
    finals = tuple((part.flow.name, _final(part, terms[part.flow.name])) for part in split)
    return Updates("heun", tuple(local.made), finals)


def _predict(split: Sequence[Parts], name: str, increment: Name, local: Locals) -> dict[str, Expression]:
    """Where one noise alone would take the variables."""
    return {
        part.flow.name: local.add(
            Binary("+", Name(part.flow.name), product(part.noise[name], increment)), "end", part.flow.name, name
        )
        for part in split
        if name in part.noise
    }


def _final(part: Parts, terms: Sequence[Expression]) -> Expression:
    return plus(Name(part.flow.name), multiply(DT, part.drift), *terms)
