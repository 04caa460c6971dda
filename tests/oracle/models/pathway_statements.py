"""A pathway that writes several variables, through names of its own and through each kind of assignment."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    5,
    """dv/dt = (1.1 + 0.1*i - v + g)/(1*ms) : 1
       dg/dt = -g/(2*ms) : 1
       h : 1
       gain : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v = "0.19*i"
cells.gain = "1 + 0.1*i"
links = Synapses(
    cells,
    cells,
    """w : 1
       used : 1
       power : 1""",
    on_pre="""amount = w*gain_pre  # a name of this block alone
              amount *= 0.5
              g_post += amount; h_post -= amount/2
              used = used + amount
              power *= 1.01
              w /= 1.05""",
    name="links",
)
links.connect(condition="i != j")
links.w = "0.05*(1 + i) + 0.01*j"
links.power = "1 + 0.1*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "g", "h"], record=True)
weights = StateMonitor(links, ["w", "used", "power"], record=[0, 7, 19])
run(5 * ms)
