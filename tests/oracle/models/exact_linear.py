"""The exact solution of linear equations: coupled ones, ones that do nothing, and a parameter that changes."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.5 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (g + push - v)/(10*ms) : volt (unless refractory)
       dg/dt = -g/tau_g : volt
       push : volt
       tau_g : second""",
    threshold="v > 10*mV",
    reset="v = 0*mV",
    refractory=2 * ms,
    method="exact",
    name="cells",
)
cells.push = "9*mV + 1.5*mV*i"
cells.tau_g = "3*ms + i*ms"
cells.v = "i*1.9*mV"
links = Synapses(cells, cells, on_pre="g_post += 2*mV", delay=1 * ms, name="links")
links.connect(condition="i != j")
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "g"], record=[0, 5])
run(12.5 * ms if SHORT else 60 * ms)
cells.tau_g = 5 * ms
run(12.5 * ms if SHORT else 40 * ms)
