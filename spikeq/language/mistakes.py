"""What the grammar could not read -> what the user did wrong, in the user's words.

Each rule looks at the place where the parser stopped and knows one mistake; the first that recognises its own
speaks. A new mistake is taught by adding a rule to the tuple at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spikeq.errors import EquationSyntaxError, Span
from spikeq.language.syntax import Form, Token, short, starts_line
from spikeq.unit_table import UNITS

Mistake = tuple[str, str, Span]
_ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "**=", "//=", "%="})
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
_ONE_EACH = {
    "equations": " Each equation has one '=' and a line of its own.",
    "statements": " Each statement assigns once.",
}
_UNIT_HELP = "End the equation with a colon and its unit, for example ' : volt' or ' : 1'."


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the parser stopped: before token number ``at``, and the terminals that it could have gone on with."""

    form: Form
    text: str
    tokens: Sequence[Token]
    at: int
    accepts: frozenset[str]

    def token(self, offset: int = 0) -> Token:
        """The token at which the parser stopped, or one ``offset`` tokens further."""
        index = self.at + offset
        if 0 <= index < len(self.tokens):
            return self.tokens[index]
        return Token("edge", "", 0 if index < 0 else len(self.text))

    @property
    def value_due(self) -> bool:
        """True where a value must follow: after an operator, an opening bracket, an equals sign."""
        return {"NAME", "NUMBER", "OPEN", "SIGN"} <= self.accepts

    @property
    def value_done(self) -> bool:
        """True after a complete value inside an expression."""
        return "OR" in self.accepts

    @property
    def ended(self) -> bool:
        """True if the text, or the statement, ended too early."""
        return self.token().type in ("edge", "newline") or self.token().text == ";"

    def starts_equation(self, offset: int) -> bool:
        """True if a new equation begins at a token: first on its line, and = or : follows, maybe after /dt."""
        name, sign, *further = (self.token(offset + k) for k in range(4))
        if self.form != "equations" or name.type not in ("name", "number") or not starts_line(self.text, name):
            return False
        if sign.text == "/":
            return further[0].type == "name" and further[1].text in {"=", ":"}
        return sign.text in _ASSIGNMENTS or sign.text == ":"

    def around(self) -> int | None:
        """The number of the innermost bracket that is open here."""
        opened: list[int] = []
        for index, token in enumerate(self.tokens[: self.at]):
            if token.type == "open":
                opened.append(index)
            elif token.type == "close":
                opened.pop()
        return opened[-1] if opened else None


def explain(stop: Stop) -> EquationSyntaxError:
    """The error for the place where the parser stopped."""
    for rule in _RULES:
        mistake = rule(stop)
        if mistake is not None:
            message, help, span = mistake
            return EquationSyntaxError(message, help, span)
    raise AssertionError("the last rule recognises everything")


def _quoted(token: Token) -> str:
    if token.type in ("edge", "newline"):
        return "the end of the line" if token.type == "newline" else "the end"
    return f"'{short(token.text)}'"


def _empty(stop: Stop) -> Mistake | None:
    if stop.tokens:
        return None
    example = {"unit": "volt", "function": "f(x) = x**2", "generator": "k for k in range(10)"}
    return "There is nothing to read here.", f"Write for example '{example.get(stop.form, 'v > -50*mV')}'.", Span(0, 0)


# equation blocks


