"""How far a run is: a bar, lines of text, or a function of the user."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import Any

from spikeq.dimension import SECOND
from spikeq.errors import KindError
from spikeq.network.clock import seconds
from spikeq.units import with_dimension


class Progress:
    """Reports the progress of one run.

    report: None; True or ``"tqdm"`` for a bar; ``"text"``, ``"stdout"`` or ``"stderr"`` for lines; or a function of
    (elapsed, completed, start, duration) as in Brian2. period: how often lines appear (10 s).
    """

    def __init__(self, report: Any, period: Any, start: float, duration: float, started: float) -> None:
        self._start, self._duration, self._started = start, duration, started
        self._period = 10.0 if period is None else seconds(period, "report_period")
        self._bar: Any = None
        self._line: Any = None
        self._last = started
        if report is None or report is False:
            self._period = float("inf")
        elif report is True or (isinstance(report, str) and report == "tqdm"):
            self._open_bar()
        elif isinstance(report, str) and report in ("text", "stdout", "stderr"):
            stream = sys.stderr if report == "stderr" else sys.stdout
            self._line = lambda *state: print(_sentence(*state), file=stream)
        elif callable(report):
            self._line = lambda e, c, s, d: report(
                with_dimension(e, SECOND), c, with_dimension(s, SECOND), with_dimension(d, SECOND)
            )
        else:
            raise KindError(f"report cannot be {report!r}.", "Use True, 'text' or a function.")
        if self._line is not None:
            self._line(0.0, 0.0, start, duration)

    def _open_bar(self) -> None:
        from tqdm.auto import tqdm

        layout = "{percentage:3.0f}%|{bar:30}| {desc} [{elapsed}<{remaining}]"
        self._bar = tqdm(total=1.0, bar_format=layout, leave=True)

    def steps_per_call(self, total: int) -> int:
        """How many steps a call may make, so that a report comes in time."""
        return total if self._bar is None and self._line is None else max(1, total // 100)

    def update(self, completed: float) -> None:
        """Say that this part of the run is done."""
        now = perf_counter()
        if self._bar is not None:
            simulated, elapsed = self._duration * completed, now - self._started
            factor = simulated / elapsed if elapsed > 0 else 0.0
            self._bar.set_description_str(f"{simulated:.4g} of {self._duration:.4g} s, {factor:.3g} x real time", False)
            self._bar.update(completed - self._bar.n)
        elif self._line is not None and now - self._last >= self._period and completed < 1:
            self._last = now
            self._line(now - self._started, completed, self._start, self._duration)

    def close(self) -> None:
        """The run has ended."""
        if self._bar is not None:
            self._bar.close()
        elif self._line is not None:
            self._line(perf_counter() - self._started, 1.0, self._start, self._duration)


def _sentence(elapsed: float, completed: float, start: float, duration: float) -> str:
    if completed == 0:
        return f"Starting simulation at t={start:g} s for a duration of {duration:g} s"
    left = "" if completed >= 1 else f", estimated {elapsed * (1 - completed) / completed:.0f} s remaining."
    return f"{duration * completed:.4g} s ({completed:.0%}) simulated in {elapsed:.2g} s{left}"
