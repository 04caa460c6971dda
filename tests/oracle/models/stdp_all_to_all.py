"""Pair plasticity with event-driven traces, all spikes with all others: the network of Brian2's STDP example."""

from brian2 import *

SHORT = False

defaultclock.dt = 0.1 * ms
tau_pre, tau_post = 3 * ms, 4 * ms
gain, w_max = 0.02, 0.3
source = NeuronGroup(
    8,
    """dv/dt = 1/period : 1
       period : second""",
    threshold="v >= 1",
    reset="v -= 1",
    method="euler",
    name="source",
)
source.period = "1.137*ms + 0.3231*ms*i"
source.v = "0.117*i"
cells = NeuronGroup(
    3, "dv/dt = (1.03 + 0.07*i - v)/(2*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
cells.v = "0.31*i"
links = Synapses(
    source,
    cells,
    """w : 1
       dApre/dt = -Apre/tau_pre : 1 (event-driven)
       dApost/dt = -Apost/tau_post : 1 (event-driven)""",
    on_pre="""v_post += w
              Apre += gain
              w = clip(w + Apost, 0, w_max)""",
    on_post="""Apost -= 1.05*gain
               w = clip(w + Apre, 0, w_max)""",
    name="links",
)
links.connect()
links.w = "0.02 + 0.01*i + 0.03*j"
spikes = SpikeMonitor(cells)
inputs = SpikeMonitor(source)
weights = StateMonitor(links, ["w", "Apre", "Apost"], record=[0, 7, 23], dt=0.5 * ms)
run(5 * ms if SHORT else 50 * ms)
final_w = links.w[:]
final_traces = array([links.Apre[:], links.Apost[:]])