def _derivative(stop: Stop) -> Mistake | None:
    """``dv/dx``, ``d/dt``, ``d(v)/dt``, ``dv/dt`` without =."""
    head, token = stop.token(-1), stop.token()
    if stop.form == "equations" and "COLON" in stop.accepts and "EQUAL" in stop.accepts:
        if token.text == "/":
            span = Span(head.start, max(stop.token(1).span.stop, token.span.stop))
            if head.text == "d" or not head.text.startswith("d"):
                return "This is not a derivative.", "Write dv/dt = ... for the derivative of v.", span
            return "Only derivatives with respect to time can be given.", f"Write {short(head.text)}/dt.", span
        if token.type == "open" and head.text == "d":
            name = stop.token(1).text if stop.token(1).type == "name" else "v"
            return "This is not how a derivative is written.", f"Write d{short(name)}/dt, without brackets.", head.span
    if stop.form == "equations" and stop.accepts == {"EQUAL"}:
        first = stop.token(-4 if stop.token(-4).text == "d" else -3)
        span = Span(first.start, head.span.stop)
        name = short(stop.text[span.start : span.stop])
        example = f"Write {name} = its right-hand side : its unit."
        if token.text == ":" or token.type == "edge" or stop.starts_equation(0):
            return f"{name} has no right-hand side.", example, span
        return f"Expected '=' after {name}, found {_quoted(token)}.", example, token.span
    return None


def _equation_head(stop: Stop) -> Mistake | None:
    """A name that is followed by neither = nor :."""
    if stop.form != "equations" or not {"COLON", "EQUAL"} <= stop.accepts:
        return None
    name, token = stop.token(-1), stop.token()
    if token.text == "==":
        return "'==' compares; it does not define.", f"Write {short(name.text)} = ...", token.span
    if token.text in _ASSIGNMENTS:
        help = "Write '=' with the whole right-hand side; changes at events belong into reset or on_pre."
        return f"'{token.text}' does not stand in equations.", help, token.span
    if token.text == ",":
        return "Each equation declares one variable.", "Write one line for each name.", token.span
    help = f"Write '{short(name.text)} = expression : unit', or '{short(name.text)} : unit' for a parameter."
    if token.type == "edge":
        return f"'{short(name.text)}' alone is not an equation.", help, name.span
    return f"Expected '=' or ':' after '{short(name.text)}', found {_quoted(token)}.", help, token.span


def _unit_missing(stop: Stop) -> Mistake | None:
    """The text ends, or the next equation begins, where ' : unit' should stand."""
    if stop.form != "equations" or not (stop.value_due or stop.value_done):
        return None
    token, before = stop.token(), stop.token(-1)
    if token.text in {"=", ":"} and stop.around() is None:
        derivative = stop.token(-2).text == "/" and stop.starts_equation(-3)
        start = -1 if stop.starts_equation(-1) else -3 if derivative else 0
        if start and not stop.token(start - 1).ends_value:
            before = stop.token(start - 1)
            return f"The equation ends after {_quoted(before)}.", "Write the rest of it, and its unit.", before.span
    if token.type == "edge" or stop.starts_equation(0):
        if stop.value_due:
            return f"The equation ends after {_quoted(before)}.", "Write the rest of it, and its unit.", before.span
        return "This equation has no unit.", _UNIT_HELP, before.span
    if stop.value_done and token.text in UNITS and _ends_line(stop):
        return f"Expected ':' before the unit '{short(token.text)}'.", f"Write ' : {short(token.text)}'.", token.span
    return None


def _ends_line(stop: Stop) -> bool:
    after = stop.token(1)
    return after.type in ("edge", "open") or after.text in {"*", "/", "**"} or starts_line(stop.text, after)


