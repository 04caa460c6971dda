"""What the grammar could not read -> what the user did wrong, in the user's words.

Each rule looks at the place where the parser stopped and knows one mistake; the first that recognises its own
speaks. A new mistake is taught by adding a rule to the tuple at the end.
"""

from __future__ import annotations

from spikeq.errors import EquationSyntaxError, Span
from spikeq.language.equation_mistakes import EQUATION_RULES
from spikeq.language.stop import ASSIGNMENTS, COMPARISONS, Mistake, Rule, Stop, quoted
from spikeq.language.syntax import Token, short

_ONE_EACH = {
    "equations": " Each equation has one '=' and a line of its own.",
    "statements": " Each statement assigns once.",
}


def explain(stop: Stop) -> EquationSyntaxError:
    """The error for the place where the parser stopped."""
    for rule in _RULES:
        mistake = rule(stop)
        if mistake is not None:
            message, help, span = mistake
            return EquationSyntaxError(message, help, span)
    raise AssertionError("the last rule recognises everything")


def _empty(stop: Stop) -> Mistake | None:
    if stop.tokens:
        return None
    example = {"unit": "volt", "function": "f(x) = x**2", "generator": "k for k in range(10)"}
    return "There is nothing to read here.", f"Write for example '{example.get(stop.form, 'v > -50*mV')}'.", Span(0, 0)


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
    sign = next((candidate for candidate in rest if candidate.text in ASSIGNMENTS), None)
    if token.text == "//=":
        name = short(before.text)
        return "'//=' is not an assignment here.", f"Write {name} = {name} // ...", token.span
    if token.text == "==":
        return "'==' compares; it does not assign.", f"Write {short(before.text)} = ...", token.span
    if token.text == ":":
        return "Units are declared in equations, not in statements.", "Delete the colon and the unit.", token.span
    if rest and rest[0].type == "operator" and first > 0:
        help = "To go on with the line above, put the whole in brackets or end that line with '\\'."
        return f"A statement cannot begin with {quoted(rest[0])}.", help, rest[0].span
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
        return f"Expected 'in' after the generator's variable, found {quoted(token)}.", example, span
    if accepts == {"NAME"}:
        what = "a name after 'for'" if stop.token(-1).text == "for" else "range(...) or sample(...) after 'in'"
        return f"Expected {what}, found {quoted(token)}.", example, span
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
    message = f"Expected 'name(arguments) = expression', found {quoted(stop.token())}."
    return message, "Write for example f(x, y) = x**2 + y.", span


# expressions


def _comparison(stop: Stop) -> Mistake | None:
    """``a < b < c``."""
    if stop.token().text not in COMPARISONS or not stop.value_done:
        return None
    return "Comparisons cannot be chained.", "Write a < b and b < c.", stop.token().span


def _equals(stop: Stop) -> Mistake | None:
    """``f(x=1)``, ``v = 3`` as a condition, ``a = b = c``, ``v = w += 1``."""
    token, name, before = stop.token(), stop.token(-1), stop.token(-2)
    if token.text not in ASSIGNMENTS or not (stop.value_due or stop.value_done):
        return None
    if stop.value_due and (name.type == "operator" or name.text in ASSIGNMENTS):
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
    message = f"Expected an operator between {quoted(before)} and {quoted(token)}."
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
        help = "Write a value between them, or delete them."
        return "There is nothing between these brackets.", help, Span(before.start, token.span.stop)
    if before.type == "edge":
        return f"An expression cannot begin with {quoted(token)}.", "Write a value before it.", token.span
    if before.text in ASSIGNMENTS and (stop.ended or token.text == ":"):
        return f"There is nothing to the right of '{before.text}'.", "Write its right-hand side.", before.span
    if token.type == "newline":
        help = "Write the rest, put the whole in brackets, or end the line with '\\' to go on in the next."
        return f"The line ends after {quoted(before)}.", help, before.span
    if stop.ended or token.text == ":":
        return f"The expression ends after {quoted(before)}.", "Write a value after it, or delete it.", before.span
    if token.text in {"*", "/", "="} and before.text in {token.text, "+", "-", "<", ">"}:
        message = f"'{before.text} {token.text}' is not an operator."
        return message, "Delete one sign, or the space between them.", Span(before.start, token.span.stop)
    return f"Expected a value after {quoted(before)}, found {quoted(token)}.", "Write a value between.", token.span


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
        return f"The text cannot begin with {quoted(token)}.", "Delete it, or write what belongs before it.", span
    help = f"Delete it, or write what belongs between it and {quoted(before)}."
    return f"{quoted(token).capitalize()} is not expected after {quoted(before)}.", help, span


_RULES: tuple[Rule, ...] = (
    _empty,
    *EQUATION_RULES,
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
