"""The time of a synapse's last event, read in its code, with numbers of synapses at either end."""

from brian2 import *

defaultclock.dt = 0.1 * ms
source = SpikeGeneratorGroup(3, [0, 1, 2, 0, 1, 0], [0.2, 0.3, 1.1, 1.5, 2.0, 3.7] * ms, name="source")
cells = NeuronGroup(
    3, "dv/dt = (1.3 + 0.1*i - v)/(1*ms) : 1", threshold="v > 1", reset="v = 0", method="euler", name="cells"
)
links = Synapses(
    source,
    cells,
    """w : 1
       gap : second
       pause : second
       dx/dt = -x/(1*ms) : 1 (event-driven)""",
    on_pre="gap = t - lastupdate; x += 1; w += x/N_incoming",
    on_post="pause = t - lastupdate; w -= 0.01*N_outgoing + 0.1*x*exp(-(t - lastupdate)/ms)",
    delay=0.25 * ms,
    name="links",
)
links.connect(condition="i + j != 2")
spikes = SpikeMonitor(cells)
synaptic = StateMonitor(links, ["w", "gap", "pause", "x"], record=True)
run(2.5 * ms)
final_first = array(links.lastupdate)
run(2.2 * ms)
final_second = array(links.lastupdate)
