"""Sums over no synapses are zero: targets that nothing reaches, and means over how many reach each."""

from brian2 import *

defaultclock.dt = 0.1 * ms
cells = NeuronGroup(
    6,
    """dv/dt = (1.3 - v + 0.5*mean_input)/(1.1*ms) : 1
       mean_input : 1
       pairs : 1""",
    threshold="v > 1",
    reset="v = 0.05*i",
    method="euler",
    name="cells",
)
cells.v = "0.11*i"
cells.mean_input = 5
cells.pairs = -1
links = Synapses(
    cells,
    cells,
    """mean_input_post = v_pre/N_incoming : 1 (summed)
       pairs_post = int(v_pre > v_post) : 1 (summed)""",
    on_pre="v_post += 0.01*N_incoming - 0.005*N_outgoing",
    name="links",
)
links.connect(i=[0, 0, 1, 3, 4, 5, 5], j=[2, 4, 2, 2, 4, 5, 5])
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "mean_input", "pairs"], record=True)
run(5 * ms)
