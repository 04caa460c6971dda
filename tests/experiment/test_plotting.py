"""The figures hold the numbers that were recorded, on axes that say their units."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from spikeq.dimension import HERTZ, SECOND, SIEMENS, VOLT, Dimension
from spikeq.errors import ShapeError, UnknownNameError, ValueRangeError
from spikeq.experiment import plotting
from spikeq.units import with_dimension


def quantity(values: object, dimension: Dimension) -> object:
    return with_dimension(np.asarray(values, dtype=float), dimension)


def test_raster_draws_every_spike_in_milliseconds() -> None:
    spikes = SimpleNamespace(t=quantity([0.001, 0.25, 0.3], SECOND), i=np.array([3, 0, 7]))
    axes = plotting.raster(spikes, title="three").axes[0]
    np.testing.assert_allclose(axes.collections[0].get_offsets(), [[1.0, 3.0], [250.0, 0.0], [300.0, 7.0]])
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("time (ms)", "neuron", "three")


def test_raster_without_spikes_is_empty() -> None:
    figure = plotting.raster(SimpleNamespace(t=quantity([], SECOND), i=np.array([], dtype=int)))
    assert len(figure.axes[0].collections[0].get_offsets()) == 0


def test_raster_of_a_batch_draws_one_row() -> None:
    spikes = SimpleNamespace(t=quantity([0.1, 0.2, 0.3], SECOND), i=np.array([1, 2, 3]), row=np.array([0, 1, 1]))
    drawn = plotting.raster(spikes, row=1).axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(drawn, [[200.0, 2.0], [300.0, 3.0]])


@pytest.mark.parametrize(
    ("dimension", "factor", "label"),
    [(VOLT, 1e3, "x (mV)"), (SIEMENS, 1e9, "x (nS)"), (VOLT / SECOND, 1.0, "x (volt/second)"), (Dimension(), 1.0, "x")],
)
def test_traces_scale_values_to_their_label(dimension: Dimension, factor: float, label: str) -> None:
    values = np.array([[0.01, 0.02, -0.03], [1.0, 2.0, 3.0]])
    states = SimpleNamespace(t=quantity([0.0, 0.001, 0.002], SECOND), x=quantity(values, dimension))
    axes = plotting.traces(states, "x").axes[0]
    assert axes.get_ylabel() == label
    for line, expected in zip(axes.lines, values, strict=True):
        np.testing.assert_allclose(line.get_xdata(), [0.0, 1.0, 2.0])
        np.testing.assert_allclose(line.get_ydata(), expected * factor)


def test_traces_of_a_batch_draw_one_row() -> None:
    values = np.arange(12.0).reshape(2, 3, 2)
    states = SimpleNamespace(t=quantity([0.0, 0.001], SECOND), v=quantity(values, VOLT))
    lines = plotting.traces(states, "v", row=1).axes[0].lines
    np.testing.assert_allclose([line.get_ydata() for line in lines], values[1] * 1e3)
    with pytest.raises(ShapeError, match="no row 2"):
        plotting.traces(states, "v", row=2)


def test_traces_of_an_unrecorded_variable_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="'w' was not recorded"):
        plotting.traces(SimpleNamespace(t=quantity([0.0], SECOND)), "w")


def test_labels_name_the_curves() -> None:
    states = SimpleNamespace(t=quantity([0.0, 0.001], SECOND), v=quantity([[1, 2], [3, 4]], VOLT))
    (legend,) = plotting.traces(states, "v", labels=["a", "b"]).legends
    assert [text.get_text() for text in legend.get_texts()] == ["a", "b"]
    with pytest.raises(ShapeError, match="1 labels for 2 curves"):
        plotting.traces(states, "v", labels=["a"])


def test_rate_is_averaged_over_the_window() -> None:
    rates = SimpleNamespace(t=quantity([0.0, 0.001, 0.002, 0.003], SECOND), rate=quantity([0, 30, 0, 60], HERTZ))
    np.testing.assert_allclose(plotting.rate(rates).axes[0].lines[0].get_ydata(), [0, 30, 0, 60])
    smooth = plotting.rate(rates, width=quantity(0.002, SECOND)).axes[0]
    np.testing.assert_allclose(smooth.lines[0].get_ydata(), [15, 10, 30, 30])
    assert smooth.get_ylabel() == "rate (Hz)"


@pytest.mark.parametrize("width", [0.0, -0.001, np.nan, np.inf])
def test_a_window_must_be_a_positive_time(width: float) -> None:
    rates = SimpleNamespace(t=quantity([0.0, 0.001], SECOND), rate=quantity([0, 30], HERTZ))
    with pytest.raises(ValueRangeError, match="width of the window"):
        plotting.rate(rates, width=quantity(width, SECOND))


def test_plotting_leaves_pyplot_alone() -> None:
    script = (
        "import sys, types, numpy as np\n"
        "from spikeq.experiment import plotting\n"
        "assert 'matplotlib' not in sys.modules\n"
        "plotting.raster(types.SimpleNamespace(t=np.zeros(1), i=np.zeros(1)))\n"
        "assert 'matplotlib.figure' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
