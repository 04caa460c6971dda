"""Delays of single synapses between two steps: rounded as the quotient in float64 says, zero among them."""

from brian2 import *

defaultclock.dt = 0.1 * ms
waits = [0, 0.04, 0.049999, 0.05, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95, 1.05, 1.249, 2.05] * ms
source = SpikeGeneratorGroup(2, [0, 1, 0, 1], [0, 0.3, 0.9, 1.6] * ms, name="source")
cells = NeuronGroup(16, "arrived : second\ntotal : 1", threshold="total > 3.5", reset="total = 0", name="cells")
links = Synapses(source, cells, on_pre="arrived_post = t; total_post += 1 + i", name="links")
links.connect()
links.delay[0, :] = waits
links.delay[1, :] = waits[::-1]
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["arrived", "total"], record=True)
run(4.5 * ms)
