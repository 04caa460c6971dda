"""The interpreter, compared with Brian2's own code and with small answers by hand."""

import time
import warnings

import numpy as np
import pytest

from spikeq.dimension import DIMENSIONLESS
from spikeq.language.check import Symbol, infer
from spikeq.language.evaluate import evaluate, exprel
from spikeq.language.literals import arithmetic, fold_literals, number
from spikeq.language.parse import parse_expression

VALUES = {
    "x": np.array([-2.5, -1.0, -0.0, 1e-17, 0.3, 1.0, 2.0, 800.0]),
    "y": np.array([3.0, -2.0, 0.5, 1.0, -0.3, 7.0, 2.0, 1e-3]),
    "p": np.array([0.1, 0.5, 1.0, 1e-9, 0.3, 2.0, 40.0, 717.5]),
    "n": np.array([-7, -2, -1, 0, 1, 2, 5, 46341], dtype=np.int32),
    "m": np.array([2, 3, -4, 5, 1, -2, 3, 3], dtype=np.int32),
    "k": np.array([0, 1, 2, 3, 0, 1, 2, 3], dtype=np.int32),
    "b": np.array([True, False] * 4),
    "c": np.array([True, True, False, False] * 2),
}
KINDS = {"f": "real", "i": "integer", "b": "boolean"}

TEXTS = """
x + y | x - y*2 | x/y | x // y | x % y | x**2 | p**y | p**0.5 | -x**2 | x*y**-1 | x - -y | +x | 7 % y | -7 % p
n + m | n - m | n*m | n*n | n/m | n // m | n % m | n**2 | n**k | 2**k | (-2)**k | n**2.0 | -n | n*100000
n // 2.0 | n % 3 | -n % 3 | n / 2 | n + 0.5 | n*x | n // 3 | 7 // m | 7 % m | -7 // 2 | -7 % 3 | 2**3**2
-2**2 | 7/2 | 7//2 | x > y | x <= y | n == m | n != k | n >= 1 | x < 1 and b | b or c | not b | not b and c
x == 1 or n < 2 | b == c | b != c | exp(y) | log(p) | log10(p) | expm1(y) | log1p(p) | exprel(x) | exprel(y)
sqrt(p) | abs(x) | abs(n) | sign(x) | sign(n) | sin(x) | cos(x) | tan(y) | sinh(y) | cosh(y) | tanh(x)
arcsin(x/800) | arccos(x/800) | arctan(x) | ceil(y) | floor(y) | floor(y)/2 | ceil(x)*3 | int(y) | int(b)
int(x > 0)*y | int(n) | b*x | 2*b + 1 | b*n | int(-y*1.5) | clip(x, -1, 1) | clip(n, 0, 3) | clip(n, 0.5, 2)
clip(x, y, 2.5) | clip(x, 1, -1) | timestep(p, 0.1) | timestep(p, p) | 1e10*x | 2.0*3 + x | x*0 | exp(1) + x
abs(-3)*n | n + abs(-3)*100000 | (x + y)*(x - y)/p | x - y - p | x - (y - p) | 1.0/3*x | p**(1/3)
2*n + 1 > m and not b | inf*p | exp(1000*y) | log(x) | 0.0*log(p - p) | n // k | n % (k + 0)
"""
TEXTS = [text.strip() for text in TEXTS.replace("\n", "|").split("|") if text.strip()]


def look(name):
    return {"inf": np.inf}.get(name, VALUES.get(name))


@pytest.fixture(scope="module")
def in_brian2():
    """What the code that Brian2's numpy target writes for an expression computes."""
    pytest.importorskip("brian2")
    from brian2.codegen.generators.numpy_generator import NumpyCodeGenerator
    from brian2.core.functions import DEFAULT_FUNCTIONS
    from brian2.parsing.rendering import NumpyNodeRenderer

    space = {**VALUES, "inf": np.inf, "logical_not": np.logical_not}
    for name, function in DEFAULT_FUNCTIONS.items():
        try:
            space[name] = function.implementations[NumpyCodeGenerator].get_code(None)
        except KeyError:
            space[name] = function.pyfunc

    def compute(text):
        with np.errstate(all="ignore"):
            return eval(NumpyNodeRenderer().render_expr(text), {}, space)

    return compute


