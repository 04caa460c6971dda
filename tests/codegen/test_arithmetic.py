"""Every operator and function of the language, emitted for torch and run, against the interpreter over NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from spikeq import Network, NeuronGroup, ms
from spikeq.codegen.spelling import FUNCTIONS
from spikeq.language.evaluate import evaluate
from spikeq.language.functions import FUNCTIONS as LANGUAGE
from spikeq.language.parse import parse_expression

REALS = np.array([-710.5, -3.0, -2.5, -1.0, -0.5, -1e-9, 0.0, 1e-17, 1e-9, 0.5, 0.75, 1.0, 2.5, 3.0, 30.25, 710.0, 1e5])
INTEGERS = np.array([-(2**31), -46341, -7, -3, -2, -1, 0, 1, 2, 3, 7, 46341, 2**31 - 1])
FORMS = ("auto", "torch static")


def emitted(text: str, kind: str, form: str, x: Any, y: Any, k: Any, j: Any) -> np.ndarray[Any, Any]:
    """The values of an expression over variables that the step itself writes, so that no host computes them."""
    declared = {"real": "1", "integer": "integer", "boolean": "boolean"}[kind]
    model = f"x : 1\ny : 1\nk : integer\nj : integer\nb : boolean\nc : boolean\nr : {declared}"
    G = NeuronGroup(len(x), model)
    G.run_regularly(f"x *= 1; y *= 1; k *= 1; j *= 1; b = b; c = c; r = {text}")
    G.x, G.y, G.k, G.j, G.b, G.c = x, y, k, j, x > 0, y > 0
    Network(G, dtype="float64", dt=1 * ms, check_finite=None, backend=form).run(1 * ms)
    return np.asarray(G.r_[:])


def interpreted(text: str, x: Any, y: Any, k: Any, j: Any) -> np.ndarray[Any, Any]:
    values = {"x": x, "y": y, "k": k.astype(np.int32), "j": j.astype(np.int32), "b": x > 0, "c": y > 0, "dt": 1e-3}
    return np.broadcast_to(np.asarray(evaluate(parse_expression(text), values.__getitem__)), x.shape)


def compared(text: str, kind: str, form: str, ulps: int = 0) -> None:
    x, y = (grid.ravel() for grid in np.meshgrid(REALS, REALS))
    k, j = (grid.ravel() for grid in np.meshgrid(np.resize(INTEGERS, len(REALS)), np.resize(INTEGERS, len(REALS))))
    found, expected = emitted(text, kind, form, x, y, k, j), interpreted(text, x, y, k, j)
    if kind != "real" or not ulps:
        assert np.array_equal(found, expected.astype(found.dtype), equal_nan=kind == "real")
        return
    assert np.array_equal(np.isnan(found), np.isnan(expected))
    assert np.array_equal(np.isinf(found), np.isinf(expected))
    known = np.isfinite(expected)
    found, expected = found[known], expected[known]
    assert (np.abs(found - expected) <= ulps * np.spacing(np.abs(expected))).all()


ONE = [name for name, function in sorted(LANGUAGE.items()) if function.arity == 1 and not function.stateful]


def test_every_function_of_the_language_has_a_spelling() -> None:
    assert set(FUNCTIONS) == {name for name, function in LANGUAGE.items() if not function.stateful}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", [name for name in ONE if LANGUAGE[name].kind != "integer"])
def test_functions_of_one_real(name: str, form: str) -> None:
    compared(f"{name}(x)", "real", form, ulps=2)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["int(x/1e5)", "floor(x)", "ceil(x)", "int(x > y)", "sign(k)", "abs(j)", "int(k)"])
def test_functions_with_whole_results(text: str, form: str) -> None:
    compared(text, "integer", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text",
    ["clip(x, -1, 2.5)", "clip(x, y, 3)", "clip(k, -2, 2)", "sign(x)*y", "abs(x) - abs(k)", "int(b)*x + int(not b)*y"],
)
def test_functions_of_several_arguments(text: str, form: str) -> None:
    compared(text, "real", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["timestep(x*1e-3*second, 0.1*ms)", "timestep(abs(x)*ms, dt)"])
def test_timestep(text: str, form: str) -> None:
    x, y = REALS, REALS[::-1].copy()
    k = np.zeros(len(x), int)
    found = emitted(text, "integer", form, x, y, k, k)
    step = 1e-4 if "0.1" in text else 1e-3
    times = x * 1e-3 if "0.1" in text else np.abs(x) * 1e-3
    assert np.array_equal(found, np.trunc((times + 1e-3 * step) / step).astype(np.int32))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("op", ["+", "-", "*", "/", "//", "%"])
def test_real_arithmetic(op: str, form: str) -> None:
    compared(f"x {op} y", "real", form)
    compared(f"x {op} k", "real", form)
    compared(f"2.5 {op} x", "real", form)
    compared(f"x {op} 3", "real", form)
    compared(f"3 {op} x {op} b", "real", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["x**y", "x**2", "x**3", "x**-1", "x**0.5", "x**k", "2**x", "2.0**k"])
def test_real_powers(text: str, form: str) -> None:
    compared(text, "real", form, ulps=2)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("op", ["+", "-", "*", "//", "%", "**"])
def test_integer_arithmetic_wraps_and_floors_as_numpy_does(op: str, form: str) -> None:
    compared(f"k {op} j", "integer", form)
    compared(f"k {op} 3", "integer", form)
    compared(f"7 {op} k", "integer", form)
    compared(f"k {op} b", "integer", form)
    compared(f"int(k > 0) {op} j", "integer", form)


@pytest.mark.parametrize("form", FORMS)
def test_integers_divide_to_reals(form: str) -> None:
    compared("k / j", "real", form)
    compared("1 / k", "real", form)
    compared("k / 2 + b / 4", "real", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("op", ["<", "<=", ">", ">=", "==", "!="])
def test_comparisons(op: str, form: str) -> None:
    for left, right in (("x", "y"), ("k", "j"), ("x", "k"), ("k", "2.5"), ("0", "x"), ("k", "3")):
        compared(f"{left} {op} {right}", "boolean", form)
    if op in ("==", "!="):
        compared(f"b {op} c", "boolean", form)
        compared(f"b {op} (x > y)", "boolean", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["b and c", "b or c", "not b", "not (b or x > y) and (c or k == j)"])
def test_logic(text: str, form: str) -> None:
    compared(text, "boolean", form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text", ["-x**2", "-k", "+k - -j", "2*-x", "-int(b) + 1", "x - (y - x)", "x/(y/x)", "-(k % 3)"]
)
def test_signs_and_brackets(text: str, form: str) -> None:
    compared(text, "real", form)
