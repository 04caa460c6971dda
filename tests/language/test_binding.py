"""Names from outside: their order, their values and what is refused."""

import math
import types
import warnings

import numpy as np
import pytest

from spikeq.dimension import AMP, DIMENSIONLESS, SECOND, VOLT
from spikeq.errors import (
    EquationSyntaxError,
    KindError,
    LimitError,
    ModelError,
    ShapeError,
    SpikeqError,
    SpikeqWarning,
    UnknownNameError,
    UnsupportedError,
    ValueRangeError,
)
from spikeq.language.binding import (
    bind,
    binding_of,
    caller_namespace,
    lookups,
    outside_names,
    resolve,
)
from spikeq.language.check import Symbol, infer
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import to_text
from spikeq.language.functions import FUNCTIONS, Function
from spikeq.language.parse import parse_expression
from spikeq.language.user_function import UserFunction, inline_functions
from spikeq.units import ms, mV, volt


def one(name, *mappings):
    layers = [(f"layer {number}", mapping) for number, mapping in enumerate(mappings)]
    return resolve([name], layers)[name]


def test_the_first_match_wins_and_another_value_warns():
    with pytest.warns(SpikeqWarning, match="'tau'.*layer 0.*layer 1") as caught:
        assert one("tau", {"tau": 1.5}, {"tau": 2.5}, {"tau": 3.5}).value == 1.5
    assert len(caught) == 1


def test_the_language_comes_first():
    with pytest.warns(SpikeqWarning, match="'pi'"):
        assert one("pi", {"pi": 3}).value == math.pi
    with pytest.warns(SpikeqWarning, match="'ms'"):
        assert one("ms", {"ms": 7}).dimension == SECOND


def test_equal_values_do_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert one("tau", {"tau": 10 * ms}, {"tau": 0.01 * 1000 * ms}).value == 0.01
        assert one("pi", {"pi": np.pi}).value == math.pi
        assert one("ms", {"ms": ms}).value == 0.001
        assert one("exp", {"exp": np.exp}).value is FUNCTIONS["exp"]
        assert one("int", {}).kind == "function"


def test_objects_that_are_no_values_are_passed_over():
    assert one("tau", {"tau": "a string"}, {"tau": 2.0}).value == 2.0


@pytest.mark.parametrize(
    ("value", "kind", "value_kind", "dimension", "expected"),
    [
        (3, "number", "integer", DIMENSIONLESS, 3),
        (2**31, "number", "real", DIMENSIONLESS, 2.0**31),
        (2.5, "number", "real", DIMENSIONLESS, 2.5),
        (True, "number", "boolean", DIMENSIONLESS, True),
        (np.float32(0.5), "number", "real", DIMENSIONLESS, 0.5),
        (math.inf, "number", "real", DIMENSIONLESS, math.inf),
        (-70 * mV, "number", "real", VOLT, -0.07),
        (3 * volt, "number", "real", VOLT, 3.0),
        (volt, "number", "real", VOLT, 1.0),
        (np.arange(3), "array", "integer", DIMENSIONLESS, [0, 1, 2]),
        (np.arange(3) * volt, "array", "real", VOLT, [0.0, 1.0, 2.0]),
        (np.array([True, False]), "array", "boolean", DIMENSIONLESS, [True, False]),
        (np.ones((2, 1)), "sweep", "real", DIMENSIONLESS, [[1.0], [1.0]]),
    ],
)
def test_values(value, kind, value_kind, dimension, expected):
    found = binding_of("a", value)
    assert (found.kind, found.value_kind, found.dimension) == (kind, value_kind, dimension)
    np.testing.assert_allclose(found.value, expected, rtol=1e-15)
    assert np.asarray(found.value).dtype.kind == {"integer": "i", "real": "f", "boolean": "b"}[value_kind]


def python_function(x):
    return x


@pytest.mark.parametrize(
    ("value", "error", "word"),
    [
        ("text", KindError, "str"),
        (None, KindError, "NoneType"),
        ([1, 2], KindError, "list"),
        (types, KindError, "module"),
        (int, KindError, "type"),
        (1 + 2j, KindError, "complex"),
        (math.nan, ValueRangeError, "NaN"),
        (np.array([1.0, math.nan]), ValueRangeError, "NaN"),
        (np.ones((2, 3)), ShapeError, r"\[2, 3\]"),
        (np.array(["a"]), KindError, "number"),
        (python_function, UnsupportedError, "Python function"),
        (lambda x: x, UnsupportedError, "Python function"),
    ],
)
def test_what_has_no_value_is_refused_by_its_type(value, error, word):
    with pytest.raises(error, match=word):
        one("a", {"a": value})


def test_an_unknown_name_is_shown_where_it_stands_with_the_nearest_names():
    text = "v/taum + exp(x)"
    names = outside_names([parse_expression(text)], {"v", "x"})
    with pytest.raises(UnknownNameError) as caught:
        resolve(names, [("the namespace", {"tau_m": 1})], known={"v"})
    assert text[slice(*caught.value.span)] == "taum"
    assert "tau_m" in caught.value.help


