"""The current-based network of Vogels and Abbott (2005, J. Neurosci. 25:10786), smaller and with a fixed wiring."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
total = 60 if SHORT else 500
excitatory = int(0.8 * total)
cells = NeuronGroup(
    total,
    """dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
       dge/dt = -ge/(5*ms) : volt
       dgi/dt = -gi/(10*ms) : volt""",
    threshold="v > -50*mV",
    reset="v = -60*mV",
    refractory=5 * ms,
    method="euler",
)
cells.v = "-60*mV + (i*37 % 101)/101.0*11*mV"
to_excite = Synapses(cells, cells, on_pre="ge += 1.62*mV", name="to_excite")
to_excite.connect(condition="i < excitatory and (i*7919 + j*104729) % 97 < 8")
to_inhibit = Synapses(cells, cells, on_pre="gi -= 9*mV", name="to_inhibit")
to_inhibit.connect(condition="i >= excitatory and (i*7919 + j*104729) % 97 < 8")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "ge", "gi"], record=[4, 29, 54, total - 1])
run(5 * ms if SHORT else 50 * ms)
