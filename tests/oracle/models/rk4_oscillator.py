"""The classical Runge-Kutta method of fourth order on an oscillator that depends on the time too."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.2 * ms
cells = NeuronGroup(
    5,
    """dx/dt = y/ms : 1 (unless refractory)
       dy/dt = ((1 - x**2)*y*0.8 - x + 0.3*sin(2*t/ms) + bias)/ms : 1
       bias : 1""",
    threshold="x > 1.237",
    reset="x = 0.9; y *= 0.5",
    refractory=0.9 * ms,
    method="rk4",
)
cells.bias = "0.1*i"
cells.x = "1.13 - 0.31*i"
cells.y = "0.5 + 0.2*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["x", "y"], record=[0, 4])
run(8 * ms if SHORT else 60 * ms)
