"""FitzHugh's relaxation oscillator (1961, Biophys. J. 1:445): a crossing counts once, through refractoriness."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
rate = 1 / ms
cells = NeuronGroup(
    6,
    """dx/dt = rate*(x - x**3/3.0 - y + drive) : 1
       dy/dt = rate*0.08*(x + 0.7 - 0.8*y) : 1
       drive : 1""",
    threshold="x > 1",
    refractory="x > 0.5",
    method="euler",
)
cells.drive = "0.3 + 0.1*i"
cells.x = "0.9 - 0.3*i"
cells.y = -0.4
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["x", "y"], record=[1, 3], dt=0.5 * ms)
run(5 * ms if SHORT else 120 * ms)
