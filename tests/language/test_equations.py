"""Equations as a whole: names, order, substitution, noise and units."""

import warnings

import pytest

from spikeq.dimension import AMP, DIMENSIONLESS, OHM, SECOND, VOLT
from spikeq.errors import (
    DimensionError,
    EquationSyntaxError,
    KindError,
    LimitError,
    ModelError,
    NameConflictError,
    SpikeqError,
    SpikeqWarning,
    UnknownNameError,
)
from spikeq.language.binding import lookups, outside_names, resolve
from spikeq.language.check import Symbol
from spikeq.language.equations import Equations
from spikeq.language.expression import names, to_text
from spikeq.units import Mohm, ms, mV, nA, siemens

TEXT = """
dv/dt = (El - v + R*I)/tau : volt (unless refractory)
I = I0*scale + offset : amp    # the input
offset = 2*I0 : amp
scale = 1 + gain : 1 (constant over dt)
I0 : amp (constant)
gain : 1
"""


def test_the_names():
    equations = Equations(TEXT)
    assert equations.names == {"v", "I", "offset", "scale", "I0", "gain"}
    assert equations.diff_eq_names == {"v"}
    assert equations.subexpr_names == {"I", "offset", "scale"}
    assert equations.eq_names == {"v", "I", "offset", "scale"}
    assert equations.parameter_names == {"I0", "gain"}
    assert equations.identifiers == {"El", "R", "tau"}
    assert equations.dimensions["v"] == VOLT
    assert equations["I0"].flags == {"constant"}
    assert len(equations) == 6
    assert "v" in equations
    assert "tau" not in equations
    assert list(equations)[0] == "v"


def test_the_order_puts_what_is_read_first():
    order = [equation.name for equation in Equations(TEXT).ordered]
    assert order.index("offset") < order.index("I") < order.index("v") < order.index("I0")


def test_subexpressions_are_put_in_except_stored_ones():
    equations = Equations(TEXT)
    assert [(n, to_text(e)) for n, e in equations.get_substituted_expressions()] == [
        ("v", "(El - v + R*(I0*scale + 2*I0))/tau")
    ]
    every = dict(equations.get_substituted_expressions(include_subexpressions=True))
    assert list(every)[-1] == "v"
    assert to_text(every["I"]) == "I0*scale + 2*I0"


def test_the_printed_form_can_be_read_again():
    equations = Equations(TEXT)
    assert Equations(str(equations)) == equations
    assert hash(Equations(str(equations))) == hash(equations)
    assert repr(equations).startswith("Equations('''\n")
    assert equations != Equations("v : 1")


@pytest.fixture
def brian2():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the parser that Brian2 uses
        yield pytest.importorskip("brian2")


def test_brian2_sees_the_same_sets(brian2):
    theirs, ours = brian2.Equations(TEXT), Equations(TEXT)
    for what in ("names", "diff_eq_names", "subexpr_names", "eq_names", "parameter_names", "identifiers"):
        assert getattr(ours, what) == getattr(theirs, what), what


def test_names_are_replaced_on_both_sides():
    equations = Equations("dx/dt = -x/tau + y : 1\ny = x**2*w/tau : 1/second", x="v_1", tau=10 * ms, y="z", w=-2)
    assert str(equations) == "z = v_1**2*-2/(0.01*second) : hertz\ndv_1/dt = -v_1/(0.01*second) + z : 1"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("b", "b"),
        ("b + 1", "b + 1"),
        (3, "3"),
        (2.5, "2.5"),
        (-70 * mV, "-0.07*volt"),
        (2 * siemens / Mohm, "2e-06*(siemens/ohm)"),
        (True, "True"),
    ],
)
def test_replacements_keep_their_value_and_units(value, text):
    expression = Equations("y = a : 1", a=value)["y"].expression
    if "siemens/" not in text:
        assert to_text(expression) == text
    else:
        assert names(expression) == {"metre", "kilogram", "second", "amp"}


def test_a_replacement_that_is_no_name_of_the_equations_warns():
    with pytest.warns(SpikeqWarning, match="tua"):
        Equations("dv/dt = -v/tau : 1", tua="tau_m")


@pytest.mark.parametrize(
    "replacements", [{"v": 3}, {"v": "w"}, {"v": "mV"}, {"v": "a + b"}, {"w": [1, 2]}, {"w": "1 +"}]
)
def test_replacements_that_cannot_be(replacements):
    with pytest.raises(SpikeqError):
        Equations("dv/dt = -v/w/second : 1\nw : 1", **replacements)


