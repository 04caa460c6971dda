"""Several synapses of one pair, numbered, each with its own delay, trace and rate of learning."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(2, [0, 1, 0, 1, 0, 0, 1], [0, 0.4, 0.9, 1.3, 1.4, 2.6, 3.1] * ms)
cells = NeuronGroup(
    3, "dv/dt = (1.1 + 0.2*i - v)/(1.2*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """w : 1
       rate : 1 (constant)
       tau_own : second (constant)
       dx/dt = -x/tau_own : 1 (event-driven)""",
    on_pre="x += rate; v_post += w",
    on_post="w += 0.1*x",
    multisynaptic_index="copy",
    name="links",
)
links.connect(condition="i <= j", n=3)
links.delay = "copy*0.3*ms + i*0.1*ms"
links.rate = "0.1*(1 + copy)"
links.tau_own = "(0.5 + 0.4*copy)*ms"
links.w[0, :, 0] = 0.05
links.w["copy > 0"] = "0.01*copy + 0.02"
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, "v", record=True)
synaptic = StateMonitor(links, ["w", "x"], record=True)
run(4.5 * ms)
final_numbers = array([links.i[:], links.j[:], links.copy[:]])
