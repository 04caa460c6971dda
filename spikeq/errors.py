"""Every mistake a user can make, as a class; the base class draws the user's line and a caret."""

from __future__ import annotations

from typing import NamedTuple, Self

_WIDTH = 100  # the longest piece of a user's line that a message shows


class Span(NamedTuple):
    """A piece of a user's text, as offsets: ``text[start:stop]``."""

    start: int
    stop: int


class SpikeqError(Exception):
    """What is wrong, where, and what to do about it.

    Raised briefly inside (message, help, span); ``located`` adds the owner's name and the whole
    text at the door, where both are known.
    """

    def __init__(self, message: str, help: str = "", span: Span | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.span = span
        self.owner = ""
        self.text: str | None = None

    def located(self, owner: str, text: str | None = None) -> Self:
        """Say whose text it was. The innermost owner and text win: a second call changes nothing."""
        self.owner = self.owner or owner
        if self.text is None and text is not None:
            self.text = text
        return self

    @property
    def line(self) -> int | None:
        """The line of the mistake in the user's text, counted from 1."""
        return None if self._at() is None else _position(self.text or "", self._at())[0]

    @property
    def column(self) -> int | None:
        """The column of the mistake in its line, counted from 1."""
        return None if self._at() is None else _position(self.text or "", self._at())[1]

    def _at(self) -> int | None:
        return None if self.span is None or self.text is None else self.span.start

    def __str__(self) -> str:
        parts = [self.message]
        if self.text is not None and self.span is not None:
            line, _ = _position(self.text, self.span.start)
            parts += ["", f"  {self.owner or 'text'}, line {line}", *_caret(self.text, self.span)]
        elif self.owner:
            parts += ["", f"  {self.owner}"]
        if self.help:
            parts += [f"  {self.help}"]
        return "\n".join(parts)


def _with_newlines(text: str) -> str:
    """The text with every line break as a newline, each character where it was."""
    return text.replace("\r\n", " \n").replace("\r", "\n")


def _position(text: str, offset: int | None) -> tuple[int, int]:
    before = _with_newlines(text)[: max(0, min(offset or 0, len(text)))]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _caret(text: str, span: Span) -> list[str]:
    text = _with_newlines(text)
    start = max(0, min(span.start, len(text)))
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    line = text[first : len(text) if last < 0 else last]
    column, length = start - first, max(1, min(span.stop, first + len(line)) - start)
    if column > _WIDTH * 2 // 3:
        cut = column - _WIDTH // 3
        line, column = "..." + line[cut:], column - cut + 3
    if len(line) > _WIDTH:
        line, length = line[:_WIDTH] + "...", min(length, _WIDTH - column)
    shown = "".join(c if c.isprintable() else " " for c in line)
    lead = len(shown) - len(shown.lstrip())
    return [f"    {shown.strip()}", f"    {' ' * (column - lead)}{'^' * max(1, length)}"]


class EquationSyntaxError(SpikeqError, ValueError):
    """Text that is not a sentence of the equation language."""


class LimitError(SpikeqError, ValueError):
    """Text or a number beyond the limits of the language."""


class DimensionError(SpikeqError, ValueError):
    """Units that do not fit together."""


class UnknownNameError(SpikeqError, KeyError):
    """A name that nothing defines."""

    __str__ = SpikeqError.__str__


class UnknownAttributeError(UnknownNameError, AttributeError):
    """A name behind a dot that nothing defines."""


class NameConflictError(SpikeqError, ValueError):
    """A name that is taken, reserved or defined twice."""


class KindError(SpikeqError, TypeError):
    """A real, integer or boolean value where another kind is needed."""


class ModelError(SpikeqError, ValueError):
    """Equations, flags, thresholds or statements that make no model together."""


class MethodError(SpikeqError, ValueError):
    """An integration method that cannot integrate these equations."""


class ShapeError(SpikeqError, ValueError, IndexError):
    """An array of the wrong shape, or an index out of range."""


class ValueRangeError(SpikeqError, ValueError):
    """A number that is not allowed here: negative, not finite, too large."""


class ClockError(SpikeqError, ValueError):
    """Time steps that do not fit together or into the run."""


class ConnectionError(SpikeqError, ValueError, TypeError):  # noqa: A001 - a synaptic connection
    """Synapses that cannot be made as asked."""


class NetworkError(SpikeqError, RuntimeError):
    """Objects that cannot be put together or used as asked."""


class OutOfMemoryError(SpikeqError, MemoryError):
    """A network that needs more memory than there is; the message says what takes how much."""


class KernelError(SpikeqError, RuntimeError):
    """Emitted code that this machine cannot compile or launch; the cause is chained."""


class UnsupportedError(SpikeqError, NotImplementedError):
    """Something spikeq does not do; the message names an alternative."""


class NotFiniteError(SpikeqError, FloatingPointError):
    """A state variable became NaN or infinite during a run."""


class DataError(SpikeqError, ValueError):
    """A file of data that is missing or broken."""


class SpikeqWarning(UserWarning):
    """Something that works, though perhaps not as meant."""
