"""The mathematical functions of the language, near their edges too."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    11,
    """dx/dt = 0.3/ms : 1
       s = x/6 : 1
       roots = sqrt(abs(x)) + log(1 + abs(x)) + log10(2 + x**2) + log1p(x**2) : 1
       exponentials = exp(-x) + expm1(x/10) + exprel(x) + exprel(x*1e-12) : 1
       circles = sin(x) + 2*cos(x) + tan(s) : 1
       hyperbolas = sinh(s) + cosh(s) + tanh(x) : 1
       arcs = arcsin(s) + 2*arccos(s) + 3*arctan(x) : 1
       bounds = clip(x, -1, 2.5) + 10*clip(2.0, s, x*0.2 + 3) : 1
       signs = sign(x) + 10*abs(x) : 1
       powers = (1 + abs(x))**-1.5 + abs(x)**0.5 + x**3 : 1""",
    threshold="exprel(-x) < 0.4 and sin(x) > 0",
    reset="x = -x*0.9",
    method="euler",
)
cells.x = "i*0.9 - 4.5"
spikes = SpikeMonitor(cells)
names = ["roots", "exponentials", "circles", "hyperbolas", "arcs", "bounds", "signs", "powers", "x"]
traces = StateMonitor(cells, names, record=[0, 4, 5, 6, 10], dt=0.2 * ms)
run(4 * ms)
