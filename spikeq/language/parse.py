"""Text -> nodes: the one door through which a user's strings enter. Nothing here evaluates anything.

Input: any object that should be text. Output: the nodes of ``expression.py`` and ``model.py``, with spans that are
offsets into the whole text. Every refusal is an ``EquationSyntaxError`` or a ``LimitError`` that holds the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, wraps
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from spikeq.dimension import Dimension
from spikeq.errors import EquationSyntaxError, SpikeqError
from spikeq.language.build import Builder, Generation, Keyword, Line
from spikeq.language.characters import refuse_characters, refuse_words
from spikeq.language.expression import Expression, Kind, Literal
from spikeq.language.mistakes import explain
from spikeq.language.model import Code, Equation, Generator, RangeIterator, SampleIterator
from spikeq.language.stop import Stop
from spikeq.language.syntax import Form, blanked, check_brackets, check_nodes, check_size, scan, short, token_at
from spikeq.language.wording import PER_ROW_ANYWAY

if TYPE_CHECKING:
    from lark import Lark

_FLAGS: dict[str, tuple[str, ...]] = {
    "differential": ("unless refractory", "event-driven", "clock-driven"),
    "subexpression": ("shared", "constant over dt", "summed"),
    "parameter": ("constant", "shared", "linked", "per row"),
}
_TYPES = {
    "differential": "a differential equation",
    "subexpression": "a subexpression (name = expression)",
    "parameter": "a parameter (name : unit)",
}
Result = TypeVar("Result")


def _door(parse: Callable[[str], Result]) -> Callable[[str], Result]:
    """Refuse what is no text, and let every error say which text it is about."""

    @wraps(parse)
    def guarded(text: object) -> Result:
        if not isinstance(text, str):
            found = type(text).__name__
            raise EquationSyntaxError(f"Expected text, got an object of type {found}.", "Pass a string.")
        try:
            return parse(text)
        except SpikeqError as error:
            raise error.located("", text) from None

    return guarded


@_door
def parse_equations(text: str) -> tuple[Equation, ...]:
    """The equations of a block in their order; that no name comes twice is not checked here.

    Raises:
        EquationSyntaxError: text that is no equation block, units that are not base units, flags that do not exist.
        LimitError: text beyond the limits of the language.
    """
    lines: tuple[Line, ...] = _read(text, "equations")
    for line, following in pairwise(lines):
        between = text[line.span.stop : following.span.start]
        if "\n" not in between and "\r" not in between:
            message = "Expected the end of the line after a unit."
            raise EquationSyntaxError(message, "Write each equation on a line of its own.", following.span)
    return tuple(_equation(line, text) for line in lines)


@_door
def parse_statements(text: str) -> Code:
    """The assignments of a block in their order; none for an empty text. ``x %= y`` is read as ``x = x % y``.

    Raises:
        EquationSyntaxError: text that is no statement block.
        LimitError: text beyond the limits of the language.
    """
    return Code(text, _read(text, "statements"))


@_door
def parse_expression(text: str) -> Expression:
    """One expression: a right-hand side, a condition, a threshold, an initial value.

    Raises:
        EquationSyntaxError: text that is no expression.
        LimitError: text beyond the limits of the language.
    """
    expression: Expression = _read(text, "expression")
    return expression


@_door
def parse_generator(text: str) -> Generator | Expression:
    """``element for variable in range(...) if condition``, or the plain expression of ``connect(j='i + 1')``.

    Raises:
        EquationSyntaxError: text that is neither, or an iterator with the wrong arguments.
        LimitError: text beyond the limits of the language.
    """
    found: Generation | Expression = _read(text, "generator")
    return _generator(found, text) if isinstance(found, Generation) else found


@_door
def parse_unit(text: str) -> tuple[Dimension, Kind]:
    """The dimension and kind that a declaration's unit stands for: ``siemens/metre**2``, ``1``, ``boolean``.

    Raises:
        EquationSyntaxError: text that is no base unit or product of base units.
        LimitError: text beyond the limits of the language.
    """
    unit = _read(text, "unit")
    return unit.dimension, unit.kind


@_door
def parse_function(text: str) -> tuple[str, tuple[str, ...], Expression]:
    """Name, parameters and expression of a function given as text: ``f(x, y) = x**2 + y``.

    Raises:
        EquationSyntaxError: text that is no such function, or a parameter given twice.
        LimitError: text beyond the limits of the language.
    """
    function = _read(text, "function")
    seen: set[str] = set()
    for parameter in function.parameters:
        if parameter.text in seen:
            message = f"The parameter '{short(parameter.text)}' is given twice."
            raise EquationSyntaxError(message, "Give each parameter its own name.", parameter.span)
        seen.add(parameter.text)
    return function.name, tuple(parameter.text for parameter in function.parameters), function.expression


@cache
def _grammar() -> Lark:
    from lark import Lark

    text = files("spikeq.language").joinpath("grammar.lark").read_text(encoding="ascii")
    forms = ["equations", "statements", "expression", "generator", "unit", "function"]
    return Lark(text, parser="lalr", lexer="contextual", start=forms, transformer=Builder())


def _read(text: str, form: Form) -> Any:
    """What the grammar's rule of that name makes of a text."""
    from lark import UnexpectedInput, UnexpectedToken

    check_size(text)
    refuse_characters(text)
    tokens = scan(text, form)
    refuse_words(text, tokens, form)
    check_brackets(tokens)
    check_nodes(tokens)
    try:
        return _grammar().parse(blanked(text, tokens), start=form)
    except UnexpectedToken as error:
        at = len(tokens) if error.token.type == "$END" else token_at(tokens, error.pos_in_stream or 0)
        accepts = error.accepts | ({"$END"} & set(error.expected))
    except UnexpectedInput as error:
        at, accepts = token_at(tokens, error.pos_in_stream or 0), set()
    raise explain(Stop(form, text, tokens, at, frozenset(accepts)))


