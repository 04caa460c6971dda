"""Weights within bounds by clip: bounds of each synapse, of the target, both reached again and again."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
source = NeuronGroup(
    4, "dv/dt = (0.9 + 0.37*i)/ms : 1", threshold="v > 1", reset="v -= 1", method="euler", name="source"
)
cells = NeuronGroup(
    3,
    """dv/dt = (9*mV + 2*mV*i - v)/(1.2*ms) : volt
       ceiling : volt""",
    threshold="v > 8*mV",
    reset="v = 0*mV",
    method="euler",
    name="cells",
)
cells.ceiling = "(1 + i)*mV"
links = Synapses(
    source,
    cells,
    """w : volt
       w_min : volt (constant)
       touched : integer
       full : boolean
       dx/dt = -x/(0.9*ms) : volt (event-driven)
       dy/dt = -y/(1.4*ms) : volt (event-driven)""",
    on_pre="""v_post += 0.2*w
              x += 0.4*mV
              w = clip(w - y, w_min, ceiling_post)
              full = w >= ceiling_post
              touched += int(w <= w_min)""",
    on_post="""y += 0.5*mV
               w = clip(w + x, w_min, ceiling)
               full = full or w >= ceiling_post""",
    name="links",
)
links.connect()
links.w_min = "0.1*mV*j"
links.w = "0.5*mV"
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "touched", "full"], record=True, dt=0.4 * ms)
run(5 * ms if SHORT else 15 * ms)
final_w = links.w[:]
