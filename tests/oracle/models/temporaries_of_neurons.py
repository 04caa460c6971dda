"""Names of a block that follow from the neurons at one end alone, in synapses without equations."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = NeuronGroup(
    3,
    "dv/dt = (1.4 + 0.2*i - v)/(0.6*ms) : 1\ngain : 1",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="source",
)
source.gain = "1 + 0.5*i"
cells = NeuronGroup(2, "v : 1\ngain : 1", threshold="v > 1.1", reset="v -= 1.1", name="cells")
cells.gain = "1 + 0.5*i"
links = Synapses(
    source,
    cells,
    "w : 1",
    on_pre="part = 0.5*gain_pre*v_pre; amount = part + 0.1; v_post += amount*(1 + w); w += amount",
    on_post="part = 0.01*gain_post; part *= 3; w -= part",
    name="links",
)
links.connect(condition="i + j != 2")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
synaptic = StateMonitor(links, "w", record=True)
run(3 * ms)
