"""What groups take in place of strings: a model that brings its texts, its parameters and first values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from spikeq.network.group import Group
from spikeq.network.views import Integers


@runtime_checkable
class Recipe(Protocol):
    """What every model brings. ``initial``: texts of first values, assigned in this order."""

    @property
    def equations(self) -> str:
        """The equations."""

    @property
    def method(self) -> str:
        """The integration method."""

    @property
    def namespace(self) -> Mapping[str, Any]:
        """The parameters of the texts."""

    @property
    def initial(self) -> Mapping[str, str]:
        """Variables and the texts of their first values."""


@runtime_checkable
class NeuronRecipe(Recipe, Protocol):
    """A model that ``NeuronGroup`` takes."""

    @property
    def threshold(self) -> str | None:
        """The condition of a spike."""

    @property
    def reset(self) -> str | None:
        """The statements after a spike."""

    @property
    def refractory(self) -> str | None:
        """How long, or under which condition, neurons are refractory."""


@runtime_checkable
class SynapseRecipe(Recipe, Protocol):
    """A model that ``Synapses`` takes."""

    @property
    def pathways(self) -> Mapping[str, Any]:
        """``on_pre`` and ``on_post``."""

    @property
    def delay(self) -> Mapping[str, Any]:
        """The delays of pathways, by name."""

    @property
    def bounds(self) -> Mapping[str, tuple[str, str]]:
        """The declared bounds of variables."""


def merged(recipe: Mapping[str, Any], given: Any) -> Any:
    """The values of a recipe, those of the user over them; what is no dictionary is left for others to refuse."""
    if given is None:
        return dict(recipe)
    return {**recipe, **given} if isinstance(given, Mapping) else given


def begin(group: Group, initial: Mapping[str, str], index: Integers | None = None) -> None:
    """Assign first values."""
    for name, text in initial.items():
        group.write_expression(name, index, text, 0)
