"""Regular code with its own interval, slot and order, beside a monitor of the same slot."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (1.2 - v)/(2*ms) : 1 (unless refractory)
       a : 1
       b : 1
       ticks : integer""",
    threshold="v > 1",
    reset="v = 0",
    refractory=0.4 * ms,
    method="euler",
    name="cells",
)
cells.v = "0.2*i"
cells.run_regularly("a = b + 1; ticks += 1", dt=0.3 * ms, name="second", order=2)
cells.run_regularly("b = 2*a", dt=0.2 * ms, name="first", order=1)
cells.run_regularly("v += 0.03", when="before_thresholds", name="nudge", dt=0.5 * ms)
cells.run_regularly("share = 0.5*v; v -= 0.01*share", when="end", name="tail")
early = StateMonitor(cells, ["v", "a", "b", "ticks"], record=[0, 4], name="early", order=0)
late = StateMonitor(cells, ["v", "a", "b", "ticks"], record=[0, 4], name="late", order=3)
spikes = SpikeMonitor(cells)
run(5 * ms)
