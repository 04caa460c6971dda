"""One step of every method, number by number, against Brian2's own state updaters in a process of their own."""

from __future__ import annotations

import importlib.util
import json
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from tests.discretise.stepping import advance, updates_of

# Executes the abstract code that Brian2 makes of the equations; reads and writes JSON.
BRIAN2 = """
import json, sys, math
import numpy as np
from brian2 import Equations
from brian2.equations.refractory import add_refractoriness
from brian2.stateupdaters.base import StateUpdateMethod, UnsupportedEquationsException
space = {name: getattr(np, name) for name in ("exp", "sin", "cos", "sqrt", "log", "sinh", "cosh", "tanh", "abs")}
results = []
for case in json.load(sys.stdin):
    equations = add_refractoriness(Equations(case["text"]))
    try:
        code = StateUpdateMethod.stateupdaters[case["method"]](equations, {})
    except UnsupportedEquationsException:
        results.append(None)
        continue
    names = dict(space, int=int, **case["known"], **case["start"], dt=case["dt"], t=case["t"])
    for line in code.splitlines():
        target, expression = (part.strip() for part in line.split("=", 1))
        if target == "xi" or target.startswith("xi_"):
            names[target] = math.sqrt(case["dt"]) * case["known"][target]
        else:
            names[target] = eval(expression, names)
    results.append({name: float(names[name]) for name in case["start"]})
print(json.dumps(results))
"""

ADAPTIVE = "dv/dt = (E_L - v + R*I - w)/tau : 1\ndw/dt = (a*(v - E_L) - w)/tau_w : 1"
CUBA = "dv/dt = (g + h - (v - E_L))/tau : 1 (unless refractory)\ndg/dt = -g/tau_g : 1\ndh/dt = -h/tau_h : 1"
GATES = """
dv/dt = (E_L - v + g*m**3*n*(E - v) + I)/tau : 1
dm/dt = 0.32*(v + 1.5)/(1 - exp(-(v + 1.5)/0.4))*(1 - m) - 0.28*exp(v/0.5)*m : 1
dn/dt = (1 - n)*exp(v)/tau_g - n/tau_h : 1
"""
FORCED = "dv/dt = (E_L - v)/tau + sin(3*t)*v*w : 1\ndw/dt = cos(t)*v - w**2 : 1"
NOISY = "dv/dt = (E_L - v)/tau + s*xi_1 + 2*xi_2 : 1 (unless refractory)\ndw/dt = v - w + s*xi_2/tau : 1"
MULTIPLICATIVE = "dv/dt = (E_L - v)/tau + s*v*w*xi_1 : 1\ndw/dt = v - w + (s + v*w + t)*xi_2 : 1\ndu/dt = v - u : 1"
SHARED = "dv/dt = -v + s*v*w*xi_1 + w*xi_2 : 1\ndw/dt = v - w + s*v*xi_1 : 1\ndu/dt = v - u : 1"

CASES = [
    *(
        (text, method)
        for text in (ADAPTIVE, CUBA, GATES, FORCED)
        for method in ("euler", "rk2", "rk4", "heun", "milstein")
    ),
    *((text, "exponential_euler") for text in (ADAPTIVE, CUBA, GATES)),
    *((text, "exact") for text in (ADAPTIVE, CUBA)),
    ("dg/dt = (x - g)/tau : 1\ndx/dt = -x/tau : 1", "exact"),
    ("dv/dt = (g - v)/tau : 1\ndg/dt = (x - g)/tau_g : 1\ndx/dt = -x/tau_h : 1", "exact"),
    *((NOISY, method) for method in ("euler", "heun")),
    *((MULTIPLICATIVE, method) for method in ("milstein", "heun")),
    (SHARED, "heun"),
]
KNOWN = {
    **{"E_L": -0.7, "tau": 0.01, "tau_w": 0.1, "tau_g": 0.005, "tau_h": 0.02, "R": 2.0, "I": 0.3, "a": 0.5},
    **{"g": 0.4, "E": 1.1, "s": 0.6, "xi_1": 0.83, "xi_2": -1.37, "not_refractory": True},
}
START = {"v": 0.37, "w": -0.21, "u": 0.5, "g": 0.29, "h": -0.4, "x": 1.7, "m": 0.11, "n": 0.62}
DT, T = 4e-4, 0.123


def _case(text: str, method: str, running: bool) -> dict[str, Any]:
    start = {name: value for name, value in START.items() if f"d{name}/dt" in text}
    known = {name: value for name, value in KNOWN.items() if name not in start} | {"not_refractory": running}
    return {"text": text, "method": method, "start": start, "known": known, "dt": DT, "t": T}


ALL = [_case(text, method, True) for text, method in CASES]
# While refractory, Brian2's exact and exponential_euler divide by zero.
DIVIDING = ("exact", "exponential_euler")
ALL += [_case(text, method, False) for text, method in CASES if "refractory" in text and method not in DIVIDING]


@pytest.fixture(scope="module")
def brian2() -> list[dict[str, float] | None]:
    if importlib.util.find_spec("brian2") is None:
        pytest.skip("brian2 is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", BRIAN2],
        input=json.dumps(ALL),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, float] | None] = json.loads(done.stdout.splitlines()[-1])
    return results


@pytest.mark.parametrize("number", range(len(ALL)), ids=[f"{k}-{case['method']}" for k, case in enumerate(ALL)])
def test_one_step_is_brian2s(brian2: list[dict[str, float] | None], number: int) -> None:
    case, theirs = ALL[number], brian2[number]
    assert theirs is not None
    known = {**case["known"], "not_refractory": np.bool_(case["known"]["not_refractory"])}
    ours = advance(updates_of(case["text"], case["method"]), case["start"], known, DT, T)
    assert all(math.isfinite(value) for value in ours.values())
    assert ours == pytest.approx(theirs, rel=1e-12)
