"""The conductance-based network of Vogels and Abbott (2005, J. Neurosci. 25:10786), smaller and with a fixed wiring."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
total = 60 if SHORT else 400
excitatory = int(0.8 * total)
tau = 20 * ms
rest = -60 * mV
cells = NeuronGroup(
    total,
    """dv/dt = (rest - v + ge*(0*mV - v) + gi*(-80*mV - v) + push)/tau : volt (unless refractory)
       dge/dt = -ge/(5*ms) : 1
       dgi/dt = -gi/(10*ms) : 1
       push : volt (constant)""",
    threshold="v > -50*mV",
    reset="v = rest",
    refractory=5 * ms,
    method="euler",
)
cells.v = "rest + (i*53 % 97)/97.0*10.4*mV"
cells.push = "8*mV + (i*29 % 31)*0.2*mV"
cells.ge = "(i*11 % 13)/13.0*0.3"
rows, columns = nonzero((arange(total)[:, None] * 7919 + arange(total) * 104729) % 101 < 9)
from_excitatory = rows < excitatory
excite = Synapses(cells, cells, on_pre="ge += 0.2", name="excite")
excite.connect(i=rows[from_excitatory], j=columns[from_excitatory])
inhibit = Synapses(cells, cells, on_pre="gi += 2.3", name="inhibit")
inhibit.connect(i=rows[~from_excitatory], j=columns[~from_excitatory])
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "ge", "gi"], record=[1, 8, 46])
run(5 * ms if SHORT else 50 * ms)
