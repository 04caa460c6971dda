"""A fixed refractory time: one equation waits for its end, the other goes on."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    10,
    """dv/dt = (drive + u - v)/(6*ms) : volt (unless refractory)
       du/dt = (0.25*v - u)/(20*ms) : volt
       drive : volt (constant)""",
    threshold="v > 15*mV",
    reset="v = 2*mV; u += 1.5*mV",
    refractory=1.7 * ms,
    method="euler",
)
cells.drive = "16*mV + i*1.3*mV"
cells.v = "14.5*mV - 0.9*mV*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "u", "not_refractory"], record=[1, 5])
run(5 * ms if SHORT else 60 * ms)
