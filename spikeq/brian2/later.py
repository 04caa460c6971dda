"""Names of matplotlib that import it when they are first used."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any


class Later:
    """Stands for something in a module and acts like it; the module is imported at the first use."""

    __slots__ = ("_place",)

    def __init__(self, module: str, name: str = "") -> None:
        object.__setattr__(self, "_place", (module, name))

    def _found(self) -> Any:
        module, name = self._place
        return getattr(import_module(module), name) if name else import_module(module)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._found()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._found(), name, value)

    def __getitem__(self, item: Any) -> Any:
        return self._found()[item]

    def __setitem__(self, item: Any, value: Any) -> None:
        self._found()[item] = value

    def __contains__(self, item: Any) -> bool:
        return item in self._found()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._found())

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, self._found())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self._found(),)

    def __dir__(self) -> list[str]:
        return dir(self._found())

    def __repr__(self) -> str:
        return repr(self._found())


# Of pylab, what Brian2 hands on beside NumPy: the functions of pyplot, then what lies elsewhere.
_PYPLOT = """
acorr angle_spectrum annotate arrow autoscale autumn axes axhline axhspan axis axline axvline axvspan bar bar_label
barbs barh bone box boxplot broken_barh cla clabel clf clim close cohere colorbar connect contour contourf cool copper
csd delaxes disconnect draw draw_all draw_if_interactive ecdf errorbar eventplot figaspect figimage figlegend
fignum_exists figtext figure fill fill_between fill_betweenx findobj flag gca gcf gci get get_backend get_cmap
get_current_fig_manager get_figlabels get_fignums get_plot_commands get_scale_names getp ginput gray grid hexbin hist
hist2d hlines hot hsv imread imsave imshow inferno install_repl_displayhook interactive ioff ion isinteractive jet
legend locator_params loglog magma magnitude_spectrum margins matshow minorticks_off minorticks_on new_figure_manager
nipy_spectral pause pcolor pcolormesh phase_spectrum pie pink plasma plot polar prism psd quiver quiverkey rc
rc_context rcdefaults rgrids savefig sca scatter sci semilogx semilogy set_cmap set_loglevel setp show specgram spring
spy stackplot stairs stem step streamplot subplot subplot2grid subplot_mosaic subplot_tool subplots subplots_adjust
summer suptitle switch_backend table text thetagrids tick_params ticklabel_format tight_layout title tricontour
tricontourf tripcolor triplot twinx twiny uninstall_repl_displayhook violinplot viridis vlines waitforbuttonpress
winter xcorr xkcd xlabel xlim xscale xticks ylabel ylim yscale yticks
Annotation Arrow Artist AutoLocator Axes Button Circle Figure FigureBase FigureCanvasBase FigureManagerBase
FixedFormatter FixedLocator FormatStrFormatter Formatter FuncFormatter GridSpec IndexLocator Line2D LinearLocator
Locator LogFormatter LogFormatterExponent LogFormatterMathtext LogLocator MaxNLocator MouseButton MultipleLocator
Normalize NullFormatter NullLocator PolarAxes Polygon Rectangle ScalarFormatter Slider Subplot SubplotSpec Text
TickHelper Widget color_sequences colormaps rcParams rcParamsDefault rcParamsOrig
"""
_ELSEWHERE = {
    "matplotlib.mlab": "detrend detrend_linear detrend_mean detrend_none window_hanning window_none",
    "matplotlib.cbook": "flatten silent_list",
    "matplotlib.dates": """DateFormatter DateLocator DayLocator HourLocator MinuteLocator MonthLocator RRuleLocator
        SecondLocator WeekdayLocator YearLocator date2num datestr2num drange num2date rrule relativedelta
        DAILY FR HOURLY MINUTELY MO MONTHLY SA SECONDLY SU TH TU WE WEEKLY YEARLY""",
    "cycler": "cycler",
}
_MODULES = {
    "cbook": "matplotlib.cbook",
    "matplotlib": "matplotlib",
    "mlab": "matplotlib.mlab",
    "mpl": "matplotlib",
    "plt": "matplotlib.pyplot",
    "pylab": "pylab",
    "rcsetup": "matplotlib.rcsetup",
    "style": "matplotlib.style",
}


def plotting_names() -> dict[str, Any]:
    """Brian2's names for drawing."""
    found: dict[str, Any] = {name: Later("matplotlib.pyplot", name) for name in _PYPLOT.split()}
    for module, names in _ELSEWHERE.items():
        found |= {name: Later(module, name) for name in names.split()}
    return found | {name: Later(module) for name, module in _MODULES.items()}
