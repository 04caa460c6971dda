"""Given spikes on a coarser clock than the cells, and new ones set between two runs."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 1], [0.2, 0.7, 1.2, 1.9] * ms, dt=0.25 * ms, name="source")
cells = NeuronGroup(3, "dv/dt = -v/(2*ms) : 1", threshold="v > 0.9", reset="v -= 0.5", method="euler", dt=0.05 * ms)
link = Synapses(source, cells, on_pre="v_post += 1.0", name="link")
link.connect(j="i")
given = SpikeMonitor(source)
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=[0, 1, 2])
run(1.5 * ms)
source.set_spikes([0, 2, 2], [1.75, 1.5, 2.25] * ms)
run(1 * ms)
