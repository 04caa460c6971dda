"""Three runs: state, pending spikes and refractoriness go on; constants and parameters are looked up anew."""

from brian2 import *

defaultclock.dt = 0.1 * ms
tau = 1.5 * ms
push = 1.6
cells = NeuronGroup(
    5,
    "dv/dt = (push + 0.05*i - v)/tau : 1 (unless refractory)",
    threshold="v > 1",
    reset="v = 0",
    refractory=0.8 * ms,
    method="euler",
    name="cells",
)
cells.v = "0.2*i"
ring = Synapses(cells, cells, "w : 1", on_pre="v += w", delay=0.6 * ms, name="ring")
ring.connect(j="(i + 2) % N_post")
ring.w = 0.2
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=[0, 4])
run(1.7 * ms)
tau = 0.9 * ms
ring.w = "0.1 + 0.05*i"
run(1.55 * ms)
push = 0.4
cells.v[2] = 0.99
run(0 * ms)
cells.v = "v + 0.3"
run(1.7 * ms)
