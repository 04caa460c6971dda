"""Sums into parts of groups: the neurons outside the part keep what they had."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    9,
    """dv/dt = (1.1 + 0.07*i - v + current)/(1.2*ms) : 1
       current : 1
       other : 1""",
    threshold="v > 1",
    reset="v = 0",
    method="euler",
    name="cells",
)
cells.v = "(i*4 % 9)/9.0"
cells.current = "0.05*i"
cells.other = 3
left, right = cells[:4], cells[3:8]
links = Synapses(
    left,
    right,
    """w : 1
       current_post = w*(v_pre - v_post) : 1 (summed)
       other_pre = v_post*w : 1 (summed)""",
    on_pre="v_post += 0.02*w",
    on_post="w += 0.01",
    name="links",
)
links.connect(condition="i != j and (i + j) % 3 != 0")
links.w = "0.1 + 0.02*i + 0.03*j"
links.delay = "0.1*ms*(i + 2*j)"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "current", "other"], record=True)
synaptic = StateMonitor(links, "w", record=True)
run(5 * ms)
final_counts = array([links.N_incoming[:], links.N_outgoing[:]])
