"""The functions and constants that every string knows, and the names that no variable may have."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal as OneOf

from spikeq.dimension import DIMENSIONLESS, SECOND, Dimension
from spikeq.errors import NameConflictError, Span
from spikeq.language.expression import Kind
from spikeq.unit_table import UNITS

Argument = Dimension | OneOf["any", "first"]
ResultKind = Kind | OneOf["highest"]


@dataclass(frozen=True, slots=True)
class Function:
    """What the checker has to know about a function.

    ``arguments`` has one entry per argument: the dimension that it must have, ``"any"``, or ``"first"`` for the
    dimension of the first argument. ``dimension`` is the result's: fixed, that of the first argument or its square
    root. ``kind`` ``"highest"`` means real if one argument is real, otherwise integer. A ``stateful`` function gives
    another value at each call.
    """

    name: str
    arguments: tuple[Argument, ...]
    dimension: Dimension | OneOf["first", "root"] = DIMENSIONLESS
    kind: ResultKind = "real"
    stateful: bool = False

    @property
    def arity(self) -> int:
        """The number of arguments."""
        return len(self.arguments)

    def result_dimension(self, given: tuple[Dimension, ...]) -> Dimension:
        """The dimension of the result for arguments of the ``given`` dimensions, already checked."""
        if isinstance(self.dimension, Dimension):
            return self.dimension
        return given[0] if self.dimension == "first" else given[0] ** 0.5


_NUMBER: tuple[Argument, ...] = (DIMENSIONLESS,)
_OF_NUMBERS = (
    "exp log log10 exprel expm1 log1p sin cos tan arcsin arccos arctan sinh cosh tanh"  # number -> number
).split()

_TABLE = (
    *(Function(name, _NUMBER) for name in _OF_NUMBERS),
    Function("sqrt", ("any",), "root"),
    Function("abs", ("any",), "first", "highest"),
    Function("sign", ("any",), DIMENSIONLESS, "highest"),
    Function("ceil", ("any",), "first", "integer"),
    Function("floor", ("any",), "first", "integer"),
    Function("int", _NUMBER, DIMENSIONLESS, "integer"),
    Function("clip", ("any", "first", "first"), "first", "highest"),
    Function("timestep", (SECOND, SECOND), DIMENSIONLESS, "integer"),
    Function("rand", (), stateful=True),
    Function("randn", (), stateful=True),
    Function("poisson", _NUMBER, kind="integer", stateful=True),
    Function("binomial", _NUMBER * 2, kind="integer", stateful=True),
)

FUNCTIONS: Mapping[str, Function] = MappingProxyType({function.name: function for function in _TABLE})
CONSTANTS: Mapping[str, float] = MappingProxyType({"pi": math.pi, "e": math.e, "inf": math.inf})

# Names that mean something in every group.
RESERVED: frozenset[str] = frozenset(
    {"t", "dt", "t_in_timesteps", "xi", "i", "N", "not_refractory", "refractory", "refractory_until"}
)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)


def is_noise(name: str) -> bool:
    """Whether a name stands for white noise: ``xi`` or ``xi_...``."""
    return name == "xi" or name.startswith("xi_")


def check_variable_name(name: str, span: Span | None = None) -> None:
    """Raise NameConflictError if no variable of a model may be called ``name``."""
    reason = _objection(name)
    if reason:
        raise NameConflictError(
            f"{name[:60]!r} cannot be the name of a variable: {reason}.",
            f"Choose another name, for example {_other_name(name)!r}.",
            span,
        )


def _objection(name: str) -> str:
    if name.startswith("_"):
        return "names that begin with an underscore are spikeq's own"
    if not _IDENTIFIER.fullmatch(name):
        return "a name is made of the letters a to z, digits and underscores, and begins with a letter"
    if keyword.iskeyword(name):
        return "it is a keyword"
    if name in RESERVED or is_noise(name):
        return "it has a meaning of its own in every model"
    for table, what in ((FUNCTIONS, "a function"), (CONSTANTS, "a constant"), (UNITS, "a unit")):
        if name in table:
            return f"it is the name of {what}"
    if name.endswith(("_pre", "_post")):
        return "_pre and _post say on which side of a synapse a variable lies"
    return ""


def _other_name(name: str) -> str:
    letters = re.sub(r"[^A-Za-z0-9_]|_(pre|post)$|^_+", "", name)[:40]
    return f"{letters or 'x'}_0" if (letters or "x")[0].isalpha() else "x_0"
