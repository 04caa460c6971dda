"""Names of a block that are the same for all synapses of a neuron, whose delays differ."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 0], [0.2, 0.2, 0.6, 0.9, 1.4, 2.1] * ms, name="source")
source_gain = 0.3
cells = NeuronGroup(2, "v : 1\ngain : 1", threshold="v > 1.1", reset="v -= 1.1", name="cells")
cells.gain = "1 + 0.5*i"
links = Synapses(
    source,
    cells,
    "w : 1",
    on_pre="part = 0.5*source_gain; amount = part + 0.1; v_post += amount*(1 + w); w += amount",
    on_post="part = 0.01*gain_post; part *= 3; w -= part",
    name="links",
)
links.connect()
links.delay = "0.1*ms*(i + 2*j)"
links.post.delay = "0.1*ms*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
synaptic = StateMonitor(links, "w", record=True)
run(3 * ms)
