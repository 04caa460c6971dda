"""A name of a block that is computed from a trace, and used for whole numbers and for what neurons feel."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 0], [0.2, 0.2, 0.6, 0.9, 1.4, 2.1] * ms, name="source")
cells = NeuronGroup(2, "v : 1\nseen : integer", threshold="v > 1", reset="v -= 1", name="cells")
links = Synapses(
    source,
    cells,
    """hits : integer
       dx/dt = -x/(1.1*ms) : 1 (event-driven)""",
    on_pre="""part = 0.5*x*(1 + int(N_incoming > 2)); count = int(x > 0)
              v_post += part + 0.4; x += 1; seen_post += count""",
    on_post="hits += 1",
    name="links",
)
links.connect()
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "seen"], record=True)
run(3 * ms)
final_hits = array(links.hits[:])
final_x = array(links.x[:])
