"""Text -> tokens: words, numbers and brackets, counted against the limits before the grammar sees them."""

from __future__ import annotations

import keyword
import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal as OneOf
from typing import NamedTuple

from spikeq.errors import EquationSyntaxError, LimitError, Span

Form = OneOf["equations", "statements", "expression", "generator", "unit", "function"]
TokenType = OneOf[
    "blank", "edge", "name", "number", "operator", "keyword", "mark", "open", "close", "newline", "strange"
]

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 200
MAX_NODES = 5000
MAX_TOKENS = 20_000


class Token(NamedTuple):
    """A piece of the user's text; ``edge`` stands for what lies before the first and after the last token."""

    type: TokenType
    text: str
    start: int

    @property
    def span(self) -> Span:
        """Where the token stands in the text."""
        return Span(self.start, self.start + len(self.text))

    @property
    def ends_value(self) -> bool:
        """True for the last token of a value: a name, a number or a closing bracket."""
        return self.type in ("name", "number", "close")

    @property
    def begins_value(self) -> bool:
        """True for the first token of a value, signs aside."""
        return self.type in ("name", "number", "open")


NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_KEYWORDS = "|".join(sorted(set(keyword.kwlist) - {"and", "or", "not", "True", "False"}))
_PIECE = re.compile(
    rf"""
    (?P<blank> [ \t\f\v]+ | \#[^\r\n]* | \\[ \t]*(?:\r\n?|\n) )
  | (?P<newline> \r\n? | \n )
  | {NUMBER.pattern} (?P<number> [A-Za-z0-9_.]* )
  | (?P<keyword> (?:{_KEYWORDS})\b )
  | (?P<mistaken> && | \|\| | := | <> | => | =< | === | !== | -> | << | >> )
  | (?P<mark> (?: \*\* | // | [-+*/%] )? =(?!=) | [,:;] )
  | (?P<operator> \*\* | // | [<>=!]= | [-+*/%<>] | (?:and|or|not)\b )
  | (?P<name> [A-Za-z_][A-Za-z0-9_]* )
  | (?P<open> \( )
  | (?P<close> \) )
  | (?P<strange> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_BYTE_ORDER_MARK = "\ufeff"


def short(text: str) -> str:
    """A word for a message, cut if it is long."""
    return text if len(text) <= 40 else f"{text[:37]}..."


def scan(text: str, form: Form) -> tuple[Token, ...]:
    """The tokens of a text, blanks and comments left out.

    Line breaks are tokens only where they matter: between statements, outside brackets. What no token may begin
    with becomes a token of type ``strange``; a number with something glued to it (``1_000``, ``3mV``) too.
    """
    tokens: list[Token] = []
    depth = 0
    for piece in _PIECE.finditer(text, len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0):
        type = piece.lastgroup
        if type == "open":
            depth += 1
        elif type == "close":
            depth -= 1
        elif type == "mistaken" or (type == "number" and piece[type]):
            type = "strange"
        repeated = type == "newline" and (not tokens or tokens[-1].type == "newline")
        if type != "blank" and (type != "newline" or (form == "statements" and depth <= 0 and not repeated)):
            tokens.append(Token(type, piece.group(), piece.start()))  # type: ignore[arg-type]
    return tuple(tokens)


def blanked(text: str, tokens: Sequence[Token]) -> str:
    """The text with everything but tokens replaced by spaces and line breaks by ``;``: offsets stay as they are."""
    pieces: list[str] = []
    at = 0
    for token in tokens:
        pieces.append(" " * (token.start - at))
        pieces.append(";".ljust(len(token.text)) if token.type == "newline" else token.text)
        at = token.start + len(token.text)
    pieces.append(" " * (len(text) - at))
    return "".join(pieces)


def starts_line(text: str, token: Token) -> bool:
    """True if nothing but blanks stands before the token on its line."""
    before = text[: token.start].rstrip(" \t\f\v" + _BYTE_ORDER_MARK)
    return not before or before[-1] in "\r\n"


def token_at(tokens: Sequence[Token], offset: int) -> int:
    """The index of the token at an offset, or of the next one."""
    found = bisect_right(tokens, offset, key=lambda token: token.start) - 1
    inside = found >= 0 and offset < tokens[found].start + len(tokens[found].text)
    return found if inside else found + 1


def check_size(text: str) -> None:
    """Raise ``LimitError`` for a text that is too long to be looked at."""
    if len(text) > MAX_CHARACTERS:
        raise LimitError(
            f"This text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.",
            "Shorten it, or give long lists of numbers as arrays.",
            Span(MAX_CHARACTERS, MAX_CHARACTERS + 1),
        )


def check_nodes(tokens: Sequence[Token]) -> None:
    """Raise ``LimitError`` for an expression of too many names, numbers and operators, and for too many in all."""
    if len(tokens) > MAX_TOKENS:
        raise LimitError(
            f"This text has more than {MAX_TOKENS:,} words, numbers and signs.",
            "Divide it into several groups or functions.",
            tokens[MAX_TOKENS].span,
        )
    nodes = 0
    for token in tokens:
        if token.type in ("name", "number", "operator"):
            nodes += 1
        elif token.type == "newline" or (token.type == "mark" and token.text != ","):
            nodes = 0
        if nodes > MAX_NODES:
            raise LimitError(
                f"This expression has more than {MAX_NODES:,} names, numbers and operators.",
                "Divide it into several subexpressions or statements.",
                token.span,
            )


def check_brackets(tokens: Sequence[Token]) -> None:
    """Raise for a bracket without its partner, and for brackets, signs and powers nested too deep."""
    opened: list[tuple[Token, int, int]] = []
    outer = chain = 0  # the depth around this bracket, and of the signs and powers since its last plain operator
    value_due = True
    for token in tokens:
        match token.type:
            case "open":
                opened.append((token, outer, chain))
                outer, chain = outer + chain + 1, 0
            case "close" if not opened:
                message = "This closing bracket has no opening one."
                raise EquationSyntaxError(message, "Delete it, or add the missing '(' before it.", token.span)
            case "close":
                _, outer, chain = opened.pop()
            case "operator":
                chain = chain + 1 if value_due or token.text in ("**", "not") else 0
            case "mark" | "newline" | "keyword":
                chain = 0
        value_due = not token.ends_value
        if outer + chain > MAX_DEPTH:
            message = f"Brackets, signs and powers are nested more than {MAX_DEPTH} deep here."
            raise LimitError(message, "Name an inner part and use the name.", token.span)
    if opened:
        message = "This opening bracket is never closed."
        raise EquationSyntaxError(message, "Add the missing ')', or delete the '('.", opened[-1][0].span)
