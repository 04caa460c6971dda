"""Weights that regular code scales to a target, with counts kept by events and a sum of weights in the neuron."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = NeuronGroup(
    5, "dv/dt = (0.7 + 0.21*i)/ms : 1", threshold="v > 1", reset="v -= 1", method="euler", name="source"
)
source.v = "0.19*i"
cells = NeuronGroup(
    3,
    """dv/dt = (0.9 - v)/(2*ms) : 1
       w_total : 1
       rate : 1""",
    threshold="v > 1",
    reset="v = 0; rate += 1",
    method="euler",
    name="cells",
)
links = Synapses(
    source,
    cells,
    """w : 1
       w_total_post = w : 1 (summed)
       dx/dt = -x/(2*ms) : 1 (event-driven)""",
    on_pre="v_post += w; x += 0.05",
    on_post="w += x",
    name="links",
)
links.connect(condition="i != j")
links.w = "0.1 + 0.02*i"
links.run_regularly("w = w*0.8/clip(w_total_post, 0.1, 10)", dt=0.9 * ms, name="scaling")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "w_total"], record=True)
synaptic = StateMonitor(links, "w", record=True, dt=0.3 * ms)
run(5 * ms)