@pytest.mark.parametrize("text", TEXTS)
def test_brian2_computes_the_same_bits(text, in_brian2):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ours = evaluate(parse_expression(text), look)
    theirs = in_brian2(text)
    np.testing.assert_array_equal(ours, theirs)
    if isinstance(theirs, np.ndarray) and "abs(-3)" not in text and "b*" not in text and "*b" not in text:
        assert ours.dtype == theirs.dtype


# timestep takes times, and nothing has a unit here
@pytest.mark.parametrize("text", [text for text in TEXTS if "timestep" not in text])
def test_the_kind_is_the_one_that_was_inferred(text):
    def symbol(name):
        return Symbol(DIMENSIONLESS, "real" if name == "inf" else KINDS[VALUES[name].dtype.kind])

    value = np.asarray(evaluate(parse_expression(text), look))
    assert KINDS[value.dtype.kind] == infer(parse_expression(text), symbol).kind


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n**m", [49, -8, 1, 0, 1, 0, 125, 46341**3 - 2**32 * round(46341**3 / 2**32)]),
        ("b + n", [-6, -2, 0, 0, 2, 2, 6, 46341]),
        ("n % 0 + n // 0", [0] * 8),
        ("n**-1", [-1 / 7, -0.5, -1, np.inf, 1, 0.5, 0.2, 1 / 46341]),
        ("(n*0)**(0*n - 1)", [0] * 8),
        ("int(3e9*p)", None),
    ],
)
def test_integers_by_hand(text, value):
    got = evaluate(parse_expression(text), look)
    if value is None:
        assert got.dtype == np.int32
    else:
        np.testing.assert_array_equal(got, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100000*100000", 1e10),
        ("2147483647 + 1", 2147483648.0),
        ("2**-1", 0.5),
        ("10 - 3*4", -2),
        ("7 // 2", 3),
        ("True + 1", 2),
        ("not True", False),
        ("9**9**9**9", np.inf),
        ("(-3)**1000001", -np.inf),
        ("(-1)**1000001", -1),
        ("0**0", 1),
        ("1/0", np.inf),
        ("3000000000", 3e9),
        ("exp(0)", 1.0),
        ("int(2.9) + int(-2.9)", 0),
    ],
)
def test_numbers_alone(text, value):
    start = time.perf_counter()
    got = evaluate(parse_expression(text), look)
    assert got == value
    assert isinstance(value, float) == (np.asarray(got).dtype.kind == "f")
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("text", ["100000*100000 // 7", "2**-1 + n", "9**20*x", "-2147483648 + n", "7/2", "3*n"])
def test_folded_literals_have_the_same_value_and_fit_into_32_bits(text):
    expression = parse_expression(text)
    folded = fold_literals(expression)
    np.testing.assert_array_equal(evaluate(folded, look), evaluate(expression, look))


def test_folding_leaves_other_arithmetic_as_it_was_written():
    for text in ("2*3*x", "1/3*x", "x**(1/2)", "n*100000*100000"):
        assert fold_literals(parse_expression(text)) == parse_expression(text)


def test_huge_integers_become_real():
    assert number(10**400) == np.inf
    assert number(-(10**400)) == -np.inf
    assert arithmetic("**", 2, 31) == 2.0**31
    assert isinstance(arithmetic("**", 2, 30), int)


def test_functions_without_a_row_are_called_back():
    seen = []

    def call(name, arguments, node):
        seen.append((name, node.function, len(arguments)))
        return np.arange(8.0) if name == "rand" else arguments[0] * 2

    result = evaluate(parse_expression("rand() + table(x)"), look, call)
    np.testing.assert_array_equal(result, np.arange(8.0) + VALUES["x"] * 2)
    assert seen == [("rand", "rand", 0), ("table", "table", 1)]
    with pytest.raises(LookupError, match="rand"):
        evaluate(parse_expression("rand()"), look)


def test_single_values_and_other_types_are_taken():
    outside = {"i": 3, "f": np.float32(0.1), "u": np.uint8(200), "big": 2**40, "t": True}
    assert evaluate(parse_expression("i + u"), outside.get).dtype == np.int32
    assert evaluate(parse_expression("f"), outside.get).dtype == np.float64
    assert evaluate(parse_expression("big"), outside.get) == 2.0**40
    assert evaluate(parse_expression("t + t"), outside.get) == 2


def test_exprel_joins_its_branches():
    np.testing.assert_array_equal(exprel(np.array([0.0, 1e-17, -1e-17, 718.0])), [1, 1, 1, np.inf])


def test_long_chains_need_no_stack():
    assert evaluate(parse_expression(" + ".join(["1.5"] * 2000)), look) == 3000
