"""One method is chosen for all equations of some synapses: the decay is integrated as the oscillation beside it."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 0], [0.2, 0.2, 0.6, 0.9, 1.4, 2.1] * ms, name="source")
cells = NeuronGroup(2, "v : 1", threshold="v > 1.5", reset="v -= 1.5", name="cells")
links = Synapses(
    source,
    cells,
    """dx/dt = -x/(0.7*ms) : 1 (clock-driven)
       dy/dt = (cos(t/(0.5*ms) + j) - y)/(1.1*ms) : 1 (clock-driven)""",
    on_pre="x += 1; v_post += x",
    on_post="y += 0.25",
    name="links",
)
links.connect()
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
synaptic = StateMonitor(links, ["x", "y"], record=True)
run(3 * ms)
