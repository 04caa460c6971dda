"""Characters and words that are no part of the language, each with what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from spikeq.errors import EquationSyntaxError, Span
from spikeq.language.syntax import NUMBER, Form, Token, short

_QUOTES = ("Text in quotes is not part of the language.", "Use names, numbers and functions only.")
_SUBSCRIPT = (
    "Square brackets are not part of the language.",
    "Every name already means one element's value; for values that change in time use a TimedArray: I(t).",
)
_CURLY = ("Curly brackets are not part of the language.", "Group with round brackets: ( ).")
_AND = ("'{}' is not an operator here.", "Write 'and', for example (v > 1) and (w > 1).")
_OR = ("'{}' is not an operator here.", "Write 'or', for example (v > 1) or (w > 1).")
_NOT = ("'{}' is not an operator here.", "Write 'not', for example not (v > 1).")
_WRITE = "'{}' is not an operator here."
_SIGNS: dict[str, tuple[str, str]] = {
    "^": (_WRITE, "Write ** for a power, for example x**2."),
    "&": _AND,
    "&&": _AND,
    "|": _OR,
    "||": _OR,
    "!": _NOT,
    "~": _NOT,
    '"': _QUOTES,
    "'": _QUOTES,
    "`": _QUOTES,
    "[": _SUBSCRIPT,
    "]": _SUBSCRIPT,
    "{": _CURLY,
    "}": _CURLY,
    ".": ("Names have no parts: a dot stands only inside a number.", "Write a plain name, or 0.5 for a number."),
    ":=": (_WRITE, "Write a plain '='."),
    "<>": (_WRITE, "Write != for 'is not equal'."),
    "!==": (_WRITE, "Write != for 'is not equal'."),
    "===": (_WRITE, "Write == for 'is equal'."),
    "=>": (_WRITE, "Write >= for 'is at least'."),
    "=<": (_WRITE, "Write <= for 'is at most'."),
    "->": (_WRITE, "Write one equation or statement a line, with '='."),
    "<<": (_WRITE, "Multiply by a power of two: x * 2**n."),
    ">>": (_WRITE, "Divide by a power of two: x // 2**n."),
    "@": (_WRITE, "Sums over synapses are made by Synapses; to multiply two numbers write *."),
    "\\": ("A backslash stands only at the very end of a line that goes on.", "Delete it, or what follows it."),
}
# Signs of typeset mathematics and what a keyboard has for them.
_TYPESET = {
    "\u00d7": "*", "\u00b7": "*", "\u22c5": "*", "\u2217": "*", "\u00f7": "/", "\u2215": "/",
    "\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=",
    "\u00ac": "not", "\u2227": "and", "\u2228": "or", "\u00b2": "**2", "\u00b3": "**3",
    "\u221a": "sqrt()", "\u00b5": "u", "\u221e": "inf", "\uff0c": ",",
    "\uff08": "(", "\uff09": ")", "\uff1a": ":", "\uff1b": ";", "\uff1d": "=",
}  # fmt: skip
_CONDITIONAL = (
    "A conditional expression is not part of the language.",
    "Write int(condition)*a + int(not condition)*b.",
)
_KEYWORDS: dict[str, tuple[str, str]] = {
    "if": _CONDITIONAL,
    "else": _CONDITIONAL,
    "elif": _CONDITIONAL,
    "is": ("'is' is not an operator here.", "Write == for 'is equal'."),
    "in": ("'in' stands only in a generator for connect.", "Compare instead, for example (0 <= i) and (i < 10)."),
    "for": ("A generator ('for') stands only in connect.", "Write it as connect(j='k for k in range(10)')."),
    "None": ("'None' is not a value of the language.", "Use a number, or True or False."),
    "lambda": ("'lambda' is not part of the language.", "Pass the function as text: 'f(x) = x**2'."),
}
_STRING_PREFIXES = frozenset({"f", "r", "b", "u", "rb", "br", "fr", "rf"})
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_GENERATOR_WORDS = frozenset({"for", "in", "if"})


def refuse_characters(text: str) -> None:
    """Raise for what no text may hold, comments included: NUL and halves of surrogate pairs."""
    found = _UNSTORABLE.search(text)
    if found is not None:
        name = "a NUL character" if found.group() == "\0" else "half of a surrogate pair"
        raise EquationSyntaxError(f"The text holds {name}.", "Delete it.", Span(*found.span()))


def refuse_words(text: str, tokens: Sequence[Token], form: Form) -> None:
    """Raise for the first token that cannot stand anywhere in a text of this form."""
    for index, token in enumerate(tokens):
        message, help, span = "", "", token.span
        if token.type == "strange":
            message, help, span = _strange(tokens, index)
        elif token.type == "number" and token.text.isdecimal() and token.text[0] == "0" and token.text.strip("0"):
            message, help = "A number does not begin with 0.", f"Write {short(token.text.lstrip('0'))}."
        elif token.type == "keyword" and not (form == "generator" and token.text in _GENERATOR_WORDS):
            default = (f"'{token.text}' is a word of Python and cannot be a name.", "Choose another name.")
            defined = index + 1 < len(tokens) and tokens[index + 1].text in {"=", ":"}
            message, help = default if defined else _KEYWORDS.get(token.text, default)
        elif token.type == "name" and token.text.startswith("__" if form == "generator" else "_"):
            message = f"The name '{short(token.text)}' begins with an underscore, which is kept for internal use."
            help = "Begin the name with a letter."
        if message:
            raise EquationSyntaxError(message, help, span)


def _strange(tokens: Sequence[Token], index: int) -> tuple[str, str, Span]:
    token = tokens[index]
    before = tokens[index - 1] if index else None
    number = NUMBER.match(token.text)
    if number is not None:
        return _glued(token, number.group())
    if token.text == "'" and before is not None and before.type == "name" and before.span.stop == token.start:
        if before.text.lower() not in _STRING_PREFIXES:
            return _QUOTES[0], f"For a derivative write d{short(before.text)}/dt.", token.span
    if token.text in _SIGNS:
        message, help = _SIGNS[token.text]
        return message.format(token.text), help, token.span
    if token.text in _TYPESET:
        return f"'{token.text}' is not a sign of the language.", f"Write {_TYPESET[token.text]}.", token.span
    return _foreign(token)


def _glued(token: Token, number: str) -> tuple[str, str, Span]:
    """A number with letters, digits or dots stuck to it."""
    text, span, shown = token.text, token.span, short(token.text)
    tail = text[len(number) :]
    if text[:2].lower() in ("0x", "0b", "0o"):
        return f"'{shown}' is not a decimal number.", "Write numbers with the digits 0 to 9.", span
    if tail in ("j", "J"):
        return "There are no complex numbers.", f"For a product write {short(number)}*j.", span
    if tail.startswith("_"):
        return f"'{shown}' is not a number.", "Write numbers without underscores.", span
    if "." in tail:
        return f"'{shown}' is not a number.", "A number has at most one point and no parts.", span
    message = f"Expected an operator between '{short(number)}' and '{short(tail)}'."
    return message, f"To multiply, write {short(number)}*{short(tail)}.", span


def _foreign(token: Token) -> tuple[str, str, Span]:
    character = token.text
    name = unicodedata.name(character, "")
    called = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    if name and not character.isascii():
        called = f"{called} ({name})"
    if name.startswith("GREEK") and " LETTER " in name:
        word = name.split()[-1].lower()
        return f"The letter {called} is not of the English alphabet.", f"Write '{word}'.", token.span
    if character.isalnum():
        kind = "letter" if character.isalpha() else "digit"
        help = "Write names with the letters a to z and A to Z, numbers with the digits 0 to 9."
        return f"The {kind} {called} is not one of the English keyboard's.", help, token.span
    if character.isspace() or not character.isprintable():
        return f"The character {called} is not an ordinary space.", "Replace it by a space.", token.span
    return f"The character {called} is not part of the language.", "Delete it.", token.span
