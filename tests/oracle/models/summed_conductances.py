"""Conductances of the synapses themselves, on the clock by the exact solution, summed into the neurons each step."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(4, [0, 1, 2, 3, 1, 0, 2], [0.1, 0.4, 0.4, 1.0, 1.9, 2.2, 3.0] * ms, name="source")
cells = NeuronGroup(
    3,
    """dv/dt = (0.4 - v + g_total*(2.5 - v))/(1*ms) : 1
       g_total : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.g_total = 7
linear = Synapses(
    source,
    cells,
    """w : 1
       dg/dt = (h - g)/(0.9*ms) : 1 (clock-driven)
       dh/dt = -h/(0.5*ms) : 1 (clock-driven)
       g_total_post = w*g : 1 (summed)""",
    on_pre="h += 1",
    name="linear",
)
linear.connect()
linear.w = "0.3 + 0.2*i + 0.1*j"
linear.delay = "0.2*ms*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "g_total"], record=True)
synaptic = StateMonitor(linear, ["g", "h"], record=[0, 5, 11])
run(5 * ms)