def test_sums():
    both = Equations("dv/dt = I/second : 1") + "I : 1"
    assert both == Equations("dv/dt = I/second : 1\nI : 1") == "I : 1" + Equations("dv/dt = I/second : 1")
    assert (both + Equations("w : volt"))["w"].dimension == VOLT
    with pytest.raises(NameConflictError, match="twice"):
        both + "v : 1"
    with pytest.raises(TypeError):
        both + 3


@pytest.mark.parametrize(
    ("text", "error", "word"),
    [
        ("v : 1\nv : 1", NameConflictError, "twice"),
        ("dt : 1", NameConflictError, "'dt'"),
        ("i : integer", NameConflictError, "'i'"),
        ("xi_a : 1", NameConflictError, "xi_a"),
        ("mV : 1", NameConflictError, "unit"),
        ("exp : 1", NameConflictError, "function"),
        ("e : 1", NameConflictError, "constant"),
        ("v_pre : 1", NameConflictError, "synapse"),
        ("not_refractory : boolean", NameConflictError, "not_refractory"),
        ("_v : 1", SpikeqError, "underscore"),
        ("lambda : 1", SpikeqError, "lambda"),
        ("dv/dt = 1/second : boolean", SpikeqError, "boolean"),
        ("v : 1 (unless refractory)", SpikeqError, "unless refractory"),
        ("dv/dt = 1/second : 1 (event-driven, clock-driven)", ModelError, "at once"),
        ("v : 1 (constant, linked)", ModelError, "at once"),
        ("x = y : 1 (shared)\ny : 1", ModelError, "shared"),
        ("x = rand() : 1", ModelError, "constant over dt"),
        ("x = xi*second**0.5 : 1", ModelError, "white noise"),
        ("dv/dt = xi*second**-0.5 : 1\ndw/dt = xi*second**-0.5 : 1", ModelError, "xi_a"),
        ("dv/dt = xi**2 : 1", ModelError, "added"),
        ("dv/dt = xi_a*xi_b : 1", ModelError, "added"),
        ("dv/dt = sin(xi*second**0.5)/second : 1", ModelError, "added"),
        ("a = b : 1\nb = c : 1\nc = a : 1", ModelError, "a -> b -> c -> a"),
        ("a = a + 1 : 1", ModelError, "a -> a"),
        ("x : volts per second", EquationSyntaxError, ""),
    ],
)
def test_equations_that_make_no_model(text, error, word):
    with pytest.raises(error) as caught:
        Equations(text)
    assert word in str(caught.value)
    assert caught.value.text == text
    assert caught.value.line is not None


@pytest.mark.parametrize(
    "text",
    [
        "x_post = w : 1 (summed)\nw : 1",
        "x = a : 1 (shared)\na : 1 (shared)",
        "x = rand() : 1 (constant over dt)",
        "dv/dt = xi_a*s : 1\ndw/dt = xi_a*s : 1\ns : second**-0.5",
        "E : volt\nI : amp\nhalf : 1\nbeta : 1\nlastspike : second\nj : 1",
        "",
        "# nothing",
    ],
)
def test_equations_that_do(text):
    Equations(text)


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("dv/dt = -v/tau : 1", None),
        ("dv/dt = -v/tau + s*xi : 1", "additive"),
        ("dv/dt = -(v - xi*s)/tau : 1", "additive"),
        ("dv/dt = -v/tau + v*xi : 1", "multiplicative"),
        ("dv/dt = v/tau + xi/(1 + v) : 1", "multiplicative"),
        ("dv/dt = (v + xi)*2 : 1", "additive"),
        ("dv/dt = (v + xi)*w : 1\ndw/dt = -w/tau : 1", "multiplicative"),
        ("dv/dt = f(t)*xi : 1", "multiplicative"),
        ("dv/dt = g*xi : 1\ng = 2*v : 1", "multiplicative"),
        ("dv/dt = g*xi : 1\ng = 2*v : 1 (constant over dt)", "additive"),
        ("dv/dt = g*xi : 1\ng : 1", "additive"),
        ("dv/dt = n : 1\nn = 2*xi_a : 1", "additive"),
    ],
)
def test_noise(text, type):
    equations = Equations(text)
    assert equations.stochastic_type == type
    assert equations.is_stochastic == (type is not None)


