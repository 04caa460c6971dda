"""Synapses with a step of their own between groups with others: what is on which clock."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
source = NeuronGroup(
    3,
    "dv/dt = (0.83 + 0.31*i)/ms : 1",
    threshold="v > 1",
    reset="v -= 1",
    method="euler",
    dt=0.2 * ms,
    name="source",
)
cells = NeuronGroup(
    2,
    """dv/dt = (0.9 + total - v)/(1*ms) : 1
       total : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    dt=0.1 * ms,
    name="cells",
)
links = Synapses(
    source,
    cells,
    """w : 1
       dg/dt = -g/(0.8*ms) : 1 (clock-driven)
       total_post = g : 1 (summed)""",
    on_pre="g += w",
    on_post="w *= 0.98",
    method="euler",
    dt=0.4 * ms,
    name="links",
)
links.connect()
links.w = "0.2 + 0.1*i"
links.delay = "0.3*ms*i + 0.2*ms*j"
links.post.delay = "0.15*ms*i"
traced = Synapses(
    source,
    cells,
    """w : 1
       dx/dt = -x/(1.3*ms) : 1 (event-driven)""",
    on_pre="x += 1; w += 0.1",
    on_post="w -= 0.2*x",
    name="traced",
)
traced.connect()
spikes = SpikeMonitor(cells)
inputs = SpikeMonitor(source)
traces = StateMonitor(cells, ["v", "total"], record=True)
slow = StateMonitor(links, ["g", "w"], record=True)
fast = StateMonitor(traced, ["x", "w"], record=True, dt=0.1 * ms)
run(5 * ms if SHORT else 12 * ms)
