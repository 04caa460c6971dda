"""Poisson sources whose chance is nought or certain: nothing random is left."""

from brian2 import *

defaultclock.dt = 0.5 * ms
silent = PoissonGroup(3, rates=0 * Hz, name="silent")
certain = PoissonGroup(4, rates=2 * kHz, name="certain")
window = PoissonGroup(5, rates="5*kHz*int(t >= 2*ms + i*0.5*ms)*int(t < 6*ms)", name="window")
table = TimedArray(array([[0, 5], [5, 0], [5, 5], [0, 0]]) * kHz, dt=3 * ms)
listed = PoissonGroup(2, rates="table(t, i)", name="listed")
cells = NeuronGroup(4, "dv/dt = -v/(5*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells")
quiet = Synapses(silent, cells, on_pre="v_post += 100", name="quiet")
quiet.connect()
steady = Synapses(certain, cells, on_pre="v_post += 0.1 + 0.03*i", name="steady")
steady.connect(j="i")
gated = Synapses(window, cells, on_pre="v_post += 0.2", delay=1 * ms, name="gated")
gated.connect(condition="i == j + 1")
switched = Synapses(listed, cells, on_pre="v_post -= 0.05", name="switched")
switched.connect()
silent_spikes = SpikeMonitor(silent)
window_spikes = SpikeMonitor(window)
listed_spikes = SpikeMonitor(listed)
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
run(12 * ms)
