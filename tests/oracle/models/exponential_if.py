"""The exponential integrate-and-fire neuron (Fourcaud-Trocme and others 2003, J. Neurosci. 23:11628)."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.02 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (-65*mV - v + 3.48*mV*exp((v + 59.9*mV)/(3.48*mV)) + push)/(10*ms) : volt (unless refractory)
       push : volt (constant)""",
    threshold="v > -30*mV",
    reset="v = -68*mV",
    refractory=1.7 * ms,
    method="euler",
)
cells.push = "8*mV + 4*mV*i"
cells.v = "-60*mV + 6*mV*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=[2, 4], dt=0.1 * ms)
run(1 * ms if SHORT else 40 * ms)
