"""The choice of a method, what each refuses, and noise."""

from __future__ import annotations

import subprocess
import sys

import pytest

from spikeq.discretise.flow import Flow
from spikeq.discretise.methods import METHODS, discretise
from spikeq.errors import MethodError, ModelError
from spikeq.language.expression import to_text
from spikeq.language.parse import parse_expression
from tests.discretise.stepping import advance, updates_of


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("dv/dt = (E_L - v)/tau : 1", "exact"),
        ("dv/dt = (g - v)/tau : 1 (unless refractory)\ndg/dt = -g/tau_g : 1", "exact"),
        ("dv/dt = -v**2 : 1", "euler"),
        ("dv/dt = c : 1", "euler"),
        ("dx/dt = (y - x)/tau : 1\ndy/dt = (x - y)/tau : 1", "euler"),
        ("dv/dt = sin(t) - v : 1", "euler"),
        ("dv/dt = -v/tau + s*xi : 1", "euler"),
        ("dv/dt = -v/tau + s*v*xi : 1", "heun"),
        ("dv/dt = -v/tau + s*t*xi : 1", "heun"),
        ("dv/dt = -v/tau + s*(v/v)*xi : 1", "euler"),
        ("v : 1", "exact"),
    ],
)
def test_the_choice_is_brian2s(text: str, method: str) -> None:
    assert updates_of(text, None).method == method


def test_names_of_methods_in_any_case_and_near_misses() -> None:
    assert updates_of("dv/dt = -v : 1", "RK4").method == "rk4"
    assert updates_of("dv/dt = -v : 1", "linear").method == "exact"
    with pytest.raises(MethodError) as caught:
        updates_of("dv/dt = -v : 1", "exponential-euler")
    assert "'exponential_euler'" in caught.value.help


def test_euler_keeps_the_right_side_as_written() -> None:
    updates = updates_of("dv/dt = (ge + gi - (v - El))/taum : 1\ndge/dt = -ge*(1/taue) : 1", "euler")
    assert [(name, to_text(e)) for name, e in updates.finals] == [
        ("v", "v + dt*((ge + gi - (v - El))/taum)"),
        ("ge", "ge + dt*(-ge*(1/taue))"),
    ]
    assert updates.locals == ()


def test_euler_writes_noise_with_its_constant_factors_together() -> None:
    updates = updates_of("dv/dt = (sigma*sqrt(2*tau)*xi_a - v + 3*xi_b)/tau : 1 (unless refractory)", "euler")
    (_, expression), known = updates.finals[0], {"sigma": 2.0, "tau": 0.01, "xi_a": 0.3, "xi_b": -1.1}
    assert to_text(expression).startswith("v + dt*(int(not_refractory)*(-v/tau)) + int(not_refractory)*")
    after = advance(updates, {"v": 0.5}, {**known, "not_refractory": True}, 1e-4)
    expected = 0.5 - 1e-4 * 50 + 1e-2 * (2 * 0.02**0.5 * 0.3 - 3.3) / 0.01
    assert after["v"] == pytest.approx(expected, rel=1e-14)
    assert advance(updates, {"v": 0.5}, {**known, "not_refractory": False}, 1e-4) == {"v": 0.5}


def test_one_name_of_a_noise_is_one_number() -> None:
    updates = updates_of("dv/dt = xi_a : 1\ndw/dt = 2*xi_a : 1", "euler")
    after = advance(updates, {"v": 0.0, "w": 0.0}, {"xi_a": 0.7}, 0.25)
    assert after == pytest.approx({"v": 0.35, "w": 0.7})


@pytest.mark.parametrize("method", ["euler", "exact", "exponential_euler", "rk2", "rk4"])
def test_multiplicative_noise_is_refused_by_name(method: str) -> None:
    with pytest.raises(MethodError, match=f"{method} cannot integrate dv/dt") as caught:
        updates_of("dw/dt = -w : 1\ndv/dt = -v + w*v*xi : 1", method)
    assert "heun" in caught.value.help and "milstein" in caught.value.help


@pytest.mark.parametrize(
    "text",
    ["dv/dt = xi_a + xi_b : 1", "dv/dt = xi_a : 1\ndw/dt = xi_a : 1"],
)
def test_milstein_needs_diagonal_noise(text: str) -> None:
    with pytest.raises(MethodError, match="milstein cannot integrate"):
        updates_of(text, "milstein")
    assert updates_of(text, "heun").method == "heun"


@pytest.mark.parametrize(
    "text", ["dv/dt = xi**2 : 1", "dv/dt = sin(xi) : 1", "dv/dt = xi_a*xi_b : 1", "dv/dt = 1/xi : 1"]
)
@pytest.mark.parametrize("method", [*METHODS, None])
def test_noise_must_enter_linearly(text: str, method: str | None) -> None:
    with pytest.raises(ModelError, match="not linear in xi"):
        updates_of(text, method)


@pytest.mark.parametrize("method", [*METHODS, None])
def test_the_bare_noise_belongs_to_one_equation(method: str | None) -> None:
    with pytest.raises(ModelError, match="equations of v and of w") as caught:
        updates_of("dv/dt = xi : 1\ndw/dt = xi : 1", method)
    assert "xi_v" in caught.value.help


def test_exponential_euler_refuses_what_is_not_linear_in_its_own_variable() -> None:
    with pytest.raises(MethodError, match="not linear in v"):
        updates_of("dv/dt = -v**2 : 1", "exponential_euler")
    with pytest.raises(MethodError, match="random number multiplies v"):
        updates_of("dv/dt = -v*rand() : 1", "exponential_euler")
    assert updates_of("dv/dt = -v*w**2 + rand() : 1\ndw/dt = v**3 - w : 1", "exponential_euler").method


@pytest.mark.parametrize("method", ["euler", "heun", "milstein", "rk2", "rk4", "exponential_euler"])
def test_names_of_locals_never_meet(method: str) -> None:
    text = "da/dt = -a*b : 1\nda_xi/dt = -a*a_xi : 1\ndb/dt = -b*a : 1\ndx2_a/dt = -x2_a*a : 1"
    if method in ("heun", "milstein"):
        text = text.replace(" : 1", " + {0}*xi_{0} : 1")
        text = "\n".join(line.format(line[1 : line.index("/")]) for line in text.splitlines())
    updates = updates_of(text, method)
    made = [name for name, _ in updates.locals]
    assert len(set(made)) == len(made)
    assert all(name.startswith("_") for name in made)


def test_no_flows_no_updates() -> None:
    for method in (*METHODS, None):
        assert discretise([], method, lambda name: True).finals == ()


def test_sympy_is_not_imported_for_equations_that_are_linear_as_written() -> None:
    code = (
        "import sys; from tests.discretise.stepping import updates_of;"
        "updates_of('dv/dt = (g - v)/tau : 1\\ndg/dt = -g/tau : 1', None);"
        "assert 'sympy' not in sys.modules;"
        "updates_of('dv/dt = v*v/v : 1', None);"
        "assert 'sympy' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", [*METHODS, None])
def test_hostile_powers_end_in_an_error_or_a_result(method: str | None) -> None:
    flow = Flow("v", parse_expression("v**2 + 9**9**9**9 - v*v"))
    try:
        assert discretise([flow], method, lambda name: True).finals[0][0] == "v"
    except MethodError as error:
        assert "v" in error.message
