"""Pictures of what monitors recorded, as matplotlib figures; nothing is shown or kept by pyplot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from spikeq.dimension import AMP, SIEMENS, VOLT, Dimension
from spikeq.errors import KindError, ShapeError, UnknownNameError, ValueRangeError
from spikeq.units import dimension_of, magnitude

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MS = 1e3  # milliseconds in a second
# The scale on which a quantity is usually drawn; others are drawn in SI units.
_USUAL: dict[Dimension, tuple[float, str]] = {VOLT: (1e3, "mV"), AMP: (1e9, "nA"), SIEMENS: (1e9, "nS")}


class Spikes(Protocol):
    """What a raster needs: times and neurons, and with a batch the row, of each spike."""

    @property
    def t(self) -> Any:
        """Times ``[spikes]``, in seconds."""

    @property
    def i(self) -> Any:
        """Neurons ``[spikes]``."""


class Record(Protocol):
    """What a curve needs: the times of a recording, next to which its values stand."""

    @property
    def t(self) -> Any:
        """Times ``[steps]``, in seconds."""


def raster(spikes: Spikes, *, row: int = 0, title: str = "") -> Figure:
    """A dot for every spike of a SpikeMonitor or EventMonitor: time in ms against the neuron's number.

    Of a batched recording, ``row`` is drawn.
    """
    times, neurons = np.asarray(magnitude(spikes.t)), np.asarray(spikes.i)
    if times.shape != neurons.shape:
        raise KindError(f"{type(spikes).__name__} has no spikes.", "Draw a SpikeMonitor of it.")
    rows = getattr(spikes, "row", None)
    if rows is not None:
        chosen = np.asarray(rows) == row
        times, neurons = np.asarray(times)[chosen], neurons[chosen]
    figure, axes = _axes("time (ms)", "neuron", title)
    size = float(np.clip(40_000 / max(1, neurons.size), 0.5, 12.0))
    axes.scatter(np.asarray(times) * _MS, neurons, s=size, c="black", marker=".", linewidths=0)
    axes.margins(x=0.01, y=0.01)
    return figure


def traces(
    states: Record, variable: str, *, labels: Sequence[str] | None = None, row: int = 0, title: str = ""
) -> Figure:
    """The recorded ``variable`` of a StateMonitor, one curve for each recorded neuron, over time in ms.

    ``labels`` name the curves in a legend. Of a batched recording, ``row`` is drawn. Raises UnknownNameError where
    nothing of that name was recorded, ShapeError where there are not as many labels as curves.
    """
    try:
        recorded = getattr(states, variable)
    except AttributeError:
        raise UnknownNameError(
            f"'{variable}' was not recorded.", f"Name it when the monitor is made: StateMonitor(group, '{variable}')."
        ) from None
    scale, unit = _unit(dimension_of(recorded))
    curves = _one_row(np.asarray(magnitude(recorded)), row, 2)
    figure, axes = _axes("time (ms)", f"{variable} ({unit})" if unit else variable, title)
    lines = axes.plot(np.asarray(magnitude(states.t)) * _MS, curves.T * scale, linewidth=1.0)
    axes.margins(x=0.01)
    if labels is not None:
        if len(labels) != len(lines):
            raise ShapeError(f"There are {len(labels)} labels for {len(lines)} curves.", "Give one label for each.")
        figure.legend(lines, labels, loc="outside right upper", frameon=False)
    return figure


def rate(rates: Record, *, width: Any = None, row: int = 0, title: str = "") -> Figure:
    """The rate of a PopulationRateMonitor in Hz over time in ms, averaged over a window of ``width`` (a time).

    Of a batched recording, ``row`` is drawn. Raises ValueRangeError where ``width`` is not a positive time.
    """
    times = np.asarray(magnitude(rates.t))
    values = _one_row(np.asarray(magnitude(rates.rate)), row, 1)  # type: ignore[attr-defined]
    if width is not None:
        values = _smooth(values, _steps(width, times))
    figure, axes = _axes("time (ms)", "rate (Hz)", title)
    axes.plot(times * _MS, values, color="black", linewidth=1.0)
    axes.margins(x=0.01)
    axes.set_ylim(bottom=0.0)
    return figure


def _axes(across: str, up: str, title: str) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.0, 4.0), layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel=across, ylabel=up, title=title)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _unit(dimension: Dimension) -> tuple[float, str]:
    """The factor from SI to the unit in which a dimension is drawn, and the unit's name."""
    if dimension.is_dimensionless:
        return 1.0, ""
    return _USUAL.get(dimension, (1.0, str(dimension)))


def _one_row(values: np.ndarray[Any, Any], row: int, dimensions: int) -> np.ndarray[Any, Any]:
    """One row of a batched recording; a recording without a batch as it is."""
    if values.ndim == dimensions:
        return values
    if not -values.shape[0] <= row < values.shape[0]:
        raise ShapeError(f"There is no row {row}.", f"The batch has the rows 0 to {values.shape[0] - 1}.")
    return np.asarray(values[row])


def _steps(width: Any, times: np.ndarray[Any, Any]) -> int:
    """The window's width in steps of the recording, an odd number."""
    seconds = float(magnitude(width))
    if not 0.0 < seconds < np.inf:
        raise ValueRangeError(f"The width of the window is {width}.", "Give a positive time, for example width=10*ms.")
    step = times[1] - times[0] if times.size > 1 else seconds
    return 2 * round(min(seconds / step, times.size) / 2) + 1


def _smooth(values: np.ndarray[Any, Any], width: int) -> np.ndarray[Any, Any]:
    """The mean over a centred window of ``width`` steps; at the ends, over the part of it that there is."""
    window = np.ones(width)
    present = slice(width // 2, width // 2 + values.size)
    return np.asarray(np.convolve(values, window)[present] / np.convolve(np.ones(values.size), window)[present])
