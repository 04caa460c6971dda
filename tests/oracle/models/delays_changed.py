"""Delays that change between runs: spikes on their way arrive when they would have, later ones after the new delay."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(
    3, [0, 1, 2, 0, 1, 2, 0, 2, 1], [0.1, 0.5, 0.9, 1.0, 1.4, 1.5, 2.1, 2.6, 3.2] * ms, name="source"
)
cells = NeuronGroup(4, "dv/dt = -v/(3*ms) : 1\nmarks : 1", method="euler", name="cells")
links = Synapses(
    source,
    cells,
    """w : 1
       dx/dt = -x/(1*ms) : 1 (event-driven)""",
    on_pre="v_post += w + 0.1*x; x += 1",
    name="links",
)
links.connect()
links.w = "0.1 + i + 0.2*j"
links.delay = "0.3*ms*(i + j)"
uniform = Synapses(source, cells, on_pre="marks_post += 1 + i", delay=0.8 * ms, name="uniform")
uniform.connect(condition="i <= j")
inputs = SpikeMonitor(source)
traces = StateMonitor(cells, ["v", "marks"], record=True)
synaptic = StateMonitor(links, "x", record=True)
run(1.1 * ms)
links.delay = "1.3*ms - 0.3*ms*i"
uniform.delay = 0.4 * ms
run(0.7 * ms)
links.delay[3:] = 0.15 * ms
run(1.2 * ms)
uniform.delay = 1.2 * ms
run(1.9 * ms)
