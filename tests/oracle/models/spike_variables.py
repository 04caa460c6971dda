"""Variables kept with each spike: the values that crossed the threshold, before the reset."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (1.2 + 0.2*i - v)/ms : 1
       drive = v*2 + n : 1
       n : integer
       label : integer (constant)""",
    threshold="v > 1",
    reset="v = 0.01*n; n += 1",
    method="euler",
)
cells.label = "10*i"
cells.v = "0.2*i"
spikes = SpikeMonitor(cells, variables=["v", "drive", "n", "label"])
after = SpikeMonitor(cells, variables="v", when="end", name="after")
part = SpikeMonitor(cells[2:4], variables=["v"])
counter = SpikeMonitor(cells, record=False)
run(5 * ms)
final_counts = array(counter.count)
