"""Linear forms are found as written where they can be seen, by SymPy where not."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from spikeq.discretise.affine import affine
from spikeq.discretise.symbolic import expand, is_zero
from spikeq.language.expression import Binary, Expression, Literal, Name, to_text
from spikeq.language.parse import parse_expression
from tests.discretise.stepping import value


@pytest.mark.parametrize(
    ("text", "constant", "factors"),
    [
        ("-v/tau", None, {"v": "-1/tau"}),
        ("(I - v)/tau", "I/tau", {"v": "-1/tau"}),
        ("a*(b*v - u)", None, {"v": "a*b", "u": "a*-1"}),
        ("0.1 + 0.2 + v*0.3", "0.1 + 0.2", {"v": "0.3"}),
        ("exp(a)*v", None, {"v": "exp(a)"}),
        ("c", "c", {}),
        ("v**1", None, {"v": "1"}),
        ("-(-v)", None, {"v": "1"}),
        ("int(a > b)*v + (c // 2)", "c//2", {"v": "int(a > b)"}),
    ],
)
def test_linear_forms_keep_the_order_that_was_written(text: str, constant: str | None, factors: dict[str, str]) -> None:
    form = affine(parse_expression(text), ("v", "u"))
    assert form is not None
    written = {name: to_text(factor) for name, factor in form.factors.items()}
    assert (form.constant and to_text(form.constant), {n: f.replace("*-1", "*(-1)") for n, f in written.items()}) == (
        constant,
        {n: f.replace("*-1", "*(-1)") for n, f in factors.items()},
    )


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("((v + w)**2 - v**2 - w**2)/2", 0.7),
        ("v**2/v", 1.0),
        ("(v + w)*(v - w)/v + w*w/v", 1.0),
        ("v*exp(w)/exp(w) + v**2.0*3/v", 4.0),
        ("0.1*v*v/v", 0.1),
        ("(2*v)**3/(4*v**2)", 2.0),
    ],
)
def test_hidden_linear_forms_are_found(text: str, factor: float) -> None:
    form = affine(parse_expression(text), ("v",))
    assert form is not None
    assert value(to_text(form.factors["v"]), w=0.7) == pytest.approx(factor, rel=1e-15)


@pytest.mark.parametrize("text", ["v*v", "exp(v)", "w/v", "v**w", "v//2", "v % 2", "int(v > 0)*w", "abs(v)", "f(v)*2"])
def test_non_linear_expressions_are_not_linear(text: str) -> None:
    assert affine(parse_expression(text), ("v",)) is None


@pytest.mark.parametrize(
    "text",
    [
        "v**2 + 9**9**9**9",
        "v*v + (((9**16)**16)**16)**16",
        "v*" + "*".join(f"(v + a{k})" for k in range(40)),
        "(v + a + b + c + d + e1 + f)**16",
        "v**2/0",
        "v*v + " + " + ".join(["w"] * 2000),
        "v**1e300",
        "v/(v - v)",
    ],
)
def test_hostile_powers_and_sizes_are_left_alone(text: str) -> None:
    assert affine(parse_expression(text), ("v",)) is None


def _continued_fraction(depth: int) -> str:
    return "x" if depth == 0 else f"a{depth}/(b{depth} + {_continued_fraction(depth - 1)})"


@pytest.mark.parametrize(
    "text",
    [
        "v*v + " + _continued_fraction(12),
        "v*v + " + _continued_fraction(40),
        "v*v*" + "*".join(f"(1/(a{k} + b{k}))" for k in range(15)) + "".join(f" + 1/(c{k} + d)" for k in range(20)),
        "v*v*(" + " + ".join(f"a{k}" for k in range(16)) + ")*(" + " + ".join(f"b{k}" for k in range(16)) + ")",
        "((v + 1)**16)/(v + 2)**-8*v",
        "v*v + " + "*".join(["2147483647"] * 60),
    ],
)
def test_expanding_ends_soon(text: str) -> None:
    expand(parse_expression("(a + b)*c"))  # SymPy's import does not count
    begin = time.process_time()
    assert affine(parse_expression(text), ("v",)) is None
    assert time.process_time() - begin < 2.0


@pytest.mark.parametrize(
    "name", ["E", "I", "S", "Q", "N1", "beta", "gamma", "zeta", "re", "im", "oo", "zoo", "lambda1"]
)
def test_names_that_mean_something_to_sympy(name: str) -> None:
    expanded = expand(parse_expression(f"({name} + v)*({name} - v)"))
    assert expanded is not None
    assert value(to_text(expanded), v=3.0, **{name: 7.0}) == 40.0


def test_floats_survive_exactly() -> None:
    expanded = expand(parse_expression("0.1234567890123456789*(v + 1e-300) + 3.141592653589793116*v"))
    found = {node.value for node in _literals(expanded)}
    assert {0.1234567890123456789, 1e-300, 3.141592653589793116} <= found


def test_whole_fractions_are_collected() -> None:
    expanded = expand(parse_expression("v/2 + v/3"))
    assert expanded is not None
    assert value(to_text(expanded), v=6.0) == pytest.approx(5.0)


def test_the_order_of_terms_is_the_same_in_every_process() -> None:
    code = (
        "from spikeq.discretise.symbolic import expand; from spikeq.language.expression import to_text;"
        "from spikeq.language.parse import parse_expression;"
        "print(to_text(expand(parse_expression('(zz + a*b - c)*(m - q/r)*(b + 2)'))))"
    )
    seeds = ("0", "1", "77")
    texts = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in seeds
    }
    assert len(texts) == 1


def test_what_is_always_zero_is_seen() -> None:
    assert is_zero(parse_expression("a*b - b*a"))
    assert is_zero(parse_expression("(a + b)**2 - a**2 - 2*a*b - b**2"))
    assert not is_zero(parse_expression("a*b - b*c"))


def _literals(expression: Expression | None) -> list[Literal]:
    from spikeq.language.expression import walk

    assert expression is not None
    return [node for node in walk(expression) if isinstance(node, Literal)]


def test_a_long_sum_is_no_trouble() -> None:
    long: Expression = Name("v")
    for _ in range(50_000):
        long = Binary("+", long, Name("a"))
    form = affine(long, ("v",))
    assert form is not None
    assert form.factors == {"v": Literal(1)}
