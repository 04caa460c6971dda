"""Event-driven variables after a silence of a thousand time constants, and those of synapses that never saw one."""

from brian2 import *

defaultclock.dt = 10 * ms
source = SpikeGeneratorGroup(3, [0, 1, 0, 0, 1, 0], [0, 10, 20, 350, 390, 480] * ms)
cells = NeuronGroup(2, "v : 1\nlast : 1", threshold="v > 2.9", reset="v = 0", name="cells")
links = Synapses(
    source,
    cells,
    """w : 1
       dfast/dt = -fast/(0.3*ms) : 1 (event-driven)
       dslow/dt = -slow/(10*second) : 1 (event-driven)
       drest/dt = (0.5 - rest)/(40*ms) : 1 (event-driven)""",
    on_pre="fast += 1; slow += 1; v_post += fast + slow; last_post = rest; w += rest; rest -= 0.1",
    on_post="w += slow + fast",
    name="links",
)
links.connect()
links.rest = 1
spikes = SpikeMonitor(cells)
traces = StateMonitor(cells, ["v", "last"], record=True)
synaptic = StateMonitor(links, ["w", "fast", "slow", "rest"], record=True)
run(0.49 * second)
final_updates = links.lastupdate[:]
