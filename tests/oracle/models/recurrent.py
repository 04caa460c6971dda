"""A group connected to itself, each neuron to itself too, with excitation and inhibition of different delays."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    30,
    """dv/dt = (1.3 - v + g)/(10*ms) : 1 (unless refractory)
       dg/dt = -g/(3*ms) : 1""",
    threshold="v > 1",
    reset="v = 0",
    refractory=1 * ms,
    method="euler",
    name="cells",
)
cells.v = "(i*37 % 101)/97.0"
excite = Synapses(cells, cells, on_pre="g += 0.18", delay=0.8 * ms, name="excite")
excite.connect(condition="(3*i + 7*j) % 11 < 2")
inhibit = Synapses(cells, cells, on_pre="g -= 0.35; v -= 0.01", delay=0.3 * ms, name="inhibit")
inhibit.connect(condition="i == j or (5*i + 2*j) % 13 == 0")
spikes = SpikeMonitor(cells)
rate = PopulationRateMonitor(cells)
traces = StateMonitor(cells, ["v", "g"], record=[0, 9, 29])
run(5 * ms if SHORT else 60 * ms)
