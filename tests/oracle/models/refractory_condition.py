"""A condition as refractoriness: the spike starts it, the condition only ends it; one crossing is one spike."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    8,
    """dx/dt = y*4/ms : 1
       dy/dt = -x*4/ms - 0.2*y/ms : 1""",
    threshold="x > 0.4",
    refractory="x > 0.1",
    method="euler",
)
cells.x = "0.1*i - 0.35"
cells.y = "1 - 0.05*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["x", "not_refractory"], record=[0, 7])
run(5 * ms)
