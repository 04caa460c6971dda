"""Refractory times kept in a variable: fractions of a step, less than a step, and growing with every spike."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    11,
    """dv/dt = 3.0/ms : 1 (unless refractory)
       pause : second""",
    threshold="v > 1",
    reset="v = 0; pause += 0.03*ms",
    refractory="pause",
    method="euler",
)
cells.pause = [0, 0.05, 0.0999, 0.1, 0.15, 0.2, 0.25, 0.2999, 0.3, 0.7, 1.05] * ms
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "pause"], record=[0, 4, 8])
run(5 * ms)