def test_brian2_sees_the_same_noise(brian2):
    for right in ("s*xi", "(v - xi*s)/tau", "v*xi", "xi/(1 + v)", "(v + xi)*2", "t*xi", "xi_a + v*xi_b", "-v/tau"):
        text = f"dv/dt = {right} : 1"
        assert Equations(text).stochastic_type == brian2.Equations(text).stochastic_type, right
        assert Equations(text).stochastic_variables == brian2.Equations(text).stochastic_variables


def test_a_condition_that_counts_as_a_number_is_put_in_as_one():
    equations = Equations("dv/dt = on*w + k*w : 1\non = v > 1 and u : boolean\nk = v > 2 : 1\nu : boolean\nw : Hz")
    assert to_text(equations.get_substituted_expressions()[0][1]) == "int(v > 1 and u)*w + int(v > 2)*w"


def test_long_chains_need_no_stack():
    lines = ["s0 = 1*x : 1", *(f"s{k} = s{k - 1} + x : 1" for k in range(1, 2500)), "dx/dt = s2499/second : 1"]
    equations = Equations("\n".join(lines))
    assert equations.ordered[-1].name == "x"
    assert equations == Equations("\n".join(lines))


def test_expressions_that_would_explode_are_refused():
    lines = ["s0 = x : 1", *(f"s{k} = s{k - 1} + s{k - 1} : 1" for k in range(1, 300)), "x : 1"]
    with pytest.raises(LimitError, match="parts"):
        Equations("\n".join(lines))


def test_a_long_cycle_is_shown_in_short():
    lines = [f"s{k} = s{(k + 1) % 2000} : 1" for k in range(2000)]
    with pytest.raises(ModelError, match="-> ... ->"):
        Equations("\n".join(lines))


def check(text, **outside):
    equations = Equations(text)
    expressions = [e.expression for e in equations.values() if e.expression is not None]
    wanted = outside_names(expressions, equations.names | equations.stochastic_variables | {"t"})
    look, look_function = lookups({"t": Symbol(SECOND)}, resolve(wanted, [("the namespace", outside)]))
    return equations.check_units(look, look_function)


def test_units_that_fit():
    found = check(TEXT, El=-70 * mV, R=10 * Mohm, tau=10 * ms)
    assert found["v"].dimension == VOLT / SECOND
    assert found["I"].dimension == AMP
    assert found["scale"].dimension == DIMENSIONLESS
    assert OHM == VOLT / AMP
    check("dv/dt = -v/tau + s*xi*tau**-0.5 : volt\ns : volt", tau=1 * ms)


@pytest.mark.parametrize(
    ("text", "error", "message", "place"),
    [
        (
            "dv/dt = E - v : volt",
            DimensionError,
            "dv/dt must be in volt/second, but its right side is in volt.",
            "E - v",
        ),
        ("dv/dt = (E - tau)/tau : volt", DimensionError, "E - tau subtracts second from volt.", "(E - tau)"),
        ("I = 3*mV : amp", DimensionError, "I must be in amp, but its right side is in volt.", "3*mV"),
        ("dv/dt = -v/taum : volt", UnknownNameError, "Nothing is called 'taum'.", "taum"),
        ("dv/dt = xi*volt : volt", DimensionError, "dv/dt must be in volt/second", "xi*volt"),
        ("b = 3*i0/nA : boolean\ni0 : amp", KindError, "b is boolean", "3*i0/nA"),
        ("k = 2.5 : integer", KindError, "k is an integer", "2.5"),
    ],
)
def test_units_that_do_not_fit(text, error, message, place):
    with pytest.raises(error) as caught:
        check(text, E=-70 * mV, tau=10 * ms, nothing=1 * nA)
    assert message in caught.value.message
    assert text[slice(*caught.value.span)] == place


def test_the_message_of_the_design():
    with pytest.raises(DimensionError) as caught:
        check("dv/dt = v_rest - v : volt", v_rest=-70 * mV)
    assert str(caught.value.located("NeuronGroup 'cells'")) == (
        "dv/dt must be in volt/second, but its right side is in volt.\n\n"
        "  NeuronGroup 'cells', line 1\n"
        "    dv/dt = v_rest - v : volt\n"
        "            ^^^^^^^^^^\n"
        "  Divide by a time constant, for example (v_rest - v)/tau."
    )


def test_owners_allow_their_own_flags():
    equations = Equations("dv/dt = 1/second : 1 (event-driven)")
    equations.check_flags({"differential": ("event-driven",)})
    with pytest.raises(ModelError, match="in a NeuronGroup"):
        equations.check_flags({"differential": ("unless refractory",)}, " in a NeuronGroup")
