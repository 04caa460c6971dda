"""What the language means: text -> nodes, and each known mistake -> a message in the user's terms."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import pytest

from spikeq.dimension import DIMENSIONLESS, HERTZ, METRE, SECOND, SIEMENS, VOLT, Dimension
from spikeq.errors import EquationSyntaxError, LimitError
from spikeq.language.expression import Binary, Call, Comparison, Expression, Literal, Logical, Name, Unary, walk
from spikeq.language.model import Generator, RangeIterator, SampleIterator, Statement
from spikeq.language.parse import (
    parse_equations,
    parse_expression,
    parse_function,
    parse_generator,
    parse_statements,
    parse_unit,
)

A, B, C = Name("a"), Name("b"), Name("c")
PARSERS = {
    "equations": parse_equations,
    "statements": parse_statements,
    "expression": parse_expression,
    "generator": parse_generator,
    "unit": parse_unit,
    "function": parse_function,
}


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("-a**2", Unary("-", Binary("**", A, Literal(2)))),
        ("2**-a", Binary("**", Literal(2), Unary("-", A))),
        ("a**b**c", Binary("**", A, Binary("**", B, C))),
        ("a**-b**c", Binary("**", A, Unary("-", Binary("**", B, C)))),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a/b*c", Binary("*", Binary("/", A, B), C)),
        ("a//b%c", Binary("%", Binary("//", A, B), C)),
        ("a + b*c", Binary("+", A, Binary("*", B, C))),
        ("a*-b", Binary("*", A, Unary("-", B))),
        ("- - +a", Unary("-", Unary("-", Unary("+", A)))),
        ("not a < b", Unary("not", Comparison("<", A, B))),
        ("not a and b or c", Logical("or", Logical("and", Unary("not", A), B), C)),
        ("a or b and c", Logical("or", A, Logical("and", B, C))),
        ("a and b and c", Logical("and", Logical("and", A, B), C)),
        ("(a < b) == c", Comparison("==", Comparison("<", A, B), C)),
        ("a + b >= c", Comparison(">=", Binary("+", A, B), C)),
        ("a != b", Comparison("!=", A, B)),
        ("f()", Call("f", ())),
        ("f (a, b*c)", Call("f", (A, Binary("*", B, C)))),
        ("f(a,)", Call("f", (A,))),
        ("9**9**9", Binary("**", Literal(9), Binary("**", Literal(9), Literal(9)))),
        ("True", Literal(True)),
        ("a\n + b # comment: (\r\n - c", Binary("-", Binary("+", A, B), C)),
        ("a\r+\\\nb", Binary("+", A, B)),
        ("\ufeff\ta", A),
        ("((((a))))", A),
    ],
)
def test_expression(text: str, tree: Expression) -> None:
    assert parse_expression(text) == tree


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("00", 0), ("12", 12), ("1.", 1.0), (".5", 0.5), ("1e-3", 1e-3), ("1.5E+2", 150.0), ("1e3", 1000.0)]
    + [(str(2**63 - 1), 2**63 - 1), ("1e308", 1e308), ("1e-999", 0.0)],
)
def test_numbers(text: str, value: float) -> None:
    node = parse_expression(text)
    assert isinstance(node, Literal)
    assert (type(node.value), node.value) == (type(value), value)


@pytest.mark.parametrize(
    "name",
    "E I S N_ Q O beta gamma zeta re im tensor torch np tl self step half type match case print exec eval d dt dv t x1 "
    "android order notable format inn iff None_ True_ If AND_ android lambda_ e pi j range sample p size volt".split(),
)
def test_any_name_is_a_name(name: str) -> None:
    assert parse_expression(name) == Name(name)
    assert parse_expression(f"{name}*{name}(2)") == Binary("*", Name(name), Call(name, (Literal(2),)))
    assert parse_equations(f"{name} : 1\nd{name}/dt = {name} : 1\nz = {name} : 1")[1].name == name
    assert parse_statements(f"{name} += {name}").statements[0].target == name


def test_spans_point_into_the_whole_text() -> None:
    text = "# leak\r\ndv/dt = (a - f(x, 2.5))/tau : volt (shared)\n".replace(" (shared)", "")
    equation = parse_equations(text)[0]
    assert equation.span is not None and equation.text == text
    assert text[slice(*equation.span)] == "dv/dt = (a - f(x, 2.5))/tau : volt"
    assert equation.expression is not None
    pieces = [text[slice(*node.span)] for node in walk(equation.expression) if node.span is not None]
    assert pieces == ["(a - f(x, 2.5))/tau", "(a - f(x, 2.5))", "a", "f(x, 2.5)", "x", "2.5", "tau"]


def test_statement_spans() -> None:
    text = "v = 1 # one\n  w_post *= (a +\n b)"
    second = parse_statements(text).statements[1]
    assert second.span is not None and second.target_span is not None
    assert text[slice(*second.span)] == "w_post *= (a +\n b)"
    assert text[slice(*second.target_span)] == "w_post"


def test_equation_block() -> None:
    text = (
        "# a comment : with = signs (\n"
        "dv/dt = (E - v)\n"
        "        / tau   # goes on\n"
        "        + xi*sqrt(2/tau) : volt (unless refractory)\r\n"
        "\r\n"
        "\tI = g *\\\n (v - E) : amp\n"
        "n:integer (constant,\n shared)\r"
        "on = v > E : boolean (constant over  dt)\n"
        "d g / dt = -g/tau : siemens/meter**2"
    )
    equations = parse_equations(text)
    assert [(e.type, e.name, e.kind, set(e.flags)) for e in equations] == [
        ("differential", "v", "real", {"unless refractory"}),
        ("subexpression", "I", "real", set()),
        ("parameter", "n", "integer", {"constant", "shared"}),
        ("subexpression", "on", "boolean", {"constant over dt"}),
        ("differential", "g", "real", set()),
    ]
    assert [e.dimension for e in equations] == [
        VOLT,
        VOLT * SIEMENS,
        DIMENSIONLESS,
        DIMENSIONLESS,
        SIEMENS / METRE**2,
    ]
    assert equations[2].expression is None


@pytest.mark.parametrize("text", ["", "\n", "# nothing", " \t\r\n\\\n", "\ufeff"])
def test_empty_blocks(text: str) -> None:
    assert parse_equations(text) == ()
    assert parse_statements(text).statements == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_breaks_of_all_systems(newline: str) -> None:
    assert [e.name for e in parse_equations(newline.join(["x : 1", "# c", "y : 1", ""]))] == ["x", "y"]
    assert [s.target for s in parse_statements(newline.join(["x = 1 # c", "", "y = 1"])).statements] == ["x", "y"]


LEGAL = {
    "dx/dt = 1 : 1": {"unless refractory", "event-driven", "clock-driven"},
    "x = 1 : 1": {"shared", "constant over dt", "summed"},
    "x : 1": {"constant", "shared", "linked"},
}


@pytest.mark.parametrize("line", LEGAL)
@pytest.mark.parametrize("flag", sorted(set().union(*LEGAL.values())))
def test_flags_belong_to_types(line: str, flag: str) -> None:
    if flag in LEGAL[line]:
        assert parse_equations(f"{line} ({flag})")[0].flags == {flag}
        return
    with pytest.raises(EquationSyntaxError) as caught:
        parse_equations(f"{line} ({flag})")
    assert flag in caught.value.message
    assert all(legal in caught.value.help for legal in LEGAL[line])
    assert caught.value.span == (len(line) + 2, len(line) + 2 + len(flag))


def test_statements() -> None:
    code = parse_statements("v = 1; w += a # ;x = 3\nx -= b;\n;y *= (a +\n b)\nz /= c \\\n + a\nu **= 2")
    assert [(s.target, s.op) for s in code.statements] == [
        ("v", "="),
        ("w", "+="),
        ("x", "-="),
        ("y", "*="),
        ("z", "/="),
        ("u", "**="),
    ]
    assert code.statements[3].expression == Binary("+", A, B)
    assert code.statements[4].expression == Binary("+", C, A)


def test_remainder_assignment_is_written_out() -> None:
    assert parse_statements("v %= a + b").statements == (
        Statement("v", "=", Binary("%", Name("v"), Binary("+", A, B))),
    )


@pytest.mark.parametrize(
    ("text", "dimension", "kind"),
    [
        ("volt", VOLT, "real"),
        ("1", DIMENSIONLESS, "real"),
        (" siemens / meter ** 2 ", SIEMENS / METRE**2, "real"),
        ("1/second", HERTZ, "real"),
        ("second**-1", HERTZ, "real"),
        ("Hz", HERTZ, "real"),
        ("metre**0.5", METRE ** Fraction(1, 2), "real"),
        ("metre**(-1/2)", METRE ** Fraction(-1, 2), "real"),
        ("siemens/(meter**2*second)", SIEMENS / METRE**2 / SECOND, "real"),
        ("volt/volt", DIMENSIONLESS, "real"),
        ("radian", DIMENSIONLESS, "real"),
        ("boolean", DIMENSIONLESS, "boolean"),
        ("integer", DIMENSIONLESS, "integer"),
    ],
)
def test_units(text: str, dimension: Dimension, kind: str) -> None:
    assert parse_unit(text) == (dimension, kind)
    equation = parse_equations(f"x : {text}\ny : 1")[0]
    assert (equation.dimension, equation.kind) == (dimension, kind)


def test_every_dimension_is_read_back_as_it_is_written() -> None:
    for dimension in (VOLT * METRE, VOLT ** Fraction(1, 2), METRE**2 / SECOND**3, DIMENSIONLESS / VOLT / METRE):
        assert parse_unit(str(dimension)) == (dimension, "real")


ZERO, ONE, TEN = Literal(0), Literal(1), Literal(10)


@pytest.mark.parametrize(
    ("text", "iterator", "condition"),
    [
        ("k for k in range(10)", RangeIterator(ZERO, TEN, ONE), None),
        ("k for k in range(a, 10)", RangeIterator(A, TEN, ONE), None),
        ("k for k in range(a, b, c) if k != a", RangeIterator(A, B, C), Comparison("!=", Name("k"), A)),
        ("k\nfor k in sample(10, p=a)", SampleIterator(ZERO, TEN, ONE, A, None), None),
        ("k for k in sample(a, 10, size=b)", SampleIterator(A, TEN, ONE, None, B), None),
        ("k for k in sample(a, b, c, p=0.5)", SampleIterator(A, B, C, Literal(0.5), None), None),
    ],
)
def test_generator(text: str, iterator: RangeIterator | SampleIterator, condition: Expression | None) -> None:
    assert parse_generator(text) == Generator(Name("k"), "k", iterator, condition, text)


def test_generator_or_expression() -> None:
    assert parse_generator("a + 1") == Binary("+", A, ONE)
    underscore = parse_generator("a for _ in range(1)")
    assert isinstance(underscore, Generator) and underscore.variable == "_"


def test_function() -> None:
    assert parse_function("f(a, b) =\n a**2 + b # c") == (
        "f",
        ("a", "b"),
        Binary("+", Binary("**", A, Literal(2)), B),
    )
    assert parse_function("g() = 10") == ("g", (), TEN)


# form, text with the marked piece in « », a part of the message, a part of the help
MISTAKES = [
    ("equations", "dv/dt = -v/«tau»\nw : volt", "has no unit", ": volt"),
    ("equations", "dv/dt = -v/«tau»\ndw/dt = 1 : 1", "has no unit", ": volt"),
    ("equations", "dv/dt = -v/«tau»", "has no unit", ": volt"),
    ("equations", "x = a «+»\ndy/dt = b : 1", "ends after '+'", "rest"),
    ("equations", "x = a «+»\ny = b : 1", "ends after '+'", "rest"),
    ("equations", "x = «a»\n3 = y : 1", "has no unit", ": volt"),
    ("equations", "x «:»\ny : volt", "unit is missing", ": volt"),
    ("equations", "x «:»\ny = 1 : volt", "unit is missing", ": volt"),
    ("equations", "x «:»\ndy/dt = 1 : volt", "unit is missing", ": volt"),
    ("equations", "x : «dy/dt»", "derivative is not a unit", "volt/second"),
    ("equations", "x «:»", "unit is missing", ": volt"),
    ("equations", "dv/dt = -v/tau «volt»", "Expected ':' before the unit 'volt'", ": volt"),
    ("equations", "v «volt»", "Expected '=' or ':' after 'v'", "v : unit"),
    ("equations", "«v»", "'v' alone", "v : unit"),
    ("equations", "«dv/dt» : volt", "dv/dt has no right-hand side", "dv/dt ="),
    ("equations", "«dv/dt»\nx : 1", "dv/dt has no right-hand side", "dv/dt ="),
    ("equations", "dv/dt «-» v/tau : volt", "Expected '=' after dv/dt", "dv/dt ="),
    ("equations", "x «=» : volt", "nothing to the right", "right-hand side"),
    ("equations", "«dv/dx» = 1 : 1", "respect to time", "dv/dt"),
    ("equations", "x : 1\n«dv/dx» = 1 : 1", "respect to time", "dv/dt"),
    ("equations", "«d/dt» = 1 : 1", "not a derivative", "dv/dt"),
    ("equations", "«d»(v)/dt = 1 : 1", "not how a derivative", "dv/dt"),
    ("equations", "v«'» = 1 : 1", "quotes", "dv/dt"),
    ("equations", "x : «mV»", "'mV' is not a base unit", "volt"),
    ("equations", "x : «metre2»", "not a base unit", "metre**2"),
    ("equations", "x : «bool»", "not a unit", "boolean"),
    ("equations", "x : «furlong»", "'furlong' is not a unit", "volt"),
    ("equations", "x : «3»", "cannot stand in a unit", "plain number"),
    ("equations", "x : volt «+» amp", "cannot stand in a unit", "*, / and **"),
    ("equations", "x : volt«//»amp", "cannot stand in a unit", "*, / and **"),
    ("equations", "x : «integer»*volt", "cannot be combined", "alone"),
    ("equations", "x : metre«**»n", "Expected a number", "metre**2"),
    ("equations", "x : metre**«0.12345678»", "simple fraction", "(1/2)"),
    ("equations", "dx/dt = 1 : «integer»", "cannot be integer", ": 1"),
    ("equations", "x : 1 («constan»)", "flag 'constan'", "constant, shared, linked"),
    ("equations", "x : 1 («»)", "Expected a flag", "commas"),
    ("equations", "x : 1 (constant) «(»shared)", "one pair", "second flag"),
    ("equations", "x1«,» x2 : volt", "one variable", "one line"),
    ("equations", "x : volt«;» y : 1", "not separated by ';'", "own"),
    ("equations", "x : volt «y : 1»", "end of the line", "line of its own"),
    ("equations", "x : volt «=» 3", "cannot follow a unit", "before the unit"),
    ("equations", "x «+=» 1 : 1", "does not stand in equations", "'='"),
    ("equations", "x «==» 1 : 1", "compares", "x = "),
    ("equations", "x «:=» 1 : 1", "':='", "'='"),
    ("equations", "x = y «=» 3 : 1", "'=' cannot stand", "line of its own"),
    ("equations", "«3» : volt", "cannot begin with '3'", "dv/dt"),
    ("equations", "«class» : 1", "word of Python", "another name"),
    ("equations", "«d_p/dt» = 1 : 1", "'_p' begins with an underscore", "another name"),
    ("equations", "«dclass/dt» = 1 : 1", "'class' is a word of Python", "another name"),
    ("equations", "«if» : 1", "word of Python", "another name"),
    ("equations", "«_x» : 1", "underscore", "letter"),
    ("equations", "x = «(»a : volt", "never closed", "')'"),
    ("equations", "x = «(»a : volt\ny = b) : 1", "still open", "before the ':'"),
    ("equations", "x = a«)» : volt", "no opening one", "'('"),
    ("statements", "v = w «=» 3", "'=' cannot stand", "=="),
    ("statements", "«v»", "not an assignment", "name = expression"),
    ("statements", "«v + 1» = 3", "Only a name", "name = expression"),
    ("statements", "x = 1\n«3» = v", "Only a name", "name = expression"),
    ("statements", "«f(x)» = v", "Only a name", "name = expression"),
    ("statements", "«True» = v", "'True' is a value", "another name"),
    ("statements", "«a, b» = 1, 2", "one name", "one statement"),
    ("statements", "v = 1«,»", "comma", "one value"),
    ("statements", "v «=»", "nothing to the right", "right-hand side"),
    ("statements", "v = a «+»\nb", "line ends after '+'", "brackets"),
    ("statements", "v = a\n«+» b", "cannot begin with '+'", "brackets"),
    ("statements", "v «==» 3", "compares", "v = "),
    ("statements", "v «//=» 3", "'//='", "v = v // "),
    ("statements", "v = 3 «:» volt", "Units are declared in equations", "Delete"),
    ("statements", "v = «(»a; b)", "still open", "';'"),
    ("statements", "v«[»0] = 1", "Square brackets", "TimedArray"),
    ("statements", "«if» v > 1: v = 0", "conditional", "int(condition)"),
    ("statements", "«import» os", "word of Python", "another name"),
    ("expression", "«»", "nothing to read", "v > -50*mV"),
    ("expression", "a < b «<» c", "chained", "a < b and b < c"),
    ("expression", "v «=» 3", "'=' cannot stand", "=="),
    ("expression", "f(a, «b=»3)", "keyword arguments", "in their order"),
    ("expression", "«a b»", "operator between 'a' and 'b'", "*"),
    ("expression", "«2 x»", "operator between '2' and 'x'", "*"),
    ("expression", "«3mV»", "operator between '3' and 'mV'", "3*mV"),
    ("expression", "(a«)(»b)", "operator between ')' and '('", "*"),
    ("expression", "a «AND» b", "'AND'", "'and' in small letters"),
    ("expression", "a«^»2", "'^'", "**"),
    ("expression", "a «&» b", "'&'", "'and'"),
    ("expression", "a «||» b", "'||'", "'or'"),
    ("expression", "«!»a", "'!'", "'not'"),
    ("expression", "a «=>» b", "'=>'", ">="),
    ("expression", "a«.»b", "no parts", "plain name"),
    ("expression", "a«[»0]", "Square brackets", "TimedArray"),
    ("expression", "«'»text'", "quotes", "names"),
    ("expression", 'f«"»{x}"', "quotes", "names"),
    ("expression", "«lambda» x: x", "'lambda'", "f(x)"),
    ("expression", "a «if» b else c", "conditional", "int(condition)"),
    ("expression", "a «is» b", "'is'", "=="),
    ("expression", "«None»", "'None'", "number"),
    ("expression", "a «for» a in b", "generator", "connect"),
    ("expression", "1 + «not» a", "binds weaker", "(not x)"),
    ("expression", "a «not» b", "cannot follow a value", "and not"),
    ("expression", "a «+»", "ends after '+'", "value after"),
    ("expression", "«*» a", "cannot begin with '*'", "value before"),
    ("expression", "a + «*» b".replace("+ «*»", "«+ *»"), "'+ *' is not an operator", "Delete one"),
    ("expression", "a «< =» b", "'< =' is not an operator", "space"),
    ("expression", "«()»", "nothing between these brackets", "delete"),
    ("expression", "f(a, «,»b)", "Expected a value after ','", "between"),
    ("expression", "a«,» b", "comma", "one value"),
    ("expression", "a«;»", "between statements", "Delete"),
    ("expression", "«0x10»", "not a decimal number", "0 to 9"),
    ("expression", "«1_000»", "not a number", "underscores"),
    ("expression", "«007»", "begin with 0", "7"),
    ("expression", "«2j»", "complex", "2*j"),
    ("expression", "«1.2.3»", "not a number", "one point"),
    ("expression", "«α»*2", "GREEK SMALL LETTER ALPHA", "'alpha'"),
    ("expression", "t«а»u", "CYRILLIC SMALL LETTER A", "a to z"),
    ("expression", "a«×»b", "'×'", "*"),
    ("expression", "a«\u00a0»b", "NO-BREAK SPACE", "space"),
    ("expression", "a «\\» b", "backslash", "Delete"),
    ("generator", "k for k «for» l in range(3)", "Expected 'in'", "for k in range"),
    ("generator", "k for k«,» l in range(3)", "one variable", "for k in range"),
    ("generator", "k for k in «5»", "range(...) or sample(...)", "for k in range"),
    ("generator", "k for k in «foo»(5)", "'foo' is not an iterator", "range(...)"),
    ("generator", "k for k in range(3) «for» l in range(3)", "single 'for'", "for k in range"),
    ("generator", "k for k in range(3) if a «if» b", "single 'if'", "'and'"),
    ("generator", "k «if» a", "only at the end", "condition last"),
    ("generator", "k for k in range(3, «p»=1)", "no named arguments", "sample"),
    ("generator", "k for k in «sample»(3)", "either p= or size=", "p=0.1"),
    ("generator", "k for k in sample(3, p=1, «size»=2)", "either p= or size=", "p=0.1"),
    ("generator", "k for k in «range»(1, 2, 3, 4)", "one to three", "start, stop"),
    ("generator", "k for k in sample(p=1, «3»)", "follows one with a name", "last"),
    ("function", "f «=» x", "name(arguments) = expression", "f(x, y)"),
    ("function", "f(x, «x») = x", "given twice", "own name"),
    ("function", "f(x«+»1) = x", "name(arguments) = expression", "f(x, y)"),
    ("unit", "volt «volt»", "cannot stand in a unit", "*, / and **"),
    ("unit", "volt«*»", "Expected a unit", "volt"),
]


@pytest.mark.parametrize(("form", "marked", "message", "help"), MISTAKES, ids=[f"{m[0]}:{m[1]}" for m in MISTAKES])
def test_mistakes_are_explained(form: str, marked: str, message: str, help: str) -> None:
    before, _, rest = marked.partition("«")
    piece, _, after = rest.partition("»")
    text = before + piece + after
    with pytest.raises(EquationSyntaxError) as caught:
        PARSERS[form](text)
    error = caught.value
    assert message in error.message
    assert help in error.help
    assert error.text == text and error.span is not None
    if piece:
        assert text[slice(*error.span)] == piece
    else:
        assert error.span.start == len(before)


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        ("expression", "(" * 201 + "a" + ")" * 201, "200 deep"),
        ("expression", "-" * 201 + "a", "200 deep"),
        ("expression", "not " * 201 + "a", "200 deep"),
        ("expression", "**".join("a" * 202), "200 deep"),
        ("expression", "(-" * 101 + "a" + ")" * 101, "200 deep"),
        ("expression", "+".join("a" * 2501), "5,000"),
        ("statements", "v = 1;" * 11_000, "at most 65,536"),
        ("statements", "v=1;" * 5_001, "20,000 words"),
        ("expression", "9" * 20, "64 bits"),
        ("expression", str(2**63), "64 bits"),
        ("expression", "1e309", "too large"),
        ("expression", "1" * 400 + ".0", "too large"),
        ("unit", "metre**101", "at most 100"),
        ("unit", "metre**-1e999", "too large"),
        ("unit", "((metre**100)**100)", "too large"),
    ],
)
def test_limits(form: str, text: str, message: str) -> None:
    with pytest.raises(LimitError) as caught:
        PARSERS[form](text)
    assert message in caught.value.message and caught.value.help
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("expression", "(" * 200 + "a" + ")" * 200),
        ("expression", "-" * 200 + "a"),
        ("expression", "**".join("a" * 201)),
        ("expression", "+".join("a" * 2500)),
        ("expression", "-a*" * 1000 + "a"),
        ("statements", "v = a**2 + b**2\n" * 2_000),
    ],
)
def test_just_within_limits(form: str, text: str) -> None:
    PARSERS[form](text)


@pytest.mark.parametrize("value", [None, 3, 2.5, b"v > 1", ["v"], object()])
def test_what_is_no_text(value: object) -> None:
    for parse in PARSERS.values():
        with pytest.raises(EquationSyntaxError, match="Expected text"):
            parse(value)  # type: ignore[arg-type]


def test_the_grammar_is_read_once_and_on_first_use() -> None:
    code = (
        "import sys, spikeq.language.parse as p; assert 'lark' not in sys.modules;"
        "p.parse_expression('a'); assert 'lark' in sys.modules; assert p._grammar() is p._grammar()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
