"""Plasticity between parts of groups, with delays for each synapse; indices count within the parts."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    10,
    "dv/dt = (1.05 + 0.06*i - v)/(0.9*ms) : 1",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v = "(i*3 % 10)/10.3"
first, second = cells[1:5], cells[4:9]
links = Synapses(
    first,
    second,
    """w : 1
       dx/dt = -x/(1*ms) : 1 (event-driven)
       dy/dt = -y/(1.4*ms) : 1 (event-driven)""",
    on_pre="v_post += w; x += 1; w -= 0.01*y",
    on_post="y += 1; w += 0.02*x",
    name="links",
)
links.connect(condition="i != j + 3")
links.w = "0.02*i + 0.03*j"
links.delay = "0.2*ms*(i + 1)"
links.post.delay = "0.1*ms*j"
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "x", "y"], record=True, dt=0.2 * ms)
run(5 * ms)
