"""A pathway that multiplies its target: several synapses of one step act one after the other."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(
    4, [0, 1, 2, 3, 0, 1, 2, 3, 2], [0.5, 0.5, 0.5, 0.5, 1.5, 1.5, 2.5, 3.5, 3.5] * ms, name="source"
)
cells = NeuronGroup(
    3, "dv/dt = (1.9 - v)/(2*ms) : 1", threshold="v > 1.4", reset="v = 0.4", method="euler", name="cells"
)
cells.v = "0.6 + 0.3*i"
links = Synapses(source, cells, "f : 1", on_pre="v_post *= f", name="links")
links.connect(condition="i != j")
links.f = "0.8 + 0.1*i + 0.05*j"
halving = Synapses(source, cells, on_pre="v_post /= 1.0625", delay=0.4 * ms, name="halving")
halving.connect()
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
run(5 * ms)
