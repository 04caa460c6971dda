"""Given spikes: unsorted, rounded into steps, at step zero, and repeated with a period."""

from brian2 import *

defaultclock.dt = 0.1 * ms
indices = [3, 0, 2, 1, 0, 4, 2, 0]
times = [2.0, 0.0999, 0.05, 0.3, 3.25, 1.0, 4.149, 0.0] * ms
once = SpikeGeneratorGroup(5, indices, times, name="once")
looped = SpikeGeneratorGroup(3, [0, 2, 1, 0], [0, 0.31, 0.6, 0.7] * ms, period=0.8 * ms, name="looped")
cells = NeuronGroup(5, "dv/dt = -v/(3*ms) : 1", threshold="v > 1.2", reset="v = 0", method="euler", name="cells")
excite = Synapses(once, cells, on_pre="v += 0.7 + 0.1*i", name="excite")
excite.connect(j="k for k in range(N_post) if (k + i) % 3 != 0")
pulse = Synapses(looped, cells, on_pre="v += 0.15", delay=0.2 * ms, name="pulse")
pulse.connect()
given = SpikeMonitor(once)
repeated = SpikeMonitor(looped)
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
run(5 * ms)
