"""Python functions within the step: with their own interval, in a given slot, reading the time and writing states."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(4, "dv/dt = (1.3 - v)/ms : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells")
cells.v = "0.25*i"
seen = []


@network_operation(dt=0.7 * ms)
def push():
    """Kick two neurons."""
    cells.v[[0, 2]] = cells.v_[[0, 2]] + 0.11


@network_operation(when="after_thresholds")
def look(t):
    """Keep what the reset has not seen."""
    seen.append([t / ms, cells.v_[1], cells.v_[3]])


@network_operation(when="end", order=2, dt=1.3 * ms)
def halve(t):
    """Write through a string."""
    cells.v = "v*0.5"


spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True, name="z_traces")
run(5 * ms)
final_seen = array(seen)
