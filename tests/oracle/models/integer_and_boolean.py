"""Integer and boolean variables: counters, flags, truncation at storing and true division."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    7,
    """dv/dt = (1.3 + 0.1*count - v)/(1*ms) : 1
       count : integer
       halved : integer
       odd : boolean
       ready : boolean (constant)
       share : 1""",
    threshold="v > 1 and ready",
    reset="""count += 1
             halved = count/2.0 - 2
             odd = count % 2 == 1
             share = count/(1 + i)
             v = -0.1*int(odd)""",
    method="euler",
)
cells.ready = "i != 3"
cells.count = "i - 3"
cells.v = "0.15*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "count", "halved", "odd", "share"], record=True)
run(5 * ms)