def _after_unit(stop: Stop) -> Mistake | None:
    """Something other than flags or the next equation after a unit, or no unit after a colon."""
    if stop.form != "equations" or stop.value_due or stop.value_done:
        return None
    token, before = stop.token(), stop.token(-1)
    if token.text == ";":
        return "Equations are not separated by ';'.", "Write each equation on a line of its own.", token.span
    if stop.token(-2).text == ":" and token.text in {"=", ":"} and stop.starts_equation(-1):
        return "The unit is missing.", _UNIT_HELP, stop.token(-2).span
    if before.text == ":":
        if token.type == "edge" or stop.starts_equation(0):
            return "The unit is missing.", _UNIT_HELP, before.span
        return f"Expected a unit after ':', found {_quoted(token)}.", _UNIT_HELP, token.span
    if "FLAG" in stop.accepts or stop.accepts == {"COMMA", "CLOSE"}:
        help = "Flags are words in brackets with commas between, for example (unless refractory)."
        return f"Expected a flag, found {_quoted(token)}.", help, token.span
    if token.type == "open" and before.type == "close":
        return "Flags stand in one pair of brackets.", "Write (first flag, second flag).", token.span
    if token.text == "=" and before.ends_value:
        help = "The expression comes before the unit: x = expression : unit."
        return "An equals sign cannot follow a unit.", help, token.span
    if "DERIVATIVE" in stop.accepts and (starts_line(stop.text, token) or stop.at == 0):
        return f"An equation cannot begin with {_quoted(token)}.", "Begin with a name or dv/dt.", token.span
    return None


def _wrong_unit(stop: Stop) -> Mistake | None:
    """Signs and numbers that do not belong into a unit."""
    in_unit = "TIMES" in stop.accepts and "SIGN" not in stop.accepts
    exponent = {"OPEN", "NUMBER", "SIGN"} <= stop.accepts and "NAME" not in stop.accepts
    unit_due = {"OPEN", "NUMBER", "NAME"} <= stop.accepts and "SIGN" not in stop.accepts
    token, before = stop.token(), stop.token(-1)
    if stop.form not in ("equations", "unit") or not (in_unit or exponent or unit_due):
        return None
    if exponent:
        return f"Expected a number after '**', found {_quoted(token)}.", "Write for example metre**2.", before.span
    if unit_due:
        span = before.span if token.type == "edge" and before.type != "edge" else token.span
        return f"Expected a unit, found {_quoted(token)}.", "Write a base unit such as volt.", span
    help = "A unit is made of base units with *, / and **, for example siemens/metre**2."
    return f"{_quoted(token)} cannot stand in a unit.", help, token.span


# statement blocks


def _statement(stop: Stop) -> Mistake | None:
    """A statement that is not ``name = expression``."""
    if stop.form != "statements" or "ASSIGN" not in stop.accepts and stop.accepts != {"NAME", "SEMICOLON", "$END"}:
        return None
    token, before = stop.token(), stop.token(-1)
    first = stop.at
    while first > 0 and stop.tokens[first - 1].type != "newline" and stop.tokens[first - 1].text != ";":
        first -= 1
    rest: list[Token] = []
    for candidate in stop.tokens[first:]:
        if candidate.type == "newline" or candidate.text == ";":
            break
        rest.append(candidate)
    sign = next((candidate for candidate in rest if candidate.text in _ASSIGNMENTS), None)
    if token.text == "//=":
        return "'//=' is not an assignment here.", f"Write {short(before.text)} = {short(before.text)} // ...", token.span
    if token.text == "==":
        return "'==' compares; it does not assign.", f"Write {short(before.text)} = ...", token.span
    if token.text == ":":
        return "Units are declared in equations, not in statements.", "Delete the colon and the unit.", token.span
    if rest and rest[0].type == "operator" and first > 0:
        help = "To go on with the line above, put the whole in brackets or end that line with '\\'."
        return f"A statement cannot begin with {_quoted(rest[0])}.", help, rest[0].span
    if sign is None or not rest:
        start, end = (rest[0], rest[-1]) if rest else (token, token)
        return "This is not an assignment.", "Write name = expression.", Span(start.start, end.span.stop)
    sign_at = rest.index(sign)
    span = Span(rest[0].start, rest[max(0, sign_at - 1)].span.stop)
    if any(candidate.text == "," for candidate in rest[:sign_at]):
        return "Each statement assigns to one name.", "Write one statement for each name.", span
    if rest[0].text in ("True", "False"):
        return f"'{rest[0].text}' is a value and cannot be assigned to.", "Choose another name.", rest[0].span
    return f"Only a name can stand before '{sign.text}'.", "Write name = expression.", span


