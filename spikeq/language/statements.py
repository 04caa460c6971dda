"""Statement blocks: every assignment checked against the variables of a model, temporaries found on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from spikeq.errors import KindError, ModelError, SpikeqError, UnknownNameError
from spikeq.language.check import Checked, FunctionLookup, Lookup, Symbol, check_assignable, infer
from spikeq.language.expression import Expression, Literal, substitute
from spikeq.language.functions import check_variable_name
from spikeq.language.model import Code, Statement

_NOTHING: Mapping[str, str] = MappingProxyType({})


def outer_expressions(code: Code, is_own: Callable[[str], bool]) -> list[Expression]:
    """The right-hand sides of a block with its temporaries taken out: what is left are names from elsewhere.

    ``is_own(name)``: an assignment to the name changes a variable instead of making a temporary.
    """
    temporaries: dict[str, Expression] = {}
    found: list[Expression] = []
    for statement in code.statements:
        found.append(substitute(statement.expression, temporaries))
        if statement.op == "=" and not is_own(statement.target):
            temporaries[statement.target] = Literal(0)
    return found


def check_statements(
    code: Code,
    own: Mapping[str, Symbol],
    lookup: Lookup,
    lookup_function: FunctionLookup | None = None,
    read_only: Mapping[str, str] = _NOTHING,
) -> dict[str, Symbol]:
    """Check a block; returns its temporaries with their dimensions and kinds.

    ``own`` are the variables that may be assigned to, ``lookup`` gives whatever else may be read, ``read_only`` says
    why a variable may not be written (``"a subexpression"``). An assignment to a new name makes a temporary, also
    where the name means something outside. Raises DimensionError, KindError, UnknownNameError, NameConflictError,
    ModelError or ValueRangeError, with the block's text.
    """
    temporaries: dict[str, Symbol] = {}

    def look(name: str) -> Symbol:
        if name in temporaries:
            return temporaries[name]
        return own[name] if name in own else lookup(name)

    for statement in code.statements:
        try:
            _check_target(statement, read_only)
            checked = infer(statement.expression, look, lookup_function)
            _assign(statement, checked, own, temporaries)
        except SpikeqError as error:
            error.span = error.span or statement.span
            raise error.located("", code.text) from None
    return temporaries


def _check_target(statement: Statement, read_only: Mapping[str, str]) -> None:
    if statement.target in read_only:
        message = f"{statement.target} cannot be assigned to: it is {read_only[statement.target]}."
        raise ModelError(message, "Assign to another variable.", statement.target_span)


def _assign(statement: Statement, checked: Checked, own: Mapping[str, Symbol], temporaries: dict[str, Symbol]) -> None:
    name, place = statement.target, statement.expression.span
    if name in own:
        check_assignable(name, own[name], checked, statement.op, place)
    elif name in temporaries:
        check_assignable(name, temporaries[name], checked, statement.op, place)
        if temporaries[name].kind == "integer" and (checked.kind == "real" or statement.op == "/="):
            message = f"{name} began as an integer and would lose the fraction here."
            raise KindError(message, f"Begin with a real number, for example '{name} = 0.0'.", place)
    elif statement.op != "=":
        message = f"{name} has no value yet that '{statement.op}' could change."
        raise UnknownNameError(message, f"Declare {name} in the equations.", statement.target_span)
    else:
        check_variable_name(name, statement.target_span)
        temporaries[name] = Symbol(checked.dimension, checked.kind)
