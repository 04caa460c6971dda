"""Dimensions and kinds of expressions, compared with Brian2 where it has a say."""

import warnings

import pytest

from spikeq.dimension import AMP, DIMENSIONLESS, OHM, SECOND, VOLT
from spikeq.errors import (
    DimensionError,
    EquationSyntaxError,
    KindError,
    LimitError,
    SpikeqError,
    UnknownNameError,
    ValueRangeError,
)
from spikeq.language.check import Checked, Symbol, check_assignable, exponent_value, infer, kind_of
from spikeq.language.functions import Function
from spikeq.language.parse import parse_expression, parse_statements
from spikeq.language.statements import check_statements

NAMES = {
    "v": Symbol(VOLT),
    "u": Symbol(VOLT),
    "c": Symbol(AMP),
    "tau": Symbol(SECOND),
    "x": Symbol(),
    "n": Symbol(DIMENSIONLESS, "integer"),
    "b": Symbol(DIMENSIONLESS, "boolean"),
    "two": Symbol(DIMENSIONLESS, "integer", 2.0),
}


def look(name):
    if name not in NAMES:
        raise UnknownNameError(f"no {name}")
    return NAMES[name]


def check(text):
    return infer(parse_expression(text), look)


# text, dimension; every one is also given to Brian2
FITS = [
    ("v", VOLT),
    ("v + u", VOLT),
    ("-v", VOLT),
    ("v - u*2", VOLT),
    ("v/tau", VOLT / SECOND),
    ("v/c", OHM),
    ("v % u", VOLT),
    ("x % n", DIMENSIONLESS),
    ("x // 3", DIMENSIONLESS),
    ("v**2", VOLT**2),
    ("v**-2", VOLT**-2),
    ("v**0.5", VOLT**0.5),
    ("v**(1/2)", VOLT**0.5),
    ("v**(2-1)", VOLT),
    ("v**two", VOLT**2),
    ("x**n", DIMENSIONLESS),
    ("2**x", DIMENSIONLESS),
    ("v > u", DIMENSIONLESS),
    ("v > u and x < 1", DIMENSIONLESS),
    ("not b or b", DIMENSIONLESS),
    ("exp(v/u)", DIMENSIONLESS),
    ("sqrt(v*v)", VOLT),
    ("sqrt(v)", VOLT**0.5),
    ("abs(v)", VOLT),
    ("sign(v)", DIMENSIONLESS),
    ("floor(v)", VOLT),
    ("ceil(x)", DIMENSIONLESS),
    ("int(x)", DIMENSIONLESS),
    ("int(v > u)*v", VOLT),
    ("b*v", VOLT),
    ("clip(v, u, u)", VOLT),
    ("clip(x, 0, 1)", DIMENSIONLESS),
    ("timestep(tau, tau)", DIMENSIONLESS),
    ("exprel(x)*v", VOLT),
    ("0*v + v", VOLT),
    ("v/tau*tau - u", VOLT),
    ("True", DIMENSIONLESS),
    ("b == True", DIMENSIONLESS),
]

FAILS = [
    ("v + c", DimensionError, "v + c"),
    ("v - 0", DimensionError, "v - 0"),
    ("v > 0", DimensionError, "v > 0"),
    ("v == c", DimensionError, "v == c"),
    ("v % x", DimensionError, "v % x"),
    ("v // u", DimensionError, "v"),
    ("x // u", DimensionError, "u"),
    ("v**x", DimensionError, "x"),
    ("v**n", DimensionError, "n"),
    ("exp(v)", DimensionError, "v"),
    ("exp(x + 2*sin(tau))", DimensionError, "tau"),
    ("int(v)", DimensionError, "v"),
    ("clip(v, 0, 1)", DimensionError, "0"),
    ("clip(x, 0, u)", DimensionError, "u"),
    ("timestep(x, tau)", DimensionError, "x"),
    ("exp(x, x)", EquationSyntaxError, "exp(x, x)"),
    ("exp()", EquationSyntaxError, "exp()"),
    ("nothing + 1", UnknownNameError, "nothing"),
    ("1 + sine(x)", UnknownNameError, "sine(x)"),
    ("-b", KindError, "b"),
    ("x and b", KindError, "x"),
    ("n and b", KindError, "n"),
]