# generators and functions


def _generator(stop: Stop) -> Mistake | None:
    """``k for k in range(...) if ...`` with a part missing or of another shape."""
    token, accepts = stop.token(), stop.accepts
    if stop.form != "generator":
        return None
    span = token.span if token.type != "edge" else stop.token(-1).span
    example = "Write for example 'k for k in range(i, N_post, 2) if k != i'."
    if accepts == {"IN"} and token.text == ",":
        return "A generator has one variable.", example, span
    if accepts == {"IN"}:
        return f"Expected 'in' after the generator's variable, found {_quoted(token)}.", example, span
    if accepts == {"NAME"}:
        what = "a name after 'for'" if stop.token(-1).text == "for" else "range(...) or sample(...) after 'in'"
        return f"Expected {what}, found {_quoted(token)}.", example, span
    if accepts == {"OPEN"}:
        return f"'{short(stop.token(-1).text)}' is not range(...) or sample(...).", example, stop.token(-1).span
    if token.text == "for":
        return "A generator has a single 'for'.", example, span
    if token.text == "if" and any(earlier.text == "for" for earlier in stop.tokens[: stop.at]):
        return "A generator has a single 'if'.", "Join the conditions with 'and'.", span
    if token.text == "if":
        help = "Write the condition last: k for k in range(10) if k > i; for a choice of two values use int(condition)."
        return "'if' stands only at the end of a generator.", help, span
    if token.text == "in":
        return "'in' stands only after 'for'.", example, span
    return None


def _function(stop: Stop) -> Mistake | None:
    """A user's function that is not ``f(x, y) = expression``."""
    if stop.form != "function" or stop.value_due or stop.value_done:
        return None
    span = stop.token().span if stop.token().type != "edge" else stop.token(-1).span
    message = f"Expected 'name(arguments) = expression', found {_quoted(stop.token())}."
    return message, "Write for example f(x, y) = x**2 + y.", span


# expressions


def _comparison(stop: Stop) -> Mistake | None:
    """``a < b < c``."""
    if stop.token().text not in _COMPARISONS or not stop.value_done:
        return None
    return "Comparisons cannot be chained.", "Write a < b and b < c.", stop.token().span


def _equals(stop: Stop) -> Mistake | None:
    """``f(x=1)``, ``v = 3`` as a condition, ``a = b = c``, ``v = w += 1``."""
    token, name, before = stop.token(), stop.token(-1), stop.token(-2)
    if token.text not in _ASSIGNMENTS or not (stop.value_due or stop.value_done):
        return None
    if stop.value_due and (name.type == "operator" or name.text in _ASSIGNMENTS):
        return None
    around = stop.around()
    if around is not None and name.type == "name" and before.text in {"(", ","}:
        if around > 0 and stop.tokens[around - 1].type == "name" and token.text == "=":
            help = "Write the arguments in their order, without names."
            return "Functions have no keyword arguments.", help, Span(name.start, token.span.stop)
    if token.text != "=":
        help = "Write one assignment for each statement."
        return f"'{token.text}' cannot stand inside an expression.", help, token.span
    if stop.value_due and stop.form == "expression" and stop.at == 0:
        return "This begins with '='.", "Write the expression alone.", token.span
    help = f"Write == to compare.{_ONE_EACH.get(stop.form, '')}"
    return "'=' cannot stand inside an expression.", help, token.span


def _two_values(stop: Stop) -> Mistake | None:
    """``2 x``, ``a b``, ``2(x)``."""
    before, token = stop.token(-1), stop.token()
    if not stop.value_done or not token.begins_value:
        return None
    if token.text.lower() in ("and", "or", "not"):
        return f"'{token.text}' is not an operator.", f"Write '{token.text.lower()}' in small letters.", token.span
    if before.text.lower() in ("and", "or", "not"):
        return f"'{before.text}' is not an operator.", f"Write '{before.text.lower()}' in small letters.", before.span
    message = f"Expected an operator between {_quoted(before)} and {_quoted(token)}."
    return message, "To multiply, write * between them.", Span(before.start, token.span.stop)


