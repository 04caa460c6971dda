"""Monitors of synapses: all, chosen by number, by pair, by condition, at other times, with subexpressions."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(4, [0, 1, 2, 3, 1, 0], [0.1, 0.5, 0.8, 1.6, 2.0, 3.3] * ms, name="source")
cells = NeuronGroup(
    3, "dv/dt = (1.3 - v)/(1*ms) : 1", threshold="v > 1", reset="v = 0.1*i", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """w : 1
       double_w = 2*w + i + level : 1
       level : 1 (shared)
       n : integer
       dx/dt = -x/(0.9*ms) : 1 (event-driven)
       dz/dt = (x0 - z)/(0.5*ms) : 1 (clock-driven)
       x0 : 1""",
    on_pre="x += 1; v_post += 0.1; n += 1; x0 = x",
    on_post="w += x; n += 10",
    name="links",
)
links.connect()
links.level = 0.6
links.w = "i + 0.1*j"
everything = StateMonitor(links, ["w", "double_w", "n", "x", "z"], record=True)
some = StateMonitor(links, "w", record=[11, 0, 5])
row = StateMonitor(links, ["x", "z"], record=links[1, :], dt=0.3 * ms)
column = StateMonitor(links, ["w", "n"], record=links[:, 2], when="end")
chosen = StateMonitor(links, ["w", "n"], record=links["i == j"], when="after_synapses")
spikes = SpikeMonitor(cells)
run(4.7 * ms)
final_w = links.w["j == 1"]
final_pair = links.w[2, 1]
