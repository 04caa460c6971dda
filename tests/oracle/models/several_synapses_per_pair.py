"""More than one synapse between two neurons: ``n=``, a second ``connect``, and the copies told apart."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    4, "dv/dt = (1.2 + 0.2*i - v)/ms : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
cells.v = "0.3*i"
links = Synapses(
    cells,
    cells,
    """w : 1
       hits : integer""",
    on_pre="v_post += w; hits += 1",
    delay=0.2 * ms,
    multisynaptic_index="copy",
    name="links",
)
links.connect(condition="i != j", n=2)
links.connect(i=[0, 3, 3, 1], j=[1, 1, 1, 1])
links.connect(j="i", n=3)
links.w = "0.01 + 0.02*copy + 0.005*i"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
weights = StateMonitor(links, "hits", record=[0, 5, 30])
run(5 * ms)
final_source, final_target, final_copy = array(links.i), array(links.j), array(links.copy)
final_hits = array(links.hits)
final_incoming = array(links.N_incoming)
final_outgoing_pre = array(links.N_outgoing_pre)
