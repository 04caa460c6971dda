"""The quadratic integrate-and-fire neuron, in numbers without dimension but for time."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.05 * ms
cells = NeuronGroup(
    7,
    """dx/dt = (x**2 + eta)/(4*ms) : 1
       eta : 1""",
    threshold="x >= 6",
    reset="x = -6",
    method="euler",
)
cells.eta = "0.3*(i + 1)**2"
cells.x = "5 - 0.6*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "x", record=[0, 6])
run(2.5 * ms if SHORT else 40 * ms)
