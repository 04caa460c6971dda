"""Lines of an emitted Triton module: how they are broken, and the functions that they make up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

WIDTH = 118  # columns of a line


def wrapped(parts: Iterable[str], indent: int, width: int = WIDTH) -> list[str]:
    """Parts with commas, as many in a line as fit."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(part) + 2 <= width:
            lines[-1] += f" {part},"
        else:
            lines.append(f"{' ' * indent}{part},")
    return lines


def fitted(line: str) -> list[str]:
    """A line that fits: a comment stands above what is too long, the arguments of a call below it."""
    if len(line) <= WIDTH:
        return [line]
    indent = len(line) - len(line.lstrip())
    code, mark, about = line.partition("  # ")
    if mark and code.strip():
        return [f"{' ' * indent}# {about}"[:WIDTH], *fitted(code)]
    for opening in (place for place, sign in enumerate(line) if sign == "("):
        closing = _closing(line, opening)
        arguments = list(_parts(line[opening + 1 : closing]))
        if len(arguments) > 1:
            inner = wrapped(arguments, indent + 4)
            return [line[: opening + 1], *inner, f"{' ' * indent}{line[closing:]}"]
    return [line]


def _closing(line: str, opening: int) -> int:
    """Where the bracket that opens there is closed."""
    depth = 0
    for place in range(opening, len(line)):
        depth += (line[place] in "([") - (line[place] in ")]")
        if depth == 0:
            return place
    return len(line)


def _parts(text: str) -> Iterator[str]:
    """What stands between the commas that are in no bracket."""
    depth, start = 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            yield text[start:place].strip()
            start = place + 1
    if text[start:].strip():
        yield text[start:].strip()


def function(name: str, parameters: Iterable[str], about: str, lines: Iterable[str], decorator: str) -> list[str]:
    """The lines of a function; ``about`` is its docstring."""
    listed = list(parameters)
    head = f"def {name}({', '.join(listed)}):"
    opening = [head] if len(head) <= WIDTH else [f"def {name}(", *wrapped(listed, 4), "):"]
    body = [made for line in (f'"""{about}"""', *lines) for made in fitted(f"    {line}")]
    return [decorator, *opening, *body]
