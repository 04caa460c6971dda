"""Events and their code moved to other slots of the step."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (1.5 - v)/(2*ms) : 1
       n_early : integer
       n_late : integer""",
    threshold="v > 1",
    reset="v = 0.1*i",
    events={"early": "v > 0.9", "late": "v > 0.9"},
    method="euler",
)
cells.v = "0.2*i"
cells.set_event_schedule("early", when="before_groups")
cells.set_event_schedule("late", when="after_resets", order=-1)
cells.run_on_event("early", "n_early += 1; v += 0.04", when="after_groups")
cells.run_on_event("late", "n_late += 1", when="end")
spikes = SpikeMonitor(cells)
early = EventMonitor(cells, "early")
late = EventMonitor(cells, "late")
traces = StateMonitor(cells, ["v", "n_early", "n_late"], record=True)
run(5 * ms)