def test_an_unknown_function_is_an_error_too():
    with pytest.raises(UnknownNameError, match="sine"):
        resolve(outside_names([parse_expression("sine(1)")]), [])


def test_the_callers_names_are_globals_under_locals():
    python_function = 5
    found = caller_namespace()
    assert found["python_function"] == python_function
    assert found["math"] is math

    def inner():
        return caller_namespace(1)

    assert inner()["python_function"] == 5


class Table:
    signature = Function("I", (SECOND,), AMP)


def test_a_table_over_time_is_known_by_its_signature():
    table = Table()
    bindings = resolve({"I": None}, [("the namespace", {"I": table})])
    assert (bindings["I"].kind, bindings["I"].value, bindings["I"].dimension) == ("timed_array", table, AMP)
    look, look_function = lookups({"t": Symbol(SECOND)}, bindings)
    assert infer(parse_expression("2*I(t)"), look, look_function).dimension == AMP
    with pytest.raises(KindError, match="function of time"):
        infer(parse_expression("2*I"), look, look_function)


def test_named_exponents_have_values_after_binding():
    bindings = resolve({"n": None}, [("the namespace", {"n": 2})])
    look, look_function = lookups({"v": Symbol(VOLT)}, bindings)
    assert infer(parse_expression("v**n"), look, look_function).dimension == VOLT**2


def write_out(text, *functions):
    made = {f.name: f for f in map(UserFunction, functions)}
    return inline_functions(parse_expression(text), made)


@pytest.mark.parametrize(
    ("text", "functions", "expected"),
    [
        ("f(2) + x", ["f(x) = x**2"], "2**2 + x"),
        ("f(x + 1)*2", ["f(x) = x*y"], "(x + 1)*y*2"),
        ("f(f(x))", ["f(x) = x + 1"], "x + 1 + 1"),
        ("g(x)", ["f(a) = a - 1", "g(b) = f(b)*f(2*b)"], "(x - 1)*(2*x - 1)"),
        ("f(y, x)", ["f(x, y) = x - y"], "y - x"),
        ("f()", ["f() = 3"], "3"),
        ("h(x)", ["f(x) = x"], "h(x)"),
        ("f(rand())", ["f(x) = x + 1"], "rand() + 1"),
    ],
)
def test_user_functions_are_written_out(text, functions, expected):
    assert to_text(write_out(text, *functions)) == expected


@pytest.mark.parametrize(
    ("text", "functions", "error"),
    [
        ("f(1, 2)", ["f(x) = x"], EquationSyntaxError),
        ("f(1)", ["f(x) = f(x) + 1"], ModelError),
        ("f(1)", ["f(x) = g(x)", "g(x) = f(x)"], ModelError),
        ("f(rand())", ["f(x) = x*x"], UnsupportedError),
        ("f(" * 60 + "x" + ")" * 60, ["f(x) = x*x"], LimitError),
    ],
)
def test_user_functions_that_cannot_be_written_out(text, functions, error):
    with pytest.raises(error):
        write_out(text, *functions)


def test_mistakes_inside_a_function_are_shown_at_its_call():
    expression = write_out("1 + f(v)", "f(x) = x + 1")
    with pytest.raises(SpikeqError) as caught:
        infer(expression, {"v": Symbol(VOLT)}.__getitem__)
    assert "1 + f(v)"[slice(*caught.value.span)] == "f(v)"


def test_binding_writes_functions_out_and_finds_what_they_read():
    outside = {"f": UserFunction("f(x) = g(x)/tau"), "g": UserFunction("g(x) = x*w"), "tau": 10 * ms, "w": 3}
    written, bindings = bind([parse_expression("f(v) + 1/ms")], {"v"}, [("the namespace", outside)])
    assert to_text(written[0]) == "v*w/tau + 1/ms"
    assert set(bindings) == {"w", "tau", "ms"}
    values = {name: binding.value for name, binding in bindings.items()} | {"v": 2.0}
    assert evaluate(written[0], values.get) == 2.0 * 3 / 0.01 + 1 / 0.001


def test_a_name_of_a_caller_further_out_is_pointed_at() -> None:
    """Of enclosing functions Python hands on only names that the inner function uses."""
    known_outside = 3.0

    def inner() -> None:
        resolve(["known_outside"], [("the run's namespace", caller_namespace())])

    with pytest.raises(UnknownNameError) as raised:
        inner()
    assert "namespace={'known_outside': known_outside}" in raised.value.help
    assert test_a_name_of_a_caller_further_out_is_pointed_at.__name__ in raised.value.help
    assert known_outside == 3.0


def test_units_are_suggested_only_when_near() -> None:
    for name, suggested in (("tau2", False), ("mVolt", True), ("mvolts", True)):
        with pytest.raises(UnknownNameError) as raised:
            resolve([name], [])
        assert ("Did you mean" in raised.value.help) == suggested, raised.value.help
