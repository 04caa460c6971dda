"""Event-driven variables whose rates come from neurons, from shared values and from functions of constants."""

from brian2 import *

defaultclock.dt = 0.1 * ms
base = 0.8 * ms
factor = 1.7
source = NeuronGroup(
    3,
    """dv/dt = (0.77 + 0.33*i)/ms : 1
       tau_own : second (constant)""",
    threshold="v > 1",
    reset="v -= 1",
    method="euler",
    name="source",
)
source.tau_own = "(0.5 + 0.3*i)*ms"
cells = NeuronGroup(
    2, "dv/dt = (1.2 - v)/(1*ms) : 1", threshold="v > 1", reset="v = 0.2*i", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """w : 1
       level : 1 (shared)
       dx/dt = -x/tau_own_pre : 1 (event-driven)
       dy/dt = (level - y)/(base*exp(factor - 1)) : 1 (event-driven)
       dq/dt = -(q - w)*(1 + i)/base : 1 (event-driven)""",
    on_pre="x += 1; v_post += 0.05*x; w += 0.1*y",
    on_post="y += 1; w -= 0.05*q",
    name="links",
)
links.connect()
links.level = 0.4
links.w = "0.1*(i + j)"
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "x", "y", "q"], record=True, dt=0.2 * ms)
run(2.6 * ms)
links.level = -0.2
run(2.3 * ms)
