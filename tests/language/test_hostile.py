"""Any text whatsoever: a node or one of our errors, soon, and nothing is ever executed."""

from __future__ import annotations

import builtins
import os
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from spikeq.errors import EquationSyntaxError, LimitError
from spikeq.language.expression import (
    Binary,
    Call,
    Comparison,
    Expression,
    Literal,
    Logical,
    Name,
    Unary,
    fold,
    to_text,
)
from spikeq.language.parse import (
    parse_equations,
    parse_expression,
    parse_function,
    parse_generator,
    parse_statements,
    parse_unit,
)

PARSERS: dict[str, Callable[[str], Any]] = {
    "equations": parse_equations,
    "statements": parse_statements,
    "expression": parse_expression,
    "generator": parse_generator,
    "unit": parse_unit,
    "function": parse_function,
}
# How the grammar calls things; a user never reads these words.
TERMINALS = re.compile(
    r"\b(?:NAME|NUMBER|OPEN|CLOSE|[RL]PAR|SIGN|TIMES|POWER|COMPARE|ASSIGN|EQUAL|FLAG|DERIVATIVE|END)\b"
)
UNICODE_NAME = re.compile(r"\([A-Z0-9 -]+\)")  # such as NOT SIGN

VALID = [
    "dv/dt = (E - v)/tau + xi*sqrt(2/tau) : volt (unless refractory)\nE : volt (constant, shared) # resting\n",
    "I = g*(v - E) : amp\r\nn : integer\non = v > E and not (n == 2) : boolean (constant over dt)",
    "dg/dt = -g/(5*ms) : siemens/meter**2 (event-driven)",
    "v = -65*mV; w += clip(a, 0, 1) # bounded\nx **= 2\ny %= (a +\n b)\n",
    "v_post += w*exp(-(t - lastspike)/tau)\napre = 0.01",
    "v > -50*mV and not (rand() < 0.5 or i % 2 == 0)",
    "k for k in sample(i - 10, N_post, 2, p=0.5e-1) if abs(i - k) < 3",
    "i + 1 for _ in range(1)",
    "siemens/(meter**2*second**-1)",
    "f(x, y) = x**2 + -y//3",
]
FRAGMENTS = [
    *"()+-*/%<>=!:;,.#\\\n\r\t '\"[]{}&|^~@$?`0",
    *[
        "dv/dt",
        "d(v)/dt",
        "dv/dx",
        "v",
        "tau",
        "volt",
        "mV",
        "1",
        "2.5",
        "1e-3",
        "9" * 30,
        "1e999",
        "0x1f",
        "1_0",
        "1j",
    ],
    *[" : volt", " : 1\n", "**", "//", "==", "!=", "<=", ">=", "+=", "**=", "//=", ":=", "->", "\r\n", "\\\n", "  "],
    *["and", "or", "not", "if", "else", "for", "in", "is", "lambda", "None", "True", "class", "yield", "await"],
    *["range(", "sample(", "p=", "f(", "(unless refractory)", "(constant over dt)", "boolean", "integer", "xi"],
    *["__import__('os').system('true')", "(1).__class__", "eval(", "f'{x}'", "# coding: utf-7", "_x", "__x"],
    *[
        "\0",
        "\ufeff",
        "\u0430",
        "\u03b1",
        "\u00a0",
        "\u200b",
        "\u2028",
        "\x85",
        "\x1c",
        "\ud800",
        "\U0001f600",
        "\u0663",
    ],
]
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=80)
PIECES = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join)
SPACED = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map(" ".join)
BOMB = st.builds(
    lambda before, piece, n, after: before + piece * n + after,
    st.sampled_from(["", "x = ", "v = 1\n"]),
    st.sampled_from(
        ["(", ")", "-", "not ", "a**", "a+", "f(", "((a)", "9**", "x : 1\n", "#", "\n", "\\\n", "a ", "1", "'"]
    ),
    st.integers(0, 100_000),
    st.sampled_from(["", "a", " : 1", ")"]),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A valid text with a few pieces taken out, put in or put elsewhere."""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = min(len(text), start + draw(st.integers(0, 6)))
        text = text[:start] + draw(st.sampled_from(["", *FRAGMENTS])) + text[stop:]
    return text


TEXT = st.one_of(ANY_TEXT, PIECES, SPACED, mutated(), mutated(), BOMB)
CALM = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def check(text: str) -> None:
    """Every parser gives a value or one of our errors, which can be shown."""
    for parse in PARSERS.values():
        try:
            parse(text)
        except (EquationSyntaxError, LimitError) as error:
            assert error.text == text
            assert error.span is not None and 0 <= error.span.start <= error.span.stop <= len(text) + 1
            assert error.message and error.help
            assert len(error.message) < 300 and len(error.help) < 300
            words = TERMINALS.search(UNICODE_NAME.sub("", error.message))
            assert words is None or words.group() in text
            assert error.message in str(error) and error.line is not None
            assert error.__cause__ is None


@settings(max_examples=500, deadline=None, suppress_health_check=CALM)
@given(TEXT)
@example("x : 1 (" + "-" * 30)
@example("\r# coding: rot13\r__import__('os')")
def test_any_text(text: str) -> None:
    check(text)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None, suppress_health_check=CALM)
@given(TEXT)
def test_any_text_at_length(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", VALID)
def test_the_valid_texts_are_valid(text: str) -> None:
    def accepts(parse: Callable[[str], Any]) -> bool:
        try:
            parse(text)
        except EquationSyntaxError:
            return False
        return True

    assert sum(accepts(parse) for parse in PARSERS.values()) >= 1


PLANTED = [
    "__import__('os').system('touch planted')",
    "x = __import__('os').system('touch planted') : 1",
    "(1).__class__.__bases__",
    "x = y.__class__ : 1",
    "exp(\"__import__('os').system('touch planted')\")",
    "(lambda: 0)()",
    "f'{__import__(\"os\")}'",
    "v = eval('1')",
    "v\u0430r + 1",
    "x = \u0430 : 1",
    "# comment\rimport os",
    "x : 1 # coding: utf-7\r+AGk-mport os",
    "[k for k in ().__class__.__mro__]",
    "k for k in open('/etc/passwd')",
    "print(1) if True else 2",
    "v = `ls`",
    "exec(b'x')",
    "{1: 2}",
    "a := 3",
    "*a",
    "yield 3",
]


@pytest.mark.parametrize("text", PLANTED)
def test_planted_code_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # the grammar is read first: Lark compiles its own regular expressions on that occasion
    parse_expression("a")

    def executed(*_: object, **__: object) -> None:
        raise AssertionError("text was executed")

    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, executed)
    monkeypatch.setattr(os, "system", executed)
    for parse in PARSERS.values():
        with pytest.raises(EquationSyntaxError):
            parse(text)


def test_comments_are_only_comments() -> None:
    cookie = "# -*- coding: utf-7 -*- '''\\\r# __import__('os') \u0430 \u2028 [\r\nx : 1 # \x85 y : \u202e 1"
    assert [equation.name for equation in parse_equations(cookie)] == ["x"]
    assert parse_statements("# ; v = 1 \\\n").statements == ()


def test_powers_stay_unfolded() -> None:
    assert to_text(parse_expression("9**9**9**9")) == "9**9**9**9"


HUGE = {
    "brackets": "(" * 100_000,
    "closed brackets": "(" * 100_000 + "a" + ")" * 100_000,
    "brackets below the length limit": "(" * 65_000,
    "signs": "-" * 65_000 + "a",
    "nots": "not " * 16_000 + "a",
    "powers": "9**" * 20_000 + "9",
    "calls": "f(" * 30_000,
    "sum": "a+" * 32_000 + "a",
    "a megabyte": "a" * 2**20,
    "a megabyte of lines": "x = a : 1\n" * 2**17,
    "a megabyte of quotes": "'" * 2**20,
    "64 kB of one name": "a" * 65_536,
    "64 kB of digits": "1" * 65_536,
    "64 kB of one glued number": "1" + "x" * 65_535,
    "64 kB of points": "." * 65_536,
    "64 kB of blanks": " " * 65_535 + ")",
    "64 kB of d": "d " * 32_768,
    "64 kB of d and blanks": "d" + " " * 60_000 + "v" + " " * 5_000 + "/dx",
    "64 kB of letters from elsewhere": "\u0430" * 65_536,
    "64 kB of backslashes": "\\" * 65_536,
    "64 kB of continued lines": "\\\n" * 32_768 + ")",
    "many equations": "x:1\n" * 6_660 + "x:1 2",
    "many statements": "v = 1\n" * 4_990 + "v = 1 2",
    "64 kB of comparisons": "a<" * 2_400 + "a",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
@pytest.mark.parametrize("form", PARSERS)
def test_huge_texts_are_judged_within_a_second(form: str, text: str) -> None:
    parse_expression("a")
    start = time.process_time()
    try:
        PARSERS[form](text)
    except (EquationSyntaxError, LimitError) as error:
        assert str(error)
    assert time.process_time() - start < 1.0


# Texts and trees that must agree

NAMES = st.sampled_from(["a", "b", "v_post", "E", "tau", "not_refractory", "x1"])
LEAVES = st.one_of(
    NAMES.map(Name),
    st.booleans().map(Literal),
    st.integers(0, 2**63 - 1).map(Literal),
    st.floats(0, allow_infinity=False, allow_subnormal=True).map(abs).map(Literal),
)


def _wider(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Unary, st.sampled_from(["-", "+", "not"]), inner),
        st.builds(Binary, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner, inner),
        st.builds(Comparison, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner),
        st.builds(Logical, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(Call, NAMES, st.lists(inner, max_size=3).map(tuple)),
    )


TREES: st.SearchStrategy[Expression] = st.recursive(LEAVES, _wider, max_leaves=25)


@settings(max_examples=500, deadline=None)
@given(TREES)
def test_printed_trees_are_read_back(tree: Expression) -> None:
    assert parse_expression(to_text(tree)) == tree


VALUES = {"a": 2.5, "b": -1.5, "c": 3.0, "d": 0.25}
SPACE = st.sampled_from(["", " "])
ATOMS = st.sampled_from([*VALUES, "2.0", "0.5", "3."])
ARITHMETIC = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("{}{}{}{}{}".format, inner, SPACE, st.sampled_from("+ - * / // % **".split()), SPACE, inner),
        st.builds("{}{}".format, st.sampled_from("+-"), inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=12,
)
SUMS = st.lists(ATOMS, min_size=1, max_size=3).map(" - ".join)
CONDITIONS = st.recursive(
    st.builds("{} {} {}".format, SUMS, st.sampled_from("< <= > >= == !=".split()), SUMS),
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not {}".format, inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=8,
)


def value(node: Expression, operands: tuple[Any, ...]) -> Any:
    """What one node makes of its operands' values, in Python's arithmetic."""
    match node:
        case Literal(value=number):
            return number
        case Name(name=name):
            return VALUES[name]
        case Unary(op=op):
            return {"-": lambda x: -x, "+": lambda x: +x, "not": lambda x: not x}[op](operands[0])
        case Binary(op=op) | Comparison(op=op) | Logical(op=op):
            return OPERATIONS[op](*operands)
    raise AssertionError(node)


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda x, y: x + y,
    "-": lambda x, y: x - y,
    "*": lambda x, y: x * y,
    "/": lambda x, y: x / y,
    "//": lambda x, y: x // y,
    "%": lambda x, y: x % y,
    "**": lambda x, y: x**y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
    "==": lambda x, y: x == y,
    "!=": lambda x, y: x != y,
    "and": lambda x, y: x and y,
    "or": lambda x, y: x or y,
}


def outcome(compute: Callable[[], Any]) -> str:
    try:
        return repr(compute())
    except (ArithmeticError, TypeError) as error:
        return type(error).__name__


@settings(max_examples=500, deadline=None)
@given(st.one_of(ARITHMETIC, CONDITIONS))
@example("-a**2.0")
@example("a**-b**c")
@example("not a < b or c < d and not b < c")
def test_precedence_is_pythons(text: str) -> None:
    ours = outcome(lambda: fold(parse_expression(text), value))
    # only text that was generated here, of the names above and numbers
    assert ours == outcome(lambda: eval(text, {"__builtins__": {}}, VALUES))  # noqa: S307
