"""Plasticity whose traces rise when spikes arrive: each synapse with its own delay from either side."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
source = NeuronGroup(
    5, "dv/dt = (0.61 + 0.13*i)/ms : 1", threshold="v > 1", reset="v -= 1", method="euler", name="source"
)
source.v = "0.17*i"
cells = NeuronGroup(
    4,
    "dv/dt = (1.02 + 0.11*i - v)/(1.5*ms) : 1 (unless refractory)",
    threshold="v > 1",
    reset="v = 0",
    refractory=0.3 * ms,
    method="euler",
    name="cells",
)
links = Synapses(
    source,
    cells,
    """w : 1
       dx/dt = -x/(1.3*ms) : 1 (event-driven)
       dy/dt = -y/(2.1*ms) : 1 (event-driven)""",
    on_pre="v_post += w; x += 0.1; w = clip(w - 0.05*y, 0, 0.5)",
    on_post="y += 0.1; w = clip(w + 0.06*x, 0, 0.5)",
    name="links",
)
links.connect(condition="(i + j) % 3 != 1")
links.w = "0.1 + 0.02*i"
links.delay = "(i + 1)*0.17*ms + j*0.23*ms"
links.post.delay = linspace(0, 1.35, len(links)) * ms
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "x", "y"], record=[0, 4, len(links) - 1])
run(5 * ms if SHORT else 25 * ms)
final_w = links.w[:]
final_delays = array([links.delay[:], links.post.delay[:]])
