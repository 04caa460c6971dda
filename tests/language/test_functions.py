"""The table of functions and the names that are taken."""

import pytest

from spikeq.dimension import AMP, DIMENSIONLESS, VOLT
from spikeq.errors import NameConflictError
from spikeq.language.evaluate import evaluate
from spikeq.language.expression import Call, Literal
from spikeq.language.functions import CONSTANTS, FUNCTIONS, check_variable_name


def test_the_table_has_every_function_of_brian2_with_the_same_rules():
    core = pytest.importorskip("brian2.core.functions")
    assert set(core.DEFAULT_FUNCTIONS) | {"binomial"} == set(FUNCTIONS)
    assert {name for name in core.DEFAULT_CONSTANTS if name.isalpha()} == set(CONSTANTS)
    for name, theirs in core.DEFAULT_FUNCTIONS.items():
        assert FUNCTIONS[name].arity == len(theirs._arg_units), name
        assert FUNCTIONS[name].stateful == (not theirs.stateless), name
        if name not in ("ceil", "floor"):  # Brian2 calls them float, though its results are int32
            assert FUNCTIONS[name].kind == {"float": "real"}.get(theirs._return_type, theirs._return_type), name


def test_constants_have_brian2s_values():
    core = pytest.importorskip("brian2.core.functions")
    assert all(core.DEFAULT_CONSTANTS[name].get_value() == value for name, value in CONSTANTS.items())


@pytest.mark.parametrize("name", [name for name, function in FUNCTIONS.items() if not function.stateful])
def test_every_function_that_is_not_random_can_be_evaluated(name):
    value = evaluate(Call(name, (Literal(0.5),) * FUNCTIONS[name].arity), {}.__getitem__)
    assert value == value


def test_rules_for_dimensions():
    assert FUNCTIONS["sqrt"].result_dimension((VOLT * VOLT,)) == VOLT
    assert FUNCTIONS["clip"].result_dimension((AMP, AMP, AMP)) == AMP
    assert FUNCTIONS["sign"].result_dimension((AMP,)) == DIMENSIONLESS


TAKEN = (
    "t dt t_in_timesteps xi xi_left i N not_refractory refractory refractory_until exp rand pi e inf mV volt "
    "lambda and True _v v_pre w_post 3x a-b größe"
).split()


@pytest.mark.parametrize("name", [*TAKEN, ""])
def test_names_that_no_variable_may_have(name):
    with pytest.raises(NameConflictError):
        check_variable_name(name)


FREE = "v E I S Q beta gamma zeta re im half type torch print x_ j delay lastspike x".split()


@pytest.mark.parametrize("name", FREE)
def test_names_of_other_languages_are_free(name):
    check_variable_name(name)


@pytest.mark.parametrize("name", ["_v", "v_pre", "3x", "größe", "t"])
def test_the_suggested_name_is_free(name):
    with pytest.raises(NameConflictError) as error:
        check_variable_name(name)
    check_variable_name(error.value.help.split("'")[1])
