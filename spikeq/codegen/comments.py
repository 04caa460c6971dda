"""Users' text inside emitted code: always a comment of one line."""

from __future__ import annotations

from spikeq.language.expression import Expression, to_text


def comment(text: str) -> str:
    """A user's text as a comment of one line that cannot end early."""
    shown = "".join(c if c.isprintable() and c.isascii() else "?" for c in text.replace("\n", " "))
    return f"# {shown[:110].replace('coding', 'c.oding')}"


def shown(expression: Expression) -> str:
    """An expression for a comment."""
    return comment(to_text(expression)).removeprefix("# ")
