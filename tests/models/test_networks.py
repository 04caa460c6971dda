"""Every network of the library is complete: its texts parse, its names and units exist, it says where it is from."""

from __future__ import annotations

import re

import pytest

from spikeq.language.expression import names
from spikeq.language.parse import parse_equations, parse_expression, parse_statements
from spikeq.models import networks
from spikeq.models.networks import NetworkModel
from spikeq.unit_table import UNITS

MODELS = [model for model in vars(networks).values() if isinstance(model, NetworkModel)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_every_name_is_defined(model: NetworkModel) -> None:
    equations = parse_equations(model.equations)
    variables = {equation.name for equation in equations}
    expressions = [equation.expression for equation in equations if equation.expression is not None]
    expressions += [parse_expression(text) for text in (model.threshold, model.refractory, *model.initial.values())]
    expressions += [statement.expression for statement in parse_statements(model.reset).statements]
    used = set().union(*(names(expression) for expression in expressions))
    assert used <= variables | set(model.parameters) | set(UNITS)
    assert set(model.initial) <= variables


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_projections_write_what_exists(model: NetworkModel) -> None:
    variables = {equation.name for equation in parse_equations(model.equations)}
    for projection in model.projections:
        assert 0.0 < projection.probability <= 1.0
        assert names(parse_expression(projection.condition)) <= {"i", "j", "N_pre", "N_post"}
        for statement in parse_statements(projection.on_pre).statements:
            assert statement.target.removesuffix("_post") in variables
            assert names(statement.expression) <= set(model.parameters)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_units_and_citation(model: NetworkModel) -> None:
    assert {unit for _, unit in model.parameters.values()} <= set(UNITS)
    assert re.search(r"\((19|20)\d\d\)", model.citation)


def test_there_is_a_model() -> None:
    assert MODELS
