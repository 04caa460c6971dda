"""Subexpressions of subexpressions, in any order of definition, seen by equations, threshold, reset and monitors."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = total/ms : 1
       total = inflow - outflow : 1
       outflow = gain*v : 1
       gain = 0.5 + 0.25*int(v > 0.5) : 1
       inflow = strength*(1 + 0.1*outflow) : 1
       strength : 1
       distance = limit - v : 1
       limit = 1.1 + 0.05*gain : 1""",
    threshold="distance < 0",
    reset="v -= 1 + 0.2*gain",
    method="euler",
)
cells.strength = "1 + 0.3*i"
cells.v = "0.2*i"
spikes = SpikeMonitor(cells, variables=["total", "gain"])
traces = StateMonitor(cells, ["v", "total", "gain", "limit"], record=[0, 5])
run(5 * ms)