def _equation(line: Line, text: str) -> Equation:
    for flag in line.flags:
        if flag.text not in _FLAGS[line.type]:
            message = f"{_TYPES[line.type].capitalize()} cannot have the flag '{short(flag.text)}'."
            help = PER_ROW_ANYWAY if flag.text == "per row" else f"Its flags are: {', '.join(_FLAGS[line.type])}."
            raise EquationSyntaxError(message, help, flag.span)
    flags = frozenset(flag.text for flag in line.flags)
    unit = line.unit
    return Equation(line.type, line.name, unit.dimension, unit.kind, line.expression, flags, text, line.span)


def _generator(found: Generation, text: str) -> Generator:
    iterator = found.iterator
    if iterator.text not in ("range", "sample"):
        help = "Write range(...), or sample(..., p=...) for a random choice."
        raise EquationSyntaxError(f"'{short(iterator.text)}' is not an iterator.", help, iterator.span)
    bounds = [argument for argument in found.arguments if not isinstance(argument, Keyword)]
    named = [argument for argument in found.arguments if isinstance(argument, Keyword)]
    if not 1 <= len(bounds) <= 3:
        help = f"Write {iterator.text}(stop), {iterator.text}(start, stop) or {iterator.text}(start, stop, step)."
        message = f"{iterator.text} takes one to three arguments without a name, not {len(bounds)}."
        raise EquationSyntaxError(message, help, iterator.span)
    if any(isinstance(argument, Keyword) for argument in found.arguments[: len(bounds)]):
        message = "An argument without a name follows one with a name."
        raise EquationSyntaxError(message, "Write p= or size= last.", bounds[-1].span)
    if iterator.text == "range":
        if named:
            help = "Write sample(...) instead of range for a random choice."
            raise EquationSyntaxError("range has no named arguments.", help, named[0].name.span)
        made: RangeIterator | SampleIterator = RangeIterator(*_bounds(bounds))
    else:
        if len(named) != 1 or named[0].name.text not in ("p", "size"):
            span = named[-1].name.span if named else iterator.span
            help = "Write for example sample(N_post, p=0.1) or sample(N_post, size=10)."
            raise EquationSyntaxError("sample needs either p= or size=.", help, span)
        probability = named[0].value if named[0].name.text == "p" else None
        size = named[0].value if named[0].name.text == "size" else None
        made = SampleIterator(*_bounds(bounds), probability, size)
    return Generator(found.element, found.variable, made, found.condition, text)


def _bounds(given: Sequence[Expression]) -> tuple[Expression, Expression, Expression]:
    low, high = (Literal(0), given[0]) if len(given) == 1 else given[:2]
    return low, high, given[2] if len(given) == 3 else Literal(1)
