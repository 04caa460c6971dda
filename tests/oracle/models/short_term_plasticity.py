"""Facilitation and depression (Tsodyks and Markram) by event-driven variables, of each synapse its own kind."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
source = NeuronGroup(
    3, "dv/dt = (0.7 + 0.45*i)/ms : 1", threshold="v >= 1", reset="v -= 1", method="euler", name="source"
)
source.v = "0.33*i"
cells = NeuronGroup(2, "dv/dt = (0.55 - v)/(3*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells")
links = Synapses(
    source,
    cells,
    """w : 1
       U : 1
       tau_f : second
       tau_d : second
       du/dt = -u/tau_f : 1 (event-driven)
       dx/dt = (1 - x)/tau_d : 1 (event-driven)""",
    on_pre="""u += U*(1 - u)
              r = u*x
              x -= r
              v_post += w*r""",
    name="links",
)
links.connect()
links.w = "0.9 + 0.1*i"
links.U = "0.1 + 0.3*j"
links.tau_f = "(9*(1 - j) + 0.5)*ms"
links.tau_d = "(1 + 6*j)*ms"
links.x = 1
links.delay = "0.3*ms*j"
spikes = SpikeMonitor(cells)
inputs = SpikeMonitor(source)
traces = StateMonitor(cells, "v", record=True)
synaptic = StateMonitor(links, ["u", "x"], record=True, dt=0.2 * ms)
run(5 * ms if SHORT else 20 * ms)
