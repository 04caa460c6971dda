"""Plasticity between nearest neighbours: a spike sets its trace, whatever was left of the one before."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(
    4, [0, 1, 2, 0, 3, 1, 0, 2, 2, 3, 0, 1], [0.2, 0.2, 0.5, 0.6, 1.1, 1.3, 1.4, 2.2, 2.3, 2.9, 3.3, 4.4] * ms
)
cells = NeuronGroup(
    3, "dv/dt = (1.3 + 0.2*i - v)/ms : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """w : 1
       dx/dt = -x/(0.9*ms) : 1 (event-driven)
       dy/dt = -y/(1.7*ms) : 1 (event-driven)""",
    on_pre="""v_post += 0.1*w
              x = 1
              w -= 0.02*y*w""",
    on_post="""y = 1
               w += 0.03*x*(1 - w)""",
    name="links",
)
links.connect()
links.w = "0.5 + 0.1*j"
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "x", "y"], record=True, dt=0.2 * ms)
run(5 * ms)