# What Brian2 only refuses later, or computes by chance.
FAILS_HERE = [
    ("2**v", DimensionError, "v"),
    ("(v > u)*2", KindError, "(v > u)"),
    ("b + b", KindError, "b"),
    ("exp(b)", KindError, "b"),
    ("b < b", KindError, "b < b"),
    ("not x", KindError, "x"),
    ("x(3)", KindError, "x(3)"),
    ("exp + 1", KindError, "exp"),
    ("x/0", ValueRangeError, "0"),
    ("n % (1 - 1)", ValueRangeError, "(1 - 1)"),
    ("9**9**9**9", ValueRangeError, "9**9**9"),
    ("v**1000000", LimitError, "1000000"),
]


@pytest.mark.parametrize(("text", "dimension"), FITS)
def test_expressions_that_fit(text, dimension):
    assert check(text).dimension == dimension


@pytest.mark.parametrize(("text", "error", "place"), FAILS + FAILS_HERE)
def test_expressions_that_do_not_fit(text, error, place):
    with pytest.raises(error) as caught:
        check(text)
    span = caught.value.span
    assert text[span.start : span.stop] == place


@pytest.fixture(scope="module")
def brian2_dimension():
    brian2 = pytest.importorskip("brian2")
    from brian2.core.functions import DEFAULT_FUNCTIONS
    from brian2.core.variables import Constant, Variable
    from brian2.parsing.bast import brian_ast
    from brian2.parsing.expressions import parse_expression_dimensions
    from brian2.units.fundamentalunits import DIMENSIONLESS as ONE

    volt, amp, second, one = brian2.volt.dim, brian2.amp.dim, brian2.second.dim, ONE
    types = {"real": float, "integer": int, "boolean": bool}
    dims = {VOLT: volt, AMP: amp, SECOND: second, DIMENSIONLESS: one}
    variables = dict(DEFAULT_FUNCTIONS)
    for name, symbol in NAMES.items():
        variables[name] = Variable(name, dimensions=dims[symbol.dimension], dtype=types[symbol.kind])
    variables["two"] = Constant("two", value=2)

    def infer_there(text):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dimension = parse_expression_dimensions(text, variables)
            return dimension, {"float": "real"}.get(kind := brian_ast(text, variables).dtype, kind)

    return infer_there


_BRIAN2_ORDER = ("length", "mass", "time", "current", "temperature", "substance", "luminosity")


# Brian2 2.9.0 adds where an exponent subtracts.
@pytest.mark.parametrize(("text", "dimension"), [row for row in FITS if row[0] != "v**(2-1)"])
def test_brian2_infers_the_same(text, dimension, brian2_dimension):
    theirs, kind = brian2_dimension(text)
    ours = check(text)
    assert [float(e) for e in ours.dimension.exponents] == [theirs.get_dimension(name) for name in _BRIAN2_ORDER]
    if "floor" not in text and "ceil" not in text and text != "v**-2":
        assert ours.kind == kind


@pytest.mark.parametrize(("text", "error", "place"), FAILS)
def test_brian2_refuses_the_same(text, error, place, brian2_dimension):
    with pytest.raises(Exception) as caught:  # noqa: B017 - any of half a dozen classes
        brian2_dimension(text)
    assert not isinstance(caught.value, SpikeqError)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("n + 1", "integer"),
        ("n*n - 3", "integer"),
        ("n/2", "real"),
        ("n//2", "integer"),
        ("n % 2", "integer"),
        ("n**2", "integer"),
        ("n**n", "integer"),
        ("n**-1", "real"),
        ("n**2.0", "real"),
        ("n + x", "real"),
        ("b*n", "integer"),
        ("b*x", "real"),
        ("b*b", "integer"),
        ("n > 1", "boolean"),
        ("b and not b", "boolean"),
        ("int(x)", "integer"),
        ("floor(x) + 1", "integer"),
        ("abs(n)", "integer"),
        ("abs(x)", "real"),
        ("clip(n, 0, 10)", "integer"),
        ("clip(n, 0, 10.5)", "real"),
        ("2147483647", "integer"),
        ("2147483648", "real"),
        ("100000*100000", "real"),
        ("100000*100000 // 7", "real"),
        ("2**-1", "real"),
        ("2**10", "integer"),
        ("-2**31", "real"),
        ("timestep(tau, tau)", "integer"),
        ("poisson(x)", "integer"),
        ("rand()", "real"),
        ("True", "boolean"),
    ],
)
def test_kinds(text, kind):
    expression = parse_expression(text)
    assert infer(expression, look).kind == kind
    assert kind_of(expression, lambda name: NAMES[name].kind) == kind


