"""Leaky neurons driven by a current each: the plainest model there is."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
tau = 8 * ms
resistance = 50 * Mohm
cells = NeuronGroup(
    12,
    """dv/dt = (resistance*current - v)/tau : volt
       current : amp""",
    threshold="v > 11*mV",
    reset="v = 0*mV",
    method="euler",
)
cells.current = "0.15*nA + 0.02*nA*i"
cells.v = "(i*37 % 101)/101.0*10*mV"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=[0, 3, 11])
run(5 * ms if SHORT else 80 * ms)
