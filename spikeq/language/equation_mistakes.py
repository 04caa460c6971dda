"""Mistakes in equation blocks and units, each known by one rule: see ``mistakes.py``."""

from __future__ import annotations

from spikeq.errors import Span
from spikeq.language.stop import ASSIGNMENTS, Mistake, Rule, Stop, quoted
from spikeq.language.syntax import short, starts_line
from spikeq.unit_table import UNITS

_UNIT_HELP = "End the equation with a colon and its unit, for example ' : volt' or ' : 1'."


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
        return f"Expected '=' after {name}, found {quoted(token)}.", example, token.span
    return None


def _equation_head(stop: Stop) -> Mistake | None:
    """A name that is followed by neither = nor :."""
    if stop.form != "equations" or not {"COLON", "EQUAL"} <= stop.accepts:
        return None
    name, token = stop.token(-1), stop.token()
    if token.text == "==":
        return "'==' compares; it does not define.", f"Write {short(name.text)} = ...", token.span
    if token.text in ASSIGNMENTS:
        help = "Write '=' with the whole right-hand side; changes at events belong into reset or on_pre."
        return f"'{token.text}' does not stand in equations.", help, token.span
    if token.text == ",":
        return "Each equation declares one variable.", "Write one line for each name.", token.span
    help = f"Write '{short(name.text)} = expression : unit', or '{short(name.text)} : unit' for a parameter."
    if token.type == "edge":
        return f"'{short(name.text)}' alone is not an equation.", help, name.span
    return f"Expected '=' or ':' after '{short(name.text)}', found {quoted(token)}.", help, token.span


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
            return f"The equation ends after {quoted(before)}.", "Write the rest of it, and its unit.", before.span
    if token.type == "edge" or stop.starts_equation(0):
        if stop.value_due:
            return f"The equation ends after {quoted(before)}.", "Write the rest of it, and its unit.", before.span
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
    if token.text == "=" and stop.token(-4).text == ":" and stop.starts_equation(-3):
        return "The unit is missing.", _UNIT_HELP, stop.token(-4).span
    if before.text == ":":
        if token.type == "edge" or stop.starts_equation(0):
            return "The unit is missing.", _UNIT_HELP, before.span
        return f"Expected a unit after ':', found {quoted(token)}.", _UNIT_HELP, token.span
    if "FLAG" in stop.accepts or stop.accepts == {"COMMA", "CLOSE"}:
        help = "Flags are words in brackets with commas between, for example (unless refractory)."
        return f"Expected a flag, found {quoted(token)}.", help, token.span
    if token.type == "open" and before.type == "close":
        return "Flags stand in one pair of brackets.", "Write (first flag, second flag).", token.span
    if token.text == "=" and before.ends_value:
        help = "The expression comes before the unit: x = expression : unit."
        return "An equals sign cannot follow a unit.", help, token.span
    if "DERIVATIVE" in stop.accepts and (starts_line(stop.text, token) or stop.at == 0):
        return f"An equation cannot begin with {quoted(token)}.", "Begin with a name or dv/dt.", token.span
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
        return f"Expected a number after '**', found {quoted(token)}.", "Write for example metre**2.", before.span
    if unit_due:
        span = before.span if token.type == "edge" and before.type != "edge" else token.span
        return f"Expected a unit, found {quoted(token)}.", "Write a base unit such as volt.", span
    help = "A unit is made of base units with *, / and **, for example siemens/metre**2."
    return f"{quoted(token)} cannot stand in a unit.", help, token.span


EQUATION_RULES: tuple[Rule, ...] = (_derivative, _equation_head, _unit_missing, _after_unit, _wrong_unit)
