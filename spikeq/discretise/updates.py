"""The difference equations of one time step: output of every integration method."""

from __future__ import annotations

from dataclasses import dataclass

from spikeq.language.expression import Expression


@dataclass(frozen=True, slots=True)
class MatrixExponential:
    """exp(matrix·dt) for coefficients that do not change during a run, computed on the host at bind.

    ``matrix[r][c]`` are expressions of run constants (SI, 1/second once rows and columns are scaled by their
    variables' units). Entry (r, c) of the result is read under the name ``entries[r][c]``.
    """

    entries: tuple[tuple[str, ...], ...]
    matrix: tuple[tuple[Expression, ...], ...]


@dataclass(frozen=True, slots=True)
class Updates:
    """x[n] -> x[n+1] for all variables of a group at once.

    ``locals`` are computed in order and may use earlier ones; their names begin with an underscore, which users'
    names never do. ``finals`` are computed from locals and old values, all of them before any is assigned.
    Names beginning with ``xi`` stand for one standard normal number per element and step, the same number
    wherever the same name appears. ``dt`` is the step of the group's clock and ``t`` the time at its start.
    ``exponentials`` define further names, of run constants.
    """

    method: str
    locals: tuple[tuple[str, Expression], ...]
    finals: tuple[tuple[str, Expression], ...]
    exponentials: tuple[MatrixExponential, ...] = ()
