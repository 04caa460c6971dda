"""Subexpressions of synapses that are computed once for each step, beside ones that are computed where they stand."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1], [0.2, 0.3, 0.9, 1.7, 2.8] * ms, name="source")
cells = NeuronGroup(
    3,
    """dv/dt = (1.2 - v + I)/(1*ms) : 1
       I : 1""",
    threshold="v > 1",
    reset="v = 0.05*i",
    method="euler",
    name="cells",
)
links = Synapses(
    source,
    cells,
    """w : 1
       held = w*v_post + 0.1*i : 1 (constant over dt)
       fresh = w*v_post + 0.1*i : 1
       dg/dt = (held - g)/(1.4*ms) : 1 (clock-driven)
       I_post = 0.1*g + 0.01*fresh : 1 (summed)
       seen : 1
       also : 1""",
    on_pre="v_post += 0.1; w += 0.2; seen = held; also = fresh",
    on_post="seen -= held; w *= 0.9",
    method="euler",
    name="links",
)
links.connect()
links.w = "0.3 + 0.1*j"
links.delay = "0.1*ms*j"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "I"], record=True)
synaptic = StateMonitor(links, ["w", "g", "seen", "also"], record=True)
run(5 * ms)
