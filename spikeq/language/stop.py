"""Where and in what the parser stopped: what the rules of ``mistakes.py`` look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spikeq.errors import Span
from spikeq.language.syntax import Form, Token, short, starts_line

ASSIGNMENTS = frozenset({"=", "+=", "-=", "*=", "/=", "**=", "//=", "%="})
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


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
        return sign.text in ASSIGNMENTS or sign.text == ":"

    def around(self) -> int | None:
        """The number of the innermost bracket that is open here."""
        opened: list[int] = []
        for index, token in enumerate(self.tokens[: self.at]):
            if token.type == "open":
                opened.append(index)
            elif token.type == "close":
                opened.pop()
        return opened[-1] if opened else None


def quoted(token: Token) -> str:
    """How a message calls a token."""
    if token.type in ("edge", "newline"):
        return "the end of the line" if token.type == "newline" else "the end"
    return f"'{short(token.text)}'"


# What is wrong, what to do about it, and where.
Mistake = tuple[str, str, Span]
Rule = Callable[[Stop], Mistake | None]