def test_messages_say_what_and_how():
    with pytest.raises(DimensionError) as caught:
        check("v + tau")
    assert caught.value.message == "v + tau adds volt and second."
    with pytest.raises(DimensionError) as caught:
        check("v > 0")
    assert "0*volt" in caught.value.help
    with pytest.raises(UnknownNameError) as unknown:
        check("exprl(x)")
    assert "exprel" in unknown.value.help


def test_functions_from_outside_have_a_record():
    record = Function("stimulus", (SECOND,), AMP)
    assert infer(parse_expression("stimulus(tau)*v"), look, {"stimulus": record}.get).dimension == AMP * VOLT
    with pytest.raises(DimensionError):
        infer(parse_expression("stimulus(v)"), look, {"stimulus": record}.get)


def test_a_long_sum_needs_no_stack():
    assert check(" + ".join(["v"] * 2000)).dimension == VOLT


@pytest.mark.parametrize(
    ("text", "value"), [("2", 2), ("-1/2", -0.5), ("(3 - 1)**2", 4), ("x", None), ("1 + x", None), ("two", None)]
)
def test_exponents(text, value):
    assert exponent_value(parse_expression(text)) == value


def test_a_named_exponent_counts_if_its_value_is_known():
    assert exponent_value(parse_expression("two/4"), look) == 0.5


@pytest.mark.parametrize(
    ("target", "op", "value", "error"),
    [
        (Symbol(VOLT), "=", Checked(VOLT, "real"), None),
        (Symbol(VOLT), "=", Checked(AMP, "real"), DimensionError),
        (Symbol(VOLT), "=", Checked(DIMENSIONLESS, "integer", 0), DimensionError),
        (Symbol(VOLT), "+=", Checked(AMP, "real"), DimensionError),
        (Symbol(VOLT), "*=", Checked(DIMENSIONLESS, "real"), None),
        (Symbol(VOLT), "/=", Checked(VOLT, "real"), DimensionError),
        (Symbol(VOLT), "**=", Checked(DIMENSIONLESS, "real"), DimensionError),
        (Symbol(), "**=", Checked(DIMENSIONLESS, "real"), None),
        (Symbol(DIMENSIONLESS, "integer"), "=", Checked(DIMENSIONLESS, "real", 2.7), None),
        (Symbol(DIMENSIONLESS, "integer"), "=", Checked(DIMENSIONLESS, "real", 3e9), ValueRangeError),
        (Symbol(), "=", Checked(DIMENSIONLESS, "boolean"), None),
        (Symbol(DIMENSIONLESS, "boolean"), "=", Checked(DIMENSIONLESS, "integer", 1), None),
        (Symbol(DIMENSIONLESS, "boolean"), "+=", Checked(DIMENSIONLESS, "integer", 1), KindError),
    ],
)
def test_assignments(target, op, value, error):
    if error is None:
        check_assignable("a", target, value, op)
    else:
        with pytest.raises(error):
            check_assignable("a", target, value, op)


def statements(text, **more):
    return check_statements(parse_statements(text), {"v": NAMES["v"], "n": NAMES["n"]}, look, **more)


def test_temporaries_are_found_with_their_units():
    assert statements("d = v - u; v += d/2; k = n + 1") == {
        "d": Symbol(VOLT),
        "k": Symbol(DIMENSIONLESS, "integer"),
    }


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("v = 0", DimensionError),
        ("d = v\nd = tau", DimensionError),
        ("d += v", UnknownNameError),
        ("v = d\nd = v", UnknownNameError),
        ("mV = 3", SpikeqError),
        ("k = 0\nk = 0.5", KindError),
        ("k = 1\nk /= 2", KindError),
    ],
)
def test_blocks_that_do_not_fit(text, error):
    with pytest.raises(error) as caught:
        statements(text)
    assert caught.value.text == text
    assert caught.value.span is not None


def test_some_variables_are_not_assigned_to():
    with pytest.raises(SpikeqError, match="a subexpression"):
        statements("v = u", read_only={"v": "a subexpression"})
