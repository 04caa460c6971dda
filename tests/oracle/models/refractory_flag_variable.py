"""A boolean variable as refractoriness, cleared and set by the reset and by regular code."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (1.5 - v)/(1*ms) : 1 (unless refractory)
       resting : boolean
       left : integer""",
    threshold="v > 0.8",
    reset="v = 0.1*i; resting = True; left = 3 + i",
    refractory="resting",
    method="euler",
    name="a_cells",
)
cells.v = "0.12*i"
cells.run_regularly("left = left - 1; resting = left > 0", dt=0.2 * ms)
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "resting", "left"], record=True, name="z_traces")
run(5 * ms)