def _not_after_operator(stop: Stop) -> Mistake | None:
    """``1 + not x`` and ``a not b``."""
    if stop.token().text == "not" and stop.value_due:
        return "'not' binds weaker than what stands before it.", "Put it in brackets: (not x).", stop.token().span
    if stop.token().text == "not" and stop.value_done:
        return "'not' cannot follow a value.", "Write 'and not' or 'or not', or != to compare.", stop.token().span
    return None


def _no_value(stop: Stop) -> Mistake | None:
    """An operator, bracket, comma or equals sign with no value after it."""
    before, token = stop.token(-1), stop.token()
    if not stop.value_due:
        return None
    if token.type == "close" and before.type == "open":
        return "There is nothing between these brackets.", "Write a value between them, or delete them.", Span(
            before.start, token.span.stop
        )
    if before.type == "edge":
        return f"An expression cannot begin with {_quoted(token)}.", "Write a value before it.", token.span
    if before.text in _ASSIGNMENTS and (stop.ended or token.text == ":"):
        return f"There is nothing to the right of '{before.text}'.", "Write its right-hand side.", before.span
    if token.type == "newline":
        help = "Write the rest, put the whole in brackets, or end the line with '\\' to go on in the next."
        return f"The line ends after {_quoted(before)}.", help, before.span
    if stop.ended or token.text == ":":
        return f"The expression ends after {_quoted(before)}.", "Write a value after it, or delete it.", before.span
    if token.text in {"*", "/", "="} and before.text in {token.text, "+", "-", "<", ">"}:
        message = f"'{before.text} {token.text}' is not an operator."
        return message, "Delete one sign, or the space between them.", Span(before.start, token.span.stop)
    return f"Expected a value after {_quoted(before)}, found {_quoted(token)}.", "Write a value between.", token.span


def _colon(stop: Stop) -> Mistake | None:
    if stop.token().text != ":" or not stop.value_done:
        return None
    around = stop.around()
    if around is not None:
        message, help = "This bracket is still open where the unit begins.", "Close it before the ':'."
        return message, help, stop.tokens[around].span
    return "Units are declared in equations only.", "Delete the colon and the unit.", stop.token().span


def _comma(stop: Stop) -> Mistake | None:
    if stop.token().text != "," or not stop.value_done:
        return None
    return "A comma stands only between the arguments of a function.", "Write one value.", stop.token().span


def _semicolon(stop: Stop) -> Mistake | None:
    token = stop.token()
    if token.text != ";":
        return None
    around = stop.around()
    if around is not None:
        return "This bracket is still open at the next ';'.", "Close it before the ';'.", stop.tokens[around].span
    if stop.form == "equations":
        return "Equations are not separated by ';'.", "Write each equation, with its unit, on its own line.", token.span
    return "';' stands only between statements.", "Delete it.", token.span


def _anything_else(stop: Stop) -> Mistake:
    before, token = stop.token(-1), stop.token()
    span = before.span if token.type == "edge" else token.span
    if before.type == "edge":
        return f"The text cannot begin with {_quoted(token)}.", "Delete it, or write what belongs before it.", span
    help = f"Delete it, or write what belongs between it and {_quoted(before)}."
    return f"{_quoted(token).capitalize()} is not expected after {_quoted(before)}.", help, span


_RULES: tuple[Callable[[Stop], Mistake | None], ...] = (
    _empty,
    _derivative,
    _equation_head,
    _unit_missing,
    _after_unit,
    _wrong_unit,
    _statement,
    _generator,
    _function,
    _comparison,
    _equals,
    _semicolon,
    _two_values,
    _not_after_operator,
    _no_value,
    _colon,
    _comma,
    _anything_else,
)
